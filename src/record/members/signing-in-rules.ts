/** Codes and their limits, as numbers and pure functions. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Six digits: what people copy without a mistake. With 5 tries a code is guessed once in 200,000 times. */
export const code_digits = 6
/** Long enough for a slow mail, short enough to lie in an inbox. */
export const code_minutes = 10
/** A person mistypes once or twice; the sixth look is refused whatever it is. */
export const tries_max = 5
/** Who typed the right code and is new has so long to fill in name and consent. */
export const joining_minutes = 30
/** A member opens the card every few weeks; a fixed end, so that reading a session writes nothing. */
export const session_days = 90
/** The window in which asking is counted. */
export const window_minutes = 60
/**
 * How many codes a window gives: a number gets five (the mail that did not come, twice), a device ten (a family), an
 * address of a caller sixty (a shop's guests share one; so do whole phone networks).
 */
export const codes_max = { number: 5, device: 10, caller: 60 } as const
export type Counted = keyof typeof codes_max

/** The code of a request: made again whenever it is needed, kept nowhere. */
export function codeFor(secret: Buffer, code_id: string): string {
  const digest = createHmac('sha256', secret).update(`sign-in ${code_id.toLowerCase()}`).digest()
  // 48 bits over 10^6: the bias is below 10^-8
  return String(digest.readUIntBE(0, 6) % 10 ** code_digits).padStart(code_digits, '0')
}

/** Is it the code? Takes as long for every wrong one. Blanks are what mail programs and thumbs add. */
export function codeFits(secret: Buffer, code_id: string, typed: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(codeFor(secret, code_id)), hash(typed.normalize('NFKC').replace(/\D/g, '')))
}

/** What a counter is kept under: neither numbers nor addresses are told by it. */
export function countKey(secret: Buffer, counted: Counted, value: string): Buffer {
  return createHmac('sha256', secret).update(`${counted} ${value}`).digest()
}

/** The window that an instant falls into, and the seconds until the next one. */
export function windowOf(now: Date): { begins_at: Date; retry_after: number } {
  const length = window_minutes * 60_000
  const begins = Math.floor(now.getTime() / length) * length
  return { begins_at: new Date(begins), retry_after: Math.ceil((begins + length - now.getTime()) / 1000) }
}

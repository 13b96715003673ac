/** The two codes of a card, as pure functions: one that anybody may copy, for earning, and one that nobody can. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** A code for spending is made anew every half minute … */
export const step_seconds = 30
/** … and good for two: whoever begins to pay just before the turn is not sent away. */
export const steps_alive = 2
/** Typed by hand: one in fifty million guesses is right. */
const typed_digits = 8
/** GS1 keeps 20–29 for a shop's own numbers: no product has such a barcode. */
const own_prefix = '29'
const number_digits = 10
/** Marks our own codes among all that cameras see. */
const mark = 'RGS1'

/** What is shown for spending. */
export interface SpendCode {
  /** For the camera. */
  qr: string
  /** For the fingers: number of the member, then digits that only we can make. */
  digits: string
  step: number
  valid_until: Date
  /** When the next one comes. */
  next_at: Date
}

/** What somebody scanned or typed. */
export type ReadCode =
  | { kind: 'signed'; number: number; step: number; signature: string }
  | { kind: 'typed'; number: number; signature: string; plain: number | null }
  | { kind: 'plain'; number: number }

const signature = (secret: Buffer, number: number, step: number) =>
  createHmac('sha256', secret).update(`spend ${number} ${step}`).digest()
/** 96 bits: beyond guessing, and short enough for a QR code that old cameras read. */
const signed = (secret: Buffer, number: number, step: number) =>
  signature(secret, number, step).subarray(0, 12).toString('base64url')
const typed = (secret: Buffer, number: number, step: number) =>
  String(signature(secret, number, step).readUIntBE(12, 6) % 10 ** typed_digits).padStart(typed_digits, '0')

const stepAt = (now: Date) => Math.floor(now.getTime() / 1000 / step_seconds)

/** The code of this half minute; the clock is the server's. */
export function spendCode(secret: Buffer, number: number, now: Date): SpendCode {
  const step = stepAt(now)
  return {
    qr: [mark, number.toString(36).toUpperCase(), step.toString(36).toUpperCase(), signed(secret, number, step)].join(
      '.',
    ),
    digits: `${number}${typed(secret, number, step)}`,
    step,
    valid_until: new Date((step + steps_alive) * step_seconds * 1000),
    next_at: new Date((step + 1) * step_seconds * 1000),
  }
}

/** 80 bits beside the id: a link that nobody guesses, short enough for a message. */
const pass_mark_bytes = 10
const passMark = (secret: Buffer, pass_id: string) =>
  createHmac('sha256', secret).update(`pass ${pass_id.toLowerCase()}`).digest().subarray(0, pass_mark_bytes)

/** What stands in the link of a pass: its id and a mark that only we can make. */
export function passToken(secret: Buffer, pass_id: string): string {
  return Buffer.concat([Buffer.from(pass_id.replaceAll('-', ''), 'hex'), passMark(secret, pass_id)]).toString(
    'base64url',
  )
}

/** The pass that a link names; null for one that we did not make. */
export function readPassToken(secret: Buffer, token: string): string | null {
  const bytes = Buffer.from(token, 'base64url')
  // one link has one writing: the last sign has bits that decoding leaves out
  if (bytes.length !== 16 + pass_mark_bytes || bytes.toString('base64url') !== token) return null
  const hex = bytes.subarray(0, 16).toString('hex')
  const pass_id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return timingSafeEqual(bytes.subarray(16), passMark(secret, pass_id)) ? pass_id : null
}

/** The code that earns and never spends: an EAN-13 barcode of the member's number, good on paper and offline. */
export function plainCode(number: number): string {
  const digits = `${own_prefix}${String(number).padStart(number_digits, '0')}`
  return digits + checkDigit(digits)
}

/** GS1 General Specifications, 7.9: from the left 1 and 3 in turn; what is missing to a full ten. */
function checkDigit(twelve: string): string {
  const sum = [...twelve].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0)
  return String((10 - (sum % 10)) % 10)
}

/** Reads what a camera, a gun or a finger gave; null when it is no code of ours. */
export function readCode(given: string): ReadCode | null {
  const text = given.normalize('NFKC').trim()
  const parts = text.split('.')
  if (parts[0] === mark && parts.length === 4) {
    const [number, step] = [Number.parseInt(parts[1]!, 36), Number.parseInt(parts[2]!, 36)]
    const isRead = Number.isSafeInteger(number) && Number.isSafeInteger(step)
    return isRead ? { kind: 'signed', number, step, signature: parts[3]! } : null
  }
  const digits = text.replace(/[\s.·-]/g, '')
  if (!/^\d{9,20}$/.test(digits)) return null
  const plain = plainNumber(digits)
  const number = Number(digits.slice(0, -typed_digits))
  // a long number and its digits may look like a barcode by chance: the signature decides
  if (number > 0 && Number.isSafeInteger(number))
    return { kind: 'typed', number, signature: digits.slice(-typed_digits), plain }
  return plain === null ? null : { kind: 'plain', number: plain }
}

function plainNumber(digits: string): number | null {
  if (digits.length !== 13 || !digits.startsWith(own_prefix)) return null
  return checkDigit(digits.slice(0, 12)) === digits[12] ? Number(digits.slice(2, 12)) : null
}

/** What a code is worth at this moment. */
export type Judged =
  | { number: number; may_spend: true; step: number }
  | { number: number; may_spend: false; step: null }
  | { refused: 'portal_code.refused' | 'portal_code.expired' }

/**
 * Judges a code without looking anything up: a forged one is refused, an old one of ours is said to be old.
 * `slack_steps` on either side are for a moment that is known by another clock.
 */
export function judge(secret: Buffer, read: ReadCode | null, now: Date, slack_steps = 0): Judged {
  if (!read) return { refused: 'portal_code.refused' }
  if (read.kind === 'plain') return { number: read.number, may_spend: false, step: null }
  const newest = stepAt(now) + slack_steps
  const alive = Array.from({ length: steps_alive + 2 * slack_steps }, (_, i) => newest - i)
  if (read.kind === 'typed') {
    const step = alive.find((one) => same(typed(secret, read.number, one), read.signature))
    if (step !== undefined) return { number: read.number, may_spend: true, step }
    if (read.plain !== null) return { number: read.plain, may_spend: false, step: null }
    return { refused: 'portal_code.refused' }
  }
  if (!same(signed(secret, read.number, read.step), read.signature)) return { refused: 'portal_code.refused' }
  if (!alive.includes(read.step)) return { refused: 'portal_code.expired' }
  return { number: read.number, may_spend: true, step: read.step }
}

function same(right: string, given: string): boolean {
  const [a, b] = [Buffer.from(right), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Enough of a name to say yes to, not enough to learn it: 王小明 → 王○明, Mary Wang → M… W… */
export function masked(name: string | null): string | null {
  const letters = [...(name ?? '').trim()]
  if (letters.length === 0) return null
  if (/\p{Script=Han}/u.test(letters[0]!)) {
    const last = letters.length > 2 ? letters.at(-1)! : ''
    return letters[0]! + '○'.repeat(Math.max(1, letters.length - 1 - last.length)) + last
  }
  return letters
    .join('')
    .split(/\s+/)
    .map((word) => `${[...word][0]}…`)
    .join(' ')
}

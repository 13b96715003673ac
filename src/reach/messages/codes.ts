/**
 * Codes in links: the message's number and 40 bits of an HMAC-SHA256 over it, so that no table of codes is kept and
 * none can be guessed (the open routes answer 300 calls a minute an address; 2^40 guesses take 7,000 years).
 *
 * Two codes a message: whoever holds the one of its links (people pass links on) cannot unsubscribe with it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'

/** Crockford's: no i, l, o, u; lower case, because mail servers may fold the case of an address. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const signatureBytes = 5
const signatureLength = 8

/** `link`: in short links and the tracking pixel. `control`: unsubscribe, bounces, delivery reports. */
export interface Codes {
  link: string
  control: string
}

/** The secret of this database; made by the first who asks. */
export async function secretOf(db: Reader): Promise<Buffer> {
  const known = await db.row<{ secret: Buffer }>(sql`select secret from message_secret`)
  if (known) return known.secret
  await db.run(sql`insert into message_secret (secret) values (${randomBytes(32)}::bytea) on conflict do nothing`)
  const made = await db.row<{ secret: Buffer }>(sql`select secret from message_secret`)
  return made!.secret
}

/** Both codes of a message. */
export function codesOf(secret: Buffer, message_id: number): Codes {
  const number = writeNumber(message_id)
  const signature = sign(secret, message_id)
  return {
    link: number + writeBytes(signature, 0),
    control: number + writeBytes(signature, signatureBytes),
  }
}

/** The message a code names, or null if it is not one of ours. `link` codes may end in `-<link number>`. */
export function readCode(
  secret: Buffer,
  kind: keyof Codes,
  text: string,
): { message_id: number; link_no: number | null } | null {
  const found = /^([0-9a-z]{1,11})([0-9a-z]{8})(?:-([0-9]{1,3}))?$/.exec(text.toLowerCase())
  if (!found) return null
  const message_id = readNumber(found[1]!)
  if (message_id === null) return null
  const wanted = Buffer.from(codesOf(secret, message_id)[kind].slice(-signatureLength))
  if (!timingSafeEqual(wanted, Buffer.from(found[2]!))) return null
  return { message_id, link_no: found[3] ? Number(found[3]) : null }
}

function sign(secret: Buffer, message_id: number): Buffer {
  return createHmac('sha256', secret).update(String(message_id)).digest()
}

function writeNumber(value: number): string {
  let rest = value
  let text = ''
  do {
    text = alphabet[rest % 32]! + text
    rest = Math.floor(rest / 32)
  } while (rest > 0)
  return text
}

function readNumber(text: string): number | null {
  let value = 0
  for (const letter of text) {
    const digit = alphabet.indexOf(letter)
    if (digit < 0) return null
    value = value * 32 + digit
  }
  return Number.isSafeInteger(value) ? value : null
}

/** 5 bytes are 40 bits are 8 letters. */
function writeBytes(bytes: Buffer, from: number): string {
  let value = bytes.readUIntBE(from, signatureBytes)
  let text = ''
  for (let i = 0; i < signatureLength; i += 1) {
    text = alphabet[value % 32]! + text
    value = Math.floor(value / 32)
  }
  return text
}

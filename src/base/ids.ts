import { createHash, randomBytes, randomUUID } from 'node:crypto'

/**
 * 48 bits of milliseconds, then 74 random bits: RFC 9562 UUID version 7, so that new keys land at the index's
 * right end.
 */
export function uuidv7(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  // randomUUID draws from a pool: a twentieth of the time of sixteen fresh bytes; everything after its version is
  // random
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

/** Before every key that `uuidv7` draws from this moment on, and behind all that it drew before. */
export function uuidv7From(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}

/** A secret for links, sessions and keys: 32 random bytes (256 bits, beyond guessing) as base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What the database keeps of a token. Plain SHA-256 is enough because the token itself is random. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** SHA-256 of any JSON value with its keys sorted: the same input gives the same hash whatever its key order. */
export function inputHash(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** The same UUID for the same text, always (RFC 9562, version 8). */
export function namedUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

/** Is this text a UUID? Asked before it is bound to a uuid column. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}

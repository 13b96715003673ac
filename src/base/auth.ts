/** Passwords. Sessions and API keys are plain random tokens kept as SHA-256 (ids.ts). */
import { hash, verify } from '@node-rs/argon2'
import { AppError } from './errors.ts'

/** OWASP's second choice for Argon2id: 19 MiB, 2 passes, 1 lane; about 20 ms here. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** NIST SP 800-63B: at least 8; 200 keeps a request from hashing a book. */
export const passwordLengthMin = 10
export const passwordLengthMax = 200
/** Hashing eats a core: more than this at once would starve the till. */
const hashingMax = 2

let hashing = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (hashing >= hashingMax) await new Promise<void>((resolve) => waiting.push(resolve))
  hashing += 1
  try {
    return await work()
  } finally {
    hashing -= 1
    waiting.shift()?.()
  }
}

/** Hashes a password for the database. Throws `password.too_short` or `password.too_long`. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < passwordLengthMin) throw new AppError('password.too_short', { length_min: passwordLengthMin })
  if (password.length > passwordLengthMax) throw new AppError('password.too_long', { length_max: passwordLengthMax })
  return inTurn(() => hash(password, cost))
}

/** A hash of nothing anybody types: an unknown name takes as long as a wrong password. */
let decoy: Promise<string> | undefined

/** Does the password fit? For an unknown person (`null`) the same work is done and the answer is no. */
export async function passwordFits(stored: string | null, password: string): Promise<boolean> {
  decoy ??= inTurn(() => hash('nobody types this decoy', cost))
  const against = stored ?? (await decoy)
  const fits = await inTurn(() => verify(against, password.slice(0, passwordLengthMax)))
  return fits && stored !== null
}

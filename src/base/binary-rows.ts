/**
 * Many rows at once, as PostgreSQL keeps them: COPY in its binary format. The server then reads neither digits nor
 * hyphens, which was a fifth of its part in writing orders, and we make no text of what is a number already.
 */
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Tx } from './db.ts'

/** "PGCOPY\n\377\r\n\0", no flags, no further header. */
const head = Buffer.from('5047434f50590aff0d0a000000000000000000', 'hex')
/** Bytes gathered before they are given to the connection; as much as a socket takes at once. */
const chunkBytes = 65_536
/** Below it a loop over the letters is quicker than asking Node to write them. */
const shortText = 48
/** Milliseconds and days from 1970 to PostgreSQL's year 2000. */
const epochMs = 946_684_800_000
const epochDays = 10_957
const dayMs = 86_400_000
const two32 = 4_294_967_296

const nibbles = new Uint8Array(128).fill(0xff)
for (let i = 0; i < 16; i += 1) {
  nibbles[i.toString(16).charCodeAt(0)] = i
  nibbles[i.toString(16).toUpperCase().charCodeAt(0)] = i
}
/** Where the pairs of digits stand in a uuid. */
const pairs = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]

const isGrouped = (id: string) =>
  id.length === 36 &&
  id.charCodeAt(8) === 45 &&
  id.charCodeAt(13) === 45 &&
  id.charCodeAt(18) === 45 &&
  id.charCodeAt(23) === 45

/** Days since 2000 of days met before: a set of orders has hundreds of days, and thousands of cells with one. */
const knownDays = new Map<string, number>()
/** Some eleven years of days. */
const knownDaysMax = 4_000

function dayNumber(day: string): number {
  let number = knownDays.get(day)
  if (number === undefined) {
    const ms = /^(?!0000)\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
    // 30 February would become a day of March
    if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day)) throw new Error(`no day: ${day}`)
    number = ms / dayMs - epochDays
    if (knownDays.size >= knownDaysMax) knownDays.clear()
    knownDays.set(day, number)
  }
  return number
}

/** Memory whose content the server has: asking for new costs as much as filling it. */
const spare: Buffer[] = []
/** Some four megabytes: what the COPYs of two transactions have on their way at once. */
const spareMax = 64
const roomFor = () => spare.pop() ?? Buffer.allocUnsafeSlow(chunkBytes + 4_096)

const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Puts the cells of rows down, one after the other, in the types of their columns: COPY takes an `int` for an int
 * column only. Null is NULL everywhere.
 */
export class RowWriter {
  #bytes = roomFor()
  #view = viewOf(this.#bytes)
  #at = 0
  #sent: Buffer[] = []

  /** Gives back the memory of what was sent: whoever asks knows that the other end has all of it. */
  release(): void {
    for (const bytes of [this.#bytes, ...this.#sent]) {
      if (spare.length < spareMax && bytes.length === chunkBytes + 4_096) spare.push(bytes)
    }
    this.#sent = []
  }

  /** What was put down, if that is enough to be sent (or `all`); the rest begins in a new place. */
  taken(all = false): Buffer | undefined {
    if (this.#at === 0 || (!all && this.#at < chunkBytes)) return undefined
    const full = this.#bytes.subarray(0, this.#at)
    this.#sent.push(this.#bytes)
    this.#bytes = roomFor()
    this.#view = viewOf(this.#bytes)
    this.#at = 0
    return full
  }

  /** Begins a row of so many cells; -1 ends them all. Also any other two bytes. */
  row(cells: number): void {
    this.#room(2)
    this.#bytes[this.#at++] = (cells >> 8) & 0xff
    this.#bytes[this.#at++] = cells & 0xff
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  uuid(id: string | null): void {
    if (id === null) return this.#null()
    this.#room(20)
    this.#put32(16)
    const bytes = this.#bytes
    let at = this.#at
    let seen = isGrouped(id) ? 0 : 0xff
    for (let i = 0; i < 16; i += 1) {
      const place = pairs[i]!
      const high = nibbles[id.charCodeAt(place)] ?? 0xff
      const low = nibbles[id.charCodeAt(place + 1)] ?? 0xff
      seen |= high | low
      bytes[at++] = (high << 4) | low
    }
    if (seen > 0x0f) throw new Error(`no uuid: ${id}`)
    this.#at = at
  }

  text(text: string | null): void {
    if (text === null) return this.#null()
    const { length } = text
    // at most three bytes a letter
    this.#room(4 + length * 3)
    const from = this.#at
    if (length > shortText || !this.#ascii(text, from + 4)) {
      this.#at = from + 4 + this.#bytes.write(text, from + 4, 'utf8')
    }
    const end = this.#at
    this.#at = from
    this.#put32(end - from - 4)
    this.#at = end
  }

  int(value: number | null): void {
    if (value === null) return this.#null()
    if ((value | 0) !== value) throw new Error(`no int: ${value}`)
    this.#room(8)
    this.#put32(4)
    this.#put32(value)
  }

  bigint(value: number | null): void {
    if (value === null) return this.#null()
    if (!Number.isSafeInteger(value)) throw new Error(`no whole number: ${value}`)
    this.#room(12)
    this.#put32(8)
    this.#put64(value)
  }

  truth(value: boolean | null): void {
    if (value === null) return this.#null()
    this.#room(5)
    this.#put32(1)
    this.#bytes[this.#at++] = value ? 1 : 0
  }

  /** A timestamptz, to the millisecond. */
  instant(value: Date | null): void {
    if (value === null) return this.#null()
    const ms = value.getTime() - epochMs
    if (Number.isNaN(ms)) throw new Error('no instant')
    this.#room(12)
    this.#put32(8)
    // microseconds of three hundred years fit a double
    if (Number.isSafeInteger(ms * 1000)) this.#put64(ms * 1000)
    else this.#at = this.#bytes.writeBigInt64BE(BigInt(ms) * 1000n, this.#at)
  }

  /** A date, from 'YYYY-MM-DD'. */
  day(value: string | null): void {
    this.int(value === null ? null : dayNumber(value))
  }

  /** A numeric of at most four decimals, in ten-thousandths; its scale is that of the shortest text. */
  numericE4(value: number | null): void {
    if (value === null) return this.#null()
    if (!Number.isSafeInteger(value)) throw new Error(`no ten-thousandths: ${value}`)
    if (value % 10_000 === 0 && value > 0 && value < 100_000_000) return this.#small(value / 10_000)
    const digits: number[] = []
    let whole = Math.floor(Math.abs(value) / 10_000)
    const fraction = Math.abs(value) % 10_000
    while (whole > 0) {
      digits.unshift(whole % 10_000)
      whole = Math.floor(whole / 10_000)
    }
    const weight = digits.length - 1
    if (fraction > 0) digits.push(fraction)
    while (fraction === 0 && digits.length > 0 && digits[digits.length - 1] === 0) digits.pop()
    const scale = fraction === 0 ? 0 : fraction % 10 > 0 ? 4 : fraction % 100 > 0 ? 3 : fraction % 1000 > 0 ? 2 : 1
    this.#room(12 + digits.length * 2)
    this.#put32(8 + digits.length * 2)
    this.row(digits.length)
    this.row(digits.length === 0 ? 0 : weight)
    this.row(value < 0 ? 0x4000 : 0)
    this.row(scale)
    for (const digit of digits) this.row(digit)
  }

  /** A whole number of one digit to PostgreSQL, which counts by ten thousands: nearly every quantity. */
  #small(whole: number): void {
    this.#room(14)
    this.#put32(10)
    this.#put32(1 << 16)
    this.#put32(0)
    this.row(whole)
  }

  /** Of JSON the text, as jsonb takes it. */
  jsonb(text: string | null): void {
    if (text === null) return this.#null()
    const from = this.#at
    this.#room(5 + text.length * 3)
    const length = 1 + this.#bytes.write(text, from + 5, 'utf8')
    this.#put32(length)
    this.#bytes[this.#at] = 1
    this.#at += length
  }

  /** A text[]. */
  texts(values: readonly string[] | null): void {
    if (values === null) return this.#null()
    this.#room(4)
    const from = this.#at
    this.#at += 4
    this.elements(25, values, (value) => this.text(value))
    const end = this.#at
    this.#at = from
    this.#put32(end - from - 4)
    this.#at = end
  }

  /** What an array consists of: dimensions, a flag for nulls that nobody trusts, the type of its elements, these. */
  elements<T>(type_oid: number, values: readonly T[], put: (value: T) => void): void {
    this.#room(20)
    this.#put32(values.length > 0 ? 1 : 0)
    this.#put32(0)
    this.#put32(type_oid)
    if (values.length === 0) return
    this.#put32(values.length)
    // the first is number one
    this.#put32(1)
    for (let i = 0; i < values.length; i += 1) put(values[i]!)
  }

  /** A copy of what was put down, which is forgotten here. */
  cut(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#at))
    this.clear()
    return bytes
  }

  clear(): void {
    this.#at = 0
  }

  #null(): void {
    this.#room(4)
    this.#put32(-1)
  }

  /** Writes letters until one is none of ASCII's. */
  #ascii(text: string, from: number): boolean {
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      bytes[from + i] = code
    }
    this.#at = from + text.length
    return true
  }

  #put32(value: number): void {
    this.#view.setInt32(this.#at, value)
    this.#at += 4
  }

  #put64(value: number): void {
    const high = Math.floor(value / two32)
    this.#put32(high)
    this.#put32((value - high * two32) | 0)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow((this.#at + bytes) * 2)
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
    this.#view = viewOf(larger)
  }
}

/**
 * Runs `copy t (a, b)` from what `put` puts down for each item: a row, or several, each begun by `out.row(2)`, as many
 * cells as the statement names. `meanwhile`: what can be thought about while the server is busy with the rows. Errors:
 * those of the server, with a cell of another type than its column among them.
 */
export async function copyBinary<T>(
  tx: Tx,
  statement: string,
  items: readonly T[],
  put: (out: RowWriter, row: T) => void,
  meanwhile?: () => Promise<void>,
): Promise<void> {
  const stream = await tx.copyIn(`${statement} from stdin (format binary)`)
  const failed = new Promise<never>((_resolve, reject) => stream.once('error', reject))
  // a failure is met at the next await; until then nobody listens to it
  failed.catch(() => undefined)
  const out = new RowWriter()
  out.raw(head)
  // by number: an iterator makes an object an item
  for (let i = 0; i < items.length; i += 1) {
    put(out, items[i]!)
    const full = out.taken()
    if (!full) continue
    if (!stream.write(full)) await Promise.race([once(stream, 'drain'), failed])
    // whoever else waits for an answer hears it before the next rows
    await nextTurn()
  }
  out.row(-1)
  const finished = once(stream, 'finish')
  stream.end(out.taken(true))
  const over = Promise.race([finished, failed])
  over.catch(() => undefined)
  await meanwhile?.()
  await over
  // the server has answered, so nothing of it waits in a socket
  out.release()
}

/**
 * Arrays as PostgreSQL keeps them (array_recv): the server copies them instead of reading text, which was an eighth of
 * its work for a batch of orders. Layout: dimensions, has nulls, element type, length, first index; then each element
 * with its own length, -1 for null. All numbers big-endian.
 */

/** What an element of this type takes, and how it is written. `false`: not such a value, leave it to the text form. */
interface Element {
  oid: number
  /** Bytes of one element that are known beforehand; 0 for texts. */
  size: number
  /** Writes at `at` and answers the bytes written, or -1 for a value it does not know. */
  write(into: Buffer, at: number, value: unknown): number
}

const headBytes = 20
/** 2000-01-01, where PostgreSQL counts instants and days from, in ms since 1970. */
const epoch = 946_684_800_000
const msPerDay = 86_400_000
const intMax = 2_147_483_647

/** 0–15 of a hexadecimal digit's character code, 255 of any other. */
const hex = new Uint8Array(128).fill(255)
for (let digit = 0; digit < 16; digit += 1) {
  const text = digit.toString(16)
  hex[text.charCodeAt(0)] = digit
  hex[text.toUpperCase().charCodeAt(0)] = digit
}

function writeInt(into: Buffer, at: number, value: number): void {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}

function writeBigint(into: Buffer, at: number, value: number): void {
  writeInt(into, at, Math.floor(value / 4_294_967_296))
  writeInt(into, at + 4, value % 4_294_967_296)
}

function writeUuid(into: Buffer, at: number, value: unknown): number {
  if (typeof value !== 'string' || value.length !== 36) return -1
  let wrong = 0
  let byte = at
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (value.charCodeAt(i) !== 45) return -1
      i += 1
    }
    const high = hex[value.charCodeAt(i)] ?? 255
    const low = hex[value.charCodeAt(i + 1)] ?? 255
    wrong |= high | low
    into[byte] = (high << 4) | low
    byte += 1
  }
  return wrong > 15 ? -1 : 16
}

const decimal = /^(-?)(\d{1,8})(?:\.(\d{1,4}))?$/

/** numeric_recv: digits of base 10,000 with the weight of the first; here always two before the point, one behind. */
function writeNumeric(into: Buffer, at: number, value: unknown): number {
  const found = typeof value === 'string' || typeof value === 'number' ? decimal.exec(String(value)) : null
  if (!found) return -1
  const [, sign, whole, fraction = ''] = found
  const before = Number(whole)
  const words = [3, 1, sign ? 0x4000 : 0, fraction.length, Math.floor(before / 10_000), before % 10_000]
  words.push(Number(fraction.padEnd(4, '0')))
  for (let i = 0; i < 7; i += 1) {
    into[at + 2 * i] = words[i]! >> 8
    into[at + 2 * i + 1] = words[i]!
  }
  return 14
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)

/** Codes and names are short and mostly ASCII: by hand they take a third of a call into the runtime. */
const shortMax = 40

function writeUtf8(into: Buffer, at: number, text: string): number {
  if (text.length > shortMax) return into.write(text, at, 'utf8')
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code > 127) return into.write(text, at, 'utf8')
    into[at + i] = code
  }
  return text.length
}

const writeText: Element['write'] = (into, at, value) => (typeof value === 'string' ? writeUtf8(into, at, value) : -1)

const elements: Record<string, Element> = {
  text: { oid: 25, size: 0, write: writeText },
  uuid: { oid: 2950, size: 16, write: writeUuid },
  int: {
    oid: 23,
    size: 4,
    write(into, at, value) {
      if (!isWhole(value) || value > intMax || value < -intMax - 1) return -1
      writeInt(into, at, value)
      return 4
    },
  },
  bigint: {
    oid: 20,
    size: 8,
    write(into, at, value) {
      if (!isWhole(value)) return -1
      writeBigint(into, at, value)
      return 8
    },
  },
  boolean: {
    oid: 16,
    size: 1,
    write(into, at, value) {
      if (typeof value !== 'boolean') return -1
      into[at] = value ? 1 : 0
      return 1
    },
  },
  timestamptz: {
    oid: 1184,
    size: 8,
    write(into, at, value) {
      if (!(value instanceof Date)) return -1
      const micros = (value.getTime() - epoch) * 1000
      if (!Number.isSafeInteger(micros)) return -1
      writeBigint(into, at, micros)
      return 8
    },
  },
  date: {
    oid: 1082,
    size: 4,
    write(into, at, value) {
      if (typeof value !== 'string' || !/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value)) return -1
      const ms = Date.parse(value)
      // what is no day, such as 2026-02-30, is refused by the server in its own words
      if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== value) return -1
      writeInt(into, at, (ms - epoch) / msPerDay)
      return 4
    },
  },
  numeric: { oid: 1700, size: 14, write: writeNumeric },
  jsonb: {
    oid: 3802,
    size: 0,
    write(into, at, value) {
      if (typeof value !== 'string') return -1
      into[at] = 1
      return 1 + writeUtf8(into, at + 1, value)
    },
  },
}

/** Where texts of unknown length are put together; grows to the largest array seen below its bound. */
let scratch = Buffer.allocUnsafeSlow(65_536)
const scratchMax = 16_777_216

/**
 * A flat array whose statement says `::<type>[]` behind it; nothing for a type or a value that has no form here, which
 * goes as text. `type` is the name without its brackets.
 */
export function binaryArrayOf(values: readonly unknown[], type: string): Buffer | undefined {
  const element = elements[type]
  if (!element) return undefined
  const bytesMax = headBytes + (element.size > 0 ? values.length * (4 + element.size) : textBytesMax(values))
  if (bytesMax > scratchMax) return undefined
  if (bytesMax > scratch.length) scratch = Buffer.allocUnsafeSlow(Math.min(scratchMax, bytesMax * 2))
  const end = writeArray(scratch, values, element)
  return end < 0 ? undefined : Buffer.from(scratch.subarray(0, end))
}

/** UTF-8 takes three bytes at most for each unit of a JavaScript string. */
function textBytesMax(values: readonly unknown[]): number {
  let bytes = 0
  for (const value of values) bytes += 5 + (typeof value === 'string' ? value.length * 3 : 0)
  return bytes
}

function writeArray(into: Buffer, values: readonly unknown[], element: Element): number {
  let at = headBytes
  let hasNulls = 0
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]
    if (value === null || value === undefined) {
      hasNulls = 1
      writeInt(into, at, -1)
      at += 4
      continue
    }
    const written = element.write(into, at + 4, value)
    if (written < 0) return -1
    writeInt(into, at, written)
    at += 4 + written
  }
  writeInt(into, 0, values.length === 0 ? 0 : 1)
  writeInt(into, 4, hasNulls)
  writeInt(into, 8, element.oid)
  if (values.length === 0) return 12
  writeInt(into, 12, values.length)
  writeInt(into, 16, 1)
  return at
}

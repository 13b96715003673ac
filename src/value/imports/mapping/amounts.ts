import { Decimal } from 'decimal.js'
import type { Read, RepairCode, Unread } from './outcomes.ts'
import { narrow } from './repairs.ts'

/** An exact decimal: `mantissa` × 10^-`scale`. The mantissa is a safe integer, so small sums need no library. */
export interface Exact {
  mantissa: number
  scale: number
}

export type DecimalMark = '.' | ','

/** Digits a double holds without loss; beyond that a spreadsheet's tail of a binary fraction begins. */
const digitsMax = 15
/** Decimals kept of a longer number: enough for a unit price by weight. */
const scaleMax = 9

const marks = /(?:NT\$?|NTD|TWD|US\$?|USD|HK\$?|HKD|SG\$?|SGD|A\$|AUD|CNY|RMB|JPY|EUR|GBP|KRW|[$¥£€₩元円圓])/gi
const grouped = { '.': /^\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?$/, ',': /^\d{1,3}(?:[.' ]\d{3})+(?:,\d+)?$/ } as const
const plainOf = { '.': /^(?:\d+(?:\.\d*)?|\.\d+)$/, ',': /^(?:\d+(?:,\d*)?|,\d+)$/ } as const

/**
 * A number as people and programs write it: 1280 · 1,280.50 · NT$1,280 · ￥99.50 · (99.50) · 99.50- · 1.280,50 with a
 * comma as `mark`. Refused: anything else, so a slipped column is seen and not summed.
 */
export function readExact(cell: string, mark: DecimalMark): Read<Exact> | Unread {
  const quick = quickExact(cell)
  if (quick && (mark === '.' || quick.scale === 0)) return { value: quick }
  const plain = narrow(cell)
  let repair: RepairCode | undefined = plain.repair
  let text = plain.value
  const unmarked = text.replace(marks, '').trim()
  if (unmarked !== text) repair = 'repair.currency_mark'
  text = unmarked
  let sign = 1
  const open = /^\((.*)\)$/.exec(text)
  if (open) [text, sign, repair] = [open[1]!.trim(), -1, 'repair.parentheses']
  if (text.endsWith('-')) [text, sign, repair] = [text.slice(0, -1).trim(), -1, 'repair.minus_after']
  if (text.startsWith('-')) [text, sign] = [text.slice(1).trim(), -sign]
  else if (text.startsWith('+')) text = text.slice(1).trim()
  if (grouped[mark].test(text)) {
    text = text.replace(mark === '.' ? /,/g : /[.' ]/g, '')
    repair ??= 'repair.thousands'
  } else if (!plainOf[mark].test(text)) {
    return readScience(text, sign)
  }
  const exact = exactOf(mark === ',' ? text.replace(',', '.') : text, sign)
  if (!exact) return { refused: 'import.amount_too_large' }
  return { value: exact.value, repair: exact.repair ?? repair }
}

/** `1.5E-15` (a rest of arithmetic) and `1.280E+3` with all its digits; a shortened `1.28E+8` is refused. */
function readScience(text: string, sign: number): Read<Exact> | Unread {
  const found = /^\d(?:\.(\d+))?E([+-]?)(\d{1,3})$/i.exec(text)
  if (!found || (found[2] !== '-' && (found[1]?.length ?? 0) < Number(found[3])))
    return { refused: 'import.amount_unreadable' }
  const exact = exactOf(text, sign)
  return exact ? { value: exact.value, repair: 'repair.exponent' } : { refused: 'import.amount_too_large' }
}

/** Plain digits with a point, read in one pass: nearly every cell there is. */
function quickExact(text: string): Exact | undefined {
  const length = text.length
  const start = text.charCodeAt(0) === 45 ? 1 : 0
  if (length - start > digitsMax || length === start) return undefined
  let mantissa = 0
  let point = -1
  for (let at = start; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit
    else if (digit === -2 && point < 0 && at > start && at < length - 1) point = at
    else return undefined
  }
  return { mantissa: start === 1 ? 0 - mantissa : mantissa, scale: point < 0 ? 0 : length - point - 1 }
}

function exactOf(text: string, sign: number): Read<Exact> | undefined {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '').length
  const [whole = '', part = ''] = text.split('.')
  if (digits <= digitsMax && part.length <= scaleMax && !/e/i.test(text)) {
    return { value: { mantissa: sign * Number(whole + part), scale: part.length } }
  }
  const decimal = new Decimal(text.replace(/\.$/, '')).toDecimalPlaces(scaleMax, Decimal.ROUND_HALF_UP)
  const scale = decimal.decimalPlaces()
  const mantissa = decimal.mul(new Decimal(10).pow(scale)).toNumber()
  if (!Number.isSafeInteger(mantissa)) return undefined
  return { value: { mantissa: sign * mantissa, scale }, repair: 'repair.digits_beyond' }
}

/** `12.345` with 2 decimals → 1235: whole minor units, half away from zero, as receipts round. Undefined past 2^53. */
export function minorOf({ mantissa, scale }: Exact, decimals: number): number | undefined {
  if (scale <= decimals) {
    const minor = mantissa * 10 ** (decimals - scale)
    return Number.isSafeInteger(minor) ? minor + 0 : undefined
  }
  const unit = 10 ** (scale - decimals)
  const rest = mantissa % unit
  const whole = (mantissa - rest) / unit
  // + 0 turns a negative zero into a plain one.
  return (Math.abs(rest) * 2 >= unit ? whole + Math.sign(rest) : whole) + 0
}

/** The exact product; undefined when it has more digits than a safe integer holds. */
export function times(a: Exact, b: Exact): Exact | undefined {
  const mantissa = a.mantissa * b.mantissa
  if (Number.isSafeInteger(mantissa)) return { mantissa: mantissa + 0, scale: a.scale + b.scale }
  const exact = exactOf(
    new Decimal(a.mantissa)
      .mul(b.mantissa)
      .div(new Decimal(10).pow(a.scale + b.scale))
      .toFixed(),
    1,
  )
  return exact?.value
}

/** As a decimal number in text, for a numeric column: {255, 2} → `2.55`. */
export function exactText({ mantissa, scale }: Exact): string {
  if (scale === 0) return String(mantissa)
  const digits = String(Math.abs(mantissa)).padStart(scale + 1, '0')
  return `${mantissa < 0 ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** As a number, for quantities. */
export function exactNumber({ mantissa, scale }: Exact): number {
  return scale === 0 ? mantissa : mantissa / 10 ** scale
}

/**
 * Which mark parts the decimals in these cells: a comma only on evidence (12,5 or 1.280,50), as 1,280 is a thousand
 * in most of the world.
 */
export function decideDecimal(cells: readonly string[]): DecimalMark {
  let comma = 0
  let point = 0
  for (const cell of cells) {
    const text = narrow(cell)
      .value.replace(marks, '')
      .replace(/[\s()+-]/g, '')
    if (/^\d{1,3}(?:\.\d{3})+,\d{1,2}$/.test(text) || /^\d+,(?:\d{1,2}|\d{4,})$/.test(text)) comma += 1
    else if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text) || /^\d+\.(?:\d{1,2}|\d{4,})$/.test(text)) point += 1
  }
  return comma > point ? ',' : '.'
}

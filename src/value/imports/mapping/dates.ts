import { instantOf, localOf } from '../../../base/time.ts'
import type { Read, RepairCode, Unread } from './outcomes.ts'
import { cleanText, narrow, remembered } from './repairs.ts'

/**
 * Which number comes first where a date does not say: year, month, day of the common era; `roc` is year (of the
 * Republic of China, 1912 is 1), month, day.
 */
export const dateOrders = ['ymd', 'mdy', 'dmy', 'roc'] as const
export type DateOrder = (typeof dateOrders)[number]

/** A wall-clock date, perhaps with a time and an offset from UTC. `time` is null where only a day was written. */
export interface Written {
  /** `YYYY-MM-DD` */
  day: string
  /** `HH:MM:SS` */
  time: string | null
  offset_minutes: number | null
  repair?: RepairCode
}

/**
 * Two-digit years above this are of the century before: 68 → 2068, 69 → 1969, as POSIX strptime and spreadsheets
 * have it. Birthdays pass the present year, as nobody is born in the future.
 */
export const twoDigitYearMax = 68

const yearMin = 1900
const yearMax = 2100
/** Years from the first of an era. */
const eras: Record<string, number> = {
  民國: 1911,
  民国: 1911,
  中華民國: 1911,
  令和: 2018,
  平成: 1988,
  昭和: 1925,
  R: 2018,
  H: 1988,
  S: 1925,
}
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const numbers = /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?!\d)/
const ideographs =
  /^(中華民國|民國|民国|令和|平成|昭和)?\s*(元|\d{1,4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日號号]?/
const eraNumbers = /^(中華民國|民國|民国|令和|平成|昭和|[RHS])\s*(\d{1,3})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/
const dayMonthName = /^(\d{1,2})(?:st|nd|rd|th)?[\s\-./]+([a-z]{3,9})\.?[\s\-./,]+(\d{4}|\d{2})(?!\d)/i
const monthNameDay = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)/i
const weekday = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+/i
const bracketedWeekday =
  /^\s*[(（]?(?:週|周|星期|礼拜|禮拜)?[一二三四五六日月火水木金土][)）]|^\s*(?:週|周|星期)[一二三四五六日]/
const clock = new RegExp(
  '^[\\sT,]*(上午|下午|午前|午後|凌晨|am|pm|a\\.m\\.|p\\.m\\.)?\\s*(\\d{1,2})[:時时點点]\\s*(\\d{1,2})' +
    '(?:[:分]\\s*(\\d{1,2})(?:[.,]\\d+)?秒?)?分?\\s*(am|pm|a\\.m\\.|p\\.m\\.)?\\s*' +
    '(z|utc|gmt|(?:utc|gmt)?[+-]\\d{1,2}(?::?\\d{2})?)?$',
  'i',
)

/** A calendar date, if there is such a day. */
function dayText(year: number, month: number, day: number): string | undefined {
  if (year < yearMin || year > yearMax || month < 1 || month > 12 || day < 1 || day > daysIn(year, month))
    return undefined
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Reads what a cell says as date and time, by the column's order. Undefined if it says none. */
export function readWritten(cell: string, order: DateOrder, pivot = twoDigitYearMax): Written | undefined {
  const plain = narrow(cell)
  const text = plain.value.replace(weekday, '')
  if (/^\d+(?:\.\d+)?$/.test(text)) return readDigits(text)
  const found = datePart(text, order, pivot)
  if (!found) return undefined
  const rest = text.slice(found.length).replace(bracketedWeekday, '')
  const time = rest.trim() === '' ? { time: null, offset_minutes: null, days: 0 } : readTime(rest)
  if (!time) return undefined
  const day = time.days === 0 ? found.day : nextDay(found.day)
  return { day, time: time.time, offset_minutes: time.offset_minutes, repair: found.repair ?? plain.repair }
}

interface DatePart {
  day: string
  length: number
  repair?: RepairCode
}

function datePart(text: string, order: DateOrder, pivot: number): DatePart | undefined {
  const three = numbers.exec(text)
  if (three) {
    const day = fromNumbers(three[1]!, three[2]!, three[3]!, order, pivot)
    return day && { ...day, length: three[0].length }
  }
  const era = ideographs.exec(text) ?? eraNumbers.exec(text)
  if (era) return fromEra(era, order)
  const named = dayMonthName.exec(text)
  const [month, date, year] = named ? [named[2], named[1], named[3]] : (monthNameDay.exec(text)?.slice(1) ?? [])
  const index = months.indexOf(month?.slice(0, 3).toLowerCase() ?? '')
  if (index < 0) return undefined
  const day = dayText(fullYear(year!, pivot), index + 1, Number(date))
  const length = (named ?? monthNameDay.exec(text))![0].length
  return day === undefined ? undefined : { day, length }
}

function fromEra(found: RegExpExecArray, order: DateOrder): DatePart | undefined {
  const [all, era, first, month, date] = found
  const count = first === '元' ? 1 : Number(first)
  // 113年5月1日 without a name is of the Republic: three digits are no year of the common era.
  const isRoc = era === undefined && (first!.length === 3 || (order === 'roc' && first!.length <= 3))
  const base = era !== undefined ? eras[era]! : isRoc ? 1911 : 0
  const day = dayText(base === 0 && first!.length === 2 ? 2000 + count : base + count, Number(month), Number(date))
  if (day === undefined) return undefined
  const repair = base === 0 ? undefined : base === 1911 ? 'repair.roc_year' : 'repair.era_year'
  return { day, length: all.length, repair }
}

function fullYear(text: string, pivot: number): number {
  const year = Number(text)
  if (text.length > 2) return year
  return year > pivot ? 1900 + year : 2000 + year
}

function fromNumbers(
  a: string,
  b: string,
  c: string,
  order: DateOrder,
  pivot: number,
): Omit<DatePart, 'length'> | undefined {
  if (a.length === 4) return c.length > 2 ? undefined : some(dayText(Number(a), Number(b), Number(c)))
  if (a.length === 3 || (order === 'roc' && c.length <= 2)) {
    return c.length > 2 ? undefined : some(dayText(1911 + Number(a), Number(b), Number(c)), 'repair.roc_year')
  }
  if (c.length === 3) return undefined
  if (order === 'ymd' && c.length <= 2) return some(dayText(fullYear(a, pivot), Number(b), Number(c)))
  // A year at the end in a column that was thought to begin with one: only where the day tells itself apart.
  const isMonthFirst = order === 'mdy' || (order !== 'dmy' && Number(b) > 12)
  if (order !== 'mdy' && order !== 'dmy' && Number(a) <= 12 && Number(b) <= 12 && a !== b) return undefined
  const [month, day] = isMonthFirst ? [a, b] : [b, a]
  return some(dayText(fullYear(c, pivot), Number(month), Number(day)))
}

function some(day: string | undefined, repair?: RepairCode): Omit<DatePart, 'length'> | undefined {
  return day === undefined ? undefined : { day, repair }
}

/**
 * Dates without any mark: 20240501, 20240501142500, 1130501, a spreadsheet's serial, seconds or milliseconds of
 * 1970.
 */
function readDigits(text: string): Written | undefined {
  const [whole = '', part = ''] = text.split('.')
  const number = Number(text)
  if (whole.length === 5 || (whole.length === 4 && part !== '')) return fromSerial(number)
  if (whole.length === 10 || whole.length === 13) {
    const at = new Date(Number(whole) * (whole.length === 10 ? 1000 : 1)).toISOString()
    return { day: at.slice(0, 10), time: at.slice(11, 19), offset_minutes: 0 }
  }
  if (part !== '') return undefined
  const cut = (from: number, to: number): number => Number(whole.slice(from, to))
  if (whole.length === 7) {
    const day = dayText(1911 + cut(0, 3), cut(3, 5), cut(5, 7))
    return day === undefined ? undefined : { day, time: null, offset_minutes: null, repair: 'repair.roc_year' }
  }
  if (whole.length !== 8 && whole.length !== 12 && whole.length !== 14) return undefined
  const day = dayText(cut(0, 4), cut(4, 6), cut(6, 8))
  if (day === undefined) return undefined
  if (whole.length === 8) return { day, time: null, offset_minutes: null }
  const time = timeText(cut(8, 10), cut(10, 12), whole.length === 14 ? cut(12, 14) : 0)
  return time === undefined ? undefined : { day, time, offset_minutes: null }
}

/** Days since 1899-12-30, as spreadsheets count (their 1900 has a 29 February); the fraction is the time. */
function fromSerial(serial: number): Written | undefined {
  // 1954-10-03 to 2119-01-18: outside of it five digits are more likely an identifier than a day.
  if (serial < 20_000 || serial >= 80_000) return undefined
  const at = new Date(Date.UTC(1899, 11, 30) + Math.round(serial * 86_400) * 1000).toISOString()
  const time = Number.isInteger(serial) ? null : at.slice(11, 19)
  return { day: at.slice(0, 10), time, offset_minutes: null, repair: 'repair.serial_date' }
}

function timeText(hour: number, minute: number, second: number): string | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
  return `${two(hour)}:${two(minute)}:${two(second)}`
}

interface TimePart {
  time: string
  offset_minutes: number | null
  /** 1 for 24:00, the end of the day. */
  days: 0 | 1
}

/** A time of day: 14:05 · 2:05:11 PM · 下午 2:05 · 14時05分 · with Z or +08:00. */
export function readTime(text: string): TimePart | undefined {
  const found = clock.exec(text.trim())
  if (!found) return undefined
  const half = (found[1] ?? found[5] ?? '').toLowerCase().replace(/\./g, '')
  let hour = Number(found[2])
  const [minute, second] = [Number(found[3]), Number(found[4] ?? 0)]
  if (half !== '' && hour <= 12) {
    const isLater = half === 'pm' || half === '下午' || half === '午後'
    hour = (hour % 12) + (isLater ? 12 : 0)
  }
  const isEnd = hour === 24 && minute === 0 && second === 0
  const time = timeText(isEnd ? 0 : hour, minute, second)
  return time === undefined ? undefined : { time, offset_minutes: offsetOf(found[6]), days: isEnd ? 1 : 0 }
}

function offsetOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const found = /([+-])(\d{1,2}):?(\d{2})?$/.exec(text)
  if (!found) return 0
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0))
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/**
 * Reads a column of dates as instants (RFC 3339, UTC) in the program's zone: where daylight saving skips a time the
 * later is taken and said so, where it repeats one the earlier (Temporal's `compatible`). A day alone is its beginning.
 */
export function instantReader(o: { order: DateOrder; zone: string }): (cell: string) => Read<string> | Unread {
  const toInstant = zonedInstant(o.zone)
  return remembered((cell) => {
    const written = readWritten(cleanText(cell), o.order)
    return written ? toInstant(written) : { refused: 'import.date_unreadable' }
  })
}

/** Offsets of whole days are kept: only a day on which the clock changes asks the calendar for each time. */
function zonedInstant(zone: string): (written: Written) => Read<string> {
  const offsetOn = remembered((day: string): number | null => {
    const [first, last] = [`${day}T00:00:00`, `${day}T23:59:59`].map(
      (local) => instantOf(local, zone).getTime() - Date.parse(`${local}Z`),
    )
    return first === last ? first! : null
  })
  const rfc = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
  return ({ day, time, offset_minutes, repair }) => {
    const local = `${day}T${time ?? '00:00:00'}`
    if (offset_minutes !== null) return { value: rfc(Date.parse(`${local}Z`) - offset_minutes * 60_000), repair }
    const offset = offsetOn(day)
    if (offset !== null) return { value: rfc(Date.parse(`${local}Z`) + offset), repair }
    const instant = instantOf(local, zone)
    const wasSkipped = localOf(instant, zone) !== local
    return {
      value: rfc(instant.getTime()),
      repair: repair ?? (wasSkipped && time !== null ? 'repair.time_gap' : undefined),
    }
  }
}

/**
 * How moments decide: pure functions over days and counts. `today` is the day of the program's zone; nothing here reads
 * a clock.
 */
import { lunarDaysBetween, lunarMonthOf, lunarOf } from '../../base/lunar.ts'
import { addDays, daysBetween } from '../../base/time.ts'
import { window_days_max, type MomentKind, type MomentRule, type When, type Why } from './types.ts'

/** Every code of a why; each has its sentence. */
export const whyCodes = [
  'joined',
  'first_purchase',
  'purchase_number',
  'upgraded',
  'woke',
  'birthday_day',
  'birthday_week',
  'birthday_month',
  'birthday_lunar',
  'join_anniversary',
  'brand_anniversary',
  'holiday',
  'own_day',
] as const
export type WhyCode = (typeof whyCodes)[number]

/** What the clock looks at; the other kinds follow facts. */
const calendarKinds: readonly MomentKind[] = [
  'birthday',
  'join_anniversary',
  'brand_anniversary',
  'holiday',
  'own_day',
]
export const isOfCalendar = ({ kind }: Pick<When, 'kind'>) => calendarKinds.includes(kind)
/** Kinds whose day is everybody's. */
export const isEverybodys = ({ kind }: Pick<When, 'kind'>) => kind === 'brand_anniversary' || kind === 'holiday'
/** Kinds that come once a year for a member. */
const isYearly = ({ kind }: Pick<When, 'kind'>) =>
  kind === 'birthday' || kind === 'join_anniversary' || kind === 'own_day' || kind === 'brand_anniversary'

type SpanRule = Partial<Pick<MomentRule, 'starts_on' | 'ends_on'>>
type WindowRule = Pick<MomentRule, 'when' | 'before_days' | 'after_days'> & SpanRule
/** Both days included. */
export interface Window {
  from: string
  until: string
}

/** The week (Monday to Sunday), the month or the lunar month around a day. */
function spanOf(when: When, day: string): Window {
  if (when.kind !== 'birthday' || when.span === 'day') return { from: day, until: day }
  if (when.span === 'week') {
    // 2024-01-01 was a Monday
    const monday = addDays(day, -(((daysBetween('2024-01-01', day) % 7) + 7) % 7))
    return { from: monday, until: addDays(monday, 6) }
  }
  const lunar = when.calendar === 'lunar' ? lunarMonthOf(day) : undefined
  if (lunar) return { from: lunar.first, until: addDays(lunar.first, lunar.days - 1) }
  const from = `${day.slice(0, 8)}01`
  // four days behind the 28th lies the next month
  const next = `${addDays(`${day.slice(0, 8)}28`, 4).slice(0, 8)}01`
  return { from, until: addDays(next, -1) }
}

/**
 * When the gift of a day is given: from its first day on, until its last if it was not before, as far as the moment is
 * alive then. Where it is not at all, the window ends before it begins.
 */
export function windowOf(rule: WindowRule, day: string): Window {
  const span = spanOf(rule.when, day)
  const [from, until] = [addDays(span.from, -rule.before_days), addDays(span.until, rule.after_days)]
  const { starts_on, ends_on } = rule
  return {
    from: starts_on && starts_on > from ? starts_on : from,
    until: ends_on && ends_on < until ? ends_on : until,
  }
}

/** Is the moment alive on a day? */
export function isAlive({ starts_on, ends_on }: SpanRule, day: string): boolean {
  return (!starts_on || day >= starts_on) && (!ends_on || day <= ends_on)
}

/** How many days, `most` of them, a moment has left from today on, or from its first day on. */
export function daysLeft({ starts_on, ends_on }: SpanRule, today: string, most: number): number {
  if (!ends_on) return most
  const begins = starts_on && starts_on > today ? starts_on : today
  return Math.min(most, Math.max(0, daysBetween(begins, ends_on) + 1))
}

/** A span and both sides: no window begins or ends farther from its day. */
const reach_days = window_days_max + 31

/** Days of a moment whose windows open after `after`, until `until`. Of personal moments every day may be one. */
export function daysOpening(rule: WindowRule, after: string, until: string): string[] {
  return daysBetweenOf(rule.when, addDays(after, -reach_days), addDays(until, reach_days)).filter((day) => {
    const window = windowOf(rule, day)
    return window.from <= window.until && window.from > after && window.from <= until
  })
}

/**
 * Days whose gifts are due today: their windows are open, and were not looked at before. `done_through` null: nothing
 * was looked at yet, so whatever is open is due.
 */
export function daysDue(rule: WindowRule, today: string, done_through: string | null): string[] {
  const longest = addDays(today, -2 * reach_days)
  const after = done_through !== null && done_through > longest ? done_through : longest
  return daysOpening(rule, after, today).filter((day) => windowOf(rule, day).until >= today)
}

function daysBetweenOf(when: When, from: string, until: string): string[] {
  if (when.kind === 'brand_anniversary') return yearlyDays(when.month_day, from, until)
  if (when.kind === 'holiday') {
    const days = [
      ...when.dates.filter((day) => day >= from && day <= until),
      ...when.yearly.flatMap(({ calendar, month_day }) =>
        calendar === 'lunar' ? lunarDaysBetween(month_day, from, until) : yearlyDays(month_day, from, until),
      ),
    ]
    return [...new Set(days)].sort()
  }
  const days: string[] = []
  for (let day = from; day <= until; day = addDays(day, 1)) days.push(day)
  return days
}

function yearlyDays(month_day: string, from: string, until: string): string[] {
  const days: string[] = []
  for (let year = Number(from.slice(0, 4)); year <= Number(until.slice(0, 4)); year += 1)
    days.push(dayIn(year, month_day))
  return days.filter((day) => day >= from && day <= until)
}

const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** 29 February comes round on the 28th where there is none. */
export function dayIn(year: number, month_day: string): string {
  return month_day === '02-29' && !isLeap(year) ? `${year}-02-28` : `${year}-${month_day}`
}

/** The days of the year (`MM-DD`) that come round on a day. */
export function monthDaysOn(day: string): string[] {
  const own = day.slice(5)
  return own === '02-28' && !isLeap(Number(day.slice(0, 4))) ? [own, '02-29'] : [own]
}

/**
 * Which time this day is: its year, of a lunar day the lunar year (a solar year may hold two of its days), of holidays
 * the date.
 */
export function occurrenceOf(when: When, day: string): string {
  if (when.kind === 'holiday') return day
  if (when.kind === 'birthday' && when.calendar === 'lunar') return String(lunarOf(day)?.year ?? day.slice(0, 4))
  return day.slice(0, 4)
}

/**
 * Days between two gifts of a moment that comes once a year. A lunar year has 353 days at least; less than that, less
 * the window on both sides, only somebody whose day was changed in between can have waited.
 */
export function daysApart(rule: WindowRule): number {
  if (!isYearly(rule.when)) return 0
  const year_days = 353
  const span_days = rule.when.kind !== 'birthday' || rule.when.span === 'day' ? 1 : rule.when.span === 'week' ? 7 : 31
  return year_days - span_days - rule.before_days - rule.after_days
}

/** What is known of a member before a gift of the calendar. */
export interface CalendarCase {
  today: string
  day: string
  joined_on: string | null
  /** What this moment gave before: the day of the last gift, and the occurrences. */
  last_given_on: string | null
  occurrences: readonly string[]
}
/**
 * `given_before` this very occurrence · `too_soon` the day was changed since the last · `joined_too_late` ·
 * `window_over`
 */
export type NotNow = 'given_before' | 'too_soon' | 'joined_too_late' | 'window_over'

/** Does a member who is meant get the gift of this day today? null: yes. */
export function notNow(rule: WindowRule & Pick<MomentRule, 'joined_days_min'>, one: CalendarCase): NotNow | null {
  const { from, until } = windowOf(rule, one.day)
  if (one.today < from || one.today > until) return 'window_over'
  if (one.occurrences.includes(occurrenceOf(rule.when, one.day))) return 'given_before'
  if (one.last_given_on !== null && daysBetween(one.last_given_on, one.today) < daysApart(rule)) return 'too_soon'
  return joinedLongAgo(rule, one.joined_on, one.day) ? null : 'joined_too_late'
}

export function joinedLongAgo(
  { joined_days_min }: Pick<MomentRule, 'joined_days_min'>,
  joined_on: string | null,
  day: string,
): boolean {
  return joined_on !== null && daysBetween(joined_on, day) >= joined_days_min
}

/** Is the purchase with this number one of those that give? */
export function isPurchaseOf({ number, repeats }: Extract<When, { kind: 'purchase' }>, nth: number): boolean {
  return repeats ? nth % number === 0 : nth === number
}

/** Was this purchase the first after so many days of none? */
export function isWaking({ days }: Extract<When, { kind: 'waking' }>, before: string | null, on: string): boolean {
  return before !== null && daysBetween(before, on) >= days
}

/** What an earlier gift of the same occurrence came to. */
export interface GivenBefore {
  occurrence: string
  /** All of it went back with its order. */
  is_taken_back: boolean
}

/**
 * The name under which an occurrence is given now, null if it was. What went back unused with its order may be given
 * once more for the purchase in its place: `1`, then `1/2`.
 */
export function nameNow(occurrence: string, before: readonly GivenBefore[]): string | null {
  const same = before.filter((one) => one.occurrence === occurrence || one.occurrence.startsWith(`${occurrence}/`))
  if (same.some((one) => !one.is_taken_back)) return null
  return same.length === 0 ? occurrence : `${occurrence}/${same.length + 1}`
}

/** Why a gift of the calendar was given. `years` since joining, where that is what comes round. */
export function whyOf(when: When, day: string, version: number, joined_on: string | null): Why {
  const why = (code: WhyCode, params: Why['params'] = {}): Why => ({ code, params: { day, ...params }, version })
  switch (when.kind) {
    case 'birthday':
      return when.calendar === 'lunar' ? why('birthday_lunar') : why(`birthday_${when.span}`)
    case 'join_anniversary':
      return why('join_anniversary', {
        years: Number(day.slice(0, 4)) - Number(joined_on?.slice(0, 4) ?? day.slice(0, 4)),
      })
    case 'brand_anniversary':
    case 'holiday':
      return why(when.kind)
    case 'own_day':
      return why('own_day', { name: when.name })
    default:
      throw new Error(`${when.kind} is no moment of the calendar`)
  }
}

/**
 * Windows and relative days become plain days here, in the program's zone, before SQL is written: the SQL has no
 * clock. Pure calendar arithmetic on `YYYY-MM-DD`.
 */
import type { Day, Period, Unit, Window } from './condition.ts'
import { addDays, addMonths, daysBetween, startOfDay } from '../time.ts'

/** Days from … to, both included; a missing end is open. */
export interface DayRange {
  from?: string
  to?: string
}

/** The instants of a range of days: from included, until not. */
export interface InstantRange {
  from?: Date
  until?: Date
}

/** A range of `MM-DD`, both included; `from` after `to` means it wraps around the year. */
export interface AnniversaryRange {
  from: string
  to: string
}

/** `n` units after a day; months and years keep the day of the month, clamped to the month's last. */
export function addUnits(day: string, n: number, unit: Unit): string {
  if (unit === 'day') return addDays(day, n)
  if (unit === 'week') return addDays(day, n * 7)
  return addMonths(day, unit === 'year' ? n * 12 : n)
}

/** The day that a day of a condition stands for. */
export function dayFor(day: Day, today: string): string {
  return typeof day === 'string' ? day : addUnits(today, day.today, day.unit)
}

/** The days of a window, seen from `today`. */
export function rangeOf(window: Window, today: string): DayRange {
  if ('last' in window) {
    const to = window.except_last ? addUnits(today, -window.except_last, window.unit) : today
    return { from: addDays(addUnits(today, -window.last, window.unit), 1), to }
  }
  if ('next' in window) return { from: today, to: addDays(addUnits(today, window.next, window.unit), -1) }
  if ('this' in window) return periodAround(today, window.this)
  if ('previous' in window) {
    return periodAround(addDays(periodAround(today, window.previous).from, -1), window.previous)
  }
  if ('following' in window) {
    return periodAround(addDays(periodAround(today, window.following).to, 1), window.following)
  }
  return {
    ...(window.from !== undefined && { from: dayFor(window.from, today) }),
    ...(window.to !== undefined && { to: dayFor(window.to, today) }),
  }
}

/** The calendar period in which a day lies. */
export function periodAround(day: string, period: Period): { from: string; to: string } {
  if (period === 'day') return { from: day, to: day }
  if (period === 'week') {
    const from = addDays(day, -weekday(day))
    return { from, to: addDays(from, 6) }
  }
  const months = period === 'month' ? 1 : period === 'quarter' ? 3 : 12
  const month = Number(day.slice(5, 7))
  const first = month - ((month - 1) % months)
  const from = `${day.slice(0, 4)}-${monthText(first)}-01`
  return { from, to: addDays(addMonths(from, months), -1) }
}

/** 1970-01-05 was a Monday; Monday is 0. */
function weekday(day: string): number {
  const days = daysBetween('1970-01-05', day) % 7
  return days < 0 ? days + 7 : days
}

/** The instants between which an instant lies on one of the days. */
export function instantsOf(range: DayRange, zone: string): InstantRange {
  return {
    ...(range.from !== undefined && { from: startOfDay(range.from, zone) }),
    ...(range.to !== undefined && { until: startOfDay(addDays(range.to, 1), zone) }),
  }
}

/**
 * The anniversaries that fall on one of the days. In a year without 29 February those born on it are celebrated on
 * the 28th, so a range that ends on such a 28th is drawn out to the 29th. A range of a whole year or with an open end
 * holds all.
 */
export function anniversariesIn(range: DayRange): AnniversaryRange | 'all' | 'none' {
  if (range.from === undefined || range.to === undefined) return 'all'
  if (range.from > range.to) return 'none'
  if (addMonths(range.from, 12) <= range.to) return 'all'
  const to = range.to.endsWith('-02-28') && addDays(range.to, 1).endsWith('-03-01') ? '02-29' : range.to.slice(5)
  return { from: range.from.slice(5), to }
}

/** A month 1 to 12 as `MM`. */
export function monthText(month: number): string {
  return String(month).padStart(2, '0')
}

/** Is this a day of the calendar, written `YYYY-MM-DD`, in a year from 1000 to 2999? */
export function isDay(text: string): boolean {
  if (!/^[12]\d{3}-\d\d-\d\d$/.test(text)) return false
  const instant = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(text)
}

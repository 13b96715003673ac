/**
 * The Chinese lunar calendar, by which birthdays and holidays of many people come round: the numbers of the months from
 * ICU (`Intl`), their first days from the new moons (new-moons.ts); kept as a table of month beginnings, because a
 * night asks about a whole century of birth dates.
 *
 * A *lunar day* is `MM-DD`: month 01–12 and day 01–30. What falls into a leap month comes round in the month of the
 * same number that is no leap month, every year; a day 30 that a month does not have comes round on its last day.
 */
import { newMoonNear } from './new-moons.ts'
import { addDays, dayOf, daysBetween } from './time.ts'

/** One month: where it begins, how long it is. */
export interface LunarMonth {
  /** The year that begins with this lunar new year. */
  year: number
  month: number
  is_leap: boolean
  /** YYYY-MM-DD. */
  first: string
  /** 29 or 30. */
  days: number
}

/** A day in the lunar calendar. */
export interface LunarDay {
  year: number
  month: number
  is_leap: boolean
  day: number
  /** Of its month. */
  days: number
}

/** Born before, nobody joins; after, the rotation of the earth is a guess. */
const year_first = 1900
const year_last = 2100

/** A mean lunar month. */
const moon_ms = 29.530588861 * 86_400_000

const format = new Intl.DateTimeFormat('en-u-ca-chinese-nu-latn', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
})

function read(day: string): { year: number; month: number; is_leap: boolean; day: number } {
  const parts = format.formatToParts(new Date(`${day}T00:00:00Z`)) as { type: string; value: string }[]
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const month = part('month')
  return {
    year: Number.parseInt(part('relatedYear'), 10),
    month: Number.parseInt(month, 10),
    is_leap: /bis$/.test(month),
    day: Number.parseInt(part('day'), 10),
  }
}

/** Where the calendar is reckoned; its clocks had summer time in some years, the calendar never. */
const zone = 'Etc/GMT-8'

/**
 * Months that ICU numbers otherwise than the almanacs, because the sun crossed a term close to midnight: the leap month
 * stands before, not after. By first day.
 */
const corrected: Readonly<Partial<Record<string, { month: number; is_leap: boolean }>>> = {
  '1917-03-23': { month: 2, is_leap: true },
  '1917-04-21': { month: 3, is_leap: false },
  '1922-06-25': { month: 5, is_leap: true },
  '1922-07-24': { month: 6, is_leap: false },
  '1987-07-26': { month: 6, is_leap: true },
  '1987-08-24': { month: 7, is_leap: false },
}

let table: LunarMonth[] | undefined

function months(): LunarMonth[] {
  if (table) return table
  const made: LunarMonth[] = []
  // in the middle of a month nobody doubts which one it is
  let moon = newMoonNear(new Date(`${year_first}-01-31T00:00:00Z`))
  for (;;) {
    const first = dayOf(moon, zone)
    if (Number(first.slice(0, 4)) > year_last) break
    const { year, month, is_leap } = read(addDays(first, 14))
    moon = newMoonNear(new Date(moon.getTime() + moon_ms))
    made.push({ year, month, is_leap, first, days: daysBetween(first, dayOf(moon, zone)), ...corrected[first] })
  }
  table = made
  return made
}

/** The month that a day lies in; undefined outside of 1900–2100. */
export function lunarMonthOf(day: string): LunarMonth | undefined {
  const all = months()
  let [low, high] = [0, all.length - 1]
  if (day < all[0]!.first) return undefined
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (all[middle]!.first <= day) low = middle
    else high = middle - 1
  }
  const found = all[low]!
  return daysBetween(found.first, day) < found.days ? found : undefined
}

/** A day in the lunar calendar; undefined outside of 1900–2100. */
export function lunarOf(day: string): LunarDay | undefined {
  const found = lunarMonthOf(day)
  if (!found) return undefined
  const { year, month, is_leap, first, days } = found
  return { year, month, is_leap, day: daysBetween(first, day) + 1, days }
}

const two = (n: number) => String(n).padStart(2, '0')

/**
 * The lunar days (`MM-DD`) that come round on a day: its own, and day 30 on the last day of a short month. None in a
 * leap month: what is born there comes round in the month of the same number.
 */
export function lunarDaysOn(day: string): string[] {
  const found = lunarOf(day)
  if (!found || found.is_leap) return []
  const own = `${two(found.month)}-${two(found.day)}`
  return found.days === 29 && found.day === 29 ? [own, `${two(found.month)}-30`] : [own]
}

/** The days of `from`–`until`, both included, on which a lunar day comes round. */
export function lunarDaysBetween(lunar_day: string, from: string, until: string): string[] {
  const [month, wanted] = [Number(lunar_day.slice(0, 2)), Number(lunar_day.slice(3, 5))]
  return months()
    .filter((one) => one.month === month && !one.is_leap)
    .map((one) => addDays(one.first, Math.min(wanted, one.days) - 1))
    .filter((day) => day >= from && day <= until)
}

/** All dates of birth, 1900 until `until`, whose lunar birthday is one of these lunar days. */
export function birthDatesOf(lunar_days: readonly string[], until: string): string[] {
  const wanted = lunar_days.map((text) => [Number(text.slice(0, 2)), Number(text.slice(3, 5))] as const)
  return months()
    .flatMap((one) =>
      wanted
        .filter(([month, day]) => one.month === month && day <= one.days)
        .map(([, day]) => addDays(one.first, day - 1)),
    )
    .filter((day) => day <= until)
}

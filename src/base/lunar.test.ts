/** Published dates of the lunar calendar, and what it must hold of every day. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { birthDatesOf, lunarDaysBetween, lunarDaysOn, lunarMonthOf, lunarOf } from './lunar.ts'
import { addDays } from './time.ts'

/** New year, dragon boat and mid-autumn as the almanacs print them. */
const published: [year: number, newYear: string, dragonBoat: string, midAutumn: string][] = [
  [1990, '1990-01-27', '1990-05-28', '1990-10-03'],
  [2020, '2020-01-25', '2020-06-25', '2020-10-01'],
  [2023, '2023-01-22', '2023-06-22', '2023-09-29'],
  [2024, '2024-02-10', '2024-06-10', '2024-09-17'],
  [2025, '2025-01-29', '2025-05-31', '2025-10-06'],
  [2026, '2026-02-17', '2026-06-19', '2026-09-25'],
  [2027, '2027-02-06', '2027-06-09', '2027-09-15'],
  [2033, '2033-01-31', '2033-06-01', '2033-09-08'],
]

test.each(published)('the holidays of %i are those of the almanac', (year, ...days) => {
  const found = ['01-01', '05-05', '08-15'].map((lunar) => lunarDaysBetween(lunar, `${year}-01-01`, `${year}-12-31`))
  expect(found).toEqual(days.map((day) => [day]))
})

test('leap months are named, and nothing comes round in them', () => {
  // 2020 had a fourth month twice, 2023 a second, 2025 a sixth
  expect(lunarOf('2020-05-23')).toMatchObject({ month: 4, is_leap: true, day: 1 })
  expect(lunarOf('2023-03-22')).toMatchObject({ month: 2, is_leap: true, day: 1 })
  expect(lunarOf('2025-07-25')).toMatchObject({ month: 6, is_leap: true, day: 1 })
  // ICU alone says seventh
  expect(lunarOf('1987-07-26')).toMatchObject({ month: 6, is_leap: true, day: 1 })
  expect(lunarDaysOn('2025-07-25')).toEqual([])
})

test('whoever is born in a leap month has the birthday of the month of the same number', () => {
  expect(birthDatesOf(['04-01'], '2026-12-31')).toEqual(expect.arrayContaining(['2020-04-23', '2020-05-23']))
})

test('every lunar day comes round exactly once a lunar year', () => {
  for (const lunar of ['01-01', '04-15', '06-30', '12-29', '12-30']) {
    const days = lunarDaysBetween(lunar, '1950-01-01', '2090-12-31')
    const years = days.map((day) => lunarOf(day)!.year)
    expect(new Set(years).size).toBe(years.length)
    expect(years.at(-1)! - years[0]!).toBe(years.length - 1)
  }
})

test('what comes round on a day is found from the day, and the day from it', () => {
  const anyDay = fc.integer({ min: 0, max: 54_000 }).map((n) => addDays('1950-01-01', n))
  fc.assert(
    fc.property(anyDay, (day) => {
      const { month, day: nth, days } = lunarOf(day)!
      expect(nth).toBeGreaterThanOrEqual(1)
      expect(nth).toBeLessThanOrEqual(days)
      expect(lunarMonthOf(day)!.month).toBe(month)
      for (const lunar of lunarDaysOn(day)) expect(lunarDaysBetween(lunar, day, day)).toEqual([day])
    }),
  )
})

/** How moments decide: one case a line, and what must hold of every day. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { texts } from '../../../web/kit/texts/en.ts'
import { addDays, daysBetween } from '../../base/time.ts'
import {
  dayIn,
  daysApart,
  daysDue,
  daysOpening,
  isPurchaseOf,
  isWaking,
  monthDaysOn,
  nameNow,
  notNow,
  occurrenceOf,
  whyCodes,
  whyOf,
  windowOf,
} from './rules.ts'
import type { When } from './types.ts'

const birthday = (span: 'day' | 'week' | 'month', calendar: 'solar' | 'lunar' = 'solar'): When => ({
  kind: 'birthday',
  span,
  calendar,
})
const rule = (when: When, before_days = 0, after_days = 0, joined_days_min = 0) => ({
  when,
  before_days,
  after_days,
  joined_days_min,
})

/** [moment, before, after, the day itself, window] */
const windows: [string, When, number, number, string, string, string][] = [
  ['the day alone', birthday('day'), 0, 0, '2026-11-02', '2026-11-02', '2026-11-02'],
  ['a week before, three days after', birthday('day'), 7, 3, '2026-11-02', '2026-10-26', '2026-11-05'],
  ['over the turn of the year', birthday('day'), 7, 0, '2027-01-02', '2026-12-26', '2027-01-02'],
  ['after the turn of the year', birthday('day'), 0, 30, '2026-12-20', '2026-12-20', '2027-01-19'],
  ['its week, Monday to Sunday', birthday('week'), 0, 0, '2026-11-04', '2026-11-02', '2026-11-08'],
  ['a Sunday ends its week', birthday('week'), 0, 0, '2026-11-08', '2026-11-02', '2026-11-08'],
  ['a week over the turn of the year', birthday('week'), 0, 0, '2027-01-01', '2026-12-28', '2027-01-03'],
  ['its month', birthday('month'), 0, 0, '2026-11-17', '2026-11-01', '2026-11-30'],
  ['February of a leap year', birthday('month'), 0, 0, '2028-02-29', '2028-02-01', '2028-02-29'],
  ['December and a few days', birthday('month'), 0, 5, '2026-12-31', '2026-12-01', '2027-01-05'],
  // the eighth lunar month of 2026 is 11 September until 9 October
  ['its lunar month', birthday('month', 'lunar'), 0, 0, '2026-09-25', '2026-09-11', '2026-10-09'],
]
test.each(windows)('the window of %s', (_name, when, before, after, day, from, until) => {
  expect(windowOf(rule(when, before, after), day)).toEqual({ from, until })
})

/** [moment, today, looked at through, days due] */
const dues: [string, ReturnType<typeof rule>, string, string | null, string[]][] = [
  ['one day each day', rule(birthday('day')), '2026-11-02', '2026-11-01', ['2026-11-02']],
  ['nothing twice a day', rule(birthday('day')), '2026-11-02', '2026-11-02', []],
  ['a week ahead', rule(birthday('day', 'solar'), 7), '2026-12-27', '2026-12-26', ['2027-01-03']],
  [
    'made late: all that is open',
    rule(birthday('day'), 1, 1),
    '2026-11-02',
    null,
    ['2026-11-01', '2026-11-02', '2026-11-03'],
  ],
  ['two days down, no days after: those are over', rule(birthday('day')), '2026-11-05', '2026-11-02', ['2026-11-05']],
  [
    'two days down, two days after',
    rule(birthday('day'), 0, 2),
    '2026-11-05',
    '2026-11-02',
    ['2026-11-03', '2026-11-04', '2026-11-05'],
  ],
  [
    'founders’ day a week ahead',
    rule({ kind: 'brand_anniversary', month_day: '11-09' }, 7),
    '2026-11-02',
    '2026-11-01',
    ['2026-11-09'],
  ],
  [
    '29 February where there is none',
    rule({ kind: 'brand_anniversary', month_day: '02-29' }),
    '2027-02-28',
    '2027-02-27',
    ['2027-02-28'],
  ],
  [
    'lunar new year',
    rule({ kind: 'holiday', yearly: [{ calendar: 'lunar', month_day: '01-01' }], dates: [] }),
    '2027-02-06',
    '2027-02-05',
    ['2027-02-06'],
  ],
  [
    'mid-autumn and a date',
    rule({ kind: 'holiday', yearly: [{ calendar: 'lunar', month_day: '08-15' }], dates: ['2026-09-26'] }, 1),
    '2026-09-25',
    '2026-09-23',
    ['2026-09-25', '2026-09-26'],
  ],
]
test.each(dues)('due is %s', (_name, one, today, through, days) => {
  expect(daysDue(one, today, through)).toEqual(days)
})

test('29 February comes round on the 28th where there is none', () => {
  expect([dayIn(2027, '02-29'), dayIn(2028, '02-29')]).toEqual(['2027-02-28', '2028-02-29'])
  expect([monthDaysOn('2027-02-28'), monthDaysOn('2028-02-28'), monthDaysOn('2028-02-29')]).toEqual([
    ['02-28', '02-29'],
    ['02-28'],
    ['02-29'],
  ])
})

test('which time it is: the year of the day, not of the giving; of a lunar day the lunar year', () => {
  expect(occurrenceOf(birthday('day'), '2027-01-02')).toBe('2027')
  // the 25th of the twelfth month comes twice in 2027 by the solar calendar, in two lunar years
  expect(occurrenceOf(birthday('day', 'lunar'), '2027-02-01')).toBe('2026')
  expect(occurrenceOf({ kind: 'holiday', yearly: [], dates: ['2026-10-10'] }, '2026-10-10')).toBe('2026-10-10')
})

const known = { joined_on: '2020-01-01', last_given_on: null, occurrences: [] }
/** [what, rule, case, answer] */
const cases: [string, ReturnType<typeof rule>, Parameters<typeof notNow>[1], ReturnType<typeof notNow>][] = [
  ['on the day', rule(birthday('day')), { ...known, today: '2026-11-02', day: '2026-11-02' }, null],
  ['a day late', rule(birthday('day')), { ...known, today: '2026-11-03', day: '2026-11-02' }, 'window_over'],
  ['a day early', rule(birthday('day')), { ...known, today: '2026-11-01', day: '2026-11-02' }, 'window_over'],
  [
    'joined today, on the birthday',
    rule(birthday('day')),
    { ...known, joined_on: '2026-11-02', today: '2026-11-02', day: '2026-11-02' },
    null,
  ],
  [
    'joined today, thirty days are asked',
    rule(birthday('day'), 0, 0, 30),
    { ...known, joined_on: '2026-11-02', today: '2026-11-02', day: '2026-11-02' },
    'joined_too_late',
  ],
  [
    'joined exactly thirty days before',
    rule(birthday('day'), 0, 0, 30),
    { ...known, joined_on: '2026-10-03', today: '2026-11-02', day: '2026-11-02' },
    null,
  ],
  [
    'the birthday was moved after this year’s gift',
    rule(birthday('day')),
    { ...known, today: '2026-11-02', day: '2026-11-02', occurrences: ['2026'], last_given_on: '2026-03-01' },
    'given_before',
  ],
  [
    'moved from December to January',
    rule(birthday('day')),
    { ...known, today: '2027-01-05', day: '2027-01-05', occurrences: ['2026'], last_given_on: '2026-12-20' },
    'too_soon',
  ],
  [
    'given late last year, early this year',
    rule(birthday('day'), 30, 30),
    { ...known, today: '2027-10-03', day: '2027-11-02', occurrences: ['2026'], last_given_on: '2026-12-02' },
    null,
  ],
]
test.each(cases)('%s', (_name, one, when, answer) => expect(notNow(one, when)).toBe(answer))

test('purchases by number, waking by days, and a gift that went back may come once more', () => {
  const third = { kind: 'purchase', number: 3, repeats: false } as const
  expect([1, 3, 6].map((nth) => isPurchaseOf(third, nth))).toEqual([false, true, false])
  expect([1, 3, 6].map((nth) => isPurchaseOf({ ...third, repeats: true }, nth))).toEqual([false, true, true])
  const wakes = (before: string | null) => isWaking({ kind: 'waking', days: 90 }, before, '2026-11-02')
  expect([null, '2026-08-05', '2026-08-04'].map(wakes)).toEqual([false, false, true])
  const back = (occurrence: string, is_taken_back: boolean) => ({ occurrence, is_taken_back })
  expect(nameNow('1', [])).toBe('1')
  expect(nameNow('1', [back('1', false)])).toBeNull()
  expect(nameNow('1', [back('10', false), back('1', true)])).toBe('1/2')
  expect(nameNow('1', [back('1', true), back('1/2', false)])).toBeNull()
})

test('why says what came round', () => {
  expect(whyOf(birthday('month'), '2026-11-17', 3, '2020-01-01')).toEqual({
    code: 'birthday_month',
    params: { day: '2026-11-17' },
    version: 3,
  })
  expect(whyOf({ kind: 'join_anniversary' }, '2026-11-17', 1, '2020-11-17').params).toEqual({
    day: '2026-11-17',
    years: 6,
  })
})

test('every code of a why has its sentence', () => {
  expect(Object.keys(texts.moments.whys).sort()).toEqual([...whyCodes].sort())
})

const anyRule = fc
  .record({
    span: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
    calendar: fc.constantFrom('solar' as const, 'lunar' as const),
    before: fc.nat(30),
    after: fc.nat(30),
  })
  .map(({ span, calendar, before, after }) => rule(birthday(span, calendar), before, after))
const anyDay = fc.nat(9_000).map((n) => addDays('2015-01-01', n))

test('whoever looks daily sees every day once, on the day its window opens', () => {
  fc.assert(
    fc.property(anyRule, anyDay, fc.integer({ min: 1, max: 40 }), (one, start, length) => {
      const seen: string[] = []
      for (let i = 1; i <= length; i += 1) {
        const today = addDays(start, i)
        const due = daysDue(one, today, addDays(today, -1))
        for (const day of due) expect(windowOf(one, day).from).toBe(today)
        seen.push(...due)
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect([...seen].sort()).toEqual(daysOpening(one, start, addDays(start, length)).sort())
    }),
  )
})

test('whoever looks after any number of days sees what is still open, and nothing that is over', () => {
  fc.assert(
    fc.property(anyRule, anyDay, fc.nat(120), (one, through, gap) => {
      const today = addDays(through, gap)
      for (const day of daysDue(one, today, through)) {
        const { from, until } = windowOf(one, day)
        expect(from > through && from <= today && until >= today).toBe(true)
      }
    }),
  )
})

test('nobody whose day stays the same ever waits too long since the last gift', () => {
  const anyYear = fc.integer({ min: 2000, max: 2080 })
  fc.assert(
    fc.property(anyRule, anyYear, fc.nat(365), (one, year, nth) => {
      const { when } = one
      if (when.kind !== 'birthday' || when.calendar === 'lunar') return
      const month_day = addDays('2024-01-01', nth % 366).slice(5)
      const last = windowOf(one, dayIn(year, month_day)).until
      const next = windowOf(one, dayIn(year + 1, month_day)).from
      expect(daysBetween(last, next)).toBeGreaterThanOrEqual(daysApart(one))
    }),
  )
})

import { expect, test } from 'vitest'
import { createFormat, minorOf, nothing } from './format.ts'

const taipei = { currency: 'TWD', currency_decimals: 0, time_zone: 'Asia/Taipei' }
const en = createFormat({ locale: 'en', ...taipei })
const tw = createFormat({ locale: 'zh-TW', ...taipei })

test('money has the decimals of its currency', () => {
  expect(en.money(1280)).toBe('NT$1,280')
  expect(tw.money(1280)).toBe('NT$1,280')
  const pounds = createFormat({ locale: 'en', currency: 'GBP', currency_decimals: 2, time_zone: 'Europe/London' })
  expect(pounds.money(974774793)).toBe('£9,747,747.93')
  const dinars = createFormat({ locale: 'en', currency: 'KWD', currency_decimals: 3, time_zone: 'Asia/Kuwait' })
  expect(dinars.money(1500).replace(/\s/g, ' ')).toBe('KWD 1.500')
})

test('a worth below the smallest coin is written by the same sign', () => {
  expect([en.worth(0.01), tw.worth(0.01), tw.worth(1)]).toEqual(['NT$0.01', 'NT$0.01', 'NT$1'])
  const pounds = createFormat({ locale: 'en', currency: 'GBP', currency_decimals: 2, time_zone: 'Europe/London' })
  expect([pounds.worth(0.25), pounds.worth(100)]).toEqual(['£0.0025', '£1.00'])
})

test('what is not known is a dash, and zero is a zero', () => {
  expect([en.number(null), en.money(undefined), en.percent(null), en.day(''), en.moment(null)]).toEqual(
    Array(5).fill(nothing),
  )
  expect([en.number(0), en.money(0), en.percent(0)]).toEqual(['0', 'NT$0', '0%'])
})

test('a day stays the same day wherever it is read, an instant is told in the program’s zone', () => {
  expect(en.day('2026-03-12')).toBe('Mar 12, 2026')
  expect(tw.day('2026-03-12')).toBe('2026年3月12日')
  expect(en.moment('2026-03-12T16:30:00Z')).toMatch(/Mar 13, 2026.*00:30/)
  expect(en.dayOf('2026-03-12T16:30:00Z')).toBe('Mar 13, 2026')
})

test('the zone is named where the reader’s own clock shows another time', () => {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const here = createFormat({ ...taipei, locale: 'en', time_zone: own })
  const away = createFormat({ ...taipei, locale: 'en', time_zone: own === 'Asia/Taipei' ? 'UTC' : 'Asia/Taipei' })
  expect(here.moment('2026-03-12T16:30:00Z')).not.toMatch(/GMT|UTC/)
  expect(away.moment('2026-03-12T16:30:00Z')).toMatch(/GMT|UTC/)
})

test('times are said as people say them', () => {
  const now = new Date('2026-11-22T10:00:00Z')
  expect(en.relative('2026-11-19T09:00:00Z', now)).toBe('3 days ago')
  expect(en.relative('2026-11-21T09:00:00Z', now)).toBe('yesterday')
  expect(en.relative('2026-11-22T12:30:00Z', now)).toBe('in 2 hours')
  expect(tw.relative('2026-11-22T09:59:30Z', now)).toBe('現在')
  expect(en.duration(125)).toBe('2 min 5 sec')
  expect(en.duration(3725)).toBe('1 hr 2 min')
})

test('a program whose clock runs ahead of the browser’s counts from its own present', () => {
  const ahead_ms = 40 * 86_400_000
  const demo = createFormat({ locale: 'en', ...taipei, ahead_ms })
  const browser = Date.now()
  const there = (days: number) => new Date(browser + ahead_ms - days * 86_400_000 - 60_000).toISOString()
  expect(demo.relative(there(3))).toBe('3 days ago')
  expect(demo.relative(there(1))).toBe('yesterday')
  expect(Math.abs(demo.present().getTime() - browser - ahead_ms)).toBeLessThan(1000)
  expect(demo.presentAt(browser).getTime()).toBe(browser + ahead_ms)
  const dayThere = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Taipei' }).format(demo.present())
  expect(demo.today()).toBe(dayThere)
})

test('a typed amount becomes minor units, and nonsense becomes nothing', () => {
  expect(minorOf('1,280', 0)).toBe(1280)
  expect(minorOf('12.34', 2)).toBe(1234)
  expect(minorOf('0.07', 2)).toBe(7)
  expect(minorOf('twelve', 2)).toBeNull()
  expect(minorOf('', 2)).toBeNull()
})

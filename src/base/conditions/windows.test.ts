import { expect, test } from 'vitest'
import type { Window } from './condition.ts'
import { anniversariesIn, dayFor, instantsOf, isDay, rangeOf } from './windows.ts'

test.each<[string, Window, string | undefined, string | undefined]>([
  ['2025-03-05', { last: 1, unit: 'day' }, '2025-03-05', '2025-03-05'],
  ['2025-03-05', { last: 90, unit: 'day' }, '2024-12-06', '2025-03-05'],
  ['2025-03-05', { last: 60, unit: 'day', except_last: 30 }, '2025-01-05', '2025-02-03'],
  ['2025-03-05', { last: 2, unit: 'week' }, '2025-02-20', '2025-03-05'],
  ['2025-03-31', { last: 1, unit: 'month' }, '2025-03-01', '2025-03-31'],
  ['2025-03-15', { last: 1, unit: 'month' }, '2025-02-16', '2025-03-15'],
  ['2024-02-29', { last: 1, unit: 'year' }, '2023-03-01', '2024-02-29'],
  ['2025-12-28', { next: 7, unit: 'day' }, '2025-12-28', '2026-01-03'],
  ['2025-01-31', { next: 1, unit: 'month' }, '2025-01-31', '2025-02-27'],
  ['2025-03-09', { this: 'week' }, '2025-03-03', '2025-03-09'],
  ['2025-03-10', { this: 'week' }, '2025-03-10', '2025-03-16'],
  ['2024-02-10', { this: 'month' }, '2024-02-01', '2024-02-29'],
  ['2025-05-20', { this: 'quarter' }, '2025-04-01', '2025-06-30'],
  ['2025-01-15', { previous: 'month' }, '2024-12-01', '2024-12-31'],
  ['2025-01-15', { previous: 'quarter' }, '2024-10-01', '2024-12-31'],
  ['2025-12-15', { following: 'month' }, '2026-01-01', '2026-01-31'],
  ['2025-12-15', { following: 'year' }, '2026-01-01', '2026-12-31'],
  ['2025-03-05', { previous: 'day' }, '2025-03-04', '2025-03-04'],
  ['2025-03-05', { from: '2025-01-01' }, '2025-01-01', undefined],
  ['2025-03-05', { to: { today: -30, unit: 'day' } }, undefined, '2025-02-03'],
])('on %s the window %j reaches from %s to %s', (today, window, from, to) => {
  expect(rangeOf(window, today)).toEqual({ ...(from && { from }), ...(to && { to }) })
})

test('a day counted from today', () => {
  expect(dayFor({ today: -18, unit: 'year' }, '2024-02-29')).toBe('2006-02-28')
  expect(dayFor({ today: 3, unit: 'day' }, '2024-02-27')).toBe('2024-03-01')
  expect(dayFor('2024-05-01', '2020-01-01')).toBe('2024-05-01')
})

test.each<[string, string, ReturnType<typeof anniversariesIn>]>([
  ['2025-12-28', '2026-01-03', { from: '12-28', to: '01-03' }],
  ['2025-02-01', '2025-02-28', { from: '02-01', to: '02-29' }],
  ['2024-02-01', '2024-02-28', { from: '02-01', to: '02-28' }],
  ['2024-02-28', '2024-02-29', { from: '02-28', to: '02-29' }],
  ['2025-01-01', '2025-12-31', { from: '01-01', to: '12-31' }],
  ['2025-03-10', '2026-03-09', { from: '03-10', to: '03-09' }],
  ['2025-03-10', '2026-03-10', 'all'],
  ['2025-03-10', '2029-01-01', 'all'],
  ['2025-03-10', '2025-03-09', 'none'],
])('anniversaries from %s to %s', (from, to, expected) => {
  expect(anniversariesIn({ from, to })).toEqual(expected)
})

test('pain 17: a day that the clocks shorten or that lacks its midnight is still one whole day', () => {
  const hours = (day: string, zone: string) => {
    const { from, until } = instantsOf({ from: day, to: day }, zone)
    return (until!.getTime() - from!.getTime()) / 3_600_000
  }
  expect(hours('2025-03-30', 'Europe/London')).toBe(23)
  expect(hours('2025-10-26', 'Europe/London')).toBe(25)
  // São Paulo had no 00:00 on this day
  expect(hours('2018-11-04', 'America/Sao_Paulo')).toBe(23)
  expect(instantsOf({ from: '2018-11-04' }, 'America/Sao_Paulo').from!.toISOString()).toBe('2018-11-04T03:00:00.000Z')
})

test('only days of the calendar are days', () => {
  expect(['2024-02-29', '2025-12-31'].every(isDay)).toBe(true)
  expect(
    ['2025-02-29', '2025-13-01', '2025-1-1', '0001-01-01', '9999-12-31', '2025-01-01T00:00', ''].some(isDay),
  ).toBe(false)
})

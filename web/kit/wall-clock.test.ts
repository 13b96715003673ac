import { expect, test } from 'vitest'
import { instantOfWall, wallOf } from './wall-clock.ts'

test('ten in the morning in Taipei is two at night in UTC, and back', () => {
  expect(instantOfWall('2026-11-24 10:00:00', 'Asia/Taipei')).toBe('2026-11-24T02:00:00.000Z')
  expect(wallOf('2026-11-24T02:00:00.000Z', 'Asia/Taipei')).toBe('2026-11-24 10:00:00')
})

test('summer time: the skipped hour and the one that comes twice are still instants', () => {
  expect(instantOfWall('2026-03-29 00:30:00', 'Europe/London')).toBe('2026-03-29T00:30:00.000Z')
  expect(instantOfWall('2026-03-29 01:30:00', 'Europe/London')).toBe('2026-03-29T01:30:00.000Z')
  expect(instantOfWall('2026-07-01 12:00:00', 'Europe/London')).toBe('2026-07-01T11:00:00.000Z')
  // 25 October: 01:30 comes at 00:30 UTC and at 01:30 UTC
  expect(instantOfWall('2026-10-25 01:30:00', 'Europe/London')).toBe('2026-10-25T00:30:00.000Z')
  expect(instantOfWall('2026-10-25 02:30:00', 'Europe/London')).toBe('2026-10-25T02:30:00.000Z')
})

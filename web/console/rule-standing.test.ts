import { expect, test } from 'vitest'
import { isAwaited, standingOf } from './rule-standing.ts'

const present = new Date('2026-11-23T02:00:00Z')
const of = (version: number, effective_from: string, in_force = false, written = effective_from) => ({
  version,
  effective_from,
  in_force,
  note: '',
  actor: 'staff',
  created_at: written,
  called_off_at: null as string | null,
  called_off_by: null,
})

test('a version to come says from when, one that was says until when', () => {
  const rows = [of(3, '2026-11-24T00:00:00Z'), of(2, '2026-11-10T00:00:00Z', true), of(1, '2026-11-01T00:00:00Z')]
  expect(rows.map((row) => standingOf(row, rows, present))).toEqual([
    { standing: 'coming', day: '2026-11-24T00:00:00Z' },
    { standing: 'inForce', day: null },
    { standing: 'past', day: '2026-11-10T00:00:00.000Z' },
  ])
})

test('a version held until whichever began next, not whichever was written next', () => {
  const rows = [of(3, '2026-11-05T00:00:00Z'), of(2, '2026-11-10T00:00:00Z', true), of(1, '2026-11-01T00:00:00Z')]
  expect(standingOf(rows[2]!, rows, present)).toEqual({ standing: 'past', day: '2026-11-05T00:00:00.000Z' })
})

test('a version whose moment a newer one took was never in force, nor will be', () => {
  const rows = [
    of(4, '2026-11-24T00:00:00Z'),
    of(3, '2026-11-24T00:00:00Z'),
    of(2, '2026-11-01T00:00:00Z', true),
    of(1, '2026-11-01T00:00:00Z'),
  ]
  expect(rows.map((row) => standingOf(row, rows, present).standing)).toEqual(['coming', 'never', 'inForce', 'never'])
  expect(rows.map((row) => isAwaited(row, rows, present))).toEqual([true, false, false, false])
  // with the newer one gone it comes, and may be called off in its turn
  const left = rows.map((row) => (row.version === 4 ? { ...row, called_off_at: '2026-11-22T00:00:00Z' } : row))
  expect(left.map((row) => isAwaited(row, left, present))).toEqual([false, true, false, false])
})

test('a version that was called off says when, and stands in nobody’s way', () => {
  const off = { ...of(3, '2026-11-24T00:00:00Z'), called_off_at: '2026-11-22T00:00:00Z' }
  const rows = [
    of(4, '2026-11-25T00:00:00Z'),
    off,
    of(2, '2026-11-10T00:00:00Z', true),
    of(1, '2026-11-01T00:00:00Z'),
  ]
  expect(rows.map((row) => standingOf(row, rows, present))).toEqual([
    { standing: 'coming', day: '2026-11-25T00:00:00Z' },
    { standing: 'calledOff', day: '2026-11-22T00:00:00Z' },
    { standing: 'inForce', day: null },
    { standing: 'past', day: '2026-11-10T00:00:00.000Z' },
  ])
  const together = [{ ...off, version: 5 }, of(4, '2026-11-24T00:00:00Z'), rows[2]!]
  expect(together.map((row) => standingOf(row, together, present).standing)).toEqual([
    'calledOff',
    'coming',
    'inForce',
  ])
})

test('a rule booked for the past as well ends what held when it was written', () => {
  const rows = [
    of(3, '2026-10-23T00:00:00Z', true, '2026-11-20T00:00:00Z'),
    of(2, '2026-11-10T00:00:00Z'),
    of(1, '1970-01-01T00:00:00Z', false, '2026-09-01T00:00:00Z'),
  ]
  expect(rows.map((row) => standingOf(row, rows, present).day)).toEqual([
    null,
    '2026-11-20T00:00:00.000Z',
    '2026-11-10T00:00:00.000Z',
  ])
})

import { expect, test } from 'vitest'
import { standingOf } from './rule-standing.ts'

const present = new Date('2026-11-23T02:00:00Z')
const of = (version: number, effective_from: string, in_force = false) => ({
  version,
  effective_from,
  in_force,
  note: '',
  actor: 'staff',
  created_at: effective_from,
})

test('a version to come says from when, one that was says until when', () => {
  const rows = [of(3, '2026-11-24T00:00:00Z'), of(2, '2026-11-10T00:00:00Z', true), of(1, '2026-11-01T00:00:00Z')]
  expect(rows.map((row) => standingOf(row, rows, present))).toEqual([
    { standing: 'coming', day: '2026-11-24T00:00:00Z' },
    { standing: 'inForce', day: null },
    { standing: 'past', day: '2026-11-10T00:00:00Z' },
  ])
})

test('a version held until whichever began next, not whichever was written next', () => {
  const rows = [of(3, '2026-11-05T00:00:00Z'), of(2, '2026-11-10T00:00:00Z', true), of(1, '2026-11-01T00:00:00Z')]
  expect(standingOf(rows[2]!, rows, present)).toEqual({ standing: 'past', day: '2026-11-05T00:00:00Z' })
})

test('a version whose moment a newer one took was never in force, nor will be', () => {
  const rows = [
    of(4, '2026-11-24T00:00:00Z'),
    of(3, '2026-11-24T00:00:00Z'),
    of(2, '2026-11-01T00:00:00Z', true),
    of(1, '2026-11-01T00:00:00Z'),
  ]
  expect(rows.map((row) => standingOf(row, rows, present).standing)).toEqual(['coming', 'never', 'inForce', 'never'])
})

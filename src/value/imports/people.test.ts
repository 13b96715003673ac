import { describe, expect, test } from 'vitest'
import { isRefusedDocument } from './documents.ts'
import { personOf, type Person } from './people.ts'
import type { PersonRow, PlannedPiece } from './pieces.ts'

function person(rows: PersonRow[], is_sum: boolean): Person {
  const piece: PlannedPiece = {
    document_no: 1,
    piece_no: 2,
    source: '',
    source_id: 'external M1',
    occurred_at: null,
    is_torn: false,
    is_too_long: false,
    rows: rows.length,
    payload: JSON.stringify(rows),
  }
  const made = personOf([piece], { is_sum })
  if (isRefusedDocument(made)) throw new Error(made.detail.code)
  return made
}

const codes = ({ notes }: Person) => notes.map(({ row, detail }) => [row, detail.code])

describe('opening points', () => {
  test('of movements are one lot of the whole sum, rounded down once', () => {
    const made = person(
      [
        [2, 1, '2017-1', { external_id: 'M1', points_opening: '100.6' }],
        [3, 2, '2017-2', { external_id: 'M1', points_opening: '50.75' }],
      ],
      true,
    )
    expect(made.lots).toMatchObject([{ key: '', points: 151 }])
    expect(made.remainder).toBe('0.35')
    expect(made.rows).toHaveLength(1)
    expect(codes(made)).toEqual([[2, 'import.points_fraction']])
  })

  test('below zero open no lot and are told', () => {
    const made = person([[2, 1, null, { points_opening: '-20.5' }]], true)
    expect(made).toMatchObject({ lots: [], negative: '-20.5', remainder: '0' })
    expect(codes(made)).toEqual([[2, 'import.points_negative']])
  })

  test('movements that stand twice count twice, and each is told', () => {
    const made = person(
      [
        [2, 1, '2017-1', { points_opening: '10' }],
        [3, 1, '2017-1', { points_opening: '10' }],
        [4, 3, '2017-1', { points_opening: '5' }],
      ],
      true,
    )
    expect(made.lots).toMatchObject([{ points: 25 }])
    expect(made.duplicates).toBe(1)
    expect(codes(made)).toEqual([
      [3, 'import.row_duplicate'],
      [4, 'import.period_repeated'],
    ])
  })

  test('a balance that stands twice is one balance', () => {
    const balance = { points_opening: '10', points_expires_on: '2027-01-01' }
    const made = person(
      [
        [2, 1, null, balance],
        [3, 1, null, balance],
      ],
      false,
    )
    expect(made.lots).toMatchObject([{ points: 10 }])
    expect(codes(made)).toEqual([[3, 'import.row_repeated']])
  })

  test('a balance that stands again with another address is one balance, and told', () => {
    const balance = { points_opening: '10', points_expires_on: '2027-01-01' }
    const made = person(
      [
        [2, 1, null, { ...balance, email: 'wang@example.com' }],
        [3, 2, null, { ...balance, email: 'ming@example.com' }],
        [4, 3, null, { ...balance, points_opening: '7' }],
      ],
      false,
    )
    expect(made.lots).toMatchObject([{ points: 17 }])
    expect(codes(made)).toEqual([[3, 'import.balance_repeated']])
  })

  test('balances of different dates are different lots', () => {
    const made = person(
      [
        [2, 1, null, { points_opening: '10', points_expires_on: '2027-01-01' }],
        [
          3,
          2,
          null,
          { points_opening: '20', points_expires_on: '2028-01-01', points_earned_at: '2025-03-01T00:00:00Z' },
        ],
      ],
      false,
    )
    expect(made.lots.map(({ key, points }) => [key, points])).toEqual([
      ['/2027-01-01', 10],
      ['2025-03-01/2028-01-01', 20],
    ])
  })
})

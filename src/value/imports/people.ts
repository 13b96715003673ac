/** Pieces → members with their opening points. Pure. */
import { Decimal } from 'decimal.js'
import { openingLot } from './mapping/member-rows.ts'
import type { StagedMember } from './mapping/staged.ts'
import type { PersonRow, PlannedPiece } from './pieces.ts'
import type { RefusedDocument } from './documents.ts'
import { document_rows_max, type Detail } from './types.ts'

/** What one row of the file says of a person. */
export interface SaidRow {
  row: number
  said: Partial<StagedMember>
}

/** Points a person brings along, before anybody knows the member. `key` tells one lot of a person from another. */
export interface BroughtLot {
  key: string
  points: number
  earned_at: string | null
  expires_on: string | null
  row: number
}

export interface Person {
  /** Kind and value of the identity that its rows share. */
  identity: string
  /** Rows that say something new; equal ones are not said twice. */
  rows: SaidRow[]
  row_count: number
  lots: BroughtLot[]
  remainder: string
  negative: string
  notes: { row: number; detail: Detail }[]
  duplicates: number
}

/** How opening points are to be read. */
export interface PointsReading {
  /** The rows are movements: their sum is the balance, one lot a person. Else each row is a lot of its own dates. */
  is_sum: boolean
}

export function personOf(pieces: readonly PlannedPiece[], reading: PointsReading): Person | RefusedDocument {
  const rows = pieces.flatMap((piece) => JSON.parse(piece.payload!) as PersonRow[])
  const row_nos = rows.map((row) => row[0])
  const torn = pieces.find((piece) => piece.is_torn)
  if (torn) return { rows: row_nos, detail: { code: 'import.person_torn', params: { row_no: torn.piece_no } } }
  if (pieces[0]!.is_too_long)
    return { rows: row_nos, detail: { code: 'import.document_too_long', params: { rows_max: document_rows_max } } }
  const person: Person = {
    identity: pieces[0]!.source_id,
    rows: [],
    row_count: rows.length,
    lots: [],
    remainder: '0',
    negative: '0',
    notes: [],
    duplicates: 0,
  }
  const counted = noteRepeats(person, rows, reading)
  const seen = new Set<string>()
  for (const [row, , , said] of counted) {
    const { points_opening: _points, points_earned_at: _earned, points_expires_on: _expires, ...rest } = said
    const text = JSON.stringify(rest)
    if (!seen.has(text)) person.rows.push({ row, said: rest })
    seen.add(text)
  }
  addLots(person, counted, reading)
  return person
}

/**
 * Equal rows, and periods that come twice, are told one by one. Movements count as given: only the brand knows
 * whether the same flight was flown twice. A balance that stands twice is one balance.
 */
function noteRepeats(person: Person, rows: readonly PersonRow[], { is_sum }: PointsReading): PersonRow[] {
  const fingerprints = new Map<number, number>()
  const periods = new Map<string, number>()
  return rows.filter(([row, fingerprint, period]) => {
    const same_as = fingerprints.get(fingerprint)
    const first = period === null ? undefined : periods.get(period)
    if (same_as === undefined) fingerprints.set(fingerprint, row)
    if (period !== null && first === undefined) periods.set(period, row)
    if (same_as !== undefined) {
      person.duplicates += 1
      person.notes.push({
        row,
        detail: { code: is_sum ? 'import.row_duplicate' : 'import.row_repeated', params: { same_as } },
      })
      return is_sum
    }
    if (first !== undefined)
      person.notes.push({ row, detail: { code: 'import.period_repeated', params: { same_as: first, period } } })
    return true
  })
}

interface Sum {
  sum: Decimal
  /** Each balance as it stands in the file, with its row. */
  balances: Map<string, number>
  earned_at: string | null
  expires_on: string | null
  row: number
}

/**
 * Lots of the same dates are one; each is whole points, rounded down, the rest is told. The same balance of the same
 * dates is counted once, whatever else its row says of the person: nobody holds it twice because their address was
 * listed twice.
 */
function addLots(person: Person, rows: readonly PersonRow[], { is_sum }: PointsReading): void {
  const sums = new Map<string, Sum>()
  for (const [row, , , said] of rows) {
    if (said.points_opening === undefined || said.points_opening === null) continue
    const earned_at = said.points_earned_at ?? null
    const expires_on = said.points_expires_on ?? null
    const key = is_sum ? '' : [earned_at?.slice(0, 10) ?? '', expires_on ?? ''].join('/')
    const sum = sums.get(key)
    const same_as = is_sum ? undefined : sum?.balances.get(said.points_opening)
    if (same_as !== undefined) {
      if (said.points_opening !== '0')
        person.notes.push({ row, detail: { code: 'import.balance_repeated', params: { same_as } } })
    } else if (!sum) {
      const balances = new Map([[said.points_opening, row]])
      sums.set(key, { sum: new Decimal(said.points_opening), balances, earned_at, expires_on, row })
    } else {
      sum.balances.set(said.points_opening, row)
      sum.sum = sum.sum.plus(said.points_opening)
      // the balance is of the day of its last movement
      if (earned_at !== null && (sum.earned_at === null || earned_at > sum.earned_at)) sum.earned_at = earned_at
      if (expires_on !== null && (sum.expires_on === null || expires_on > sum.expires_on)) sum.expires_on = expires_on
    }
  }
  for (const [key, { sum, earned_at, expires_on, row }] of sums) {
    const lot = openingLot(sum.toFixed())
    if (lot.points > 0) person.lots.push({ key, points: lot.points, earned_at, expires_on, row })
    if (lot.remainder !== '0') {
      person.remainder = new Decimal(person.remainder).plus(lot.remainder).toFixed()
      person.notes.push({
        row,
        detail: { code: 'import.points_fraction', params: { sum: sum.toFixed(), remainder: lot.remainder } },
      })
    }
    if (lot.owed !== '0') {
      person.negative = new Decimal(person.negative).plus(lot.owed).toFixed()
      person.notes.push({ row, detail: { code: 'import.points_negative', params: { sum: lot.owed } } })
    }
  }
}

/** Points from member to member: none is lost or made, each keeps its last day, limits hold however many ask at once. */
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { broken, openBooks, plainRule, type Books } from '../../../../test/books.ts'
import { size } from '../../../../test/database.ts'
import { sql } from '../../../base/sql.ts'
import * as members from '../../../record/members/members.ts'
import * as points from '../points.ts'
import { arriving, feeOf, refusalOf } from './rules.ts'
import type { TransferRule } from './types.ts'

const opened: Books[] = []
async function open(count: number): Promise<Books> {
  const books = await openBooks({ members: count, rule: plainRule })
  opened.push(books)
  return books
}
afterEach(async () => {
  for (const books of opened.splice(0)) await books.close()
})

const free: TransferRule = { is_on: true, minimum_points: 1, fee_bp: 0, limits: {} }
const today = '2024-03-01'
const set = (books: Books, rule: TransferRule) => books.tx(today, (tx) => points.addTransferRule(tx, { rule }))
/** Lots by their last day. */
const bring = (books: Books, member_id: string, lots: readonly (readonly [number, string | null])[]) =>
  books.tx('2024-02-01', (tx) =>
    points.openLots(
      tx,
      lots.map(([amount, expires_on], i) => ({
        member_id,
        points: amount,
        earned_at: tx.now,
        expires_on,
        source: 'other',
        source_id: String(i),
      })),
    ),
  )
const give = (books: Books, from: string, to: string, amount: number, source_id: string, on = today) =>
  books.tx(on, (tx) =>
    points.transfer(tx, [{ from, to, points: amount, source: 'test', source_id, note: 'for you' }]),
  )
const lotsOf = async (books: Books, member_id: string) =>
  (await points.lotsOf(books.db, member_id)).map((lot) => [lot.remaining, lot.expires_on])
const sumOf = async (books: Books) =>
  (await books.db.row<{ sum: number }>(sql`select coalesce(sum(active), 0)::bigint as sum from point_balances`))!.sum

test('nothing is given until a rule allows it', async () => {
  const books = await open(2)
  const [a, b] = books.members as [string, string]
  await bring(books, a, [[100, null]])
  expect(await give(books, a, b, 10, '1')).toMatchObject([{ outcome: 'refused', code: 'points.transfer_off' }])
})

test('the lots that expire first go, arrive with their last days, and both sides say whom it was with', async () => {
  const books = await open(2)
  const [a, b] = books.members as [string, string]
  await set(books, { ...free, fee_bp: 500 })
  await bring(books, a, [
    [50, '2024-12-31'],
    [30, '2024-06-30'],
    [40, null],
  ])
  const [outcome] = await give(books, a, b, 60, '1')
  expect(outcome).toMatchObject({ outcome: 'booked', received: 57 })
  expect(await lotsOf(books, a)).toEqual([
    [20, '2024-12-31'],
    [40, null],
  ])
  // the fee is of those that expire first
  expect(await lotsOf(books, b)).toEqual([
    [27, '2024-06-30'],
    [30, '2024-12-31'],
  ])
  const [given] = await points.entriesOf(books.db, { member_id: a, before: null, limit: 1 })
  expect(given!.why).toMatchObject({ codes: ['points.given'], params: { points: -60, giver: 'member', giver_id: b } })
  expect(points.recompute(given!.why)).toBe(-60)
  expect(await give(books, a, b, 60, '1')).toMatchObject([{ outcome: 'unchanged', received: 57 }])
  expect(await give(books, a, b, 61, '1')).toMatchObject([{ outcome: 'refused', code: 'points.source_reused' }])
  expect(await broken(books.db)).toEqual([])
})

test('too much, too little, to oneself or to nobody is refused and moves nothing', async () => {
  const books = await open(2)
  const [a, b] = books.members as [string, string]
  await set(books, { ...free, minimum_points: 5, limits: { day: 50, month: 60 } })
  await bring(books, a, [[100, null]])
  const code = async (to: string, amount: number, id: string, on = today) =>
    (await give(books, a, to, amount, id, on))[0]!.code
  expect(await code(a, 10, '1')).toBe('points.transfer_self')
  expect(await code('01890000-0000-7000-8000-00000000dead', 10, '2')).toBe('points.transfer_unknown')
  expect(await code(b, 4, '3')).toBe('points.transfer_below_minimum')
  expect(await code(b, 51, '4')).toBe('points.transfer_limit')
  expect(await code(b, 40, '5')).toBeUndefined()
  expect((await give(books, a, b, 11, '6'))[0]).toMatchObject({
    params: { limit_points: 50, left_points: 10, period: 'day' },
  })
  // another day, the same month
  expect((await give(books, a, b, 21, '7', '2024-03-02'))[0]).toMatchObject({
    params: { limit_points: 60, left_points: 20, period: 'month' },
  })
  expect(await code(b, 50, '8', '2024-04-01')).toBeUndefined()
  expect((await give(books, a, b, 30, '9', '2024-05-01'))[0]).toMatchObject({
    code: 'points.insufficient',
    params: { available: 10 },
  })
  expect(await broken(books.db)).toEqual([])
})

// Protected by: transfers.ts, which locks both sides in sorted order before it reads anything.
test('many who give to each other at once lose and make no point, and none goes beyond the limit', async () => {
  const books = await open(4)
  await set(books, { ...free, limits: { day: 60 } })
  for (const member_id of books.members) await bring(books, member_id, [[100, '2024-12-31']])
  const asked = Array.from({ length: 40 }, (_, i) => {
    const [from, to] = [books.members[i % 4]!, books.members[(i * 3 + 1) % 4]!]
    return give(books, from, to === from ? books.members[(i + 2) % 4]! : to, 10, String(i % 20))
  })
  await Promise.all(asked)
  expect(await sumOf(books)).toBe(400)
  const counts = await books.db.rows<{ points: number }>(sql`
    select points from point_transfer_counts where period = ${today}::text`)
  expect(Math.max(...counts.map((one) => one.points))).toBeLessThanOrEqual(60)
  expect(await broken(books.db)).toEqual([])
})

test('a transfer follows merged accounts, and what was written with it is forgotten with either of the two', async () => {
  const books = await open(3)
  const [a, b, c] = books.members as [string, string, string]
  await set(books, free)
  await bring(books, a, [[100, null]])
  await give(books, a, b, 10, '1')
  await books.tx('2024-03-02', (tx) => members.merge(tx, [{ keep: c, merge: b }]))
  expect(await broken(books.db)).toEqual([])
  await books.tx('2024-03-03', (tx) => members.erase(tx, [c]))
  const notes = await books.db.rows<{ reason: string }>(sql`
    select why->'params'->>'reason' as reason from point_entries where source = 'transfer'
    union all select note from point_transfers`)
  expect(notes.map((one) => one.reason)).toEqual(['', '', ''])
})

test('whatever the parts and the fee, what arrives is what was taken less the fee', () => {
  const part = fc.record({
    points: fc.integer({ min: 1, max: 500 }),
    expires_on: fc.constantFrom(null, '2024-06-30', '2024-12-31', '2025-01-01'),
  })
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), fc.nat(9_999), (parts, fee_bp) => {
      const sum = (of: readonly { points: number }[]) => of.reduce((total, one) => total + one.points, 0)
      const fee = feeOf(sum(parts), { fee_bp })
      const come = arriving(parts, fee)
      expect(sum(come)).toBe(sum(parts) - fee)
      expect(come.every(({ points }) => points > 0)).toBe(true)
      for (const { points, expires_on } of come)
        expect(points).toBeLessThanOrEqual(sum(parts.filter((one) => one.expires_on === expires_on)))
    }),
    { numRuns: size === 'long' ? 5_000 : 300 },
  )
  expect(refusalOf(5, null, { day: 0, month: 0 })?.code).toBe('points.transfer_off')
})

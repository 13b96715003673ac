import { afterAll, beforeAll, expect, test } from 'vitest'
import { addMembers, at, broken, openBooks, plainRule, type Books } from '../../../test/books.ts'
import { sql } from '../../base/sql.ts'
import { holdsDue } from './holds.ts'
import * as points from './points.ts'
import { setPointValue } from './spend-rules.ts'
import { decideSpend } from './spending.ts'
import type { PointSpendRule } from './types.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ rule: plainRule, tier_rule: null, members: 0 })
})
afterAll(() => books.close())

/** A member with a lot that ends on the day said. */
async function holder(amount: number, expires_on: string | null): Promise<string> {
  return books.tx('2024-01-01', async (tx) => {
    const [member_id] = await addMembers(tx, 1)
    const lot = { member_id: member_id!, points: amount, earned_at: tx.now, expires_on }
    await points.openLots(tx, [{ ...lot, source: 'old', source_id: member_id! }])
    return member_id!
  })
}
const balance = async (member_id: string, on: string) =>
  (await books.tx(on, (tx) => points.balanceOf(tx, [member_id])))[0]!

// Protected by: the lock on point_balances before holds are read (ledger.ts begin, holds.ts readHolds).
test('pain 3: of sixty-four tills that want the same points at once, only those are held that there are', async () => {
  const member_id = await holder(100, null)
  const outcomes = await Promise.all(
    Array.from({ length: 64 }, (_, i) =>
      books.tx('2024-02-01', async (tx) => {
        const want = { member_id, points: 7, source: 'till', source_id: String(i) }
        const [outcome] =
          i % 3 === 0
            ? await points.spend(tx, [want])
            : await points.hold(tx, [{ ...want, expires_at: at('2024-02-02') }])
        return outcome!
      }),
    ),
  )
  expect(outcomes.filter((one) => one.outcome === 'booked')).toHaveLength(14)
  expect(new Set(outcomes.flatMap((one) => one.code ?? []))).toEqual(new Set(['points.insufficient']))
  expect((await balance(member_id, '2024-02-01')).available).toBe(2)
  const held = await books.db.rows<{ source_id: string }>(sql`
    select source_id from point_holds where member_id = ${member_id}::uuid`)
  // each of them is committed by four at once
  const commits = await Promise.all(
    held.flatMap(({ source_id }) =>
      Array.from({ length: 4 }, () =>
        books.tx('2024-02-01', (tx) => points.commitHold(tx, [{ member_id, source: 'till', source_id }])),
      ),
    ),
  )
  expect(commits.filter(([one]) => one!.outcome === 'booked')).toHaveLength(held.length)
  expect(commits.filter(([one]) => one!.outcome === 'refused')).toHaveLength(0)
  expect(await balance(member_id, '2024-02-01')).toMatchObject({ active: 2, held: 0, available: 2, spent_total: 98 })
  expect(await broken(books.db)).toEqual([])
})

test('a lot whose last day is over while it is held may still be committed, and expires when it is let go', async () => {
  const [kept, left] = [await holder(50, '2024-02-01'), await holder(50, '2024-02-01')]
  const want = { points: 30, source: 'till', expires_at: at('2024-02-02T13:00:00') }
  await books.tx('2024-02-01', (tx) =>
    points.hold(
      tx,
      [kept, left].map((member_id) => ({ ...want, member_id, source_id: 'late' })),
    ),
  )
  await books.tx('2024-02-02', (tx) => points.expireDue(tx))
  // nothing of it can be spent otherwise any more
  expect(await balance(kept, '2024-02-02')).toMatchObject({ active: 0, held: 0, available: 0 })
  const other = { member_id: kept, points: 1, source: 'till', source_id: 'other' }
  expect((await books.tx('2024-02-02', (tx) => points.spend(tx, [other])))[0]).toMatchObject({
    code: 'points.insufficient',
  })
  const commit = (member_id: string, now: string) =>
    books.tx(now, (tx) => points.commitHold(tx, [{ member_id, source: 'till', source_id: 'late' }]))
  expect((await commit(kept, '2024-02-02'))[0]).toMatchObject({ outcome: 'booked', points: -30 })
  expect((await commit(left, '2024-02-02T13:00:00'))[0]).toMatchObject({ outcome: 'refused', code: 'hold.expired' })
  await books.tx('2024-02-03', (tx) => points.expireDue(tx))
  expect([
    (await balance(kept, '2024-02-03')).expired_total,
    (await balance(left, '2024-02-03')).expired_total,
  ]).toEqual([20, 50])
  expect(await books.tx('2024-02-03', (tx) => holdsDue(tx))).toEqual([])
  expect(await broken(books.db)).toEqual([])
})

// Protected by: seen_at of a purse (ledger.ts begin), which no clock turns back.
test('a hold that one clock has seen to be over cannot be committed by a clock that runs behind', async () => {
  const member_id = await holder(100, null)
  const holdOf = (source_id: string, expires: string) => ({
    member_id,
    points: 80,
    source: 'till',
    source_id,
    expires_at: at(expires),
  })
  const commit = (source_id: string, now: string) =>
    books.tx(now, (tx) => points.commitHold(tx, [{ member_id, source: 'till', source_id }]))
  await books.tx('2024-02-01T12:00:00', (tx) => points.hold(tx, [holdOf('first', '2024-02-01T12:30:00')]))
  // the first is over by this clock: its points are promised anew
  const again = await books.tx('2024-02-01T12:31:00', (tx) =>
    points.hold(tx, [holdOf('second', '2024-02-01T13:00:00')]),
  )
  expect(again[0]).toMatchObject({ outcome: 'booked' })
  expect((await commit('first', '2024-02-01T12:29:00'))[0]).toMatchObject({ code: 'hold.expired' })
  expect(await broken(books.db)).toEqual([])
  expect((await commit('second', '2024-02-01T12:32:00'))[0]).toMatchObject({ outcome: 'booked', points: -80 })
  expect(await broken(books.db)).toEqual([])
})

test('a spend comes back in parts, those that live longest first, and never more than was spent', async () => {
  const member_id = await holder(10, '2024-03-01')
  const lot = { member_id, points: 10, earned_at: at('2024-01-02'), expires_on: '2024-06-01' }
  await books.tx('2024-01-02', (tx) => points.openLots(tx, [{ ...lot, source: 'old', source_id: 'second' }]))
  const back = (source_id: string, part?: number) =>
    books.tx('2024-01-05', (tx) =>
      points.restore(tx, [
        { member_id, spend_source: 'till', spend_source_id: 'sale', points: part, source: 'back', source_id },
      ]),
    )
  await books.tx('2024-01-04', (tx) =>
    points.spend(tx, [{ member_id, points: 15, source: 'till', source_id: 'sale' }]),
  )
  expect((await back('one', 7))[0]).toMatchObject({ outcome: 'booked', points: 7 })
  expect((await back('one', 7))[0]).toMatchObject({ outcome: 'unchanged', points: 7 })
  const lots = await books.db.rows<{ remaining: number }>(sql`
    select remaining from point_lots where member_id = ${member_id}::uuid order by expires_on`)
  expect(lots.map((one) => one.remaining)).toEqual([2, 10])
  expect((await back('two', 9))[0]).toMatchObject({ code: 'points.restored_already', params: { left: 8 } })
  expect((await back('three'))[0]).toMatchObject({ outcome: 'booked', points: 8 })
  expect((await back('four'))[0]).toMatchObject({ code: 'points.restored_already' })
  expect(await broken(books.db)).toEqual([])
})

test('a spend rule whose step is worth no whole amount is refused, and what a point is worth follows the rule', async () => {
  const rule: PointSpendRule = {
    points: 150,
    worth_minor: 1,
    step: 100,
    minimum_points: 0,
    share_max_bp: 10_000,
    pays_goods: true,
    pays_shipping: false,
    excluded_categories: [],
  }
  const add = (one: PointSpendRule) => books.tx('2024-01-01', (tx) => points.addSpendRule(tx, { rule: one }))
  await expect(add(rule)).rejects.toMatchObject({ code: 'point_spend_rule.step_uneven' })
  expect((await add({ ...rule, step: 300 })).version).toBe(1)
  const worth = await books.db.row(sql`select settings->'point_value_minor' as worth from program`)
  expect(worth).toEqual({ worth: 1 / 150 })
})

test('a new worth of a point is a new version of what points pay', async () => {
  const now = '2024-01-03'
  const set = (value: number) => books.tx(now, (tx) => setPointValue(tx, value))
  const newest = async () => (await points.spendRulesOf(books.db)).at(-1)!.rule
  await set(0.5)
  expect(await newest()).toMatchObject({ points: 2, worth_minor: 1, step: 300 })
  await set(3)
  expect(await newest()).toMatchObject({ points: 3_333, worth_minor: 10_000, step: 3_333 })
  const count = (await points.spendRulesOf(books.db)).length
  await set(10_000 / 3_333)
  expect(await points.spendRulesOf(books.db)).toHaveLength(count)
})

test('points fall on lines in proportion and sum to the whole', () => {
  const rule = {
    points: 100,
    worth_minor: 1,
    step: 100,
    minimum_points: 0,
    share_max_bp: 10_000,
    pays_goods: true,
    pays_shipping: true,
    excluded_categories: [],
  }
  const bill = { lines: [33, 33, 34].map((due_minor) => ({ due_minor, category: null })), shipping_minor: 0 }
  const version = { version: 1, effective_from: new Date(0), rule }
  const said = decideSpend(bill, { available: 5_000, wanted: 5_000 }, version)
  expect(said.lines.reduce((sum, part) => sum + part.minor, 0)).toBe(50)
  expect(said.lines.reduce((sum, part) => sum + part.points, 0)).toBe(5_000)
  expect(said.lines.map((part) => part.points)).toEqual(said.lines.map((part) => part.minor * 100))
})

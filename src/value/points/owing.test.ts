import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  addMembers,
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  type Books,
} from '../../../test/books.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as points from './points.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ rule: plainRule, tier_rule: null, members: 0 })
})
afterAll(() => books.close())

const held_until = '2024-02-01T13:00:00'

/** Bought for fifty points, thirty of which a till has set aside; then all of it was refunded. */
async function refundedWhileHeld(): Promise<string> {
  const member_id = await holding()
  await refundAll(member_id)
  return member_id
}
const orders = new Map<string, ReturnType<typeof orderOf>>()
async function holding(expires_at = at(held_until)): Promise<string> {
  const [member_id] = await books.tx('2024-01-01', (tx) => addMembers(tx, 1))
  const order = orderOf(member_id!, '2024-01-02', 5_000)
  orders.set(member_id!, order)
  await books.tx('2024-01-02', (tx) => happen(tx, [paidFact(order)]))
  const want = { member_id: member_id!, points: 30, source: 'till', source_id: 'sale', expires_at }
  await books.tx('2024-02-01', (tx) => points.hold(tx, [want]))
  return member_id!
}
const refundFactOf = (member_id: string, on: string) => refundFact({ order: orders.get(member_id)!, on, net: 5_000 })
const refundAll = (member_id: string) =>
  books.tx('2024-02-01T12:30:00', (tx) => happen(tx, [refundFactOf(member_id, '2024-02-01T12:30:00')]))

const balance = async (member_id: string, on = '2024-02-01T12:45:00') =>
  (await books.tx(on, (tx) => points.balanceOf(tx, [member_id])))[0]!
const named = (member_id: string) => [{ member_id, source: 'till', source_id: 'sale' }]
const paidFromHold = (member_id: string) =>
  books.db.rows<{ points: number; debt: number; occurred_at: Date; source_id: string; why: points.Why }>(sql`
    select points, debt, occurred_at, source_id, why from point_entries
    where member_id = ${member_id}::uuid and source = 'hold_end'`)
const lotsOf = (member_id: string) =>
  books.db.rows<{ granted: number; remaining: number }>(sql`
    select granted, remaining from point_lots where member_id = ${member_id}::uuid order by lot_id`)

// Protected by: what is held is left aside in taking.ts takeBack.
test('a refund takes what is free and leaves what a till has set aside: the purchase under way is paid', async () => {
  const member_id = await refundedWhileHeld()
  expect(await balance(member_id)).toMatchObject({ active: 30, held: 30, available: 0, debt: 30 })
  expect(await broken(books.db)).toEqual([])
  const [spent] = await books.tx('2024-02-01T12:45:00', (tx) => points.commitHold(tx, named(member_id)))
  expect(spent).toMatchObject({ outcome: 'booked', points: -30 })
  expect(await balance(member_id)).toMatchObject({ active: 0, held: 0, available: 0, debt: 30 })
  expect(await broken(books.db)).toEqual([])
})

// Protected by: payFromFreed in holding.ts release.
test('who lets go of points set aside pays from them what a refund could not take', async () => {
  const member_id = await refundedWhileHeld()
  const let_go = () => books.tx('2024-02-01T12:45:00', (tx) => points.releaseHold(tx, named(member_id)))
  expect((await let_go())[0]).toMatchObject({ outcome: 'booked' })
  expect((await let_go())[0]).toMatchObject({ outcome: 'unchanged' })
  expect(await balance(member_id)).toMatchObject({ active: 0, held: 0, available: 0, debt: 0 })
  const entries = await paidFromHold(member_id)
  expect(entries).toMatchObject([
    { points: 0, debt: -30, source_id: 'till:sale', occurred_at: at('2024-02-01T12:45:00') },
  ])
  expect(entries[0]!.why).toMatchObject({
    codes: ['points.hold_ended', 'points.paid_debt'],
    params: { points: 0, paid_debt: 30 },
  })
  expect(points.recompute(entries[0]!.why)).toBe(0)
  expect(await broken(books.db)).toEqual([])
})

// Protected by: held in settling.ts payOwed.
test('of two holds on one lot the second stays whole when the first is let go', async () => {
  const member_id = await holding()
  const other = { member_id, points: 15, source: 'till', source_id: 'other', expires_at: at(held_until) }
  await books.tx('2024-02-01', (tx) => points.hold(tx, [other]))
  await refundAll(member_id)
  expect(await balance(member_id)).toMatchObject({ active: 45, held: 45, debt: 45 })
  await books.tx('2024-02-01T12:40:00', (tx) => points.releaseHold(tx, named(member_id)))
  expect(await balance(member_id)).toMatchObject({ active: 15, held: 15, available: 0, debt: 15 })
  const [spent] = await books.tx('2024-02-01T12:45:00', (tx) => points.commitHold(tx, [other]))
  expect(spent).toMatchObject({ outcome: 'booked', points: -15 })
  expect(await broken(books.db)).toEqual([])
})

// Protected by: settling.ts settle, and debts that make ledger.ts book look into the purse of who earns.
test('a hold that ends by its time pays at its time, whether the clock saw it or a purchase came first', async () => {
  const seen = await refundedWhileHeld()
  const next = '2024-02-01T14:00:00'
  expect((await balance(seen, next)).available).toBe(0)
  await books.tx('2024-02-01T13:30:00', (tx) => points.expireDue(tx))
  const unseen = await refundedWhileHeld()
  for (const member_id of [seen, unseen])
    await books.tx(next, (tx) => happen(tx, [paidFact(orderOf(member_id, next, 2_000))]))
  for (const member_id of [seen, unseen]) {
    expect(await balance(member_id, next)).toMatchObject({ active: 20, held: 0, available: 20, debt: 0 })
    expect(await paidFromHold(member_id)).toMatchObject([{ debt: -30, occurred_at: at(held_until) }])
    expect((await lotsOf(member_id)).map((lot) => lot.remaining)).toEqual([0, 20])
  }
  const ended = await books.db.rows<{ status: string; ended_at: Date }>(sql`
    select distinct status, ended_at from point_holds
    where member_id = any (${[seen, unseen]}::uuid[])`)
  expect(ended).toEqual([{ status: 'expired', ended_at: at(held_until) }])
  expect(await broken(books.db)).toEqual([])
})

// Protected by: the order of settling.ts payFromFreed: what is over ends before anything is paid.
test('what was held of a lot whose last day is over ends with the hold and pays nothing', async () => {
  const [member_id] = await books.tx('2024-01-01', (tx) => addMembers(tx, 1))
  const order = orderOf(member_id!, '2024-01-02', 4_000)
  await books.tx('2024-01-02', async (tx) => {
    const lot = { member_id: member_id!, points: 30, earned_at: tx.now, expires_on: '2024-02-01' }
    await points.openLots(tx, [{ ...lot, source: 'old', source_id: member_id! }])
    await happen(tx, [paidFact(order)])
  })
  const spend = { member_id: member_id!, points: 40, source: 'till', source_id: 'other' }
  const hold = { member_id: member_id!, points: 30, source: 'till', source_id: 'sale' }
  await books.tx('2024-02-01', (tx) => points.hold(tx, [{ ...hold, expires_at: at('2024-02-02T13:00:00') }]))
  await books.tx('2024-02-01', (tx) => points.spend(tx, [spend]))
  await books.tx('2024-02-02', (tx) => happen(tx, [refundFact({ order, on: '2024-02-02', net: 4_000 })]))
  await books.tx('2024-02-02T12:30:00', (tx) => points.releaseHold(tx, named(member_id!)))
  expect(await balance(member_id!, '2024-02-02T12:30:00')).toMatchObject({ active: 0, debt: 40, expired_total: 30 })
  expect(await paidFromHold(member_id!)).toEqual([])
  expect(await broken(books.db)).toEqual([])
})

// Protected by: held in restoring.ts restore.
test('a spend that comes back pays the debt and not from what is set aside', async () => {
  const member_id = await holding()
  const spend = { member_id, points: 10, source: 'gift', source_id: 'g' }
  await books.tx('2024-02-01', (tx) => points.spend(tx, [spend]))
  await refundAll(member_id)
  expect(await balance(member_id)).toMatchObject({ active: 30, debt: 40 })
  const back = { member_id, spend_source: 'gift', spend_source_id: 'g', source: 'back', source_id: 'g' }
  await books.tx('2024-02-01T12:40:00', (tx) => points.restore(tx, [back]))
  expect(await balance(member_id)).toMatchObject({ active: 30, held: 30, debt: 30 })
  const [spent] = await books.tx('2024-02-01T12:45:00', (tx) => points.commitHold(tx, named(member_id)))
  expect(spent).toMatchObject({ outcome: 'booked' })
  expect(await broken(books.db)).toEqual([])
})

// Protected by: the lock that clock.ts expireDue takes before it asks who owes.
test('pain 3: a refund that is not yet written when its hold ends leaves no debt beside free points', async () => {
  const member_id = await holding()
  let refunded: () => void = () => undefined
  const isRefunded = new Promise<void>((done) => (refunded = done))
  let finish: () => void = () => undefined
  const mayFinish = new Promise<void>((done) => (finish = done))
  const refund = books.tx('2024-02-01T12:59:59', async (tx) => {
    await happen(tx, [refundFactOf(member_id, '2024-02-01T12:59:59')])
    refunded()
    await mayFinish
  })
  await isRefunded
  let isOver = false
  const clock = books.tx(held_until, (tx: Tx) => points.expireDue(tx)).finally(() => (isOver = true))
  const waiting = () =>
    books.db.row(sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  while (!isOver && !(await waiting()));
  finish()
  await Promise.all([refund, clock])
  expect(await balance(member_id, held_until)).toMatchObject({ active: 0, held: 0, debt: 0 })
  expect(await broken(books.db)).toEqual([])
})

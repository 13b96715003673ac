/** When points begin and end: by days, by what becomes of an order, by how long a member stays away. */
import { afterEach, expect, test } from 'vitest'
import {
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  type Books,
} from '../../../../test/books.ts'
import * as facts from '../../../base/facts.ts'
import { sql } from '../../../base/sql.ts'
import * as points from '../points.ts'
import type { OrderOf } from '../../../../test/books.ts'
import type { Balance, PointRule } from '../types.ts'

let books: Books
afterEach(async () => {
  expect(await broken(books.db)).toEqual([])
  await books.close()
})

const inactive: PointRule = { ...plainRule, expiry: { kind: 'inactivity', months: 3 } }
const buy = (order: OrderOf, now = order.on) => books.tx(now, (tx) => happen(tx, [paidFact(order)]))
const lots = async (member_id: string) =>
  (await points.lotsOf(books.db, member_id)).map((lot) => [lot.remaining, lot.expires_on])

test('all points end together so many months after the last purchase, however it is cut', async () => {
  const history = ['2024-01-10', '2024-02-20', '2024-05-19', '2024-06-30']
  for (const cut of [1, 2, 4]) {
    books = await openBooks({ rule: inactive, tier_rule: null, members: 1 })
    const [member_id] = books.members as [string]
    const told = history.map((on) => paidFact(orderOf(member_id, on, 1_000)))
    for (let i = 0; i < told.length; i += cut)
      await books.tx('2024-07-01', (tx) => happen(tx, told.slice(i, i + cut)))
    expect(await lots(member_id)).toEqual(history.map(() => [10, '2024-09-30']))
    await books.tx('2024-10-01', (tx) => points.expireDue(tx))
    expect(await lots(member_id)).toEqual([])
    if (cut !== 4) await books.close()
  }
})

test('who stays away longer loses what there was, and begins anew', async () => {
  books = await openBooks({ rule: inactive, members: 1 })
  const [member_id] = books.members as [string]
  await buy(orderOf(member_id, '2024-01-10', 1_000))
  // nothing has run meanwhile: the purchase itself finds that the last day is over
  await buy(orderOf(member_id, '2024-04-11', 2_000))
  expect(await lots(member_id)).toEqual([[20, '2024-07-11']])
  const [balance] = await books.tx('2024-04-11', (tx) => points.balanceOf(tx, [member_id]))
  expect(balance).toMatchObject({ expired_total: 10, next_expiry_on: '2024-07-11' })
})

test('a stated last day stays; what the rule dates moves on; a refund and a late order shorten nothing', async () => {
  books = await openBooks({ rule: inactive, tier_rule: null, members: 1 })
  const [member_id] = books.members as [string]
  const give = (source_id: string, expires_on?: string) =>
    books.tx('2024-01-10', (tx) =>
      points.adjust(tx, [
        { member_id, points: 5, reason: 'x', source: 'test', source_id, ...(expires_on && { expires_on }) },
      ]),
    )
  await give('stated', '2024-02-01')
  await give('by rule')
  const order = orderOf(member_id, '2024-01-20', 1_000)
  await buy(order)
  const all = [
    [5, '2024-02-01'],
    [5, '2024-04-20'],
    [10, '2024-04-20'],
  ]
  expect(await lots(member_id)).toEqual(all)
  await books.tx('2024-01-25', (tx) => happen(tx, [refundFact({ order, on: '2024-01-25', net: 1_000 })]))
  expect(await lots(member_id)).toEqual(all.slice(0, 2))
  await buy(orderOf(member_id, '2024-01-12', 300), '2024-01-26')
  expect(await lots(member_id)).toEqual([all[0], all[1], [3, '2024-04-20']])
})

test('nobody who is not due is looked at: what ends is found by the day it ends', async () => {
  books = await openBooks({ rule: inactive, members: 3 })
  for (const member_id of books.members) await buy(orderOf(member_id, '2024-01-10', 1_000))
  await buy(orderOf(books.members[0]!, '2024-03-01', 1_000))
  expect(await books.tx('2024-04-12', (tx) => points.expireDue(tx))).toBe(2)
  expect(await books.tx('2024-04-12', (tx) => points.expireDue(tx))).toBe(0)
})

const waiting: PointRule = { ...plainRule, waiting_for: { event: 'delivered', days: 7, latest_days: 30 } }
const becomes = (order: OrderOf, name: string, on: string) =>
  books.tx(on, (tx) =>
    facts.write(tx, [
      {
        name,
        member_id: order.member_id,
        occurred_at: at(on),
        data: { order_id: order.order_id, member_kind: 'member' },
      },
    ]),
  )
const balanceOn = async (member_id: string, on: string) => {
  const [{ active, pending }] = (await books.tx(on, (tx) => points.balanceOf(tx, [member_id]))) as [Balance]
  return [active, pending]
}

test('points wait for the delivery and some days more, and no longer than stated if nobody tells of it', async () => {
  books = await openBooks({ rule: waiting, members: 2 })
  const [told, silent] = books.members as [string, string]
  const order = orderOf(told, '2024-03-01', 1_000)
  await buy(order)
  await buy(orderOf(silent, '2024-03-01', 1_000))
  await becomes(order, 'order.delivered', '2024-03-05')
  expect(await balanceOn(told, '2024-03-11')).toEqual([0, 10])
  expect(await balanceOn(told, '2024-03-12')).toEqual([10, 0])
  await books.tx('2024-03-12', (tx) => points.activateDue(tx))
  // completed later, told again: what is spendable stays so
  await becomes(order, 'order.completed', '2024-03-20')
  expect(await balanceOn(told, '2024-03-20')).toEqual([10, 0])
  expect(await balanceOn(silent, '2024-03-30')).toEqual([0, 10])
  expect(await balanceOn(silent, '2024-03-31')).toEqual([10, 0])
})

test('an order that arrives delivered does not wait for it; one that only shipped does', async () => {
  books = await openBooks({ rule: { ...waiting, waiting_for: { ...waiting.waiting_for!, days: 0 } }, members: 1 })
  const [member_id] = books.members as [string]
  for (const status of ['completed', 'shipped']) {
    const fact = paidFact(orderOf(member_id, '2024-03-01', 1_000))
    await books.tx('2024-03-01', (tx) => happen(tx, [{ ...fact, context: { lines: [], status } }]))
  }
  expect(await balanceOn(member_id, '2024-03-02')).toEqual([10, 10])
  const pending = await books.db.rows(sql`select activates_on from point_lots where activates_on is not null`)
  expect(pending).toEqual([{ activates_on: '2024-03-31' }])
})

test('a rule that waits for completion is not met by delivery', async () => {
  books = await openBooks({
    rule: { ...waiting, waiting_for: { ...waiting.waiting_for!, event: 'completed' } },
    members: 1,
  })
  const [member_id] = books.members as [string]
  const order = orderOf(member_id, '2024-03-01', 1_000)
  await buy(order)
  await becomes(order, 'order.delivered', '2024-03-02')
  expect(await balanceOn(member_id, '2024-03-20')).toEqual([0, 10])
  await becomes(order, 'order.completed', '2024-03-03')
  expect(await balanceOn(member_id, '2024-03-20')).toEqual([10, 0])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBooks, type Books } from '../../../test/books.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as budgets from '../budgets/budgets.ts'
import * as plans from '../plans/plans.ts'
import type { PlanDesign } from '../plans/types.ts'
import * as points from '../points/points.ts'
import * as gifts from './gifts.ts'
import { bound } from './jobs.ts'

const today = '2026-03-02'
/** Ten points with every payment. */
const rewarding: PlanDesign = {
  period: { unit: 'day', count: 30 },
  trial_days: 0,
  grace_days: 0,
  prices: [{ when: null, price_minor: 300 }],
  refund: { kind: 'none' },
  privilege_ids: [],
  discount_bp: 0,
  member_prices: [],
  free_shipping_from_minor: null,
  rewards: [{ on: 'every', reward: { kind: 'points', points: 10 } }],
}
let books: Books
let member_id: string
beforeAll(async () => {
  books = await openBooks({ members: 1 })
  member_id = books.members[0]!
  await books.tx(today, async (tx) => {
    const { budget_id } = await budgets.create(tx, { name: 'Spring', amount_minor: 1_000 })
    const base = { names: { en: 'Cup' }, cost_minor: 80, price_points: 100, budget_id, limit_count: 9 }
    const cup = await gifts.createItem(tx, { ...base, fulfilment: 'pickup', stock: 'total' })
    await gifts.setStock(tx, cup.item_id, { heaps: [{ store_id: null, left: 5 }] })
    const film = await gifts.createItem(tx, { ...base, fulfilment: 'code', stock: 'total' })
    await gifts.addCodes(tx, film.item_id, ['A', 'B'])
    const reward = { kind: 'points' as const, points: 500 }
    await gifts.give(tx, [{ member_id, reward, reason: 'birthday', occurrence: '2026', budget_id }])
    const redeem = async (item_id: string, source_id: string) => {
      const [outcome] = await gifts.redeem(tx, [{ member_id, item_id, source_id }])
      return { member_id, gift_id: gifts.insist(outcome!).gift_id! }
    }
    await redeem(cup.item_id, 'open')
    await gifts.fulfil(tx, [await redeem(cup.item_id, 'done')])
    await gifts.cancel(tx, [await redeem(cup.item_id, 'cancelled')])
    await redeem(film.item_id, 'code')
    const [gone] = await gifts.give(tx, [
      { member_id, reward: { kind: 'points' as const, points: 50 }, reason: 'gone', occurrence: '1', budget_id },
    ])
    await gifts.takeBack(tx, [{ member_id, gift_id: gifts.insist(gone!).gift_id! }])
    const plan_id = await plans.create(tx, { names: { en: 'Club' }, design: rewarding })
    const want = { member_id, plan_id, amount_minor: 300, auto_renew: true, source: 'test', source_id: 'paid' }
    await plans.start({ ...tx, bound }, [want])
  })
})
afterAll(() => books.close())

const all = [...gifts.checks, ...budgets.checks, ...points.checks]

test('what was given, redeemed, handed over and cancelled passes every check', async () => {
  expect((await verify(books.db, all)).checks.filter((check) => !check.ok)).toEqual([])
})

const planted: readonly [string, () => Sql][] = [
  ['gifts.stock_is_what_was_given', () => sql`update gift_stock set taken = taken - 1 where taken > 1`],
  ['gifts.stock_is_what_was_given', () => sql`delete from gift_stock where taken = 2`],
  ['gifts.codes_are_handed_once', () => sql`update gift_codes set gift_id = null where gift_id is not null`],
  ['gifts.codes_are_handed_once', () => sql`update gift_codes set gift_id = uuidv7() where gift_id is null`],
  ['gifts.codes_equal_heap', () => sql`delete from gift_codes where gift_id is null`],
  ['gifts.counts_equal_gifts', () => sql`update gift_counts set used = used - 1`],
  ['gifts.counts_equal_gifts', () => sql`delete from gift_counts`],
  [
    'gifts.points_are_in_the_ledger',
    () => sql`
    update gifts set paid_points = 99 where status = 'open'`,
  ],
  [
    'gifts.points_are_in_the_ledger',
    () => sql`
    delete from point_entries where source = 'gift_cancelled'`,
  ],
  [
    'gifts.points_are_in_the_ledger',
    () => sql`
    update gifts set reward = '{"kind": "points", "points": 400}' where kind = 'points'`,
  ],
  ['gifts.plan_rewards_are_gifts', () => sql`delete from plan_rewards`],
  ['gifts.plan_rewards_are_gifts', () => sql`update plan_rewards set gift_id = uuidv7()`],
  ['gifts.unused_costs_come_back', () => sql`delete from budget_entries where kind = 'refund'`],
  ['gifts.unused_costs_come_back', () => sql`update gifts set taken_back = '{"points": 1}' where reason = 'gone'`],
  // by the smallest part of a cost that is kept
  [
    'gifts.unused_costs_come_back',
    () => sql`
    update budget_entries set spent_minor = spent_minor + 0.0001 where kind = 'refund'`,
  ],
  ['gifts.promises_equal_gifts', () => sql`update gifts set cost_minor = cost_minor + 0.0001`],
  ['gifts.promises_equal_gifts', () => sql`update gifts set status = 'done' where status = 'open'`],
  [
    'gifts.promises_equal_gifts',
    () => sql`
    delete from budget_entries where kind = 'release'`,
  ],
]

class Undo extends Error {}

test.each(planted)('%s names the row', async (name, wrong) => {
  const check = gifts.checks.find((one) => one.name === name)!
  const work = books.tx(today, async (tx) => {
    expect(await tx.run(wrong())).toBeGreaterThan(0)
    expect((await check.run(tx)).ok).toBe(false)
    throw new Undo()
  })
  await expect(work).rejects.toThrow(Undo)
})

test('every check has an error that it finds', () => {
  const found = new Set(planted.map(([name]) => name))
  expect(gifts.checks.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([])
})

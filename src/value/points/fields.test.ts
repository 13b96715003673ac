import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  at,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  yearRule,
  zone,
  type Books,
} from '../../../test/books.ts'
import { compileCondition, idsOf } from '../../base/conditions/compile.ts'
import { gatherFields } from '../../base/conditions/fields.ts'
import { parseCondition } from '../../base/conditions/parse.ts'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import * as tiers from '../tiers/tiers.ts'
import { fields as tierFields } from '../tiers/fields.ts'
import { fields as own } from './fields.ts'
import * as points from './points.ts'

const fields = gatherFields([tierFields, own])
const population = { from: sql`members m`, key: 'm.member_id', where: sql`m.kind <> 'walk_in'` }
const now = '2024-06-20'
let books: Books
let names: Map<string, number>

/** Thirty members: orders of many sizes, refunds, spends, one given back, lots that have expired and some that will. */
beforeAll(async () => {
  const rule = {
    ...plainRule,
    waiting_days: 10,
    expiry: { kind: 'months' as const, months: 3, until: 'month_end' as const },
  }
  books = await openBooks({
    rule,
    tier_rule: { ...yearRule, thresholds: { silver: 4_000, gold: 9_000 } },
    members: 30,
  })
  names = new Map(books.members.map((member_id, i) => [member_id, i]))
  const orders = books.members.flatMap((member_id, i) =>
    Array.from({ length: i % 6 }, (_, n) =>
      orderOf(member_id, addDays('2024-01-05', ((i * 13) % 20) + n * 36), 500 + i * 90 + n * 10),
    ),
  )
  await books.tx('2024-06-19', (tx) =>
    happen(tx, [
      ...orders.map((order) => paidFact(order)),
      ...orders
        .filter((_, i) => i % 9 === 4)
        .map((order) => refundFact({ order, on: addDays(order.on, 5), net: order.net >> 1 })),
    ]),
  )
  const wants = books.members
    .filter((_, i) => i % 4 === 3)
    .map((member_id) => ({ member_id, points: 3, source: 'gift', source_id: '1' }))
  await books.tx('2024-06-19', (tx) => points.spend(tx, wants))
  await books.tx('2024-06-19', (tx) =>
    points.restore(
      tx,
      wants.slice(0, 2).map(({ member_id }) => ({
        member_id,
        spend_source: 'gift',
        spend_source_id: '1',
        source: 'gift cancelled',
        source_id: '1',
      })),
    ),
  )
  await books.tx(now, (tx) => points.activateDue(tx))
  await books.tx(now, (tx) => points.expireDue(tx))
  await books.tx(now, (tx) => tiers.review(tx))
})
afterAll(() => books.close())

async function whoAnswers(json: unknown, reading: 'now' | { at: Date }): Promise<number[]> {
  const compiled = compileCondition(parseCondition(json, fields), { fields, population, now: at(now), zone, reading })
  const rows = await books.db.rows<{ member_id: string }>(idsOf(compiled), { prepare: false })
  return rows.map((row) => names.get(row.member_id)!).sort((a, b) => a - b)
}
const rule = (field: string, operator: string, value: unknown, more: object = {}) => ({
  combinator: 'and',
  rules: [{ field, operator, value, ...more }],
})

const asked: [string, unknown][] = [
  ['tier', rule('tier', 'equals', 'silver')],
  ['the lowest tier', rule('tier', 'equals', 'member')],
  ['progress', rule('tier_progress', 'at_least', 3_000, { measure: 'sum', within: { last: 365, unit: 'day' } })],
  ['active points', rule('points_active', 'at_least', 20)],
  ['no active points', rule('points_active', 'equals', 0)],
  ['pending points', rule('points_pending', 'more_than', 0)],
  ['points earned', rule('points_earned', 'at_least', 60, { measure: 'sum' })],
  [
    'points earned lately',
    rule('points_earned', 'at_least', 10, { measure: 'sum', within: { last: 60, unit: 'day' } }),
  ],
  ['points spent', rule('points_spent', 'at_least', 1, { measure: 'sum' })],
  [
    'points that expire',
    rule('points_expiring', 'at_least', 10, { measure: 'sum', within: { next: 30, unit: 'day' } }),
  ],
  [
    'points expired',
    rule('points', 'at_least', 1, { where: [{ field: 'kind', operator: 'equals', value: 'expire' }] }),
  ],
]

test.each(asked)('%s: alike from balances and from history', async (_name, json) => {
  const answer = await whoAnswers(json, 'now')
  expect(await whoAnswers(json, { at: at(now) })).toEqual(answer)
  expect([answer.length > 0, answer.length < 30]).toEqual([true, true])
})

test('the answers are those of the books', async () => {
  const balances = await books.tx(now, (tx) => points.balanceOf(tx, books.members))
  const standings = await tiers.standingOf(books.db, books.members)
  const where = (holds: (i: number) => boolean) => books.members.map((_, i) => i).filter(holds)
  expect(await whoAnswers(rule('points_active', 'at_least', 20), 'now')).toEqual(
    where((i) => balances[i]!.active >= 20),
  )
  expect(await whoAnswers(rule('points_pending', 'more_than', 0), 'now')).toEqual(
    where((i) => balances[i]!.pending > 0),
  )
  expect(await whoAnswers(rule('points_spent', 'at_least', 1, { measure: 'sum' }), 'now')).toEqual(
    where((i) => balances[i]!.spent_total > 0),
  )
  expect(await whoAnswers(rule('tier', 'equals', 'silver'), 'now')).toEqual(
    where((i) => standings[i]!.tier_code === 'silver'),
  )
})

test('an earlier moment sees the tier and the points of its time', async () => {
  const then = at('2024-03-01')
  const earlier = await books.db.rows<{ member_id: string }>(sql`
    select member_id from point_entries where occurred_at <= ${then}::timestamptz group by 1 having sum(points) >= 15`)
  const held = rule('points_active', 'at_least', 15)
  const known = { combinator: 'or', rules: [held.rules[0], rule('points_pending', 'at_least', 15).rules[0]] }
  const answer = await whoAnswers(known, { at: then })
  expect(answer.length).toBeGreaterThan(0)
  for (const i of answer) expect(earlier.map((row) => names.get(row.member_id))).toContain(i)
  const silver = await whoAnswers(rule('tier', 'equals', 'silver'), { at: then })
  expect(silver.length).toBeLessThan((await whoAnswers(rule('tier', 'equals', 'silver'), 'now')).length)
})

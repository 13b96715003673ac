import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
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
  yearRule,
  type Books,
  type OrderOf,
} from '../../../test/books.ts'
import { erase } from '../../record/members/members.ts'
import { golden, movesOf, rules } from './golden.fixture.ts'
import { recompute } from './recomputing.ts'
import * as tiers from './tiers.ts'
import type { Tier, TierRule, Why } from './types.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ members: 40 })
})
afterAll(() => books.close())

let next = 0
const someone = () => books.members[next++]!
const standing = async (member_id: string) => (await tiers.standingOf(books.db, [member_id]))[0]!
const buy = (orders: readonly OrderOf[], now = '2024-12-01') =>
  books.tx(now, (tx) =>
    happen(
      tx,
      orders.map((order) => paidFact(order)),
    ),
  )
const changes = (member_id: string) =>
  books.db.rows<{ kind: string; why: Why }>(sql`
  select kind, why from tier_changes where member_id = ${member_id}::uuid order by change_id`)

// Protected by: accounts.ts, which reads just the progress that the windows of a set need.
describe('pain 6: the golden cases hold on the database, however their moves are cut', () => {
  test.each(Object.entries(rules))('%s', async (name, tier_rule) => {
    const cases = golden.filter(([rule]) => rule === name)
    for (const cut of ['whole', 'one by one']) {
      const own = await openBooks({ tier_rule, members: cases.length })
      for (const [i, [, moves, look, tier, code, review_on]] of cases.entries()) {
        const member_id = own.members[i]!
        const orders = new Map<string, OrderOf>()
        const told = movesOf(moves).map((move) => {
          if (!move.is_order) return refundFact({ order: orders.get(move.letter)!, on: move.day, net: move.amount })
          orders.set(move.letter, orderOf(member_id, move.day, move.amount))
          return paidFact(orders.get(move.letter)!)
        })
        for (const set of cut === 'whole' ? [told] : told.map((fact) => [fact]))
          await own.tx(look, (tx) => happen(tx, set))
        await own.tx(look, (tx) => tiers.review(tx))
        const [progress] = await own.tx(look, (tx) => tiers.progressOf(tx, [member_id]))
        expect([cut, moves, look, progress!.tier_code, progress!.why.codes[0], progress!.review_on]).toEqual([
          cut,
          moves,
          look,
          tier,
          code,
          review_on,
        ])
      }
      expect(await broken(own.db)).toEqual([])
      await own.close()
    }
  })
})

test('an upgrade is at once, and told', async () => {
  const member_id = someone()
  await buy([orderOf(member_id, '2024-03-01', 10_000)])
  expect(await standing(member_id)).toMatchObject({
    tier_code: 'silver',
    since: at('2024-03-01'),
    review_on: '2025-03-01',
  })
  const told = await books.db.row(
    sql`select name, data, occurred_at from facts where member_id = ${member_id}::uuid and name like 'tier.%'`,
  )
  expect(told).toMatchObject({
    name: 'tier.reached',
    data: { from: 'member', to: 'silver' },
    occurred_at: at('2024-03-01'),
  })
})

test('how far to the next tier, and what is missing to keep this one', async () => {
  const member_id = someone()
  await buy([orderOf(member_id, '2024-03-01', 10_000), orderOf(member_id, '2024-05-01', 4_000)])
  const [far] = await books.tx('2024-06-01', (tx) => tiers.progressOf(tx, [member_id]))
  expect(far).toMatchObject({
    tier_code: 'silver',
    next_tier_code: 'gold',
    progress: 14_000,
    missing: 16_000,
    keep_missing: 6_000,
    window_from: '2023-06-03',
  })
  const [later] = await books.tx('2025-03-01', (tx) => tiers.progressOf(tx, [member_id]))
  expect(later).toMatchObject({ progress: 4_000, keep_missing: 6_000 })
  const [stranger] = await books.tx('2024-06-01', (tx) => tiers.progressOf(tx, [someone()]))
  expect(stranger).toMatchObject({
    tier_code: 'member',
    next_tier_code: 'silver',
    progress: 0,
    missing: 10_000,
    keep_missing: null,
  })
})

test('a late order earns at the tier of its own time, and still counts towards the tier of today', async () => {
  const member_id = someone()
  await buy([orderOf(member_id, '2024-03-01', 10_000)])
  await buy([orderOf(member_id, '2024-02-01', 20_000)])
  const entries = await books.db.rows<{ tier: string }>(sql`
    select why->'params'->>'tier' as tier from point_entries where member_id = ${member_id}::uuid order by entry_id`)
  expect(entries.map((entry) => entry.tier)).toEqual(['member', 'member'])
  expect(await standing(member_id)).toMatchObject({ tier_code: 'gold', since: at('2024-03-01') })
  await buy([orderOf(member_id, '2024-03-02', 1_000)])
  expect(
    await books.db.row(sql`
    select why->'params'->>'tier' as tier from point_entries where member_id = ${member_id}::uuid
      order by entry_id desc limit 1`),
  ).toEqual({ tier: 'gold' })
})

test('a review costs by who is due and looks at each member once', async () => {
  const own = await openBooks({ members: 30 })
  await own.tx('2024-03-01', (tx) =>
    happen(
      tx,
      own.members.map((member_id, i) => paidFact(orderOf(member_id, addDays('2024-03-01', i % 3), 10_000))),
    ),
  )
  expect(await own.tx('2025-03-01', (tx) => tiers.review(tx, 4))).toBe(4)
  expect(await own.tx('2025-03-01', (tx) => tiers.review(tx, 100))).toBe(6)
  expect(await own.tx('2025-03-01', (tx) => tiers.review(tx, 100))).toBe(0)
  expect(await own.tx('2025-03-05', (tx) => tiers.review(tx, 100))).toBe(20)
  const told = await own.db.row<{ lost: number }>(sql`select count(*) as lost from facts where name = 'tier.lost'`)
  expect(told!.lost).toBe(30)
  expect(await broken(own.db)).toEqual([])
  await own.close()
})

test('orders and reviews of the same members at once decide one after the other', async () => {
  const own = await openBooks({ members: 20 })
  await own.tx('2024-03-01', (tx) =>
    happen(
      tx,
      own.members.map((member_id) => paidFact(orderOf(member_id, '2024-03-01', 10_000))),
    ),
  )
  await Promise.all([
    own.tx('2025-03-01T00:30:00', (tx) => tiers.review(tx)),
    ...own.members.map((member_id) =>
      own.tx('2025-03-01', (tx) => happen(tx, [paidFact(orderOf(member_id, '2025-03-01', 10_000))])),
    ),
  ])
  const standings = await tiers.standingOf(own.db, own.members)
  // whoever came first: the review lowers and the order lifts again, or the order held the review itself
  expect(new Set(standings.map((one) => one.tier_code))).toEqual(new Set(['silver']))
  expect(new Set(standings.map((one) => one.review_on))).toEqual(new Set(['2026-03-01']))
  expect(await broken(own.db)).toEqual([])
  await own.close()
})

test('every decision of a tier follows from its why and its rule', async () => {
  const ladder = await tiers.ladderOf(books.db)
  for (const member_id of books.members) {
    for (const change of await changes(member_id))
      expect(recompute(change.why, yearRule, ladder)).toBe(change.why.params['tier'])
  }
})

describe('the ladder and its rules', () => {
  const asInput = (ladder: readonly Tier[]) => ladder.map(({ tier_id, code, names }) => ({ tier_id, code, names }))

  test('counts who stands on each step', async () => {
    const own = await openBooks({ members: 5 })
    await own.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(own.members[0]!, '2024-03-01', 10_000))]))
    const crowd = async () => (await tiers.crowdedLadder(own.db)).map((tier) => [tier.code, tier.members])
    expect(await crowd()).toEqual([
      ['member', 4],
      ['silver', 1],
      ['gold', 0],
    ])
    // who was erased, with a tier or without, is nobody on it any more
    await own.tx('2024-03-02', (tx) => erase(tx, own.members.slice(0, 2)))
    expect(await crowd()).toEqual([
      ['member', 3],
      ['silver', 0],
      ['gold', 0],
    ])
    await own.close()
  })

  test('takes a new step above, but not away one that is held or named', async () => {
    const own = await openBooks({ members: 1 })
    const ladder = asInput(await tiers.ladderOf(own.db))
    const set = (wanted: Parameters<typeof tiers.setLadder>[1]) =>
      own.tx('2024-03-01', (tx) => tiers.setLadder(tx, wanted))
    await set([...ladder, { code: 'black', names: { en: 'Black' } }])
    expect((await tiers.ladderOf(own.db)).map((tier) => tier.code)).toEqual(['member', 'silver', 'gold', 'black'])
    await set(ladder)
    await expect(set(ladder.slice(0, 2))).rejects.toMatchObject({ code: 'tier.in_rule', params: { code: 'gold' } })
    await expect(set([...ladder, ladder[1]!])).rejects.toMatchObject({ code: 'tier.code_taken' })
    await own.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(own.members[0]!, '2024-03-01', 30_000))]))
    await own.tx('2024-03-02', (tx) => tiers.addRule(tx, { rule: { ...yearRule, thresholds: { silver: 10_000 } } }))
    await expect(set(ladder.slice(0, 2))).rejects.toMatchObject({ code: 'tier.held' })
    await own.close()
  })

  test('a rule names tiers that exist, each higher one needing more, and never begins in the past', async () => {
    const add = (rule: TierRule, effective_from?: Date) =>
      books.tx('2024-12-01', (tx) => tiers.addRule(tx, { rule, effective_from }))
    await expect(
      add({ ...yearRule, thresholds: { silver: 10, gold: 10, black: 20, member: 1 } }),
    ).rejects.toMatchObject({
      code: 'tier_rule.invalid',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: '/rule/thresholds/black', code: 'tier_rule.tier_unknown' }),
        expect.objectContaining({ pointer: '/rule/thresholds/member', code: 'tier_rule.lowest_needs_nothing' }),
        expect.objectContaining({ pointer: '/rule/thresholds/gold', code: 'tier_rule.not_above_lower_tier' }),
      ]) as unknown,
    })
    await expect(add(yearRule, at('2024-11-01'))).rejects.toMatchObject({ code: 'tier_rule.in_past' })
  })

  test('the version in force is that of the order’s own time', async () => {
    const own = await openBooks({ members: 2, rule: plainRule })
    await own.tx('2024-03-01', (tx) =>
      tiers.addRule(tx, { rule: { ...yearRule, thresholds: { silver: 5_000, gold: 30_000 } } }),
    )
    const [before, after] = own.members as [string, string]
    await own.tx('2024-03-02', (tx) =>
      happen(tx, [
        paidFact(orderOf(before, '2024-02-28', 5_000)),
        paidFact(orderOf(after, '2024-03-01T12:00:01', 5_000)),
      ]),
    )
    expect((await tiers.standingOf(own.db, [before, after])).map((one) => one.tier_code)).toEqual([
      'member',
      'silver',
    ])
    await own.close()
  })
})

test('a new program begins with a ladder and a rule in its own currency', async () => {
  const own = await openBooks({ members: 0 })
  await own.db.pool.query('truncate tiers, tier_rules')
  await own.tx('2024-01-02', (tx) => tiers.foundPresets(tx, 'GBP'))
  expect((await tiers.rulesOf(own.db)).map((one) => one.rule.thresholds)).toEqual([{ silver: 30_000, gold: 90_000 }])
  await own.tx('2024-01-02', (tx) => addMembers(tx, 1))
  await own.close()
})

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  broken,
  at,
  happen,
  openBooks,
  orderOf,
  paidFact,
  refundFact,
  yearRule,
  type Books,
} from '../../../test/books.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as tiers from './tiers.ts'
import type { XpGrant } from './given/types.ts'
import type { TierRule } from './types.ts'

const byPoints: TierRule = { ...yearRule, measure: { kind: 'points' }, thresholds: { silver: 100, gold: 240 } }
const byXp: TierRule = { ...yearRule, measure: { kind: 'xp' }, thresholds: { silver: 100, gold: 300 } }
const byOrders: TierRule = {
  ...yearRule,
  measure: { kind: 'orders', minimum_minor: 0 },
  thresholds: { silver: 2, gold: 4 },
}

let books: Books
beforeAll(async () => {
  books = await openBooks({ members: 30, tier_rule: byXp })
})
afterAll(() => books.close())

let next = 0
const someone = () => books.members[next++]!
const progressOf = async (own: Books, member_id: string, on = '2024-06-01') =>
  (await own.tx(on, (tx) => tiers.progressOf(tx, [member_id])))[0]!
const xp = (member_id: string, amount: number, source_id: string, more: Partial<XpGrant> = {}): XpGrant => ({
  member_id,
  xp: amount,
  source: 'survey',
  source_id,
  occurred_at: at('2024-03-01'),
  reason: 'answered',
  ...more,
})
const give = (...grants: XpGrant[]) => books.tx('2024-06-01', (tx) => tiers.addXp(tx, grants))

// Protected by: ledger.ts `climb`, which lets an order climb just before it is booked and tells what it earned after.
test('points earned lift at once, and the next order of the same set earns at the new tier, however the set is cut', async () => {
  const outcomes: unknown[] = []
  for (const cut of ['whole', 'one by one']) {
    const own = await openBooks({ members: 1, tier_rule: byPoints })
    const member_id = own.members[0]!
    const [a, b] = [orderOf(member_id, '2024-03-01', 10_000), orderOf(member_id, '2024-03-02', 10_000)]
    const told = [
      paidFact(a),
      paidFact(b),
      refundFact({ order: a, on: '2024-03-03', net: 5_000 }),
      paidFact(orderOf(member_id, '2024-03-04', 10_000)),
    ]
    for (const set of cut === 'whole' ? [told] : told.map((fact) => [fact])) {
      await own.tx('2024-06-01', (tx) => happen(tx, set))
    }
    const entries = await own.db.rows(sql`
      select kind, points, why->'params'->>'tier' as tier from point_entries order by occurred_at`)
    const { tier_code, measure, progress, why } = await progressOf(own, member_id)
    outcomes.push({ entries, tier_code, measure, progress, codes: why.codes, said: why.params['measure'] })
    expect(await broken(own.db)).toEqual([])
    await own.close()
  }
  expect(outcomes[0]).toEqual({
    entries: [
      { kind: 'earn', points: 100, tier: 'member' },
      { kind: 'earn', points: 120, tier: 'silver' },
      { kind: 'reverse', points: -50, tier: null },
      // the refund of the order that lifted leaves more than the threshold
      { kind: 'earn', points: 120, tier: 'silver' },
    ],
    tier_code: 'gold',
    measure: 'points',
    progress: 290,
    codes: ['tier.reached'],
    said: 'points',
  })
  expect(outcomes[1]).toEqual(outcomes[0])
})

test('a rule that counts orders counts those of before it, and a supplement is no order of its own', async () => {
  const own = await openBooks({ members: 1 })
  const member_id = own.members[0]!
  const added = orderOf(member_id, '2024-03-02', 300)
  await own.tx('2024-03-05', (tx) =>
    happen(tx, [
      paidFact(orderOf(member_id, '2024-03-01', 300)),
      paidFact(added),
      paidFact(orderOf(member_id, '2024-03-03', 300)),
    ]),
  )
  await own.db.run(sql`
    update orders set kind = 'supplement', adds_to = (select order_id from orders where ordered_on = '2024-03-01')
    where order_id = ${added.order_id}::uuid`)
  await own.tx('2024-03-10', (tx) => tiers.addRule(tx, { rule: byOrders }))
  expect(await progressOf(own, member_id)).toMatchObject({ measure: 'orders', progress: 2, missing: 0 })
  await own.tx('2024-03-11', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-03-11', 300))]))
  expect(await progressOf(own, member_id)).toMatchObject({ tier_code: 'silver', progress: 3, missing: 1 })
  await own.close()
})

test('experience lifts, once by its source, and taking it back undoes the step', async () => {
  const member_id = someone()
  expect(await give(xp(member_id, 60, 'a'), xp(member_id, 40, 'b'))).toMatchObject([
    { outcome: 'booked' },
    { outcome: 'booked' },
  ])
  expect(await progressOf(books, member_id)).toMatchObject({
    tier_code: 'silver',
    measure: 'xp',
    progress: 100,
    missing: 200,
  })
  expect(await give(xp(member_id, 60, 'a'), xp(member_id, 41, 'b'))).toMatchObject([
    { outcome: 'unchanged' },
    { outcome: 'refused', code: 'xp.source_reused' },
  ])
  expect(await give(xp(member_id, -200, 'c'), xp(member_id, -1, 'd', { takes_back: 'nothing' }))).toMatchObject([
    { outcome: 'refused', code: 'xp.insufficient' },
    { outcome: 'refused', code: 'xp.nothing_to_take_back' },
  ])
  await give(xp(member_id, -10, 'e', { takes_back: 'b', occurred_at: at('2024-04-01') }))
  expect(await progressOf(books, member_id)).toMatchObject({
    tier_code: 'member',
    progress: 90,
    why: { codes: ['tier.undone'] },
  })
  expect(await broken(books.db)).toEqual([])
})

// Protected by: the member's row of member_xp, locked before anything is read.
test('experience given by many at once is never lost, nor given twice', async () => {
  const member_id = someone()
  await Promise.all(Array.from({ length: 16 }, (_, i) => give(xp(member_id, 20, `p${i % 8}`))))
  expect(await progressOf(books, member_id)).toMatchObject({ progress: 160, tier_code: 'silver' })
  expect(await broken(books.db)).toEqual([])
})

test('experience never depends on how a set is cut or how often it is sent', async () => {
  const amount = fc.integer({ min: -80, max: 160 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ amount, day: fc.integer({ min: 1, max: 28 }) }), { maxLength: 12 }),
      async (history) => {
        if (next + 2 > books.members.length) return
        const [whole, cut] = [someone(), someone()]
        const said = (member_id: string) =>
          history
            .map(({ amount, day }, i) =>
              xp(member_id, amount, `h${i}`, { occurred_at: at(`2024-02-${String(day).padStart(2, '0')}`) }),
            )
            .sort((a, b) => a.occurred_at.getTime() - b.occurred_at.getTime() || (a.source_id < b.source_id ? -1 : 1))
        await give(...said(whole))
        for (const one of said(cut)) await give(one, one)
        const [a, b] = [await progressOf(books, whole), await progressOf(books, cut)]
        expect([b.tier_code, b.progress, b.since]).toEqual([a.tier_code, a.progress, a.since])
      },
    ),
    { numRuns: 8 },
  )
  expect(await broken(books.db)).toEqual([])
})

test('two accounts of one person: experience adds up, the same survey twice keeps both, and the higher tier is reached', async () => {
  const own = await openBooks({ members: 2, tier_rule: byXp })
  const [keep, gone] = own.members as [string, string]
  await own.tx('2024-06-01', (tx) =>
    tiers.addXp(tx, [xp(keep, 60, 'a'), xp(gone, 60, 'a'), { ...xp(gone, 10, 'b'), reason: 'a friend of Ann' }]),
  )
  await own.tx('2024-06-02', (tx) => members.merge(tx, [{ keep, merge: gone }]))
  expect(await progressOf(own, keep, '2024-06-03')).toMatchObject({ tier_code: 'silver', progress: 130 })
  expect(await own.db.row(sql`select xp from member_xp where member_id = ${keep}::uuid`)).toEqual({ xp: 130 })
  // sent again in the kept name, nothing moves
  expect(await own.tx('2024-06-03', (tx) => tiers.addXp(tx, [xp(keep, 60, 'a')]))).toMatchObject([
    { outcome: 'unchanged' },
  ])
  expect(await broken(own.db)).toEqual([])
  await own.close()
})

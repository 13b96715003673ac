import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import {
  actor,
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  type Books,
  type OrderOf,
} from '../../../test/books.ts'
import { size } from '../../../test/database.ts'
import { createLog } from '../../base/log.ts'
import type { Fact } from '../../base/facts.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import * as points from './points.ts'
import { applyPreview, cancelPreview, proposeRule, runPreview, runRebooking } from './previews.ts'
import { differencesOf, previewOf } from './queries.ts'
import type { PointRule } from './types.ts'

const opened: Books[] = []
async function open(options: Parameters<typeof openBooks>[0]): Promise<Books> {
  const books = await openBooks(options)
  opened.push(books)
  return books
}
afterEach(async () => {
  for (const books of opened.splice(0)) await books.close()
})

/** What a worker gives a job, with its clock at a moment of the books. */
function jobAt(books: Books, now: string, signal = new AbortController().signal): JobContext {
  const db = {
    ...books.db,
    tx: ((options, work) => books.db.tx({ now: at(now), ...options }, work)) as typeof books.db.tx,
  }
  return { db, actor, now: at(now), signal, log: createLog({ level: 'silent' }) }
}

const doubled: PointRule = { ...plainRule, earn: { ...plainRule.earn, points: 2, tier_percent: { silver: 150 } } }

/** Three members: a silver one, one with a refund, one whose points are spent. */
async function lived(books: Books): Promise<OrderOf[]> {
  const [silver, refunder, spender] = books.members as [string, string, string]
  const orders = [
    orderOf(silver, '2024-01-05', 12_000),
    orderOf(silver, '2024-03-05', 3_333),
    orderOf(silver, '2024-03-06', 77),
    orderOf(refunder, '2024-03-07', 2_990),
    orderOf(spender, '2024-03-08', 5_000),
    orderOf(spender, '2024-02-10', 1_000),
  ]
  await books.tx('2024-03-10', (tx) =>
    happen(tx, [
      ...orders.map((order) => paidFact(order)),
      refundFact({ order: orders[3]!, on: '2024-03-09', net: 1_000 }),
      refundFact({ order: orders[1]!, on: '2024-03-09', net: 333 }),
    ]),
  )
  await books.tx('2024-03-11', (tx) =>
    points.spend(tx, [{ member_id: spender, points: 55, source: 'gift', source_id: '1' }]),
  )
  return orders
}

const held = (books: Books) => books.tx('2024-04-01', (tx) => points.balanceOf(tx, books.members))
const preview = async (books: Books, rule: PointRule, from: string) => {
  const { preview_id } = await books.tx('2024-04-01', (tx) => proposeRule(tx, { rule, from }))
  await runPreview(preview_id, jobAt(books, '2024-04-01'))
  return (await previewOf(books.db, preview_id))!
}

test('a preview says what would change, member by member, and changes nothing', async () => {
  const books = await open({ members: 4 })
  await lived(books)
  const before = [
    await held(books),
    await books.db.rows(sql`select * from point_entries order by entry_id`),
    await points.rulesOf(books.db),
  ]
  const seen = await preview(books, doubled, '2024-03-01')
  expect(seen).toMatchObject({ status: 'done', members_total: 3, members_done: 3 })
  expect(seen.totals).toMatchObject({ orders: 4, members_changed: 3, members_gaining: 3, members_losing: 0 })
  // 2 points and 150 per cent instead of 1 and 120: floor(3333 × 3 / 100) = 99, less floor(99 × 333 / 3333) = 9; held 39 - 3
  const rows = await differencesOf(books.db, { preview_id: seen.preview_id, after: null, limit: 10 })
  expect(rows.map((row) => [row.member_id, row.orders, row.points_before, row.points_change])).toEqual(
    [
      [books.members[0], 2, 36, 90 + 2 - 36],
      [books.members[2], 1, 50, 50],
      [books.members[1], 1, 20, 40 - 20],
    ].sort((a, b) => (b[3] as number) - (a[3] as number)),
  )
  expect([
    await held(books),
    await books.db.rows(sql`select * from point_entries order by entry_id`),
    await points.rulesOf(books.db),
  ]).toEqual(before)
})

test('applying it books exactly the previewed differences, each naming the entry it corrects', async () => {
  const books = await open({ members: 4 })
  await lived(books)
  const before = await held(books)
  const seen = await preview(books, doubled, '2024-03-01')
  await books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id, note: 'spring' }))
  await runRebooking(seen.preview_id, jobAt(books, '2024-04-02'))
  // a job that runs a second time finds nothing left to do
  await runRebooking(seen.preview_id, jobAt(books, '2024-04-02'))
  const rows = await differencesOf(books.db, { preview_id: seen.preview_id, after: null, limit: 10 })
  const after = await held(books)
  for (const [i, { member_id, active }] of after.entries()) {
    expect(active - before[i]!.active).toBe(rows.find((row) => row.member_id === member_id)?.points_change ?? 0)
  }
  const odd = await books.db.rows(sql`
    select from point_rule_preview_members where points_change is distinct from applied_points`)
  expect(odd).toEqual([])
  const corrections = await books.db.rows<{ points: number; kind: string; why: points.Why }>(sql`
    select entry.points, corrected.kind, entry.why from point_entries entry
    join point_entries corrected on corrected.member_id = entry.member_id and corrected.entry_id = entry.corrects
    where entry.kind = 'adjust' order by entry.points`)
  expect(corrections.map((one) => one.kind)).toEqual(['earn', 'earn', 'earn', 'earn'])
  for (const one of corrections) expect(points.recompute(one.why)).toBe(one.points)
  expect(await broken(books.db)).toEqual([])
})

test('a refund after rebooking takes back what the order earns under the new rule', async () => {
  const books = await open({ members: 4 })
  const orders = await lived(books)
  const seen = await preview(books, doubled, '2024-03-01')
  await books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id }))
  await runRebooking(seen.preview_id, jobAt(books, '2024-04-02'))
  await books.tx('2024-04-03', (tx) => happen(tx, [refundFact({ order: orders[3]!, on: '2024-04-03', net: 1_990 })]))
  expect((await held(books))[1]).toMatchObject({ active: 0, debt: 0 })
  expect(await broken(books.db)).toEqual([])
})

test('a rule that gives less takes back as its debt policy says', async () => {
  const books = await open({ members: 4 })
  await lived(books)
  const halved: PointRule = { ...plainRule, earn: { ...plainRule.earn, per_minor: 200 }, debt: 'to_zero' }
  const seen = await preview(books, halved, '2024-01-01')
  await books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id }))
  await runRebooking(seen.preview_id, jobAt(books, '2024-04-02'))
  // 60 earned, 55 spent: of the 30 to be taken back there are 5
  expect((await held(books))[2]).toMatchObject({ active: 0, debt: 0 })
  const odd = await books.db.rows(
    sql`select from point_rule_preview_members where points_change is distinct from applied_points`,
  )
  expect([odd, await broken(books.db)]).toEqual([[], []])
})

test('a preview can be cancelled, and only a finished one can be applied, once', async () => {
  const books = await open({ members: 4 })
  await lived(books)
  const { preview_id } = await books.tx('2024-04-01', (tx) => proposeRule(tx, { rule: doubled }))
  const apply = () => books.tx('2024-04-01', (tx) => applyPreview(tx, { preview_id }))
  await expect(apply()).rejects.toMatchObject({
    code: 'point_rule_preview.wrong_state',
    params: { status: 'waiting' },
  })
  await books.tx('2024-04-01', (tx) => cancelPreview(tx, preview_id))
  await runPreview(preview_id, jobAt(books, '2024-04-01'))
  expect(await previewOf(books.db, preview_id)).toMatchObject({ status: 'cancelled', members_done: 0 })
  await expect(books.tx('2024-04-01', (tx) => cancelPreview(tx, preview_id))).rejects.toMatchObject({
    code: 'point_rule_preview.wrong_state',
  })
  const seen = await preview(books, doubled, '2024-03-01')
  await books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id }))
  await expect(
    books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id })),
  ).rejects.toMatchObject({ params: { status: 'applied' } })
})

test('a rule that cannot be added cannot be proposed', async () => {
  const books = await open({ members: 1 })
  const rule = { ...plainRule, earn: { ...plainRule.earn, tier_percent: { black: 200 } } }
  await expect(books.tx('2024-04-01', (tx) => proposeRule(tx, { rule }))).rejects.toMatchObject({
    code: 'point_rule.invalid',
    errors: [{ pointer: '/rule/earn/tier_percent/black' }],
  })
  expect(await points.rulesOf(books.db)).toHaveLength(1)
})

test('what guests bought stays a guest’s; what was bought before there was any rule is taken up', async () => {
  const books = await open({ members: 2, rule: plainRule })
  const [guest, early] = books.members as [string, string]
  await books.tx('2024-03-10', (tx) => happen(tx, [paidFact(orderOf(guest, '2024-03-05', 1_000), 'guest')]))
  await books.db.run(sql`update point_rules set effective_from = ${at('2024-03-08')}::timestamptz`)
  await books.tx('2024-03-10', (tx) =>
    happen(tx, [
      paidFact(orderOf(early, '2024-03-09', 1_000), 'guest'),
      paidFact(orderOf(early, '2024-03-07', 1_000)),
    ]),
  )
  const seen = await preview(books, plainRule, '2024-03-06')
  await books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id }))
  await runRebooking(seen.preview_id, jobAt(books, '2024-04-02'))
  expect((await held(books)).map((one) => one.active)).toEqual([0, 10])
  expect(await broken(books.db)).toEqual([])
})

test('rebooking ends where the rule would have led from the start', async () => {
  const rates = fc.record({
    points: fc.integer({ min: 0, max: 3 }),
    per_minor: fc.constantFrom(7, 30, 100),
    base: fc.constantFrom('net' as const, 'gross' as const),
    include_shipping: fc.boolean(),
    rounding: fc.constantFrom('floor' as const, 'half_up' as const, 'ceil' as const),
    tier_percent: fc.record({ silver: fc.integer({ min: 100, max: 170 }) }),
  })
  const bought = fc.record({
    member: fc.nat(2),
    net: fc.integer({ min: 1, max: 9_000 }),
    off: fc.nat(900),
    shipping: fc.constantFrom(0, 60),
    back: fc.nat(4),
  })
  const numRuns = size === 'long' ? 40 : 4
  await fc.assert(
    fc.asyncProperty(rates, rates, fc.array(bought, { minLength: 2, maxLength: 14 }), async (was, will, history) => {
      const rule: PointRule = { ...plainRule, earn: was }
      const worlds = [
        await open({ members: 3, rule }),
        await open({ members: 3, rule: { ...plainRule, earn: will } }),
      ]
      for (const books of worlds) {
        const told: Fact[] = []
        for (const [i, one] of history.entries()) {
          const on = addDays('2024-03-01', i)
          const gross = one.net + one.off
          const order = orderOf(books.members[one.member]!, on, one.net, {
            gross,
            shipping: one.shipping,
            number: `${i}`,
          })
          told.push(paidFact(order))
          if (one.back === 1)
            told.push(refundFact({ order, on: `${on}T13:00:00`, net: one.net, gross, shipping: one.shipping }))
          if (one.back === 2)
            told.push(refundFact({ order, on: `${on}T13:00:00`, net: one.net >> 1, gross: gross >> 1 }))
        }
        await books.tx('2024-03-30', (tx) => happen(tx, told))
      }
      const seen = await preview(worlds[0]!, { ...plainRule, earn: will }, '2024-03-01')
      await worlds[0]!.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id }))
      await runRebooking(seen.preview_id, jobAt(worlds[0]!, '2024-04-02'))
      const [rebooked, straight] = await Promise.all(worlds.map(held))
      expect(rebooked!.map(({ active, debt }) => active - debt)).toEqual(
        straight!.map(({ active, debt }) => active - debt),
      )
      for (const books of worlds) expect(await broken(books.db)).toEqual([])
      for (const books of opened.splice(0)) await books.close()
    }),
    { numRuns },
  )
}, 240_000)

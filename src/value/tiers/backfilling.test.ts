/** A rule by points finds what was earned before it: as if points had been counted from the first day. */
import { expect, test } from 'vitest'
import {
  actor,
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  refundFact,
  yearRule,
  type Books,
} from '../../../test/books.ts'
import { createLog } from '../../base/log.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { runBackfill } from './backfilling.ts'
import { applyPreview, proposeRule, runApply, runPreview } from './previews.ts'
import { previewMoves } from './queries.ts'
import * as tiers from './tiers.ts'
import type { TierRule } from './types.ts'

const byPoints: TierRule = { ...yearRule, measure: { kind: 'points' }, thresholds: { silver: 100, gold: 240 } }
/** Nobody climbs by it: what orders earn is the same under either rule. */
const unreached: TierRule = { ...yearRule, thresholds: { silver: 1_000_000, gold: 2_000_000 } }

function jobAt(books: Books, now: string): JobContext {
  const db = {
    ...books.db,
    tx: ((options, work) => books.db.tx({ ...options, now: at(now) }, work)) as typeof books.db.tx,
  }
  return { db, actor, now: at(now), signal: new AbortController().signal, log: createLog({ level: 'silent' }) }
}

async function lived(books: Books): Promise<void> {
  const [one, two, three] = books.members as [string, string, string]
  const [a, b] = [orderOf(one, '2024-03-01', 12_345), orderOf(two, '2024-03-02', 30_000)]
  await books.tx('2024-03-20', (tx) =>
    happen(tx, [
      paidFact(a),
      paidFact(b),
      paidFact(orderOf(three, '2024-03-03', 9_000)),
      refundFact({ order: a, on: '2024-03-04', net: 333 }),
      refundFact({ order: a, on: '2024-03-05', net: 777 }),
      refundFact({ order: b, on: '2024-03-06', net: 30_000 }),
      paidFact(orderOf(two, '2024-03-07', 26_000)),
      refundFact({ order: null, member_id: three, on: '2024-03-08', net: 500 }),
    ]),
  )
}

const rowsOf = (books: Books) =>
  books.db.rows<{ nth: number; source: string; on: string; amount: number }>(sql`
    select array_position(${books.members}::uuid[], member_id) as nth, source, counted_on as on, amount
    from tier_progress where measure = 'points' order by occurred_at`)
const tiersOf = async (books: Books) => (await tiers.standingOf(books.db, books.members)).map((one) => one.tier_code)

// Protected by: backfilling.ts, which reads of each entry what ledger.ts `broughtBy` would have told.
test('what is filled in is what would have been counted', async () => {
  const [before, after] = [
    await openBooks({ members: 3, tier_rule: byPoints }),
    await openBooks({ members: 3, tier_rule: unreached }),
  ]
  // the same rates for everybody, whoever climbs
  for (const books of [before, after]) {
    await books.db.run(sql`update point_rules set rule = jsonb_set(rule, '{earn,tier_percent}', '{}')`)
    await lived(books)
  }
  expect(await rowsOf(after)).toEqual([])
  await after.tx('2024-04-01', (tx) => tiers.addRule(tx, { rule: byPoints }))
  await runBackfill(jobAt(after, '2024-04-01'))
  await runBackfill(jobAt(after, '2024-04-02'))
  expect(await rowsOf(after)).toEqual(await rowsOf(before))
  expect((await rowsOf(after)).length).toBe(8)
  expect(await broken(after.db)).toEqual([])
  await before.close()
  await after.close()
})

test('applying a rule by points moves exactly those that its preview showed, by points earned before it', async () => {
  const books = await openBooks({ members: 3, tier_rule: unreached })
  await lived(books)
  const { preview_id } = await books.tx('2024-04-01', (tx) => proposeRule(tx, { rule: byPoints, lower_now: false }))
  await runPreview(preview_id, jobAt(books, '2024-04-01'))
  const shown = await previewMoves(books.db, { preview_id, after: null, limit: 9 })
  expect(shown.map((row) => row.to_code).sort()).toEqual(['gold', 'silver'])
  expect([await tiersOf(books), await rowsOf(books)]).toEqual([['member', 'member', 'member'], []])
  await books.tx('2024-04-01', (tx) => applyPreview(tx, { preview_id }))
  await runApply(preview_id, jobAt(books, '2024-04-01'))
  const moved = new Map(shown.map((row) => [row.member_id, row.to_code]))
  expect(await tiersOf(books)).toEqual(books.members.map((member_id) => moved.get(member_id) ?? 'member'))
  // what comes next counts on top
  await books.tx('2024-04-03', (tx) => happen(tx, [paidFact(orderOf(books.members[2]!, '2024-04-03', 2_000))]))
  expect((await tiersOf(books))[2]).toBe('silver')
  expect(await broken(books.db)).toEqual([])
  await books.close()
})

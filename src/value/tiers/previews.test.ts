import { afterAll, beforeAll, expect, test } from 'vitest'
import { actor, at, broken, happen, openBooks, orderOf, paidFact, yearRule, type Books } from '../../../test/books.ts'
import { createLog } from '../../base/log.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { applyPreview, cancelPreview, proposeRule, runApply, runPreview } from './previews.ts'
import { previewMoves, previewOf } from './queries.ts'
import * as tiers from './tiers.ts'
import type { TierRule } from './types.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ members: 4 })
  const spent = [9_000, 15_000, 40_000]
  await books.tx('2024-03-01', (tx) =>
    happen(
      tx,
      spent.map((net, i) => paidFact(orderOf(books.members[i]!, '2024-03-01', net))),
    ),
  )
})
afterAll(() => books.close())

function job(now: string): JobContext {
  const db = {
    ...books.db,
    tx: ((options, work) => books.db.tx({ now: at(now), ...options }, work)) as typeof books.db.tx,
  }
  return { db, actor, now: at(now), signal: new AbortController().signal, log: createLog({ level: 'silent' }) }
}
const codes = async () => (await tiers.standingOf(books.db, books.members)).map((one) => one.tier_code)
const propose = async (rule: TierRule, lower_now: boolean) => {
  const { preview_id } = await books.tx('2024-04-01', (tx) => proposeRule(tx, { rule, lower_now }))
  await runPreview(preview_id, job('2024-04-01'))
  return (await previewOf(books.db, preview_id))!
}
const harder: TierRule = { ...yearRule, thresholds: { silver: 9_000, gold: 50_000 } }

test('a preview shows who would move, up at once and down at the review unless asked otherwise, and moves nobody', async () => {
  const gentle = await propose(harder, false)
  expect(gentle).toMatchObject({
    status: 'done',
    members_total: 3,
    members_done: 3,
    totals: { members_up: 1, members_down: 0 },
  })
  const strict = await propose(harder, true)
  expect(strict.totals).toMatchObject({ members_up: 1, members_down: 1 })
  expect(
    (await previewMoves(books.db, { preview_id: strict.preview_id, after: null, limit: 9 })).map((row) => [
      row.from_code,
      row.to_code,
    ]),
  ).toEqual([
    ['member', 'silver'],
    ['gold', 'silver'],
  ])
  expect([await codes(), (await tiers.rulesOf(books.db)).length]).toEqual([['member', 'silver', 'gold', 'member'], 1])
})

test('applying it moves exactly those members, with their whys', async () => {
  const seen = await propose(harder, true)
  await books.tx('2024-04-02', (tx) => applyPreview(tx, { preview_id: seen.preview_id }))
  await runApply(seen.preview_id, job('2024-04-02'))
  await runApply(seen.preview_id, job('2024-04-02'))
  expect(await codes()).toEqual(['silver', 'silver', 'silver', 'member'])
  const odd = await books.db.rows(sql`
    select from tier_rule_preview_members where preview_id = ${seen.preview_id}::uuid and (not applied or applied_tier_id <> to_tier_id)`)
  expect(odd).toEqual([])
  const [progress] = await books.tx('2024-04-02', (tx) => tiers.progressOf(tx, [books.members[2]!]))
  expect(progress!.why).toMatchObject({
    codes: ['tier.reclassified'],
    params: { from: 'gold', tier: 'silver', progress: 40_000 },
    rule_version: 2,
  })
  expect(await broken(books.db)).toEqual([])
})

test('a rule that cannot be added cannot be proposed, a cancelled preview not applied', async () => {
  await expect(
    books.tx('2024-04-01', (tx) =>
      proposeRule(tx, { rule: { ...yearRule, thresholds: { black: 1 } }, lower_now: false }),
    ),
  ).rejects.toMatchObject({ code: 'tier_rule.invalid' })
  const { preview_id } = await books.tx('2024-04-01', (tx) => proposeRule(tx, { rule: yearRule, lower_now: false }))
  await books.tx('2024-04-01', (tx) => cancelPreview(tx, preview_id))
  await runPreview(preview_id, job('2024-04-01'))
  await expect(books.tx('2024-04-01', (tx) => applyPreview(tx, { preview_id }))).rejects.toMatchObject({
    code: 'tier_rule_preview.wrong_state',
  })
})

/**
 * Progress and completion, derived from the orders that stand in the books: after a new order, a late one, a refund,
 * a new issue, a merge, always by the same question. So the order of arrival cannot matter, and repeating changes
 * nothing. The caller holds the members' lock (orders do, before they tell of themselves).
 */
import type { Tx } from '../../base/db.ts'
import { unlessEmpty } from '../../base/kept.ts'
import * as facts from '../../base/facts.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { handOver, takeBack, type Rewarded } from './rewarding.ts'
import { purchasesOf } from './purchases.ts'
import { decide, type Decision } from './rules.ts'
import type { OfferRule } from './types.ts'

/** An issue as it stands, with what it was issued under. */
export interface Standing {
  member_id: string
  issue_id: string
  offer_id: string
  version: number
  names: Record<string, string>
  rule: OfferRule
  opens_at: Date
  closes_at: Date | null
  progress: number
  completed_at: Date | null
  completed_order_id: string | null
  completions: number
  rewarded_points: number
  /** Guests and followers have no purse. */
  has_purse: boolean
}

/** Every issue in whose window one of these orders lies. */
export async function touchedBy(tx: Tx, told: readonly facts.Fact[]): Promise<Standing[]> {
  const orders = told.flatMap(({ member_id, data }) => {
    const order_id = data['order_id'] as string | null
    return order_id === null ? [] : [{ member_id, order_id }]
  })
  if (orders.length === 0) return []
  // a supplement adds to its order, and counts when that one was made
  return unlessEmpty(tx, 'offers', () =>
    standing(
      tx,
      sql`
    exists (
      select from unnest(${orders.map((one) => one.member_id)}::uuid[],
        ${orders.map((one) => one.order_id)}::uuid[]) as told (member_id, order_id)
      join orders o on o.member_id = told.member_id and o.order_id = told.order_id
      join orders first on first.member_id = o.member_id and first.order_id = coalesce(o.adds_to, o.order_id)
      where told.member_id = i.member_id and first.occurred_at >= i.opens_at
        and first.occurred_at <= coalesce(i.closes_at, 'infinity'))`,
      orders.map((one) => one.member_id),
    ),
  )
}

/** What follows from a new window: these issues alone. */
export async function deriveIssues(
  tx: Tx,
  wanted: readonly { member_id: string; issue_id: string }[],
): Promise<void> {
  if (wanted.length === 0) return
  const ids = wanted.map((one) => one.issue_id)
  const members = wanted.map((one) => one.member_id)
  await derive(tx, await standing(tx, sql`i.issue_id = any (${ids}::uuid[])`, members))
}

/** Every issue of these members: after a merge. */
export async function deriveMembers(tx: Tx, member_ids: readonly string[]): Promise<void> {
  if (member_ids.length > 0) await derive(tx, await standing(tx, sql`true`, member_ids))
}

async function standing(tx: Tx, which: Sql, member_ids: readonly string[]): Promise<Standing[]> {
  return tx.rows<Standing>(sql`
    select i.member_id, i.issue_id, i.offer_id, i.version, o.names, v.rule, i.opens_at, i.closes_at, i.progress,
      i.completed_at, i.completed_order_id, i.completions, i.rewarded_points, m.kind = 'member' as has_purse
    from offer_issues i
    join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
    join offers o on o.offer_id = i.offer_id
    join members m on m.member_id = i.member_id
    where i.member_id = any (${[...new Set(member_ids)]}::uuid[]) and i.opens_at is not null
      and v.rule->'threshold' <> 'null'::jsonb and ${which}
    order by i.member_id, i.issue_id`)
}

interface Change {
  issue: Standing
  decision: Decision
}

/** What follows for these issues from the orders as they stand. */
export async function derive(tx: Tx, issues: readonly Standing[]): Promise<void> {
  if (issues.length === 0) return
  const purchases = await purchasesOf(tx, issues)
  const changes: Change[] = []
  for (const issue of issues) {
    const decision = decide(issue.rule, issue, purchases.get(issue.member_id) ?? [])
    const isSame =
      decision.progress === issue.progress &&
      decision.completed_order_id === issue.completed_order_id &&
      decision.completed_at?.getTime() === issue.completed_at?.getTime()
    if (!isSame) changes.push({ issue, decision })
  }
  if (changes.length === 0) return
  const completed = changes.filter(({ issue, decision }) => decision.completed_at && !issue.completed_at)
  const undone = changes.filter(({ issue, decision }) => !decision.completed_at && issue.completed_at)
  const given = await handOver(
    tx,
    completed.map(({ issue }) => issue),
  )
  const taken = await takeBack(
    tx,
    undone.map(({ issue }) => issue),
  )
  await write(tx, changes, new Map([...given, ...taken]))
  await facts.write(tx, [
    ...completed.map(({ issue, decision }) => ({
      name: 'offer.completed',
      member_id: issue.member_id,
      occurred_at: decision.completed_at!,
      data: {
        offer_id: issue.offer_id,
        issue_id: issue.issue_id,
        version: issue.version,
        order_id: decision.completed_order_id,
        reward: issue.rule.reward,
      },
    })),
    ...undone.map(({ issue }) => ({
      name: 'offer.undone',
      member_id: issue.member_id,
      occurred_at: tx.now,
      data: { offer_id: issue.offer_id, issue_id: issue.issue_id, order_id: issue.completed_order_id },
    })),
  ])
}

async function write(tx: Tx, changes: readonly Change[], rewarded: ReadonlyMap<string, Rewarded>): Promise<void> {
  const ended = changes.map(({ decision }) => decision)
  await tx.run(sql`
    update offer_issues i set progress = one.progress, completed_at = one.completed_at,
      completed_order_id = one.completed_order_id, why = one.why, rewarded_points = one.rewarded_points,
      -- what could not be given is noted until the completion is undone or it is given
      reward_refused = case when (i.completed_at is null) = (one.completed_at is null) then i.reward_refused
        else one.reward_refused end,
      completions = i.completions + (i.completed_at is null and one.completed_at is not null)::int
    from unnest(${changes.map(({ issue }) => issue.member_id)}::uuid[],
      ${changes.map(({ issue }) => issue.issue_id)}::uuid[], ${ended.map((one) => one.progress)}::bigint[],
      ${ended.map((one) => one.completed_at?.toISOString() ?? null)}::timestamptz[],
      ${ended.map((one) => one.completed_order_id)}::uuid[], ${ended.map((one) => JSON.stringify(one.why))}::jsonb[],
      ${changes.map(({ issue }) => rewarded.get(issue.issue_id)?.points ?? issue.rewarded_points)}::bigint[],
      ${changes.map(({ issue }) => rewarded.get(issue.issue_id)?.refused ?? null)}::text[]
    ) as one (member_id, issue_id, progress, completed_at, completed_order_id, why, rewarded_points,
      reward_refused)
    where i.member_id = one.member_id and i.issue_id = one.issue_id`)
}

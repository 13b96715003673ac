/** How tiers are looked at: reads for screens. */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addDays, dayOf } from '../../base/time.ts'
import { calledOff, inForceSql, type ListedVersion } from '../../base/versions.ts'
import * as program from '../../record/program/program.ts'
import { orderKey } from './accounts.ts'
import { lawOf } from './law.ts'
import { storedFor, sumOf, type Amount } from './measures.ts'
import { reviewWindow, ruleAt, start, windowFor, type Held, type Law } from './rules.ts'
import type { Progress, Tier, TierPreview, TierRuleVersion, Why } from './types.ts'

/** A database or a transaction: both know what time it is. */
export type Present = (Db | Tx) & Reader

/** The program's present as this reader knows it. */
export function presentOf(db: Present): Date {
  return typeof db.now === 'function' ? db.now() : db.now
}

interface HeldRow {
  member_id: string
  tier_id: string | null
  since: Date | null
  review_on: string | null
  grace_from: string | null
  cause: string | null
  invitation_id: string | null
  why: Why | null
}

/** What counts for a member: in the window of today, and of it what the review to come will see. */
interface Counted {
  window: { from: string; to: string } | null
  progress: number
  kept: number
}

/**
 * How far members are: their tier, its review, what the window of today counts, what is missing to keep it and to
 * climb.
 */
export async function progressOf(db: Present, member_ids: readonly string[]): Promise<Progress[]> {
  const now = presentOf(db)
  const { time_zone } = await program.current(db)
  const law = await lawOf(db, time_zone)
  const version = ruleAt(law.rules, now)
  const held = await db.rows<HeldRow>(sql`
    select wanted.member_id, tier_id, since, review_on, grace_from, cause, invitation_id, why
    from unnest(${member_ids}::uuid[]) with ordinality as wanted (member_id, nth)
    left join member_tiers held on held.member_id = wanted.member_id
    order by wanted.nth`)
  const counted = version
    ? await countedNow(db, held, { version, today: dayOf(now, time_zone), zone: time_zone })
    : []
  return held.map((row, i) => progressRow(law, version, row, counted[i] ?? { window: null, progress: 0, kept: 0 }))
}

async function countedNow(
  db: Reader,
  held: readonly HeldRow[],
  present: { version: TierRuleVersion; today: string; zone: string },
): Promise<Counted[]> {
  const {
    version: { rule },
    today,
    zone,
  } = present
  const windows = held.map((row) => windowFor(rule, heldOf(row), today))
  const reviews = held.map((row, i) =>
    row.review_on ? reviewWindow(rule, heldOf(row), zone).from : windows[i]!.from,
  )
  const read = await db.rows<{ nth: number } & Amount>(sql`
    select wanted.nth, ${rule.measure.kind === 'orders' ? orderKey : sql`null::text`} as order, progress.measure,
      progress.counted_on as day, sum(progress.amount)::bigint as amount
    from unnest(
      ${held.map((row) => row.member_id)}::uuid[], ${windows.map((window) => window.from)}::date[], ${reviews}::date[]
    ) with ordinality as wanted (member_id, window_from, review_from, nth)
    join tier_progress progress on progress.member_id = wanted.member_id
      and progress.measure = ${storedFor(rule.measure)}::text
      and progress.counted_on between least(window_from, review_from) and ${today}::date
    group by 1, 2, 3, 4`)
  const days = held.map((): Amount[] => [])
  for (const { nth, ...amount } of read) days[nth - 1]!.push(amount)
  return windows.map((window, i) => {
    const sum = sumOf({ days: days[i]! }, rule.measure)
    return { window, progress: sum(window.from, today), kept: sum(reviews[i]!, today) }
  })
}

function heldOf(row: HeldRow): Held {
  return {
    ...start,
    since: row.since,
    review_on: row.review_on,
    grace_from: row.grace_from,
    cause: row.cause === null ? null : { id: row.cause, from_rank: 0, from_since: null, from_review_on: null },
  }
}

function progressRow(law: Law, version: TierRuleVersion | undefined, row: HeldRow, counted: Counted): Progress {
  const tier = law.tiers.find((one) => one.tier_id === row.tier_id) ?? law.tiers[0]
  const thresholds = version?.rule.thresholds ?? {}
  const isClimbed = (one: Tier) => thresholds[one.code] !== undefined && !one.invitation_only
  const next = law.tiers.find((one) => tier && one.rank > tier.rank && isClimbed(one))
  const needed = tier && tier.rank > 0 ? thresholds[tier.code] : undefined
  const short = (threshold: number | undefined, sum: number) =>
    threshold === undefined ? null : Math.max(0, threshold - sum)
  return {
    member_id: row.member_id,
    tier_id: tier?.tier_id ?? null,
    tier_code: tier?.code ?? null,
    tier_names: tier?.names ?? null,
    since: row.since,
    review_on: row.review_on,
    grace_until: row.grace_from && row.review_on ? addDays(row.review_on, -1) : null,
    is_invited: row.invitation_id !== null,
    measure: version?.rule.measure.kind ?? 'spend',
    progress: counted.progress,
    window_from: counted.window?.from ?? null,
    window_to: counted.window?.to ?? null,
    keep_missing: short(needed, counted.kept),
    next_tier_code: next?.code ?? null,
    next_tier_names: next?.names ?? null,
    missing: next ? short(thresholds[next.code], counted.progress) : null,
    why: row.why ?? {
      codes: ['tier.start'],
      params: { tier: tier?.code ?? null },
      rule_version: version?.version ?? null,
    },
  }
}

export type TierRuleRow = TierRuleVersion & ListedVersion

/** Rule versions, newest first; the one in force now is marked. */
export async function ruleVersions(db: Reader, now: Date): Promise<TierRuleRow[]> {
  return db.rows<TierRuleRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('tier_rules', now)} as in_force
    from tier_rules order by version desc`)
}

export async function previewOf(db: Reader, preview_id: string): Promise<TierPreview | undefined> {
  return db.row<TierPreview>(sql`
    select preview_id, status, rule, lower_now, members_total, members_done, totals, error, applied_version,
      applied_done,
      created_at, finished_at
    from tier_rule_previews where preview_id = ${preview_id}::uuid`)
}

export interface MovedRow {
  member_id: string
  display_name: string | null
  from_code: string | null
  to_code: string | null
}

/** Which moves, as the totals count them: up or down the ladder, from one tier, to one; `no_tier` stands for none. */
export interface MovesWanted {
  move?: 'up' | 'down' | undefined
  from?: string | undefined
  to?: string | undefined
}
/** No tier's code: codes begin with a letter. */
export const no_tier = '-'

/** Members whom the proposed rule would move, by member. */
export async function previewMoves(
  db: Reader,
  page: MovesWanted & { preview_id: string; after: string | null; limit: number },
): Promise<MovedRow[]> {
  return db.rows<MovedRow>(sql`
    select moved.member_id, members.display_name, from_tier.code as from_code, to_tier.code as to_code
    from tier_rule_preview_members moved
    left join members on members.member_id = moved.member_id
    left join tiers from_tier on from_tier.tier_id = moved.from_tier_id
    left join tiers to_tier on to_tier.tier_id = moved.to_tier_id
    where preview_id = ${page.preview_id}::uuid and moved.to_tier_id is distinct from moved.from_tier_id
      and (${page.from ?? null}::text is null or coalesce(from_tier.code, ${no_tier}::text) = ${page.from ?? null})
      and (${page.to ?? null}::text is null or coalesce(to_tier.code, ${no_tier}::text) = ${page.to ?? null})
      and case ${page.move ?? null}::text
        when 'up' then to_tier.rank > from_tier.rank
        when 'down' then to_tier.rank < from_tier.rank else true end
      and (${page.after}::uuid is null or moved.member_id > ${page.after}::uuid)
    order by moved.member_id limit ${page.limit}::int`)
}

export type { Tier }

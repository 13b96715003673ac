/** How points are looked at: reads for screens. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { calledOff, inForceSql, type ListedVersion } from '../../base/versions.ts'
import type { Entry, LotRow, PointPreview, PointRuleVersion } from './types.ts'

/** A member's entries, newest first, before a given one. */
export async function entriesOf(
  db: Reader,
  page: { member_id: string; before: { occurred_at: string; entry_id: number } | null; limit: number },
): Promise<Entry[]> {
  return db.rows<Entry>(sql`
    select entry_id, kind, points, debt, lot_id, order_id, source, source_id, corrects, occurred_at, recorded_at, why,
      actor
    from point_entries
    where member_id = ${page.member_id}::uuid and (${page.before === null}::boolean
      or (occurred_at, entry_id) < (${page.before?.occurred_at ?? null}::timestamptz,
        ${page.before?.entry_id ?? null}::bigint))
    order by occurred_at desc, entry_id desc limit ${page.limit}::int`)
}

/** Lots that still hold points, in the order in which they are spent. */
export async function lotsOf(db: Reader, member_id: string): Promise<LotRow[]> {
  return db.rows<LotRow>(sql`
    select lot_id, granted, remaining, status, earned_at, activates_on, expires_on, order_id
    from point_lots where member_id = ${member_id}::uuid and remaining > 0
    order by expires_on nulls last, earned_at, lot_id`)
}

export type PointRuleRow = PointRuleVersion & ListedVersion

/** Rule versions, newest first; the one in force now is marked. */
export async function ruleVersions(db: Reader, now: Date): Promise<PointRuleRow[]> {
  return db.rows<PointRuleRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('point_rules', now)} as in_force
    from point_rules order by version desc`)
}

export async function previewOf(db: Reader, preview_id: string): Promise<PointPreview | undefined> {
  return db.row<PointPreview>(sql`
    select preview_id, status, rule, window_from, members_total, members_done, totals, error, applied_version,
      applied_done,
      created_at, finished_at
    from point_rule_previews where preview_id = ${preview_id}::uuid`)
}

export interface DifferenceRow {
  member_id: string
  display_name: string | null
  orders: number
  points_before: number
  points_change: number
}

/** Members whose points a proposed rule would change, the largest change first; all, who gain or who lose. */
export async function differencesOf(
  db: Reader,
  page: {
    preview_id: string
    change?: 'more' | 'less' | undefined
    after: { size: number; member_id: string } | null
    limit: number
  },
): Promise<DifferenceRow[]> {
  return db.rows<DifferenceRow>(sql`
    select seen.member_id, members.display_name, orders, points_before, points_change
    from point_rule_preview_members seen left join members on members.member_id = seen.member_id
    where preview_id = ${page.preview_id}::uuid and points_change <> 0
      and case ${page.change ?? null}::text when 'more' then points_change > 0 when 'less' then points_change < 0
        else true end
      and (${page.after === null}::boolean
      or (-abs(points_change), seen.member_id) > (-${page.after?.size ?? null}::bigint,
        ${page.after?.member_id ?? null}::uuid))
    order by -abs(points_change), seen.member_id limit ${page.limit}::int`)
}

export interface Overview {
  active: number
  pending: number
  debt: number
  members_active: number
  members_pending: number
  members_debt: number
}

/** What all members hold together, and how many of them. */
export async function overviewOf(db: Reader): Promise<Overview> {
  const found = await db.row<Overview>(sql`
    select coalesce(sum(active), 0)::bigint as active, coalesce(sum(pending), 0)::bigint as pending,
      coalesce(sum(debt), 0)::bigint as debt, count(*) filter (where active > 0) as members_active,
      count(*) filter (where pending > 0) as members_pending, count(*) filter (where debt > 0) as members_debt
    from point_balances`)
  return found!
}

export interface ExpiryMonth {
  first_on: string
  last_on: string
  points: number
  members: number
}

/** What ends next if nobody spends it, by month of the last day. */
export async function nextExpiries(db: Reader, options: { today: string; limit: number }): Promise<ExpiryMonth[]> {
  return db.rows<ExpiryMonth>(sql`
    select min(expires_on) as first_on, max(expires_on) as last_on, sum(remaining)::bigint as points,
      count(distinct member_id) as members
    from point_lots
    where remaining > 0 and status in ('active', 'pending') and expires_on >= ${options.today}::date
    group by date_trunc('month', expires_on) order by 1 limit ${options.limit}::int`)
}

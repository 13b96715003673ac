/** What a member has, counted: what a merge would move and an erasure would leave nameless. Reads only. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { Holdings } from './types.ts'

/** Sums over these members; zeros for who has nothing. */
export async function holdingsOf(db: Reader, member_ids: readonly string[]): Promise<Holdings> {
  const ids = sql`any (${member_ids}::uuid[])`
  const found = await db.row<Holdings>(sql`
    select
      (select count(*) from member_identities where member_id = ${ids})::int as identities,
      (select count(*) from orders where member_id = ${ids} and kind = 'order')::int as orders,
      (select count(*) from order_refunds where member_id = ${ids})::int as refunds,
      (select coalesce(sum(net_minor), 0) from member_statistics where member_id = ${ids})::bigint as net_minor,
      coalesce(points.active, 0)::bigint as active_points, coalesce(points.pending, 0)::bigint as pending_points,
      coalesce(points.debt, 0)::bigint as points_owed,
      (select count(*) from member_consents where member_id = ${ids})::int as consents,
      (select count(*) from member_notes where member_id = ${ids})::int as notes,
      (select count(*) from messages where member_id = ${ids})::int as messages,
      (select count(*) from campaign_members where member_id = ${ids})::int as campaigns,
      (select count(*) from segment_members where member_id = ${ids})::int as lists
    from (
      select sum(active) as active, sum(pending) as pending, sum(debt) as debt
      from point_balances where member_id = ${ids}
    ) points`)
  return found!
}

/** Consents of these members that stand so, each channel and purpose once. */
export async function saidBy(
  db: Reader,
  member_ids: readonly string[],
  status: 'granted' | 'withdrawn',
): Promise<{ channel: string; purpose: string }[]> {
  return db.rows(sql`
    select distinct channel, purpose from member_consents
    where member_id = any (${member_ids}::uuid[]) and status = ${status}::text order by channel, purpose`)
}

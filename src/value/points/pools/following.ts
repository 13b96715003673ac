/** Pools when two accounts become one, and when somebody is forgotten. */
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { moveRows, pairSql, type MergePair } from '../../../record/members/members.ts'
import { passOnHeads } from './pools.ts'
import { source } from './sharing.ts'

/**
 * Memberships of merged members are the kept one's, who stays in their own pool where both are in one: in two at once
 * is nobody.
 */
export async function movePools(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const moved = await tx.rows<{ pool_id: string }>(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from point_pool_members m using pair where m.member_id = pair.merged
      returning m.member_id, m.pool_id, m.joined_at, m.left_at, m.actor, pair.keep
    ),
    kept as (
      insert into point_pool_members (member_id, pool_id, joined_at, left_at, actor)
      select keep, pool_id, joined_at, case
        when left_at is not null then left_at
        when exists (select from point_pool_members own where own.member_id = keep and own.left_at is null)
          or member_id <> first_value(member_id) over (partition by keep, left_at is null order by joined_at, member_id)
        then greatest(joined_at, ${tx.now}::timestamptz) end, actor
      from gone
      -- both joined the one pool in one moment
      on conflict do nothing
    ),
    headed as (
      update point_pools pool set head_id = pair.keep from pair where pool.head_id = pair.merged returning pool.pool_id
    )
    select pool_id from gone where left_at is null union select pool_id from headed`)
  if (moved.length > 0)
    await passOnHeads(
      tx,
      moved.map((row) => row.pool_id),
    )
}

/** What was set aside or lent follows; what both had set aside for one purchase is held by one now. */
export async function moveShares(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [{ table: 'point_pool_shares' }])
  await tx.run(sql`
    with ${pairSql(pairs)}
    update point_pool_shares share set lender_id = pair.keep from pair where share.lender_id = pair.merged`)
  await tx.run(sql`
    with own as materialized (
      select share.member_id, share.share_id, share.source, share.source_id, hold.points, hold.lots, hold.expires_at,
        hold.created_at, hold.actor
      from point_pool_shares share
      join point_holds hold on hold.member_id = share.lender_id and hold.source = ${source}::text
        and hold.source_id = share.share_id::text and hold.status = 'held'
      where share.member_id = any (${pairs.map((pair) => pair.keep)}::uuid[])
        and share.lender_id = share.member_id and share.transfer_id is null
    ),
    freed as (
      update point_holds hold set status = 'released', ended_at = ${tx.now}::timestamptz from own
      where hold.member_id = own.member_id and hold.source = ${source}::text
        and hold.source_id = own.share_id::text
    ),
    gone as (
      delete from point_pool_shares share using own
      where share.member_id = own.member_id and share.share_id = own.share_id
    )
    insert into point_holds as held (member_id, source, source_id, points, lots, status, expires_at, created_at, actor)
    select member_id, source, source_id, sum(points)::bigint,
      (select jsonb_agg(part) from own one cross join lateral jsonb_array_elements(one.lots) as part
        where one.member_id = own.member_id and one.source = own.source and one.source_id = own.source_id),
      'held', min(expires_at), min(created_at), min(actor)
    from own group by member_id, source, source_id
    on conflict (member_id, source, source_id) do update set points = held.points + excluded.points,
      lots = held.lots || excluded.lots`)
}

/** Who is forgotten leaves; what they called their pool is forgotten with them. */
export async function leaveErased(tx: Tx, member_ids: readonly string[]): Promise<void> {
  const left = await tx.rows<{ pool_id: string }>(sql`
    with unnamed as (
      update point_pools set name = '' where head_id = any (${member_ids}::uuid[])
    )
    update point_pool_members set left_at = greatest(joined_at, ${tx.now}::timestamptz)
    where member_id = any (${member_ids}::uuid[]) and left_at is null
    returning pool_id`)
  if (left.length > 0)
    await passOnHeads(
      tx,
      left.map((row) => row.pool_id),
    )
}

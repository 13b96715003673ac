/** `regulars verify` for pools: in plain SQL that shares no statement with the verbs. */
import { sql } from '../../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../../base/verify.ts'

export const poolChecks: VerifyCheck[] = [
  noRows('points.pool_members_in_one', 'nobody is in two pools, and a pool that lives has its head in it', (db) =>
    db.rows(sql`
    select member_id, null::uuid as pool_id from point_pool_members where left_at is null
    group by member_id having count(*) > 1
    union all
    select pool.head_id, pool.pool_id from point_pools pool
    where (pool.ended_at is null) <> exists (select from point_pool_members mate where mate.pool_id = pool.pool_id
      and mate.left_at is null and (pool.ended_at is not null or mate.member_id = pool.head_id))`),
  ),
  noRows('points.pool_lent_is_received', 'what mates lent is what was received, and spent on what it was for', (db) =>
    db.rows(sql`
    select share.member_id, share.share_id, share.points, moved.points as lent, come.points as received,
      spent.points as spent
    from point_pool_shares share
    left join point_transfers moved on moved.member_id = share.lender_id and moved.transfer_id = share.transfer_id
      and moved.to_member_id = share.member_id and moved.fee = 0
    left join lateral (
      select sum(entry.points)::bigint as points from point_entries entry
      where entry.member_id = share.member_id and entry.source = 'transfer'
        and entry.source_id like share.transfer_id || ':%'
    ) come on true
    left join lateral (
      select -sum(part.points)::bigint as points from point_entries entry
      join point_entry_lots part on part.member_id = entry.member_id and part.entry_id = entry.entry_id
      join point_entries lot on lot.member_id = part.member_id and lot.entry_id = part.lot_id
        and lot.source = 'transfer' and lot.source_id like share.transfer_id || ':%'
      where entry.member_id = share.member_id and entry.source = share.source and entry.source_id = share.source_id
        and entry.kind = 'spend'
    ) spent on true
    where share.transfer_id is not null and (share.points, share.points, share.points)
      is distinct from (moved.points, come.points, spent.points)`),
  ),
  noRows('points.pool_given_back', 'what goes back to mates leaves one purse and comes to the other', (db) =>
    db.rows(sql`
    select share.member_id, share.share_id, share.returned, gone.points as gone, come.points as come
    from point_pool_shares share
    left join point_entries gone on gone.member_id = share.member_id and gone.source = 'transfer_back'
      and gone.source_id = share.transfer_id::text
    left join point_entries come on come.member_id = share.lender_id and come.source = 'transfer_back'
      and come.source_id = share.transfer_id::text
    where share.lender_id <> share.member_id and share.transfer_id is not null
      and (coalesce(gone.points, 0), coalesce(come.points, 0)) is distinct from (-share.returned, share.returned)`),
  ),
  noRows('points.pool_shares_are_held', 'what mates set aside is held in their purses until it is lent', (db) =>
    db.rows(sql`
    select share.member_id, share.share_id, share.points, hold.status, hold.points as held
    from point_pool_shares share
    left join point_holds hold on hold.member_id = share.lender_id and hold.source = 'pool'
      and hold.source_id = share.share_id::text
    where share.points is distinct from hold.points
      or (share.transfer_id is not null) is distinct from (hold.status = 'committed')
    union all
    select hold.member_id, null, null, hold.status, hold.points from point_holds hold
    where hold.source = 'pool' and hold.status = 'committed' and not exists (select from point_pool_shares share
      where share.lender_id = hold.member_id and share.share_id::text = hold.source_id)`),
  ),
]

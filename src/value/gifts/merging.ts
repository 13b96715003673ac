/** Gifts follow a merged member to the kept one, and are forgotten as far as they name somebody erased. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { pairSql, type MergePair } from '../../record/members/members.ts'

/**
 * Moves gifts, their deliveries and counts. Where both were given the same (a birthday's gift), the second bears whose
 * it was; counts add up, and what is beyond a limit stays: only the next redemption is refused.
 */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from gifts g using pair where g.member_id = pair.merged
      returning g as row, pair.keep, pair.merged, g.gift_id, g.reason, g.occurrence
    ),
    named as (
      select row, keep, case
        when exists (select from gifts own where own.member_id = keep and own.reason = gone.reason
            and own.occurrence = gone.occurrence)
          or row_number() over (partition by keep, reason, occurrence order by gift_id) > 1
        then occurrence || '/' || merged else occurrence end as occurrence
      from gone
    ),
    sent as (
      delete from gift_deliveries d using pair where d.member_id = pair.merged returning d as row, pair.keep
    ),
    kept_sent as (
      insert into gift_deliveries
      select moved.* from sent
      cross join lateral jsonb_populate_record(sent.row, jsonb_build_object('member_id', sent.keep)) as moved
    )
    insert into gifts
    select moved.* from named
    cross join lateral jsonb_populate_record(named.row,
      jsonb_build_object('member_id', named.keep, 'occurrence', named.occurrence)) as moved`)
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from gift_counts c using pair where c.member_id = pair.merged returning c.*, pair.keep
    )
    insert into gift_counts as counted (member_id, item_id, period, used, allowed)
    select keep, item_id, period, sum(used)::bigint, greatest(max(allowed), sum(used))::bigint
    from gone group by 1, 2, 3
    on conflict (member_id, item_id, period) do update set used = counted.used + excluded.used,
      allowed = greatest(counted.allowed, excluded.allowed, counted.used + excluded.used)`)
}

/** Where gifts were sent and what was noted goes; that something was given stays. */
export async function forget(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const member_ids = facts.map((fact) => fact.member_id)
  await tx.run(sql`
    with sent as (delete from gift_deliveries where member_id = any (${member_ids}::uuid[]))
    update gifts set note = null where member_id = any (${member_ids}::uuid[]) and note is not null`)
}

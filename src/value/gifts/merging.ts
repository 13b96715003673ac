/** Gifts follow a merged member to the kept one, and are forgotten as far as they name somebody erased. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'

/**
 * Moves gifts, their deliveries and counts. Where both were given the same (a birthday's gift), the second bears whose
 * it was; counts add up, and what is beyond a limit stays: only the next redemption is refused.
 */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [
    { table: 'gifts', unique: ['reason'], rename: 'occurrence' },
    { table: 'gift_deliveries' },
  ])
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

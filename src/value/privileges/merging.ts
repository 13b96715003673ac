/** Grants and uses follow a merged member; what both used in one period is added up. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'

export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [
    { table: 'privilege_grants', unique: ['source'], rename: 'source_id' },
    { table: 'privilege_uses', unique: ['source'], rename: 'source_id' },
  ])
  // together they may have used more than one may: what was used stands, and the quota of that period with it
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from privilege_counts c using pair where c.member_id = pair.merged
      returning pair.keep, c.privilege_id, c.period, c.used, c.quota
    ), summed as (
      select keep, privilege_id, period, sum(used)::int as used, max(quota) as quota from gone
      group by keep, privilege_id, period
    )
    insert into privilege_counts as held (member_id, privilege_id, period, used, quota)
    select keep, privilege_id, period, used, case when quota is not null then greatest(quota, used) end from summed
    on conflict (member_id, privilege_id, period) do update set used = held.used + excluded.used,
      quota = case when held.quota is not null then greatest(held.quota, held.used + excluded.used) end`)
}

/** What staff wrote beside a grant or an undoing may name the person. */
export async function forgetNotes(tx: Tx, erased: readonly Fact[]): Promise<void> {
  const member_ids = erased.map((fact) => fact.member_id)
  await tx.run(sql`
    with grants as (
      update privilege_grants set note = null, source_id = grant_id::text where member_id = any (${member_ids}::uuid[])
    )
    update privilege_uses set source_id = use_id::text,
      undone_reason = case when undone_reason is not null then '' end
    where member_id = any (${member_ids}::uuid[])`)
}

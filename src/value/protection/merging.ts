/** What was given back follows a merged member to the kept one; nothing of it names a person. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'

/** Counts add up, and what is beyond a limit stays: only the next difference finds nothing left. */
export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await moveRows(tx, pairs, [{ table: 'protections' }])
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from protection_counts c using pair where c.member_id = pair.merged returning c.*, pair.keep
    )
    insert into protection_counts as counted (member_id, period, given_minor, allowed_minor)
    select keep, period, sum(given_minor)::bigint, greatest(max(allowed_minor), sum(given_minor))::bigint
    from gone group by 1, 2
    on conflict (member_id, period) do update set given_minor = counted.given_minor + excluded.given_minor,
      allowed_minor = greatest(counted.allowed_minor, excluded.allowed_minor,
        counted.given_minor + excluded.given_minor)`)
}

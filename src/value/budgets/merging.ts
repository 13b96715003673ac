/** Promises follow a merged member to the kept one. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { pairSql, type MergePair } from '../../record/members/members.ts'

/** Moves entries; where both had a promise of the same name, the second bears whose it was. */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from budget_entries e using pair where e.member_id = pair.merged
      returning e.*, pair.keep, pair.merged
    )
    insert into budget_entries (member_id, entry_id, budget_id, kind, reserved_minor, spent_minor, source, source_id,
      at, actor)
    overriding system value
    select keep, entry_id, budget_id, kind, reserved_minor, spent_minor, source, case
        when exists (select from budget_entries own where own.member_id = keep and own.budget_id = gone.budget_id
            and own.source = gone.source and own.source_id = gone.source_id)
          or exists (select from gone other where other.keep = gone.keep and other.merged < gone.merged
            and other.budget_id = gone.budget_id and other.source = gone.source and other.source_id = gone.source_id)
        then source_id || '/' || merged else source_id end, at, actor
    from gone`)
}

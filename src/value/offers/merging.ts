/** Offers follow a merged member to the kept one, and are counted again over the orders of both. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { pairSql, type MergePair } from '../../record/members/members.ts'
import { deriveMembers } from './following.ts'

/** Moves the issues. The same cause may have issued to both: the second bears whose it was. */
export async function followMerged(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from offer_issues i using pair where i.member_id = pair.merged
      returning i as row, pair.keep, pair.merged, i.source, i.source_id, i.issue_id
    ),
    named as (
      select row, keep, case
        when exists (select from offer_issues own where own.member_id = keep and own.source = gone.source
            and own.source_id = gone.source_id)
          or row_number() over (partition by keep, gone.source, gone.source_id order by issue_id) > 1
        then source_id || '/' || merged else source_id end as source_id
      from gone
    )
    insert into offer_issues
    select moved.* from named
    cross join lateral jsonb_populate_record(named.row,
      jsonb_build_object('member_id', named.keep, 'source_id', named.source_id)) as moved`)
  await deriveMembers(tx, [...new Set(pairs.map((pair) => pair.keep))])
}

/** By what an issue is named outside may say who it was for. */
export async function forgetSources(tx: Tx, erased: readonly Fact[]): Promise<void> {
  const member_ids = erased.map((fact) => fact.member_id)
  await tx.run(sql`
    update offer_issues set source_id = issue_id::text where member_id = any (${member_ids}::uuid[])`)
}

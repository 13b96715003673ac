/** Lists kept by hand follow a merged member to the kept one, and forget the erased. */
import type { BoundHearer } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { memberErased, memberMerged, mergedPairs, pairSql } from '../../record/members/members.ts'

export const bound: BoundHearer[] = [
  {
    module: 'segments',
    names: [memberMerged],
    hear: async (tx, facts) => {
      await tx.run(sql`
        with ${pairSql(mergedPairs(facts))},
        gone as (
          delete from segment_members s using pair where s.member_id = pair.merged
          returning pair.keep, s.segment_id, s.added_at
        )
        insert into segment_members (member_id, segment_id, added_at)
        select keep, segment_id, min(added_at) from gone group by keep, segment_id
        on conflict do nothing`)
    },
  },
  {
    module: 'segments',
    names: [memberErased],
    hear: async (tx, facts) => {
      await tx.run(sql`
        delete from segment_members where member_id = any (${facts.map((fact) => fact.member_id)}::uuid[])`)
    },
  },
]

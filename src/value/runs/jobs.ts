/** Whoever is merged is given theirs as the kept one, once; whoever is erased is given nothing. */
import type { BoundHearer } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { memberErased, memberMerged, mergedPairs, pairSql } from '../../record/members/members.ts'

export const bound: BoundHearer[] = [
  {
    module: 'runs',
    names: [memberMerged],
    hear: async (tx, facts) => {
      await tx.run(sql`
        with ${pairSql(mergedPairs(facts))},
        gone as (
          delete from member_run_members r using pair where r.member_id = pair.merged returning r.run_id, pair.keep
        )
        insert into member_run_members (run_id, member_id) select distinct run_id, keep from gone
        on conflict do nothing`)
    },
  },
  {
    module: 'runs',
    names: [memberErased],
    hear: async (tx, facts) => {
      const gone = facts.map((fact) => fact.member_id)
      await tx.run(sql`delete from member_run_members where member_id = any (${gone}::uuid[])`)
    },
  },
]

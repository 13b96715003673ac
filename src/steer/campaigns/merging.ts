/** Who was in a campaign stays in it under the kept member's name. */
import type { BoundHearer } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { memberMerged, mergedPairs, pairSql } from '../../record/members/members.ts'

/**
 * One person who stood on both sides of a draw, mailed in one name and left out in the other, is on neither: what they
 * bought says nothing about the message.
 */
export const bound: BoundHearer[] = [
  {
    module: 'campaigns',
    names: [memberMerged],
    hear: async (tx, facts) => {
      await tx.run(sql`
        with ${pairSql(mergedPairs(facts))},
        gone as (
          delete from campaign_members c using pair where c.member_id = pair.merged
          returning pair.keep, c.campaign_id, c.arm, c.reason, coalesce(c.drawn_as, c.member_id) as drawn_as
        ),
        one as (
          select keep, campaign_id, case when count(distinct arm) = 1 then min(arm) else 'refused' end as arm,
            case when count(distinct arm) = 1 then min(reason) else 'merged' end as reason,
            (array_agg(drawn_as order by drawn_as))[1] as drawn_as
          -- refused in one name says nothing about the draw of the other
          from (select *, bool_or(arm <> 'refused') over (partition by keep, campaign_id) as is_drawn from gone) each
          where not is_drawn or arm <> 'refused'
          group by keep, campaign_id
        )
        insert into campaign_members as own (member_id, campaign_id, arm, reason, drawn_as)
        select keep, campaign_id, arm, reason, drawn_as from one
        on conflict (member_id, campaign_id) do update set
          arm = case when own.arm = 'refused' and own.reason is distinct from 'merged' then excluded.arm
            else 'refused' end,
          reason = case when own.arm = 'refused' and own.reason is distinct from 'merged' then excluded.reason
            else 'merged' end,
          drawn_as = case when own.arm = 'refused' and own.reason is distinct from 'merged' then excluded.drawn_as
            else own.drawn_as end
        where own.arm <> excluded.arm and (excluded.arm <> 'refused' or excluded.reason = 'merged')`)
    },
  },
]

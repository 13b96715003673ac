/** What joining does by itself: forgets attempts, follows merged and erased members. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { memberErased, memberMerged, mergedPairs, pairSql, type ErasedContext } from '../../record/members/members.ts'
import { forget, sweepAttempts } from './attempts.ts'

export const jobs: Jobs = {
  'joining.sweep': async (_payload, { db, actor, now }) => {
    await db.tx({ actor, now }, sweepAttempts)
  },
}

export const bound: BoundHearer[] = [
  {
    module: 'joining',
    names: [memberMerged],
    hear: async (tx, facts) => {
      // what either was asked is not asked again; an answer counts before a skip
      await tx.run(sql`
        with ${pairSql(mergedPairs(facts))},
        gone as (
          delete from joining_answers a using pair where a.member_id = pair.merged
          returning pair.keep, a.step_id, a.state, a.at
        )
        insert into joining_answers as held (member_id, step_id, state, at)
        select distinct on (keep, step_id) keep, step_id, state, at from gone order by keep, step_id, state, at
        on conflict (member_id, step_id) do update set state = least(held.state, excluded.state)`)
    },
  },
  {
    module: 'joining',
    names: [memberErased],
    hear: async (tx, facts) => {
      const member_ids = facts.map((fact) => fact.member_id)
      const texts = facts.flatMap(({ context }) => (context as ErasedContext | undefined)?.texts ?? [])
      await forget(tx, member_ids, [...new Set(texts)])
      await tx.run(sql`delete from joining_answers where member_id = any (${member_ids}::uuid[])`)
    },
  },
]

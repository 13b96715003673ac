/** Clock work: forget sessions, links and failures that are over. Of members merged or erased: the audit follows. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { sweepSignIns } from './staff.ts'

export const jobs: Jobs = {
  'sign_ins.sweep': async (_payload, { db, actor, now }) => {
    await db.tx({ actor, now }, (tx) => sweepSignIns(tx))
  },
}

/** Personal values of the audit follow a merged member, so that they are found when the kept one is erased. */
export const bound: BoundHearer[] = [
  {
    module: 'staff',
    names: ['member.merged'],
    hear: async (tx, facts) => {
      const gone = facts.map((fact) => String(fact.data['merged_id']))
      await tx.run(sql`
        with pair as (
          select * from unnest(${gone}::uuid[], ${facts.map((fact) => fact.member_id)}::uuid[]) as pair (merged, keep)
        )
        update staff_audit_personal p set member_id = pair.keep from pair where p.member_id = pair.merged`)
      await tx.run(sql`delete from staff_last_seen where noun = 'members' and noun_id = any (${gone}::text[])`)
    },
  },
  {
    module: 'staff',
    names: ['member.erased'],
    hear: async (tx, facts) => {
      const gone = facts.map((fact) => fact.member_id)
      await tx.run(sql`delete from staff_audit_personal where member_id = any (${gone}::uuid[])`)
      await tx.run(sql`delete from staff_last_seen where noun = 'members' and noun_id = any (${gone}::text[])`)
    },
  },
]

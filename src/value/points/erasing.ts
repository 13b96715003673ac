import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { leaveErased } from './pools/following.ts'

/**
 * What a person of the staff wrote as a reason may name the erased; the points and their kind of why stay. Who is
 * forgotten shares with nobody any more.
 */
export async function forgetReasons(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const member_ids = facts.map((fact) => fact.member_id)
  await leaveErased(tx, member_ids)
  // what somebody wrote to whom they gave points, and to the other of the two
  await tx.run(sql`
    with told as (
      update point_transfers set note = ''
      where (member_id = any (${member_ids}::uuid[]) or to_member_id = any (${member_ids}::uuid[])) and note <> ''
      returning member_id, to_member_id, transfer_id::text as transfer_id
    )
    update point_entries entry set why = jsonb_set(why, '{params,reason}', '""')
    from told where entry.member_id in (told.member_id, told.to_member_id) and entry.source = 'transfer'
      and split_part(entry.source_id, ':', 1) = told.transfer_id`)
  await tx.run(sql`
    update point_entries set why = jsonb_set(why, '{params,reason}', '""')
    where member_id = any (${member_ids}::uuid[]) and why->'params' ? 'reason'`)
}

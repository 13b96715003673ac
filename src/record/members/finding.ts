/** Who is meant, without making or changing anybody: for quotes and look-ups. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../program/program.ts'
import { identitiesOf } from './rules.ts'
import type { MemberRef } from './types.ts'

export interface Found {
  member_id: string
  kind: string
}

/**
 * The people a reference leads to: none, one, or several when its parts belong to different people. Merged members
 * lead to their survivor, erased ones to nobody. `unreadable`: parts that are no phone, e-mail or card.
 */
export async function find(
  db: Reader,
  ref: MemberRef,
): Promise<{ found: Found[]; unreadable: { code: string; params: Record<string, unknown> }[] }> {
  const { default_country } = await program.current(db)
  const { identities, unreadable } = identitiesOf(ref, default_country)
  const found = await db.rows<Found>(sql`
    with met as (
      select member_id from unnest(${identities.map((one) => one.value)}::text[],
        ${identities.map((one) => one.kind)}::text[]) as asked (value, kind)
      join member_identities owned on owned.value = asked.value and owned.kind = asked.kind
      union
      select member_id from members where member_id = ${ref.member_id ?? null}::uuid
    )
    select distinct survivor.member_id, survivor.kind
    from met join members m on m.member_id = met.member_id
    join members survivor on survivor.member_id = coalesce(m.merged_into, m.member_id)
    where survivor.erased_at is null and survivor.kind <> 'walk_in'`)
  return { found, unreadable }
}

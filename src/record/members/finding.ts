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

/** The people a reference leads to, and its parts that are no phone, e-mail or card. */
export interface FoundBy {
  found: Found[]
  unreadable: { code: string; params: Record<string, unknown> }[]
}

/**
 * The people each reference leads to, in order: none, one, or several when its parts belong to different people. Merged
 * members lead to their survivor, erased ones to nobody.
 */
export async function find(db: Reader, refs: readonly MemberRef[]): Promise<FoundBy[]> {
  if (refs.length === 0) return []
  const { default_country } = await program.current(db)
  const read = refs.map((ref) => identitiesOf(ref, default_country))
  const asked = read.flatMap(({ identities }, i) => identities.map((one) => ({ ...one, nth: i + 1 })))
  const rows = await db.rows<Found & { nth: number }>(sql`
    with met as (
      select asked.nth, member_id from unnest(${asked.map((one) => one.nth)}::int[],
        ${asked.map((one) => one.value)}::text[], ${asked.map((one) => one.kind)}::text[]) as asked (nth, value, kind)
      join member_identities owned on owned.value = asked.value and owned.kind = asked.kind
      union
      select nth::int, asked.member_id from unnest(${refs.map((ref) => ref.member_id ?? null)}::uuid[])
        with ordinality as asked (member_id, nth)
      where asked.member_id is not null
    )
    select distinct met.nth, survivor.member_id, survivor.kind
    from met join members m on m.member_id = met.member_id
    join members survivor on survivor.member_id = coalesce(m.merged_into, m.member_id)
    where survivor.erased_at is null and survivor.kind <> 'walk_in'`)
  const answers: FoundBy[] = read.map(({ unreadable }) => ({ found: [], unreadable }))
  for (const { nth, member_id, kind } of rows) answers[nth - 1]!.found.push({ member_id, kind })
  return answers
}

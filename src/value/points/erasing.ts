import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'

/** What a person of the staff wrote as a reason may name the erased; the points and their kind of why stay. */
export async function forgetReasons(tx: Tx, facts: readonly Fact[]): Promise<void> {
  await tx.run(sql`
    update point_entries set why = jsonb_set(why, '{params,reason}', '""')
    where member_id = any (${facts.map((fact) => fact.member_id)}::uuid[]) and why->'params' ? 'reason'`)
}

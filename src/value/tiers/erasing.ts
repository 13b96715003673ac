/** What people wrote about an erased member goes; what was given stays in the books. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'

export async function forget(tx: Tx, erased: readonly Fact[]): Promise<void> {
  const member_ids = erased.map((fact) => fact.member_id)
  await Promise.all([
    tx.run(sql`
      update tier_progress set reason = null where member_id = any (${member_ids}::uuid[]) and reason is not null`),
    tx.run(sql`
      update tier_invitations set note = null where member_id = any (${member_ids}::uuid[]) and note is not null`),
  ])
}

/** Who brought whom. */
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'

/** Notes who brought each new member, once for ever: the first who did stays, and nobody brings themselves. */
export async function refer(tx: Tx, pairs: readonly { member_id: string; referred_by: string }[]): Promise<void> {
  const rows = await tx.rows<{ member_id: string; referred_by: string }>(sql`
    update members m set referred_by = one.referred_by, updated_at = ${tx.now}::timestamptz
    from unnest(${pairs.map((one) => one.member_id)}::uuid[], ${pairs.map((one) => one.referred_by)}::uuid[])
      as one (member_id, referred_by)
    where m.member_id = one.member_id and m.referred_by is null and one.referred_by <> one.member_id
    returning m.member_id, m.referred_by`)
  await facts.write(
    tx,
    rows.map(({ member_id, referred_by }) => ({
      name: 'member.referred',
      member_id,
      occurred_at: tx.now,
      data: { referred_by },
    })),
  )
}

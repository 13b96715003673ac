import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'

/**
 * Locks members' balances, in sorted order, for a caller above who decides by what they hold before spending it.
 * Whoever also locks rows of its own locks these first: then nobody waits in a circle. When a member was last seen to
 * never goes back, whose clock ever it was: by it is proved that what is held is there.
 */
export async function lock(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    insert into point_balances (member_id, updated_at)
    select member_id, ${tx.now}::timestamptz from unnest(${[...new Set(member_ids)].sort()}::uuid[]) member_id
    on conflict (member_id) do update set updated_at = greatest(point_balances.updated_at, excluded.updated_at)`)
}

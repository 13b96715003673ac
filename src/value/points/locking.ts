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

/**
 * The same with all who share a pool with them, in the same one statement: for a caller whose members may borrow.
 * Answers who is locked; who joins a pool meanwhile is not among them, and lends nothing this time.
 */
export async function lockWithMates(tx: Tx, member_ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    insert into point_balances (member_id, updated_at)
    select member_id, ${tx.now}::timestamptz from (
      select member_id from unnest(${member_ids}::uuid[]) member_id
      union
      select mate.member_id from point_pool_members mine
      join point_pool_members mate on mate.pool_id = mine.pool_id and mate.left_at is null
      where mine.member_id = any (${member_ids}::uuid[]) and mine.left_at is null
    ) one order by member_id
    on conflict (member_id) do update set updated_at = greatest(point_balances.updated_at, excluded.updated_at)
    returning member_id`)
  return new Set(rows.map((row) => row.member_id))
}

/** Locks who spends with all who lent points for it, or set some aside; `also` whoever else is to be locked. */
export async function lockWithLenders(
  tx: Tx,
  spends: readonly { member_id: string; source: string; source_id: string }[],
  also: readonly string[] = [],
): Promise<Set<string>> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    with spend as materialized (
      select * from unnest(${spends.map((one) => one.member_id)}::uuid[], ${spends.map((one) => one.source)}::text[],
        ${spends.map((one) => one.source_id)}::text[]) as spend (member_id, source, source_id)
    )
    insert into point_balances (member_id, updated_at)
    select member_id, ${tx.now}::timestamptz from (
      select member_id from spend
      union
      select member_id from unnest(${also}::uuid[]) member_id
      union
      select share.lender_id from spend join point_pool_shares share on share.member_id = spend.member_id
        and share.source = spend.source and share.source_id = spend.source_id
    ) one order by member_id
    on conflict (member_id) do update set updated_at = greatest(point_balances.updated_at, excluded.updated_at)
    returning member_id`)
  return new Set(rows.map((row) => row.member_id))
}

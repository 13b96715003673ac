/** What members may spend with their pools. Who is in none is told so by what is read anyway. */
import type { Db, Reader, Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { begunAt, lastToCome } from '../../../base/versions.ts'
import { balancesOf, type PooledBalance } from '../balances.ts'
import type { Pooled } from './types.ts'

/** Whom a member may borrow from under the rule in force. */
export interface Mates {
  member_id: string
  pool_id: string
  mates: string[]
}

/** Mates of those who may borrow; nothing for who is in no pool, or may not spend what others hold. One statement. */
export async function matesOf(db: Reader, member_ids: readonly string[], now: Date): Promise<Map<string, Mates>> {
  const rows = await db.rows<Mates>(sql`
    select mine.member_id, mine.pool_id, array_agg(mate.member_id order by mate.member_id) as mates
    from point_pool_members mine
    join point_pools pool on pool.pool_id = mine.pool_id
    join point_pool_members mate on mate.pool_id = mine.pool_id and mate.left_at is null
      and mate.member_id <> mine.member_id
    cross join (select rule from point_pool_rules where ${begunAt(now)} order by ${lastToCome} limit 1) as law
    where mine.member_id = any (${member_ids}::uuid[]) and mine.left_at is null
      and (law.rule->>'is_on')::boolean
      and (law.rule->>'spenders' = 'everyone' or pool.head_id = mine.member_id)
    group by 1, 2`)
  return new Map(rows.map((row) => [row.member_id, row]))
}

/**
 * Balances in the order asked, each with what mates could lend now. Two statements more when somebody is in a pool,
 * none otherwise. Who owes borrows nothing.
 */
export async function spendableOf(db: Db | Tx, member_ids: readonly string[]): Promise<(PooledBalance & Pooled)[]> {
  const balances = await balancesOf(db, member_ids)
  const asking = balances.filter(({ pool_id, debt }) => pool_id !== null && debt === 0)
  if (asking.length === 0) return balances.map((balance) => ({ ...balance, pooled: 0 }))
  const now = typeof db.now === 'function' ? db.now() : db.now
  const mates = await matesOf(
    db,
    asking.map((balance) => balance.member_id),
    now,
  )
  const lenders = await balancesOf(db, [...new Set([...mates.values()].flatMap((one) => one.mates))])
  const availableOf = new Map(lenders.map(({ member_id, available }) => [member_id, available]))
  return balances.map((balance) => {
    const asked = balance.debt === 0 ? (mates.get(balance.member_id)?.mates ?? []) : []
    return { ...balance, pooled: asked.reduce((sum, mate) => sum + (availableOf.get(mate) ?? 0), 0) }
  })
}

/** What members hold and may spend, as the ledger stands. */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import type { Balance } from './types.ts'

export interface PooledBalance extends Balance {
  /** null: in no pool. */
  pool_id: string | null
}

/**
 * Balances, in the order asked; zeros for who has none. As the ledger stands: points whose last day is over but
 * which clock work has not yet let expire are left out, those whose day has come count as active. Who owes holds only
 * what is held, and what a hold left free whose end clock work has not seen: that pays the debt before anything else.
 */
export async function balanceOf(db: Db | Tx, member_ids: readonly string[]): Promise<Balance[]> {
  return (await balancesOf(db, member_ids)).map(({ pool_id: _pool, ...balance }) => balance)
}

/** The same, each with the pool that the member is in: known at no statement more. */
export async function balancesOf(db: Db | Tx, member_ids: readonly string[]): Promise<PooledBalance[]> {
  const { time_zone } = await program.current(db)
  const now = typeof db.now === 'function' ? db.now() : db.now
  return balancesAt(db, member_ids, { now, today: dayOf(now, time_zone) })
}

async function balancesAt(
  db: Reader,
  member_ids: readonly string[],
  { now, today }: { now: Date; today: string },
): Promise<PooledBalance[]> {
  return db.rows<PooledBalance>(sql`
    select wanted.member_id,
      coalesce(balance.active, 0) + coalesce(due.activated, 0) - coalesce(due.ended, 0) as active,
      coalesce(balance.pending, 0) - coalesce(due.activated, 0) as pending,
      coalesce(held.points, 0) as held,
      greatest(0, coalesce(balance.active, 0) + coalesce(due.activated, 0) - coalesce(due.ended, 0)
        - coalesce(held.points, 0) - coalesce(balance.debt, 0)) as available,
      coalesce(balance.debt, 0) as debt, coalesce(balance.earned_total, 0) as earned_total,
      coalesce(balance.spent_total, 0) as spent_total,
      coalesce(balance.expired_total, 0) + coalesce(due.ended, 0) as expired_total,
      case when due.ended > 0 then due.next_expiry_on else balance.next_expiry_on end as next_expiry_on,
      pool.pool_id
    from unnest(${member_ids}::uuid[]) with ordinality as wanted (member_id, nth)
    left join point_balances balance on balance.member_id = wanted.member_id
    left join point_pool_members pool on pool.member_id = wanted.member_id and pool.left_at is null
    left join lateral (
      select sum(remaining) filter (where status = 'pending' and activates_on <= ${today}::date)::bigint as activated,
        sum(remaining) filter (where expires_on < ${today}::date)::bigint as ended,
        min(expires_on) filter (where expires_on >= ${today}::date) as next_expiry_on
      from point_lots lot
      where lot.member_id = wanted.member_id and lot.remaining > 0
        and (balance.pending > 0 or balance.next_expiry_on < ${today}::date)
    ) due on true
    left join lateral (
      -- what is held of a lot whose last day is over is in no balance: it takes nothing from what is available
      select sum(claim.points - case when lot.expires_on < ${today}::date then least(lot.remaining, claim.points)
        else 0 end)::bigint as points
      from (
        select part.lot_id, sum(part.points)::bigint as points
        from point_holds hold cross join lateral jsonb_to_recordset(hold.lots) as part (lot_id bigint, points bigint)
        where hold.member_id = wanted.member_id and hold.status = 'held'
          and hold.expires_at > greatest(${now}::timestamptz, balance.updated_at)
        group by part.lot_id
      ) claim
      left join point_lots lot on lot.member_id = wanted.member_id and lot.lot_id = claim.lot_id
    ) held on true
    order by wanted.nth`)
}

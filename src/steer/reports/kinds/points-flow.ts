import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { addDays } from '../../../base/time.ts'
import type { PointsFlow } from '../types.ts'

/**
 * Points earned, brought along from an earlier program (no earning of ours), spent, expired and taken back, month by
 * month; and what is still owed. Liability = points members hold × what a point is worth when spent (breakage not
 * deducted: the cautious reading of IFRS 15).
 */
export async function pointsFlow(
  db: Reader,
  options: { today: string; zone: string; point_value_minor: number },
): Promise<PointsFlow> {
  const months = await db.rows<PointsFlow['months'][number]>(sql`
    select to_char(occurred_at at time zone ${options.zone}::text, 'YYYY-MM') as month,
      coalesce(sum(points) filter (where kind in ('earn', 'restore') or (kind = 'adjust' and points > 0)),
        0)::bigint as earned,
      coalesce(sum(points) filter (where kind = 'open'), 0)::bigint as opened,
      coalesce(-sum(points) filter (where kind = 'spend'), 0)::bigint as spent,
      coalesce(-sum(points) filter (where kind = 'expire'), 0)::bigint as expired,
      coalesce(-sum(points) filter (where kind = 'reverse' or (kind = 'adjust' and points < 0)), 0)::bigint as reversed
    from point_entries group by 1 order by 1`)
  const owed = await db.row<{ active: number; pending: number }>(sql`
    select coalesce(sum(active), 0)::bigint as active, coalesce(sum(pending), 0)::bigint as pending
      from point_balances`)
  const by_age = await db.rows<PointsFlow['by_age'][number]>(sql`
    select to_char(earned_at at time zone ${options.zone}::text, 'YYYY-MM') as earned_month,
      sum(remaining)::bigint as remaining,
      coalesce(sum(remaining) filter (where expires_on <= ${addDays(options.today, 90)}::date), 0)::bigint
        as expires_within_90_days
    from point_lots where status in ('active', 'pending') and remaining > 0
    group by 1 order by 1`)
  const outstanding = (owed?.active ?? 0) + (owed?.pending ?? 0)
  return {
    months,
    outstanding,
    pending: owed?.pending ?? 0,
    point_value_minor: options.point_value_minor,
    liability_minor: Math.round(outstanding * options.point_value_minor),
    by_age,
  }
}

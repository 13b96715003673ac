import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { Repurchase } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/**
 * Of the members whose first purchase lies at least `within_days` back, how many bought again within that time; and
 * the median of members' usual intervals. Same-day purchases are one purchase.
 */
export async function repurchase(db: Reader, options: { within_days: number; today: string }): Promise<Repurchase> {
  const months = await db.rows<{ month: string; eligible: number; again: number }>(sql`
    with days as (
      select o.member_id, o.ordered_on, min(o.ordered_on) over (partition by o.member_id) as first_on
      from orders o join members m on m.member_id = o.member_id and ${living}
      where o.counts and o.net_minor > o.refunded_minor
      group by o.member_id, o.ordered_on
    ), buyers as (
      select member_id, first_on, bool_or(ordered_on > first_on
        and ordered_on <= first_on + ${options.within_days}::int) as again
      from days group by member_id, first_on
    )
    select to_char(first_on, 'YYYY-MM') as month, count(*)::int as eligible, (count(*) filter (where again))::int
      as again
    from buyers where first_on <= ${options.today}::date - ${options.within_days}::int
    group by 1 order by 1`)
  const interval = await db.row<{ median: number | null }>(sql`
    select percentile_cont(0.5) within group (order by usual_interval_days::float8) as median
    from member_statistics where usual_interval_days is not null`)
  const eligible = months.reduce((sum, month) => sum + month.eligible, 0)
  const again = months.reduce((sum, month) => sum + month.again, 0)
  return {
    within_days: options.within_days,
    eligible,
    again,
    rate: eligible > 0 ? again / eligible : null,
    median_interval_days: interval?.median ?? null,
    by_month: months.map((month) => ({ ...month, rate: month.eligible > 0 ? month.again / month.eligible : null })),
  }
}

import type { Reader } from '../../../base/db.ts'
import { costMinor } from '../../../base/money.ts'
import { sql } from '../../../base/sql.ts'
import * as gifts from '../../../value/gifts/gifts.ts'
import type { Given } from '../types.ts'

/**
 * What was given in a range of days, by reason: how many gifts to how many members, what they paid, and what it cost.
 * What was cancelled is left out: its points, stock and budget went back. Costs are those of the day of giving. A
 * coupon at 0 has no cost that is known, unless the brand itself has said that it costs nothing.
 */
export async function given(db: Reader, range: { from: string; to: string; zone: string }): Promise<Given> {
  const reasons = await db.rows<Given['reasons'][number]>(sql`
    select reason, kind, count(*) as gifts, count(distinct member_id) as members,
      sum(paid_points)::bigint as paid_points, sum(paid_minor)::bigint as paid_minor,
      sum(cost_minor)::float8 as cost_minor, count(*) filter (where ${gifts.isCostUnknown}) as unknown_cost
    from gifts gift
    where status <> 'cancelled'
      and given_at >= (${range.from}::date)::timestamp at time zone ${range.zone}::text
      and given_at < (${range.to}::date + 1)::timestamp at time zone ${range.zone}::text
    group by reason, kind order by cost_minor desc, reason, kind`)
  const total = await db.row<{ gifts: number; members: number }>(sql`
    select count(*) as gifts, count(distinct member_id) as members from gifts
    where status <> 'cancelled'
      and given_at >= (${range.from}::date)::timestamp at time zone ${range.zone}::text
      and given_at < (${range.to}::date + 1)::timestamp at time zone ${range.zone}::text`)
  const cost_minor = costMinor(reasons.reduce((sum, row) => sum + row.cost_minor, 0))
  return { reasons, gifts: total!.gifts, members: total!.members, cost_minor, from: range.from, to: range.to }
}

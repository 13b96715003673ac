import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { addDays } from '../../../base/time.ts'
import type { Ours } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/** Sales are compared over a year, so that seasons do not decide. */
const salesDays = 365

/**
 * Members who are really yours: reachable (consent given on a channel whose address they have, not suppressed) and
 * buying within their own rhythm (state new, active or back); and the share of a year's net sales that they bring.
 */
export async function ours(db: Reader, today: string): Promise<Ours> {
  const from = addDays(today, -salesDays)
  const row = await db.row<Omit<Ours, 'sales_share' | 'from' | 'to'>>(sql`
    with people as (
      select m.member_id, exists (
          select from member_consents c
          where c.member_id = m.member_id and c.status = 'granted' and c.purpose = 'marketing'
            and case c.channel when 'email' then m.email is not null when 'sms' then m.phone is not null else true end
            and not exists (select from member_suppressions s where s.member_id = m.member_id and s.channel = c.channel)
        ) as reachable,
        coalesce(s.state in ('new', 'active', 'back'), false) as within_rhythm
      from members m left join member_statistics s on s.member_id = m.member_id
      where ${living}
    ), sales as (
      select o.member_id, sum(o.net_minor - o.refunded_minor)::bigint as net_minor
      from orders o where o.counts and o.ordered_on > ${from}::date and o.ordered_on <= ${today}::date
      group by o.member_id
    )
    select count(people.member_id)::int as members,
      (count(*) filter (where reachable))::int as reachable,
      (count(*) filter (where within_rhythm))::int as within_rhythm,
      (count(*) filter (where reachable and within_rhythm))::int as ours,
      coalesce(sum(sales.net_minor), 0)::bigint as sales_minor,
      coalesce(sum(sales.net_minor) filter (where reachable and within_rhythm), 0)::bigint as ours_sales_minor
    from people full join sales on sales.member_id = people.member_id`)
  return {
    ...row!,
    sales_share: row!.sales_minor > 0 ? row!.ours_sales_minor / row!.sales_minor : null,
    from,
    to: today,
  }
}

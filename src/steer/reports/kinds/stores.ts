import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { StoreRow } from '../types.ts'

/**
 * By store and period: member share = net sales to members ÷ all net sales. Joining rate = people who joined there ÷
 * (those + purchases there by people who are not members): of the chances to ask, how many were taken.
 */
export async function storeRows(db: Reader, range: { from: string; to: string }): Promise<StoreRow[]> {
  const rows = await db.rows<Omit<StoreRow, 'member_share' | 'joining_rate'>>(sql`
    with sold as (
      select o.store_id, (count(*) filter (where o.kind = 'order'))::int as orders,
        sum(o.net_minor - o.refunded_minor)::bigint as net_minor,
        coalesce(sum(o.net_minor - o.refunded_minor) filter (where m.kind = 'member'), 0)::bigint as member_net_minor,
        (count(*) filter (where m.kind <> 'member' and o.kind = 'order'))::int as guest_orders
      from orders o join members m on m.member_id = o.member_id
      where o.counts and o.ordered_on >= ${range.from}::date and o.ordered_on <= ${range.to}::date
      group by o.store_id
    ), joins as (
      select m.join_store_id as store_id, count(*)::int as joined
      from members m, program
      where m.kind = 'member' and m.join_store_id is not null
        and (m.joined_at at time zone program.time_zone)::date between ${range.from}::date and ${range.to}::date
      group by 1
    )
    select coalesce(sold.store_id, joins.store_id) as store_id, stores.code, stores.name,
      coalesce(sold.orders, 0) as orders, coalesce(sold.net_minor, 0) as net_minor,
      coalesce(sold.member_net_minor, 0) as member_net_minor, coalesce(sold.guest_orders, 0) as guest_orders,
      coalesce(joins.joined, 0) as joined
    from sold full join joins on joins.store_id = sold.store_id
    left join stores on stores.store_id = coalesce(sold.store_id, joins.store_id)
    order by net_minor desc, stores.code`)
  return rows.map((row) => ({
    ...row,
    member_share: row.net_minor > 0 ? row.member_net_minor / row.net_minor : null,
    joining_rate: row.joined + row.guest_orders > 0 ? row.joined / (row.joined + row.guest_orders) : null,
  }))
}

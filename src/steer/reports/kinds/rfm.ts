import type { Reader } from '../../../base/db.ts'
import { decimalsOf } from '../../../base/money.ts'
import { sql } from '../../../base/sql.ts'
import type { RfmRow } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/**
 * Recency, frequency, monetary value up to a day, each cut at its quartiles (linear interpolation: `percentile_cont`;
 * a value equal to a cut belongs below it), 1 is best. Class `111` is the best customers (Hughes, Strategic Database
 * Marketing, 1994).
 */
export async function rfm(db: Reader, at: string): Promise<RfmRow[]> {
  const currency = (await db.row<{ currency: string }>(sql`select currency from program`))?.currency ?? 'USD'
  const unit = 10 ** decimalsOf(currency)
  return db.rows<RfmRow>(sql`
    with bought as (
      select o.member_id, (${at}::date - max(o.ordered_on)) as recency, count(*)::int as frequency,
        sum(o.net_minor - o.refunded_minor) / ${unit}::numeric as monetary
      from orders o join members m on m.member_id = o.member_id and ${living}
      where o.counts and o.ordered_on <= ${at}::date
      group by o.member_id
    ), cuts as (
      select percentile_cont(array[0.25, 0.5, 0.75]) within group (order by recency::float8) as r,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by frequency::float8) as f,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by monetary::float8) as m
      from bought
    )
    select coalesce(members.external_id, members.display_name, members.number::text) as member, bought.member_id,
      bought.recency, bought.frequency, bought.monetary::float8 as monetary,
      (case when recency <= r[1] then 1 when recency <= r[2] then 2 when recency <= r[3] then 3 else 4 end)::text
      || (case when frequency <= f[1] then 4 when frequency <= f[2] then 3 when frequency <= f[3]
        then 2 else 1 end)::text
      || (case when monetary <= m[1] then 4 when monetary <= m[2] then 3 when monetary <= m[3] then 2 else 1 end)::text
        as class
    from bought cross join cuts join members on members.member_id = bought.member_id
    order by class, monetary desc, bought.member_id`)
}

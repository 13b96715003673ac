/** What bonuses and caps look at in orders that are judged anew: their lines, and what went back of them when. */
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { Purchase } from '../types.ts'
import type { Gone } from './scenes.ts'
import type { Basket, BasketLine } from './types.ts'

export interface Details {
  basket: Basket
  gone: Gone[]
}

interface DetailsRow {
  order_id: string
  store_id: string | null
  channel: string
  day: string
  is_supplement: boolean
  status: string
  lines: BasketLine[] | null
  gone: (Purchase & { at: string; lines: Gone['lines'] | null })[] | null
}

/** By order; one statement, whatever their number. */
export async function detailsOf(
  tx: Tx,
  orders: readonly { member_id: string; order_id: string }[],
): Promise<Map<string, Details>> {
  const rows = await tx.rows<DetailsRow>(sql`
    select o.order_id, o.store_id, o.source as channel, o.ordered_on as day, o.kind = 'supplement' as is_supplement,
      o.status, bought.lines, refunded.gone
    from unnest(${orders.map((order) => order.member_id)}::uuid[], ${orders.map((order) => order.order_id)}::uuid[])
      as wanted (member_id, order_id)
    join orders o on o.member_id = wanted.member_id and o.order_id = wanted.order_id
    left join lateral (
      select json_agg(json_build_object('line_no', line.line_no,
        'name', coalesce(line.name, product.name), 'sku', line.sku, 'category', line.category,
        'quantity', line.quantity,
        'net_minor', line.net_minor, 'gross_minor', line.gross_minor) order by line.line_no) as lines
      from order_lines line left join products product on product.product_id = line.product_id
      where line.member_id = o.member_id and line.order_id = o.order_id
    ) bought on true
    left join lateral (
      select json_agg(one) as gone from (
        select refund.occurred_at as at,
          coalesce(sum(line.net_minor) filter (where line.order_line_no is not null), 0) as goods_minor,
          coalesce(sum(line.gross_minor) filter (where line.order_line_no is not null), 0) as gross_minor,
          coalesce(sum(line.net_minor) filter (where line.order_line_no is null), 0) as shipping_minor,
          json_agg(json_build_object('line_no', line.order_line_no, 'net_minor', line.net_minor,
            'gross_minor', line.gross_minor)) filter (where line.order_line_no is not null) as lines
        from order_refund_lines line
        join order_refunds refund on refund.member_id = line.member_id and refund.refund_id = line.refund_id
        where line.member_id = o.member_id and line.order_id = o.order_id
        group by refund.refund_id, refund.occurred_at
      ) one
    ) refunded on true`)
  return new Map(rows.map((row) => [row.order_id, detailOf(row)]))
}

function detailOf({ store_id, channel, day, is_supplement, status, lines, gone }: DetailsRow): Details {
  return {
    basket: { lines: lines ?? [], store_id, channel, day, is_supplement, status },
    gone: (gone ?? []).map(({ at, lines, ...purchase }) => ({ at: new Date(at), purchase, lines: lines ?? [] })),
  }
}

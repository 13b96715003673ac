/** What members bought and kept, read for savings and agreements: one question for many members, each with its days. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'

/** One unit of goods on an order that stands, as savings and agreements see it. */
export interface BoughtLine {
  sku: string | null
  name: string | null
  category: string | null
  cost_minor: number | null
  /** Numbers as orders keep them, up to four decimals. */
  quantity: number
  left: number
  gross_minor: number
  net_minor: number
  refunded_minor: number
}
export interface BoughtOrder {
  order_id: string
  ordered_on: string
  shipping_minor: number
  lines: BoughtLine[]
}

export interface Span {
  member_id: string
  from_on: string
  /** The first day after it. */
  until_on: string
}

/**
 * Orders that count, of these members and days, with their lines; a supplement is of the day of the order it adds to.
 * By member.
 */
export async function boughtBy(db: Reader, spans: readonly Span[]): Promise<Map<string, BoughtOrder[]>> {
  if (spans.length === 0) return new Map()
  const rows = await db.rows<BoughtOrder & { member_id: string }>(sql`
    select o.member_id, coalesce(o.adds_to, o.order_id) as order_id,
      coalesce(first.ordered_on, o.ordered_on) as ordered_on,
      o.shipping_minor - o.refunded_shipping_minor as shipping_minor, coalesce(line.lines, '[]') as lines
    from (select member_id, min(from_on) as from_on, max(until_on) as until_on
      from unnest(${spans.map((one) => one.member_id)}::uuid[], ${spans.map((one) => one.from_on)}::date[],
        ${spans.map((one) => one.until_on)}::date[]) as one (member_id, from_on, until_on)
      group by member_id) wanted
    join orders o on o.member_id = wanted.member_id and o.kind <> 'adjustment'
    left join orders first on first.member_id = o.member_id and first.order_id = o.adds_to
    left join lateral (
      select jsonb_agg(jsonb_build_object('sku', coalesce(l.sku, p.sku), 'name', coalesce(p.name, l.name, l.sku),
        'category', l.category, 'cost_minor', p.cost_minor, 'quantity', l.quantity,
        'left', l.quantity - l.refunded_quantity, 'gross_minor', l.gross_minor, 'net_minor', l.net_minor,
        'refunded_minor', l.refunded_minor) order by l.line_no) as lines
      from order_lines l left join products p on p.product_id = l.product_id
      where l.member_id = o.member_id and l.order_id = o.order_id
    ) line on true
    where coalesce(first.counts, o.counts) and coalesce(first.ordered_on, o.ordered_on) >= wanted.from_on
      and coalesce(first.ordered_on, o.ordered_on) < wanted.until_on
    order by o.member_id, o.occurred_at, o.order_id`)
  const found = new Map<string, BoughtOrder[]>()
  const byOrder = new Map<string, BoughtOrder>()
  for (const { member_id, ...order } of rows) {
    const own = found.get(member_id) ?? []
    found.set(member_id, own)
    const key = `${member_id} ${order.order_id}`
    const begun = byOrder.get(key)
    if (!begun) {
      byOrder.set(key, order)
      own.push(order)
    } else {
      begun.lines.push(...order.lines)
      begun.shipping_minor += order.shipping_minor
    }
  }
  return found
}

/** Of these orders those of some days. */
export function within(orders: readonly BoughtOrder[] | undefined, from_on: string, until_on: string): BoughtOrder[] {
  return (orders ?? []).filter((order) => order.ordered_on >= from_on && order.ordered_on < until_on)
}

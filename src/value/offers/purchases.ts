/** What members bought in the windows that are asked about: what `decide` decides by. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { limitsGoods, type Purchase } from './rules.ts'
import type { OfferRule } from './types.ts'

/** A member's window under a rule. */
export interface Windowed {
  member_id: string
  rule: OfferRule
  opens_at: Date
  closes_at: Date | null
}

/** A purchase with whose it is. */
export type Owned = Purchase & { member_id: string }

/** The orders of each member in all windows that are asked about, with their lines only where a scope needs them. */
export async function purchasesOf(db: Reader, issues: readonly Windowed[]): Promise<Map<string, Purchase[]>> {
  return byMember(await db.rows<Owned>(purchasesSql(issues)))
}

/** The statement of `purchasesOf`, for a reader with a time budget. */
export function purchasesSql(issues: readonly Windowed[]): Sql {
  const spans = new Map<string, { from: Date; until: Date | null }>()
  for (const { member_id, opens_at, closes_at } of issues) {
    const span = spans.get(member_id)
    if (!span) spans.set(member_id, { from: opens_at, until: closes_at })
    else {
      if (opens_at < span.from) span.from = opens_at
      span.until = closes_at && span.until ? (closes_at > span.until ? closes_at : span.until) : null
    }
  }
  const wanted = [...spans]
  return sql`
    select o.member_id, o.order_id, o.occurred_at, o.source_id, o.store_id, o.counts,
      o.net_minor - o.shipping_minor + coalesce(added.goods_minor, 0) as goods_minor,
      o.refunded_minor - o.refunded_shipping_minor + coalesce(added.refunded_minor, 0) as refunded_minor,
      line.lines
    from unnest(${wanted.map(([member_id]) => member_id)}::uuid[],
      ${wanted.map(([, span]) => span.from)}::timestamptz[],
      ${wanted.map(([, span]) => span.until?.toISOString() ?? 'infinity')}::timestamptz[]
    ) as wanted (member_id, opens_at, closes_at)
    join orders o on o.member_id = wanted.member_id and o.occurred_at >= wanted.opens_at
      and o.occurred_at <= wanted.closes_at and o.kind = 'order' and (o.counts or o.refunded_minor > 0)
    left join lateral (
      select sum(s.net_minor - s.shipping_minor)::bigint as goods_minor,
        sum(s.refunded_minor - s.refunded_shipping_minor)::bigint as refunded_minor
      from orders s where s.member_id = o.member_id and s.adds_to = o.order_id and s.adds_to is not null
    ) added on true
    left join lateral (
      select jsonb_agg(jsonb_build_object('sku', l.sku, 'category', l.category, 'net_minor', l.net_minor,
        'refunded_minor', l.refunded_minor, 'left', l.quantity - l.refunded_quantity)) as lines
      from order_lines l
      where ${issues.some(({ rule }) => limitsGoods(rule.scope))}::boolean and l.member_id = o.member_id
        and l.order_id in (select o.order_id union all select s.order_id from orders s
          where s.member_id = o.member_id and s.adds_to = o.order_id and s.adds_to is not null)
    ) line on true`
}

export function byMember(rows: readonly Owned[]): Map<string, Purchase[]> {
  const found = new Map<string, Purchase[]>()
  for (const { member_id, ...purchase } of rows) {
    const own = found.get(member_id)
    if (own) own.push(purchase)
    else found.set(member_id, [purchase])
  }
  return found
}

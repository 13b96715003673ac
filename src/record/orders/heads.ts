/** What is known of orders by their keys, before anything is decided. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { OrderInput, OrderKind, OrderStatus } from './types.ts'

/** The row of an order that versions of it are held against. */
export interface Head {
  member_id: string
  order_id: string
  source: string
  source_id: string
  kind: OrderKind
  status: OrderStatus
  store_id: string | null
  occurred_at: Date
  ordered_on: string
  shipping_minor: number
  net_minor: number
  refunded_minor: number
  counts: boolean
  revision: number
  content_hash: string
  source_updated_at: Date | null
  climber_id?: string | null
}

/** The head of an order that has just been booked. The order itself serves: only its further versions look at it. */
export function headOf(order: OrderInput): Head {
  return Object.assign(order, { revision: 0, source_updated_at: order.updated_at, refunded_minor: 0 })
}

/** One text for a key; a source has no line break. */
export function keyText(key: { source: string; source_id: string }): string {
  return `${key.source}\n${key.source_id}`
}

/**
 * Known orders by `keyText`: the look-up table first, then the orders by what it said (never a join of the two).
 * LATERAL: a plan kept from when the table was small would go on reading all of it.
 */
export async function headsOf(
  db: Reader,
  keys: readonly { source: string; source_id: string }[],
): Promise<Map<string, Head>> {
  if (keys.length === 0) return new Map()
  // what cannot be a key is refused by whoever reads it; here it is nobody's
  const found = await db.rows<{ member_id: string; order_id: string }>(sql`
    select k.member_id, k.order_id
    from unnest(${keys.map((key) => String(key.source))}::text[],
      ${keys.map((key) => String(key.source_id))}::text[]) as asked (source, source_id)
    cross join lateral (
      select member_id, order_id from order_keys
      where order_keys.source = asked.source and order_keys.source_id = asked.source_id and order_keys.kind = 'order'
      offset 0
    ) k`)
  return readHeads(db, found)
}

/** The rows of these orders as they are now. */
export async function readHeads(
  db: Reader,
  orders: readonly { member_id: string; order_id: string }[],
): Promise<Map<string, Head>> {
  if (orders.length === 0) return new Map()
  const rows = await db.rows<Head>(sql`
    select o.member_id, o.order_id, o.source, o.source_id, o.kind, o.status, o.store_id, o.occurred_at, o.ordered_on,
      o.shipping_minor, o.net_minor, o.refunded_minor, o.counts, o.revision, o.content_hash, o.source_updated_at,
      p.climber_id
    from unnest(${orders.map((order) => order.member_id)}::uuid[], ${orders.map((order) => order.order_id)}::uuid[])
      as asked (member_id, order_id)
    join orders o on o.member_id = asked.member_id and o.order_id = asked.order_id
    left join order_parties p on p.member_id = o.member_id and p.order_id = o.order_id`)
  return new Map(rows.map((row) => [keyText(row), row]))
}

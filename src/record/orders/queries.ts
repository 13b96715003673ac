/** How orders are looked at: one function a statement. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import { addDays, startOfDay } from '../../base/time.ts'
import type { Static } from 'typebox'
import type { OrderDetail, OrderQuery, OrderRow } from './types.ts'

const columns = sql`o.order_id, o.member_id, m.kind as member_kind, m.display_name, o.source, o.source_id, o.kind,
  o.adds_to,
  o.status, o.store_id, s.code as store_code, o.occurred_at, o.ordered_on, o.gross_minor, o.discount_minor,
    o.shipping_minor,
  o.net_minor, o.refunded_minor, o.counts`
const tables = sql`orders o join members m on m.member_id = o.member_id left join stores s on s.store_id = o.store_id`

/** Orders, newest first, after the last of the page before (`[occurred_at, order_id]`). */
export async function page(
  db: Reader,
  query: OrderQuery,
  zone: string,
  after: [string, string] | null,
  limit: number,
): Promise<OrderRow[]> {
  const wanted: Sql[] = [sql`true`]
  if (query.member_id) wanted.push(sql`o.member_id = ${query.member_id}::uuid`)
  if (query.store_id) wanted.push(sql`o.store_id = ${query.store_id}::uuid`)
  if (query.source) wanted.push(sql`o.source = ${query.source}::text`)
  if (query.source_id) {
    // without a source the key's index is still used: there are few sources to skip over (PostgreSQL 18)
    wanted.push(sql`(o.member_id, o.order_id) in (
      select member_id, order_id from order_keys
      where source_id = ${query.source_id}::text and kind = 'order'
        and (${query.source ?? null}::text is null or source = ${query.source ?? null}::text))`)
  }
  if (query.status) wanted.push(sql`o.status = ${query.status}::text`)
  if (query.from) wanted.push(sql`o.occurred_at >= ${startOfDay(query.from, zone)}::timestamptz`)
  if (query.to) wanted.push(sql`o.occurred_at < ${startOfDay(addDays(query.to, 1), zone)}::timestamptz`)
  if (after) wanted.push(sql`(o.occurred_at, o.order_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`)
  return db.rows<OrderRow>(
    sql`
    select ${columns} from ${tables} where ${join(wanted, ' and ')}
    order by o.occurred_at desc, o.order_id desc limit ${limit}::int`,
    { prepare: false },
  )
}

type Detail = Static<typeof OrderDetail>

/** One order with lines, refunds and supplements. Throws `order.not_found`. */
export async function orderOf(db: Reader, order_id: string): Promise<Detail> {
  const order = await db.row<OrderRow & { revision: number; recorded_at: Date }>(sql`
    select ${columns}, o.revision, o.recorded_at from ${tables} where o.order_id = ${order_id}::uuid`)
  if (!order) throw new AppError('order.not_found', { order_id })
  const { member_id } = order
  const lines = await db.rows<Detail['lines'][number]>(sql`
    select l.line_no, l.product_id, l.sku, coalesce(p.name, l.name) as name, l.category, l.quantity, l.gross_minor,
      l.net_minor, l.refunded_quantity, l.refunded_minor
    from order_lines l left join products p on p.product_id = l.product_id
    where l.member_id = ${member_id}::uuid and l.order_id = ${order_id}::uuid order by l.line_no`)
  const refunds = await db.rows<Detail['refunds'][number]>(sql`
    select r.refund_id, r.kind, r.source, r.source_id, r.occurred_at, r.net_minor, r.unmatched_minor,
      sum(l.net_minor)::bigint as from_this_minor
    from order_refund_lines l join order_refunds r on r.member_id = l.member_id and r.refund_id = l.refund_id
    where l.member_id = ${member_id}::uuid and l.order_id = ${order_id}::uuid
    group by r.member_id, r.refund_id order by r.occurred_at, r.source_id`)
  const supplements = await db.rows<OrderRow>(sql`
    select ${columns} from ${tables}
    where o.member_id = ${member_id}::uuid and o.adds_to = ${order_id}::uuid order by o.source_id`)
  return { ...order, lines, refunds, supplements } as unknown as Detail
}

/** How orders are looked at: one function a statement. */
import type { Static } from 'typebox'
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import { addDays, startOfDay } from '../../base/time.ts'
import { partiesOf } from './parties.ts'
import type { OrderDetail, OrderQuery, OrderRow, OrderTotals } from './types.ts'

const columns = sql`o.order_id, o.member_id, m.kind as member_kind, m.display_name, o.source, o.source_id, o.kind,
  o.adds_to,
  o.status, o.store_id, s.code as store_code, s.name as store_name, o.occurred_at, o.ordered_on, o.gross_minor,
    o.discount_minor, o.shipping_minor,
  o.net_minor, o.refunded_minor, o.counts`
const tables = sql`orders o join members m on m.member_id = o.member_id left join stores s on s.store_id = o.store_id`

/** Which orders: what `OrderFilter` asks, days counted in the program's zone. */
export interface Filter extends Omit<OrderQuery, 'limit' | 'cursor' | 'store_id'> {
  /** Whose rows may be seen; null: every store's, and what belongs to none. */
  store_ids: readonly string[] | null
  is_nowhere: boolean
}

/** A number as tills and people write it: with or without #, in capitals or not. */
function writingsOf(number: string): string[] {
  const plain = number.trim().replace(/^#/, '')
  return [...new Set([plain, plain.toUpperCase(), plain.toLowerCase()])].flatMap((one) => [one, `#${one}`])
}

/**
 * The orders of these numbers. Without a source the key's index is still used: there are few sources to skip over
 * (PostgreSQL 18).
 */
function numbered(numbers: string[], source: string | undefined): Sql {
  const keys = sql`source_id = any (${numbers}::text[]) and (${source ?? null}::text is null
    or source = ${source ?? null}::text)`
  return sql`(o.member_id, o.order_id) in (
    select member_id, order_id from order_keys where ${keys} and kind = 'order'
    union all
    select l.member_id, l.order_id from (select member_id, order_id from order_keys where ${keys} and kind = 'refund') k
    join order_refund_lines l on l.member_id = k.member_id and l.refund_id = k.order_id
    where l.order_id is not null)`
}

function conditionOf(wanted: Filter, zone: string): Sql {
  const parts: Sql[] = [sql`true`]
  if (wanted.member_id) parts.push(sql`o.member_id = ${wanted.member_id}::uuid`)
  if (wanted.is_nowhere) parts.push(sql`o.store_id is null`)
  if (wanted.store_ids?.length === 1) parts.push(sql`o.store_id = ${wanted.store_ids[0]}::uuid`)
  else if (wanted.store_ids) parts.push(sql`o.store_id = any (${wanted.store_ids}::uuid[])`)
  if (wanted.source) parts.push(sql`o.source = ${wanted.source}::text`)
  if (wanted.source_id) {
    parts.push(sql`(o.member_id, o.order_id) in (
      select member_id, order_id from order_keys
      where source_id = ${wanted.source_id}::text and kind = 'order'
        and (${wanted.source ?? null}::text is null or source = ${wanted.source ?? null}::text))`)
  }
  if (wanted.search?.trim()) parts.push(numbered(writingsOf(wanted.search), wanted.source))
  // the index on states leaves out the one in which most orders end
  if (wanted.status) {
    parts.push(sql`o.status = ${wanted.status}::text`)
    if (wanted.status !== 'completed') parts.push(sql`o.status <> 'completed'`)
  }
  if (wanted.counted !== undefined) parts.push(wanted.counted ? sql`o.counts` : sql`not o.counts`)
  if (wanted.buyer) {
    const joined = sql`select from members b where b.member_id = o.member_id and b.kind = 'member'`
    parts.push(wanted.buyer === 'member' ? sql`exists (${joined})` : sql`not exists (${joined})`)
  }
  if (wanted.from) parts.push(sql`o.occurred_at >= ${startOfDay(wanted.from, zone)}::timestamptz`)
  if (wanted.to) parts.push(sql`o.occurred_at < ${startOfDay(addDays(wanted.to, 1), zone)}::timestamptz`)
  return join(parts, ' and ')
}

/** Orders, newest first, after the last of the page before (`[occurred_at, order_id]`). */
export async function page(
  db: Reader,
  wanted: Filter,
  zone: string,
  after: [string, string] | null,
  limit: number,
): Promise<OrderRow[]> {
  const further = after
    ? sql`and (o.occurred_at, o.order_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)
        and o.occurred_at <= ${after[0]}::timestamptz`
    : sql``
  // the page first, then the names: nothing is joined that is not shown
  return db.rows<OrderRow>(
    sql`
    with page as materialized (
      select o.member_id, o.order_id from orders o where ${conditionOf(wanted, zone)} ${further}
      order by o.occurred_at desc, o.order_id desc limit ${limit}::int)
    select ${columns} from page join ${tables} on o.member_id = page.member_id and o.order_id = page.order_id
    order by o.occurred_at desc, o.order_id desc`,
    { prepare: false },
  )
}

/**
 * How many orders fit (what was added to one later is no further order), and what was paid for them and kept. Reads
 * all that fit.
 */
export async function totals(db: Reader, wanted: Filter, zone: string): Promise<OrderTotals> {
  const row = await db.row<OrderTotals>(
    sql`
    select count(*) filter (where o.kind <> 'supplement') as orders,
      coalesce(sum(o.net_minor - o.refunded_minor), 0)::bigint as net_minor
    from orders o where ${conditionOf(wanted, zone)}`,
    { prepare: false },
  )
  return row!
}

/** The sources orders came from, by name: one step of the index each, however many orders. */
export async function sources(db: Reader): Promise<string[]> {
  const rows = await db.rows<{ source: string }>(sql`
    with recursive known as (
      (select source from orders order by source limit 1)
      union all
      select (select o.source from orders o where o.source > known.source order by o.source limit 1)
      from known where known.source is not null)
    select source from known where source is not null order by source`)
  return rows.map((row) => row.source)
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
  const parties = await partiesOf(db, { member_id, order_id })
  return { ...order, lines, refunds, supplements, parties } as unknown as Detail
}

/**
 * Writes orders that nobody has booked before: keys claimed, rows inserted. The small set is one statement, the
 * large is COPY.
 */
import { copyBinary } from '../../base/binary-rows.ts'
import { copy_rows_min } from '../../base/bulk.ts'
import type { Tx } from '../../base/db.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql, type Sql } from '../../base/sql.ts'
import type { OrderInput } from './types.ts'

/**
 * Claims the keys and writes orders and lines of those that were free; gives these back, their `order_id` filled
 * in. Keys are claimed in sorted order, so that two callers never wait in a circle; a key that another transaction
 * claims meanwhile is waited for and lost.
 */
export async function book(tx: Tx, inputs: readonly OrderInput[]): Promise<OrderInput[]> {
  if (inputs.length === 0) return []
  for (const input of inputs) input.order_id = uuidv7(tx.now)
  const sorted = [...inputs].sort(byKey)
  return sorted.length < copy_rows_min ? bookFew(tx, sorted) : bookMany(tx, sorted)
}

function byKey(a: OrderInput, b: OrderInput): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1
  return a.source_id < b.source_id ? -1 : a.source_id > b.source_id ? 1 : 0
}

function keysOf(booked: readonly OrderInput[]): Sql {
  return sql`
    insert into order_keys (source, source_id, kind, member_id, order_id)
    select source, source_id, 'order', member_id, order_id
    from unnest(${booked.map((order) => order.source)}::text[], ${booked.map((order) => order.source_id)}::text[],
      ${booked.map((order) => order.member_id)}::uuid[], ${booked.map((order) => order.order_id)}::uuid[]
    ) as wanted (source, source_id, member_id, order_id)
    on conflict (source, source_id, kind) do nothing
    returning order_id`
}

async function bookFew(tx: Tx, booked: readonly OrderInput[]): Promise<OrderInput[]> {
  const lines = booked.flatMap((order) => order.lines.map((line) => ({ line, order })))
  const claimed = await tx.rows<{ order_id: string }>(sql`
    with claimed as (${keysOf(booked)}),
    written as (
      insert into orders (member_id, order_id, source, source_id, kind, adds_to, status, store_id, occurred_at,
        ordered_on,
        gross_minor, discount_minor, shipping_minor, net_minor, counts, content_hash, source_updated_at, recorded_at)
      select wanted.*, ${tx.now}::timestamptz
      from unnest(
        ${booked.map((order) => order.member_id)}::uuid[], ${booked.map((order) => order.order_id)}::uuid[],
        ${booked.map((order) => order.source)}::text[], ${booked.map((order) => order.source_id)}::text[],
        ${booked.map((order) => order.kind)}::text[], ${booked.map((order) => order.adds_to)}::uuid[],
        ${booked.map((order) => order.status)}::text[], ${booked.map((order) => order.store_id)}::uuid[],
        ${booked.map((order) => order.occurred_at)}::timestamptz[], ${booked.map((order) => order.ordered_on)}::date[],
        ${booked.map((order) => order.gross_minor)}::bigint[], ${booked.map((order) => order.discount_minor)}::bigint[],
        ${booked.map((order) => order.shipping_minor)}::bigint[], ${booked.map((order) => order.net_minor)}::bigint[],
        ${booked.map((order) => order.counts)}::boolean[], ${booked.map((order) => order.content_hash)}::text[],
        ${booked.map((order) => order.updated_at)}::timestamptz[]
      ) as wanted (member_id, order_id, source, source_id, kind, adds_to, status, store_id, occurred_at, ordered_on,
        gross_minor, discount_minor, shipping_minor, net_minor, counts, content_hash, source_updated_at)
      where wanted.order_id in (select order_id from claimed)
    ),
    lined as (
      insert into order_lines (member_id, order_id, line_no, product_id, sku, category, name, quantity, net_minor,
        gross_minor)
      select wanted.*
      from unnest(
        ${lines.map(({ order }) => order.member_id)}::uuid[], ${lines.map(({ order }) => order.order_id)}::uuid[],
        ${lines.map(({ line }) => line.line_no)}::int[], ${lines.map(({ line }) => line.product_id)}::uuid[],
        ${lines.map(({ line }) => line.sku)}::text[], ${lines.map(({ line }) => line.category)}::text[],
        ${lines.map(({ line }) => (line.product_id ? null : line.name))}::text[],
        ${lines.map(({ line }) => line.quantity)}::numeric[],
        ${lines.map(({ line }) => line.net_minor)}::bigint[], ${lines.map(({ line }) => line.gross_minor)}::bigint[]
      ) as wanted (member_id, order_id, line_no, product_id, sku, category, name, quantity, net_minor, gross_minor)
      where wanted.order_id in (select order_id from claimed)
    )
    select order_id from claimed`)
  return keepClaimed(booked, claimed)
}

function keepClaimed(booked: readonly OrderInput[], claimed: readonly { order_id: string }[]): OrderInput[] {
  if (claimed.length === booked.length) return [...booked]
  const ids = new Set(claimed.map((row) => row.order_id))
  return booked.filter((order) => ids.has(order.order_id))
}

async function bookMany(tx: Tx, booked: readonly OrderInput[]): Promise<OrderInput[]> {
  const free = keepClaimed(booked, await tx.rows<{ order_id: string }>(keysOf(booked)))
  // by member, so that neighbours in the index are written together
  free.sort((a, b) => (a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0))
  await copyBinary(
    tx,
    `copy orders (member_id, order_id, source, source_id, kind, adds_to, status, store_id, occurred_at, ordered_on,
      gross_minor, discount_minor, shipping_minor, net_minor, counts, content_hash, source_updated_at, recorded_at)`,
    free,
    (out, order) => {
      out.row(18)
      out.uuid(order.member_id)
      out.uuid(order.order_id)
      out.text(order.source)
      out.text(order.source_id)
      out.text(order.kind)
      out.uuid(order.adds_to)
      out.text(order.status)
      out.uuid(order.store_id)
      out.instant(order.occurred_at)
      out.day(order.ordered_on)
      out.bigint(order.gross_minor)
      out.bigint(order.discount_minor)
      out.bigint(order.shipping_minor)
      out.bigint(order.net_minor)
      out.truth(order.counts)
      out.text(order.content_hash)
      out.instant(order.updated_at)
      out.instant(tx.now)
    },
  )
  await copyBinary(
    tx,
    `copy order_lines (member_id, order_id, line_no, product_id, sku, category, name, quantity, net_minor,
      gross_minor)`,
    free,
    (out, { member_id, order_id, lines }) => {
      for (const line of lines) {
        out.row(10)
        out.uuid(member_id)
        out.uuid(order_id)
        out.int(line.line_no)
        out.uuid(line.product_id)
        out.text(line.sku)
        out.text(line.category)
        out.text(line.product_id ? null : line.name)
        out.numericE4(line.quantity_e4)
        out.bigint(line.net_minor)
        out.bigint(line.gross_minor)
      }
    },
  )
  return free
}

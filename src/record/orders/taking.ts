/**
 * Reads what refunds may take from, lets `matching.ts` decide, writes what was decided. The members are locked
 * already.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import {
  compareNewest,
  compareRefunds,
  stackKey,
  takeBack,
  type OpenLine,
  type OpenOrder,
  type Pool,
  type RefundDraft,
  type Taking,
} from './matching.ts'
import { isRefusal, quantityFromText, quantityText, sumOf, type Refusal } from './rules.ts'

/** A refund with what it takes. */
export interface TakenRefund extends RefundDraft {
  refund_id: string
  takings: Taking[]
  net_minor: number
  unmatched_minor: number
}
export interface Decided {
  taken: TakenRefund[]
  refused: { draft: RefundDraft; refusal: Refusal }[]
  /** Every order that a refund could name or take from, for the facts. */
  orders: ReadonlyMap<string, OpenOrder>
}

/**
 * Decides these refunds against what is left now. `walk_ins`: members that are nobody; their refunds without an
 * order stay unmatched.
 */
export async function decide(
  tx: Tx,
  drafts: readonly RefundDraft[],
  walk_ins: ReadonlySet<string>,
): Promise<Decided> {
  const { pool, orders } = await readPool(tx, drafts, walk_ins)
  const decided: Decided = { taken: [], refused: [], orders }
  for (const draft of [...drafts].sort(compareRefunds)) {
    const takings = takeBack(draft, pool)
    if (isRefusal(takings)) {
      decided.refused.push({ draft, refusal: takings })
      continue
    }
    decided.taken.push({
      ...draft,
      refund_id: uuidv7(tx.now),
      takings,
      net_minor: sumOf(takings, (taking) => taking.net_minor),
      unmatched_minor: sumOf(takings, (taking) => (taking.order_id === null ? taking.net_minor : 0)),
    })
  }
  return decided
}

interface PoolRow {
  member_id: string
  order_id: string
  root_id: string
  source: string
  source_id: string
  occurred_at: Date
  ordered_on: string
  shipping_minor: number
  refunded_shipping_minor: number
  line_no: number | null
  sku: string | null
  name: string | null
  product_id: string | null
  category: string | null
  quantity: string
  net_minor: number
  gross_minor: number
  refunded_quantity: string
  refunded_minor: number
  climber_id: string | null
}

const poolColumns = sql`o.member_id, o.order_id, coalesce(o.adds_to, o.order_id) as root_id, o.source, o.source_id,
  o.occurred_at,
  o.ordered_on, o.shipping_minor, o.refunded_shipping_minor, l.line_no, l.sku, l.name, l.product_id, l.category,
    l.quantity,
  l.net_minor, l.gross_minor, l.refunded_quantity, l.refunded_minor, p.climber_id`
// what was added to an order goes where the order went
const withParties = sql`
  left join order_parties p on p.member_id = o.member_id and p.order_id = coalesce(o.adds_to, o.order_id)`

async function readPool(
  tx: Tx,
  drafts: readonly RefundDraft[],
  walk_ins: ReadonlySet<string>,
): Promise<{ pool: Pool; orders: Map<string, OpenOrder> }> {
  const named = drafts.filter((draft) => draft.order_id !== null)
  const unnamed = drafts.filter(
    (draft) => draft.order_id === null && draft.order_source_id === null && !walk_ins.has(draft.member_id),
  )
  const orders = new Map<string, OpenOrder>()
  const families = new Map<string, OpenOrder[]>()
  const stacks = new Map<string, OpenLine[]>()
  for (const row of named.length > 0 ? await readFamilies(tx, named) : []) addRow(orders, families, row)
  const lines = new Map<OpenOrder, Map<number, OpenLine>>()
  for (const order of orders.values()) lines.set(order, new Map(order.lines.map((line) => [line.line_no, line])))
  for (const row of unnamed.length > 0 ? await readStacks(tx, unnamed) : []) {
    // a line that a named refund also may take from is one line
    const known = orders.get(row.order_id)
    const line = (known && lines.get(known)?.get(row.line_no!)) ?? addRow(orders, null, row)!
    const key = stackKey(row.member_id, row.sku!)
    const stack = stacks.get(key)
    if (stack) stack.push(line)
    else stacks.set(key, [line])
  }
  for (const stack of stacks.values()) stack.sort(compareNewest)
  return { pool: { families, stacks }, orders }
}

function addRow(
  orders: Map<string, OpenOrder>,
  families: Map<string, OpenOrder[]> | null,
  row: PoolRow,
): OpenLine | null {
  let order = orders.get(row.order_id)
  if (!order) {
    const { member_id, order_id, root_id, ordered_on, shipping_minor, refunded_shipping_minor, climber_id } = row
    order = {
      member_id,
      order_id,
      root_id,
      ordered_on,
      shipping_minor,
      refunded_shipping_minor,
      climber_id,
      lines: [],
    }
    orders.set(order_id, order)
    families?.set(root_id, [...(families.get(root_id) ?? []), order])
  }
  if (row.line_no === null) return null
  const {
    quantity,
    refunded_quantity,
    ordered_on: _day,
    root_id: _root,
    shipping_minor: _s,
    refunded_shipping_minor: _r,
    climber_id: _c,
    ...own
  } = row
  const line: OpenLine = {
    ...own,
    line_no: row.line_no,
    quantity_e4: quantityFromText(quantity),
    refunded_quantity_e4: quantityFromText(refunded_quantity),
  }
  order.lines.push(line)
  return line
}

/** Named orders with their supplements, the order itself first. */
async function readFamilies(tx: Tx, named: readonly RefundDraft[]): Promise<PoolRow[]> {
  const pairs = new Map(named.map((draft) => [draft.order_id!, draft.member_id]))
  return tx.rows<PoolRow>(sql`
    select ${poolColumns}
    from unnest(${[...pairs.values()]}::uuid[], ${[...pairs.keys()]}::uuid[]) as wanted (member_id, order_id)
    cross join lateral (
      select * from orders where orders.member_id = wanted.member_id and orders.order_id = wanted.order_id
      union all
      select * from orders where orders.member_id = wanted.member_id and orders.adds_to = wanted.order_id
    ) o
    left join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id ${withParties}
    order by o.member_id, root_id, o.adds_to nulls first, o.source_id, l.line_no`)
}

/** The members' lines of the SKUs wanted with something left, up to the last of these refunds. */
async function readStacks(tx: Tx, unnamed: readonly RefundDraft[]): Promise<PoolRow[]> {
  const wanted = unnamed.flatMap(({ member_id, occurred_at, lines }) =>
    lines.flatMap(({ sku }) => (sku ? [{ member_id, occurred_at, sku }] : [])),
  )
  return tx.rows<PoolRow>(sql`
    select ${poolColumns}
    from (
      select member_id, array_agg(distinct sku) as skus, max(occurred_at) as latest
      from unnest(${wanted.map((line) => line.member_id)}::uuid[], ${wanted.map((line) => line.sku)}::text[],
        ${wanted.map((line) => line.occurred_at)}::timestamptz[]) as line (member_id, sku, occurred_at)
      group by member_id
    ) wanted
    cross join lateral (
      select * from orders
      where orders.member_id = wanted.member_id and counts and orders.occurred_at <= wanted.latest
    ) o
    join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id and l.member_id = wanted.member_id
      ${withParties}
    where l.sku = any (wanted.skus) and l.refunded_quantity < l.quantity`)
}

/**
 * Writes decided refunds; gives back those whose key was free. The caller has looked at the keys after locking, so
 * a key can be lost only by a refund that has no lock to wait for: a walk-in's without an order, which takes from
 * no line.
 */
export async function writeTaken(tx: Tx, taken: readonly TakenRefund[]): Promise<TakenRefund[]> {
  if (taken.length === 0) return []
  const claimed = new Set((await insertRefunds(tx, taken)).map((row) => row.refund_id))
  const written = taken.filter((refund) => claimed.has(refund.refund_id))
  const lost = taken.find(
    (refund) => !claimed.has(refund.refund_id) && refund.takings.some((taking) => taking.order_id !== null),
  )
  if (lost) throw new AppError('refund.conflict', { source: lost.source, source_id: lost.source_id })
  await lowerLines(tx, written)
  await lowerOrders(tx, written)
  return written
}

async function insertRefunds(tx: Tx, taken: readonly TakenRefund[]): Promise<{ refund_id: string }[]> {
  const lines = taken.flatMap((refund) => refund.takings.map((taking, i) => ({ ...taking, refund, line_no: i + 1 })))
  const sorted = [...taken].sort((a, b) => (a.source + a.source_id < b.source + b.source_id ? -1 : 1))
  return tx.rows<{ refund_id: string }>(sql`
    with claimed as (
      insert into order_keys (source, source_id, kind, member_id, order_id)
      select source, source_id, 'refund', member_id, refund_id
      from unnest(${sorted.map((refund) => refund.source)}::text[], ${sorted.map((refund) => refund.source_id)}::text[],
        ${sorted.map((refund) => refund.member_id)}::uuid[], ${sorted.map((refund) => refund.refund_id)}::uuid[]
      ) as wanted (source, source_id, member_id, refund_id)
      on conflict (source, source_id, kind) do nothing
      returning order_id as refund_id
    ),
    written as (
      insert into order_refunds (member_id, refund_id, kind, order_id, order_source_id, source, source_id, store_id,
        occurred_at,
        ordered_on, net_minor, shipping_minor, unmatched_minor, content_hash, recorded_at)
      select wanted.*, ${tx.now}::timestamptz
      from unnest(
        ${taken.map((refund) => refund.member_id)}::uuid[], ${taken.map((refund) => refund.refund_id)}::uuid[],
        ${taken.map((refund) => refund.kind)}::text[], ${taken.map((refund) => refund.order_id)}::uuid[],
        ${taken.map((refund) => refund.order_source_id)}::text[], ${taken.map((refund) => refund.source)}::text[],
        ${taken.map((refund) => refund.source_id)}::text[], ${taken.map((refund) => refund.store_id)}::uuid[],
        ${taken.map((refund) => refund.occurred_at)}::timestamptz[],
          ${taken.map((refund) => refund.ordered_on)}::date[],
        ${taken.map((refund) => refund.net_minor)}::bigint[],
        ${taken.map((refund) => sumOf(refund.takings, shippingOf))}::bigint[],
        ${taken.map((refund) => refund.unmatched_minor)}::bigint[],
          ${taken.map((refund) => refund.content_hash)}::text[]
      ) as wanted (member_id, refund_id, kind, order_id, order_source_id, source, source_id, store_id, occurred_at,
        ordered_on,
        net_minor, shipping_minor, unmatched_minor, content_hash)
      where wanted.refund_id in (select refund_id from claimed)
    ),
    lined as (
      insert into order_refund_lines (member_id, refund_id, line_no, order_id, order_line_no, product_id, sku, quantity,
        net_minor, gross_minor)
      select wanted.*
      from unnest(
        ${lines.map((line) => line.refund.member_id)}::uuid[], ${lines.map((line) => line.refund.refund_id)}::uuid[],
        ${lines.map((line) => line.line_no)}::int[], ${lines.map((line) => line.order_id)}::uuid[],
        ${lines.map((line) => line.order_line_no)}::int[], ${lines.map((line) => line.product_id)}::uuid[],
        ${lines.map((line) => line.sku)}::text[], ${lines.map((line) => quantityText(line.quantity_e4))}::numeric[],
        ${lines.map((line) => line.net_minor)}::bigint[], ${lines.map((line) => line.gross_minor)}::bigint[]
      ) as wanted (member_id, refund_id, line_no, order_id, order_line_no, product_id, sku, quantity, net_minor,
        gross_minor)
      where wanted.refund_id in (select refund_id from claimed)
    )
    select refund_id from claimed`)
}

/** Shipping that was taken back from an order. */
export function shippingOf(taking: Taking): number {
  return taking.order_id !== null && taking.order_line_no === null ? taking.net_minor : 0
}

/** What one line gave, over all refunds of the set: a statement updates a row only once. */
async function lowerLines(tx: Tx, written: readonly TakenRefund[]): Promise<void> {
  const sums = new Map<
    string,
    { member_id: string; order_id: string; line_no: number; quantity_e4: number; net_minor: number }
  >()
  for (const { takings, member_id } of written) {
    for (const { order_id, order_line_no, quantity_e4, net_minor } of takings) {
      if (order_id === null || order_line_no === null) continue
      const key = `${order_id} ${order_line_no}`
      const sum = sums.get(key) ?? { member_id, order_id, line_no: order_line_no, quantity_e4: 0, net_minor: 0 }
      sum.quantity_e4 += quantity_e4
      sum.net_minor += net_minor
      sums.set(key, sum)
    }
  }
  const rows = [...sums.values()]
  if (rows.length === 0) return
  await tx.run(sql`
    update order_lines l
    set refunded_quantity = l.refunded_quantity + taken.quantity, refunded_minor = l.refunded_minor + taken.net_minor
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.order_id)}::uuid[],
      ${rows.map((row) => row.line_no)}::int[], ${rows.map((row) => quantityText(row.quantity_e4))}::numeric[],
      ${rows.map((row) => row.net_minor)}::bigint[]) as taken (member_id, order_id, line_no, quantity, net_minor)
    where l.member_id = taken.member_id and l.order_id = taken.order_id and l.line_no = taken.line_no`)
}

async function lowerOrders(tx: Tx, written: readonly TakenRefund[]): Promise<void> {
  const sums = new Map<string, { member_id: string; order_id: string; net_minor: number; shipping_minor: number }>()
  for (const { takings, member_id } of written) {
    for (const taking of takings) {
      if (taking.order_id === null) continue
      const sum = sums.get(taking.order_id) ?? {
        member_id,
        order_id: taking.order_id,
        net_minor: 0,
        shipping_minor: 0,
      }
      sum.net_minor += taking.net_minor
      sum.shipping_minor += shippingOf(taking)
      sums.set(taking.order_id, sum)
    }
  }
  const rows = [...sums.values()]
  if (rows.length === 0) return
  const lowered = await tx.rows<{ member_id: string; order_id: string; is_empty: boolean }>(sql`
    update orders o
    set refunded_minor = o.refunded_minor + taken.net_minor,
      refunded_shipping_minor = o.refunded_shipping_minor + taken.shipping_minor
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.order_id)}::uuid[],
      ${rows.map((row) => row.net_minor)}::bigint[], ${rows.map((row) => row.shipping_minor)}::bigint[]
    ) as taken (member_id, order_id, net_minor, shipping_minor)
    where o.member_id = taken.member_id and o.order_id = taken.order_id
    returning o.member_id, coalesce(o.adds_to, o.order_id) as order_id, o.refunded_minor = o.net_minor as is_empty`)
  await countFamilies(
    tx,
    lowered.filter((row) => row.is_empty),
  )
}

/**
 * Decides again whether these orders count, each together with its supplements: paid, not ended, and some of their
 * money left (or there was none). An order and what adds to it count together or not at all.
 */
export async function countFamilies(
  tx: Tx,
  roots: readonly { member_id: string; order_id: string }[],
): Promise<void> {
  if (roots.length === 0) return
  const members = new Map(roots.map((root) => [root.order_id, root.member_id]))
  await tx.run(sql`
    with root as materialized (
      select o.member_id, o.order_id, o.net_minor, o.refunded_minor,
        o.kind = 'order' and o.status in ('paid', 'shipped', 'delivered', 'completed') as is_paid
      from unnest(${[...members.values()]}::uuid[], ${[...members.keys()]}::uuid[]) as wanted (member_id, order_id)
      join orders o on o.member_id = wanted.member_id and o.order_id = wanted.order_id
    ),
    supplement as materialized (
      select o.member_id, o.order_id, o.adds_to, o.net_minor, o.refunded_minor
      from root join orders o on o.member_id = root.member_id and o.adds_to = root.order_id
    ),
    family as materialized (
      select root.member_id, root.order_id, root.is_paid and (root.net_minor + coalesce(sum(s.net_minor), 0) = 0
        or root.refunded_minor + coalesce(sum(s.refunded_minor), 0) < root.net_minor + coalesce(sum(s.net_minor),
          0)) as counts
      from root left join supplement s on s.member_id = root.member_id and s.adds_to = root.order_id
      group by root.member_id, root.order_id, root.is_paid, root.net_minor, root.refunded_minor
    )
    update orders o set counts = wanted.counts
    from (
      select member_id, order_id, counts from family
      union all
      select s.member_id, s.order_id, f.counts
      from supplement s join family f on f.member_id = s.member_id and f.order_id = s.adds_to
    ) wanted
    where o.member_id = wanted.member_id and o.order_id = wanted.order_id and o.counts <> wanted.counts`)
}

/**
 * Orders that stand with the wrong person, or with nobody, go to the right member. What happened is never edited: the
 * order is cancelled where it stood, so that all it gave is taken back by those who gave it, and booked anew with the
 * member, at its own time, as far as it had not gone back before. The number goes along: whoever sends the receipt
 * again, or a refund of it, meets the new one; the old keeps the number with `~` and the end of its own id behind.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { moveParties } from '../members/members.ts'
import { place, receive } from './orders.ts'
import { quantityFromText, quantityText, share, sumOf } from './rules.ts'
import { lock, type MemberKind } from './statistics.ts'
import type { LineDraft, OrderInput, OrderKind, OrderStatus } from './types.ts'

/** An order on its way, and whose it was. */
export interface Moved {
  /** Of the order as it stands with the member now. */
  order_id: string
  member_id: string
  source: string
  source_id: string
  store_id: string | null
  net_minor: number
  from: { member_id: string; order_id: string; kind: MemberKind; refund_id: string | null }
}

interface Standing {
  member_id: string
  order_id: string
  source: string
  source_id: string
  kind: OrderKind
  status: OrderStatus
  store_id: string | null
  counts: boolean
  occurred_at: Date
  ordered_on: string
  shipping_minor: number
  refunded_shipping_minor: number
  content_hash: string
  source_updated_at: Date | null
  /** Of an order in the name of a company; and whose tier climbed, where that is not whose order it was. */
  has_parties: boolean
  climber_id: string | null
  supplements: number
  lines: {
    line_no: number
    product_id: string | null
    sku: string | null
    category: string | null
    name: string | null
    quantity: string
    refunded_quantity: string
    gross_minor: number
    net_minor: number
    refunded_minor: number
  }[]
}

/**
 * Moves each order to its member; all or none. A constant number of statements. Throws `order.not_found`,
 * `order.is_theirs`, `order.not_movable`.
 */
export async function moveToMembers(
  tx: Tx,
  moves: readonly { order_id: string; member_id: string }[],
): Promise<Moved[]> {
  const owners = await ownersOf(
    tx,
    moves.map(({ order_id }) => order_id),
  )
  for (const { order_id } of moves) if (!owners.has(order_id)) throw new AppError('order.not_found', { order_id })
  const kinds = await lock(tx, [...owners.values(), ...moves.map(({ member_id }) => member_id)])
  const standing = await standingOf(tx, owners)
  const going = moves.map(({ order_id, member_id }) => {
    const order = standing.get(order_id)
    if (!order) throw new AppError('order.not_found', { order_id })
    if (order.member_id === member_id) throw new AppError('order.is_theirs', { order_id }, { status: 409 })
    const { kind, counts, status, supplements } = order
    if (kind !== 'order' || !counts || supplements > 0) throw new AppError('order.not_movable', { order_id, status })
    return { order, member_id }
  })
  await leaveNumbers(
    tx,
    going.map(({ order }) => order),
  )
  const ended = await receive(
    tx,
    going.map(({ order: { source, source_id, order_id, occurred_at } }) => ({
      source,
      source_id: leftNumber({ source_id, order_id }),
      occurred_at,
      status: 'cancelled',
      lines: [],
      updated_at: tx.now,
    })),
  )
  const refused = ended.find(({ outcome }) => outcome !== 'changed')
  if (refused) throw new AppError('order.not_movable', { ...refused.params })
  const booked = await place(
    tx,
    going.map(({ order, member_id }, index) => anew(order, member_id, index)),
  )
  const refunds = await cancellationsOf(tx, owners)
  const placed = new Map(booked.map((one) => [one.index, one.order_id!]))
  const parties = going.flatMap(({ order: { member_id, order_id, has_parties }, member_id: to }, index) =>
    has_parties ? [{ from: { member_id, order_id }, to: { member_id: to, order_id: placed.get(index)! } }] : [],
  )
  if (parties.length > 0) await moveParties(tx, parties)
  return going.map(({ order, member_id }, index) => {
    const { source, source_id, store_id, order_id } = order
    const refund_id = refunds.get(order_id) ?? null
    return {
      order_id: placed.get(index)!,
      member_id,
      source,
      source_id,
      store_id,
      net_minor: netLeft(order),
      from: { member_id: order.member_id, order_id, kind: kinds.get(order.member_id)!, refund_id },
    }
  })
}

/** The random end of the id: 48 bits tell apart what one number has left behind. */
const leftNumber = ({ source_id, order_id }: Pick<Standing, 'source_id' | 'order_id'>) =>
  `${source_id}~${order_id.slice(-12)}`

async function ownersOf(tx: Tx, order_ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.rows<{ order_id: string; member_id: string }>(sql`
    select order_id, member_id from orders where order_id = any (${order_ids}::uuid[])`)
  return new Map(rows.map((row) => [row.order_id, row.member_id]))
}

async function standingOf(tx: Tx, owners: ReadonlyMap<string, string>): Promise<Map<string, Standing>> {
  const rows = await tx.rows<Standing>(sql`
    select o.member_id, o.order_id, o.source, o.source_id, o.kind, o.status, o.store_id, o.counts, o.occurred_at,
      o.ordered_on, o.shipping_minor, o.refunded_shipping_minor, o.content_hash, o.source_updated_at,
      p.order_id is not null as has_parties, p.climber_id, (
        select count(*) from orders added where added.member_id = o.member_id and added.adds_to = o.order_id
      ) as supplements, (
        select coalesce(json_agg(json_build_object('line_no', l.line_no, 'product_id', l.product_id, 'sku', l.sku,
          'category', l.category, 'name', l.name, 'quantity', l.quantity::text,
          'refunded_quantity', l.refunded_quantity::text, 'gross_minor', l.gross_minor, 'net_minor', l.net_minor,
          'refunded_minor', l.refunded_minor) order by l.line_no), '[]')
        from order_lines l where l.member_id = o.member_id and l.order_id = o.order_id
      ) as lines
    from unnest(${[...owners.values()]}::uuid[], ${[...owners.keys()]}::uuid[]) as one (member_id, order_id)
    join orders o on o.member_id = one.member_id and o.order_id = one.order_id
    left join order_parties p on p.member_id = o.member_id and p.order_id = o.order_id
    for update of o`)
  return new Map(rows.map((row) => [row.order_id, row]))
}

/** Frees the numbers for the orders that take their place. */
async function leaveNumbers(tx: Tx, going: readonly Standing[]): Promise<void> {
  await tx.run(sql`
    with left_behind as (
      update orders o set source_id = one.number
      from unnest(${going.map((one) => one.member_id)}::uuid[], ${going.map((one) => one.order_id)}::uuid[],
        ${going.map(leftNumber)}::text[]) as one (member_id, order_id, number)
      where o.member_id = one.member_id and o.order_id = one.order_id
      returning o.source, old.source_id as before, o.source_id as after
    )
    update order_keys k set source_id = left_behind.after from left_behind
    where k.source = left_behind.source and k.source_id = left_behind.before and k.kind = 'order'`)
}

/** What is left of the order, at its own time, as its source said it last: the same content sent again is known. */
function anew(order: Standing, member_id: string, index: number): OrderInput {
  const { source, source_id, status, store_id, occurred_at, ordered_on, content_hash, climber_id } = order
  const lines = order.lines.flatMap(leftOf)
  const shipping_minor = order.shipping_minor - order.refunded_shipping_minor
  const goods = sumOf(lines, (line) => line.net_minor)
  const gross_minor = sumOf(lines, (line) => line.gross_minor)
  return {
    index,
    member_id,
    store_id,
    order_id: '',
    source,
    source_id,
    kind: 'order',
    adds_to: null,
    status,
    counts: true,
    occurred_at,
    ordered_on,
    updated_at: order.source_updated_at,
    gross_minor,
    discount_minor: gross_minor - goods,
    shipping_minor,
    net_minor: goods + shipping_minor,
    lines,
    content_hash,
    climber_id: climber_id === member_id ? null : climber_id,
  }
}

function netLeft({ lines, shipping_minor, refunded_shipping_minor }: Standing): number {
  return sumOf(lines, (line) => line.net_minor - line.refunded_minor) + shipping_minor - refunded_shipping_minor
}

/** A line without what went back of it; the gross in proportion to the quantity. */
function leftOf(line: Standing['lines'][number]): LineDraft[] {
  const whole = quantityFromText(line.quantity)
  const quantity_e4 = whole - quantityFromText(line.refunded_quantity)
  const net_minor = line.net_minor - line.refunded_minor
  if (quantity_e4 === 0 && net_minor === 0) return []
  const { line_no, sku, name, category, product_id } = line
  const gross = quantity_e4 === whole ? line.gross_minor : share(line.gross_minor, quantity_e4, whole)
  return [
    {
      line_no,
      sku,
      name,
      category,
      product_id,
      quantity: quantityText(quantity_e4),
      quantity_e4,
      gross_minor: Math.max(gross, net_minor),
      net_minor,
    },
  ]
}

async function cancellationsOf(tx: Tx, owners: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const rows = await tx.rows<{ order_id: string; refund_id: string }>(sql`
    select r.order_id, r.refund_id
    from unnest(${[...owners.values()]}::uuid[], ${[...owners.keys()]}::uuid[]) as one (member_id, order_id)
    join order_refunds r on r.member_id = one.member_id and r.order_id = one.order_id and r.kind = 'cancellation'`)
  return new Map(rows.map((row) => [row.order_id, row.refund_id]))
}

/**
 * What comes back. The record decides what a refund takes and points what it costs the member; here what had been
 * paid with points is returned, and coupons as their design says. Refunds are heard of as facts, so that it does not
 * matter which door they came through.
 */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as orders from '../../record/orders/orders.ts'
import type { RefundWire } from '../../record/orders/types.ts'
import * as cards from '../../value/cards/cards.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import { paidBackBy } from './paying.ts'
import { acceptable } from './refusing.ts'
import { returnedBy, type GoneBack } from './rules.ts'
import type { Return } from './types.ts'

/** The names under which a sale spent, and gives back. */
const sale_source = 'till'
const return_source = 'till_return'

interface Sold extends GoneBack {
  member_id: string
  order_id: string
  hold_id: string
  sale_lines: { line_no: number; points: number }[]
  shipping_points: number
  points_returned: number
  coupons: number
  net_minor: number
  refunded_minor: number
  payments: { card_definition_id: string; amount_minor: number; returned_minor: number }[]
}

/** Gives back what refunds of sales call for; runs inside the transaction of the refund. */
export async function giveBack(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const last = new Map<string, { member_id: string; order_id: string; refund_id: string }>()
  for (const { member_id, data } of facts) {
    const { order_id, refund_id } = data as { order_id: string | null; refund_id: string }
    if (order_id !== null) last.set(order_id, { member_id, order_id, refund_id })
  }
  const keys = [...last.values()]
  if (keys.length === 0) return
  const sold = await tx.rows<Sold>(sql`
    select s.member_id, s.order_id, s.hold_id, s.lines as sale_lines, s.shipping_points, s.points_returned, s.coupons,
      s.payments, o.net_minor, o.refunded_minor, o.shipping_minor, o.refunded_shipping_minor, (
        select json_agg(json_build_object('line_no', line_no, 'quantity', quantity,
          'refunded_quantity', refunded_quantity) order by line_no)
        from order_lines l where l.member_id = s.member_id and l.order_id = s.order_id
      ) as lines
    from unnest(${keys.map((key) => key.member_id)}::uuid[], ${keys.map((key) => key.order_id)}::uuid[])
      as wanted (member_id, order_id)
    join till_sales s on s.member_id = wanted.member_id and s.order_id = wanted.order_id
    join orders o on o.member_id = s.member_id and o.order_id = s.order_id`)
  const due = sold.flatMap((sale) => {
    const wanted = returnedBy({ lines: sale.sale_lines, shipping_points: sale.shipping_points }, sale)
    return wanted > sale.points_returned ? [{ ...sale, points: wanted - sale.points_returned }] : []
  })
  if (due.length > 0) {
    const outcomes = await points.restore(
      tx,
      due.map(({ member_id, order_id, hold_id, points: back }) => ({
        member_id,
        spend_source: sale_source,
        spend_source_id: hold_id,
        points: back,
        source: return_source,
        source_id: `${last.get(order_id)!.refund_id}:${order_id}`,
      })),
    )
    outcomes.forEach(points.insist)
    await tx.run(sql`
      update till_sales s set points_returned = s.points_returned + back.points
      from unnest(${due.map((one) => one.member_id)}::uuid[], ${due.map((one) => one.order_id)}::uuid[],
        ${due.map((one) => one.points)}::bigint[]) as back (member_id, order_id, points)
      where s.member_id = back.member_id and s.order_id = back.order_id`)
  }
  await returnToCards(tx, sold, (order_id) => `${last.get(order_id)!.refund_id}:${order_id}`)
  // goods that are all back are no purchase any more: what the coupon's design says of a cancelled order holds
  const whole = sold.filter(
    ({ lines, coupons: used }) => used > 0 && lines.every((line) => line.refunded_quantity === line.quantity),
  )
  await coupons.giveBack(
    tx,
    whole.map(({ member_id, hold_id }) => ({ member_id, source: sale_source, source_id: hold_id })),
  )
}

/** What stored value had paid goes back to its card, in proportion to the money. */
async function returnToCards(tx: Tx, sold: readonly Sold[], nameOf: (order_id: string) => string): Promise<void> {
  const due = sold.flatMap((sale) =>
    sale.payments.flatMap((payment) => {
      const wanted = paidBackBy(payment, sale.refunded_minor, sale.net_minor)
      return wanted > payment.returned_minor ? [{ sale, payment, units: wanted - payment.returned_minor }] : []
    }),
  )
  if (due.length === 0) return
  const outcomes = await cards.restore(
    tx,
    due.map(({ sale: { member_id, order_id, hold_id }, payment: { card_definition_id }, units }) => ({
      member_id,
      card_definition_id,
      spend_source: sale_source,
      spend_source_id: hold_id,
      source: return_source,
      source_id: nameOf(order_id),
      units,
    })),
  )
  outcomes.forEach(cards.insist)
  for (const { payment, units } of due) payment.returned_minor += units
  const changed = [...new Set(due.map(({ sale }) => sale))]
  await tx.run(sql`
    update till_sales s set payments = back.payments
    from unnest(${changed.map((one) => one.member_id)}::uuid[], ${changed.map((one) => one.order_id)}::uuid[],
      ${changed.map((one) => JSON.stringify(one.payments))}::jsonb[]) as back (member_id, order_id, payments)
    where s.member_id = back.member_id and s.order_id = back.order_id`)
}

/** Takes goods or money back, by line. Throws what a till or `orders.refund` refuses; again: the same answer. */
export async function refund(tx: Tx, wire: RefundWire): Promise<Return> {
  const [taken] = await orders.refund(tx, [await acceptable(tx, wire)])
  const { outcome, code, params, refund_id, member_id } = taken!
  if (outcome === 'refused') throw new AppError(code!, params)
  const answer = await returnOf(tx, { member_id: member_id!, refund_id: refund_id! })
  return { ...answer, outcome, ...(code ? { code } : {}) }
}

/** Takes an order back whole: `cancelled`. Throws `order.not_found`; again: the same answer. */
export async function cancel(tx: Tx, order_id: string): Promise<Return> {
  const order = await tx.row<{ member_id: string; source: string; source_id: string; occurred_at: Date }>(sql`
    select member_id, source, source_id, occurred_at from orders where order_id = ${order_id}::uuid`)
  if (!order) throw new AppError('order.not_found', { order_id })
  const { source, source_id, occurred_at, member_id } = order
  const [changed] = await orders.receive(tx, [
    { source, source_id, occurred_at, status: 'cancelled', lines: [], updated_at: tx.now },
  ])
  if (changed!.outcome === 'refused' && changed!.code !== 'order.ended')
    throw new AppError(changed!.code!, changed!.params)
  const last = await tx.row<{ refund_id: string }>(sql`
    select refund_id from order_refunds where member_id = ${member_id}::uuid and order_id = ${order_id}::uuid
      and kind = 'cancellation' limit 1`)
  if (!last && changed!.outcome === 'refused') throw new AppError(changed!.code!, changed!.params)
  const outcome = changed!.outcome === 'changed' ? 'changed' : 'unchanged'
  if (!last)
    return { outcome, refund_id: null, money_minor: 0, cards_returned_minor: 0, points_returned: 0, points_taken: 0 }
  return { ...(await returnOf(tx, { member_id, refund_id: last.refund_id })), outcome }
}

async function returnOf(
  tx: Tx,
  { member_id, refund_id }: { member_id: string; refund_id: string },
): Promise<Omit<Return, 'outcome'>> {
  const row = await tx.row<Omit<Return, 'outcome' | 'refund_id'>>(sql`
    with part as (
      select distinct refund_id || ':' || coalesce(order_id::text, 'unmatched') as name from order_refund_lines
      where member_id = ${member_id}::uuid and refund_id = ${refund_id}::uuid
    )
    select r.net_minor as money_minor,
      coalesce((select sum(entry.units) from part join card_entries entry on entry.member_id = r.member_id
        and entry.source = ${return_source}::text and entry.source_id = part.name), 0)::bigint as cards_returned_minor,
      coalesce((select sum(entry.points) from part join point_entries entry on entry.member_id = r.member_id
        and entry.source = ${return_source}::text and entry.source_id = part.name), 0)::bigint as points_returned,
      coalesce((select -sum(entry.points) from part join point_entries entry on entry.member_id = r.member_id
        and entry.source = 'refund' and entry.source_id = part.name), 0)::bigint as points_taken
    from order_refunds r where r.member_id = ${member_id}::uuid and r.refund_id = ${refund_id}::uuid`)
  return { refund_id, ...row! }
}

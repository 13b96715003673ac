/**
 * What a rule would have made of orders already booked. For each order of the window: what it would have earned
 * under the rules of its own time, the new version among them, less what its refunds would have taken back of that;
 * the difference to what is booked is an entry of its own. Preview and application are this one verb.
 */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf, startOfDay } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as tiers from '../tiers/tiers.ts'
import { rulesOf } from './law.ts'
import { isCapped, looksAtLines } from './earning/bonuses.ts'
import { detailsOf } from './earning/details.ts'
import { book } from './ledger.ts'
import type { PointRuleVersion } from './types.ts'
import type { RebookWant } from './wants.ts'

/** What rebooking did to one member. */
export interface Difference {
  member_id: string
  orders: number
  points_before: number
  points_change: number
}

interface OrderRow {
  member_id: string
  order_id: string
  source_id: string
  occurred_at: Date
  ordered_on: string
  goods_minor: number
  gross_minor: number
  shipping_minor: number
  refunded_goods_minor: number
  refunded_gross_minor: number
  refunded_shipping_minor: number
  entry_id: number | null
  tier_code: string | null
  booked: number | null
  /** What it earned, and what of it counted; before any refund. */
  earned: number | null
  counted_minor: number | null
}

/** Orders of these members in the window that earned, or that count; with what their refunds took back. */
async function ordersOf(tx: Tx, window: { from: Date; member_ids: readonly string[] }): Promise<OrderRow[]> {
  return tx.rows<OrderRow>(sql`
    select o.member_id, o.order_id, o.source_id, o.occurred_at, o.ordered_on,
      o.net_minor - o.shipping_minor as goods_minor, o.gross_minor, o.shipping_minor,
      refunded.goods_minor as refunded_goods_minor, refunded.gross_minor as refunded_gross_minor,
      refunded.shipping_minor as refunded_shipping_minor, entry.entry_id, entry.why->'params'->>'tier' as tier_code,
      lot.granted + lot.corrected - lot.reversed as booked, lot.granted + lot.corrected as earned,
      lot.counted_minor
    from orders o
    left join point_entries entry
      on entry.member_id = o.member_id and entry.source = 'order' and entry.source_id = o.order_id::text
    left join point_lots lot on lot.member_id = entry.member_id and lot.lot_id = entry.entry_id
    left join lateral (
      select coalesce(sum(net_minor) filter (where order_line_no is not null), 0)::bigint as goods_minor,
        coalesce(sum(gross_minor) filter (where order_line_no is not null), 0)::bigint as gross_minor,
        coalesce(sum(net_minor) filter (where order_line_no is null), 0)::bigint as shipping_minor
      from order_refund_lines line where line.member_id = o.member_id and line.order_id = o.order_id
    ) refunded on true
    where o.member_id = any (${window.member_ids}::uuid[]) and o.occurred_at >= ${window.from}::timestamptz
      and o.kind <> 'adjustment' and (entry.entry_id is not null or o.counts)`)
}

/** A cap by month counts what the month had earned before the window begins. */
function seenFrom(rules: readonly PointRuleVersion[], from: Date, zone: string): Date {
  return rules.some(({ rule }) => isCapped(rule.earn))
    ? startOfDay(`${dayOf(from, zone).slice(0, 7)}-01`, zone)
    : from
}

/**
 * Rebooks the orders of some members from an instant on, under the rules as they stand (the new version is in them).
 * Orders without an entry are taken up only if no rule but the new one looks at their time: what a guest bought
 * stays a guest's.
 */
export async function rebook(
  tx: Tx,
  input: { version: number; from: Date; member_ids: readonly string[] },
): Promise<Difference[]> {
  const { time_zone } = await program.current(tx)
  const rules = await rulesOf(tx)
  const earlier = rules.filter((rule) => rule.version !== input.version)
  const from = seenFrom(rules, input.from, time_zone)
  const seen = (await ordersOf(tx, { ...input, from })).filter(
    (order) => order.entry_id !== null || !tiers.ruleAt(earlier, order.occurred_at),
  )
  const isKept = (order: OrderRow) => order.occurred_at < input.from
  const all = seen.filter((order) => !isKept(order) || order.entry_id !== null)
  const orders = all.filter((order) => !isKept(order))
  const bare = orders.filter((order) => order.entry_id === null)
  const held =
    bare.length === 0
      ? []
      : await tiers.heldBefore(
          tx,
          await tiers.lawOf(tx, time_zone),
          bare.map((order) => ({ member_id: order.member_id, at: order.occurred_at })),
        )
  bare.forEach((order, i) => (order.tier_code = held[i]!.tier_code))
  const today = dayOf(tx.now, time_zone)
  const details = rules.some(({ rule }) => looksAtLines(rule)) ? await detailsOf(tx, all) : null
  const outcomes = await book(
    tx,
    all.map((order): RebookWant => ({
      kind: 'rebook',
      member_id: order.member_id,
      occurred_at: tx.now,
      day: today,
      // in the order in which they were placed, since caps count what came before
      number: `${order.occurred_at.toISOString()} ${order.source_id}`,
      source: 'rebooking',
      source_id: `${input.version}:${order.order_id}`,
      order_id: order.order_id,
      order_day: order.ordered_on,
      ordered_at: order.occurred_at,
      tier_code: order.tier_code,
      purchase: {
        goods_minor: order.goods_minor,
        gross_minor: order.gross_minor,
        shipping_minor: order.shipping_minor,
      },
      refunded: {
        goods_minor: order.refunded_goods_minor,
        gross_minor: order.refunded_gross_minor,
        shipping_minor: order.refunded_shipping_minor,
      },
      ...details?.get(order.order_id),
      ...(isKept(order) && { kept: { points: order.earned ?? 0, counted_minor: order.counted_minor ?? 0 } }),
    })),
  )
  const differences = new Map<string, Difference>(
    input.member_ids.map((member_id) => [member_id, { member_id, orders: 0, points_before: 0, points_change: 0 }]),
  )
  all.forEach((order, i) => {
    if (isKept(order)) return
    const difference = differences.get(order.member_id)!
    difference.orders += 1
    difference.points_before += order.booked ?? 0
    difference.points_change += outcomes[i]!.points ?? 0
  })
  return [...differences.values()]
}

/**
 * Stamps of orders, derived from the books as they stand: after a new order, a late one, a refund by line or a
 * cancellation, always by the same question. So the order of arrival cannot matter, and repeating changes nothing.
 */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import type { StampWant } from './wants.ts'
import { book } from './ledger.ts'
import { stampsFor, versionAt } from './rules.ts'
import type { CardLaw, StampDefinition, StampLine } from './types.ts'

interface BookedOrder {
  member_id: string
  order_id: string
  ordered_at: Date
  ordered_on: string
  store_id: string | null
  is_supplement: boolean
  lines: StampLine[]
}
interface Told {
  member_id: string
  order_id: string
  occurred_at: Date
  is_refund: boolean
}

/** Follows `order.paid` and `order.refunded`, by the stamp cards there are. */
export async function follow(tx: Tx, facts: readonly Fact[], laws: readonly CardLaw[]): Promise<void> {
  if (laws.length === 0) return
  const told = new Map<string, Told>()
  for (const { name, member_id, occurred_at, data } of facts) {
    const order_id = data['order_id'] as string | null
    // guests and walk-ins have no cards; a refund that names no order has nothing to take stamps from
    if (order_id === null || data['member_kind'] !== 'member') continue
    const known = told.get(order_id)
    const is_refund = name === 'order.refunded' && known?.is_refund !== false
    told.set(order_id, { member_id, order_id, occurred_at: known?.occurred_at ?? occurred_at, is_refund })
  }
  if (told.size === 0) return
  const { time_zone } = await program.current(tx)
  const wants = (await ordersOf(tx, [...told.values()])).flatMap((order) =>
    wantsOf(order, told.get(order.order_id)!, laws, time_zone),
  )
  await book(tx, wants, laws)
}

function wantsOf(order: BookedOrder, told: Told, laws: readonly CardLaw[], zone: string): StampWant[] {
  const { member_id, order_id, ordered_at, ordered_on, store_id } = order
  const definitions = laws.flatMap((law): StampDefinition[] => {
    const version = versionAt(law, ordered_at)
    return version?.rule.kind === 'stamps' ? [{ ...law, version: version.version, rule: version.rule }] : []
  })
  const { occurred_at, is_refund } = told
  return stampsFor(order, definitions)
    .filter(({ stamps }) => is_refund || stamps > 0)
    .map((stamped) => ({
      kind: 'stamp',
      member_id,
      card_definition_id: stamped.card_definition_id,
      order_id,
      ordered_at,
      ordered_on,
      store_id,
      stamped,
      is_refund,
      source: 'order',
      source_id: order_id,
      occurred_at,
      day: dayOf(occurred_at, zone),
    }))
}

/** Orders with what is left of their lines. Of one that does not count nothing is left. */
async function ordersOf(tx: Tx, told: readonly Told[]): Promise<BookedOrder[]> {
  return tx.rows(sql`
    select o.member_id, o.order_id, o.occurred_at as ordered_at, o.ordered_on, o.store_id,
      o.kind = 'supplement' as is_supplement, coalesce(line.lines, '[]') as lines
    from unnest(${told.map((one) => one.member_id)}::uuid[], ${told.map((one) => one.order_id)}::uuid[])
      as told (member_id, order_id)
    join orders o on o.member_id = told.member_id and o.order_id = told.order_id and o.kind <> 'adjustment'
    left join lateral (
      select jsonb_agg(jsonb_build_object('sku', l.sku, 'category', l.category,
        'quantity', l.quantity - l.refunded_quantity, 'net_minor', l.net_minor - l.refunded_minor)) as lines
      from order_lines l where l.member_id = o.member_id and l.order_id = o.order_id and o.counts
    ) line on true`)
}

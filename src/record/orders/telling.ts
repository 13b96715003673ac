/** The facts of this module. Members and guests only: a fact is about one member, and a walk-in is nobody. */
import type { Tx } from '../../base/db.ts'
import { foretell, write, type Fact } from '../../base/facts.ts'
import type { MemberKind } from './statistics.ts'
import type { OpenOrder, Taking } from './matching.ts'
import { quantityText, sumOf } from './rules.ts'
import { shippingOf, type TakenRefund } from './taking.ts'
import type { Beside, LineDraft, OrderInput, OrderStatus } from './types.ts'

/** What bound hearers get beside an `order.paid`: not stored, so that they need not read the lines again. */
export interface PaidContext {
  lines: readonly Pick<
    LineDraft,
    'line_no' | 'product_id' | 'sku' | 'category' | 'quantity' | 'gross_minor' | 'net_minor'
  >[]
  status: OrderStatus
  beside?: Beside | undefined
  /** Whose tier climbs, where that is not whose order it is. */
  climber_id?: string | null | undefined
}

/** What bound hearers get beside an `order.refunded`. */
export interface RefundedContext {
  /** Whose tier climbed by the order. */
  climber_id?: string | null | undefined
  lines: {
    order_id: string | null
    /** null: it found no line (order_id null too). Shipping is not among the lines. */
    order_line_no: number | null
    product_id: string | null
    sku: string | null
    category: string | null
    quantity: string
    net_minor: number
    /** Its share of the line's amount before discounts; parts of a total refund sum to the whole. */
    gross_minor: number
  }[]
}

/** What an order fact says of its order. */
export interface ToldOrder {
  member_id: string
  order_id: string
  source: string
  source_id: string
  adds_to: string | null
  store_id: string | null
  occurred_at: Date
  ordered_on: string
  gross_minor: number
  discount_minor: number
  shipping_minor: number
  net_minor: number
  status: OrderStatus
  lines: readonly LineDraft[]
  beside?: Beside | undefined
  climber_id?: string | null | undefined
}

export function paidFact(order: ToldOrder, member_kind: MemberKind, occurred_at: Date): Fact {
  const {
    order_id,
    source,
    source_id,
    store_id,
    ordered_on,
    net_minor,
    gross_minor,
    shipping_minor,
    discount_minor,
  } = order
  const { lines, status, beside, climber_id } = order
  const context: PaidContext = { lines, status, beside, climber_id }
  return {
    name: 'order.paid',
    member_id: order.member_id,
    occurred_at,
    data: {
      order_id,
      ...(order.adds_to ? { adds_to: order.adds_to } : {}),
      source,
      source_id,
      store_id,
      member_kind,
      ordered_on,
      net_minor,
      gross_minor,
      goods_minor: net_minor - shipping_minor,
      shipping_minor,
      discount_minor,
    },
    context,
  }
}

/** An order that came in: paid at once, or placed and not paid yet. What came in cancelled is no news. */
export function bookedFacts(booked: readonly OrderInput[], kinds: ReadonlyMap<string, MemberKind>): Fact[] {
  const facts: Fact[] = []
  for (const order of booked) {
    const kind = personKind(kinds, order.member_id)
    if (!kind) continue
    if (order.counts) facts.push(paidFact(order, kind, order.occurred_at))
    else if (order.kind === 'order' && order.status === 'placed')
      facts.push(movedFact(order, 'placed', kind, order.occurred_at))
  }
  return facts
}

/** `order.shipped` and the like: the source moved an order that is here. */
export function movedFact(
  order: Pick<ToldOrder, 'member_id' | 'order_id' | 'source' | 'source_id' | 'store_id' | 'net_minor'>,
  status: OrderStatus,
  member_kind: MemberKind,
  occurred_at: Date,
): Fact {
  const { member_id, order_id, source, source_id, store_id, net_minor } = order
  return {
    name: `order.${status}`,
    member_id,
    occurred_at,
    data: { order_id, source, source_id, store_id, member_kind, net_minor },
  }
}

/** The kind of a person; nothing for walk-ins. */
export function personKind(kinds: ReadonlyMap<string, MemberKind>, member_id: string): MemberKind | undefined {
  const kind = kinds.get(member_id)
  return kind === 'walk_in' ? undefined : kind
}

/** One fact for each order that a refund takes back from, and one without an order for what was not matched. */
export function refundedFacts(
  written: readonly TakenRefund[],
  orders: ReadonlyMap<string, OpenOrder>,
  kinds: ReadonlyMap<string, MemberKind>,
): Fact[] {
  const facts: Fact[] = []
  for (const refund of written) {
    const kind = personKind(kinds, refund.member_id)
    if (!kind) continue
    const parts = new Map<string | null, Taking[]>()
    for (const taking of refund.takings) {
      const part = parts.get(taking.order_id)
      if (part) part.push(taking)
      else parts.set(taking.order_id, [taking])
    }
    for (const [order_id, takings] of parts) facts.push(refundedFact(refund, order_id, takings, orders, kind))
  }
  return facts
}

function refundedFact(
  refund: TakenRefund,
  order_id: string | null,
  takings: readonly Taking[],
  orders: ReadonlyMap<string, OpenOrder>,
  member_kind: MemberKind,
): Fact {
  const net_minor = sumOf(takings, (taking) => taking.net_minor)
  const shipping_minor = sumOf(takings, shippingOf)
  const context: RefundedContext = {
    climber_id: order_id === null ? null : orders.get(order_id)?.climber_id,
    lines: takings
      .filter((taking) => taking.order_id === null || taking.order_line_no !== null)
      .map((taking) => ({
        order_id: taking.order_id,
        order_line_no: taking.order_line_no,
        product_id: taking.product_id,
        sku: taking.sku,
        category: taking.line?.category ?? null,
        quantity: quantityText(taking.quantity_e4),
        net_minor: taking.net_minor,
        gross_minor: taking.gross_minor,
      })),
  }
  return {
    name: 'order.refunded',
    member_id: refund.member_id,
    occurred_at: refund.occurred_at,
    data: {
      refund_id: refund.refund_id,
      order_id,
      kind: refund.kind,
      source: refund.source,
      source_id: refund.source_id,
      store_id: refund.store_id,
      member_kind,
      ordered_on: refund.ordered_on,
      original_on: order_id === null ? null : (orders.get(order_id)?.ordered_on ?? null),
      net_minor,
      goods_minor: net_minor - shipping_minor,
      shipping_minor,
      unmatched_minor: order_id === null ? net_minor : 0,
    },
    context,
  }
}

/** Facts in the order of their time and number, member by member: hearers see each member's history as it went. */
export async function tell(tx: Tx, facts: readonly Fact[]): Promise<void> {
  await write(tx, inTime(facts))
}

function inTime(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(
    (a, b) =>
      (a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0) ||
      a.occurred_at.getTime() - b.occurred_at.getTime() ||
      (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0),
  )
}

/** Large sets do not wait for the way to the server, but for the work. */
const foretoldMax = 200
/** After a set in which somebody was no member so many are not foretold: whoever buys there is like that. */
const wary_sets = 50
let waryFor = 0

/** Facts of orders on their way, told to be coming. */
export interface Foretold {
  facts: readonly Fact[]
  /** Of how many orders. */
  count: number
  kinds: ReadonlyMap<string, MemberKind>
}

/**
 * Foretells what booking these orders will tell, while they are being booked: all are taken to be new, and everybody
 * to be a member but the walk-ins.
 */
export function foretellBooked(
  tx: Tx,
  inputs: readonly OrderInput[],
  walkIns: ReadonlySet<string>,
): Foretold | undefined {
  if (inputs.length === 0 || inputs.length > foretoldMax) return undefined
  if (waryFor > 0) {
    waryFor -= 1
    return undefined
  }
  const kinds = new Map(
    inputs.map(({ member_id }) => [member_id, walkIns.has(member_id) ? 'walk_in' : 'member'] as const),
  )
  const facts = inTime(bookedFacts(inputs, kinds))
  foretell(tx, facts)
  return { facts, count: inputs.length, kinds }
}

/** Tells of booked orders; what was foretold of them only if all came as it was taken to. */
export async function tellBooked(
  tx: Tx,
  booked: readonly OrderInput[],
  kinds: ReadonlyMap<string, MemberKind>,
  foretold: Foretold | undefined,
): Promise<void> {
  if (!foretold) return tell(tx, bookedFacts(booked, kinds))
  const isAsTaken = [...foretold.kinds].every(([member_id, kind]) => kinds.get(member_id) === kind)
  if (!isAsTaken) waryFor = wary_sets
  if (isAsTaken && booked.length === foretold.count) await write(tx, foretold.facts)
  else await tell(tx, bookedFacts(booked, kinds))
}

const idOf = (fact: Fact) => String(fact.data['source_id'])

/**
 * Which lines a refund takes back from. Pure: the caller reads every line that may be concerned (`Pool`), refunds
 * are decided one after the other in the order of their time, and what one takes is no longer there for the next.
 *
 * A refund that names its order takes from that order and its supplements, never more than is left. One that names
 * none takes the member's newest earlier lines of the SKU with quantity left; the rest is unmatched.
 */
import { apportion } from '../../base/money.ts'
import { isRefusal, refusal, share, type Refusal } from './rules.ts'
import type { RefundKind } from './types.ts'

/** A line with what is left of it. Deciding a refund changes `refunded_…`; only `take` may. */
export interface OpenLine {
  member_id: string
  order_id: string
  line_no: number
  sku: string | null
  name: string | null
  product_id: string | null
  category: string | null
  occurred_at: Date
  source: string
  source_id: string
  quantity_e4: number
  net_minor: number
  gross_minor: number
  refunded_quantity_e4: number
  refunded_minor: number
}

/** An order or a supplement with the shipping left of it; `root_id` is the order that refunds name. */
export interface OpenOrder {
  member_id: string
  order_id: string
  root_id: string
  ordered_on: string
  shipping_minor: number
  refunded_shipping_minor: number
  /** Whose tier climbed by it; null: whoever has the order. */
  climber_id: string | null
  lines: OpenLine[]
}

export interface Pool {
  /** Each named order with its supplements, the order itself first. */
  families: ReadonlyMap<string, OpenOrder[]>
  /** By member and SKU (`stackKey`), newest first. */
  stacks: ReadonlyMap<string, OpenLine[]>
}

/** A refund checked, its order looked up. Amounts are positive. */
export interface RefundDraft {
  index: number
  source: string
  source_id: string
  kind: RefundKind
  member_id: string
  store_id: string | null
  occurred_at: Date
  ordered_on: string
  /** The named order, if we know it. */
  order_id: string | null
  order_source_id: string | null
  /** All that is left of the named order. */
  is_whole: boolean
  lines: RefundLineDraft[]
  amount_minor: number | null
  shipping_minor: number
  content_hash: string
}
export interface RefundLineDraft {
  line_no: number | null
  sku: string | null
  name: string | null
  quantity_e4: number
  /** null: what was paid for this quantity. */
  net_minor: number | null
  /** Corrections say it; others take the line's own share. */
  gross_minor: number | null
}

/** What a refund takes: from a line; shipping (`order_line_no` null); or from nothing (`order_id` null). */
export interface Taking {
  order_id: string | null
  order_line_no: number | null
  line: OpenLine | null
  sku: string | null
  product_id: string | null
  quantity_e4: number
  net_minor: number
  gross_minor: number
}

export function stackKey(member_id: string, sku: string): string {
  return `${member_id} ${sku}`
}

/**
 * By time; at one instant by source and number, so that the outcome does not hang on how the set was put together.
 */
export function compareRefunds(a: RefundDraft, b: RefundDraft): number {
  const time = a.occurred_at.getTime() - b.occurred_at.getTime()
  if (time !== 0) return time
  return compareTexts(a.source, b.source) || compareTexts(a.source_id, b.source_id)
}

/** Newest first; at one instant by number and line, last first: never by an id that we have drawn ourselves. */
export function compareNewest(a: OpenLine, b: OpenLine): number {
  return (
    b.occurred_at.getTime() - a.occurred_at.getTime() ||
    compareTexts(b.source, a.source) ||
    compareTexts(b.source_id, a.source_id) ||
    b.line_no - a.line_no
  )
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Decides one refund against the pool. On a refusal the pool is as it was. */
export function takeBack(refund: RefundDraft, pool: Pool): Taking[] | Refusal {
  if (refund.order_id === null) return takeNewest(refund, pool)
  const family = [...(pool.families.get(refund.order_id) ?? [])]
  // what a source lowers it had raised last
  if (refund.kind === 'correction') family.reverse()
  const undo = family.flatMap((order) =>
    order.lines.map((line) => ({ line, quantity: line.refunded_quantity_e4, net: line.refunded_minor })),
  )
  const shipping = family.map((order) => order.refunded_shipping_minor)
  const taken = takeNamed(refund, family)
  if (isRefusal(taken)) {
    for (const { line, quantity, net } of undo) {
      line.refunded_quantity_e4 = quantity
      line.refunded_minor = net
    }
    family.forEach((order, i) => (order.refunded_shipping_minor = shipping[i]!))
  }
  return taken
}

function takeNamed(refund: RefundDraft, family: OpenOrder[]): Taking[] | Refusal {
  const lines = family.flatMap((order) => order.lines)
  const takings: Taking[] = []
  if (refund.is_whole) {
    for (const line of lines) {
      if (quantityLeft(line) > 0 || netLeft(line) > 0) takings.push(take(line, quantityLeft(line), netLeft(line)))
    }
    takings.push(...takeShipping(family, shippingLeft(family)))
    return takings.length > 0 || refund.kind !== 'refund' ? takings : refusal('refund.too_much', { left_minor: 0 })
  }
  for (const wanted of refund.lines) {
    const taken = takeWanted(refund, wanted, family)
    if (isRefusal(taken)) return taken
    takings.push(...taken)
  }
  let shipping = refund.shipping_minor
  if (refund.amount_minor !== null) {
    const goods = lines.reduce((sum, line) => sum + netLeft(line), 0)
    const fromGoods = Math.min(refund.amount_minor, goods)
    const parts = apportion(fromGoods, lines.map(netLeft))
    lines.forEach((line, i) => parts[i]! > 0 && takings.push(take(line, 0, parts[i]!)))
    shipping += refund.amount_minor - fromGoods
  }
  const left = shippingLeft(family)
  if (shipping > left && refund.kind === 'refund') {
    return refusal('refund.too_much', { wanted_minor: shipping, left_minor: left, part: 'shipping' })
  }
  takings.push(...takeShipping(family, Math.min(shipping, left)))
  return takings
}

/** One wanted line: the order's own line first, then lines of the same SKU in its supplements. */
function takeWanted(refund: RefundDraft, wanted: RefundLineDraft, family: OpenOrder[]): Taking[] | Refusal {
  const lines = linesFor(wanted, family)
  if (lines.length === 0) return refusal('refund.line_unknown', { line_no: wanted.line_no, sku: wanted.sku })
  const isCorrection = refund.kind === 'correction'
  const quantity_left = lines.reduce((sum, line) => sum + quantityLeft(line), 0)
  const net_left = lines.reduce((sum, line) => sum + netLeft(line), 0)
  const named = { line_no: wanted.line_no, sku: wanted.sku }
  if (!isCorrection && wanted.quantity_e4 > quantity_left) {
    return refusal('refund.too_much', {
      ...named,
      quantity: wanted.quantity_e4 / 10_000,
      left: quantity_left / 10_000,
    })
  }
  if (!isCorrection && (wanted.net_minor ?? 0) > net_left) {
    return refusal('refund.too_much', { ...named, wanted_minor: wanted.net_minor, left_minor: net_left })
  }
  const quantity = Math.min(wanted.quantity_e4, quantity_left)
  const takings = takeQuantity(
    lines,
    quantity,
    wanted.net_minor === null ? null : Math.min(wanted.net_minor, net_left),
  )
  if (wanted.gross_minor !== null && takings.length > 0) {
    takings.forEach((taking) => (taking.gross_minor = 0))
    takings[0]!.gross_minor = wanted.gross_minor
  } else if (wanted.gross_minor !== null) {
    takings.push({ ...take(lines[0]!, 0, 0), gross_minor: wanted.gross_minor })
  }
  return takings
}

function linesFor(wanted: RefundLineDraft, family: OpenOrder[]): OpenLine[] {
  const root = family.find((order) => order.order_id === order.root_id)
  const own = root?.lines.find((line) => wanted.line_no !== null && line.line_no === wanted.line_no)
  if (wanted.line_no !== null && !own) return []
  const sku = wanted.sku ?? own?.sku ?? null
  const same = family
    .flatMap((order) => order.lines)
    .filter(
      (line) =>
        line !== own &&
        (sku !== null ? line.sku === sku : line.sku === null && line.name === (wanted.name ?? own?.name ?? null)),
    )
  // equal lines of one order are different lines when the refund says which
  return own ? [own, ...same.filter((line) => line.order_id !== own.order_id)] : same
}

/**
 * Takes a quantity from lines in their order, and an amount along with it: given, or what was paid for the
 * quantity.
 */
function takeQuantity(lines: readonly OpenLine[], quantity: number, amount: number | null): Taking[] {
  const parts: { line: OpenLine; quantity: number; net: number }[] = []
  let open = quantity
  for (const line of lines) {
    const part = Math.min(open, quantityLeft(line))
    if (part <= 0) continue
    const taken = quantity - open
    const paid =
      amount === null ? paidFor(line, part) : share(amount, taken + part, quantity) - share(amount, taken, quantity)
    parts.push({ line, quantity: part, net: Math.min(paid, netLeft(line)) })
    open -= part
  }
  if (amount !== null) fillAmount(lines, parts, amount)
  return parts.map((part) => take(part.line, part.quantity, part.net))
}

/** What rounding or a line paid less for could not carry is taken where something is left. */
function fillAmount(
  lines: readonly OpenLine[],
  parts: { line: OpenLine; quantity: number; net: number }[],
  amount: number,
): void {
  let missing = amount - parts.reduce((sum, part) => sum + part.net, 0)
  for (const line of lines) {
    if (missing <= 0) return
    let part = parts.find((one) => one.line === line)
    const more = Math.min(missing, netLeft(line) - (part?.net ?? 0))
    if (more <= 0) continue
    if (!part) parts.push((part = { line, quantity: 0, net: 0 }))
    part.net += more
    missing -= more
  }
}

/** Newest earlier lines of the SKU; what finds none, in quantity or in money, is one unmatched taking. */
function takeNewest(refund: RefundDraft, pool: Pool): Taking[] {
  const takings: Taking[] = []
  for (const wanted of refund.lines) takings.push(...takeNewestOf(refund, wanted, pool))
  const loose = (refund.amount_minor ?? 0) + refund.shipping_minor
  if (loose > 0) takings.push(unmatched(null, 0, loose))
  return takings
}

function takeNewestOf(refund: RefundDraft, wanted: RefundLineDraft, pool: Pool): Taking[] {
  const stack = wanted.sku === null ? [] : (pool.stacks.get(stackKey(refund.member_id, wanted.sku)) ?? [])
  const takings: Taking[] = []
  let open = wanted.quantity_e4
  let open_net = wanted.net_minor
  for (const line of stack) {
    if (open <= 0) break
    if (line.occurred_at > refund.occurred_at) continue
    const part = Math.min(open, quantityLeft(line))
    if (part <= 0) continue
    const net = open_net === null ? paidFor(line, part) : Math.min(share(open_net, part, open), netLeft(line))
    takings.push(take(line, part, net))
    open -= part
    if (open_net !== null) open_net -= net
  }
  if (open > 0 || (open_net ?? 0) > 0) takings.push(unmatched(wanted.sku, open, open_net ?? 0))
  return takings
}

function unmatched(sku: string | null, quantity_e4: number, net_minor: number): Taking {
  return {
    order_id: null,
    order_line_no: null,
    line: null,
    sku,
    product_id: null,
    quantity_e4,
    net_minor,
    gross_minor: net_minor,
  }
}

export function quantityLeft(line: OpenLine): number {
  return line.quantity_e4 - line.refunded_quantity_e4
}
export function netLeft(line: OpenLine): number {
  return line.net_minor - line.refunded_minor
}
function shippingLeft(family: readonly OpenOrder[]): number {
  return family.reduce((sum, order) => sum + order.shipping_minor - order.refunded_shipping_minor, 0)
}

/**
 * What was paid for a part of a line; whoever takes the last of it takes all the money that is left, so parts sum
 * to the whole.
 */
function paidFor(line: OpenLine, quantity: number): number {
  if (quantity >= quantityLeft(line)) return netLeft(line)
  return Math.min(netLeft(line), share(line.net_minor, quantity, line.quantity_e4))
}

/**
 * Takes from a line. Its share of the amount before discounts is rounded cumulatively, by money, else by quantity.
 */
function take(line: OpenLine, quantity_e4: number, net_minor: number): Taking {
  const grossAt = (net: number, quantity: number) =>
    line.net_minor > 0
      ? share(line.gross_minor, net, line.net_minor)
      : share(line.gross_minor, quantity, line.quantity_e4)
  const before = grossAt(line.refunded_minor, line.refunded_quantity_e4)
  line.refunded_quantity_e4 += quantity_e4
  line.refunded_minor += net_minor
  const gross_minor = grossAt(line.refunded_minor, line.refunded_quantity_e4) - before
  const { order_id, line_no, sku, product_id } = line
  return { order_id, order_line_no: line_no, line, sku, product_id, quantity_e4, net_minor, gross_minor }
}

function takeShipping(family: OpenOrder[], amount: number): Taking[] {
  const takings: Taking[] = []
  let open = amount
  for (const order of family) {
    const part = Math.min(open, order.shipping_minor - order.refunded_shipping_minor)
    if (part <= 0) continue
    order.refunded_shipping_minor += part
    open -= part
    takings.push({
      order_id: order.order_id,
      order_line_no: null,
      line: null,
      sku: null,
      product_id: null,
      quantity_e4: 0,
      net_minor: part,
      gross_minor: part,
    })
  }
  return takings
}

import { isGuestWord, readKind, readStatus, type OrderStatus } from './answers.ts'
import {
  cellOf,
  contactOf,
  dropContact,
  identifierOf,
  instantOrNull,
  isRead,
  isUnreadContact,
  joinName,
  leftOut,
  mended,
  refuse,
  textOf,
  valueOf,
  type RowMapper,
  type RowState,
} from './cells.ts'
import type { Mapping } from './mapping.ts'
import { exchangeRate, lineAmounts, minor, minorIn, silent, sizeIn, type LineAmounts } from './order-amounts.ts'
import { orderPlan, type Plan } from './order-plan.ts'
import { readEmail } from './repairs.ts'
import type { Exact } from './amounts.ts'
import type { LineKind, MapContext, StagedHead, StagedIdentity, StagedLine } from './staged.ts'

/** Prepares the reading of a file of orders, row by row; `mapOrders` in rows.ts is the door. */
export function orderMapper(mapping: Mapping, header: readonly string[], context: MapContext): RowMapper<StagedLine> {
  const plan = orderPlan(mapping, header, context)
  return (state) => readLine(plan, state)
}

function readLine(plan: Plan, state: RowState): StagedLine | undefined {
  const { columns, mapping } = plan
  const refusedBefore = state.refusals.length
  const source_id = identifierOf(state, columns.order_id, 'refuse')
  if (source_id === null && state.refusals.length === refusedBefore)
    refuse(state, columns.order_id, 'import.order_id_missing', '')
  const occurred_at = occurredAt(plan, state)
  const rate = exchangeRate(plan, state)
  const amounts = lineAmounts(plan, state, rate)
  const member = identity(plan, state)
  const refund_of = identifierOf(state, columns.refund_of, 'leave_out')
  if (amounts === undefined || source_id === null || state.refusals.length > refusedBefore) return undefined
  const kind = kindOf(plan, state, source_id, refund_of, amounts)
  if (kind === 'refuse') {
    refuse(
      state,
      columns.quantity ?? columns.line_total ?? columns.order_total,
      'import.negative_refused',
      String(amounts.quantity),
    )
    return undefined
  }
  if (kind === 'refund' && (amounts.quantity > 0 || amounts.net_minor > 0)) turn(plan, state, amounts)
  const head = plan.hasHead ? headOf(plan, state, rate) : null
  if (state.refusals.length > refusedBefore) return undefined
  return {
    row: state.row,
    kind,
    source: textOf(state, columns.source) ?? mapping.source,
    source_id,
    line_id: identifierOf(state, columns.line_id, 'leave_out'),
    occurred_at,
    status: statusOf(plan, state, head),
    store: textOf(state, columns.store),
    member,
    sku: identifierOf(state, columns.sku, 'leave_out'),
    product_name: textOf(state, columns.product_name),
    category: textOf(state, columns.category),
    quantity: amounts.quantity,
    unit_price: amounts.unit_price,
    net_minor: amounts.net_minor,
    gross_minor: amounts.gross_minor,
    currency: plan.context.currency,
    refund_of,
    head,
    repairs: state.repairs,
  }
}

function occurredAt(plan: Plan, state: RowState): string | null {
  const column = plan.columns.occurred_at
  let cell = cellOf(state, column)
  if (cell === '') {
    if (plan.mapping.order_columns === 'every_line') refuse(state, column, 'import.date_missing', '')
    return null
  }
  const time = cellOf(state, plan.columns.occurred_time)
  if (time !== '') cell = `${cell} ${time}`
  const read = plan.occurredAt(cell)
  return valueOf(state, column!, cell, read, 'refuse')
}

/**
 * A preset's rule, else the row's own word, else that it names an original, else its signs: a negative quantity is what
 * the mapping says; a negative amount of a positive quantity is a discount line and so an adjustment.
 */
function kindOf(
  plan: Plan,
  state: RowState,
  source_id: string,
  refund_of: string | null,
  amounts: LineAmounts,
): LineKind | 'refuse' {
  const { quantity, sign } = amounts
  if (plan.kindRule) return plan.kindRule({ source_id, quantity, sign })
  const word = plan.columns.kind ? readKind(cellOf(state, plan.columns.kind)) : undefined
  if (word === 'refund' || refund_of !== null) return 'refund'
  if (quantity < 0) return plan.mapping.negative_lines
  return sign < 0 ? 'adjustment' : 'order'
}

/** Returns are negative, however the file writes them. */
function turn(plan: Plan, state: RowState, amounts: LineAmounts): void {
  const column =
    plan.columns.quantity ?? plan.columns.line_total ?? plan.columns.unit_price ?? plan.columns.order_total!
  const from = `${amounts.quantity} / ${amounts.net_minor}`
  amounts.quantity = -Math.abs(amounts.quantity)
  amounts.net_minor = 0 - Math.abs(amounts.net_minor)
  amounts.gross_minor = 0 - Math.abs(amounts.gross_minor)
  mended(state, column, 'repair.sign_turned', from, `${amounts.quantity} / ${amounts.net_minor}`)
}

function statusOf(plan: Plan, state: RowState, head: StagedHead | null): OrderStatus | null {
  if (head !== null && head.cancelled_at !== null) return 'cancelled'
  const cell = cellOf(state, plan.columns.status)
  if (cell === '') return null
  const status = readStatus(cell)
  if (status === undefined) leftOut(state, plan.columns.status!, 'import.status_unknown', cell)
  return status ?? null
}

/** Who bought. An unreadable telephone is left out if something else says who; if nothing does, the row is refused. */
function identity(plan: Plan, state: RowState): StagedIdentity | null {
  const { columns, mapping } = plan
  const external_id = guestless(identifierOf(state, columns.member_external_id, 'refuse'))
  const card = columns.member_card ? guestless(identifierOf(state, columns.member_card, 'refuse')) : null
  const phone = columns.member_phone ? contactOf(state, columns.member_phone, plan.phone) : null
  const email = columns.member_email ? contactOf(state, columns.member_email, readEmail) : null
  const isKnown = external_id !== null || card !== null || isRead(phone) || isRead(email)
  if (isUnreadContact(phone)) dropContact(state, columns.member_phone!, phone, isKnown)
  if (isUnreadContact(email)) dropContact(state, columns.member_email!, email, isKnown)
  if (!isKnown) return null
  const name =
    textOf(state, columns.member_name) ??
    partsOfName(plan, state) ??
    (mapping.external_id_is_name ? external_id : null)
  return { external_id, phone: isRead(phone) ? phone : null, email: isRead(email) ? email : null, card, name }
}

function partsOfName({ columns }: Plan, state: RowState): string | null {
  if (!columns.member_first_name && !columns.member_last_name) return null
  return joinName(textOf(state, columns.member_first_name), textOf(state, columns.member_last_name))
}

function guestless(id: string | null): string | null {
  return id === null || isGuestWord(id) ? null : id
}

function headOf(plan: Plan, state: RowState, rate: Exact): StagedHead | null {
  const { columns } = plan
  const head: StagedHead = {
    paid_at: instantOrNull(state, columns.paid_at, plan.paidAt),
    cancelled_at: instantOrNull(state, columns.cancelled_at, plan.cancelledAt),
    subtotal_minor: minorIn(plan, state, columns.order_subtotal, rate),
    // In a file of whole orders the total has been read as the line, and its mendings told.
    total_minor: plan.isWholeOrders
      ? minor(plan, state, columns.order_total, silent(plan, state, columns.order_total!), rate)
      : minorIn(plan, state, columns.order_total, rate),
    discount_minor: sizeIn(plan, state, columns.order_discount, rate),
    shipping_minor: sizeIn(plan, state, columns.shipping, rate),
    tax_minor: sizeIn(plan, state, columns.tax, rate),
    refunded_minor: sizeIn(plan, state, columns.refunded_total, rate),
    coupon: textOf(state, columns.coupon),
  }
  return isEmpty(head) ? null : head
}

function isEmpty(head: StagedHead): boolean {
  return (
    head.total_minor === null &&
    head.paid_at === null &&
    head.subtotal_minor === null &&
    head.discount_minor === null &&
    head.shipping_minor === null &&
    head.tax_minor === null &&
    head.refunded_minor === null &&
    head.coupon === null &&
    head.cancelled_at === null
  )
}

import { decimalsOf } from '../../../base/money.ts'
import { columnOf, instantsOf, type Column, type InstantReader } from './cells.ts'
import { orderFields, type OrderField } from './fields.ts'
import type { Mapping } from './mapping.ts'
import { phoneReader, type PhoneReader } from './phones.ts'
import { kindRuleOf, type KindRule } from './presets.ts'
import type { MapContext } from './staged.ts'

/** Where each field of an order stands. */
export type Columns = Partial<Record<OrderField, Column>>

/** What is prepared once for a file. */
export interface Plan {
  mapping: Mapping
  columns: Columns
  context: MapContext
  decimals: number
  /** No column of lines: each row is an order of one line. */
  isWholeOrders: boolean
  hasHead: boolean
  occurredAt: InstantReader
  paidAt: InstantReader
  cancelledAt: InstantReader
  phone: PhoneReader
  kindRule: KindRule | undefined
}

const headFields: readonly OrderField[] = [
  'paid_at',
  'cancelled_at',
  'order_subtotal',
  'order_total',
  'order_discount',
  'shipping',
  'tax',
  'refunded_total',
  'coupon',
]

/** Reads the mapping into what each row needs. */
export function orderPlan(mapping: Mapping, header: readonly string[], context: MapContext): Plan {
  const columns: Columns = {}
  for (const field of Object.keys(orderFields) as OrderField[]) columns[field] = columnOf(mapping, header, field)
  const zone = mapping.time_zone ?? context.time_zone
  return {
    mapping,
    columns,
    context,
    decimals: decimalsOf(context.currency),
    isWholeOrders: !columns.line_total && !columns.unit_price,
    hasHead: headFields.some((field) => columns[field] !== undefined),
    occurredAt: instantsOf(mapping, 'occurred_at', zone),
    paidAt: instantsOf(mapping, 'paid_at', zone),
    cancelledAt: instantsOf(mapping, 'cancelled_at', zone),
    phone: phoneReader(mapping.default_country),
    kindRule: kindRuleOf(mapping.preset),
  }
}

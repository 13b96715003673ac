import { exactNumber, exactText, minorOf, readExact, times, type Exact } from './amounts.ts'
import { cellOf, mended, refuse, type Column, type RowState } from './cells.ts'
import { isUnread } from './outcomes.ts'
import type { Plan } from './order-plan.ts'

const one: Exact = { mantissa: 1, scale: 0 }

const currencyWords: Record<string, string> = {
  NT$: 'TWD',
  NTD: 'TWD',
  NT: 'TWD',
  新台幣: 'TWD',
  新臺幣: 'TWD',
  台幣: 'TWD',
  臺幣: 'TWD',
  RMB: 'CNY',
  人民币: 'CNY',
  人民幣: 'CNY',
  HK$: 'HKD',
  港幣: 'HKD',
  港币: 'HKD',
  日圓: 'JPY',
  日元: 'JPY',
  円: 'JPY',
  US$: 'USD',
  '€': 'EUR',
  '£': 'GBP',
}

/** The row's rate to the program's currency; 1 in the program's own. An order in another currency needs its rate. */
export function exchangeRate(plan: Plan, state: RowState): Exact {
  const column = plan.columns.currency
  const cell = column ? cellOf(state, column).toUpperCase() : ''
  const currency = cell === '' ? (plan.mapping.currency ?? plan.context.currency) : (currencyWords[cell] ?? cell)
  if (currency === plan.context.currency) return one
  return (
    amount(plan, state, plan.columns.exchange_rate) ??
    (refuse(state, column, 'import.currency_foreign', currency), one)
  )
}

/** An exact amount; null when empty or no such column. What cannot be read refuses the row. */
function amount(plan: Plan, state: RowState, column: Column | undefined): Exact | null {
  if (column === undefined) return null
  const cell = cellOf(state, column)
  if (cell === '') return null
  const read = readExact(cell, plan.mapping.decimal)
  if (isUnread(read)) {
    refuse(state, column, read.refused, cell)
    return null
  }
  if (read.repair) mended(state, column, read.repair, cell, exactText(read.value))
  return read.value
}

/** In minor units of the program's currency, rounded once. */
export function minor(
  plan: Plan,
  state: RowState,
  column: Column | undefined,
  exact: Exact | null,
  rate: Exact,
): number | null {
  if (exact === null) return null
  const exchanged = rate === one ? exact : times(exact, rate)
  const value = exchanged && minorOf(exchanged, plan.decimals)
  if (value !== undefined) return value
  refuse(state, column, 'import.amount_too_large', exactText(exact))
  return null
}

export interface LineAmounts {
  quantity: number
  unit_price: string | null
  net_minor: number
  gross_minor: number
  /** Sign of the exact amount: 0.001 is more than nothing though it rounds to 0. */
  sign: number
}

export function lineAmounts(plan: Plan, state: RowState, rate: Exact): LineAmounts | undefined {
  const { columns } = plan
  if (plan.isWholeOrders) return wholeOrder(plan, state, rate)
  const quantity = quantityOf(plan, state)
  const price = amount(plan, state, columns.unit_price)
  const total = minor(plan, state, columns.line_total, amount(plan, state, columns.line_total), rate)
  if (price === null && total === null) {
    const column = columns.line_total ?? columns.unit_price
    if (cellOf(state, columns.line_total) === '' && cellOf(state, columns.unit_price) === '')
      refuse(state, column, 'import.amount_missing', '')
    return undefined
  }
  const off = minor(plan, state, columns.line_discount, amount(plan, state, columns.line_discount), rate)
  const product = price === null ? null : (times(price, quantity) ?? null)
  if (price !== null && product === null)
    refuse(state, columns.unit_price, 'import.amount_too_large', exactText(price))
  const charged = minor(plan, state, columns.unit_price, product, rate)
  const discount = Math.abs(off ?? 0)
  // A discount makes a sale cheaper and a return less: it works against the sign of the line.
  const net_minor = total ?? (charged ?? 0) - (quantity.mantissa < 0 ? -discount : discount)
  return {
    quantity: exactNumber(quantity),
    unit_price: price === null ? null : exactText(price),
    net_minor,
    gross_minor: charged ?? net_minor + discount,
    sign: net_minor !== 0 || product === null ? Math.sign(net_minor) : Math.sign(product.mantissa),
  }
}

/** A row that is an order: its total less shipping is its one line. */
function wholeOrder(plan: Plan, state: RowState, rate: Exact): LineAmounts | undefined {
  const { columns } = plan
  const before = state.refusals.length
  const total = minor(plan, state, columns.order_total, amount(plan, state, columns.order_total), rate)
  if (total === null) {
    if (state.refusals.length === before) refuse(state, columns.order_total, 'import.amount_missing', '')
    return undefined
  }
  const shipping = columns.shipping
    ? Math.abs(minor(plan, state, columns.shipping, silent(plan, state, columns.shipping), rate) ?? 0)
    : 0
  const net_minor = total < 0 ? total + shipping : total - shipping
  return {
    quantity: total < 0 ? -1 : 1,
    unit_price: null,
    net_minor,
    gross_minor: net_minor,
    sign: Math.sign(net_minor),
  }
}

/** Read without telling: the head reads the same cell again and tells. */
export function silent(plan: Plan, state: RowState, column: Column): Exact | null {
  const read = readExact(cellOf(state, column), plan.mapping.decimal)
  return isUnread(read) ? null : read.value
}

function quantityOf(plan: Plan, state: RowState): Exact {
  const column = plan.columns.quantity
  if (column === undefined) return one
  const cell = cellOf(state, column)
  if (cell === '') {
    mended(state, column, 'repair.quantity_assumed', '', '1')
    return one
  }
  const read = readExact(cell, plan.mapping.decimal)
  if (isUnread(read)) {
    refuse(state, column, 'import.quantity_unreadable', cell)
    return one
  }
  if (read.repair) mended(state, column, read.repair, cell, exactText(read.value))
  return read.value
}

export function minorIn(plan: Plan, state: RowState, column: Column | undefined, rate: Exact): number | null {
  return column === undefined ? null : minor(plan, state, column, amount(plan, state, column), rate)
}

/** Files write discounts and refunds with either sign; we keep their size. */
export function sizeIn(plan: Plan, state: RowState, column: Column | undefined, rate: Exact): number | null {
  const value = minorIn(plan, state, column, rate)
  return value === null ? null : Math.abs(value)
}

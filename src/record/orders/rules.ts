/** What an order comes to: amounts, days, versions. Pure functions; no clock, no database. */
import { hash } from 'node:crypto'
import { AppError } from '../../base/errors.ts'
import { apportion } from '../../base/money.ts'
import { dayOf, parseInstant } from '../../base/time.ts'
import {
  amount_minor_max,
  future_hours_max,
  lines_max,
  quantity_max,
  quantity_places_max,
  type LineDraft,
  type LineWire,
  type OrderInput,
  type OrderStatus,
  type OrderWire,
} from './types.ts'

/** Why an input is not taken. */
export interface Refusal {
  code: string
  params: Record<string, unknown>
}
export function refusal(code: string, params: Record<string, unknown> = {}): Refusal {
  return { code, params }
}
export function isRefusal(answer: object): answer is Refusal {
  return 'code' in answer && 'params' in answer
}

/** What base refuses (an instant nobody can read) is the refusal of this one input. */
export function orRefusal<T extends object>(read: () => T | Refusal): T | Refusal {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof AppError) return refusal(thrown.code, thrown.params)
    throw thrown
  }
}

/** What reading an order needs to know of the program. */
export interface Reading {
  currency: string
  now: Date
  dayIn: (instant: Date) => string
}

const quarterHourMs = 900_000

/**
 * Days of instants in one zone, remembered by quarter hour: every zone is a whole number of quarter hours away from
 * UTC (since Liberia in 1972), and asking Intl costs more than all the rest of reading an order.
 */
export function dayReader(zone: string): (instant: Date) => string {
  const known = new Map<number, string>()
  return (instant) => {
    const quarter = Math.floor(instant.getTime() / quarterHourMs)
    let day = known.get(quarter)
    if (day === undefined) {
      day = dayOf(instant, zone)
      known.set(quarter, day)
    }
    return day
  }
}

/** Statuses in which an order has been paid. */
const paid: ReadonlySet<OrderStatus> = new Set(['paid', 'shipped', 'delivered', 'completed'])
/** Statuses from which nothing returns. */
const ended: ReadonlySet<OrderStatus> = new Set(['cancelled', 'refunded'])
export function isPaid(status: OrderStatus): boolean {
  return paid.has(status)
}
export function isEnded(status: OrderStatus): boolean {
  return ended.has(status)
}

const quantityUnit = 10 ** quantity_places_max

/** 2.5 → 25000; null if it has more decimals than we keep or is out of bounds. */
export function quantityE4(quantity: number): number | null {
  if (!Number.isFinite(quantity) || Math.abs(quantity) > quantity_max) return null
  const scaled = Math.round(quantity * quantityUnit)
  return Math.abs(scaled - quantity * quantityUnit) < 1e-3 ? scaled : null
}
/** 25000 → '2.5', exactly: the shortest decimal of a number with four decimals is that number. */
export function quantityText(quantity_e4: number): string {
  return String(quantity_e4 / quantityUnit)
}
/** '2.5000' → 25000, from a numeric column. */
export function quantityFromText(text: string): number {
  return Math.round(Number(text) * quantityUnit)
}

/** `value × part ÷ whole`, half away from zero; exact while the product fits a double, else by BigInt. */
export function share(value: number, part: number, whole: number): number {
  if (whole === 0) return 0
  const product = value * part
  if (Number.isSafeInteger(product * 2)) {
    const quotient = Math.floor((Math.abs(product) * 2 + Math.abs(whole)) / (Math.abs(whole) * 2))
    return Math.sign(product) * Math.sign(whole) * quotient || 0
  }
  const [a, b] = [BigInt(value) * BigInt(part), BigInt(whole)]
  const sign = a < 0n === b < 0n ? 1 : -1
  const [top, bottom] = [a < 0n ? -a : a, b < 0n ? -b : b]
  return sign * Number((top * 2n + bottom) / (bottom * 2n))
}

/** An instant from outside: a Date, or RFC 3339. Throws `time.instant_unreadable`. */
export function instantFrom(value: string | Date): Date {
  return typeof value === 'string' ? parseInstant(value) : value
}

/** Checks that refunds share: money of another currency, and dates that have not come yet. */
export function refusedAtOnce(
  input: { source: string; source_id: string; currency?: string },
  noun: 'order' | 'refund',
  occurred_at: Date,
  reading: Reading,
): Refusal | null {
  if (input.source.trim() === '' || input.source_id.trim() === '') return refusal('order.source_missing')
  if (input.currency && input.currency.toUpperCase() !== reading.currency) {
    return refusal('order.currency_foreign', { currency: input.currency, program_currency: reading.currency })
  }
  if (occurred_at.getTime() > reading.now.getTime() + future_hours_max * 3_600_000) {
    return refusal('order.in_future', { noun, occurred_at: occurred_at.toISOString(), hours_max: future_hours_max })
  }
  return null
}

/**
 * Clocks run ahead: what they date within the hours we bear has happened now, so that nothing ever lies in the
 * future.
 */
export function clampToNow(instant: Date, now: Date): Date {
  return instant.getTime() > now.getTime() ? now : instant
}

/**
 * Turns a wire order into amounts, or says why not. An order-level discount is apportioned over the lines by their
 * net.
 */
export function readOrder(wire: OrderWire, index: number, reading: Reading): OrderInput | Refusal {
  const said = instantFrom(wire.occurred_at)
  const refused = refusedAtOnce(wire, 'order', said, reading)
  if (refused) return refused
  const occurred_at = clampToNow(said, reading.now)
  const kind = wire.kind ?? 'order'
  const status = wire.status ?? 'paid'
  const lines = readLines(wire.lines, kind === 'adjustment')
  if (!Array.isArray(lines)) return lines
  const shipping_minor = wire.shipping_minor ?? 0
  const discount = wire.discount_minor ?? 0
  const wrong =
    refusedAmount('shipping_minor', shipping_minor, kind) ?? refusedAmount('discount_minor', discount, kind)
  if (wrong) return wrong
  const goods = sumOf(lines, (line) => line.net_minor)
  if (discount !== 0) {
    if (kind === 'order' && discount > goods) {
      return refusal('order.discount_too_large', { discount_minor: discount, goods_minor: goods })
    }
    const parts = apportion(
      discount,
      lines.map((line) => line.net_minor),
    )
    lines.forEach((line, i) => (line.net_minor -= parts[i]!))
  }
  const gross_minor = sumOf(lines, (line) => line.gross_minor)
  const net_minor = goods - discount + shipping_minor
  if (Math.abs(gross_minor) > amount_minor_max || Math.abs(net_minor) > amount_minor_max) {
    return refusal('order.amount_invalid', { field: 'net_minor', amount_minor_max })
  }
  return {
    index,
    member_id: '',
    store_id: null,
    order_id: '',
    source: wire.source,
    source_id: wire.source_id,
    kind,
    adds_to: null,
    status,
    counts: kind === 'order' && isPaid(status),
    occurred_at,
    ordered_on: reading.dayIn(occurred_at),
    updated_at: wire.updated_at ? instantFrom(wire.updated_at) : null,
    gross_minor,
    discount_minor: gross_minor - (goods - discount),
    shipping_minor,
    net_minor,
    lines,
    content_hash: contentHash([kind, status, shipping_minor, ...lines.map(contentOf)]),
  }
}

/**
 * What a later version can change: status, lines and amounts. Member, store and time are those of the first
 * booking.
 */
function contentOf(line: LineDraft): unknown {
  return [line.sku ?? line.name, line.quantity_e4, line.gross_minor, line.net_minor]
}

/** 128 bits of SHA-256: two contents of one order never meet by chance. */
export function contentHash(content: unknown): string {
  return hash('sha256', JSON.stringify(content), 'base64url').slice(0, 22)
}

function readLines(wires: readonly LineWire[], isAdjustment: boolean): LineDraft[] | Refusal {
  if (wires.length > lines_max) return refusal('order.lines_too_many', { lines: wires.length, lines_max })
  const lines: LineDraft[] = []
  for (const [i, wire] of wires.entries()) {
    const line = readLine(wire, i + 1, isAdjustment)
    if (isRefusal(line)) return line
    lines.push(line)
  }
  return lines
}

function readLine(wire: LineWire, line_no: number, isAdjustment: boolean): LineDraft | Refusal {
  const quantity_e4 = quantityE4(wire.quantity)
  if (quantity_e4 === null) return refusal('order.quantity_invalid', { line_no, quantity: wire.quantity })
  if (quantity_e4 < 0 && !isAdjustment)
    return refusal('order.quantity_negative', { line_no, quantity: wire.quantity })
  const priced =
    wire.unit_price_minor === undefined ? undefined : share(wire.unit_price_minor, quantity_e4, quantityUnit)
  const given = wire.gross_minor ?? priced ?? wire.net_minor
  if (given === undefined) return refusal('order.line_amount_missing', { line_no })
  const net_minor = wire.net_minor ?? given - (wire.discount_minor ?? 0)
  const kind = isAdjustment ? 'adjustment' : 'order'
  const wrong =
    refusedAmount('gross_minor', given, kind, line_no) ??
    refusedAmount('discount_minor', wire.discount_minor ?? 0, kind, line_no) ??
    refusedAmount('net_minor', net_minor, kind, line_no)
  if (wrong) return wrong
  // a surcharge makes the net larger than the price: then that was the price
  const gross_minor = isAdjustment ? given : Math.max(given, net_minor)
  return {
    line_no,
    sku: textOr(wire.sku),
    name: textOr(wire.name),
    category: textOr(wire.category),
    product_id: null,
    quantity: quantityText(quantity_e4),
    quantity_e4,
    gross_minor,
    net_minor,
  }
}

function refusedAmount(field: string, amount: number, kind: string, line_no?: number): Refusal | null {
  const isValid = Number.isSafeInteger(amount) && Math.abs(amount) <= amount_minor_max
  if (isValid && (amount >= 0 || kind === 'adjustment')) return null
  const at = line_no === undefined ? { field } : { field, line_no }
  if (!isValid) return refusal('order.amount_invalid', { ...at, amount_minor_max })
  return refusal('order.amount_negative', { ...at, amount })
}

function textOr(text: string | null | undefined): string | null {
  const trimmed = text?.trim()
  return trimmed ? trimmed : null
}

export function sumOf<T>(items: readonly T[], amount: (item: T) => number): number {
  let sum = 0
  for (const item of items) sum += amount(item)
  return sum
}

/**
 * What is booked of one order, by what its source calls a thing: supplements added, corrections taken off, refunds
 * not.
 */
export interface BookedLine {
  sku: string | null
  name: string | null
  quantity_e4: number
  gross_minor: number
  net_minor: number
}

/** What a newer version lowers and raises; all amounts are positive. */
export interface Differences {
  lowered: BookedLine[]
  raised: LineDraft[]
  shipping_lowered_minor: number
  shipping_raised_minor: number
}

interface Thing extends BookedLine {
  /** As the source describes it now. */
  wanted: LineDraft | null
}

/** Compares what is booked with what the source now says, thing by thing (equal lines of one order are one thing). */
export function differences(
  booked: { lines: readonly BookedLine[]; shipping_minor: number },
  wanted: { lines: readonly LineDraft[]; shipping_minor: number },
): Differences {
  const things = new Map<string, Thing>()
  const thingOf = ({ sku, name }: { sku: string | null; name: string | null }): Thing => {
    const key = sku === null ? `name ${name ?? ''}` : `sku ${sku}`
    const thing = things.get(key) ?? { sku, name, quantity_e4: 0, gross_minor: 0, net_minor: 0, wanted: null }
    things.set(key, thing)
    return thing
  }
  const add = (thing: Thing, line: BookedLine, sign: 1 | -1) => {
    thing.quantity_e4 += sign * line.quantity_e4
    thing.gross_minor += sign * line.gross_minor
    thing.net_minor += sign * line.net_minor
  }
  for (const line of booked.lines) add(thingOf(line), line, -1)
  for (const line of wanted.lines) {
    const thing = thingOf(line)
    add(thing, line, 1)
    thing.wanted = line
  }
  const shipping = wanted.shipping_minor - booked.shipping_minor
  const found: Differences = {
    lowered: [],
    raised: [],
    shipping_lowered_minor: Math.max(0, -shipping),
    shipping_raised_minor: Math.max(0, shipping),
  }
  for (const thing of things.values()) {
    const down = partOf(thing, -1)
    const up = partOf(thing, 1)
    if (!isEmpty(down)) found.lowered.push(down)
    if (!isEmpty(up))
      found.raised.push({
        ...thing.wanted!,
        ...up,
        line_no: found.raised.length + 1,
        quantity: quantityText(up.quantity_e4),
      })
  }
  return found
}

/** The side of a difference that goes up (1) or down (-1). */
function partOf({ sku, name, quantity_e4, gross_minor, net_minor }: Thing, sign: 1 | -1): BookedLine {
  const side = (amount: number) => Math.max(0, sign * amount)
  return { sku, name, quantity_e4: side(quantity_e4), gross_minor: side(gross_minor), net_minor: side(net_minor) }
}

function isEmpty(line: BookedLine): boolean {
  return line.quantity_e4 === 0 && line.gross_minor === 0 && line.net_minor === 0
}

/**
 * What prices take off goods that were bought: pure over stated lines. Only goods that were kept count, and never more
 * than what other discounts had left of the price. Each line is rounded down to the minor unit.
 */
import { priceOf } from '../privileges/privileges.ts'
import type { Deal, PriceContext } from '../privileges/types.ts'
import { type AgreementTerms } from './agreements/types.ts'
import type { BoughtLine, BoughtOrder } from './bought.ts'
import { piece, type Saving, type Why } from './types.ts'

/** Products named beside a saving: a sentence's worth. */
const products_named = 5

/** The rule in force and the member's tier; the deals are what is asked about. */
export type Prices = Omit<PriceContext, 'deals' | 'has_coupon'>

interface LineView {
  /** What was paid for what was kept. */
  net: number
  /** What it costs without and with the deal. */
  without: number
  withDeal: number
}

/**
 * A line at the price without and with a deal, beside those that are held anyway; null when nothing of it was kept or
 * its product is not known.
 */
function viewOf(line: BoughtLine, prices: Prices, deal: Deal, held: readonly Deal[] = []): LineView | null {
  if (line.sku === null || line.left <= 0 || line.quantity <= 0 || line.gross_minor <= 0) return null
  const shelf = Math.round(line.gross_minor / line.quantity)
  const one = { sku: line.sku, category: line.category, unit_price_minor: shelf, cost_minor: line.cost_minor }
  const at = (deals: readonly Deal[]) =>
    priceOf(one, { ...prices, has_coupon: false, deals }).unit_price_minor * line.left
  return { net: line.net_minor - line.refunded_minor, without: at(held), withDeal: at([...held, deal]) }
}

/**
 * Would have saved: what the plan alone brings. Without it the line costs what the member pays today by tier and by
 * whatever else they hold, and never more than what was paid; what those take off is no merit of the plan.
 */
function wouldSave(view: LineView): number {
  return Math.max(0, Math.floor(dueWithout(view) - view.withDeal))
}

function dueWithout({ net, without }: LineView): number {
  return Math.min(net, without)
}

/** Has saved: what was paid less than without the plan, at most what the plan takes off. */
function hasSaved({ net, without, withDeal }: LineView): number {
  return Math.max(0, Math.floor(Math.min(without - net, without - withDeal)))
}

export interface SavingInput {
  orders: readonly BoughtOrder[]
  prices: Prices
  deal: Deal
  free_shipping_from_minor: number | null
  /** What the member holds beside this plan. */
  held?: readonly Deal[]
  /** `would`: as if the plan had been held; `has`: the plan was held. */
  mode: 'would' | 'has'
  from_on: string
  until_on: string
}

/** What a plan takes off these orders, by product. Shipping counts in `would`: what was paid for it is known. */
export function savingOf(input: SavingInput): Saving {
  const { orders, prices, deal, mode, free_shipping_from_minor: from } = input
  const held = mode === 'would' ? (input.held ?? []) : []
  const heldFrom = Math.min(...held.map((one) => one.free_shipping_from_minor ?? Infinity))
  const byProduct = new Map<string, Saving['products'][number]>()
  let [goods_minor, shipping_minor, saving_orders] = [0, 0, 0]
  for (const order of orders) {
    let saved = 0
    let due = 0
    for (const line of order.lines) {
      const view = viewOf(line, prices, deal, held)
      due += view ? dueWithout(view) : line.net_minor - line.refunded_minor
      const part = view ? (mode === 'would' ? wouldSave(view) : hasSaved(view)) : 0
      if (part === 0) continue
      const named = byProduct.get(line.sku!) ?? { sku: line.sku, name: line.name, saved_minor: 0 }
      byProduct.set(line.sku!, { ...named, saved_minor: named.saved_minor + part })
      saved += part
    }
    goods_minor += saved
    // the till looks at what the goods come to once the plan's prices are off
    const isFree = mode === 'would' && from !== null && due > 0 && due - saved >= from && due < heldFrom
    const shipping = isFree ? order.shipping_minor : 0
    shipping_minor += shipping
    if (saved + shipping > 0) saving_orders += 1
  }
  const products = [...byProduct.values()]
    .sort((a, b) => b.saved_minor - a.saved_minor || (a.sku! < b.sku! ? -1 : 1))
    .slice(0, products_named)
  const { from_on, until_on } = input
  const saved_minor = goods_minor + shipping_minor
  return { saved_minor, goods_minor, shipping_minor, orders: saving_orders, from_on, until_on, products }
}

export interface Progress {
  /** Minor units, or ten-thousandths of pieces. */
  progress: number
  received_minor: number
  orders: number
}

/** Is this line of the goods that an agreement is about? */
function isAbout(terms: AgreementTerms, line: BoughtLine): boolean {
  if (terms.skus.length === 0 && terms.categories.length === 0) return true
  return (
    (line.sku !== null && terms.skus.includes(line.sku)) ||
    (line.category !== null && terms.categories.includes(line.category))
  )
}

/**
 * How far a promise is kept by these orders, net of what went back, and what its price took off: the difference
 * between shelf price and what was paid for goods that were kept, at most what the agreed price takes off.
 */
export function progressOf(terms: AgreementTerms, orders: readonly BoughtOrder[]): Progress {
  const result: Progress = { progress: 0, received_minor: 0, orders: 0 }
  const prices: Prices = { version: null, tier_code: '' }
  for (const order of orders) {
    const lines = order.lines.filter((line) => isAbout(terms, line) && line.left > 0)
    if (lines.length > 0) result.orders += 1
    for (const line of lines) {
      result.progress +=
        terms.promised.measure === 'amount' ? line.net_minor - line.refunded_minor : Math.round(line.left * piece)
      const view = viewOf(line, prices, dealOf('', terms))
      if (view) result.received_minor += hasSaved(view)
    }
  }
  return result
}

/** The price that an agreement gives. */
export function dealOf(id: string, terms: AgreementTerms): Deal {
  const { skus, categories, discount_bp, member_prices } = terms
  return { kind: 'agreement', id, skus, categories, discount_bp, member_prices }
}

export interface Settlement {
  status: 'fulfilled' | 'shortfall'
  due_minor: number
  /** Days for which no other agreement is signed. */
  lost_days: number | null
  why: Why
}

/** What comes of an agreement at its end. */
export function settle(terms: AgreementTerms, { progress, received_minor }: Progress): Settlement {
  const { promised, at_end } = terms
  const wanted = promised.measure === 'amount' ? promised.amount_minor : promised.pieces * piece
  const params = { measure: promised.measure, promised: wanted, progress, missing: Math.max(0, wanted - progress) }
  if (progress >= wanted) {
    return { status: 'fulfilled', due_minor: 0, lost_days: null, why: { code: 'agreement_kept', params } }
  }
  const short = { status: 'shortfall' as const, due_minor: 0, lost_days: null }
  if (at_end.kind === 'none') return { ...short, why: { code: 'shortfall_none', params } }
  if (at_end.kind === 'lose_price') {
    return {
      ...short,
      lost_days: at_end.days,
      why: { code: 'shortfall_lost', params: { ...params, days: at_end.days } },
    }
  }
  const due_minor = Math.min(received_minor, at_end.max_minor ?? received_minor)
  const more = { received_minor, max_minor: at_end.max_minor, due_minor }
  return { ...short, due_minor, why: { code: 'shortfall_difference', params: { ...params, ...more } } }
}

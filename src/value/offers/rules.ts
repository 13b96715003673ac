/**
 * How an offer decides: pure functions over an issue and the member's purchases. The order of arrival cannot matter,
 * because the order of arrival is not among the inputs.
 */
import type { ErrorDetail } from '../../base/errors.ts'
import { addMs } from '../../base/time.ts'
import type { OfferRule, Scope, Why } from './types.ts'

/** Every code that `decide` answers; each has its sentence. */
export const whyCodes = [
  'informs',
  'not_begun',
  'spend_reached',
  'spend_short',
  'single_order_reached',
  'single_order_short',
  'orders_reached',
  'orders_short',
] as const
export type WhyCode = (typeof whyCodes)[number]

const hour_ms = 3_600_000

export interface Span {
  /** null: it has not begun. */
  opens_at: Date | null
  /** null: it has no end. */
  closes_at: Date | null
}

/** The window of one issue. Viewing that never happened never opens a window that counts from it. */
export function windowOf(
  { window }: Pick<OfferRule, 'window'>,
  issue: { issued_at: Date; viewed_at: Date | null },
): Span {
  const begins = window.counts_from === 'issue' ? issue.issued_at : issue.viewed_at
  const until = window.until === null ? null : new Date(window.until)
  if (!begins) return { opens_at: null, closes_at: until }
  const from = window.from === null ? null : new Date(window.from)
  const ends = window.hours === null ? null : addMs(begins, window.hours * hour_ms)
  return {
    opens_at: from && from > begins ? from : begins,
    closes_at: ends && until ? (ends < until ? ends : until) : (ends ?? until),
  }
}

export interface PurchaseLine {
  sku: string | null
  category: string | null
  net_minor: number
  refunded_minor: number
  /** Pieces that were not given back. */
  left: number
}

/** An order with what its source added later, and what went back of it until now. Goods, without shipping. */
export interface Purchase {
  order_id: string
  occurred_at: Date
  source_id: string
  store_id: string | null
  /** Something of it is left. */
  counts: boolean
  goods_minor: number
  refunded_minor: number
  /** Given where a scope speaks of goods. */
  lines: readonly PurchaseLine[] | null
}

export interface Decision {
  progress: number
  completed_at: Date | null
  completed_order_id: string | null
  why: Why
}

/** Does the scope speak of goods, so that lines have to be looked at? */
export function limitsGoods({ skus, categories, excluded_skus, excluded_categories }: Scope): boolean {
  return skus.length + categories.length + excluded_skus.length + excluded_categories.length > 0
}

function lineCounts(line: PurchaseLine, scope: Scope): boolean {
  const isNamed =
    scope.skus.length + scope.categories.length === 0 ||
    (line.sku !== null && scope.skus.includes(line.sku)) ||
    (line.category !== null && scope.categories.includes(line.category))
  const isExcluded =
    (line.sku !== null && scope.excluded_skus.includes(line.sku)) ||
    (line.category !== null && scope.excluded_categories.includes(line.category))
  return isNamed && !isExcluded
}

/** What of a purchase counts, in minor units; null: it does not count as a purchase at all. */
export function countedOf(
  purchase: Purchase,
  { scope, refunds }: Pick<OfferRule, 'scope' | 'refunds'>,
): number | null {
  if (scope.store_ids.length > 0 && !(purchase.store_id && scope.store_ids.includes(purchase.store_id))) return null
  if (refunds === 'undo' && !purchase.counts) return null
  if (!limitsGoods(scope)) {
    return Math.max(0, purchase.goods_minor - (refunds === 'undo' ? purchase.refunded_minor : 0))
  }
  const lines = (purchase.lines ?? []).filter(
    (line) =>
      lineCounts(line, scope) && (refunds === 'ignore' || line.left > 0 || line.refunded_minor < line.net_minor),
  )
  if (lines.length === 0) return null
  const sum = lines.reduce(
    (total, line) => total + line.net_minor - (refunds === 'undo' ? line.refunded_minor : 0),
    0,
  )
  return Math.max(0, sum)
}

/** What a member's purchases make of one issue. Purchases outside its window are passed over. */
export function decide(rule: OfferRule, span: Span, purchases: readonly Purchase[]): Decision {
  const none = { progress: 0, completed_at: null, completed_order_id: null }
  const { threshold } = rule
  if (!threshold) return { ...none, why: { code: 'informs' satisfies WhyCode, params: {} } }
  const { opens_at, closes_at } = span
  if (!opens_at) return { ...none, why: { code: 'not_begun' satisfies WhyCode, params: {} } }
  let progress = 0
  let done: Purchase | null = null
  let orders = 0
  for (const purchase of [...purchases].sort(byTime)) {
    if (purchase.occurred_at < opens_at || (closes_at && purchase.occurred_at > closes_at)) continue
    const counted = countedOf(purchase, rule)
    if (counted === null) continue
    orders += 1
    if (threshold.measure === 'spend') progress += counted
    else if (threshold.measure === 'orders') progress += 1
    else progress = Math.max(progress, counted)
    if (!done && isReached(progress, threshold)) done = purchase
  }
  const code: WhyCode = `${threshold.measure}_${done ? 'reached' : 'short'}`
  const params = { progress, threshold: threshold.amount, reach: threshold.reach, orders }
  return {
    progress,
    completed_at: done?.occurred_at ?? null,
    completed_order_id: done?.order_id ?? null,
    why: { code, params },
  }
}

function isReached(progress: number, { reach, amount }: NonNullable<OfferRule['threshold']>): boolean {
  return reach === 'at_least' ? progress >= amount : progress > amount
}

/** Orders of one moment go by their number: what a till numbered first was first. */
function byTime(a: Purchase, b: Purchase): number {
  return (
    a.occurred_at.getTime() - b.occurred_at.getTime() ||
    (a.source_id < b.source_id ? -1 : a.source_id > b.source_id ? 1 : 0) ||
    (a.order_id < b.order_id ? -1 : a.order_id > b.order_id ? 1 : 0)
  )
}

/** What a schema cannot say: a window has two ends in order, and what completes has something to reach. */
export function faultsOf({ window, threshold, reward }: OfferRule): ErrorDetail[] {
  const errors: ErrorDetail[] = []
  const add = (pointer: string, code: string) => errors.push({ pointer, code })
  if (window.from !== null && window.until !== null && window.until <= window.from) {
    add('/rule/window/until', 'offer.window_backwards')
  }
  if (threshold?.measure === 'orders' && threshold.amount === 0 && threshold.reach === 'at_least') {
    add('/rule/threshold/amount', 'offer.threshold_nothing')
  }
  if (!threshold && reward.kind !== 'none') add('/rule/reward', 'offer.reward_without_threshold')
  return errors
}

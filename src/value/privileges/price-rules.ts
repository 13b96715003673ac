/** What one unit costs this member: a pure function over stated inputs that also says why. */
import {
  whole_bp,
  type Deal,
  type PriceCode,
  type PriceContext,
  type Priced,
  type PriceLine,
  type PriceRule,
} from './types.ts'

/**
 * The lowest of member price, tier discount and what the member's plans and agreements offer, never above the shelf
 * price and never below the floor. What a discount takes off is rounded down to whole minor units, the floor's
 * share of the shelf price up.
 */
export function priceOf(line: PriceLine, context: PriceContext): Priced {
  const shelf = line.unit_price_minor
  const rule_version = context.version?.version ?? null
  const answer = (price: number, code: PriceCode, params: Priced['why']['params'] = {}): Priced => ({
    unit_price_minor: price,
    saved_minor: shelf - price,
    why: { code, params: { shelf_minor: shelf, price_minor: price, ...params }, rule_version },
  })
  const deals = context.deals ?? []
  if (!context.version && deals.length === 0) return answer(shelf, 'no_rule')
  if (context.tier_code === null) return answer(shelf, 'no_member')
  const rule = context.version?.rule ?? noRule
  if (context.has_coupon && rule.with_coupons === 'never') return answer(shelf, 'coupon_instead')
  const tier = context.tier_code
  const isExcluded =
    rule.excluded_skus.includes(line.sku) ||
    (line.category !== null && rule.excluded_categories.includes(line.category))
  const offered = [
    ...ofRule(line, rule, tier, isExcluded),
    ...deals.flatMap((deal) => ofDeal(line, deal, isExcluded)),
  ]
  // where two are the same, the first is named: the rule's own before plans and agreements
  const best = offered.reduce<Offered | null>(
    (least, one) => (least === null || one.price < least.price ? one : least),
    null,
  )
  if (!best || best.price >= shelf) {
    const discount_bp = rule.tier_discounts.find((one) => one.tier_code === tier)?.discount_bp ?? 0
    return answer(shelf, isExcluded && discount_bp > 0 ? 'excluded' : 'no_price', { tier })
  }
  const floor = Math.min(
    shelf,
    Math.max(rule.floor.cost ? (line.cost_minor ?? 0) : 0, shelf - partOf(shelf, whole_bp - rule.floor.share_bp)),
  )
  if (best.price < floor) return answer(floor, 'floor', { tier, wanted_minor: best.price })
  return answer(best.price, best.code, { tier, ...best.params })
}

/** Plans and agreements hold before anybody has made a price rule. */
const noRule: PriceRule = {
  member_prices: [],
  tier_discounts: [],
  excluded_skus: [],
  excluded_categories: [],
  floor: { cost: false, share_bp: 0 },
  with_coupons: 'before',
}

interface Offered {
  price: number
  code: PriceCode
  params: Priced['why']['params']
}

function ofRule(line: PriceLine, rule: PriceRule, tier: string, isExcluded: boolean): Offered[] {
  const fixed = rule.member_prices
    .filter((one) => one.sku === line.sku && (one.tier_codes.length === 0 || one.tier_codes.includes(tier)))
    .map((one): Offered => ({ price: one.price_minor, code: 'member_price', params: {} }))
  const discount_bp = rule.tier_discounts.find((one) => one.tier_code === tier)?.discount_bp ?? 0
  if (isExcluded || discount_bp === 0) return fixed
  const price = line.unit_price_minor - partOf(line.unit_price_minor, discount_bp)
  return [...fixed, { price, code: 'tier_discount', params: { discount_bp } }]
}

/** What a plan or an agreement offers. What the rule leaves out of discounts, theirs leave out too. */
function ofDeal(line: PriceLine, deal: Deal, isExcluded: boolean): Offered[] {
  const { kind, id, discount_bp } = deal
  const isAbout =
    (deal.skus.length === 0 && deal.categories.length === 0) ||
    deal.skus.includes(line.sku) ||
    (line.category !== null && deal.categories.includes(line.category))
  const offered = deal.member_prices
    .filter((one) => one.sku === line.sku)
    .map((one): Offered => ({ price: one.price_minor, code: `${kind}_price`, params: { [kind]: id } }))
  if (!isAbout || isExcluded || discount_bp === 0) return offered
  const price = line.unit_price_minor - partOf(line.unit_price_minor, discount_bp)
  return [...offered, { price, code: `${kind}_discount`, params: { [kind]: id, discount_bp } }]
}

/** A share in basis points, rounded down; exact also where the product would leave the exact integers. */
function partOf(amount: number, bp: number): number {
  return Number((BigInt(amount) * BigInt(bp)) / BigInt(whole_bp))
}

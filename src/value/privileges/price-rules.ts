/** What one unit costs this member: a pure function over stated inputs that also says why. */
import { whole_bp, type PriceCode, type PriceContext, type Priced, type PriceLine } from './types.ts'

/**
 * The lower of member price and tier discount, never above the shelf price and never below the floor. What a discount
 * takes off is rounded down to whole minor units, the floor's share of the shelf price up.
 */
export function priceOf(line: PriceLine, context: PriceContext): Priced {
  const shelf = line.unit_price_minor
  const rule_version = context.version?.version ?? null
  const answer = (price: number, code: PriceCode, params: Priced['why']['params'] = {}): Priced => ({
    unit_price_minor: price,
    saved_minor: shelf - price,
    why: { code, params: { shelf_minor: shelf, price_minor: price, ...params }, rule_version },
  })
  if (!context.version) return answer(shelf, 'no_rule')
  if (context.tier_code === null) return answer(shelf, 'no_member')
  const { rule } = context.version
  if (context.has_coupon && rule.with_coupons === 'never') return answer(shelf, 'coupon_instead')
  const tier = context.tier_code
  const fixed = rule.member_prices
    .filter((one) => one.sku === line.sku && (one.tier_codes.length === 0 || one.tier_codes.includes(tier)))
    .reduce<number | null>(
      (least, one) => (least === null ? one.price_minor : Math.min(least, one.price_minor)),
      null,
    )
  const isExcluded =
    rule.excluded_skus.includes(line.sku) ||
    (line.category !== null && rule.excluded_categories.includes(line.category))
  const discount_bp = rule.tier_discounts.find((one) => one.tier_code === tier)?.discount_bp ?? 0
  const discounted = isExcluded ? shelf : shelf - partOf(shelf, discount_bp)
  const wanted = Math.min(fixed ?? shelf, discounted)
  if (wanted >= shelf) return answer(shelf, isExcluded && discount_bp > 0 ? 'excluded' : 'no_price', { tier })
  const floor = Math.min(
    shelf,
    Math.max(rule.floor.cost ? (line.cost_minor ?? 0) : 0, shelf - partOf(shelf, whole_bp - rule.floor.share_bp)),
  )
  if (wanted < floor) return answer(floor, 'floor', { tier, wanted_minor: wanted })
  if (fixed !== null && fixed <= discounted) return answer(fixed, 'member_price', { tier })
  return answer(discounted, 'tier_discount', { tier, discount_bp })
}

/** A share in basis points, rounded down; exact also where the product would leave the exact integers. */
function partOf(amount: number, bp: number): number {
  return Number((BigInt(amount) * BigInt(bp)) / BigInt(whole_bp))
}

/** What members pay less, as a form holds it, and back. Shares are 1 for 100 %; money is minor units. */
import type { Row } from '../../kit/call.ts'

export type PriceVersion = Row<'GET /v1/admin/price-rules'>
export type PriceRule = PriceVersion['rule']

export interface MemberPrice {
  /** Stays the same while the row is edited. */
  key: string
  sku: string | null
  tier_codes: string[]
  price_minor: number | null
}
export interface PriceValues {
  /** Share taken off, by tier code; null: none. */
  discounts: Record<string, number | null>
  member_prices: MemberPrice[]
  excluded_skus: string[]
  excluded_categories: string[]
  floor_cost: boolean
  floor_share: number | null
  with_coupons: PriceRule['with_coupons']
  effective_from: string | null
  note: string
}

/** Basis points of one. */
const whole_bp = 10_000

/** Nothing off for anybody, and never below cost. */
export const beginning: PriceRule = {
  member_prices: [],
  tier_discounts: [],
  excluded_skus: [],
  excluded_categories: [],
  floor: { cost: true, share_bp: 5_000 },
  with_coupons: 'before',
}

export function valuesOf(rule: PriceRule): PriceValues {
  return {
    discounts: Object.fromEntries(rule.tier_discounts.map((one) => [one.tier_code, one.discount_bp / whole_bp])),
    member_prices: rule.member_prices.map((one, i) => ({ ...one, key: String(i) })),
    excluded_skus: rule.excluded_skus,
    excluded_categories: rule.excluded_categories,
    floor_cost: rule.floor.cost,
    floor_share: rule.floor.share_bp / whole_bp,
    with_coupons: rule.with_coupons,
    effective_from: null,
    note: '',
  }
}

/** Rows that are not filled in yet are left out; the form's check has asked for them before saving. */
export function ruleOf(values: PriceValues): PriceRule {
  return {
    tier_discounts: Object.entries(values.discounts).flatMap(([tier_code, share]) =>
      share ? [{ tier_code, discount_bp: Math.round(share * whole_bp) }] : [],
    ),
    member_prices: values.member_prices.flatMap(({ sku, tier_codes, price_minor }) =>
      sku && price_minor !== null ? [{ sku, tier_codes, price_minor }] : [],
    ),
    excluded_skus: values.excluded_skus,
    excluded_categories: values.excluded_categories,
    floor: { cost: values.floor_cost, share_bp: Math.round((values.floor_share ?? 0) * whole_bp) },
    with_coupons: values.with_coupons,
  }
}

/** What is missing, at its own row. */
export function missingIn({ member_prices }: PriceValues, text: string): Record<string, string> {
  const open = member_prices.flatMap(({ sku, price_minor }, i) =>
    sku && price_minor !== null ? [] : [[`/rule/member_prices/${i}`, text] as const],
  )
  return Object.fromEntries(open)
}

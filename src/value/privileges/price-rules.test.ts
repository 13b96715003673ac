/** What a unit costs a member, one case a line. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { priceOf } from './price-rules.ts'
import type { PriceContext, PriceLine, PriceRule } from './types.ts'

const plain: PriceRule = {
  member_prices: [],
  tier_discounts: [
    { tier_code: 'silver', discount_bp: 500 },
    { tier_code: 'gold', discount_bp: 1_000 },
  ],
  excluded_skus: ['gift-card'],
  excluded_categories: ['sale'],
  floor: { cost: true, share_bp: 0 },
  with_coupons: 'before',
}
const fixed = (price_minor: number, tier_codes: string[] = []) => ({
  member_prices: [{ sku: 'tea', tier_codes, price_minor }],
})

/** The case, the rule's difference, tier, line, coupon; then price, code. */
const cases: [string, Partial<PriceRule>, string | null, Partial<PriceLine>, boolean, number, string][] = [
  ['gold takes ten per cent off', {}, 'gold', {}, false, 900, 'tier_discount'],
  ['silver takes five', {}, 'silver', {}, false, 950, 'tier_discount'],
  ['what is taken off is rounded down', {}, 'gold', { unit_price_minor: 999 }, false, 900, 'tier_discount'],
  ['a tier without a discount', {}, 'member', {}, false, 1_000, 'no_price'],
  ['no member', {}, null, {}, false, 1_000, 'no_member'],
  ['a product left out', {}, 'gold', { sku: 'gift-card' }, false, 1_000, 'excluded'],
  ['a category left out', {}, 'gold', { category: 'sale' }, false, 1_000, 'excluded'],
  ['a member price', fixed(800), 'member', {}, false, 800, 'member_price'],
  ['a member price for others', fixed(800, ['gold']), 'silver', {}, false, 950, 'tier_discount'],
  ['the lower of both', fixed(930), 'gold', {}, false, 900, 'tier_discount'],
  ['both the same', fixed(900), 'gold', {}, false, 900, 'member_price'],
  ['a member price above the shelf', fixed(1_100), 'member', {}, false, 1_000, 'no_price'],
  [
    'a member price of what is left out',
    { ...fixed(700), excluded_skus: ['tea'] },
    'gold',
    {},
    false,
    700,
    'member_price',
  ],
  ['never below what it costs', fixed(300), 'member', { cost_minor: 400 }, false, 400, 'floor'],
  ['it costs more than the shelf says', fixed(300), 'member', { cost_minor: 1_200 }, false, 1_000, 'floor'],
  ['cost not known', fixed(300), 'member', { cost_minor: null }, false, 300, 'member_price'],
  [
    'cost does not matter',
    { ...fixed(300), floor: { cost: false, share_bp: 0 } },
    'member',
    { cost_minor: 400 },
    false,
    300,
    'member_price',
  ],
  [
    'never below a share',
    { ...fixed(300), floor: { cost: false, share_bp: 5_000 } },
    'member',
    {},
    false,
    500,
    'floor',
  ],
  [
    'the share is rounded up',
    { ...fixed(1), floor: { cost: false, share_bp: 5_000 } },
    'member',
    { unit_price_minor: 99 },
    false,
    50,
    'floor',
  ],
  ['a coupon beside it', {}, 'gold', {}, true, 900, 'tier_discount'],
  ['a coupon in its place', { with_coupons: 'never' }, 'gold', {}, true, 1_000, 'coupon_instead'],
  ['for nothing', {}, 'gold', { unit_price_minor: 0 }, false, 0, 'no_price'],
]

test.each(cases)('%s', (_name, rule, tier_code, line, has_coupon, price, code) => {
  const whole = { sku: 'tea', category: 'drinks', unit_price_minor: 1_000, cost_minor: 100, ...line }
  const priced = priceOf(whole, { version: { version: 3, rule: { ...plain, ...rule } }, tier_code, has_coupon })
  expect([priced.unit_price_minor, priced.why.code, priced.why.rule_version]).toEqual([price, code, 3])
  expect(priced.saved_minor).toBe(whole.unit_price_minor - price)
})

test('without a rule everybody pays what the shelf says', () => {
  const line = { sku: 'tea', category: null, unit_price_minor: 5, cost_minor: null }
  expect(priceOf(line, { version: null, tier_code: 'gold', has_coupon: false }).why.code).toBe('no_rule')
})

test('no price is above the shelf, below nothing, or below its cost unless the shelf is', () => {
  const amount = fc.integer({ min: 0, max: 1_000_000_000_000 })
  const bp = fc.integer({ min: 0, max: 10_000 })
  fc.assert(
    fc.property(amount, amount, amount, bp, bp, (shelf, cost, member, discount_bp, share_bp) => {
      const rule: PriceRule = {
        ...plain,
        ...fixed(member),
        tier_discounts: [{ tier_code: 'gold', discount_bp }],
        floor: { cost: true, share_bp },
      }
      const context: PriceContext = { version: { version: 1, rule }, tier_code: 'gold', has_coupon: false }
      const { unit_price_minor: price, saved_minor } = priceOf(
        { sku: 'tea', category: null, unit_price_minor: shelf, cost_minor: cost },
        context,
      )
      expect(price).toBeLessThanOrEqual(shelf)
      expect(price).toBeGreaterThanOrEqual(Math.min(shelf, cost))
      expect(price * 10_000).toBeGreaterThanOrEqual(Math.floor(shelf * (share_bp / 10_000)) * 10_000 - 10_000)
      expect(price + saved_minor).toBe(shelf)
    }),
  )
})

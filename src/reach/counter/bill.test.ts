import { expect, test } from 'vitest'
import type { LineDraft } from '../../record/orders/types.ts'
import type { HeldCoupon } from '../../value/coupons/types.ts'
import type { Deal, PriceRule } from '../../value/privileges/types.ts'
import { quote, type Stated } from './rules.ts'

const line = (net_minor: number, more: Partial<LineDraft> = {}): LineDraft => ({
  line_no: 1,
  sku: 'TEA',
  name: 'Tea',
  category: 'tea',
  product_id: null,
  quantity: '1',
  quantity_e4: 10_000,
  gross_minor: net_minor,
  net_minor,
  ...more,
})
const units = (count: number, net_minor: number) =>
  line(net_minor, { quantity: String(count), quantity_e4: count * 10_000 })

const rule: PriceRule = {
  member_prices: [{ sku: 'CUP', tier_codes: [], price_minor: 300 }],
  tier_discounts: [{ tier_code: 'gold', discount_bp: 1_000 }],
  excluded_skus: [],
  excluded_categories: ['books'],
  floor: { cost: true, share_bp: 5_000 },
  with_coupons: 'before',
}
const plan: Deal = { kind: 'plan', id: 'p', skus: [], categories: ['tea'], discount_bp: 2_000, member_prices: [] }

const coupon = (benefit: HeldCoupon['design']['benefit']): HeldCoupon => {
  const design: HeldCoupon['design'] = {
    benefit,
    scope: {},
    minimum_minor: 0,
    window: {},
    stacking: { group: 'main', is_exclusive: false },
    limits: { per_coupon: 1 },
    codes: 'none',
    gives_back: true,
  }
  return {
    member_id: 'm',
    coupon_id: 'c',
    coupon_definition_id: 'd',
    name: 'x',
    status: 'active',
    version: 1,
    code: null,
    design,
    limits: design.limits,
    code_uses_max: null,
    uses_max: 1,
    ended: null,
    starts_on: null,
    expires_on: null,
    used: { coupon: 0, member: 0, member_day: 0, day: 0, total: 0, code: 0 },
  }
}
const half = coupon({ kind: 'percent', percent_bp: 5_000, max_minor: null })
const fifty = coupon({ kind: 'amount', amount_minor: 50 })

interface Case {
  says: string
  lines?: LineDraft[]
  tier?: string
  kind?: string
  rule?: Partial<PriceRule> | null
  deals?: Deal[]
  cost?: number
  named?: HeldCoupon[]
  choice?: HeldCoupon[]
  off: [string, number][]
}

const cases: Case[] = [
  { says: 'gold pays a tenth less', off: [['member_price', 100]] },
  { says: 'nobody else does', tier: 'member', off: [] },
  { says: 'a guest does not either', kind: 'guest', off: [] },
  { says: 'without a rule nothing is taken off', rule: null, off: [] },
  { says: 'of 999 a tenth is 99', lines: [line(999)], off: [['member_price', 99]] },
  {
    says: 'a member price holds for every tier',
    lines: [line(400, { sku: 'CUP' })],
    tier: 'member',
    off: [['member_price', 100]],
  },
  {
    says: 'and for each unit of it',
    lines: [{ ...units(3, 1_000), sku: 'CUP' }],
    tier: 'member',
    off: [['member_price', 100]],
  },
  {
    says: 'for half a unit half of it, rounded up',
    lines: [line(201, { sku: 'CUP', quantity: '0.5', quantity_e4: 5_000 })],
    tier: 'member',
    off: [['member_price', 51]],
  },
  {
    says: 'what cannot be split evenly is taken off as a whole',
    lines: [units(3, 1_000)],
    off: [['member_price', 100]],
  },
  {
    says: 'what the shop gave stays its own',
    lines: [line(900, { gross_minor: 1_000 })],
    off: [
      ['given', 100],
      ['member_price', 90],
    ],
  },
  { says: 'excluded goods cost what they cost', lines: [line(1_000, { category: 'books' })], off: [] },
  { says: 'goods without a number too', lines: [line(1_000, { sku: null })], off: [] },
  { says: 'never below what it cost the shop', cost: 950, off: [['member_price', 50]] },
  {
    says: 'never below the share of the shelf price',
    deals: [{ ...plan, discount_bp: 9_000 }],
    off: [['member_price', 500]],
  },
  { says: 'the better of tier and plan', deals: [plan], off: [['member_price', 200]] },
  { says: 'a plan holds where no rule is made', rule: null, deals: [plan], off: [['member_price', 200]] },
  {
    says: 'prices first: the coupon halves what is left',
    named: [half],
    off: [
      ['member_price', 100],
      ['coupon', 450],
    ],
  },
  {
    says: 'coupons first: the price is taken off what is left',
    rule: { with_coupons: 'after' },
    named: [half],
    off: [
      ['coupon', 500],
      ['member_price', 50],
    ],
  },
  {
    says: 'never both: the named coupon alone',
    rule: { with_coupons: 'never' },
    named: [fifty],
    off: [['coupon', 50]],
  },
  {
    says: 'never both: the price, where the best coupon is worth less',
    rule: { with_coupons: 'never' },
    choice: [fifty],
    off: [['member_price', 100]],
  },
  {
    says: 'never both: the best coupon, where it is worth more',
    rule: { with_coupons: 'never' },
    choice: [half],
    off: [['coupon', 500]],
  },
]

const stated = (one: Case): Stated => ({
  at: new Date(0),
  day: '2026-11-02',
  store_id: null,
  channel: null,
  lines: one.lines ?? [line(1_000)],
  shipping_minor: 0,
  refusals: [],
  member: {
    member_id: 'm',
    kind: one.kind ?? 'member',
    tier_code: one.tier ?? 'gold',
    next_tier_code: null,
    missing_minor: null,
    points_available: 0,
    points_pooled: 0,
    standing: { tier_code: one.tier ?? 'gold' },
    deals: one.deals ?? [],
    cards: [],
  },
  points_to_use: 0,
  card_payments: [],
  stamp_cards: [],
  spend_rule: null,
  earn_rule: null,
  tier_rule: null,
  price_rule: one.rule === null ? null : { version: 1, rule: { ...rule, ...one.rule } },
  costs: new Map(one.cost === undefined ? [] : [['TEA', one.cost]]),
  named: one.named ?? [],
  choice: one.choice ?? [],
  listed: [],
})

test.each(cases)('prices at the till: $says', (one) => {
  const said = quote(stated(one))
  expect(said.lines.flatMap((part) => part.discounts.map((off) => [off.kind, off.amount_minor]))).toEqual(one.off)
  const saved = one.off.filter(([kind]) => kind !== 'given').reduce((sum, [, amount]) => sum + amount, 0)
  expect(said.saved_minor).toBe(saved)
  expect(said.lines.every((part) => part.discounts.every((off) => off.kind !== 'member_price' || off.why))).toBe(true)
  expect(said.refusals).toEqual([])
})

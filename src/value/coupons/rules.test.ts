import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyAll, bestOf, daysOf, discountOf, judge, mayStack, shareOf } from './rules.ts'
import type { Benefit, Cart, CartLine, CouponDesign, HeldCoupon } from './types.ts'

const tea = '00000000-0000-7000-8000-000000000001'
const cup = '00000000-0000-7000-8000-000000000002'
const shop = '00000000-0000-7000-8000-00000000000a'

const design = (benefit: Benefit, more: Partial<CouponDesign> = {}): CouponDesign => ({
  benefit,
  scope: {},
  minimum_minor: 0,
  window: {},
  stacking: { group: 'main', is_exclusive: false },
  limits: { per_coupon: 1 },
  codes: 'none',
  gives_back: true,
  ...more,
})
const coupon = (one: CouponDesign, more: Partial<HeldCoupon> = {}): HeldCoupon => ({
  member_id: null,
  coupon_id: null,
  coupon_definition_id: tea,
  name: 'x',
  status: 'active',
  version: 1,
  code: null,
  design: one,
  limits: one.limits,
  code_uses_max: null,
  uses_max: 1,
  ended: null,
  starts_on: null,
  expires_on: null,
  used: { coupon: 0, member: 0, member_day: 0, day: 0, total: 0, code: 0 },
  ...more,
})
const line = (line_no: number, net_minor: number, more: Partial<CartLine> = {}): CartLine => ({
  line_no,
  product_id: tea,
  sku: 'TEA',
  category: 'tea',
  quantity: 1,
  net_minor,
  gross_minor: net_minor,
  ...more,
})
const cart = (lines: CartLine[], more: Partial<Cart> = {}): Cart => ({
  at: new Date('2026-11-22T10:00:00Z'),
  store_id: shop,
  lines,
  shipping_minor: 0,
  ...more,
})
const amount = (amount_minor: number) => design({ kind: 'amount', amount_minor })
const percent = (percent_bp: number, max_minor: number | null = null) =>
  design({ kind: 'percent', percent_bp, max_minor })
const item = (price_minor: number, units = 1) => design({ kind: 'item', price_minor, units })
const shipping = (max_minor: number | null = null) => design({ kind: 'shipping', max_minor })
const drinks = line(2, 300, { product_id: cup, category: 'cups' })
const of = (one: CouponDesign, more: Partial<CouponDesign>): CouponDesign => ({ ...one, ...more })

describe('what a coupon takes off', () => {
  // name, design, cart, by line, of the shipping
  const golden: [string, CouponDesign, Cart, number[], number][] = [
    ['50 off 500', amount(50), cart([line(1, 500)]), [50, 0], 0],
    ['50 off 30 is 30', amount(50), cart([line(1, 30)]), [30, 0], 0],
    ['100 over 200 and 300', amount(100), cart([line(1, 200), drinks]), [40, 60], 0],
    ['the odd one goes to the larger remainder', amount(10), cart([line(1, 200), drinks, line(3, 1)]), [4, 6, 0], 0],
    ['10 % of 500', percent(1_000), cart([line(1, 200), drinks]), [20, 30], 0],
    ['10 % of 5 is half up 1', percent(1_000), cart([line(1, 5)]), [1], 0],
    ['10 % of 4 is 0', percent(1_000), cart([line(1, 4)]), [0], 0],
    ['50 % of 500, 100 at most', percent(5_000, 100), cart([line(1, 200), drinks]), [40, 60], 0],
    [
      '10 % of tea only',
      of(percent(1_000), { scope: { categories: ['tea'] } }),
      cart([line(1, 200), drinks]),
      [20, 0],
      0,
    ],
    [
      'not of cups',
      of(percent(1_000), { scope: { excluded_categories: ['cups'] } }),
      cart([line(1, 200), drinks]),
      [20, 0],
      0,
    ],
    ['this product', of(amount(50), { scope: { product_ids: [cup] } }), cart([line(1, 200), drinks]), [0, 50], 0],
    [
      'named but excluded',
      of(amount(50), { scope: { categories: ['tea'], excluded_product_ids: [tea] } }),
      cart([line(1, 200)]),
      [0],
      0,
    ],
    ['one free: the dearest', item(0), cart([line(1, 200), drinks]), [0, 300], 0],
    ['one of three free', item(0), cart([line(1, 300, { quantity: 3 })]), [100], 0],
    ['one for 10', item(10), cart([line(1, 55)]), [45], 0],
    ['two free over two lines', item(0, 2), cart([line(1, 200), drinks]), [200, 300], 0],
    ['nothing for 500 where it costs 300', item(500), cart([drinks]), [0, 0], 0],
    ['half a kilo is no unit', item(0), cart([line(1, 80, { quantity: 0.5 })]), [0], 0],
    ['the whole part of a third', item(0), cart([line(1, 100, { quantity: 3 })]), [33], 0],
    ['shipping', shipping(), cart([line(1, 200)], { shipping_minor: 60 }), [0], 60],
    ['40 of the shipping', shipping(40), cart([line(1, 200)], { shipping_minor: 60 }), [0], 40],
    ['nothing to pay', percent(10_000), cart([line(1, 0)]), [0], 0],
    ['everything', percent(10_000), cart([line(1, 200), drinks]), [200, 300], 0],
  ]
  test.each(golden)('%s', (_name, one, on, lines, of_shipping) => {
    const found = discountOf(one, on)
    const byLine = new Map(found.lines.map(({ line_no, amount_minor }) => [line_no, amount_minor]))
    expect(lines.map((_amount, i) => byLine.get(i + 1) ?? 0)).toEqual(lines)
    expect(found.shipping_minor).toBe(of_shipping)
    expect(found.discount_minor).toBe(lines.reduce((a, b) => a + b, 0) + of_shipping)
  })

  test('a per cent of the largest amount is exact', () => {
    expect(shareOf(999_999_999_999, 3_333)).toBe(333_300_000_000)
  })
})

describe('why not', () => {
  const on = '2026-11-22'
  const codesOf = (one: HeldCoupon, with_: Cart) => judge(one, with_, on).map(({ code }) => code)
  test('every reason comes at once', () => {
    const one = of(amount(50), {
      minimum_minor: 1_000,
      scope: { store_ids: [tea], categories: ['cups'] },
      limits: { per_coupon: 1, total: 5, per_member: 1 },
    })
    const held = coupon(one, {
      status: 'stopped',
      expires_on: '2026-11-21',
      used: { coupon: 1, member: 1, member_day: 0, day: 0, total: 5, code: 0 },
    })
    expect(codesOf(held, cart([line(1, 200)]))).toEqual([
      'coupon.stopped',
      'coupon.expired',
      'coupon.used_up',
      'coupon.limit_total',
      'coupon.limit_member',
      'coupon.store_excluded',
      'coupon.no_product',
      'coupon.minimum_missed',
    ])
  })
  test('the last day counts and the day after does not', () => {
    const held = coupon(amount(50), { starts_on: on, expires_on: on })
    expect(judge(held, cart([line(1, 100)]), on)).toEqual([])
    expect(judge(held, cart([line(1, 100)]), '2026-11-23').map(({ code }) => code)).toEqual(['coupon.expired'])
    expect(judge(held, cart([line(1, 100)]), '2026-11-21')).toEqual([
      { code: 'coupon.not_yet', params: { starts_on: on } },
    ])
  })
  test('the minimum asks for what is in scope, and says how much is missing', () => {
    const one = of(amount(50), { minimum_minor: 300, scope: { categories: ['tea'] } })
    expect(judge(coupon(one), cart([line(1, 200), drinks]), on)).toEqual([
      { code: 'coupon.minimum_missed', params: { minimum_minor: 300, eligible_minor: 200, missing_minor: 100 } },
    ])
  })
  test('the window is the earlier of its end and the days after issue', () => {
    const days = (window: CouponDesign['window']) => daysOf({ ...amount(1), window }, '2026-11-22').expires_on
    expect([days({}), days({ days_after_issue: 30 }), days({ days_after_issue: 30, ends_on: '2026-12-01' })]).toEqual(
      [null, '2026-12-22', '2026-12-01'],
    )
  })
})

const benefits = fc.oneof(
  fc.record({ kind: fc.constant('amount' as const), amount_minor: fc.integer({ min: 1, max: 2_000 }) }),
  fc.record({
    kind: fc.constant('percent' as const),
    percent_bp: fc.integer({ min: 1, max: 10_000 }),
    max_minor: fc.option(fc.integer({ min: 1, max: 500 })),
  }),
  fc.record({
    kind: fc.constant('item' as const),
    price_minor: fc.integer({ min: 0, max: 100 }),
    units: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant('shipping' as const), max_minor: fc.option(fc.integer({ min: 1, max: 100 })) }),
)
const designs = fc
  .record({
    benefit: benefits,
    categories: fc.subarray(['tea', 'cups']),
    minimum_minor: fc.integer({ min: 0, max: 500 }),
    group: fc.constantFrom('a', 'b', 'c'),
    is_exclusive: fc.boolean(),
  })
  .map(({ benefit, categories, minimum_minor, group, is_exclusive }) =>
    design(benefit, { scope: { categories }, minimum_minor, stacking: { group, is_exclusive } }),
  )
const carts = fc
  .record({
    lines: fc.array(
      fc.record({
        net: fc.integer({ min: 0, max: 1_000 }),
        quantity: fc.constantFrom(0.25, 1, 2, 3, 7),
        category: fc.constantFrom('tea', 'cups', null),
      }),
      { maxLength: 5 },
    ),
    shipping_minor: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ lines, shipping_minor }) =>
    cart(
      lines.map(({ net, quantity, category }, i) => line(i + 1, net, { quantity, category })),
      { shipping_minor },
    ),
  )
const wallets = fc
  .array(designs, { maxLength: 5 })
  .map((all) => all.map((one, i) => coupon(one, { coupon_id: `coupon ${i}` })))

describe('laws', () => {
  test('parts sum to the whole, and no line falls below zero', () => {
    fc.assert(
      fc.property(designs, carts, (one, on) => {
        const found = discountOf(one, on)
        const total = found.lines.reduce((sum, { amount_minor }) => sum + amount_minor, 0) + found.shipping_minor
        expect(total).toBe(found.discount_minor)
        for (const { line_no, amount_minor } of found.lines)
          expect(amount_minor).toBeLessThanOrEqual(on.lines.find((l) => l.line_no === line_no)!.net_minor)
        expect(found.shipping_minor).toBeLessThanOrEqual(on.shipping_minor)
      }),
    )
  })
  test('the best is as good as the best of all combinations, and never worse than any one alone', () => {
    fc.assert(
      fc.property(wallets, carts, (wallet, on) => {
        const best = bestOf(wallet, on, '2026-11-22')
        const usable = wallet.filter((one) => judge(one, on, '2026-11-22').length === 0)
        const sets = usable.reduce<HeldCoupon[][]>((all, one) => [...all, ...all.map((set) => [...set, one])], [[]])
        const each = sets.filter(mayStack).map((set) => applyAll(set, on).discount_minor)
        expect(best.discount_minor).toBe(Math.max(...each))
        expect(mayStack(best.chosen.map((one) => one.coupon))).toBe(true)
      }),
    )
  })
  test('the order in which a wallet lists its coupons changes nothing', () => {
    fc.assert(
      fc.property(wallets, carts, (wallet, on) => {
        const ids = (list: HeldCoupon[]) => bestOf(list, on, '2026-11-22').chosen.map((one) => one.coupon.coupon_id)
        expect(ids([...wallet].reverse())).toEqual(ids(wallet))
      }),
    )
  })
})

test('a wallet too large to look at every combination still beats each coupon alone', () => {
  const wallet = Array.from({ length: 40 }, (_, i) =>
    coupon(of(amount(i + 1), { stacking: { group: `g${i % 13}`, is_exclusive: false } }), { coupon_id: `c${i}` }),
  )
  const best = bestOf(wallet, cart([line(1, 100_000)]), '2026-11-22')
  expect([best.chosen.length, best.discount_minor]).toEqual([
    13,
    Array.from({ length: 13 }, (_, i) => 28 + i).reduce((a, b) => a + b),
  ])
})

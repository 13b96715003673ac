/** Where a subscription stands, what goes back, what was saved: one case a line. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays } from '../../base/time.ts'
import {
  payableFrom,
  periodEnd,
  periodsAYear,
  priceOf,
  refundOf,
  spreadRefund,
  stateOf,
  type Dates,
} from './rules.ts'
import en from '../../../web/kit/texts/en/plans.ts'
import zhCn from '../../../web/kit/texts/zh-CN/plans.ts'
import zhTw from '../../../web/kit/texts/zh-TW/plans.ts'
import { progressOf, savingOf, settle } from './saving-rules.ts'
import type { AgreementTerms } from './agreements/types.ts'
import { whyCodes } from './types.ts'
import type { BoughtLine, BoughtOrder } from './bought.ts'
import type { PriceRule } from '../privileges/types.ts'
import type { Period, PlanDesign, Refund } from './types.ts'

test.each([en, zhTw, zhCn])('every why has its sentence in each language', (texts) => {
  expect(Object.keys(texts.whys).sort()).toEqual([...whyCodes].sort())
})

const month: Dates = { trial_until: null, due_on: '2026-12-02', auto_renew: true, grace_days: 3, ended_on: null }
const trial: Dates = { ...month, trial_until: '2026-11-16', due_on: '2026-11-16' }
const leaving: Dates = { ...month, auto_renew: false }

const standings: [string, Dates, string, string, string | null, string][] = [
  ['runs', month, '2026-11-02', 'active', '2026-12-02', '2026-12-06'],
  ['runs on its last day', month, '2026-12-01', 'active', '2026-12-02', '2026-12-06'],
  ['falls due', month, '2026-12-02', 'due', '2026-12-03', '2026-12-06'],
  ['is waited for', month, '2026-12-03', 'grace', '2026-12-06', '2026-12-06'],
  ['is waited for on the last day of grace', month, '2026-12-05', 'grace', '2026-12-06', '2026-12-06'],
  ['has lapsed', month, '2026-12-06', 'ended', null, '2026-12-06'],
  [
    'without grace the day itself is waited for',
    { ...month, grace_days: 0 },
    '2026-12-02',
    'due',
    '2026-12-03',
    '2026-12-03',
  ],
  ['without grace it lapses the day after', { ...month, grace_days: 0 }, '2026-12-03', 'ended', null, '2026-12-03'],
  ['is tried', trial, '2026-11-15', 'trial', '2026-11-16', '2026-11-20'],
  ['a trial falls due', trial, '2026-11-16', 'due', '2026-11-17', '2026-11-20'],
  [
    'a trial paid ahead is still a trial',
    { ...trial, due_on: '2026-12-16' },
    '2026-11-15',
    'trial',
    '2026-11-16',
    '2026-12-20',
  ],
  [
    'a trial paid ahead goes on',
    { ...trial, due_on: '2026-12-16' },
    '2026-11-16',
    'active',
    '2026-12-16',
    '2026-12-20',
  ],
  ['is leaving', leaving, '2026-11-20', 'cancelled_at_end', '2026-12-02', '2026-12-02'],
  ['has left', leaving, '2026-12-02', 'ended', null, '2026-12-02'],
  [
    'a cancelled trial is leaving',
    { ...trial, auto_renew: false },
    '2026-11-03',
    'cancelled_at_end',
    '2026-11-16',
    '2026-11-16',
  ],
  ['was ended at once', { ...month, ended_on: '2026-11-10' }, '2026-11-10', 'ended', null, '2026-11-10'],
]
test.each(standings)('%s', (_name, dates, day, state, turn_on, holds_until) => {
  expect(stateOf(dates, day)).toEqual({ state, turn_on, holds_until })
})

test('looking on the day the clock turns is enough: between turns nothing changes', () => {
  const days = fc.integer({ min: 0, max: 90 })
  fc.assert(
    fc.property(
      days,
      days,
      fc.boolean(),
      fc.boolean(),
      days,
      days,
      (paid, grace_days, auto_renew, tried, at, later) => {
        const start = '2026-11-02'
        const due_on = addDays(start, paid + 1)
        const trial_until = tried ? addDays(start, Math.min(paid + 1, 7)) : null
        const dates = { trial_until, due_on, auto_renew, grace_days, ended_on: null }
        const one = stateOf(dates, addDays(start, at))
        const two = stateOf(dates, addDays(start, at + later))
        if (one.turn_on !== null) expect(one.turn_on > addDays(start, at)).toBe(true)
        if (one.turn_on === null || addDays(start, at + later) < one.turn_on) expect(two).toEqual(one)
        else expect(two.state).not.toBe(one.state)
      },
    ),
  )
})

test.each([
  [{ unit: 'month', count: 1 }, '2026-01-31', '2026-02-28', 12],
  [{ unit: 'month', count: 3 }, '2026-11-02', '2027-02-02', 4],
  [{ unit: 'day', count: 30 }, '2026-11-02', '2026-12-02', 13],
  [{ unit: 'month', count: 12 }, '2028-02-29', '2029-02-28', 1],
] as const)('a period of %o from %s ends on %s', (period, from, until, a_year) => {
  expect(periodEnd(period, from)).toBe(until)
  expect(periodsAYear(period)).toBe(a_year)
})

test('the next period is paid a week ahead at the earliest, of a trial at any time', () => {
  const held = { trial_until: null, due_on: '2026-12-02' }
  expect(payableFrom(held, { unit: 'month', count: 1 })).toBe('2026-11-25')
  expect(payableFrom(held, { unit: 'day', count: 2 })).toBe('2026-12-01')
  expect(payableFrom({ trial_until: '2026-12-02', due_on: '2026-12-02' }, { unit: 'month', count: 1 })).toBeNull()
})

test('the first price that holds is the price', () => {
  const when = { combinator: 'and' as const, not: false, rules: [] }
  const prices: PlanDesign['prices'] = [
    { when, price_minor: 88 },
    { when, price_minor: 188 },
    { when: null, price_minor: 888 },
  ]
  const of = (...holds: boolean[]) => priceOf({ prices }, 4, holds)
  expect(of(true, true)).toEqual({
    price_minor: 88,
    why: { code: 'price_by_condition', params: { price_minor: 88, place: 1, version: 4 } },
  })
  expect(of(false, true).price_minor).toBe(188)
  expect(of(false, false)).toMatchObject({ price_minor: 888, why: { code: 'price_for_all' } })
  expect(priceOf({ prices: prices.slice(0, 2) }, 4, [false, false])).toMatchObject({
    price_minor: null,
    why: { code: 'price_none' },
  })
})

const paid = (more: Partial<Period> = {}): Period => ({
  number: 1,
  kind: 'paid',
  version: 1,
  from_on: '2026-11-02',
  until_on: '2026-12-02',
  paid_on: '2026-11-02',
  price_minor: 300,
  refunded_minor: 0,
  why: { code: 'price_for_all', params: {} },
  rewards: [],
  ...more,
})
const rata: Refund = { kind: 'pro_rata' }
const within: Refund = { kind: 'full_within', days: 14 }
const refunds: [string, Refund, Period[], string, number, string][] = [
  ['nothing by rule', { kind: 'none' }, [paid()], '2026-11-03', 0, 'refund_none'],
  ['all but the day itself', rata, [paid()], '2026-11-02', 290, 'refund_pro_rata'],
  ['half way', rata, [paid()], '2026-11-16', 150, 'refund_pro_rata'],
  ['rounded down', rata, [paid({ price_minor: 100 })], '2026-11-03', 93, 'refund_pro_rata'],
  ['the last day', rata, [paid()], '2026-12-01', 0, 'refund_pro_rata'],
  ['after it', rata, [paid()], '2026-12-02', 0, 'refund_nothing_paid'],
  [
    'a period not begun goes back whole',
    rata,
    [paid(), paid({ number: 2, from_on: '2026-12-02', until_on: '2027-01-01' })],
    '2026-12-01',
    300,
    'refund_pro_rata',
  ],
  ['not more than is left', rata, [paid({ refunded_minor: 250 })], '2026-11-02', 50, 'refund_pro_rata'],
  ['a trial', rata, [paid({ kind: 'trial', price_minor: 0 })], '2026-11-03', 0, 'refund_nothing_paid'],
  ['all within its days', within, [paid()], '2026-11-16', 300, 'refund_full'],
  ['nothing after them', within, [paid()], '2026-11-17', 0, 'refund_too_late'],
  ['the rest within its days', within, [paid({ refunded_minor: 100 })], '2026-11-05', 200, 'refund_full'],
]
test.each(refunds)('goes back: %s', (_name, rule, periods, day, amount_minor, code) => {
  const decided = refundOf(rule, periods, day)
  expect([decided.amount_minor, decided.why.code]).toEqual([amount_minor, code])
  expect(decided.parts.reduce((sum, part) => sum + part.amount_minor, 0)).toBe(amount_minor)
})

test('what goes back by hand is taken from the newest period first', () => {
  expect(spreadRefund([paid(), paid({ number: 2 })], 400)).toEqual([
    { number: 2, amount_minor: 300 },
    { number: 1, amount_minor: 100 },
  ])
})

const line = (more: Partial<BoughtLine> = {}): BoughtLine => ({
  sku: 'tea',
  name: 'Tea',
  category: 'drinks',
  cost_minor: null,
  quantity: 2,
  left: 2,
  gross_minor: 200,
  net_minor: 200,
  refunded_minor: 0,
  ...more,
})
const order = (lines: BoughtLine[], shipping_minor = 60): BoughtOrder => ({
  order_id: 'o',
  ordered_on: '2026-11-02',
  shipping_minor,
  lines,
})
const deal = { kind: 'plan' as const, id: 'p', skus: [], categories: [], discount_bp: 1_000, member_prices: [] }
const savings: [string, BoughtOrder[], 'would' | 'has', number | null, number, number][] = [
  ['a tenth of what was paid', [order([line()])], 'would', null, 20, 0],
  ['less what another discount gave', [order([line({ net_minor: 190 })])], 'would', null, 10, 0],
  ['nothing where it was cheaper anyway', [order([line({ net_minor: 150 })])], 'would', null, 0, 0],
  ['only of what was kept', [order([line({ left: 1, refunded_minor: 100 })])], 'would', null, 10, 0],
  ['nothing of what went back', [order([line({ left: 0, refunded_minor: 200 })])], 'would', null, 0, 0],
  ['shipping from so much on, at its own prices', [order([line()])], 'would', 180, 20, 60],
  ['no shipping below it', [order([line()])], 'would', 181, 20, 0],
  ['nothing of goods nobody knows', [order([line({ sku: null })])], 'would', null, 0, 0],
  ['has saved what was paid less', [order([line({ net_minor: 180 })])], 'has', null, 20, 0],
  ['has not saved what others gave', [order([line({ net_minor: 100 })])], 'has', null, 20, 0],
  ['has not saved where it was not honoured', [order([line()])], 'has', null, 0, 0],
]
test.each(savings)('a plan of ten per cent: %s', (_name, orders, mode, free, goods_minor, shipping_minor) => {
  const saving = savingOf({
    orders,
    prices: { version: null, tier_code: '' },
    deal,
    free_shipping_from_minor: free,
    mode,
    from_on: '2026-01-01',
    until_on: '2027-01-01',
  })
  expect(saving).toMatchObject({ goods_minor, shipping_minor, saved_minor: goods_minor + shipping_minor })
  expect(saving.products.reduce((sum, one) => sum + one.saved_minor, 0)).toBe(goods_minor)
})

/** A cup at 480: every member has it for 400, gold takes 5 % off everything. */
const rule: PriceRule = {
  member_prices: [{ sku: 'cup', price_minor: 400, tier_codes: [] }],
  tier_discounts: [{ tier_code: 'gold', discount_bp: 500 }],
  excluded_skus: [],
  excluded_categories: [],
  floor: { cost: false, share_bp: 0 },
  with_coupons: 'before',
}
const cup = (more: Partial<BoughtLine> = {}) =>
  line({ sku: 'cup', quantity: 1, left: 1, gross_minor: 480, net_minor: 480, ...more })
const anyway: [string, BoughtLine[], string, number, number | null, number, number][] = [
  ['nothing where every member has a better price', [cup()], '', 1_000, null, 0, 0],
  ['nothing where that price was paid already', [cup({ net_minor: 400 })], '', 1_000, null, 0, 0],
  ['only what it takes off that price', [cup()], '', 2_000, null, 16, 0],
  ['only what it takes off what a coupon left', [cup({ net_minor: 390 })], '', 2_000, null, 6, 0],
  ['only what the tier leaves', [line()], 'gold', 1_000, null, 10, 0],
  ['nothing less than the tier takes off', [line()], 'gold', 400, null, 0, 0],
  ['a line beside one that it does not touch', [cup(), line()], '', 1_000, null, 20, 0],
  ['shipping by what the goods come to for members', [cup()], '', 1_000, 400, 0, 60],
  ['no shipping by what they cost others', [cup()], '', 1_000, 401, 0, 0],
]
test.each(anyway)(
  'a plan would have saved %s',
  (_name, lines, tier_code, discount_bp, free, goods_minor, shipping_minor) => {
    const saving = savingOf({
      orders: [order(lines)],
      prices: { version: { version: 1, rule }, tier_code },
      deal: { ...deal, discount_bp },
      free_shipping_from_minor: free,
      mode: 'would',
      from_on: '2026-01-01',
      until_on: '2027-01-01',
    })
    expect(saving).toMatchObject({ goods_minor, shipping_minor, saved_minor: goods_minor + shipping_minor })
  },
)

test('a plan would have saved only what other plans that are held leave, goods and shipping', () => {
  const saved = (more: { discount_bp: number; free: number | null }) => {
    const { goods_minor, shipping_minor } = savingOf({
      orders: [order([line()])],
      prices: { version: null, tier_code: '' },
      deal: { ...deal, discount_bp: more.discount_bp },
      free_shipping_from_minor: more.free,
      held: [{ ...deal, id: 'other', discount_bp: 1_000, free_shipping_from_minor: 150 }],
      mode: 'would',
      from_on: '2026-01-01',
      until_on: '2027-01-01',
    })
    return [goods_minor, shipping_minor]
  }
  expect(saved({ discount_bp: 1_500, free: null })).toEqual([10, 0])
  expect(saved({ discount_bp: 800, free: 0 })).toEqual([0, 0])
})

const terms: AgreementTerms = {
  promised: { measure: 'amount', amount_minor: 1_000 },
  skus: [],
  categories: ['drinks'],
  discount_bp: 1_000,
  member_prices: [],
  at_end: { kind: 'pay_difference', max_minor: null },
  closing_days: 7,
}
test('an agreement counts what was kept of its goods, and what its price took off', () => {
  const kept = line({ net_minor: 180 })
  const other = line({ category: 'cups', net_minor: 500, gross_minor: 500 })
  expect(progressOf(terms, [order([kept, other])])).toEqual({ progress: 180, received_minor: 20, orders: 1 })
  const pieces = { ...terms, promised: { measure: 'quantity' as const, pieces: 10 } }
  expect(progressOf(pieces, [order([{ ...kept, left: 1.5, refunded_minor: 45 }])]).progress).toBe(15_000)
})

const ends: [string, AgreementTerms['at_end'], number, string, number, string][] = [
  ['kept', { kind: 'none' }, 1_000, 'fulfilled', 0, 'agreement_kept'],
  ['short, and nothing asked', { kind: 'none' }, 999, 'shortfall', 0, 'shortfall_none'],
  [
    'short, the difference',
    { kind: 'pay_difference', max_minor: null },
    999,
    'shortfall',
    80,
    'shortfall_difference',
  ],
  ['short, at most', { kind: 'pay_difference', max_minor: 50 }, 999, 'shortfall', 50, 'shortfall_difference'],
  ['short, and the price is lost', { kind: 'lose_price', days: 90 }, 999, 'shortfall', 0, 'shortfall_lost'],
]
test.each(ends)('an agreement ends %s', (_name, at_end, progress, status, due_minor, code) => {
  const settled = settle({ ...terms, at_end }, { progress, received_minor: 80, orders: 1 })
  expect([settled.status, settled.due_minor, settled.why.code]).toEqual([status, due_minor, code])
})

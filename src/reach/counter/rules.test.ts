import { describe, expect, test } from 'vitest'
import type { LineDraft } from '../../record/orders/types.ts'
import type { PointRuleVersion, PointSpendRule } from '../../value/points/types.ts'
import { quote, returnedBy, type Stated } from './rules.ts'

const line = (line_no: number, net_minor: number, category: string | null = null): LineDraft => ({
  line_no,
  sku: `S${line_no}`,
  name: null,
  category,
  product_id: null,
  quantity: '1',
  quantity_e4: 10_000,
  gross_minor: net_minor,
  net_minor,
})
const earn_rule: PointRuleVersion = {
  version: 3,
  effective_from: new Date(0),
  rule: {
    earn: {
      base: 'net',
      include_shipping: false,
      points: 1,
      per_minor: 100,
      rounding: 'floor',
      tier_percent: { gold: 150 },
    },
    waiting_days: 0,
    expiry: { kind: 'never' },
    debt: 'below_zero',
  },
}
const rule: PointSpendRule = {
  points: 100,
  worth_minor: 1,
  step: 100,
  minimum_points: 500,
  share_max_bp: 3_000,
  pays_goods: true,
  pays_shipping: true,
  excluded_categories: ['tobacco'],
}

interface Case {
  says: string
  lines?: LineDraft[]
  shipping?: number
  points_to_use?: number | 'max'
  available?: number
  tier?: string
  kind?: string
  rule?: Partial<PointSpendRule> | null
  used: number
  to_pay: number
  earns?: number | null
  refusals?: string[]
}

const cases: Case[] = [
  { says: 'nothing asked: nothing used', points_to_use: 0, used: 0, to_pay: 1_000, earns: 10 },
  { says: 'a third of the bill, in steps', points_to_use: 'max', used: 30_000, to_pay: 700, earns: 7 },
  {
    says: 'a higher tier earns more of what is left',
    points_to_use: 'max',
    tier: 'gold',
    used: 30_000,
    to_pay: 700,
    earns: 10,
  },
  { says: 'no more than there are', points_to_use: 'max', available: 7_777, used: 7_700, to_pay: 923, earns: 9 },
  {
    says: 'below the minimum there is nothing to use',
    points_to_use: 'max',
    available: 499,
    used: 0,
    to_pay: 1_000,
    earns: 10,
  },
  { says: 'the minimum itself is enough', points_to_use: 500, available: 500, used: 500, to_pay: 995, earns: 9 },
  {
    says: 'one step over the share',
    points_to_use: 30_100,
    used: 0,
    to_pay: 1_000,
    earns: 10,
    refusals: ['points.spend_over_share'],
  },
  {
    says: 'between two steps',
    points_to_use: 550,
    used: 0,
    to_pay: 1_000,
    earns: 10,
    refusals: ['points.spend_step'],
  },
  {
    says: 'all that is wrong at once',
    points_to_use: 49,
    available: 10,
    used: 0,
    to_pay: 1_000,
    earns: 10,
    refusals: ['points.insufficient', 'points.spend_step', 'points.spend_below_minimum'],
  },
  {
    says: 'excluded goods are not paid, but count for the share',
    lines: [line(1, 900, 'tobacco'), line(2, 100)],
    points_to_use: 'max',
    used: 10_000,
    to_pay: 900,
    earns: 9,
  },
  {
    says: 'shipping is paid where the rule says so',
    lines: [line(1, 1_000, 'tobacco')],
    shipping: 200,
    points_to_use: 'max',
    used: 20_000,
    to_pay: 1_000,
    earns: 10,
  },
  {
    says: 'and not where it does not',
    lines: [line(1, 1_000, 'tobacco')],
    shipping: 200,
    points_to_use: 'max',
    rule: { pays_shipping: false },
    used: 0,
    to_pay: 1_200,
    earns: 10,
  },
  {
    says: 'without a rule points pay nothing',
    points_to_use: 500,
    rule: null,
    used: 0,
    to_pay: 1_000,
    earns: 10,
    refusals: ['points.spend_not_offered'],
  },
  {
    says: 'a guest has no purse',
    points_to_use: 500,
    kind: 'guest',
    used: 0,
    to_pay: 1_000,
    earns: null,
    refusals: ['till.points_need_member'],
  },
  {
    says: 'a whole bill may be paid',
    points_to_use: 'max',
    rule: { share_max_bp: 10_000 },
    used: 100_000,
    to_pay: 0,
    earns: 0,
  },
]

const stated = (one: Case): Stated => ({
  at: new Date(0),
  day: '2026-11-02',
  store_id: null,
  channel: null,
  lines: one.lines ?? [line(1, 600), line(2, 400)],
  shipping_minor: one.shipping ?? 0,
  refusals: [],
  member: {
    member_id: 'm',
    kind: one.kind ?? 'member',
    tier_code: one.tier ?? 'member',
    next_tier_code: null,
    missing_minor: null,
    points_available: one.available ?? 1_000_000,
    points_pooled: 0,
    standing: { tier_code: one.tier ?? 'member' },
    deals: [],
    cards: [],
  },
  points_to_use: one.points_to_use ?? 0,
  card_payments: [],
  stamp_cards: [],
  spend_rule: one.rule === null ? null : { version: 1, effective_from: new Date(0), rule: { ...rule, ...one.rule } },
  earn_rule,
  tier_rule: null,
  price_rule: null,
  costs: new Map(),
  named: [],
  choice: [],
  listed: [],
})

test.each(cases)('points at the till: $says', (one) => {
  const said = quote(stated(one))
  expect({
    used: said.points.used,
    to_pay: said.to_pay_minor,
    earns: said.earns?.points ?? null,
    refusals: said.refusals.map((refusal) => refusal.code),
  }).toEqual({ used: one.used, to_pay: one.to_pay, earns: one.earns, refusals: one.refusals ?? [] })
  const off = [...said.lines, said.shipping].flatMap((part) => part.discounts)
  expect(off.reduce((sum, part) => sum + part.amount_minor, 0)).toBe(said.gross_minor - said.to_pay_minor)
  expect(off.reduce((sum, part) => sum + (part.points ?? 0), 0)).toBe(said.points.used)
})

describe('what goes back returns its part of the points', () => {
  const sale = {
    lines: [
      { line_no: 1, points: 100 },
      { line_no: 2, points: 7 },
    ],
    shipping_points: 10,
  }
  const gone = (first: number, second: number, shipping: [number, number] = [0, 0]) =>
    returnedBy(sale, {
      lines: [
        { line_no: 1, quantity: 3, refunded_quantity: first },
        { line_no: 2, quantity: 2.5, refunded_quantity: second },
      ],
      shipping_minor: shipping[0],
      refunded_shipping_minor: shipping[1],
    })
  test('by line, rounded down on the running total, whole in the end', () => {
    expect([gone(0, 0), gone(1, 0), gone(2, 0), gone(3, 0), gone(3, 1), gone(3, 2.5)]).toEqual([
      0, 33, 66, 100, 102, 117,
    ])
  })
  test('those for shipping by the money for shipping, where there was any', () => {
    expect([gone(0, 0, [30, 10]), gone(3, 2.5, [30, 0]), gone(3, 2.5, [30, 30])]).toEqual([3, 107, 117])
  })
})

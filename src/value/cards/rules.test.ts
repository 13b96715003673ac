/** How cards decide: cases in tables, and what holds of all of them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bonusFor, dayTotal, decideRefund, faultsOf, stampsFor, type RefundLot } from './rules.ts'
import type { SessionsRule, StampLine, StampRule, ValueRule } from './types.ts'

const scope = { skus: [], categories: [], excluded_skus: [], excluded_categories: [], store_ids: [] }
const units: StampRule = {
  kind: 'stamps',
  size: 10,
  per: { by: 'units' },
  scope,
  day_max: null,
  months: null,
  refunds: 'carry',
  reward: { kind: 'none' },
}
const line = (quantity: number, net_minor: number, more: Partial<StampLine> = {}): StampLine => ({
  sku: 'oolong',
  category: 'tea',
  quantity,
  net_minor,
  ...more,
})
const stampsOf = (rule: StampRule, lines: StampLine[], store_id: string | null = null, is_supplement = false) =>
  stampsFor({ lines, store_id, is_supplement }, [{ card_definition_id: 'c', names: {}, version: 1, rule }])[0]!.stamps

const perOrder: StampRule = { ...units, per: { by: 'order', minimum_minor: 100 } }
const perSpend: StampRule = { ...units, per: { by: 'spend', per_minor: 50 } }
const onlyTea: StampRule = { ...units, scope: { ...scope, categories: ['tea'], excluded_skus: ['sample'] } }
const inShop: StampRule = { ...units, scope: { ...scope, store_ids: ['a'] } }

test.each<[string, number, StampRule, StampLine[], (string | null)?, boolean?]>([
  ['three cups, three stamps', 3, units, [line(3, 180)]],
  ['parts of pieces add up: 0.1 and 0.2 and 0.7 are one', 1, units, [line(0.1, 5), line(0.2, 5), line(0.7, 5)]],
  ['a free cup is none', 0, units, [line(1, 0)]],
  ['what came back whole is none', 0, units, [line(0, 0)]],
  ['other shelves are none', 2, onlyTea, [line(2, 120), line(1, 300, { category: 'things' })]],
  ['an excluded product is none', 0, onlyTea, [line(1, 10, { sku: 'sample' })]],
  ['a line without product counts where all goods do', 1, units, [line(1, 10, { sku: null, category: null })]],
  ['elsewhere is none', 0, inShop, [line(1, 60)], 'b'],
  ['in the shop it is', 1, inShop, [line(1, 60)], 'a'],
  ['a purchase of 100 is one', 1, perOrder, [line(5, 100)]],
  ['a purchase of 99 is none', 0, perOrder, [line(1, 99)]],
  ['what is added later is no further purchase', 0, perOrder, [line(1, 100)], null, true],
  ['per spend is rounded down once', 3, perSpend, [line(1, 99), line(1, 99)]],
  ['a slip of the till fills no thousand cards', 1_000, units, [line(999_999, 1_000)]],
])('%s', (_sentence, stamps, rule, lines, store_id, is_supplement) => {
  expect(stampsOf(rule, lines, store_id, is_supplement)).toBe(stamps)
})

test('more goods never bring fewer stamps, and a day never more than its most', () => {
  const anyLine = fc.record({ quantity: fc.integer({ min: 0, max: 9 }), net_minor: fc.nat(500) })
  fc.assert(
    fc.property(
      fc.array(anyLine, { maxLength: 6 }),
      anyLine,
      fc.constantFrom(units, perOrder, perSpend),
      (few, more, rule) => {
        const lines = few.map((one) => line(one.quantity, one.net_minor))
        expect(stampsOf(rule, [...lines, line(more.quantity, more.net_minor)])).toBeGreaterThanOrEqual(
          stampsOf(rule, lines),
        )
      },
    ),
  )
  expect([dayTotal([3, 3], { day_max: 4 }), dayTotal([3, 3], { day_max: null })]).toEqual([4, 6])
})

const value: ValueRule = {
  kind: 'value',
  minimum_minor: 1,
  balance_max_minor: null,
  bonuses: [
    { from_minor: 2_000, bonus_minor: 300 },
    { from_minor: 1_000, bonus_minor: 100 },
  ],
  principal_months: null,
  bonus_months: null,
  spend_first: 'bonus',
  refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
}
test.each([
  [999, null],
  [1_000, 100],
  [1_999, 100],
  [5_000, 300],
])('paying %i gives %s on top', (paid, bonus) => {
  expect(bonusFor(value, paid)?.bonus_minor ?? null).toBe(bonus)
})

const lot = (of: Partial<RefundLot>): RefundLot => ({
  entry_id: 1,
  granted: 1_000,
  remaining: 1_000,
  expired: 0,
  is_bonus: false,
  paid_minor: 1_000,
  ...of,
})
const bonus = (of: Partial<RefundLot>) => lot({ granted: 100, is_bonus: true, paid_minor: 0, ...of })
const sessions: SessionsRule = {
  kind: 'sessions',
  uses: 10,
  price_minor: 800,
  worth_minor: 100,
  months: null,
  refund: { is_offered: true, basis: 'list_price', fee_bp: 0 },
}
const byShare: SessionsRule = { ...sessions, refund: { ...sessions.refund, basis: 'pro_rata' } }
const pack = (remaining: number, expired = 0) => lot({ granted: 10, remaining, expired, paid_minor: 800 })

test.each<[string, number, ValueRule | SessionsRule, RefundLot[]]>([
  ['what is left of what was paid', 1_000, value, [lot({}), bonus({ remaining: 100 })]],
  ['less the bonus that was used', 900, value, [lot({}), bonus({ remaining: 0 })]],
  ['expired bonus was not used', 1_000, value, [lot({}), bonus({ remaining: 0, expired: 100 })]],
  ['never below nothing', 0, value, [lot({ remaining: 50 }), bonus({ remaining: 0 })]],
  [
    'the bonus of another payment is another’s',
    60,
    value,
    [
      lot({ remaining: 50 }),
      bonus({ remaining: 0 }),
      lot({ entry_id: 2, granted: 60, remaining: 60, paid_minor: 60 }),
    ],
  ],
  ['given by hand is not paid back', 0, value, [bonus({ remaining: 100 })]],
  ['a fee of 2.5 % is rounded once', 975, { ...value, refund: { ...value.refund, fee_bp: 250 } }, [lot({})]],
  ['by share: 7 of 10 uses', 560, byShare, [pack(7)]],
  ['by their own price: 800 less 3 at 100', 500, sessions, [pack(7)]],
  ['by their own price never below nothing', 0, sessions, [pack(1)]],
  ['expired uses were not used, and are not paid back by share', 400, byShare, [pack(5, 5)]],
])('%s', (_sentence, amount, rule, lots) => {
  expect(decideRefund(rule, lots, 1).amount_minor).toBe(amount)
})

test('never more comes back than was paid, and never less than nothing', () => {
  const anyLot = fc.record({ granted: fc.integer({ min: 1, max: 500 }), used: fc.nat(500), paid: fc.nat(900) })
  fc.assert(
    fc.property(fc.array(anyLot, { maxLength: 5 }), fc.nat(10_000), (lots, fee_bp) => {
      const open = lots.map(({ granted, used, paid }, i) =>
        lot({ entry_id: i, granted, remaining: Math.max(0, granted - used), paid_minor: paid }),
      )
      for (const rule of [value, sessions, byShare]) {
        const priced = { ...rule, refund: { ...rule.refund, fee_bp } } as ValueRule | SessionsRule
        const { amount_minor } = decideRefund(priced, open, 1)
        expect(amount_minor).toBeGreaterThanOrEqual(0)
        expect(amount_minor).toBeLessThanOrEqual(open.reduce((sum, one) => sum + one.paid_minor, 0))
      }
    }),
  )
})

test('a rule that says two things at once is refused, place by place', () => {
  const twice = { ...value, balance_max_minor: 1, minimum_minor: 2, bonuses: [value.bonuses[0]!, value.bonuses[0]!] }
  expect(faultsOf(twice, 'value').map((one) => one.pointer)).toEqual(['/rule/bonuses', '/rule/balance_max_minor'])
  expect(faultsOf(twice, 'stamps')[0]!.code).toBe('card_definition.kind_fixed')
})

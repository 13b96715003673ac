import fc from 'fast-check'
import { expect, test } from 'vitest'
import { size } from '../../../test/database.ts'
import { decide, decideAll, dueBack, dueOf, pointsFor } from './rules.ts'
import type { Line, ProtectionRule } from './types.ts'

const rule: ProtectionRule = {
  is_on: true,
  days: 14,
  tier_codes: [],
  plan_ids: [],
  excluded_categories: [],
  minimum_minor: 0,
  limit: null,
  budget_id: null,
}
const line = (then_minor: number, now_minor: number, paid_minor: number, more: Partial<Line> = {}): Line => ({
  member_id: 'm',
  order_id: 'o',
  line_no: 1,
  sku: 'tea',
  category: 'tea',
  bought_at: new Date(0),
  left_e4: 10_000,
  paid_minor,
  then_minor,
  now_minor,
  price_version: null,
  given_before_minor: 0,
  given_times: 0,
  tier_code: null,
  plan_ids: [],
  ...more,
})
/** A hundred points pay one of a hundred minor units: a point is worth one. */
const rate = { points: 100, worth_minor: 100 }
const stated = { rule, rate, counted_minor: 0 }

const golden: readonly [string, Line, Partial<typeof stated>, number, string][] = [
  ['a plain fall', line(1_000, 800, 1_000), {}, 200, 'given'],
  ['paid less by a coupon', line(1_000, 800, 900), {}, 100, 'given'],
  ['paid less than it costs now', line(1_000, 800, 700), {}, 0, 'nothing'],
  ['paid more than the list said', line(1_000, 800, 1_500), {}, 200, 'given'],
  ['two and a half units', line(1_000, 900, 2_500, { left_e4: 25_000 }), {}, 250, 'given'],
  ['given before', line(1_000, 700, 1_000, { given_before_minor: 200 }), {}, 100, 'given'],
  ['all given before', line(1_000, 800, 1_000, { given_before_minor: 200 }), {}, 0, 'nothing'],
  ['below the minimum', line(1_000, 950, 1_000), { rule: { ...rule, minimum_minor: 51 } }, 0, 'below_minimum'],
  [
    'what the limit leaves',
    line(1_000, 500, 1_000),
    { rule: { ...rule, limit: { amount_minor: 600, period: 'year' } }, counted_minor: 300 },
    300,
    'limited',
  ],
  [
    'nothing left of the limit',
    line(1_000, 500, 1_000),
    { rule: { ...rule, limit: { amount_minor: 600, period: 'ever' } }, counted_minor: 600 },
    0,
    'limit_reached',
  ],
  ['not worth a point', line(1_000, 999, 1_000), { rate: { points: 1, worth_minor: 100 } }, 0, 'below_a_point'],
  ['whole points only', line(1_000, 750, 1_000), { rate: { points: 1, worth_minor: 100 } }, 200, 'given'],
  ['another tier', line(1_000, 800, 1_000), { rule: { ...rule, tier_codes: ['gold'] } }, 0, 'not_protected'],
  [
    'of the plan',
    line(1_000, 800, 1_000, { plan_ids: ['p'] }),
    { rule: { ...rule, tier_codes: ['gold'], plan_ids: ['p'] } },
    200,
    'given',
  ],
]

test.each(golden)('%s', (_name, bought, more, given, code) => {
  const decision = decide(bought, { ...stated, ...more })
  expect([decision.given_minor, decision.why.code]).toEqual([given, code])
})

test('however often a price falls, no line is given back more than was paid above what it costs now', () => {
  const amount = fc.integer({ min: 0, max: 100_000 })
  fc.assert(
    fc.property(
      fc.record({ then: amount, paid: amount, left_e4: fc.integer({ min: 1, max: 99_999 }) }),
      fc.array(amount, { minLength: 1, maxLength: 6 }),
      fc.record({ points: fc.integer({ min: 1, max: 300 }), worth_minor: fc.integer({ min: 1, max: 300 }) }),
      fc.option(fc.integer({ min: 1, max: 50_000 })),
      ({ then, paid, left_e4 }, prices, rate, limit) => {
        const own = limit === null ? rule : { ...rule, limit: { amount_minor: limit, period: 'ever' as const } }
        let [before, counted] = [0, 0]
        for (const now_minor of prices) {
          const bought = line(then, now_minor, paid, { left_e4, given_before_minor: before })
          const [one] = decideAll([bought], {
            rule: own,
            rate,

            counted: new Map([['m', counted]]),
          })
          const { given_minor, points } = one!.decision
          before += given_minor
          counted += given_minor
          if (given_minor > 0) {
            expect(before).toBeLessThanOrEqual(paid - Math.ceil((now_minor * left_e4) / 10_000))
            expect(now_minor).toBeLessThan(then)
          }
          expect(points * rate.worth_minor).toBeLessThanOrEqual(given_minor * rate.points)
          if (limit !== null) expect(counted).toBeLessThanOrEqual(limit)
          expect(given_minor).toBeLessThanOrEqual(dueOf(bought).due_minor)
        }
      },
    ),
    { numRuns: size === 'long' ? 5_000 : 300 },
  )
})

test('points are worth no more than the amount', () => {
  expect(pointsFor(250, { points: 1, worth_minor: 100 })).toEqual({ points: 2, worth_minor: 200 })
  expect(pointsFor(3, { points: 2, worth_minor: 1 })).toEqual({ points: 6, worth_minor: 3 })
})

test('in whatever parts a line goes back, its points go in proportion and sum to the whole', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
      (points, units, parts) => {
        let [left, returned] = [units, 0]
        for (const part of [...parts, units]) {
          left = Math.max(0, left - part)
          const line = { given_e4: units * 10_000, left_e4: left * 10_000, paid_minor: 500, left_minor: 500 }
          returned += dueBack({ points, returned_points: returned, ...line })
          expect(points - returned).toBe(Math.floor((points * left) / units))
        }
        expect(returned).toBe(points)
      },
    ),
    { numRuns: size === 'long' ? 5_000 : 300 },
  )
  // only money went back
  const money = { given_e4: 10_000, left_e4: 10_000, paid_minor: 1_000, left_minor: 250 }
  expect(dueBack({ points: 100, returned_points: 0, ...money })).toBe(75)
})

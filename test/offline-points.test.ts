/** What a device reckons without a network is what the program reckons when it has the receipt. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as points from '../src/value/points/points.ts'
import { usablePoints, worthOf } from '../web/counter/reckoning.ts'

const ruleOf = fc.record({
  points: fc.integer({ min: 1, max: 200 }),
  worth_minor: fc.integer({ min: 1, max: 20 }),
  step: fc.integer({ min: 1, max: 50 }),
  minimum_points: fc.integer({ min: 0, max: 100 }),
  share_max_bp: fc.integer({ min: 1, max: 10_000 }),
  pays_goods: fc.boolean(),
  pays_shipping: fc.boolean(),
  excluded_categories: fc.constant<string[]>([]),
})

test('the most points a device lets pay, and what they are worth, are the program’s', () => {
  fc.assert(
    fc.property(
      ruleOf,
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 0, max: 50_000 }),
      fc.integer({ min: 1, max: 50_000 }),
      (rule, amount_minor, available, limit) => {
        const usable = usablePoints(amount_minor, { available, most: limit }, rule)
        const bill = { lines: [{ due_minor: amount_minor, category: null }], shipping_minor: 0 }
        const version = { version: 1, effective_from: new Date(0), rule }
        const purse = { available: Math.min(available, limit), wanted: 'max' as const }
        const decided = points.decideSpend(bill, purse, version)
        expect(usable).toBe(decided.points)
        if (usable > 0) expect(worthOf(usable, rule)).toBe(decided.worth_minor)
      },
    ),
  )
})

/** What an offer decides, one case a line. */
import { expect, test } from 'vitest'
import { countedOf, decide, faultsOf, windowOf, type Purchase } from './rules.ts'
import { anything, type OfferRule } from './types.ts'

const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000)
const rule = (more: Partial<OfferRule> = {}): OfferRule => ({
  window: { counts_from: 'issue', hours: 24, from: null, until: null },
  threshold: { measure: 'spend', reach: 'at_least', amount: 100 },
  scope: anything,
  refunds: 'undo',
  reward: { kind: 'none' },
  ...more,
})
const bought = (hours: number, goods_minor: number, more: Partial<Purchase> = {}): Purchase => ({
  order_id: `order-${hours}`,
  source_id: `${hours}`,
  occurred_at: at(hours),
  store_id: 'S1',
  counts: true,
  goods_minor,
  refunded_minor: 0,
  lines: null,
  ...more,
})
const single = (reach: 'at_least' | 'more_than', amount: number) =>
  rule({ threshold: { measure: 'single_order', reach, amount } })
const count = (amount: number) => rule({ threshold: { measure: 'orders', reach: 'at_least', amount } })

/** The rule, the purchases, then at which hour it completes (null: not) and the progress. */
const cases: [string, OfferRule, Purchase[], number | null, number][] = [
  ['two purchases come to the amount', rule(), [bought(1, 60), bought(5, 40)], 5, 100],
  ['one short of the amount', rule(), [bought(1, 99)], null, 99],
  ['bought at the very moment of the receipt', rule(), [bought(0, 100)], 0, 100],
  ['bought in the last moment', rule(), [bought(24, 100)], 24, 100],
  ['bought a moment too late', rule(), [bought(24.001, 100)], null, 0],
  ['bought before the receipt', rule(), [bought(-0.001, 100)], null, 0],
  ['the order of arrival is no input', rule(), [bought(5, 60), bought(1, 60)], 5, 120],
  ['what comes after still counts as progress', rule(), [bought(1, 100), bought(2, 50)], 1, 150],
  ['two halves are no single order', single('at_least', 100), [bought(1, 60), bought(2, 60)], null, 60],
  ['a single order at the amount', single('at_least', 100), [bought(1, 60), bought(2, 100)], 2, 100],
  ['at the amount is not above it', single('more_than', 100), [bought(1, 100)], null, 100],
  ['a single order above', single('more_than', 100), [bought(1, 101)], 1, 101],
  ['the third order', count(3), [bought(1, 1), bought(2, 1), bought(3, 1)], 3, 3],
  ['a refund takes its part', rule(), [bought(1, 100, { refunded_minor: 1 })], null, 99],
  ['a refund that is ignored', rule({ refunds: 'ignore' }), [bought(1, 100, { refunded_minor: 100 })], 1, 100],
  ['an order taken back whole is no order', count(1), [bought(1, 9, { counts: false, refunded_minor: 9 })], null, 0],
  ['of another store', rule({ scope: { ...anything, store_ids: ['S2'] } }), [bought(1, 100)], null, 0],
  ['nothing to reach', rule({ threshold: null }), [bought(1, 100)], null, 0],
]

test.each(cases)('%s', (_name, given, purchases, hour, progress) => {
  const span = windowOf(given, { issued_at: at(0), viewed_at: null })
  const decision = decide(given, span, purchases)
  expect([decision.completed_at, decision.progress]).toEqual([hour === null ? null : at(hour), progress])
  expect(decision.completed_order_id).toBe(hour === null ? null : `order-${hour}`)
})

const line = (sku: string, category: string, net_minor: number, refunded_minor = 0) => ({
  sku,
  category,
  net_minor,
  refunded_minor,
  left: net_minor > refunded_minor ? 1 : 0,
})
const basket = [line('oolong', 'tea', 50), line('green', 'tea', 30, 30), line('cake', 'food', 20)]
/** The scope, and what of a basket of 100 counts. */
const scopes: [string, Partial<OfferRule['scope']>, number | null][] = [
  ['everything', {}, 100],
  ['a category, net of what went back', { categories: ['tea'] }, 50],
  ['a category or a product', { categories: ['food'], skus: ['oolong'] }, 70],
  ['all but a product', { excluded_skus: ['oolong'] }, 20],
  ['a category but for a product of it', { categories: ['tea'], excluded_skus: ['oolong'] }, null],
  ['nothing of it in the basket', { categories: ['cups'] }, null],
]

test.each(scopes)('in scope: %s', (_name, scope, counted) => {
  expect(countedOf(bought(1, 100, { lines: basket }), rule({ scope: { ...anything, ...scope } }))).toBe(counted)
})

const iso = (hours: number) => at(hours).toISOString()
/** The window, seen at which hour, from and until which hour it counts. */
const windows: [string, Partial<OfferRule['window']>, number | null, number | null, number | null][] = [
  ['hours from the receipt', { hours: 24 }, null, 0, 24],
  ['hours from viewing', { counts_from: 'view', hours: 24 }, 5, 5, 29],
  ['never seen', { counts_from: 'view', hours: 24 }, null, null, null],
  ['between dates', { from: iso(10), until: iso(20) }, null, 10, 20],
  ['hours, but not beyond a date', { hours: 24, until: iso(20) }, null, 0, 20],
  ['without end', {}, null, 0, null],
]

test.each(windows)('the window: %s', (_name, window, seen, opens, closes) => {
  const given = rule({ window: { counts_from: 'issue', hours: null, from: null, until: null, ...window } })
  const span = windowOf(given, { issued_at: at(0), viewed_at: seen === null ? null : at(seen) })
  expect(span).toEqual({
    opens_at: opens === null ? null : at(opens),
    closes_at: closes === null ? null : at(closes),
  })
})

test('a rule that cannot be meant names each place', () => {
  const wrong = rule({
    window: { counts_from: 'issue', hours: null, from: iso(2), until: iso(1) },
    threshold: null,
    reward: { kind: 'points', points: 5 },
  })
  expect(faultsOf(wrong).map((fault) => fault.pointer)).toEqual(['/rule/window/until', '/rule/reward'])
})

import { describe, expect, test } from 'vitest'
import { instantOf } from '../../base/time.ts'
import { reviewUntil, takeStep, type Account } from './climb.ts'
import { golden, movesOf, rules } from './golden.fixture.ts'
import { recompute } from './recomputing.ts'
import { qualified, start, windowOf, type Law } from './rules.ts'

const zone = 'Asia/Taipei'
const tiers = ['member', 'silver', 'gold'].map((code, rank) => ({
  tier_id: code,
  code,
  rank,
  names: {},
  invitation_only: false,
}))
const lawOf = (name: string): Law => ({
  tiers,
  rules: [{ version: 1, effective_from: new Date(0), rule: rules[name]! }],
  zone,
})

// Protected by: decideUpgrade, decideReview and decideUndo (rules.ts), each with its why.
describe('pain 6: golden cases, decided by pure functions that say why', () => {
  test.each(golden)('%s: %s → on %s %s, %s', (name, moves, look, tier, code, review_on) => {
    const law = lawOf(name)
    const account: Account = {
      member_id: 'm',
      held: start,
      is_held: false,
      days: [],
      last_day: '',
      history: [],
      decisions: [],
    }
    const days = new Map<string, string>()
    for (const move of movesOf(moves)) {
      if (move.is_order) days.set(move.letter, move.day)
      takeStep(law, account, {
        at: instantOf(`${move.day}T12:00:00`, zone),
        day: move.day,
        counted_on: days.get(move.letter)!,
        amount: move.is_order ? move.amount : -move.amount,
        measure: 'spend',
        order: move.letter,
        cause: move.letter,
        gives: move.is_order,
      })
    }
    reviewUntil(law, account, look)
    const why = account.decisions.at(-1)?.why
    expect([tiers[account.held.rank]!.code, why?.codes[0] ?? 'tier.start', account.held.review_on]).toEqual([
      tier,
      code,
      review_on,
    ])
    for (const decision of account.decisions) {
      expect(recompute(decision.why, rules[name]!, tiers)).toBe(decision.why.params['tier'])
    }
  })
})

test('a threshold is reached by the very amount, not by one less', () => {
  expect([9_999, 10_000, 29_999, 30_000].map((amount) => qualified(rules['rolling']!, tiers, amount))).toEqual([
    0, 1, 1, 2,
  ])
})

test('a rolling window holds its days with today; a calendar year begins on 1 January', () => {
  expect(windowOf(rules['rolling']!, '2024-03-01')).toEqual({ from: '2023-03-03', to: '2024-03-01' })
  expect(windowOf(rules['year']!, '2024-03-01')).toEqual({ from: '2024-01-01', to: '2024-03-01' })
})

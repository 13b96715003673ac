import { describe, expect, it } from 'vitest'
import { diceOf, normal } from '../../app/demo/dice.ts'
import { detectablePerMember, liftOfBuyers, liftPerMember, momentsOf, verdictOf, type Arm } from './rules.ts'

function armOf(values: number[]): Arm {
  return {
    members: values.length,
    buyers: values.filter((value) => value > 0).length,
    orders: values.length,
    revenue_minor: values.reduce((sum, value) => sum + value, 0),
    revenue_squares: values.reduce((sum, value) => sum + value * value, 0),
  }
}

describe('the lift', () => {
  it('has Welch’s interval: the worked example of R’s t.test(extra ~ group, data = sleep)', () => {
    // Student's sleep data (Cushny and Peebles, 1905): t = -1.8608, df = 17.776, 95 % interval -3.365483 to 0.205483
    const one = armOf([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2])
    const two = armOf([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    const lift = liftPerMember(one, two)!
    expect(lift.estimate).toBeCloseTo(-1.58, 10)
    expect(lift.low).toBeCloseTo(-3.365483, 5)
    expect(lift.high).toBeCloseTo(0.205483, 5)
  })

  it('of buyers has Newcombe’s interval: 56 of 70 against 48 of 80', () => {
    // Newcombe (1998), table II, row (a), method 10: 0.0524 to 0.3339
    const arm = (buyers: number, members: number): Arm => ({
      members,
      buyers,
      orders: buyers,
      revenue_minor: 0,
      revenue_squares: 0,
    })
    const lift = liftOfBuyers(arm(56, 70), arm(48, 80))!
    expect(lift.estimate).toBeCloseTo(0.2, 10)
    expect(lift.low).toBeCloseTo(0.0524, 4)
    expect(lift.high).toBeCloseTo(0.3339, 4)
  })

  it('is not stated from fewer than two members on a side', () => {
    expect(liftPerMember(armOf([5]), armOf([1, 2, 3]))).toBeNull()
    expect(momentsOf(armOf([]))).toEqual({ mean: 0, variance: 0 })
  })

  it('covers the true difference in about 95 of 100 draws, also for skewed sales', () => {
    const dice = diceOf(7)
    const sale = (extra: number) => (dice() < 0.3 ? Math.exp(4 + normal(dice)) : 0) + extra
    let covered = 0
    const rounds = 400
    for (let round = 0; round < rounds; round += 1) {
      const mailed = armOf(Array.from({ length: 450 }, () => sale(5)))
      const holdout = armOf(Array.from({ length: 150 }, () => sale(0)))
      const lift = liftPerMember(mailed, holdout)!
      if (lift.low <= 5 && 5 <= lift.high) covered += 1
    }
    // three standard errors of 400 draws around 0.95, and room for the skew
    expect(covered / rounds).toBeGreaterThan(0.91)
    expect(covered / rounds).toBeLessThan(0.99)
  })
})

describe('what a draw can detect', () => {
  it('follows from its sizes and the spread of sales', () => {
    // (1.959964 + 0.841621) × sqrt(100² / 900 + 100² / 100)
    expect(detectablePerMember(10_000, 900, 100)).toBeCloseTo(2.801585 * Math.sqrt(10_000 / 900 + 100), 4)
    expect(detectablePerMember(10_000, 900, 0)).toBeNull()
  })
})

describe('the verdict', () => {
  const arm = (members: number): Arm => ({ members, buyers: 0, orders: 0, revenue_minor: 0, revenue_squares: 0 })
  const given = (change: Partial<Parameters<typeof verdictOf>[0]>) =>
    verdictOf({
      holdout_per_mille: 100,
      mailed: arm(900),
      holdout: arm(100),
      lift: { estimate: 1, low: -1, high: 3 },
      window_over: true,
      ...change,
    })

  const cases: [string, Partial<Parameters<typeof verdictOf>[0]>, string, string][] = [
    ['nobody was left out', { holdout_per_mille: 0, lift: null }, 'unknowable', 'nobody_left_out'],
    ['a side is too small', { holdout: arm(29) }, 'too_early', 'too_few_members'],
    ['the window is open and the interval covers zero', { window_over: false }, 'too_early', 'window_open'],
    ['the window is over and the interval covers zero', {}, 'no_effect_seen', 'interval_covers_zero'],
    ['the interval lies above zero', { lift: { estimate: 2, low: 0.1, high: 4 } }, 'more', 'interval_above_zero'],
    ['the interval lies below zero', { lift: { estimate: -2, low: -4, high: -0.1 } }, 'less', 'interval_below_zero'],
    [
      'it lies above zero while the window is open',
      { lift: { estimate: 2, low: 1, high: 3 }, window_over: false },
      'more',
      'window_open',
    ],
  ]
  for (const [when, change, verdict, reason] of cases) {
    it(`${verdict}: ${when}`, () => {
      const found = given(change)
      expect(found.verdict).toBe(verdict)
      expect(found.reasons).toContain(reason)
    })
  }
})

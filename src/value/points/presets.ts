/**
 * Rules to begin with, of both schools: many points for every unit of money, worth little each (1 for 1, a hundred
 * or 150 points are one unit again), or few that are worth a unit themselves (1 per 100, 1 for 1). The code names
 * them; the words are the screen's.
 */
import { decimalsOf } from '../../base/money.ts'
import { percentAt, pointsFor } from './rules.ts'
import type { PointRule, PointSpendRule } from './types.ts'

export interface Preset {
  code: string
  rule: PointRule
  spend_rule: PointSpendRule
  point_value_minor: number
  return_percent: number
}

/** What higher tiers get on top, step by step; a ladder with more steps ends at the last. */
const percents = [100, 120, 150, 200]

/** A week is what buyers at a distance have to send goods back; then the points are safe to spend. */
const waiting_days = 7

function ruleOf(points: number, per_minor: number, tier_codes: readonly string[]): PointRule {
  const above = tier_codes.slice(1).map((code, i) => [code, percents[Math.min(i + 1, percents.length - 1)]!] as const)
  return {
    earn: {
      base: 'net',
      include_shipping: false,
      points,
      per_minor,
      rounding: 'floor',
      tier_percent: Object.fromEntries(above),
    },
    waiting_days,
    expiry: { kind: 'year_end', years: 1 },
    debt: 'below_zero',
  }
}

/** Presets in a currency, the usual one first; `tier_codes` are the ladder's, lowest first. */
export function presetsFor(currency: string, tier_codes: readonly string[]): Preset[] {
  const unit = 10 ** decimalsOf(currency)
  return [
    preset('one_per_hundred', ruleOf(1, 100 * unit, tier_codes), spendRuleOf(1, unit)),
    preset('one_for_one_100', ruleOf(1, unit, tier_codes), spendRuleOf(100, unit)),
    preset('one_for_one_150', ruleOf(1, unit, tier_codes), spendRuleOf(150, unit)),
  ]
}

/** So many points are one unit of money; they pay any part of the goods, in whole units. */
function spendRuleOf(points: number, worth_minor: number): PointSpendRule {
  return {
    points,
    worth_minor,
    step: points,
    minimum_points: points,
    share_max_bp: 10_000,
    pays_goods: true,
    pays_shipping: false,
    excluded_categories: [],
  }
}

/** The return is what both rules make of an amount spent: earned by the one, worth by the other. */
function preset(code: string, rule: PointRule, spend_rule: PointSpendRule): Preset {
  const point_value_minor = spend_rule.worth_minor / spend_rule.points
  const return_percent = roundTo((100 * rule.earn.points * point_value_minor) / rule.earn.per_minor)
  return { code, rule, spend_rule, point_value_minor, return_percent }
}

/** Two decimals: what people compare. */
function roundTo(percent: number): number {
  return Math.round(percent * 100) / 100
}

/** What one purchase of this amount would bring under a preset, at each tier. */
export function exampleOf({ rule, point_value_minor }: Preset, amount_minor: number, tier_codes: readonly string[]) {
  const earnedAt = (tier_code: string | null) =>
    pointsFor(amount_minor, { ...rule.earn, percent: percentAt(rule, tier_code) })
  const points = earnedAt(null)
  return {
    amount_minor,
    points,
    worth_minor: points * point_value_minor,
    by_tier: tier_codes.map((tier_code) => {
      const earned = earnedAt(tier_code)
      return {
        tier_code,
        points: earned,
        return_percent: amount_minor === 0 ? 0 : roundTo((100 * earned * point_value_minor) / amount_minor),
      }
    }),
  }
}

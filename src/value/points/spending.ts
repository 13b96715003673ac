/** What points pay of a bill: one pure function, the same for a quote and for a sale. */
import { apportion } from '../../base/money.ts'
import { ratio } from './rules.ts'
import type { PointSpendRuleVersion, Why } from './types.ts'
import type { Refused } from './wants.ts'

/** A bill after all discounts. */
export interface Bill {
  lines: readonly { due_minor: number; category: string | null }[]
  shipping_minor: number
}

export interface SpendDecision {
  /** What is taken; 0 when it is refused. */
  points: number
  worth_minor: number
  /** The most that could be taken now. */
  points_max: number
  /** Minor units and points by line, and of the shipping; they sum to the whole (largest remainder). */
  lines: { minor: number; points: number }[]
  shipping: { minor: number; points: number }
  refusals: Refused[]
  why: Why | null
}

/**
 * Decides how many of the points available pay this bill. `wanted` 'max' takes all that may be taken, and is never
 * refused. All refusals at once.
 */
export function decideSpend(
  bill: Bill,
  purse: { available: number; wanted: number | 'max' },
  version: PointSpendRuleVersion | null,
): SpendDecision {
  const none = { minor: 0, points: 0 }
  const nothing: SpendDecision = {
    points: 0,
    worth_minor: 0,
    points_max: 0,
    lines: bill.lines.map(() => none),
    shipping: none,
    refusals: [],
    why: null,
  }
  if (!version)
    return { ...nothing, refusals: purse.wanted === 0 ? [] : [{ code: 'points.spend_not_offered', params: {} }] }
  const { rule } = version
  const payable = bill.lines.map((line) =>
    rule.pays_goods && !(line.category !== null && rule.excluded_categories.includes(line.category))
      ? line.due_minor
      : 0,
  )
  const shipping = rule.pays_shipping ? bill.shipping_minor : 0
  const eligible_minor = payable.reduce((sum, minor) => sum + minor, shipping)
  const due_minor = bill.lines.reduce((sum, line) => sum + line.due_minor, bill.shipping_minor)
  const share_minor = Math.min(eligible_minor, ratio(due_minor, rule.share_max_bp, 10_000))
  const inSteps = (points: number) => points - (points % rule.step)
  const share_points = inSteps(ratio(share_minor, rule.points, rule.worth_minor))
  const most = Math.min(share_points, inSteps(purse.available))
  const points_max = most < rule.minimum_points ? 0 : most
  const wanted = purse.wanted === 'max' ? points_max : purse.wanted
  const refusals = refusalsOf(wanted, { available: purse.available, share_points }, version)
  const points = refusals.length > 0 ? 0 : wanted
  const worth_minor = ratio(points, rule.worth_minor, rule.points)
  const minors = apportion(worth_minor, [...payable, shipping])
  // all points for no money at all has no line to fall on; it cannot be, as a step is worth at least one
  const parts = apportion(points, minors)
  const part = (i: number) => ({ minor: minors[i]!, points: parts[i]! })
  return {
    points,
    worth_minor,
    points_max,
    lines: payable.map((_minor, i) => part(i)),
    shipping: part(payable.length),
    refusals,
    why: {
      codes: ['points.pay'],
      params: {
        points: rule.points,
        worth_minor: rule.worth_minor,
        step: rule.step,
        minimum_points: rule.minimum_points,
        share_max_bp: rule.share_max_bp,
        due_minor,
        eligible_minor,
        points_max,
      },
      rule_version: version.version,
    },
  }
}

function refusalsOf(
  wanted: number,
  limits: { available: number; share_points: number },
  { rule }: PointSpendRuleVersion,
): Refused[] {
  if (wanted === 0) return []
  const refusals: Refused[] = []
  if (wanted > limits.available)
    refusals.push({ code: 'points.insufficient', params: { available: limits.available, wanted } })
  if (wanted % rule.step !== 0) refusals.push({ code: 'points.spend_step', params: { step: rule.step, wanted } })
  if (wanted < rule.minimum_points)
    refusals.push({ code: 'points.spend_below_minimum', params: { minimum_points: rule.minimum_points, wanted } })
  if (wanted > limits.share_points)
    refusals.push({ code: 'points.spend_over_share', params: { points_max: limits.share_points, wanted } })
  return refusals
}

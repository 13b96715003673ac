/** How a campaign's effect is decided: pure functions over counts and sums, their reasons with them. */
import jstat from 'jstat'

/** Sums over one side of the draw: enough for its mean and variance. */
export interface Arm {
  members: number
  /** Members who bought at least once in the window. */
  buyers: number
  orders: number
  /** Net sales in minor units. */
  revenue_minor: number
  /** Sum of each member's squared net sales. */
  revenue_squares: number
}

export interface Interval {
  estimate: number
  low: number
  high: number
}

export type Verdict = 'unknowable' | 'too_early' | 'more' | 'less' | 'no_effect_seen'

/** Confidence of every interval here. */
export const confidence = 0.95
/** Power at which the smallest detectable change is stated (Bloom, 1995: the usual convention). */
const power = 0.8
/** Below this many members on a side a mean of skewed sales is far from normal, and nothing is said. */
export const armMembersMin = 30

/** Mean and variance (n − 1) of a side's sales per member. */
export function momentsOf(arm: Arm): { mean: number; variance: number } {
  if (arm.members === 0) return { mean: 0, variance: 0 }
  const mean = arm.revenue_minor / arm.members
  const squares = arm.revenue_squares - arm.members * mean * mean
  return { mean, variance: arm.members > 1 ? Math.max(0, squares / (arm.members - 1)) : 0 }
}

/**
 * Difference of mean sales per member, mailed − left out, with its 95 % interval for unequal variances
 * (Welch, Biometrika 34, 1947; degrees of freedom by Satterthwaite, 1946). null when a side has fewer than two.
 */
export function liftPerMember(mailed: Arm, holdout: Arm): Interval | null {
  if (mailed.members < 2 || holdout.members < 2) return null
  const a = momentsOf(mailed)
  const b = momentsOf(holdout)
  const ea = a.variance / mailed.members
  const eb = b.variance / holdout.members
  const estimate = a.mean - b.mean
  if (ea + eb === 0) return { estimate, low: estimate, high: estimate }
  const freedom = (ea + eb) ** 2 / (ea ** 2 / (mailed.members - 1) + eb ** 2 / (holdout.members - 1))
  const half = jstat.jStat.studentt.inv(1 - (1 - confidence) / 2, freedom) * Math.sqrt(ea + eb)
  return { estimate, low: estimate - half, high: estimate + half }
}

/**
 * Difference of the shares who bought, with its 95 % interval (Newcombe, Statistics in Medicine 17, 1998, method 10:
 * from Wilson's intervals of both shares, right also near 0).
 */
export function liftOfBuyers(mailed: Arm, holdout: Arm): Interval | null {
  if (mailed.members === 0 || holdout.members === 0) return null
  const a = wilson(mailed.buyers, mailed.members)
  const b = wilson(holdout.buyers, holdout.members)
  const estimate = a.share - b.share
  return {
    estimate,
    low: estimate - Math.hypot(a.share - a.low, b.high - b.share),
    high: estimate + Math.hypot(a.high - a.share, b.share - b.low),
  }
}

/** Wilson's score interval of a share (JASA 22, 1927). */
function wilson(hits: number, n: number): { share: number; low: number; high: number } {
  const z = jstat.jStat.normal.inv(1 - (1 - confidence) / 2, 0, 1)
  const share = hits / n
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return { share, low: middle - half, high: middle + half }
}

/**
 * The smallest true change of mean sales per member that a draw of these sizes would show four times out of five:
 * (z₀.₉₇₅ + z₀.₈) × standard error (Bloom, Evaluation Review 19, 1995).
 */
export function detectablePerMember(variance: number, mailed: number, holdout: number): number | null {
  // without any spread nobody knows what would show: nobody bought, or there is nobody to look at
  if (mailed === 0 || holdout === 0 || variance === 0) return null
  const z = jstat.jStat.normal.inv(1 - (1 - confidence) / 2, 0, 1) + jstat.jStat.normal.inv(power, 0, 1)
  return z * Math.sqrt(variance / mailed + variance / holdout)
}

/** What a reader may take from the figures, and why. */
export function verdictOf(given: {
  holdout_per_mille: number
  mailed: Arm
  holdout: Arm
  lift: Interval | null
  window_over: boolean
}): { verdict: Verdict; reasons: string[] } {
  if (given.holdout_per_mille === 0) return { verdict: 'unknowable', reasons: ['nobody_left_out'] }
  const reasons: string[] = []
  if (given.mailed.members < armMembersMin || given.holdout.members < armMembersMin) reasons.push('too_few_members')
  if (!given.window_over) reasons.push('window_open')
  if (!given.lift || reasons.includes('too_few_members')) return { verdict: 'too_early', reasons }
  if (given.lift.low > 0) return { verdict: 'more', reasons: ['interval_above_zero', ...reasons] }
  if (given.lift.high < 0) return { verdict: 'less', reasons: ['interval_below_zero', ...reasons] }
  if (!given.window_over) return { verdict: 'too_early', reasons }
  return { verdict: 'no_effect_seen', reasons: ['interval_covers_zero'] }
}

/**
 * What is given back for one line: a pure function over stated inputs that also says why. Amounts are minor units;
 * what the price fell by is rounded down, what the goods would cost now up, and points down: all of it for a line
 * together never comes to more than was paid less what the same would cost now.
 */
import type { Decision, Line, Period, ProtectionRule, Rate, WhyCode } from './types.ts'

/** Units come with four decimals. */
const unit_e4 = 10_000n

function times(unit_minor: number, quantity_e4: number, round: 'down' | 'up'): number {
  const product = BigInt(unit_minor) * BigInt(quantity_e4)
  return Number((product + (round === 'up' ? unit_e4 - 1n : 0n)) / unit_e4)
}

/** Which period a day lies in, as counts name it. */
export function periodOf(period: Period | undefined, day: string): string {
  if (period === 'month') return day.slice(0, 7)
  return period === 'year' ? day.slice(0, 4) : 'ever'
}

/** Whether the rule is about this purchase at all. */
export function isProtected(rule: ProtectionRule, line: Pick<Line, 'category' | 'tier_code' | 'plan_ids'>): boolean {
  if (line.category !== null && rule.excluded_categories.includes(line.category)) return false
  if (rule.tier_codes.length === 0 && rule.plan_ids.length === 0) return true
  return (
    (line.tier_code !== null && rule.tier_codes.includes(line.tier_code)) ||
    line.plan_ids.some((id) => rule.plan_ids.includes(id))
  )
}

/** What a line is due, before any limit: the fall of its price, no more than was paid above what it costs now. */
export function dueOf(line: Line): { due_minor: number; costs_minor: number } {
  const costs_minor = times(line.now_minor, line.left_e4, 'up')
  const fell = times(Math.max(0, line.then_minor - line.now_minor), line.left_e4, 'down')
  const due = Math.min(fell, line.paid_minor - costs_minor) - line.given_before_minor
  return { due_minor: Math.max(0, due), costs_minor }
}

/** What points of this amount are, and what those are worth. */
export function pointsFor(amount_minor: number, rate: Rate): { points: number; worth_minor: number } {
  const [points, worth] = [BigInt(rate.points), BigInt(rate.worth_minor)]
  const given = (BigInt(amount_minor) * points) / worth
  return { points: Number(given), worth_minor: Number((given * worth + points - 1n) / points) }
}

/** Decides one line. `counted_minor` is what the member was given back in the period so far. */
export function decide(line: Line, stated: { rule: ProtectionRule; rate: Rate; counted_minor: number }): Decision {
  const { rule, rate } = stated
  const { due_minor, costs_minor } = dueOf(line)
  const params = {
    then_minor: line.then_minor,
    now_minor: line.now_minor,
    paid_minor: line.paid_minor,
    costs_minor,
    given_before_minor: line.given_before_minor,
    due_minor,
  }
  const nothing = (code: WhyCode, more: Record<string, number> = {}): Decision => ({
    given_minor: 0,
    points: 0,
    costs_minor,
    why: { code, params: { ...params, ...more } },
  })
  if (due_minor === 0) return nothing('nothing')
  if (!isProtected(rule, line)) return nothing('not_protected')
  if (due_minor < rule.minimum_minor) return nothing('below_minimum', { minimum_minor: rule.minimum_minor })
  const left = rule.limit ? Math.max(0, rule.limit.amount_minor - stated.counted_minor) : due_minor
  const limit: Record<string, number> = rule.limit ? { limit_minor: rule.limit.amount_minor, left_minor: left } : {}
  if (left === 0) return nothing('limit_reached', limit)
  const { points, worth_minor } = pointsFor(Math.min(due_minor, left), rate)
  if (points === 0) return nothing('below_a_point', limit)
  return {
    given_minor: worth_minor,
    points,
    costs_minor,
    why: {
      code: left < due_minor ? 'limited' : 'given',
      params: { ...params, ...(left < due_minor && limit), points, given_minor: worth_minor },
    },
  }
}

/** Decides lines in their order: what one member is given counts for the member's next. */
export function decideAll(
  lines: readonly Line[],
  stated: { rule: ProtectionRule; rate: Rate; counted: ReadonlyMap<string, number> },
): { line: Line; decision: Decision }[] {
  const counted = new Map(stated.counted)
  return lines.map((line) => {
    const counted_minor = counted.get(line.member_id) ?? 0
    const decision = decide(line, { ...stated, counted_minor })
    counted.set(line.member_id, counted_minor + decision.given_minor)
    return { line, decision }
  })
}

/** What of a line's points is due back, once less of the line is kept than when they were given. */
export interface Kept {
  points: number
  /** Went back or fell away before. */
  returned_points: number
  /** When they were given, and now: ten-thousandths of a unit, and what was paid for them. */
  given_e4: number
  left_e4: number
  paid_minor: number
  left_minor: number
}

/**
 * Points stay for what is kept, rounded down on the running total, so that the parts of a total return sum to the
 * whole. By quantity; by money where only money went back.
 */
export function dueBack({ points, returned_points, ...line }: Kept): number {
  const { given_e4, left_e4, paid_minor, left_minor } = line
  const part = (left: number, of: number) =>
    of === 0 ? 0 : Number((BigInt(points) * BigInt(Math.min(left, of))) / BigInt(of))
  const stays = left_e4 < given_e4 ? part(left_e4, given_e4) : part(left_minor, paid_minor)
  return Math.max(0, points - stays - returned_points)
}

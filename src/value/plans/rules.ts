/**
 * How plans are decided: pure functions over dates and what is held, each with its why. Days are `YYYY-MM-DD` in the
 * program's zone; `until` and `due` days are the first that are not covered.
 */
import { addDays, addMonths, daysBetween } from '../../base/time.ts'
import type { Period, PlanDesign, PlanReward, PlanState, Refund, Subscription, Why } from './types.ts'

/** The next period may be paid so many days before it begins, and never earlier than half the period before. */
const ahead_days_max = 7

export interface Dates {
  trial_until: string | null
  due_on: string
  auto_renew: boolean
  grace_days: number
  ended_on: string | null
}
export interface Standing {
  state: PlanState
  /** The next day on which the state changes by itself; null: never again. */
  turn_on: string | null
  /** The first day on which nothing is held. */
  holds_until: string
}

/**
 * Where a subscription stands on a day. The day it falls due is always waited for, the grace days after it as the
 * plan says; who does not renew holds until the day it would have fallen due.
 */
export function stateOf(dates: Dates, day: string): Standing {
  const { due_on, auto_renew, grace_days, ended_on, trial_until } = dates
  if (ended_on !== null) return { state: 'ended', turn_on: null, holds_until: ended_on }
  const holds_until = auto_renew ? addDays(due_on, 1 + grace_days) : due_on
  if (day >= holds_until) return { state: 'ended', turn_on: null, holds_until }
  if (!auto_renew) return { state: 'cancelled_at_end', turn_on: due_on, holds_until }
  if (day < due_on) {
    if (trial_until !== null && day < trial_until) return { state: 'trial', turn_on: trial_until, holds_until }
    return { state: 'active', turn_on: due_on, holds_until }
  }
  if (day === due_on) return { state: 'due', turn_on: addDays(due_on, 1), holds_until }
  return { state: 'grace', turn_on: holds_until, holds_until }
}

/** The first day after a period that begins on a day. Months end on the same day of the month, or its last. */
export function periodEnd(period: PlanDesign['period'], from_on: string): string {
  return period.unit === 'day' ? addDays(from_on, period.count) : addMonths(from_on, period.count)
}

/** How many periods twelve months take, the last one whole. */
export function periodsAYear(period: PlanDesign['period']): number {
  return Math.ceil((period.unit === 'day' ? 365 : 12) / period.count)
}

/** The first day on which the next period may be paid; null: any day of a trial. */
export function payableFrom(
  { trial_until, due_on }: Pick<Subscription, 'trial_until' | 'due_on'>,
  period: PlanDesign['period'],
): string | null {
  if (trial_until === due_on) return null
  const days = period.unit === 'day' ? period.count : period.count * 28
  return addDays(due_on, -Math.min(ahead_days_max, Math.floor(days / 2)))
}

/** What a payment gives: those of the first one of a subscription, or of each one after it. */
export function rewardsOf({ rewards = [] }: Pick<PlanDesign, 'rewards'>, isFirst: boolean): PlanReward[] {
  return rewards.filter(({ on }) => on === 'every' || (on === 'start') === isFirst).map(({ reward }) => reward)
}

/**
 * Paid periods of which nothing stays paid and that were not used up: their rewards go back as far as they are unused.
 * A period that cost nothing is one only when its subscription ends at once.
 */
export function undoneBy(periods: readonly Period[], day: string, endsNow: boolean): number[] {
  return periods
    .filter(
      (one) =>
        one.kind === 'paid' &&
        one.price_minor === one.refunded_minor &&
        (one.price_minor > 0 || (endsNow && one.until_on > day)),
    )
    .map((one) => one.number)
}

export interface Priced {
  price_minor: number | null
  why: Why
}

/** The first price whose condition holds. `holds[i]`: does the i-th condition hold for this member? */
export function priceOf({ prices }: Pick<PlanDesign, 'prices'>, version: number, holds: readonly boolean[]): Priced {
  const place = prices.findIndex((price, i) => price.when === null || holds[i] === true)
  const found = prices[place]
  if (!found) return { price_minor: null, why: { code: 'price_none', params: { prices: prices.length, version } } }
  const code = found.when === null ? 'price_for_all' : 'price_by_condition'
  return {
    price_minor: found.price_minor,
    why: { code, params: { price_minor: found.price_minor, place: place + 1, version } },
  }
}

export interface RefundDecision {
  amount_minor: number
  parts: { number: number; amount_minor: number }[]
  why: Why
}

/**
 * What goes back when a subscription ends at once on a day. The day itself counts as used. In proportion: for each
 * paid period `price × days not begun ÷ days`, rounded down to the minor unit, at most what was not given back yet.
 */
export function refundOf(rule: Refund, periods: readonly Period[], day: string): RefundDecision {
  const none = (code: Why['code'], params: Why['params'] = {}) => ({
    amount_minor: 0,
    parts: [],
    why: { code, params },
  })
  const open = periods.filter((one) => one.until_on > day && one.price_minor > one.refunded_minor)
  if (open.length === 0) return none('refund_nothing_paid')
  if (rule.kind === 'none') return none('refund_none')
  if (rule.kind === 'full_within') {
    const good = open.filter((one) => daysBetween(one.paid_on, day) <= rule.days)
    if (good.length === 0) return none('refund_too_late', { days: rule.days, paid_on: open.at(-1)!.paid_on })
    const parts = good.map((one) => ({ number: one.number, amount_minor: one.price_minor - one.refunded_minor }))
    const amount_minor = sumOf(parts)
    return { amount_minor, parts, why: { code: 'refund_full', params: { amount_minor, days: rule.days } } }
  }
  let [unused_days, days] = [0, 0]
  const parts = open.flatMap((one) => {
    const whole = daysBetween(one.from_on, one.until_on)
    const unused = Math.min(whole, Math.max(0, daysBetween(day, one.until_on) - 1))
    unused_days += unused
    days += whole
    const exact = Number((BigInt(one.price_minor) * BigInt(unused)) / BigInt(whole))
    const amount_minor = Math.min(exact, one.price_minor - one.refunded_minor)
    return amount_minor > 0 ? [{ number: one.number, amount_minor }] : []
  })
  const amount_minor = sumOf(parts)
  return { amount_minor, parts, why: { code: 'refund_pro_rata', params: { amount_minor, unused_days, days } } }
}

/** By hand: from the newest period back, at most what is left of each. */
export function spreadRefund(periods: readonly Period[], amount_minor: number): RefundDecision['parts'] {
  let missing = amount_minor
  const parts: RefundDecision['parts'] = []
  for (const one of [...periods].reverse()) {
    const part = Math.min(missing, one.price_minor - one.refunded_minor)
    if (part > 0) parts.push({ number: one.number, amount_minor: part })
    missing -= part
  }
  return parts
}

function sumOf(parts: readonly { amount_minor: number }[]): number {
  return parts.reduce((sum, part) => sum + part.amount_minor, 0)
}

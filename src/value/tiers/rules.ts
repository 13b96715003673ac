/**
 * How tiers are decided: pure functions, no clock, no database. Each decision carries its why. Days are `YYYY-MM-DD`,
 * amounts in the unit of the rule's measure. `sum(from, to)` answers the progress counted on the days from … to, both
 * included.
 */
import { addDays, addMonths, dayOf, startOfDay } from '../../base/time.ts'
import type { Measure, Purchase, Tier, TierRule, TierRuleVersion, Why } from './types.ts'

/** Codes that a why of a tier may carry; docs/api/whys.md says what each means and its parameters. */
export const whyCodes = [
  'tier.start',
  'tier.reached',
  'tier.kept',
  'tier.grace',
  'tier.lowered',
  'tier.undone',
  'tier.reclassified',
  'tier.merged',
  'tier.merged_reached',
  'tier.invited',
  'tier.invitation_ended',
] as const

/** The ladder and the rules that hold on it. */
export interface Law {
  /** By rank. */
  tiers: Tier[]
  /** By version. */
  rules: TierRuleVersion[]
  /** The program's zone. */
  zone: string
}

/** What a member holds, as the decisions see it. */
export interface Held {
  rank: number
  since: Date | null
  review_on: string | null
  grace_from: string | null
  /** What lifted the member (an order's id, or `xp:…`), if taking it back may undo the step. */
  cause: { id: string; from_rank: number; from_since: Date | null; from_review_on: string | null } | null
  /** Held by this invitation. */
  invitation_id: string | null
}

const starts = new Map<string, Date>()
/** Reviews of a whole program fall on few days, and finding where a day begins takes 30 µs. */
export function dayStart(day: string, zone: string): Date {
  const key = `${zone} ${day}`
  let start = starts.get(key)
  if (!start) {
    if (starts.size > 5_000) starts.clear()
    starts.set(key, (start = startOfDay(day, zone)))
  }
  return start
}

export type Sum = (from: string, to: string) => number

/** A decision: what is held from now on, what kind of move it is (null: none, only kept), and why. */
export interface Decision {
  held: Held
  kind: 'reached' | 'lowered' | 'undone' | 'reclassified' | 'invited' | null
  occurred_at: Date
  why: Why
}

/** Everybody starts on the lowest tier. */
export const start: Held = {
  rank: 0,
  since: null,
  review_on: null,
  grace_from: null,
  cause: null,
  invitation_id: null,
}

/** The rule in force at an instant: of the versions in the order in which they come, the last whose time has come. */
export function ruleAt<T extends { effective_from: Date }>(rules: readonly T[], at: Date): T | undefined {
  const time = at.getTime()
  for (let i = rules.length - 1; i >= 0; i -= 1) if (rules[i]!.effective_from.getTime() <= time) return rules[i]
  return undefined
}

/** What of an order counts, said by a rule. */
export interface CountingOf {
  base: 'net' | 'gross'
  include_shipping: boolean
}

/** How spending is booked: under every measure, so that a rule to come finds it; as the rule says, else goods net. */
export function countingOf(measure: Measure): CountingOf {
  return measure.kind === 'spend' ? measure : { base: 'net', include_shipping: false }
}

/** What of a purchase counts under a rule, in minor units; never below zero. */
export function countedOf(purchase: Purchase, counting: CountingOf): number {
  const goods = counting.base === 'net' ? purchase.goods_minor : purchase.gross_minor
  return Math.max(0, goods + (counting.include_shipping ? purchase.shipping_minor : 0))
}

/** The first days of windows by rule and day: a set of orders asks for few of them, often. */
const firstDays = new WeakMap<TierRule, Map<string, string>>()

/** The days that decide, seen from a day: the N days that end with it, or its calendar year so far. */
export function windowOf(rule: TierRule, day: string): { from: string; to: string } {
  let known = firstDays.get(rule)
  if (!known) firstDays.set(rule, (known = new Map()))
  let from = known.get(day)
  if (from === undefined) {
    from = rule.window.kind === 'rolling' ? addDays(day, 1 - rule.window.days) : `${day.slice(0, 4)}-01-01`
    known.set(day, from)
  }
  return { from, to: day }
}

/** In grace the window that was found wanting is drawn out to the day, so that what was missing can be made up. */
export function windowFor(rule: TierRule, held: Held, day: string): { from: string; to: string } {
  return held.grace_from ? { from: windowOf(rule, addDays(held.grace_from, -1)).from, to: day } : windowOf(rule, day)
}

/**
 * The window of the review to come. What lifted the member does not keep him as well: it begins no earlier than the
 * day after the tier was reached by an order (in 365 of 366 cases a year later to the day would count that day
 * again).
 */
export function reviewWindow(rule: TierRule, held: Held, zone: string): { from: string; to: string } {
  const window = windowFor(rule, held, addDays(held.review_on!, -1))
  if (rule.window.kind !== 'rolling' || !held.cause || !held.since) return window
  const after = addDays(dayOf(held.since, zone), 1)
  return after > window.from ? { ...window, from: after } : window
}

/** The highest tier that this progress earns; one for the invited only counts for who holds it. */
export function qualified(rule: TierRule, tiers: readonly Tier[], progress: number, held = 0): number {
  let rank = 0
  for (const tier of tiers) {
    if (tier.invitation_only && tier.rank !== held) continue
    const threshold = rule.thresholds[tier.code]
    if (threshold !== undefined && progress >= threshold) rank = Math.max(rank, tier.rank)
  }
  return rank
}

/** One step down the ladder; nobody lands by falling where only the invited stand. */
export function below(tiers: readonly Tier[], rank: number): number {
  return tiers.findLast((tier) => tier.rank < rank && !tier.invitation_only)?.rank ?? 0
}

/** The first day on which keeping is decided, for a tier reached on `day`. */
export function reviewAfter(rule: TierRule, day: string): string {
  return rule.keep.kind === 'months'
    ? addMonths(day, rule.keep.months)
    : `${Number(day.slice(0, 4)) + rule.keep.years + 1}-01-01`
}

/**
 * … and for a tier kept at a review: counted from when the kept period ended, so that grace gives nothing away
 * twice.
 */
function reviewAfterReview(rule: TierRule, held: Held, on: string): string {
  const ended = held.grace_from ?? on
  const next = reviewAfter(rule, rule.keep.kind === 'months' ? ended : addDays(ended, -1))
  return next > on ? next : reviewAfter(rule, on)
}

export interface Situation {
  law: Law
  version: TierRuleVersion
  sum: Sum
}

export function code(law: Law, rank: number): string | null {
  return law.tiers[rank]?.code ?? null
}

export function explain(
  word: (typeof whyCodes)[number],
  situation: Situation,
  params: Why['params'],
  window: { from: string; to: string },
): Why {
  const { measure } = situation.version.rule
  return {
    codes: [word],
    params: {
      ...params,
      // amounts are money unless said otherwise
      ...(measure.kind === 'spend' ? {} : { measure: measure.kind }),
      window_from: window.from,
      window_to: window.to,
    },
    rule_version: situation.version.version,
  }
}

/**
 * After an order: the tier that its day's window now earns, if it is higher than the one held; in grace also the one
 * held, which is then kept at once. null: nothing changes.
 */
export function decideUpgrade(
  held: Held,
  order: { at: Date; day: string; cause: string | null },
  situation: Situation,
): Decision | null {
  const {
    law,
    version: { rule },
    sum,
  } = situation
  const window = windowOf(rule, order.day)
  const progress = sum(window.from, window.to)
  const rank = qualified(rule, law.tiers, progress, held.rank)
  if (rank > held.rank) {
    const to = code(law, rank)!
    const params = {
      tier: to,
      from: code(law, held.rank),
      progress,
      threshold: rule.thresholds[to]!,
      ...causeParams(order.cause),
    }
    const cause =
      order.cause === null
        ? null
        : { id: order.cause, from_rank: held.rank, from_since: held.since, from_review_on: held.review_on }
    const review_on = reviewAfter(rule, order.day)
    return {
      held: { ...start, rank, since: order.at, review_on, cause },
      kind: 'reached',
      occurred_at: order.at,
      why: explain('tier.reached', situation, params, window),
    }
  }
  if (!held.grace_from) return null
  const drawnOut = { from: reviewWindow(rule, held, law.zone).from, to: order.day }
  const madeUp = sum(drawnOut.from, drawnOut.to)
  if (qualified(rule, law.tiers, madeUp, held.rank) < held.rank) return null
  const review_on = reviewAfterReview(rule, held, order.day)
  return {
    held: { ...held, review_on, grace_from: null },
    kind: null,
    occurred_at: order.at,
    why: keepWhy(situation, held, madeUp, drawnOut, review_on),
  }
}

/** An order is named by its id, experience by who gave it and under which number. */
function causeParams(cause: string | null): Why['params'] {
  return cause?.startsWith('xp:') ? { cause } : { order_id: cause }
}

function keepWhy(
  situation: Situation,
  held: Held,
  progress: number,
  window: { from: string; to: string },
  review_on: string,
): Why {
  const tier = code(situation.law, held.rank)!
  const threshold = situation.version.rule.thresholds[tier] ?? null
  return explain('tier.kept', situation, { tier, progress, threshold, review_on }, window)
}

/**
 * On the day of review: kept, kept by grace for some days, or lowered. The window is the one that ended the day
 * before.
 */
export function decideReview(held: Held, situation: Situation): Decision {
  const {
    law,
    version: { rule },
    sum,
  } = situation
  const on = held.review_on!
  const occurred_at = dayStart(on, law.zone)
  const window = reviewWindow(rule, held, law.zone)
  const progress = sum(window.from, window.to)
  const rank = qualified(rule, law.tiers, progress, held.rank)
  if (rank >= held.rank) {
    const review_on = reviewAfterReview(rule, held, on)
    return {
      // from now on it is held by what was done, not by having been invited
      held: { ...held, review_on, grace_from: null, invitation_id: null },
      kind: null,
      occurred_at,
      why: keepWhy(situation, held, progress, window, review_on),
    }
  }
  const tier = code(law, held.rank)!
  const threshold = rule.thresholds[tier] ?? null
  // nothing could be made up for a tier that no progress keeps
  const isOver = held.invitation_id !== null && threshold === null
  if (!held.grace_from && rule.grace_days > 0 && !isOver) {
    const review_on = addDays(on, rule.grace_days)
    const params = { tier, progress, threshold, grace_until: addDays(review_on, -1) }
    return {
      held: { ...held, review_on, grace_from: on },
      kind: null,
      occurred_at,
      why: explain('tier.grace', situation, params, window),
    }
  }
  const lowered = rule.downgrade === 'one_step' ? below(law.tiers, held.rank) : rank
  const to = code(law, lowered)
  const review_on = lowered > 0 ? reviewAfterReview(rule, held, on) : null
  return {
    held: { ...start, rank: lowered, since: occurred_at, review_on },
    kind: 'lowered',
    occurred_at,
    why: explain(
      isOver ? 'tier.invitation_ended' : 'tier.lowered',
      situation,
      { tier: to, from: tier, progress, threshold },
      window,
    ),
  }
}

/**
 * After a refund of the very order that lifted the member: would the step have been made without what was refunded?
 * If not, and the progress of today does not earn it either, the member falls back; to the tier held before with its
 * old review if nothing between still holds. null: the step holds.
 */
export function decideUndo(
  held: Held,
  refund: { at: Date; day: string; reached_on: string },
  situation: Situation,
): Decision | null {
  const {
    law,
    version: { rule },
    sum,
  } = situation
  const cause = held.cause!
  const then = windowOf(rule, refund.reached_on)
  const today = windowOf(rule, refund.day)
  const progress = sum(then.from, then.to)
  const rank = Math.max(
    cause.from_rank,
    qualified(rule, law.tiers, progress, held.rank),
    qualified(rule, law.tiers, sum(today.from, today.to), held.rank),
  )
  if (rank >= held.rank) return null
  const back = rank === cause.from_rank
  const from = code(law, held.rank)!
  const params = {
    tier: code(law, rank),
    from,
    progress,
    threshold: rule.thresholds[from] ?? null,
    ...causeParams(cause.id),
  }
  return {
    held: back
      ? { ...start, rank, since: cause.from_since ?? refund.at, review_on: cause.from_review_on }
      : { ...held, rank },
    kind: 'undone',
    occurred_at: refund.at,
    why: explain('tier.undone', situation, params, then),
  }
}

/**
 * When a new rule is applied: who earns a higher tier gets it; who earns a lower one is lowered only if asked for.
 */
export function decideReclassify(
  held: Held,
  moment: { at: Date; day: string; lower_now: boolean },
  situation: Situation,
): Decision | null {
  const {
    law,
    version: { rule },
    sum,
  } = situation
  const window = windowOf(rule, moment.day)
  const progress = sum(window.from, window.to)
  const rank = qualified(rule, law.tiers, progress, held.rank)
  // who was invited keeps what was promised until its day
  const stays = !moment.lower_now || held.invitation_id !== null
  if (rank === held.rank || (rank < held.rank && stays)) return null
  const to = code(law, rank)
  const decisive = code(law, Math.max(rank, held.rank))!
  const params = { tier: to, from: code(law, held.rank), progress, threshold: rule.thresholds[decisive] ?? null }
  return {
    held: { ...start, rank, since: moment.at, review_on: rank > 0 ? reviewAfter(rule, moment.day) : null },
    kind: 'reclassified',
    occurred_at: moment.at,
    why: explain('tier.reclassified', situation, params, window),
  }
}

/**
 * Members climbing through a set of moves, in memory: the decisions of rules.ts, one after the other, in the order
 * of time.
 */
import { dayOf } from '../../base/time.ts'
import {
  dayStart,
  decideReview,
  decideUndo,
  decideUpgrade,
  ruleAt,
  type Decision,
  type Held,
  type Law,
} from './rules.ts'
import { storedFor, sumOf, type Amount, type Stored } from './measures.ts'

/** A change of tier in the past: what was held until then and from then on. */
export interface PastChange {
  occurred_at: Date
  from_rank: number
  to_rank: number
}

/** One member's context and what is decided of it. */
export interface Account {
  member_id: string
  held: Held
  /** Has it a row of its own? Then it is locked. */
  is_held: boolean
  /** Progress by the day on which it counts, where a window may begin or end between the days. */
  days: Amount[]
  /** The latest day with progress. */
  last_day: string
  /** Oldest first; read only when a move lies before the present tier. */
  history: PastChange[]
  decisions: Decision[]
}

/** A move with its amount: what was brought, or minus what is taken back. */
export interface Step {
  at: Date
  /** When it happened, and the day on which it counts (a refund counts on the day of its order). */
  day: string
  counted_on: string
  amount: number
  measure: Stored
  /** The order it is a purchase of, if orders are counted. */
  order: string | null
  /** What is remembered as having lifted the member; of what takes back: what it takes back. */
  cause: string | null
  gives: boolean
}

/** Adds to the progress of a day; it is nearly always the latest one. */
function addTo(account: Account, { counted_on: day, measure, order, amount }: Step): void {
  const known = account.days.findLast((one) => one.day === day && one.measure === measure && one.order === order)
  if (known) known.amount += amount
  else account.days.push({ day, measure, order, amount })
}

function take(account: Account, decision: Decision | null): void {
  if (!decision) return
  account.held = decision.held
  account.decisions.push(decision)
}

/** Holds every review that falls due up to and including a day. */
export function reviewUntil(law: Law, account: Account, day: string): void {
  while (account.held.review_on && account.held.review_on <= day) {
    const version = ruleAt(law.rules, dayStart(account.held.review_on, law.zone))
    if (!version) return
    take(account, decideReview(account.held, { law, version, sum: sumOf(account, version.rule.measure) }))
  }
}

/** The rank held just before an instant: what is held now unless the instant lies before it was reached. */
export function heldAt(account: Account, at: Date): number {
  const { since, rank } = account.held
  if (!since || since <= at) return rank
  const past = account.history.findLast((change) => change.occurred_at <= at)
  return past ? past.to_rank : (account.history[0]?.from_rank ?? 0)
}

/** The rank held just before an instant, after the reviews that fell due until that day. */
export function lookAt(law: Law, account: Account, { at, day }: Pick<Step, 'at' | 'day'>): number {
  reviewUntil(law, account, day)
  return heldAt(account, at)
}

/**
 * Takes one step; answers the rank held before it, at which its order earns. A late step is judged with all that is
 * known by now: its window ends with the latest day that has progress.
 */
export function takeStep(law: Law, account: Account, step: Step): number {
  const before = lookAt(law, account, step)
  const version = ruleAt(law.rules, step.at)
  if (!version) return before
  addTo(account, step)
  const at = account.held.since && account.held.since > step.at ? account.held.since : step.at
  const day = step.day > account.last_day ? step.day : account.last_day
  account.last_day = day
  // what the rule of its time does not count decides nothing; it is kept for a rule to come
  if (storedFor(version.rule.measure) !== step.measure) return before
  const situation = { law, version, sum: sumOf(account, version.rule.measure) }
  if (step.gives) take(account, decideUpgrade(account.held, { at, day, cause: step.cause }, situation))
  else if (version.rule.refund_undoes && step.cause !== null && account.held.cause?.id === step.cause) {
    const reached_on = dayOf(account.held.since!, law.zone)
    take(account, decideUndo(account.held, { at, day, reached_on }, situation))
  }
  return before
}

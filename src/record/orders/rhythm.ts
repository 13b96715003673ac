/**
 * How often a member buys, and what state that makes of them today. Pure functions on purchase days.
 *
 * After each purchase day the interval that counts is the mean gap between the days so far (from the third day on),
 * before that the interval assumed (the program's median). Nothing bought for more than `drowsy` times that
 * interval: drowsy; then asleep; then lost. Days are whole, so a state begins on the first day d with d − last >
 * limit × interval. Whoever buys after asleep or lost is back, until the next purchase; one purchase day, and not
 * yet drowsy, is new.
 */
import type { MemberState } from './types.ts'

/** Multiples of the member's interval (a setting of the program). */
export interface RhythmLimits {
  drowsy: number
  asleep: number
  lost: number
}

/** A move on an epoch day; `from` is null for the first. */
export interface StateMove {
  day: number
  from: MemberState | null
  to: MemberState
}

export interface Rhythm {
  /** Hundredths of a day; null under three purchase days. */
  usual_interval_e2: number | null
  /** The interval the state goes by. */
  rhythm_e2: number | null
  state: MemberState | null
  state_since: number | null
  state_due_on: number | null
  next_expected_on: number | null
  moves: StateMove[]
}

/** Three purchase days are two gaps: the least of which one can speak of a habit. */
const purchase_days_min = 3

const nothing: Rhythm = {
  usual_interval_e2: null,
  rhythm_e2: null,
  state: null,
  state_since: null,
  state_due_on: null,
  next_expected_on: null,
  moves: [],
}

/** Mean gap between n distinct days, in hundredths of a day, half up; null under three. */
export function usualIntervalE2(first: number, last: number, days: number): number | null {
  if (days < purchase_days_min) return null
  return Math.floor(((last - first) * 200 + (days - 1)) / (2 * (days - 1)))
}

interface SilentState {
  state: MemberState
  after: number
}
/** What `silentStates` answered under the limits asked of last: most members go by the interval assumed. */
let answered: { limits: RhythmLimits | null; states: Map<number, SilentState[]> } = {
  limits: null,
  states: new Map(),
}
/** Intervals of a hundred thousand members are some thousand different ones. */
const answeredMax = 10_000

function silentStates(interval_e2: number, limits: RhythmLimits): SilentState[] {
  if (answered.limits !== limits || answered.states.size >= answeredMax) answered = { limits, states: new Map() }
  let states = answered.states.get(interval_e2)
  if (!states) answered.states.set(interval_e2, (states = silentStatesAnew(interval_e2, limits)))
  return states
}

/** Days after the last purchase on which each silent state begins; limits are compared exactly, in hundredths. */
function silentStatesAnew(interval_e2: number, limits: RhythmLimits): SilentState[] {
  const begins = (limit: number) => Math.floor((Math.round(limit * 100) * interval_e2) / 10_000) + 1
  const drowsy = begins(limits.drowsy)
  const asleep = begins(limits.asleep)
  const lost = begins(limits.lost)
  const states: SilentState[] = []
  // of two that begin on one day (a setting with equal limits) only the later state is seen
  if (drowsy < asleep) states.push({ state: 'drowsy', after: drowsy })
  if (asleep < lost) states.push({ state: 'asleep', after: asleep })
  states.push({ state: 'lost', after: lost })
  return states
}

/** The state into which a purchase puts a member. */
function stateOnPurchase(before: MemberState | null): MemberState {
  if (before === null) return 'new'
  return before === 'asleep' || before === 'lost' ? 'back' : 'active'
}

/**
 * The whole sequence of states from distinct purchase days in ascending order (epoch days), up to today.
 * `assumed_e2`: the program's median interval in hundredths of a day.
 */
export function rhythmOf(days: readonly number[], today: number, assumed_e2: number, limits: RhythmLimits): Rhythm {
  const first = days[0]
  if (first === undefined) return nothing
  const moves: StateMove[] = []
  let state: MemberState | null = null
  const move = (day: number, to: MemberState) => {
    if (to === state) return
    moves.push({ day, from: state, to })
    state = to
  }
  let interval_e2 = assumed_e2
  let due: number | null = null
  for (const [i, day] of days.entries()) {
    move(day, stateOnPurchase(state))
    interval_e2 = usualIntervalE2(first, day, i + 1) ?? assumed_e2
    const next = days[i + 1]
    due = null
    for (const silent of silentStates(interval_e2, limits)) {
      const begins = day + silent.after
      // on a day with a purchase nobody falls asleep
      if (next !== undefined && begins >= next) break
      if (begins > today) {
        due = begins
        break
      }
      move(begins, silent.state)
    }
  }
  const last = days[days.length - 1]!
  return {
    usual_interval_e2: usualIntervalE2(first, last, days.length),
    rhythm_e2: interval_e2,
    state,
    state_since: moves[moves.length - 1]!.day,
    state_due_on: due,
    next_expected_on: last + Math.max(1, Math.round(interval_e2 / 100)),
    moves,
  }
}

/** Days met before, either way: a set of orders asks for the same some hundred days again and again. */
const known = { numbers: new Map<string, number>(), texts: new Map<number, string>() }
/** Some twenty-seven years. */
const knownMax = 10_000

/** '2024-05-01' → days since 1970-01-01. */
export function epochDay(day: string): number {
  let number = known.numbers.get(day)
  if (number === undefined) {
    number = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000
    if (known.numbers.size >= knownMax) known.numbers.clear()
    known.numbers.set(day, number)
  }
  return number
}
/** Days since 1970-01-01 → '2024-05-01'. */
export function dayText(day: number): string {
  let text = known.texts.get(day)
  if (text === undefined) {
    text = new Date(day * 86_400_000).toISOString().slice(0, 10)
    if (known.texts.size >= knownMax) known.texts.clear()
    known.texts.set(day, text)
  }
  return text
}

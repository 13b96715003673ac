/** How an envelope decides: pure, in the order in which promises are asked for. */
import { costMinor } from '../../base/money.ts'
import { amount_minor_max, type BudgetOutcome, type Envelope, type Reserve } from './types.ts'

/** A whole amount that people can put into a budget. */
export function isAmount(amount_minor: number): boolean {
  return Number.isSafeInteger(amount_minor) && amount_minor >= 0 && amount_minor <= amount_minor_max
}

/** A cost that a budget can promise: to the scale in which costs are kept. */
function isCost(amount_minor: number): boolean {
  return amount_minor >= 0 && amount_minor <= amount_minor_max && costMinor(amount_minor) === amount_minor
}

/** Why an envelope cannot promise this on a day; null: it can. */
export function refusalOf(
  envelope: Envelope | undefined,
  amount_minor: number,
  day: string,
): Pick<BudgetOutcome, 'code' | 'params'> | null {
  if (!envelope) return { code: 'budget.not_found', params: {} }
  const { left_minor, from_on, to_on } = envelope
  if (!isCost(amount_minor)) return { code: 'budget.amount_invalid', params: { amount_minor_max } }
  if (day < from_on || (to_on !== null && day > to_on)) return { code: 'budget.not_open', params: { from_on, to_on } }
  if (amount_minor > left_minor) return { code: 'budget.exhausted', params: { left_minor } }
  return null
}

/** What was booked under one name before: the promise, and what became of it. */
export interface Known {
  reserved_minor: number
  closed_as: 'settle' | 'release' | null
  spent_minor: number
  /** What came back of it; null: nothing yet. */
  refunded_minor: number | null
}

/** Decides promises one after the other; an accepted one lowers what the next may have. Changes `envelopes`. */
export function decideReserves(
  wants: readonly Reserve[],
  context: {
    envelopes: Map<string, Envelope>
    known: Map<string, Known>
    keyOf: (want: Reserve) => string
    day: string
  },
): BudgetOutcome[] {
  const { envelopes, known, keyOf, day } = context
  return wants.map((want, index): BudgetOutcome => {
    const before = known.get(keyOf(want))
    if (before) {
      if (before.reserved_minor === want.amount_minor) return { index, outcome: 'unchanged' }
      return { index, outcome: 'refused', code: 'budget.source_reused', params: {} }
    }
    const envelope = envelopes.get(want.budget_id)
    const refused = refusalOf(envelope, want.amount_minor, day)
    if (refused) return { index, outcome: 'refused', ...refused }
    envelope!.left_minor = costMinor(envelope!.left_minor - want.amount_minor)
    known.set(keyOf(want), {
      reserved_minor: want.amount_minor,
      closed_as: null,
      spent_minor: 0,
      refunded_minor: null,
    })
    return { index, outcome: 'booked' }
  })
}

/**
 * Decides how promises end. Settling may cost more than was promised as long as the envelope has it. Changes
 * `envelopes` and `known`.
 */
export function decideEnds(
  wants: readonly Reserve[],
  kind: 'settle' | 'release',
  context: { envelopes: Map<string, Envelope>; known: Map<string, Known>; keyOf: (want: Reserve) => string },
): BudgetOutcome[] {
  const { envelopes, known, keyOf } = context
  return wants.map((want, index): BudgetOutcome => {
    const refused = (code: string, params = {}): BudgetOutcome => ({ index, outcome: 'refused', code, params })
    const before = known.get(keyOf(want))
    const envelope = envelopes.get(want.budget_id)
    if (!before || !envelope) return refused('budget.reservation_not_found')
    if (!isCost(want.amount_minor)) return refused('budget.amount_invalid', { amount_minor_max })
    if (before.closed_as) {
      const same = before.closed_as === kind && before.spent_minor === want.amount_minor
      return same ? { index, outcome: 'unchanged' } : refused('budget.reservation_closed')
    }
    const more = costMinor(want.amount_minor - before.reserved_minor)
    if (more > envelope.left_minor) return refused('budget.exhausted', { left_minor: envelope.left_minor })
    envelope.left_minor = costMinor(envelope.left_minor - more)
    known.set(keyOf(want), { ...before, closed_as: kind, spent_minor: want.amount_minor })
    return { index, outcome: 'booked' }
  })
}

/** Decides what comes back of what was spent: once, and never more than that. Changes `known`. */
export function decideRefunds(
  wants: readonly Reserve[],
  { known, keyOf }: { known: Map<string, Known>; keyOf: (want: Reserve) => string },
): BudgetOutcome[] {
  return wants.map((want, index): BudgetOutcome => {
    const refused = (code: string, params = {}): BudgetOutcome => ({ index, outcome: 'refused', code, params })
    const before = known.get(keyOf(want))
    if (before?.closed_as !== 'settle') return refused('budget.reservation_not_found')
    if (!isCost(want.amount_minor)) return refused('budget.amount_invalid', { amount_minor_max })
    if (before.refunded_minor !== null) {
      const isSame = before.refunded_minor === want.amount_minor
      return isSame ? { index, outcome: 'unchanged' } : refused('budget.reservation_closed')
    }
    if (want.amount_minor > before.spent_minor)
      return refused('budget.refund_too_much', { spent_minor: before.spent_minor })
    known.set(keyOf(want), { ...before, refunded_minor: want.amount_minor })
    return { index, outcome: 'booked' }
  })
}

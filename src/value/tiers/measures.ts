/** What is counted, and how it is added up. */
import type { Law, Sum } from './rules.ts'
import type { Measure } from './types.ts'

/** How progress lies in the books: orders are counted from what was spent on each. */
export type Stored = 'spend' | 'points' | 'xp'

export function storedFor(measure: Measure): Stored {
  return measure.kind === 'orders' ? 'spend' : measure.kind
}

/** Does some rule of this law count orders? Then what was spent is read order by order. */
export function countsOrders(law: Law): boolean {
  return law.rules.some(({ rule }) => rule.measure.kind === 'orders')
}

/** Does some rule count points? Only then they are kept as progress beside the ledger. */
export function countsPoints(law: Law): boolean {
  return law.rules.some(({ rule }) => rule.measure.kind === 'points')
}

/** All that some rule of the law counts, as the books keep it. */
export function storedIn(law: Law): Stored[] {
  return [...new Set(law.rules.map(({ rule }) => storedFor(rule.measure)))]
}

/** Some progress of a member. */
export interface Amount {
  /** The day on which it counts; null: it lies in every window of the set. */
  day: string | null
  measure: Stored
  amount: number
  /** Which order it is of; null where orders are not counted, and for what is no purchase of its own. */
  order: string | null
}

/**
 * Answers the progress between two days, in the unit of the measure. An order counts while at least the minimum, and
 * something, is left of it.
 */
export function sumOf({ days }: { days: readonly Amount[] }, measure: Measure): Sum {
  const stored = storedFor(measure)
  const isWithin = ({ day }: Amount, from: string, to: string) => day === null || (day >= from && day <= to)
  if (measure.kind !== 'orders') {
    return (from, to) => {
      let sum = 0
      for (const one of days) if (one.measure === stored && isWithin(one, from, to)) sum += one.amount
      return sum
    }
  }
  const minimum = Math.max(1, measure.minimum_minor)
  return (from, to) => {
    const left = new Map<string, number>()
    for (const one of days) {
      if (one.measure !== 'spend' || one.order === null || !isWithin(one, from, to)) continue
      left.set(one.order, (left.get(one.order) ?? 0) + one.amount)
    }
    let orders = 0
    for (const minor of left.values()) if (minor >= minimum) orders += 1
    return orders
  }
}

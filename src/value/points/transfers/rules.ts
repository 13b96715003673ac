/** What is given from member to member: pure functions over whole numbers. */
import { ratio } from '../ratio.ts'
import type { TransferRule } from './types.ts'

/** 100 % in basis points. */
const whole_bp = 10_000

/** What the program keeps of so many points: rounded up, never all of them. */
export function feeOf(points: number, { fee_bp }: Pick<TransferRule, 'fee_bp'>): number {
  return Math.min(points - 1, ratio(points, fee_bp, whole_bp, 'ceil'))
}

/** What a member has given away in a day and its month so far. */
export interface GivenSoFar {
  day: number
  month: number
}

export interface TransferRefusal {
  code: string
  params: Record<string, unknown>
}

/** Why so many points may not be given away, as far as the rule decides it; null: they may. */
export function refusalOf(points: number, rule: TransferRule | null, given: GivenSoFar): TransferRefusal | null {
  if (!rule?.is_on) return { code: 'points.transfer_off', params: {} }
  const { minimum_points, limits } = rule
  if (points < minimum_points) return { code: 'points.transfer_below_minimum', params: { minimum_points } }
  for (const period of ['day', 'month'] as const) {
    const limit_points = limits[period]
    if (limit_points === undefined || given[period] + points <= limit_points) continue
    const left_points = Math.max(0, limit_points - given[period])
    return { code: 'points.transfer_limit', params: { limit_points, left_points, period } }
  }
  return null
}

/** Points of a lot that were taken, with the last day they keep; null: they never expire. */
export interface Part {
  points: number
  expires_on: string | null
}

/** What arrives, by last day, the first to expire first: the fee is taken from those. */
export function arriving(parts: readonly Part[], fee: number): Part[] {
  const byDay = new Map<string, number>()
  for (const { points, expires_on } of parts) {
    const day = expires_on ?? never
    byDay.set(day, (byDay.get(day) ?? 0) + points)
  }
  let open = fee
  return [...byDay]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([day, points]) => {
      const kept = Math.min(open, points)
      open -= kept
      return points > kept ? [{ points: points - kept, expires_on: day === never ? null : day }] : []
    })
}

/** Sorts after every day. */
const never = 'never'

/**
 * Orders and refunds climb, each just before it is booked. Whose order it is and who climbs by it are nearly always
 * one; of a company's order the program may say otherwise, and that stands beside the order.
 */
import type { Tx } from '../../base/db.ts'
import { TryAgain } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import * as tiers from '../tiers/tiers.ts'
import type { ProgressMove } from '../tiers/types.ts'
import type { Draft } from './purse.ts'
import { reversedAt } from './rules.ts'
import type { ClimbWant, PaidWant, RefundWant, Refused, Want } from './wants.ts'

/**
 * `tierOf` answers the tier held before the order. What it earned or took back is told to the tiers, where points may
 * be what lifts.
 */
export interface Climbing {
  tierOf(want: PaidWant): string | null
  around<T extends Draft | Refused | null>(want: Want, work: () => T): T
  write(): Promise<void>
}

/** Who is to climb by an order that is somebody else's. */
export function climbersOf(wants: readonly Want[]): string[] {
  const climbers = new Set<string>()
  for (const want of wants) {
    if (want.kind === 'climb') climbers.add(want.member_id)
    else if ((want.kind === 'paid' || want.kind === 'refund') && want.climber_id) climbers.add(want.climber_id)
  }
  return [...climbers]
}

/**
 * Those of them who hold a tier: members. Asked behind their lock, by sets that name somebody only. Who was merged
 * while this waited is another account now: decided anew, in a new transaction.
 */
export async function whoClimbs(tx: Tx, climbers: readonly string[]): Promise<ReadonlySet<string>> {
  if (climbers.length === 0) return new Set()
  const rows = await tx.rows<{ member_id: string; is_merged: boolean }>(sql`
    select member_id, merged_into is not null as is_merged from members
    where member_id = any (${climbers}::uuid[]) and kind = 'member'`)
  if (rows.some((row) => row.is_merged)) throw new TryAgain('a climber was merged meanwhile')
  return new Set(rows.map((row) => row.member_id))
}

export async function climb(
  tx: Tx,
  law: tiers.Law,
  wants: readonly Want[],
  climbing: ReadonlySet<string>,
): Promise<Climbing> {
  const moves = wants.filter(
    (want): want is PaidWant | RefundWant | ClimbWant =>
      want.kind === 'paid' || want.kind === 'refund' || want.kind === 'climb',
  )
  if (moves.length === 0) return { tierOf: () => null, around: (_want, work) => work(), write: async () => undefined }
  const progress = await tiers.progress(
    tx,
    law,
    moves.map((want) => moveOf(want, climbing)),
  )
  const places = new Map<Want, number>(moves.map((want, nth) => [want, nth]))
  let held: string | null = null
  return {
    tierOf: () => held,
    around: (want, work) => {
      const nth = places.get(want)
      if (nth === undefined) return work()
      held = progress.before(nth).tier_code
      const booked = work()
      if (booked && !('code' in booked)) progress.earned(nth, broughtBy(booked))
      return booked
    },
    write: progress.write,
  }
}

function moveOf(want: PaidWant | RefundWant | ClimbWant, climbing: ReadonlySet<string>): ProgressMove {
  const { occurred_at, day, source_id, order_id, purchase } = want
  const climber_id = want.kind === 'climb' ? want.member_id : want.climber_id
  return {
    member_id: want.kind === 'climb' ? want.owner_id : want.member_id,
    climber_id: !climber_id ? want.member_id : climbing.has(climber_id) ? climber_id : null,
    occurred_at,
    day,
    source: want.source === 'order' ? 'order' : 'refund',
    source_id,
    order_id,
    purchase,
  }
}

/** What an entry brought, or took back: of an order all that went with the refund, found in the purse or not. */
function broughtBy({ kind, corrects, points, why }: Draft): number {
  if (kind !== 'reverse' || corrects === null) return points
  const { earned, refunded_minor, counted_minor, reversed_before } = why.params as Record<string, number>
  return reversed_before! - reversedAt(earned!, refunded_minor!, counted_minor!)
}

/** What is paid with points: from the member's own purse, and what mates of the pool lend. */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { addMs } from '../../base/time.ts'
import * as points from '../points/points.ts'
import type { Refusal } from './rules.ts'

/** Throws the first refusal there is: for what was decided behind locks. */
export function insist(
  outcomes: readonly { outcome: string; code?: string; params?: Record<string, unknown> }[],
): void {
  const refused = outcomes.find((one) => one.outcome === 'refused')
  if (refused) throw new AppError(refused.code!, refused.params ?? {})
}

export interface Paying {
  /** The number of the want. */
  index: number
  spend: { member_id: string; points: number; source: string; source_id: string }
  /** Of its points, what mates of the pool lend. */
  lent_points: number
}

/**
 * What is lent here is lent in this very transaction, so any time does that no clock is ahead by: a purse is as late as
 * the latest clock that was at it.
 */
const lent_within_ms = 3_600_000

/** Spends; answers what mates would not lend after all, because others of the set had asked them first. */
export async function payPoints(tx: Tx, paying: readonly Paying[]): Promise<Map<number, Refusal>> {
  const alone = paying.filter((one) => one.lent_points === 0)
  const borrowing = paying.filter((one) => one.lent_points > 0)
  // who borrows counts on what is left in the purses of others when they have paid
  if (alone.length > 0)
    insist(
      await points.spend(
        tx,
        alone.map((one) => one.spend),
      ),
    )
  if (borrowing.length === 0) return new Map()
  const expires_at = addMs(tx.now, lent_within_ms)
  const shares = await points.share(
    tx,
    borrowing.map(({ spend }) => ({ ...spend, expires_at })),
  )
  const refused = shares.flatMap(({ outcome, code, params }, i): [number, Refusal][] =>
    outcome === 'refused' ? [[borrowing[i]!.index, { code: code!, params: { ...params } }]] : [],
  )
  if (refused.length > 0) return new Map(refused)
  const names = borrowing.map(({ spend: { member_id, source, source_id } }) => ({ member_id, source, source_id }))
  await points.bringShares(tx, names)
  insist(await points.commitHold(tx, names))
  return new Map()
}

/** What full cards are given: once a round, and again by hand where it could not be given at once. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import type { Fact } from '../../base/facts.ts'
import * as cards from '../cards/cards.ts'
import type { CardReward } from '../cards/types.ts'
import { handOut } from './handing.ts'
import type { GiftOutcome } from './types.ts'

/** What `card.filled` says, as far as gifts care. */
interface Filled {
  round_id: string
  reward: CardReward
  store_id: string | null
}
interface Round extends Filled {
  member_id: string
}

/** A full card gives what it promised, once a round; what cannot be given (out of stock) is noted at the round. */
export async function rewardFilled(tx: Tx, facts: readonly Fact[]): Promise<void> {
  await reward(
    tx,
    facts.map(({ member_id, data }) => ({ member_id, ...(data as unknown as Filled) })),
  )
}

async function reward(tx: Tx, filled: readonly Round[]): Promise<GiftOutcome[]> {
  const rounds = filled.flatMap(({ member_id, round_id, reward, store_id }) => {
    if (reward.kind === 'none') return []
    // picked up where the last stamp was given
    return [{ member_id, round_id, reward: reward.kind === 'item' ? { ...reward, store_id } : reward }]
  })
  if (rounds.length === 0) return []
  const outcomes = await handOut(
    tx,
    rounds.map((one) => ({
      member_id: one.member_id,
      reward: one.reward,
      reason: 'card',
      occurrence: one.round_id,
      is_redeemed: false,
    })),
  )
  await cards.noteRewards(
    tx,
    outcomes.map(({ index, gift_id, code }) => ({
      member_id: rounds[index]!.member_id,
      round_id: rounds[index]!.round_id,
      gift_id: gift_id ?? null,
      refused: code ?? null,
    })),
  )
  return outcomes
}

/** Full cards whose reward could not be given. */
export function refusedOf(db: Reader, limit: number): Promise<cards.RefusedRound[]> {
  return cards.refusedRounds(db, { limit })
}

/** Gives once more what could not be given. Throws `gift.not_found`, and what `give` refuses. */
export async function retry(tx: Tx, round_id: string, store_id: string | null): Promise<string> {
  const [round] = await cards.refusedRounds(tx, { limit: 1, round_id })
  if (!round) throw new AppError('gift.not_found', { round_id })
  const [outcome] = await reward(tx, [{ ...round, store_id }])
  if (!outcome?.gift_id) throw new AppError(outcome?.code ?? 'gift.not_found', outcome?.params ?? {})
  return outcome.gift_id
}

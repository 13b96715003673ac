/** What gifts do by themselves: they reward full cards, follow merged members and forget erased ones. */
import type { BoundHearer, Fact } from '../../base/facts.ts'
import type { Tx } from '../../base/db.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import * as cards from '../cards/cards.ts'
import type { CardReward } from '../cards/types.ts'
import { give } from './gifts.ts'
import { follow, forget } from './merging.ts'

/** What `card.filled` says, as far as gifts care. */
interface Filled {
  round_id: string
  reward: CardReward
  store_id: string | null
}

/** A full card gives what it promised, once a round; what cannot be given (out of stock) is noted at the round. */
async function reward(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const rounds = facts.flatMap(({ member_id, data }) => {
    const { round_id, reward, store_id } = data as unknown as Filled
    if (reward.kind === 'none') return []
    // picked up where the last stamp was given
    return [{ member_id, round_id, reward: reward.kind === 'item' ? { ...reward, store_id } : reward }]
  })
  if (rounds.length === 0) return
  const outcomes = await give(
    tx,
    rounds.map((one) => ({
      member_id: one.member_id,
      reward: one.reward,
      reason: 'card',
      occurrence: one.round_id,
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
}

export const bound: BoundHearer[] = [
  { module: 'gifts', names: ['card.filled'], hear: reward },
  { module: 'gifts', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
  { module: 'gifts', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

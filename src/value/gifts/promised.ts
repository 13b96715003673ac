/** What others promised: full cards, paid periods of plans. Given once, and again by hand where it failed. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import type { Fact } from '../../base/facts.ts'
import * as cards from '../cards/cards.ts'
import type { CardReward } from '../cards/types.ts'
import * as plans from '../plans/plans.ts'
import type { PlanReward } from '../plans/types.ts'
import { handOut } from './handing.ts'
import { takeBack } from './taking-back.ts'
import type { GiftOutcome, RefusedRow, Reward } from './types.ts'

interface Promised {
  member_id: string
  /** Names it for ever: the round of a card, the reward of a period. */
  id: string
  reward: CardReward | Reward
  /** Where an item is picked up. */
  store_id: string | null
}

/** Who promises: what its gifts are called, what failed, and where is noted what came of it. */
interface Promiser {
  reason: 'card' | 'plan'
  refused(db: Reader, page: { limit: number; id?: string }): Promise<RefusedRow[]>
  note(
    tx: Tx,
    notes: readonly { member_id: string; id: string; gift_id: string | null; refused: string | null }[],
  ): Promise<void>
}

const cardPromises: Promiser = {
  reason: 'card',
  refused: async (db, { limit, id }) =>
    (await cards.refusedRounds(db, { limit, ...(id ? { round_id: id } : {}) })).flatMap(
      ({ round_id, filled_at, reward, ...one }): RefusedRow[] =>
        reward.kind === 'none'
          ? []
          : [{ ...one, reward, refused_id: round_id, reason: 'card', promised_at: filled_at }],
    ),
  note: (tx, notes) =>
    cards.noteRewards(
      tx,
      notes.map(({ id, ...one }) => ({ ...one, round_id: id })),
    ),
}
const planPromises: Promiser = {
  reason: 'plan',
  refused: async (db, { limit, id }) =>
    (await plans.refusedRewards(db, { limit, ...(id ? { reward_id: id } : {}) })).map(({ reward_id, ...one }) => ({
      ...one,
      refused_id: reward_id,
      reason: 'plan',
    })),
  note: (tx, notes) =>
    plans.noteRewards(
      tx,
      notes.map(({ id, ...one }) => ({ ...one, reward_id: id })),
    ),
}
const promisers = [cardPromises, planPromises]

/** What `card.filled` says, as far as gifts care. */
interface Filled {
  round_id: string
  reward: CardReward
  store_id: string | null
}

/** A full card gives what it promised, once a round; what cannot be given (out of stock) is noted at the round. */
export async function rewardFilled(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const filled = facts.map(({ member_id, data }) => ({ member_id, ...(data as unknown as Filled) }))
  await hand(
    tx,
    cardPromises,
    filled.map(({ member_id, round_id, reward, store_id }) => ({ member_id, id: round_id, reward, store_id })),
  )
}

/** A paid period gives what its plan promised, once; what cannot be given is noted at the period. */
export async function rewardPaid(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const promised = facts.flatMap(({ member_id, data }) =>
    ((data['rewards'] ?? []) as { reward_id: string; reward: PlanReward }[]).map(({ reward_id, reward }) => ({
      member_id,
      id: reward_id,
      reward,
      store_id: null,
    })),
  )
  await hand(tx, planPromises, promised)
}

/** Periods of a plan that went back whole take along what is unused of their rewards. */
export async function followPlanRefunds(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const undone = facts.flatMap(({ member_id, data }) =>
    ((data['undone'] ?? []) as number[]).map((number) => ({
      member_id,
      subscription_id: String(data['subscription_id']),
      number,
    })),
  )
  if (undone.length > 0) await takeBack(tx, await plans.undoRewards(tx, undone))
}

async function hand(tx: Tx, promiser: Promiser, promised: readonly Promised[]): Promise<GiftOutcome[]> {
  const given = promised.flatMap(({ member_id, id, reward, store_id }) => {
    if (reward.kind === 'none') return []
    return [{ member_id, id, reward: reward.kind === 'item' ? { ...reward, store_id } : reward }]
  })
  if (given.length === 0) return []
  const outcomes = await handOut(
    tx,
    given.map((one) => ({
      member_id: one.member_id,
      reward: one.reward,
      reason: promiser.reason,
      occurrence: one.id,
      is_redeemed: false,
    })),
  )
  await promiser.note(
    tx,
    outcomes.map(({ index, gift_id, code }) => ({
      member_id: given[index]!.member_id,
      id: given[index]!.id,
      gift_id: gift_id ?? null,
      refused: code ?? null,
    })),
  )
  return outcomes
}

/** Rewards that were promised and could not be given, newest first. */
export async function refusedOf(db: Reader, limit: number): Promise<RefusedRow[]> {
  const all = (await Promise.all(promisers.map((one) => one.refused(db, { limit })))).flat()
  return all.sort((a, b) => b.promised_at.getTime() - a.promised_at.getTime()).slice(0, limit)
}

/** Gives once more what could not be given. Throws `gift.not_found`, and what `give` refuses. */
export async function retry(tx: Tx, refused_id: string, store_id: string | null): Promise<string> {
  for (const promiser of promisers) {
    const [found] = await promiser.refused(tx, { limit: 1, id: refused_id })
    if (!found) continue
    const { member_id, reward } = found
    const [outcome] = await hand(tx, promiser, [{ member_id, id: refused_id, reward, store_id }])
    if (!outcome?.gift_id) throw new AppError(outcome?.code ?? 'gift.not_found', outcome?.params ?? {})
    return outcome.gift_id
  }
  throw new AppError('gift.not_found', { refused_id })
}

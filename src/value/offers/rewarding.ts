/** What a completion hands out, and what an undone one takes back. Once for each completion of an issue. */
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { lock } from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'
import * as gifts from '../gifts/gifts.ts'
import * as points from '../points/points.ts'
import type { Standing } from './following.ts'
import type { Reward } from './types.ts'

/** Kinds that `gifts.give` hands out; the others are refused by name. */
const kinds: readonly Reward['kind'][] = ['none', 'points', 'coupon', 'item', 'privilege']

export function canHandOut({ kind }: Reward): boolean {
  return kinds.includes(kind)
}

/** The reason of gifts that offers give; the occurrence is `issue:nth completion`. */
const reason = 'offer'
/** Points taken back bear this as their source. */
const undone_source = 'offer_undone'

/** What an issue holds after all: points given and not taken back, and why a reward was not handed out. */
export interface Rewarded {
  points: number
  refused: string | null
}

/** Hands out what the completed issues promise; only members have hands for it. */
export async function handOver(tx: Tx, completed: readonly Standing[]): Promise<Map<string, Rewarded>> {
  const due = completed.flatMap((issue) => {
    const { reward } = issue.rule
    return reward.kind === 'none' || !issue.has_purse ? [] : [{ issue, reward }]
  })
  if (due.length === 0) return new Map()
  const outcomes = await gifts.give(
    tx,
    due.map(({ issue, reward }) => ({
      member_id: issue.member_id,
      reward,
      reason,
      occurrence: `${issue.issue_id}:${issue.completions + 1}`,
      // as lists of gifts show it: the offer's name in any language it has
      note: Object.values(issue.names)[0],
    })),
  )
  return new Map(
    due.map(({ issue, reward }, index): [string, Rewarded] => {
      const { outcome, code } = outcomes[index]!
      const isGiven = outcome !== 'refused'
      const given = isGiven && reward.kind === 'points' ? reward.points : 0
      return [issue.issue_id, { points: issue.rewarded_points + given, refused: isGiven ? null : (code ?? null) }]
    }),
  )
}

/**
 * Takes back what is unused, unless the program lets gifts be kept: points that are still there, coupons and
 * privileges never used, items not handed over. What was used is forgiven.
 */
export async function takeBack(tx: Tx, undone: readonly Standing[]): Promise<Map<string, Rewarded>> {
  const { settings } = await program.current(tx)
  if (settings.gifts_on_refund === 'keep') return new Map()
  await gifts.takeBackNamed(
    tx,
    undone
      .filter(({ rule }) => rule.reward.kind !== 'points' && rule.reward.kind !== 'none')
      .map(({ member_id, issue_id, completions }) => ({
        member_id,
        reason,
        occurrence: `${issue_id}:${completions}`,
      })),
  )
  const due = undone.filter((issue) => issue.rewarded_points > 0)
  if (due.length === 0) return new Map()
  const balances = await points.balanceOf(tx, [...new Set(due.map((issue) => issue.member_id))])
  const left = new Map(balances.map(({ member_id, active }) => [member_id, active]))
  const wants = due.flatMap((issue) => {
    const held = left.get(issue.member_id) ?? 0
    const taken = Math.min(held, issue.rewarded_points)
    left.set(issue.member_id, held - taken)
    return taken > 0 ? [{ issue, taken }] : []
  })
  const outcomes = await points.adjust(
    tx,
    wants.map(({ issue, taken }) => ({
      member_id: issue.member_id,
      points: -taken,
      reason: Object.values(issue.names)[0] ?? reason,
      source: undone_source,
      source_id: `${issue.issue_id}:${issue.completions}`,
    })),
  )
  // what is held at a till at this moment is as good as spent
  return new Map(
    wants.map(({ issue, taken }, index) => {
      const isTaken = outcomes[index]!.outcome !== 'refused'
      return [issue.issue_id, { points: issue.rewarded_points - (isTaken ? taken : 0), refused: null }]
    }),
  )
}

/**
 * Gives once more what a completion could not be given. Throws `offer_issue.not_found`, and what `gifts.give` refuses.
 */
export async function retryReward(tx: Tx, which: { member_id: string; issue_id: string }): Promise<void> {
  await lock(tx, [which.member_id])
  const issue = await tx.row<Pick<Standing, 'names' | 'rule' | 'completions' | 'rewarded_points'>>(sql`
    select o.names, v.rule, i.completions, i.rewarded_points
    from offer_issues i join offers o on o.offer_id = i.offer_id
    join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
    where i.member_id = ${which.member_id}::uuid and i.issue_id = ${which.issue_id}::uuid
      and i.completed_at is not null and i.reward_refused is not null`)
  const reward = issue?.rule.reward
  if (!issue || !reward || reward.kind === 'none') throw new AppError('offer_issue.not_found', which)
  const occurrence = `${which.issue_id}:${issue.completions}`
  const want = { member_id: which.member_id, reward, reason, occurrence, note: Object.values(issue.names)[0] }
  gifts.insist((await gifts.give(tx, [want]))[0]!)
  const given = reward.kind === 'points' ? reward.points : 0
  await tx.run(sql`
    update offer_issues set reward_refused = null, rewarded_points = rewarded_points + ${given}::bigint
    where member_id = ${which.member_id}::uuid and issue_id = ${which.issue_id}::uuid`)
}

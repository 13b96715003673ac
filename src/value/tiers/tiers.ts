/**
 * What can be done with tiers. Orders climb (`progress`, called by points with the members' balances locked), so does
 * experience (`addXp`), some are invited, days pass (`review`), rules change (`reclassify`). Each decision is made
 * by rules.ts and kept with its why.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { readAccounts, wantedToday, writeAccounts } from './accounts.ts'
import { backfillPoints } from './backfilling.ts'
import { reviewUntil, type Account } from './climb.ts'
import { lawOf } from './law.ts'
import { sumOf } from './measures.ts'
import { decideReclassify, type Law } from './rules.ts'
import type { HeldBefore, Standing, TierRuleVersion } from './types.ts'

export { checks } from './checks.ts'
export {
  addRule,
  beginning,
  callOffRule,
  crowdedLadder,
  ladderOf,
  lawOf,
  markOfLaw,
  rulesOf,
  setLadder,
} from './law.ts'
export { accept, decline, invite, invitationsOf, withdraw } from './invitations.ts'
export { merge } from './merging.ts'
export { foundPresets } from './presets.ts'
export { progress, type Progress } from './progress.ts'
export { progressOf } from './queries.ts'
export { recompute } from './recomputing.ts'
export { countedOf, countingOf, dayStart, ruleAt, whyCodes, type CountingOf, type Law } from './rules.ts'
export { addXp } from './xp.ts'
export type { InvitationWanted, TierInvitation, XpGrant, XpOutcome } from './given/types.ts'

/** Members looked at in one transaction by clock work: some tenths of a second of locks. */
export const reviewedMax = 5_000

/** Decides about members whose day of review has come, at most `limit`; answers how many. Costs by who is due. */
export async function review(tx: Tx, limit = reviewedMax): Promise<number> {
  const { time_zone } = await program.current(tx)
  const law = await lawOf(tx, time_zone)
  const today = dayOf(tx.now, time_zone)
  const due = await tx.rows<{ member_id: string }>(sql`
    select member_id from member_tiers where review_on <= ${today}::date order by review_on,
      member_id limit ${limit}::int`)
  if (due.length === 0) return 0
  const accounts = await readAccounts(
    tx,
    law,
    wantedToday(
      tx,
      law,
      due.map((row) => row.member_id),
    ),
  )
  for (const account of accounts.values()) reviewUntil(law, account, today)
  await writeAccounts(tx, law, { progress: [], accounts: [...accounts.values()] })
  return due.length
}

/** A member before and after a rule was applied to him. */
export interface Reclassified {
  member_id: string
  from_tier_id: string | null
  to_tier_id: string | null
}

/** Judges members by a rule that has just been added: what applying it, and its preview, do. */
export async function reclassify(
  tx: Tx,
  input: { member_ids: readonly string[]; version: TierRuleVersion; lower_now: boolean },
): Promise<Reclassified[]> {
  const { time_zone } = await program.current(tx)
  const law = await lawOf(tx, time_zone)
  const day = dayOf(tx.now, time_zone)
  if (input.version.rule.measure.kind === 'points') await backfillPoints(tx, input.member_ids)
  const accounts = [...(await readAccounts(tx, law, wantedToday(tx, law, input.member_ids))).values()]
  const idOf = (account: Account) => law.tiers[account.held.rank]?.tier_id ?? null
  const outcome = accounts.map((account) => {
    const from_tier_id = idOf(account)
    const situation = { law, version: input.version, sum: sumOf(account, input.version.rule.measure) }
    const decision = decideReclassify(account.held, { at: tx.now, day, lower_now: input.lower_now }, situation)
    if (decision) {
      account.held = decision.held
      account.decisions.push(decision)
    }
    return { member_id: account.member_id, from_tier_id, to_tier_id: idOf(account) }
  })
  await writeAccounts(tx, law, { progress: [], accounts })
  return outcome
}

/** The tiers held now, in the order asked; the lowest for who never moved. */
export async function standingOf(db: Reader, member_ids: readonly string[]): Promise<Standing[]> {
  return db.rows<Standing>(sql`
    select wanted.member_id, tier.tier_id, tier.code as tier_code, coalesce(tier.rank, 0) as rank, held.since,
      held.review_on
    from unnest(${member_ids}::uuid[]) with ordinality as wanted (member_id, nth)
    left join member_tiers held on held.member_id = wanted.member_id
    left join tiers tier on tier.tier_id = coalesce(held.tier_id, (select tier_id from tiers where rank = 0))
    order by wanted.nth`)
}

/** The tiers held just before some moments of the past, in the order asked; null without a ladder. */
export async function heldBefore(
  db: Reader,
  law: Law,
  wanted: readonly { member_id: string; at: Date }[],
): Promise<HeldBefore[]> {
  const changes = await db.rows<{
    member_id: string
    occurred_at: Date
    from_tier_id: string
    to_tier_id: string
  }>(sql`
    select member_id, occurred_at, from_tier_id, to_tier_id from tier_changes
    where member_id = any (${[...new Set(wanted.map((one) => one.member_id))]}::uuid[]) order by member_id, change_id`)
  const rank = (tier_id: string) => law.tiers.find((tier) => tier.tier_id === tier_id)?.rank ?? 0
  const histories = new Map<string, Account['history']>()
  for (const change of changes) {
    const history = histories.get(change.member_id) ?? []
    history.push({
      occurred_at: change.occurred_at,
      from_rank: rank(change.from_tier_id),
      to_rank: rank(change.to_tier_id),
    })
    histories.set(change.member_id, history)
  }
  return wanted.map(({ member_id, at }) => {
    const history = histories.get(member_id) ?? []
    const last = history.findLast((change) => change.occurred_at < at)
    const held = last ? last.to_rank : (history[0]?.from_rank ?? 0)
    return { tier_code: law.tiers[held]?.code ?? null }
  })
}

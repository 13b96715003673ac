/**
 * What can be done with tiers. Orders climb (`progress`, called by points with the members' balances locked),
 * days pass (`review`), rules change (`reclassify`). Each decision is made by rules.ts and kept with its why.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { accountsFor, readAccounts, wantedToday, writeAccounts, type ProgressRow, type Wanted } from './accounts.ts'
import { reviewUntil, sumOf, takeStep, type Account } from './climb.ts'
import { lawOf } from './law.ts'
import { countedOf, decideReclassify, ruleAt, type Law } from './rules.ts'
import type { HeldBefore, ProgressMove, Standing, TierRuleVersion } from './types.ts'

export { checks } from './checks.ts'
export { addRule, beginning, ladderOf, lawOf, lawSql, readLaw, rulesOf, setLadder, type LawRow } from './law.ts'
export { merge } from './merging.ts'
export { foundPresets } from './presets.ts'
export { progressOf } from './queries.ts'
export { countedOf, dayStart, recompute, ruleAt, whyCodes, type Law } from './rules.ts'

/** Members looked at in one transaction by clock work: some tenths of a second of locks. */
export const reviewedMax = 5_000

/** What moves make of their members, decided and not written yet. */
export interface Progress {
  /** The tier held just before each move. */
  before: HeldBefore[]
  write(): Promise<void>
}

/**
 * Decides what the progress of orders and refunds makes of their members' tiers. Moves of one member must come in the
 * order of time. The caller holds the members' lock, has seen to it that no move is booked twice, and writes.
 */
export async function progress(tx: Tx, law: Law, moves: readonly ProgressMove[]): Promise<Progress> {
  const lowest = law.tiers[0]?.code ?? null
  if (law.tiers.length === 0 || law.rules.length === 0)
    return { before: moves.map(() => ({ tier_code: lowest })), write: async () => undefined }
  const original = await originalsOf(tx, moves)
  const accounts = await accountsFor(tx, law, wantedFor(moves, original))
  const rows: ProgressRow[] = []
  const before = moves.map((move) => {
    const account = accounts.get(move.member_id)!
    const version = ruleAt(law.rules, move.occurred_at)
    const order =
      move.source === 'refund' && move.order_id !== null
        ? original.get(keyOf(move.member_id, move.order_id))
        : undefined
    const counts = version && !(move.source === 'refund' && move.order_id !== null && !order)
    const counted = counts ? countedOf(move.purchase, version.rule) : 0
    const amount = move.source === 'order' ? counted : -counted
    const counted_on = order?.counted_on ?? move.day
    const rank = takeStep(law, account, {
      at: move.occurred_at,
      day: move.day,
      counted_on,
      amount,
      order_id: move.order_id,
      is_order: move.source === 'order',
    })
    if (counts) {
      rows.push({
        member_id: move.member_id,
        source: move.source,
        source_id: move.source_id,
        occurred_at: move.occurred_at,
        counted_on,
        amount,
        rule_version: version.version,
      })
    }
    return { tier_code: law.tiers[rank]?.code ?? lowest }
  })
  return { before, write: () => writeAccounts(tx, law, { progress: rows, accounts: [...accounts.values()] }) }
}

const keyOf = (member_id: string, order_id: string) => `${member_id} ${order_id}`

/**
 * On which day each refunded order counted: orders of this very set, else those booked. An order that never counted
 * is missing.
 */
async function originalsOf(tx: Tx, moves: readonly ProgressMove[]): Promise<Map<string, { counted_on: string }>> {
  const found = new Map<string, { counted_on: string }>()
  const refunds = moves.filter((move) => move.source === 'refund' && move.order_id !== null)
  if (refunds.length === 0) return found
  const refunded = new Set(refunds.map((move) => keyOf(move.member_id, move.order_id!)))
  for (const move of moves) {
    const key = move.source === 'order' ? keyOf(move.member_id, move.order_id!) : ''
    if (refunded.delete(key)) found.set(key, { counted_on: move.day })
  }
  if (refunded.size === 0) return found
  const keys = [...refunded].map((key) => key.split(' ') as [string, string])
  const rows = await tx.rows<{ member_id: string; source_id: string; counted_on: string }>(sql`
    select progress.member_id, progress.source_id, progress.counted_on
    from unnest(${keys.map(([member_id]) => member_id)}::uuid[], ${keys.map(([, order_id]) => order_id)}::text[])
      as wanted (member_id, order_id)
    join tier_progress progress
      on progress.member_id = wanted.member_id and progress.source = 'order' and progress.source_id = wanted.order_id`)
  for (const row of rows) found.set(keyOf(row.member_id, row.source_id), row)
  return found
}

/** One wish a member: the days between which the account will be asked. */
function wantedFor(
  moves: readonly ProgressMove[],
  original: Map<string, { counted_on: string }>,
): (Wanted & { first_at: Date })[] {
  const wanted = new Map<string, Wanted & { first_at: Date }>()
  for (const move of moves) {
    let one = wanted.get(move.member_id)
    if (!one) {
      one = {
        member_id: move.member_id,
        first_day: move.day,
        last_day: move.day,
        whole: false,
        refunds: false,
        first_at: move.occurred_at,
      }
      wanted.set(move.member_id, one)
    }
    if (move.day < one.first_day) one.first_day = move.day
    if (move.day > one.last_day) one.last_day = move.day
    if (move.source === 'refund') one.refunds = true
    // a refund of an order of this set never counts before that order's day, which may lie before the member's first
    // move here
    const counted_on =
      move.order_id === null ? undefined : original.get(keyOf(move.member_id, move.order_id))?.counted_on
    if (move.source === 'refund' && counted_on !== undefined && counted_on < one.first_day) one.whole = true
  }
  return [...wanted.values()]
}

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
  const accounts = [...(await readAccounts(tx, law, wantedToday(tx, law, input.member_ids))).values()]
  const idOf = (account: Account) => law.tiers[account.held.rank]?.tier_id ?? null
  const outcome = accounts.map((account) => {
    const from_tier_id = idOf(account)
    const situation = { law, version: input.version, sum: sumOf(account) }
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

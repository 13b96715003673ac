/** Of two accounts of one person the higher tier is kept, and what both have bought counts together from now on. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import { heldOf, readAccounts, wantedToday, writeAccounts, type HeldRow } from './accounts.ts'
import type { Account } from './climb.ts'
import { lawOf } from './law.ts'
import { sumOf } from './measures.ts'
import { qualified, reviewAfter, ruleAt, start, windowOf, type Held, type Law } from './rules.ts'
import type { Why } from './types.ts'

interface GoneRow extends HeldRow {
  keep: string
  why: Why
}

/**
 * Moves progress and decides about the kept ones; called by points with the balances of all of them locked. What was
 * reached and lost in the other's name stays in that name: a history that is read, never written again.
 */
export async function merge(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const moved = await progressMoved(tx, pairs)
  const gone = await tx.rows<GoneRow>(sql`
    with ${pairSql(pairs)},
    previews as (delete from tier_rule_preview_members p using pair where p.member_id = pair.merged),
    gone as (
      delete from member_tiers t using pair where t.member_id = pair.merged returning t.*, pair.keep
    )
    select keep, member_id, tier_id, since, review_on, grace_from, cause, from_tier_id, from_since,
      from_review_on, invitation_id, why
    from gone`)
  const kept = [...new Set([...gone.map((row) => row.keep), ...moved])]
  if (kept.length === 0) return
  const { time_zone } = await program.current(tx)
  const law = await lawOf(tx, time_zone)
  if (law.tiers.length === 0 || law.rules.length === 0) return
  const accounts = await readAccounts(tx, law, wantedToday(tx, law, kept))
  for (const account of accounts.values()) {
    decide(
      tx,
      law,
      account,
      gone.filter((row) => row.keep === account.member_id && row.tier_id !== null),
    )
  }
  await writeAccounts(tx, law, { progress: [], accounts: [...accounts.values()] })
}

/**
 * Progress, experience and invitations go to the kept ones; answers who got progress. The same cause may have given
 * experience to both (a survey answered twice): the second bears whose it was.
 */
async function progressMoved(tx: Tx, pairs: readonly MergePair[]): Promise<string[]> {
  const kept = await tx.rows<{ keep: string }>(sql`
    with ${pairSql(pairs)}
    select distinct pair.keep from pair where exists (
      select from tier_progress p where p.member_id = pair.merged)`)
  await moveRows(tx, pairs, [
    { table: 'tier_progress', unique: ['source', 'measure'], rename: 'source_id' },
    { table: 'tier_invitations', unique: ['source'], rename: 'source_id' },
  ])
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from member_xp x using pair where x.member_id = pair.merged returning x.xp, pair.keep)
    insert into member_xp (member_id, xp, updated_at)
    select keep, sum(xp)::bigint, ${tx.now}::timestamptz from gone group by keep order by keep
    on conflict (member_id) do update set xp = member_xp.xp + excluded.xp, updated_at = excluded.updated_at`)
  return kept.map((row) => row.keep)
}

/** Higher first; of equal ones that which is looked at later, and not by grace. */
function better(a: Held, b: Held): number {
  if (a.rank !== b.rank) return b.rank - a.rank
  if (!a.grace_from !== !b.grace_from) return a.grace_from ? 1 : -1
  const [first, second] = [a.review_on ?? '', b.review_on ?? '']
  return first === second ? 0 : first > second ? -1 : 1
}

/**
 * Keeps the best of what is held; what both have bought may be enough for more. Losing it again by a refund leads back
 * to no less than the next best.
 */
function decide(tx: Tx, law: Law, account: Account, gone: readonly GoneRow[]): void {
  const own = account.held
  const others = gone.map((row) => ({ held: heldOf(law, row), why: row.why }))
  const [best, second] = [own, ...others.map((one) => one.held)].sort(better)
  const held = withFallback(best ?? start, second)
  const day = dayOf(tx.now, law.zone)
  const version = ruleAt(law.rules, tx.now)
  const codeOf = (rank: number) => law.tiers[rank]?.code ?? null
  const window = version ? windowOf(version.rule, day) : { from: day, to: day }
  const progress = version ? sumOf(account, version.rule.measure)(window.from, window.to) : 0
  const rank = version ? qualified(version.rule, law.tiers, progress, held.rank) : 0
  const say = (code: string, to: number): Why => ({
    codes: [code],
    params: {
      tier: codeOf(to),
      from: codeOf(own.rank),
      progress,
      threshold: version?.rule.thresholds[codeOf(to) ?? ''] ?? null,
      window_from: window.from,
      window_to: window.to,
      ...(version && version.rule.measure.kind !== 'spend' ? { measure: version.rule.measure.kind } : {}),
    },
    rule_version: version?.version ?? law.rules.at(-1)!.version,
  })
  if (version && rank > held.rank) {
    account.held = { ...start, rank, since: tx.now, review_on: reviewAfter(version.rule, day) }
    account.decisions.push({
      held: account.held,
      kind: 'reached',
      occurred_at: tx.now,
      why: say('tier.merged_reached', rank),
    })
  } else if (held.rank > own.rank) {
    account.held = held
    account.decisions.push({ held, kind: 'reached', occurred_at: tx.now, why: say('tier.merged', held.rank) })
  } else if (best !== own) {
    const why = others.find((one) => one.held === best)!.why
    account.held = held
    account.decisions.push({ held, kind: null, occurred_at: tx.now, why })
  }
}

function withFallback(best: Held, second: Held | undefined): Held {
  if (!best.cause || !second || second.rank <= best.cause.from_rank || second.rank >= best.rank) return best
  const { rank: from_rank, since: from_since, review_on: from_review_on } = second
  return { ...best, cause: { ...best.cause, from_rank, from_since, from_review_on } }
}

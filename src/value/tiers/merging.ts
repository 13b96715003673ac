/** Of two accounts of one person the higher tier is kept, and what both have bought counts together from now on. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import { pairSql, type MergePair } from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import { heldOf, readAccounts, wantedToday, writeAccounts, type HeldRow } from './accounts.ts'
import { sumOf, type Account } from './climb.ts'
import { lawOf } from './law.ts'
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
  const gone = await tx.rows<GoneRow>(sql`
    with ${pairSql(pairs)},
    previews as (delete from tier_rule_preview_members p using pair where p.member_id = pair.merged),
    progress as (
      delete from tier_progress p using pair where p.member_id = pair.merged returning p as row, pair.keep
    ),
    kept_progress as (
      insert into tier_progress
      select moved.* from progress
      cross join lateral jsonb_populate_record(progress.row, jsonb_build_object('member_id', progress.keep)) as moved
      returning member_id
    ),
    gone as (
      delete from member_tiers t using pair where t.member_id = pair.merged returning t.*, pair.keep
    )
    select keep, member_id, tier_id, since, review_on, grace_from, cause_order_id, from_tier_id, from_since,
      from_review_on, why
    from gone
    union all
    select distinct member_id, null::uuid, null::uuid, null::timestamptz, null::date, null::date, null::uuid,
      null::uuid, null::timestamptz, null::date, null::jsonb
    from kept_progress`)
  if (gone.length === 0) return
  const { time_zone } = await program.current(tx)
  const law = await lawOf(tx, time_zone)
  if (law.tiers.length === 0 || law.rules.length === 0) return
  const kept = [...new Set(gone.map((row) => row.keep))]
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
  const progress = sumOf(account)(window.from, window.to)
  const rank = version ? qualified(version.rule, law.tiers, progress) : 0
  const say = (code: string, to: number): Why => ({
    codes: [code],
    params: {
      tier: codeOf(to),
      from: codeOf(own.rank),
      progress,
      threshold: version?.rule.thresholds[codeOf(to) ?? ''] ?? null,
      window_from: window.from,
      window_to: window.to,
    },
    rule_version: version?.version ?? law.rules.at(-1)!.version,
  })
  if (version && rank > held.rank) {
    account.held = { rank, since: tx.now, review_on: reviewAfter(version.rule, day), grace_from: null, cause: null }
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

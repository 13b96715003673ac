/** Experience: given by modules and the API for what is no purchase, and taken back. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { accountsFor, writeAccounts, type ProgressRow, type Wanted } from './accounts.ts'
import { takeStep } from './climb.ts'
import { lawOf } from './law.ts'
import { ruleAt, type Law } from './rules.ts'
import type { XpGrant, XpOutcome } from './given/types.ts'

interface Known {
  nth: number
  member_id: string | null
  booked: number | null
  /** On which day that counts which is to be taken back. */
  taken_on: string | null
}

type Numbered = XpGrant & { nth: number }

/**
 * Gives experience, or takes it (negative): once for ever by (member, source, source_id). What takes something back
 * names it, counts on its day, and undoes the step it made. Outcomes in the order asked; refused: `xp.no_member`,
 * `xp.source_reused`, `xp.insufficient`, `xp.nothing_to_take_back`.
 */
export async function addXp(tx: Tx, grants: readonly XpGrant[]): Promise<XpOutcome[]> {
  if (grants.length === 0) return []
  const { time_zone } = await program.current(tx)
  const law = await lawOf(tx, time_zone)
  const totals = await lock(tx, [...new Set(grants.map((grant) => grant.member_id))].sort())
  const known = await knownOf(tx, grants)
  const sorted = grants.map((grant, nth): Numbered => ({ ...grant, nth })).sort(byMemberAndTime)
  const outcomes = grants.map((_grant, index): XpOutcome => ({ index, outcome: 'unchanged' }))
  const todo: (Numbered & { day: string; counted_on: string })[] = []
  const seen = new Map<string, { xp: number; counted_on: string }>()
  for (const grant of sorted) {
    const day = dayOf(grant.occurred_at, time_zone)
    const key = (source_id: string) => JSON.stringify([grant.member_id, grant.source, source_id])
    const before = seen.get(key(grant.source_id))?.xp ?? known[grant.nth]!.booked
    const taken_on =
      grant.takes_back === undefined
        ? day
        : (seen.get(key(grant.takes_back))?.counted_on ?? known[grant.nth]!.taken_on)
    const refused = refusalOf(grant, { total: totals.get(grant.member_id), before, taken_on })
    if (refused) outcomes[grant.nth] = { index: grant.nth, outcome: 'refused', ...refused }
    if (refused || before !== null) continue
    outcomes[grant.nth] = { index: grant.nth, outcome: 'booked' }
    totals.set(grant.member_id, totals.get(grant.member_id)! + grant.xp)
    seen.set(key(grant.source_id), { xp: grant.xp, counted_on: taken_on! })
    todo.push({ ...grant, day, counted_on: taken_on! })
  }
  if (todo.length > 0) await book(tx, law, todo)
  return outcomes
}

function byMemberAndTime(a: Numbered, b: Numbered): number {
  if (a.member_id !== b.member_id) return a.member_id < b.member_id ? -1 : 1
  return a.occurred_at.getTime() - b.occurred_at.getTime() || (a.source_id < b.source_id ? -1 : 1)
}

function refusalOf(
  { xp, source_id, takes_back }: XpGrant,
  known: { total: number | undefined; before: number | null; taken_on: string | null },
): { code: string; params: Record<string, unknown> } | null {
  if (known.total === undefined) return { code: 'xp.no_member', params: {} }
  if (known.before !== null)
    return known.before === xp ? null : { code: 'xp.source_reused', params: { source_id, xp: known.before } }
  if (known.taken_on === null) return { code: 'xp.nothing_to_take_back', params: { source_id: takes_back } }
  if (known.total + xp < 0) return { code: 'xp.insufficient', params: { available: known.total, wanted: -xp } }
  return null
}

/** Makes and locks the members' rows, in sorted order; answers what members have. Guests have no experience. */
async function lock(tx: Tx, member_ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.rows<{ member_id: string; xp: number }>(sql`
    insert into member_xp (member_id, updated_at)
    select member_id, ${tx.now}::timestamptz from members
    where member_id = any (${member_ids}::uuid[]) and kind = 'member' and merged_into is null
    order by member_id
    on conflict (member_id) do update set updated_at = excluded.updated_at
    returning member_id, xp`)
  return new Map(rows.map((row) => [row.member_id, row.xp]))
}

async function knownOf(tx: Tx, grants: readonly XpGrant[]): Promise<Known[]> {
  return tx.rows<Known>(sql`
    select wanted.nth, booked.member_id, booked.amount as booked, taken.counted_on as taken_on
    from unnest(${grants.map((grant) => grant.member_id)}::uuid[], ${grants.map((grant) => grant.source)}::text[],
      ${grants.map((grant) => grant.source_id)}::text[], ${grants.map((grant) => grant.takes_back ?? null)}::text[]
    ) with ordinality as wanted (member_id, source, source_id, takes_back, nth)
    left join tier_progress booked on booked.member_id = wanted.member_id and booked.source = wanted.source
      and booked.source_id = wanted.source_id and booked.measure = 'xp'
    left join tier_progress taken on taken.member_id = wanted.member_id and taken.source = wanted.source
      and taken.source_id = wanted.takes_back and taken.measure = 'xp'
    order by wanted.nth`)
}

/** Books what is wanted, in the order of members and time; those who reach a tier reach it. */
async function book(
  tx: Tx,
  law: Law,
  todo: readonly (Numbered & { day: string; counted_on: string })[],
): Promise<void> {
  const wanted = new Map<string, Wanted & { first_at: Date }>()
  for (const { member_id, day, counted_on, occurred_at, takes_back } of todo) {
    const one = wanted.get(member_id)
    wanted.set(member_id, {
      member_id,
      first_day: one && one.first_day < day ? one.first_day : day,
      last_day: one && one.last_day > day ? one.last_day : day,
      whole: Boolean(one?.whole) || counted_on < (one?.first_day ?? day),
      refunds: Boolean(one?.refunds) || takes_back !== undefined,
      first_at: one?.first_at ?? occurred_at,
    })
  }
  const accounts = await accountsFor(tx, law, [...wanted.values()])
  const progress = todo.map((grant): ProgressRow => {
    const { member_id, source, source_id, occurred_at, counted_on, xp, reason } = grant
    takeStep(law, accounts.get(member_id)!, {
      at: occurred_at,
      day: grant.day,
      counted_on,
      amount: xp,
      measure: 'xp',
      order: null,
      cause: `xp:${source}:${grant.takes_back ?? source_id}`,
      gives: xp > 0,
    })
    const rule_version = ruleAt(law.rules, occurred_at)?.version ?? 0
    return { member_id, source, source_id, measure: 'xp', occurred_at, counted_on, amount: xp, rule_version, reason }
  })
  await writeAccounts(tx, law, { progress, accounts: [...accounts.values()] })
  await tx.run(sql`
    update member_xp set xp = member_xp.xp + given.xp
    from (
      select member_id, sum(xp)::bigint as xp
      from unnest(${todo.map((grant) => grant.member_id)}::uuid[], ${todo.map((grant) => grant.xp)}::bigint[])
        as one (member_id, xp) group by member_id
    ) given where given.member_id = member_xp.member_id`)
}

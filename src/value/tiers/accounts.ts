/** Members' accounts: read with their lock, written back with what was decided. */
import { copyBinary } from '../../base/binary-rows.ts'
import { copy_rows_min } from '../../base/bulk.ts'
import type { Tx } from '../../base/db.ts'
import { TryAgain } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import type { Account } from './climb.ts'
import { countsOrders, storedIn, type Stored } from './measures.ts'
import { start, windowOf, type Held, type Law } from './rules.ts'

/** Whose account is wanted, and between which days it will be asked. */
export interface Wanted {
  member_id: string
  first_day: string
  last_day: string
  /** Every day of the window, because the past is asked too. */
  whole: boolean
  /** Has it refunds? Then a step of the past may be judged again. */
  refunds: boolean
}

/** What a row of `member_tiers` says. */
export interface HeldRow {
  tier_id: string | null
  since: Date | null
  review_on: string | null
  grace_from: string | null
  cause: string | null
  from_tier_id: string | null
  from_since: Date | null
  from_review_on: string | null
  invitation_id: string | null
}

interface AccountRow extends HeldRow {
  member_id: string
  is_held: boolean
  measure: Stored | null
  counted_on: string | null
  /** The order that this is left of; null where orders are not counted, and for what is no purchase of its own. */
  order_key: string | null
  amount: number | null
}

/** The longest window any rule has, in days; a calendar year and the one before it at least. */
function windowDaysMax(law: Law): number {
  return Math.max(366, ...law.rules.map(({ rule }) => (rule.window.kind === 'rolling' ? rule.window.days : 366)))
}

/** Members of a set share few days. */
function remembered(of: (day: string) => string): (day: string) => string {
  const known = new Map<string, string>()
  return (day) => {
    let answer = known.get(day)
    if (answer === undefined) known.set(day, (answer = of(day)))
    return answer
  }
}

/** The earliest day that some rule would look back to from this day. */
function earliest(law: Law, day: string): string {
  return law.rules.map(({ rule }) => windowOf(rule, day).from).reduce((a, b) => (a < b ? a : b), day)
}

/**
 * Reads accounts and locks the rows of those who hold a tier, so that a review and an order decide one after the
 * other. Progress that lies in every window of the set comes as one sum; single days come only where a window may
 * begin or end between them.
 */
export async function readAccounts(tx: Tx, law: Law, wanted: readonly Wanted[]): Promise<Map<string, Account>> {
  const [only, ...more] = law.rules
  const since = remembered((day) => earliest(law, day))
  const always = remembered((day) => (only && more.length === 0 ? windowOf(only.rule, day).from : '9999-01-01'))
  const far = windowDaysMax(law)
  const byOrder = countsOrders(law)
  const rows = await tx.rows<AccountRow>(sql`
    with wanted as materialized (
      select * from unnest(
        ${wanted.map((one) => one.member_id)}::uuid[], ${wanted.map((one) => one.first_day)}::date[],
        ${wanted.map((one) => one.last_day)}::date[],
          ${wanted.map((one) => since(one.first_day))}::date[],
        ${wanted.map((one) => always(one.last_day))}::date[],
        ${wanted.map((one) => one.whole)}::boolean[], ${wanted.map((one) => one.refunds)}::boolean[]
      ) as one (member_id, first_day, last_day, since_day, always_from, whole, refunds)
    ),
    held as (
      -- changes nothing: the write is the lock
      update member_tiers set rule_version = member_tiers.rule_version from wanted
      where member_tiers.member_id = wanted.member_id
      returning member_tiers.*
    ),
    asked as materialized (
      select wanted.*, held.member_id is not null as is_held, held.tier_id, held.since, held.review_on,
        held.grace_from, held.cause, held.from_tier_id, held.from_since, held.from_review_on, held.invitation_id,
        wanted.whole or coalesce(held.grace_from is not null or held.review_on <= wanted.last_day
          or (wanted.refunds and held.cause is not null), false) as past_too
      from wanted left join held using (member_id)
    ),
    counted as (
      select asked.member_id, progress.measure, ${byOrder ? orderKey : sql`null::text`} as order_key,
        sum(progress.amount)::bigint as amount,
        case when past_too or counted_on > first_day or counted_on < always_from then counted_on end as counted_on
      from asked join tier_progress progress on progress.member_id = asked.member_id
        and progress.measure = any (${storedIn(law)}::text[])
        and progress.counted_on >= case when past_too
        then least(since_day, coalesce(grace_from, review_on) - ${far}::int,
          since::date - ${far + 1}::int) else since_day end
      group by 1, 2, 3, 5
    )
    select asked.member_id, is_held, tier_id, since, review_on, grace_from, cause, from_tier_id, from_since,
      from_review_on, invitation_id, counted.measure, counted.counted_on, counted.order_key, counted.amount
    from asked left join counted on counted.member_id = asked.member_id`)
  const accounts = new Map<string, Account>()
  for (const row of rows) {
    let account = accounts.get(row.member_id)
    if (!account) {
      account = {
        member_id: row.member_id,
        held: heldOf(law, row),
        is_held: row.is_held,
        days: [],
        last_day: '',
        history: [],
        decisions: [],
      }
      accounts.set(row.member_id, account)
    }
    if (row.amount === null) continue
    const { counted_on: day, measure, order_key: order, amount } = row
    account.days.push({ day, measure: measure!, order, amount })
    if (day !== null && day > account.last_day) account.last_day = day
  }
  return accounts
}

/**
 * The order that a row of progress belongs to, unless it is a supplement's: that is no purchase of its own. Who climbs
 * by a company's order may not be whose order it is.
 */
export const orderKey = sql`(
  select keyed.order_id from (select case progress.source when 'order' then progress.source_id
    when 'refund' then split_part(progress.source_id, ':', 2) end as order_id) keyed
  where progress.measure = 'spend' and keyed.order_id <> 'unmatched' and not exists (
    select from orders o where o.member_id = progress.member_id and o.order_id::text = keyed.order_id
      and o.kind = 'supplement') and not exists (
    select from order_parties p join orders o on o.member_id = p.member_id and o.adds_to = p.order_id
    where p.climber_id = progress.member_id and o.order_id::text = keyed.order_id))`

function rankOf(law: Law, tier_id: string | null): number {
  return law.tiers.find((tier) => tier.tier_id === tier_id)?.rank ?? 0
}

/** A row as decisions see it. */
export function heldOf(law: Law, row: HeldRow): Held {
  if (!row.tier_id) return start
  return {
    rank: rankOf(law, row.tier_id),
    since: row.since,
    review_on: row.review_on,
    grace_from: row.grace_from,
    invitation_id: row.invitation_id,
    cause:
      row.cause === null
        ? null
        : {
            id: row.cause,
            from_rank: rankOf(law, row.from_tier_id),
            from_since: row.from_since,
            from_review_on: row.from_review_on,
          },
  }
}

/**
 * Accounts for a set of moves. Who has moves before the tier now held, or before progress already booked, is read a
 * second time, whole and with the history of his tiers.
 */
export async function accountsFor(
  tx: Tx,
  law: Law,
  wanted: readonly (Wanted & { first_at: Date })[],
): Promise<Map<string, Account>> {
  const accounts = await readAccounts(tx, law, wanted)
  const late = wanted.filter((one) => {
    const account = accounts.get(one.member_id)!
    return account.last_day > one.last_day || (account.held.since !== null && account.held.since > one.first_at)
  })
  if (late.length === 0) return accounts
  const again = await readAccounts(
    tx,
    law,
    late.map((one) => {
      const { last_day } = accounts.get(one.member_id)!
      return { ...one, whole: true, last_day: last_day > one.last_day ? last_day : one.last_day }
    }),
  )
  for (const [member_id, account] of again) accounts.set(member_id, account)
  const changes = await tx.rows<{
    member_id: string
    occurred_at: Date
    from_tier_id: string
    to_tier_id: string
  }>(sql`
    select member_id, occurred_at, from_tier_id, to_tier_id from tier_changes
    where member_id = any (${late.map((one) => one.member_id)}::uuid[]) order by member_id, change_id`)
  for (const change of changes) {
    accounts.get(change.member_id)!.history.push({
      occurred_at: change.occurred_at,
      from_rank: rankOf(law, change.from_tier_id),
      to_rank: rankOf(law, change.to_tier_id),
    })
  }
  return accounts
}

/** A row of `tier_progress` about to be written. */
export interface ProgressRow {
  member_id: string
  /** `order` or `refund`; of experience: who gave it. */
  source: string
  source_id: string
  measure: Stored
  occurred_at: Date
  counted_on: string
  amount: number
  rule_version: number
  /** What experience was given for. */
  reason?: string | null
}

/** Writes progress, tiers now held and changes, in one statement; then tells of reached and lost tiers. */
export async function writeAccounts(
  tx: Tx,
  law: Law,
  written: { progress: readonly ProgressRow[]; accounts: readonly Account[] },
): Promise<void> {
  const moved = written.accounts.filter((account) => account.decisions.length > 0)
  const few = written.progress.length < copy_rows_min ? written.progress : []
  if (few.length < written.progress.length) await copyProgress(tx, written.progress)
  const progress = progressSql(tx, few)
  if (moved.length === 0) {
    if (few.length > 0) tx.send(progress)
    return
  }
  const written_rows = await tx.row<{ held: number }>(sql`
    with booked as (${few.length > 0 ? progress : sql`select 1`}),
    ${heldSql(law, moved)},
    changed as (${changesSql(tx, law, moved)})
    select (select count(*) from updated)::int + (select count(*) from inserted)::int as held`)
  // somebody who held no tier when this was decided holds one now: decided anew, in a new transaction
  if (written_rows!.held < moved.length) throw new TryAgain('a tier was given meanwhile')
  await facts.write(
    tx,
    moved.flatMap((account) =>
      account.decisions
        .filter(({ kind }) => kind !== null)
        .map((decision) => ({
          name: isUp(law, decision.why.params) ? 'tier.reached' : 'tier.lost',
          member_id: account.member_id,
          occurred_at: decision.occurred_at,
          data: {
            from: decision.why.params['from'] ?? null,
            to: decision.why.params['tier'] ?? null,
            rule_version: decision.why.rule_version,
            code: decision.why.codes[0],
          },
        })),
    ),
  )
}

function isUp(law: Law, params: Record<string, unknown>): boolean {
  const rank = (code: unknown) => law.tiers.findIndex((tier) => tier.code === code)
  return rank(params['tier']) > rank(params['from'])
}

function progressSql(tx: Tx, rows: readonly ProgressRow[]): Sql {
  return sql`
    insert into tier_progress (member_id, source, source_id, measure, occurred_at, counted_on, amount, rule_version,
      reason, recorded_at)
    select *, ${tx.now}::timestamptz from unnest(
      ${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.source_id)}::text[], ${rows.map((row) => row.measure)}::text[],
      ${rows.map((row) => row.occurred_at)}::timestamptz[],
      ${rows.map((row) => row.counted_on)}::date[], ${rows.map((row) => row.amount)}::bigint[],
      ${rows.map((row) => row.rule_version)}::int[], ${rows.map((row) => row.reason ?? null)}::text[])`
}

function copyProgress(tx: Tx, rows: readonly ProgressRow[]): Promise<void> {
  return copyBinary(
    tx,
    `copy tier_progress (member_id, source, source_id, measure, occurred_at, counted_on, amount, rule_version, reason,
      recorded_at)`,
    rows,
    (out, row) => {
      out.row(10)
      out.uuid(row.member_id)
      out.text(row.source)
      out.text(row.source_id)
      out.text(row.measure)
      out.instant(row.occurred_at)
      out.day(row.counted_on)
      out.bigint(row.amount)
      out.int(row.rule_version)
      out.text(row.reason ?? null)
      out.instant(tx.now)
    },
  )
}

function heldSql(law: Law, moved: readonly Account[]): Sql {
  const tierId = (rank: number | undefined) => (rank === undefined ? null : law.tiers[rank]!.tier_id)
  const helds = moved.map(({ held }) => held)
  const last = moved.map(({ decisions }) => decisions.at(-1)!)
  return sql`
    wanted as materialized (
      select * from unnest(
        ${moved.map((account) => account.member_id)}::uuid[], ${helds.map((held) => tierId(held.rank))}::uuid[],
        ${helds.map((held, i) => held.since ?? last[i]!.occurred_at)}::timestamptz[],
        ${helds.map((held) => held.review_on)}::date[], ${helds.map((held) => held.grace_from)}::date[],
        ${helds.map((held) => held.cause?.id ?? null)}::text[],
        ${helds.map((held) => tierId(held.cause?.from_rank))}::uuid[],
        ${helds.map((held) => held.cause?.from_since ?? null)}::timestamptz[],
        ${helds.map((held) => held.cause?.from_review_on ?? null)}::date[],
        ${helds.map((held) => held.invitation_id)}::uuid[],
        ${last.map((decision) => decision.why.rule_version)}::int[],
        ${last.map((decision) => JSON.stringify(decision.why))}::jsonb[],
        ${moved.map((account) => account.is_held)}::boolean[]
      ) as one (member_id, tier_id, since, review_on, grace_from, cause, from_tier_id, from_since, from_review_on,
        invitation_id, rule_version, why, is_held)
    ),
    -- a row that was there is locked by us; one that has come since nobody has looked at
    inserted as (
      insert into member_tiers (member_id, tier_id, since, review_on, grace_from, cause, from_tier_id, from_since,
        from_review_on, invitation_id, rule_version, why)
      select member_id, tier_id, since, review_on, grace_from, cause, from_tier_id, from_since, from_review_on,
        invitation_id, rule_version, why from wanted where not is_held
      on conflict do nothing
      returning member_id
    ),
    updated as (
      update member_tiers held set tier_id = wanted.tier_id, since = wanted.since, review_on = wanted.review_on,
        grace_from = wanted.grace_from, cause = wanted.cause, from_tier_id = wanted.from_tier_id,
        from_since = wanted.from_since, from_review_on = wanted.from_review_on,
        invitation_id = wanted.invitation_id, rule_version = wanted.rule_version, why = wanted.why
      from wanted where held.member_id = wanted.member_id and wanted.is_held
      returning held.member_id
    )`
}

function changesSql(tx: Tx, law: Law, moved: readonly Account[]): Sql {
  const idOf = (code: unknown) => law.tiers.find((tier) => tier.code === code)?.tier_id ?? null
  const changes = moved.flatMap((account) =>
    account.decisions
      .filter(({ kind }) => kind !== null)
      .map((decision) => ({ member_id: account.member_id, decision })),
  )
  const whys = changes.map(({ decision }) => decision.why)
  return sql`
    insert into tier_changes (member_id, from_tier_id, to_tier_id, kind, occurred_at, recorded_at, rule_version, why)
    select member_id, from_tier_id, to_tier_id, kind, occurred_at, ${tx.now}::timestamptz, rule_version, why
      from unnest(
      ${changes.map((change) => change.member_id)}::uuid[], ${whys.map((why) => idOf(why.params['from']))}::uuid[],
      ${whys.map((why) => idOf(why.params['tier']))}::uuid[], ${changes.map(({ decision }) => decision.kind)}::text[],
      ${changes.map(({ decision }) => decision.occurred_at)}::timestamptz[],
      ${whys.map((why) => why.rule_version)}::int[], ${whys.map((why) => JSON.stringify(why))}::jsonb[]
    ) as change (member_id, from_tier_id, to_tier_id, kind, occurred_at, rule_version, why)`
}

/** One day's look at some members: the present, for reviews and for applying a rule. */
export function wantedToday(tx: Tx, law: Law, member_ids: readonly string[]): Wanted[] {
  const day = dayOf(tx.now, law.zone)
  return [...member_ids]
    .sort()
    .map((member_id) => ({ member_id, first_day: day, last_day: day, whole: true, refunds: false }))
}

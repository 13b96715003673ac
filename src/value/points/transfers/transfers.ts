/**
 * Members give points to each other. Who gives and who receives are locked together, in sorted order; both sides are
 * entries of the ledger that say whom it was with; lots keep their last days. Off until a rule switches it on.
 */
import { actorText } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import * as facts from '../../../base/facts.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { sql } from '../../../base/sql.ts'
import { calledOff, inForceSql, type ListedVersion } from '../../../base/versions.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { audit, callOffVersion } from '../../../record/staff/staff.ts'
import { lock } from '../locking.ts'
import { adjust } from '../points.ts'
import { arriving, feeOf, refusalOf, type GivenSoFar, type Part } from './rules.ts'
import type { Transfer, TransferOutcome, TransferRule, TransferRuleVersion } from './types.ts'

/** What the entries of both sides are called in the ledger; their number is that of the transfer. */
export const source = 'transfer'
/** Any number: whoever adds a version holds it until the transaction ends. */
const versionsLock = 5_267_118_412

export type TransferRuleRow = TransferRuleVersion & ListedVersion

/** All versions, newest first. */
export async function transferRules(db: Reader, now: Date): Promise<TransferRuleRow[]> {
  return db.rows<TransferRuleRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('point_transfer_rules', now)} as in_force
    from point_transfer_rules order by version desc`)
}

/** Adds a version, from now or later on; answers its number. Throws `point_transfer_rule.in_past`. */
export async function addTransferRule(
  tx: Tx,
  input: { rule: TransferRule; note?: string | undefined; effective_from?: Date | undefined },
): Promise<number> {
  const effective_from = input.effective_from ?? tx.now
  if (effective_from < tx.now)
    throw new AppError('point_transfer_rule.in_past', { effective_from: effective_from.toISOString() })
  await tx.run(sql`select pg_advisory_xact_lock(${versionsLock}::bigint)`)
  const added = await tx.row<{ version: number }>(sql`
    insert into point_transfer_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from point_transfer_rules returning version`)
  const noun_id = String(added!.version)
  await audit(tx, [
    { action: 'point_transfer_rule.added', noun: 'point_transfer_rules', noun_id, after: { ...input.rule } },
  ])
  return added!.version
}

/**
 * Calls off a version that has not begun. Throws `point_transfer_rule.not_found`,
 * `point_transfer_rule.already_begun`.
 */
export function callOffTransferRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'point_transfer_rules', code: 'point_transfer_rule.already_begun', version })
}

const keyOf = (want: { from: string; source: string; source_id: string }) =>
  `${want.from} ${want.source} ${want.source_id}`

interface Known {
  transfer_id: string
  to: string
  points: number
  fee: number
}

async function knownOf(tx: Tx, wants: readonly Transfer[]): Promise<Map<string, Known>> {
  const rows = await tx.rows<Known & { from: string; source: string; source_id: string }>(sql`
    select one.member_id as "from", one.source, one.source_id, one.transfer_id, one.to_member_id as "to", one.points,
      one.fee
    from unnest(${wants.map((want) => want.from)}::uuid[], ${wants.map((want) => want.source)}::text[],
      ${wants.map((want) => want.source_id)}::text[]) as want (member_id, source, source_id)
    join point_transfers one on one.member_id = want.member_id and one.source = want.source
      and one.source_id = want.source_id`)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

interface Periods {
  day: string
  month: string
}

async function countsOf(tx: Tx, wants: readonly Transfer[], periods: Periods): Promise<Map<string, GivenSoFar>> {
  const rows = await tx.rows<{ member_id: string; day: number; month: number }>(sql`
    select member_id, coalesce(sum(points) filter (where period = ${periods.day}::text), 0)::bigint as day,
      coalesce(sum(points) filter (where period = ${periods.month}::text), 0)::bigint as month
    from point_transfer_counts where member_id = any (${wants.map((want) => want.from)}::uuid[])
      and period in (${periods.day}::text, ${periods.month}::text)
    group by member_id`)
  return new Map(rows.map((row) => [row.member_id, row]))
}

async function membersAmong(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    select member_id from members where member_id = any (${ids}::uuid[]) and kind = 'member' and merged_into is null
      and erased_at is null`)
  return new Set(rows.map((row) => row.member_id))
}

interface Decided {
  index: number
  want: Transfer
  transfer_id: string
  fee: number
}

/**
 * Gives points from member to member: once for ever by (from, source, source_id). Outcomes in the order asked;
 * refused: `points.transfer_off`, `.transfer_self`, `.transfer_unknown`, `.transfer_below_minimum`, `.transfer_limit`,
 * `points.insufficient`, `points.source_reused` (the same name for another amount or member).
 */
export async function transfer(tx: Tx, wants: readonly Transfer[]): Promise<TransferOutcome[]> {
  if (wants.length === 0) return []
  const people = [...new Set(wants.flatMap(({ from, to }) => [from, to]))]
  const members = await membersAmong(tx, people)
  await lock(tx, [...members])
  const version = (await transferRules(tx, tx.now)).find((one) => one.in_force) ?? null
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const periods = { day, month: day.slice(0, 7) }
  const [known, counts] = [await knownOf(tx, wants), await countsOf(tx, wants, periods)]
  const decided: Decided[] = []
  const outcomes = wants.map((want, index): TransferOutcome => {
    const before = known.get(keyOf(want))
    if (before) return repeated(want, before, index)
    const given = counts.get(want.from) ?? { day: 0, month: 0 }
    const refused = strangers(want, members) ?? refusalOf(want.points, version?.rule ?? null, given)
    if (refused) return { index, outcome: 'refused', ...refused }
    const fee = feeOf(want.points, version!.rule)
    const transfer_id = uuidv7(tx.now)
    counts.set(want.from, { day: given.day + want.points, month: given.month + want.points })
    known.set(keyOf(want), { transfer_id, to: want.to, points: want.points, fee })
    decided.push({ index, want, transfer_id, fee })
    return { index, outcome: 'booked', transfer_id, received: want.points - fee }
  })
  const taken = await take(tx, decided, outcomes)
  if (taken.length > 0) await bring(tx, taken, { version: version!, periods })
  return outcomes
}

function repeated(want: Transfer, before: Known, index: number): TransferOutcome {
  const { transfer_id, to, points, fee } = before
  if (to === want.to && points === want.points)
    return { index, outcome: 'unchanged', transfer_id, received: points - fee }
  return { index, outcome: 'refused', code: 'points.source_reused', params: { source_id: want.source_id, points } }
}

function strangers({ from, to }: Transfer, members: ReadonlySet<string>) {
  if (from === to) return { code: 'points.transfer_self', params: {} }
  return members.has(from) && members.has(to) ? null : { code: 'points.transfer_unknown', params: {} }
}

/** Takes the points from who gives; who has too few is refused. Answers the others, each with its entry. */
async function take(
  tx: Tx,
  decided: readonly Decided[],
  outcomes: TransferOutcome[],
): Promise<(Decided & { entry_id: number })[]> {
  const booked = await adjust(
    tx,
    decided.map(({ want, transfer_id }) => ({
      member_id: want.from,
      points: -want.points,
      reason: want.note ?? '',
      given_by: { kind: 'member' as const, id: want.to },
      source,
      source_id: transfer_id,
    })),
  )
  return decided.flatMap((one, i) => {
    const { outcome, code, params, entry_id } = booked[i]!
    if (outcome === 'booked') return [{ ...one, entry_id: entry_id! }]
    outcomes[one.index] = { index: one.index, outcome: 'refused', code: code!, params: params ?? {} }
    return []
  })
}

/** Brings what was taken to who receives it, lot by lot, and writes the transfers down. */
async function bring(
  tx: Tx,
  taken: readonly (Decided & { entry_id: number })[],
  { version, periods }: { version: TransferRuleVersion; periods: Periods },
): Promise<void> {
  const parts = await tx.rows<Part & { nth: number }>(sql`
    select wanted.nth::int as nth, -part.points as points, lot.expires_on
    from unnest(${taken.map(({ want }) => want.from)}::uuid[], ${taken.map(({ entry_id }) => entry_id)}::bigint[])
      with ordinality as wanted (member_id, entry_id, nth)
    join point_entry_lots part on part.member_id = wanted.member_id and part.entry_id = wanted.entry_id
    join point_lots lot on lot.member_id = part.member_id and lot.lot_id = part.lot_id`)
  const ofTransfer = (nth: number) => parts.filter((part) => part.nth === nth + 1)
  await adjust(
    tx,
    taken.flatMap(({ want, transfer_id, fee }, i) =>
      arriving(ofTransfer(i), fee).map(({ points, expires_on }) => ({
        member_id: want.to,
        points,
        reason: want.note ?? '',
        given_by: { kind: 'member' as const, id: want.from },
        source,
        source_id: `${transfer_id}:${expires_on ?? ''}`,
        expires_on,
      })),
    ),
  )
  await Promise.all([write(tx, taken, version.version), count(tx, taken, version.rule, periods)])
  await facts.write(
    tx,
    taken.flatMap(({ want: { from, to, points }, fee, transfer_id }) => [
      fact(tx, 'points.transferred', from, { transfer_id, points, fee, to_member_id: to }),
      fact(tx, 'points.received', to, { transfer_id, points: points - fee, from_member_id: from }),
    ]),
  )
}

function fact(tx: Tx, name: string, member_id: string, data: facts.Fact['data']): facts.Fact {
  return { name, member_id, occurred_at: tx.now, data }
}

async function write(tx: Tx, taken: readonly Decided[], version: number): Promise<void> {
  const of = <T>(pick: (want: Transfer) => T) => taken.map(({ want }) => pick(want))
  await tx.run(sql`
    insert into point_transfers (member_id, transfer_id, to_member_id, points, fee, source, source_id, note,
      rule_version, given_at, actor)
    select one.*, ${version}::int, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text
    from unnest(${of((want) => want.from)}::uuid[], ${taken.map((one) => one.transfer_id)}::uuid[],
      ${of((want) => want.to)}::uuid[], ${of((want) => want.points)}::bigint[],
      ${taken.map((one) => one.fee)}::bigint[],
      ${of((want) => want.source)}::text[], ${of((want) => want.source_id)}::text[],
      ${of((want) => want.note ?? '')}::text[]) as one`)
}

/** Adds what was given to its day and month; the database refuses what would go beyond a limit. */
async function count(tx: Tx, taken: readonly Decided[], rule: TransferRule, periods: Periods): Promise<void> {
  await tx.run(sql`
    insert into point_transfer_counts as counted (member_id, period, points, allowed)
    select given.member_id, period.name, sum(given.points)::bigint, period.allowed
    from unnest(${taken.map(({ want }) => want.from)}::uuid[], ${taken.map(({ want }) => want.points)}::bigint[])
      as given (member_id, points)
    cross join (values (${periods.day}::text, ${rule.limits.day ?? null}::bigint),
      (${periods.month}::text, ${rule.limits.month ?? null}::bigint)) as period (name, allowed)
    group by 1, 2, 4 order by 1, 2
    on conflict (member_id, period) do update set points = counted.points + excluded.points,
      allowed = excluded.allowed`)
}

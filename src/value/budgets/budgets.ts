/**
 * What can be done with budgets: envelopes that reserve before they promise and stop at zero. Verbs lock the
 * envelopes in sorted order, decide in memory (rules.ts) and write; README.md says what holds whatever happens.
 */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { audit, differenceOf } from '../../record/staff/staff.ts'
import { decideEnds, decideRefunds, decideReserves, isAmount, type Known } from './rules.ts'
import type { Budget, BudgetChanges, BudgetOutcome, Envelope, NewBudget, Promised, Reserve, TopUp } from './types.ts'

export { checks } from './checks.ts'
export { refusalOf } from './rules.ts'

const left = sql`(amount_minor - reserved_minor - spent_minor)::float8 as left_minor`
const columns = sql`budget_id, name, amount_minor, reserved_minor::float8 as reserved_minor,
  spent_minor::float8 as spent_minor, ${left}, from_on, to_on, created_at`

/** A brand's envelopes fit on one page of a list. */
const list_max = 1_000

/** Every budget, newest first. */
export async function all(db: Reader): Promise<Budget[]> {
  return db.rows<Budget>(sql`select ${columns} from budgets order by created_at desc, budget_id desc
    limit ${list_max}::int`)
}

/** One budget. Throws `budget.not_found`. */
export async function budgetOf(db: Reader, budget_id: string): Promise<Budget> {
  const found = await db.row<Budget>(sql`select ${columns} from budgets where budget_id = ${budget_id}::uuid`)
  if (!found) throw new AppError('budget.not_found', { budget_id })
  return found
}

/** Opens an envelope, from today and without end unless said. Throws `budget.days_invalid`. */
export async function create(tx: Tx, input: NewBudget): Promise<Budget> {
  const { time_zone } = await program.current(tx)
  const from_on = input.from_on ?? dayOf(tx.now, time_zone)
  const to_on = input.to_on ?? null
  checkDays(from_on, to_on)
  const made = await tx.row<Budget>(sql`
    insert into budgets (name, amount_minor, from_on, to_on, created_at, updated_at)
    values (${input.name.trim()}::text, ${input.amount_minor}::bigint, ${from_on}::date, ${to_on}::date,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    returning ${columns}`)
  const { budget_id, name, amount_minor } = made!
  if (amount_minor > 0) await writeChange(tx, budget_id, { amount_minor })
  const after = { name, amount_minor, from_on, to_on }
  await audit(tx, [{ action: 'budget.created', noun: 'budgets', noun_id: budget_id, after }])
  return made!
}

function checkDays(from_on: string, to_on: string | null): void {
  if (to_on !== null && to_on < from_on) throw new AppError('budget.days_invalid', { from_on, to_on })
}

async function writeChange(tx: Tx, budget_id: string, change: TopUp): Promise<void> {
  await tx.run(sql`
    insert into budget_changes (budget_id, amount_minor, note, at, actor)
    values (${budget_id}::uuid, ${change.amount_minor}::bigint, ${change.note ?? ''}::text, ${tx.now}::timestamptz,
      ${actorText(tx.actor)}::text)`)
}

/** Renames a budget or moves its days; promises made stay. Throws `budget.not_found`, `budget.days_invalid`. */
export async function update(tx: Tx, budget_id: string, changes: BudgetChanges): Promise<Budget> {
  const before = await locked(tx, budget_id)
  const after = { ...before, ...changes }
  checkDays(after.from_on, after.to_on)
  await tx.run(sql`
    update budgets set name = ${after.name.trim()}::text, from_on = ${after.from_on}::date,
      to_on = ${after.to_on}::date, updated_at = ${tx.now}::timestamptz
    where budget_id = ${budget_id}::uuid`)
  const difference = differenceOf({ ...before }, { ...after })
  await audit(tx, [{ action: 'budget.updated', noun: 'budgets', noun_id: budget_id, ...difference }])
  return budgetOf(tx, budget_id)
}

async function locked(tx: Tx, budget_id: string): Promise<Budget> {
  const found = await tx.row<Budget>(sql`
    select ${columns} from budgets where budget_id = ${budget_id}::uuid for update`)
  if (!found) throw new AppError('budget.not_found', { budget_id })
  return found
}

/**
 * Puts money in, or takes out the whole part of what is left. Throws `budget.not_found`, `budget.amount_invalid`,
 * `budget.promised_already` ({left_minor}, what may be taken out).
 */
export async function topUp(tx: Tx, budget_id: string, change: TopUp): Promise<Budget> {
  const before = await locked(tx, budget_id)
  // people move whole units
  const left_minor = Math.floor(before.left_minor)
  if (left_minor + change.amount_minor < 0) throw new AppError('budget.promised_already', { left_minor })
  const amount_minor = before.amount_minor + change.amount_minor
  if (!isAmount(amount_minor)) throw new AppError('budget.amount_invalid', { amount_minor })
  await tx.run(sql`
    update budgets set amount_minor = ${amount_minor}::bigint, updated_at = ${tx.now}::timestamptz
    where budget_id = ${budget_id}::uuid`)
  await writeChange(tx, budget_id, change)
  const sides = { before: { amount_minor: before.amount_minor }, after: { amount_minor } }
  await audit(tx, [{ action: 'budget.topped_up', noun: 'budgets', noun_id: budget_id, ...sides }])
  return budgetOf(tx, budget_id)
}

/** Locks envelopes, in sorted order so that parallel callers never wait in a circle, and says what each has left. */
export async function lock(tx: Tx, budget_ids: readonly string[]): Promise<Map<string, Envelope>> {
  const wanted = [...new Set(budget_ids)].sort()
  if (wanted.length === 0) return new Map()
  const rows = await tx.rows<Envelope & { budget_id: string }>(sql`
    select budget_id, ${left}, from_on, to_on
    from budgets where budget_id = any (${wanted}::uuid[]) order by budget_id for update`)
  return new Map(rows.map(({ budget_id, ...envelope }) => [budget_id, envelope]))
}

const keyOf = (one: Promised) => [one.budget_id, one.member_id, one.source, one.source_id].join(' ')

async function knownOf(tx: Tx, wants: readonly Promised[]): Promise<Map<string, Known>> {
  const rows = await tx.rows<Known & Promised>(sql`
    with wanted as materialized (
      select distinct * from unnest(${wants.map((want) => want.member_id)}::uuid[],
        ${wants.map((want) => want.budget_id)}::uuid[], ${wants.map((want) => want.source)}::text[],
        ${wants.map((want) => want.source_id)}::text[]) as want (member_id, budget_id, source, source_id)
    )
    select wanted.*, (max(entry.reserved_minor) filter (where entry.kind = 'reserve'))::float8 as reserved_minor,
      max(entry.kind) filter (where entry.kind in ('settle', 'release')) as closed_as,
      coalesce(sum(entry.spent_minor) filter (where entry.kind <> 'refund'), 0)::float8 as spent_minor,
      -(max(entry.spent_minor) filter (where entry.kind = 'refund'))::float8 as refunded_minor
    from wanted join budget_entries entry on entry.member_id = wanted.member_id
      and entry.budget_id = wanted.budget_id and entry.source = wanted.source and entry.source_id = wanted.source_id
    group by wanted.member_id, wanted.budget_id, wanted.source, wanted.source_id`)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** Writes entries and moves the envelopes by their sums, in one statement. The database refuses to go below zero. */
async function write(tx: Tx, rows: readonly (Reserve & { kind: string; reserved: number; spent: number })[]) {
  if (rows.length === 0) return
  await tx.run(sql`
    with entry as materialized (
      select * from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.budget_id)}::uuid[],
        ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.reserved)}::numeric[],
        ${rows.map((row) => row.spent)}::numeric[], ${rows.map((row) => row.source)}::text[],
        ${rows.map((row) => row.source_id)}::text[])
        as entry (member_id, budget_id, kind, reserved_minor, spent_minor, source, source_id)
    ),
    kept as (
      insert into budget_entries (member_id, budget_id, kind, reserved_minor, spent_minor, source, source_id, at, actor)
      select member_id, budget_id, kind, reserved_minor, spent_minor, source, source_id, ${tx.now}::timestamptz,
        ${actorText(tx.actor)}::text
      from entry
    )
    update budgets set reserved_minor = budgets.reserved_minor + moved.reserved,
      spent_minor = budgets.spent_minor + moved.spent, updated_at = ${tx.now}::timestamptz
    from (select budget_id, sum(reserved_minor) as reserved, sum(spent_minor) as spent
      from entry group by budget_id) moved
    where budgets.budget_id = moved.budget_id`)
}

/**
 * Promises from envelopes; in the order given, each once for ever by (member, budget, source, source_id). Refused, not
 * thrown: `budget.exhausted` ({left_minor}), `budget.not_open`, `budget.not_found`, `budget.source_reused`.
 */
export async function reserve(tx: Tx, wants: readonly Reserve[]): Promise<BudgetOutcome[]> {
  if (wants.length === 0) return []
  const { time_zone } = await program.current(tx)
  const envelopes = await lock(
    tx,
    wants.map((want) => want.budget_id),
  )
  const known = await knownOf(tx, wants)
  const outcomes = decideReserves(wants, { envelopes, known, keyOf, day: dayOf(tx.now, time_zone) })
  const booked = wants.filter((_want, i) => outcomes[i]!.outcome === 'booked')
  await write(
    tx,
    booked.map((want) => ({ ...want, kind: 'reserve', reserved: want.amount_minor, spent: 0 })),
  )
  return outcomes
}

/**
 * Turns promises into what they truly cost, which may be less or more. Refused: `budget.reservation_not_found`,
 * `budget.reservation_closed`, `budget.exhausted`.
 */
export async function settle(tx: Tx, wants: readonly Reserve[]): Promise<BudgetOutcome[]> {
  return end(tx, wants, 'settle')
}

/** Takes promises back. Refused: `budget.reservation_not_found`, `budget.reservation_closed` (it was settled). */
export async function release(tx: Tx, wants: readonly Promised[]): Promise<BudgetOutcome[]> {
  return end(
    tx,
    wants.map((want) => ({ ...want, amount_minor: 0 })),
    'release',
  )
}

/**
 * Gives back to envelopes what was spent on something that came back unused: once a promise, never more than was spent,
 * also after the envelope's last day. Refused: `budget.reservation_not_found` (nothing was spent),
 * `budget.reservation_closed` (another amount came back before), `budget.refund_too_much`.
 */
export async function refund(tx: Tx, wants: readonly Reserve[]): Promise<BudgetOutcome[]> {
  if (wants.length === 0) return []
  await lock(
    tx,
    wants.map((want) => want.budget_id),
  )
  const outcomes = decideRefunds(wants, { known: await knownOf(tx, wants), keyOf })
  const booked = wants.filter((_want, i) => outcomes[i]!.outcome === 'booked')
  await write(
    tx,
    booked.map((want) => ({ ...want, kind: 'refund', reserved: 0, spent: -want.amount_minor })),
  )
  return outcomes
}

async function end(tx: Tx, wants: readonly Reserve[], kind: 'settle' | 'release'): Promise<BudgetOutcome[]> {
  if (wants.length === 0) return []
  const envelopes = await lock(
    tx,
    wants.map((want) => want.budget_id),
  )
  const known = await knownOf(tx, wants)
  const outcomes = decideEnds(wants, kind, { envelopes, known, keyOf })
  const booked = wants.filter((_want, i) => outcomes[i]!.outcome === 'booked')
  const promised = (want: Reserve) => known.get(keyOf(want))!.reserved_minor
  await write(
    tx,
    booked.map((want) => ({ ...want, kind, reserved: -promised(want), spent: want.amount_minor })),
  )
  return outcomes
}

/**
 * Moments of the calendar by the clock: a day's work costs by who is due. A piece of it is one transaction, in which
 * its gifts and how far the run has come are written together; what was cut off goes on there, and what was given is
 * never given again.
 */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { dueSql, type Due } from './due.ts'
import { dueCandidates } from './events.ts'
import { handOut, type Standing } from './giving.ts'
import { daysDue, isEverybodys } from './rules.ts'

/** Members in one transaction: a second at most, so that a kill loses little and orders wait little. */
export const given_at_once = 2_000

interface Run extends Standing {
  done_through: string | null
  running_on: string | null
  running_day: string | null
  running_after: string | null
}

/**
 * Gives the next of what is due today, at most `limit` members; answers whether something may be left. Who missed days
 * (the server was down, the moment was made late) is given what is still inside its window.
 */
export async function giveDue(tx: Tx, limit = given_at_once): Promise<boolean> {
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const run = await tx.row<Run>(sql`
    select r.*, m.names, m.version, v.rule
    from moment_runs r
    join moments m on m.moment_id = r.moment_id and m.status = 'active'
    join moment_versions v on v.moment_id = m.moment_id and v.version = m.version
    where r.done_through is null or r.done_through < ${today}::date
    order by r.moment_id limit 1 for update of r skip locked`)
  if (!run) return false
  const all = daysDue(run.rule, today, run.done_through)
  const isGoingOn = run.running_on === today && run.running_day !== null
  const left = isGoingOn ? all.filter((day) => day >= run.running_day!) : all
  if (left.length === 0) return finish(tx, run, today)
  // everybody of one day is found in the order of ids; of personal days all at once
  const days = isEverybodys(run.rule.when) ? left.slice(0, 1) : left
  const due = await dueAfter(tx, run, { days, zone: time_zone, after: isGoingOn ? run.running_after : null, limit })
  await handOut(tx, dueCandidates(run, due))
  if (due.length === limit) return note(tx, run, today, due.at(-1)!.day, due.at(-1)!.member_id)
  const next = left[days.length]
  return next === undefined ? finish(tx, run, today) : note(tx, run, today, next, null)
}

async function dueAfter(
  tx: Tx,
  run: Run,
  { days, zone, after, limit }: { days: readonly string[]; zone: string; after: string | null; limit: number },
): Promise<Due[]> {
  const { rule } = run
  // behind this member on the first of these days, or on a later one
  const behind = isEverybodys(rule.when)
    ? sql`m.member_id > ${after ?? first_id}::uuid`
    : sql`(key.day, m.member_id) > (${days[0]!}::date, ${after ?? first_id}::uuid)`
  const order = isEverybodys(rule.when) ? sql`m.member_id` : sql`key.day, m.member_id`
  return tx.rows<Due>(sql`
    ${dueSql({ rule, days, zone, now: tx.now }, sql`m.member_id, key.day`, behind)}
    order by ${order} limit ${limit}::int`)
}

/** Before every id. */
const first_id = '00000000-0000-0000-0000-000000000000'

async function note(tx: Tx, run: Run, today: string, day: string, after: string | null): Promise<true> {
  await tx.run(sql`
    update moment_runs set running_on = ${today}::date, running_day = ${day}::date, running_after = ${after}::uuid
    where moment_id = ${run.moment_id}::uuid`)
  return true
}

async function finish(tx: Tx, run: Run, today: string): Promise<true> {
  await tx.run(sql`
    update moment_runs set done_through = ${today}::date, running_on = null, running_day = null, running_after = null
    where moment_id = ${run.moment_id}::uuid`)
  return true
}

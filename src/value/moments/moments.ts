/**
 * What can be done with moments: make and change them (a change is a new version, for what is given from then on), stop
 * and take them up again. Giving itself is nobody's verb: events.ts follows what members do, clock.ts the calendar.
 * README.md says what holds whatever happens.
 */
import { isDeepStrictEqual } from 'node:util'
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { audit } from '../../record/staff/staff.ts'
import { faultsOf } from './faults.ts'
import { retry } from './giving.ts'
import { isOfCalendar } from './rules.ts'
import type { Moment, MomentChanges, NewMoment } from './types.ts'

export { checks } from './checks.ts'
export { giveDue, given_at_once } from './clock.ts'
export { whyCodes } from './rules.ts'

/** Refused gifts tried again in one call. */
const retried_max = 1_000

/** Makes a moment, alive from now on. Throws `moment.rule_invalid`. */
export async function create(tx: Tx, { names, rule }: NewMoment): Promise<Moment> {
  await insistOn(tx, { names, rule })
  const made = await tx.row<{ moment_id: string }>(sql`
    with made as (
      insert into moments (names, active_since, created_at, updated_at)
      values (${JSON.stringify(names)}::jsonb, ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz)
      returning moment_id
    )
    insert into moment_versions (moment_id, version, rule, actor, created_at)
    select moment_id, 1, ${JSON.stringify(rule)}::jsonb, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz from made
    returning moment_id`)
  const { moment_id } = made!
  await lookAgain(tx, moment_id, isOfCalendar(rule.when))
  await audit(tx, [{ action: 'moment.created', noun: 'moments', noun_id: moment_id, after: { names, rule } }])
  return find(tx, moment_id)
}

/**
 * Changes a moment; another rule is a new version, what was given stays. Throws as `create`, and `moment.not_found`.
 */
export async function change(tx: Tx, moment_id: string, changes: MomentChanges): Promise<Moment> {
  const locked = await tx.row(sql`select from moments where moment_id = ${moment_id}::uuid for update`)
  if (!locked) throw new AppError('moment.not_found', { moment_id })
  const before = await find(tx, moment_id)
  const after = { ...before, ...changes }
  await insistOn(tx, after)
  // what is stored has its keys in an order of its own
  const isNewRule = changes.rule !== undefined && !isDeepStrictEqual(changes.rule, before.rule)
  const version = before.version + (isNewRule ? 1 : 0)
  const isResumed = before.status === 'stopped' && after.status === 'active'
  if (isNewRule) {
    await tx.run(sql`
      insert into moment_versions (moment_id, version, rule, actor, created_at)
      values (${moment_id}::uuid, ${version}::int, ${JSON.stringify(after.rule)}::jsonb, ${actorText(tx.actor)}::text,
        ${tx.now}::timestamptz)`)
  }
  await tx.run(sql`
    update moments set names = ${JSON.stringify(after.names)}::jsonb, status = ${after.status}::text,
      version = ${version}::int, updated_at = ${tx.now}::timestamptz,
      active_since = case when ${isResumed}::boolean then ${tx.now}::timestamptz else active_since end
    where moment_id = ${moment_id}::uuid`)
  // other windows may be open now: who was given already is not given again
  if (isNewRule || isResumed) await lookAgain(tx, moment_id, isOfCalendar(after.rule.when))
  const shown = ({ names, status, rule }: Moment) => ({ names, status, rule })
  await audit(tx, [
    { action: 'moment.changed', noun: 'moments', noun_id: moment_id, before: shown(before), after: shown(after) },
  ])
  return find(tx, moment_id)
}

/** Lets the next run look at every window that is open. */
async function lookAgain(tx: Tx, moment_id: string, isClocked: boolean): Promise<void> {
  await tx.run(sql`delete from moment_runs where moment_id = ${moment_id}::uuid`)
  if (isClocked) await tx.run(sql`insert into moment_runs (moment_id) values (${moment_id}::uuid)`)
}

/** One moment with its newest rule. Throws `moment.not_found`. */
export async function find(db: Reader, moment_id: string): Promise<Moment> {
  const found = await db.row<Moment>(sql`
    select m.moment_id, m.names, m.version, m.status, v.rule, m.active_since, m.created_at, m.updated_at
    from moments m join moment_versions v on v.moment_id = m.moment_id and v.version = m.version
    where m.moment_id = ${moment_id}::uuid`)
  if (!found) throw new AppError('moment.not_found', { moment_id })
  return found
}

/** Once more what could not be handed out, the first thousand. Throws `moment.not_found`. */
export async function retryRefused(tx: Tx, moment_id: string): Promise<{ given: number; refused: number }> {
  return retry(tx, await find(tx, moment_id), retried_max)
}

async function insistOn(tx: Tx, moment: NewMoment): Promise<void> {
  const errors = await faultsOf(tx, moment)
  if (errors.length > 0) throw new AppError('moment.rule_invalid', { places: errors.length }, { errors })
}

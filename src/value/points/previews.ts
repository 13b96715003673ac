/**
 * Changing a rule shows first what it would change: rebooking, in transactions that are rolled back, some thousand
 * members at a time, so that nobody waits at a till for a preview. Applying takes the same way and commits.
 */
import { actorText } from '../../base/actor.ts'
import type { Db, Tx } from '../../base/db.ts'
import { AppError, coerceError } from '../../base/errors.ts'
import { addJobs, type JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addMonths, dayOf, startOfDay } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { addRule } from './law.ts'
import { previewOf } from './queries.ts'
import { rebook, type Difference } from './rebooking.ts'
import type { PointPreview, PointRule, PointRuleVersion } from './types.ts'

/** Members in one transaction: a month of their orders is some ten thousand rows, under a second of locks. */
export const rebooked_members_max = 2_000

/** Thrown to leave a savepoint without its writes. */
class Undo extends Error {}

/** Orders a preview: a row and a job. Throws `point_rule.invalid` as adding the rule would. */
export async function proposeRule(
  tx: Tx,
  input: { rule: PointRule; from?: string | undefined },
): Promise<PointPreview> {
  const { time_zone } = await program.current(tx)
  const window_from = startOfDay(input.from ?? addMonths(dayOf(tx.now, time_zone), -1), time_zone)
  await tx
    .savepoint(async () => {
      // the checks of adding it are those of proposing it
      await addRule(tx, { rule: input.rule, effective_from: window_from, is_rebooked: true })
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
  const made = await tx.row<{ preview_id: string }>(sql`
    insert into point_rule_previews (status, rule, window_from, actor, created_at)
    values ('waiting', ${JSON.stringify(input.rule)}::jsonb, ${window_from}::timestamptz, ${actorText(tx.actor)}::text,
      ${tx.now}::timestamptz)
    returning preview_id`)
  await addJobs(tx, [{ name: 'points.preview', payload: { preview_id: made!.preview_id }, attempts_max: 3 }])
  return (await previewOf(tx, made!.preview_id))!
}

/** Stops a preview; what it found so far stays to be seen. Throws `point_rule_preview.not_found`, `.wrong_state`. */
export async function cancelPreview(tx: Tx, preview_id: string): Promise<PointPreview> {
  const stopped = await tx.run(sql`
    update point_rule_previews set status = 'cancelled', finished_at = ${tx.now}::timestamptz
    where preview_id = ${preview_id}::uuid and status in ('waiting', 'running')`)
  const preview = await previewOf(tx, preview_id)
  if (!preview) throw new AppError('point_rule_preview.not_found', { preview_id })
  if (stopped === 0) throw new AppError('point_rule_preview.wrong_state', { status: preview.status })
  return preview
}

/** The job: looks at every member with orders in the window. Begins anew where a killed one left off. */
export async function runPreview(preview_id: string, { db, actor, signal }: JobContext): Promise<void> {
  try {
    const begun = await db.tx({ actor }, (tx) => begin(tx, preview_id))
    if (!begun) return
    for (;;) {
      const member_ids = await nextMembers(db, preview_id, 'points_change')
      if (member_ids.length === 0) break
      const differences = await db.tx({ actor, rollback: true, signal }, async (tx) => {
        const { version } = await addRule(tx, {
          rule: begun.rule,
          effective_from: begun.window_from,
          is_rebooked: true,
        })
        return rebook(tx, { version, from: begun.window_from, member_ids })
      })
      if (!(await db.tx({ actor }, (tx) => keep(tx, preview_id, differences)))) return
    }
    await db.tx({ actor }, (tx) => finish(tx, preview_id))
  } catch (thrown) {
    if (signal.aborted) throw thrown
    await fail(db, preview_id, thrown)
  }
}

/** Members of the list that have not been looked at (`points_change`) or not been rebooked (`applied_points`). */
async function nextMembers(
  db: Db | Tx,
  preview_id: string,
  open: 'points_change' | 'applied_points',
): Promise<string[]> {
  const rows = await db.rows<{ member_id: string }>(sql`
    select member_id from point_rule_preview_members
    where preview_id = ${preview_id}::uuid
      and case ${open}::text when 'points_change' then points_change else applied_points end is null
    order by member_id limit ${rebooked_members_max}::int`)
  return rows.map((row) => row.member_id)
}

/** Marks the preview as running and lists its members once; null when it was cancelled meanwhile. */
async function begin(tx: Tx, preview_id: string): Promise<PointPreview | null> {
  const running = await tx.run(sql`
    update point_rule_previews set status = 'running' where preview_id = ${preview_id}::uuid and status in ('waiting',
      'running')`)
  const preview = await previewOf(tx, preview_id)
  if (!preview || running === 0) return null
  if (preview.members_total !== null) return preview
  await listMembers(tx, preview)
  const counted = await tx.row<{ members_total: number }>(sql`
    update point_rule_previews set members_total = (
      select count(*) from point_rule_preview_members where preview_id = ${preview_id}::uuid)
    where preview_id = ${preview_id}::uuid returning members_total`)
  return { ...preview, members_total: counted!.members_total }
}

/** Members with orders in the window; a second time only those who have come since. */
async function listMembers(tx: Tx, preview: PointPreview): Promise<void> {
  await tx.run(sql`
    insert into point_rule_preview_members (preview_id, member_id)
    select distinct ${preview.preview_id}::uuid, orders.member_id
    from orders join members on members.member_id = orders.member_id and members.kind = 'member'
    where orders.occurred_at >= ${preview.window_from}::timestamptz and orders.kind <> 'adjustment'
    on conflict do nothing`)
}

/** Keeps what one rolled-back transaction found; false when the preview was cancelled. */
async function keep(tx: Tx, preview_id: string, differences: readonly Difference[]): Promise<boolean> {
  const alive = await tx.run(sql`
    update point_rule_previews set members_done = members_done + ${differences.length}::int
    where preview_id = ${preview_id}::uuid and status = 'running'`)
  if (alive === 0) return false
  await tx.run(sql`
    update point_rule_preview_members seen set orders = found.orders, points_before = found.points_before,
      points_change = found.points_change
    from unnest(
      ${differences.map((one) => one.member_id)}::uuid[], ${differences.map((one) => one.orders)}::int[],
      ${differences.map((one) => one.points_before)}::bigint[], ${differences.map((one) => one.points_change)}::bigint[]
    ) as found (member_id, orders, points_before, points_change)
    where seen.preview_id = ${preview_id}::uuid and seen.member_id = found.member_id`)
  return true
}

async function finish(tx: Tx, preview_id: string): Promise<void> {
  const { settings } = await program.current(tx)
  await tx.run(sql`
    update point_rule_previews set status = 'done', finished_at = ${tx.now}::timestamptz, totals = (
      select jsonb_build_object(
        'orders', coalesce(sum(orders), 0), 'members_changed', count(*) filter (where points_change <> 0),
        'members_gaining', count(*) filter (where points_change > 0),
        'members_losing', count(*) filter (where points_change < 0),
        'points_before', coalesce(sum(points_before), 0), 'points_change', coalesce(sum(points_change), 0),
        'change_minor', coalesce(sum(points_change), 0) * ${settings.point_value_minor}::float8)
      from point_rule_preview_members where preview_id = ${preview_id}::uuid)
    where preview_id = ${preview_id}::uuid and status = 'running'`)
}

async function fail(db: Db, preview_id: string, thrown: unknown): Promise<void> {
  const error =
    thrown instanceof AppError ? { code: thrown.code, params: thrown.params } : { code: 'server.failed', params: {} }
  await db.run(sql`
    update point_rule_previews set status = 'failed', error = ${JSON.stringify(error)}::jsonb
      where preview_id = ${preview_id}::uuid`)
  throw coerceError(thrown)
}

/** Adds a previewed rule, in force from its window's start, and books the differences by a job. */
export async function applyPreview(
  tx: Tx,
  input: { preview_id: string; note?: string | undefined },
): Promise<PointRuleVersion> {
  const preview = await previewOf(tx, input.preview_id)
  if (!preview) throw new AppError('point_rule_preview.not_found', { preview_id: input.preview_id })
  if (preview.status !== 'done' || preview.applied_version !== null) {
    throw new AppError('point_rule_preview.wrong_state', {
      status: preview.applied_version === null ? preview.status : 'applied',
    })
  }
  const version = await addRule(tx, {
    rule: preview.rule,
    effective_from: preview.window_from,
    note: input.note,
    is_rebooked: true,
  })
  await listMembers(tx, preview)
  await tx.run(sql`
    update point_rule_previews set applied_version = ${version.version}::int
      where preview_id = ${input.preview_id}::uuid`)
  await addJobs(tx, [{ name: 'points.rebook', payload: { preview_id: input.preview_id } }])
  return version
}

/**
 * The job: rebooks the members of an applied preview; each transaction marks those it has done, so a killed one goes
 * on.
 */
export async function runRebooking(preview_id: string, { db, actor, signal }: JobContext): Promise<void> {
  for (;;) {
    const done = await db.tx({ actor, signal }, async (tx) => {
      const preview = (await previewOf(tx, preview_id))!
      const member_ids = await nextMembers(tx, preview_id, 'applied_points')
      if (member_ids.length === 0 || preview.applied_version === null) return true
      const differences = await rebook(tx, {
        version: preview.applied_version,
        from: preview.window_from,
        member_ids,
      })
      await tx.run(sql`
        update point_rule_preview_members seen set applied_points = found.points_change
        from unnest(${differences.map((one) => one.member_id)}::uuid[],
          ${differences.map((one) => one.points_change)}::bigint[])
          as found (member_id, points_change)
        where seen.preview_id = ${preview_id}::uuid and seen.member_id = found.member_id`)
      await tx.run(sql`
        update point_rule_previews set applied_done = applied_done + ${differences.length}::int
        where preview_id = ${preview_id}::uuid`)
      return false
    })
    if (done) return
  }
}

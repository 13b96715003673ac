/**
 * What a proposed rule would change: the real verb over all members in transactions that are rolled back, some
 * thousand members at a time, so that nobody waits at a till for a preview. Applying the rule takes the same way and
 * commits.
 */
import { actorText } from '../../base/actor.ts'
import type { Db, Tx } from '../../base/db.ts'
import { AppError, coerceError } from '../../base/errors.ts'
import { addJobs, type JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addDays, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { addRule, rulesOf } from './law.ts'
import { previewOf } from './queries.ts'
import { ruleAt } from './rules.ts'
import { reclassify, reviewedMax, type Reclassified } from './tiers.ts'
import type { TierPreview, TierRule, TierRuleVersion } from './types.ts'

/** Orders a preview: a row and a job. Throws `tier_rule.invalid` as adding the rule would. */
export async function proposeRule(tx: Tx, input: { rule: TierRule; lower_now: boolean }): Promise<TierPreview> {
  await tx
    .savepoint(async () => {
      // the checks of adding it are those of proposing it
      await addRule(tx, { rule: input.rule })
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
  const made = await tx.row<{ preview_id: string }>(sql`
    insert into tier_rule_previews (status, rule, lower_now, actor, created_at)
    values ('waiting', ${JSON.stringify(input.rule)}::jsonb, ${input.lower_now}::boolean, ${actorText(tx.actor)}::text,
      ${tx.now}::timestamptz)
    returning preview_id`)
  await addJobs(tx, [{ name: 'tiers.preview', payload: { preview_id: made!.preview_id }, attempts_max: 3 }])
  return (await previewOf(tx, made!.preview_id))!
}

/** Thrown to leave a savepoint without its writes. */
class Undo extends Error {}

/** Stops a preview; what it found so far stays to be seen. Throws `tier_rule_preview.not_found`, `.wrong_state`. */
export async function cancelPreview(tx: Tx, preview_id: string): Promise<TierPreview> {
  const stopped = await tx.run(sql`
    update tier_rule_previews set status = 'cancelled', finished_at = ${tx.now}::timestamptz
    where preview_id = ${preview_id}::uuid and status in ('waiting', 'running')`)
  const preview = await previewOf(tx, preview_id)
  if (!preview) throw new AppError('tier_rule_preview.not_found', { preview_id })
  if (stopped === 0) throw new AppError('tier_rule_preview.wrong_state', { status: preview.status })
  return preview
}

/**
 * The job: looks at every member who has progress in the window or holds a tier. Begins anew where a killed one left
 * off.
 */
export async function runPreview(preview_id: string, { db, actor, signal }: JobContext): Promise<void> {
  try {
    const begun = await db.tx({ actor }, (tx) => begin(tx, preview_id))
    if (!begun) return
    for (;;) {
      const members = await db.rows<{ member_id: string }>(sql`
        select member_id from tier_rule_preview_members
        where preview_id = ${preview_id}::uuid and from_tier_id is null order by member_id limit ${reviewedMax}::int`)
      if (members.length === 0) break
      const member_ids = members.map((row) => row.member_id)
      const outcome = await db.tx({ actor, rollback: true, signal }, async (tx) => {
        const version = await addRule(tx, { rule: begun.rule })
        return reclassify(tx, { member_ids, version, lower_now: begun.lower_now })
      })
      if (!(await db.tx({ actor }, (tx) => keep(tx, preview_id, outcome)))) return
    }
    await db.tx({ actor }, (tx) => finish(tx, preview_id))
  } catch (thrown) {
    if (signal.aborted) throw thrown
    await fail(db, preview_id, thrown)
  }
}

/** Marks the preview as running and lists its members once; null when it was cancelled meanwhile. */
async function begin(tx: Tx, preview_id: string): Promise<TierPreview | null> {
  const running = await tx.run(sql`
    update tier_rule_previews set status = 'running' where preview_id = ${preview_id}::uuid and status in ('waiting',
      'running')`)
  const preview = await previewOf(tx, preview_id)
  if (!preview || running === 0) return null
  if (preview.members_total !== null) return preview
  return { ...preview, members_total: await listMembers(tx, preview) }
}

/** Lists who has progress in the window or holds a tier, each once; answers how many those are by now. */
async function listMembers(tx: Tx, { preview_id, rule: { window } }: TierPreview): Promise<number> {
  const { time_zone } = await program.current(tx)
  const today = dayOf(tx.now, time_zone)
  const from = window.kind === 'rolling' ? addDays(today, 1 - window.days) : `${today.slice(0, 4)}-01-01`
  await tx.run(sql`
    insert into tier_rule_preview_members (preview_id, member_id)
    select ${preview_id}::uuid, member_id from (
      select member_id from member_tiers
      union
      select member_id from tier_progress where counted_on >= ${from}::date
    ) looked_at on conflict do nothing`)
  const counted = await tx.row<{ members_total: number }>(sql`
    update tier_rule_previews set members_total = (
      select count(*) from tier_rule_preview_members where preview_id = ${preview_id}::uuid)
    where preview_id = ${preview_id}::uuid returning members_total`)
  return counted!.members_total
}

/** Keeps what one rolled-back transaction found; false when the preview was cancelled. */
async function keep(tx: Tx, preview_id: string, outcome: readonly Reclassified[]): Promise<boolean> {
  const alive = await tx.run(sql`
    update tier_rule_previews set members_done = members_done + ${outcome.length}::int
    where preview_id = ${preview_id}::uuid and status = 'running'`)
  if (alive === 0) return false
  await tx.run(sql`
    update tier_rule_preview_members seen set from_tier_id = found.from_tier_id, to_tier_id = found.to_tier_id
    from unnest(
      ${outcome.map((one) => one.member_id)}::uuid[], ${outcome.map((one) => one.from_tier_id)}::uuid[],
      ${outcome.map((one) => one.to_tier_id)}::uuid[]
    ) as found (member_id, from_tier_id, to_tier_id)
    where seen.preview_id = ${preview_id}::uuid and seen.member_id = found.member_id`)
  return true
}

async function finish(tx: Tx, preview_id: string): Promise<void> {
  await tx.run(sql`
    update tier_rule_previews set status = 'done', finished_at = ${tx.now}::timestamptz, totals = (
      select jsonb_build_object(
        'members_up', coalesce(sum(members) filter (where to_rank > from_rank), 0),
        'members_down', coalesce(sum(members) filter (where to_rank < from_rank), 0),
        'moves', coalesce(jsonb_agg(jsonb_build_object('from', from_code, 'to', to_code, 'members', members)
          order by from_rank, to_rank), '[]'))
      from (
        select from_tier.rank as from_rank, to_tier.rank as to_rank, from_tier.code as from_code, to_tier.code
          as to_code,
          count(*) as members
        from tier_rule_preview_members seen
        join tiers from_tier on from_tier.tier_id = seen.from_tier_id
          join tiers to_tier on to_tier.tier_id = seen.to_tier_id
        where seen.preview_id = ${preview_id}::uuid group by 1, 2, 3, 4
      ) moved)
    where preview_id = ${preview_id}::uuid and status = 'running'`)
}

async function fail(db: Db, preview_id: string, thrown: unknown): Promise<void> {
  const error =
    thrown instanceof AppError ? { code: thrown.code, params: thrown.params } : { code: 'server.failed', params: {} }
  await db.run(sql`
    update tier_rule_previews set status = 'failed', error = ${JSON.stringify(error)}::jsonb
      where preview_id = ${preview_id}::uuid`)
  throw coerceError(thrown)
}

const laterOf = (one: Date, other: Date = one): Date => (other > one ? other : one)

/**
 * Adds a previewed rule, in force from now or a later moment on, and moves the members then, by a job: as the preview
 * showed if that is now, else with what they have bought by then.
 */
export async function applyPreview(
  tx: Tx,
  input: { preview_id: string; note?: string | undefined; effective_from?: Date | undefined },
): Promise<TierRuleVersion> {
  const preview = await previewOf(tx, input.preview_id)
  if (!preview) throw new AppError('tier_rule_preview.not_found', { preview_id: input.preview_id })
  if (preview.status !== 'done' || preview.applied_version !== null) {
    throw new AppError('tier_rule_preview.wrong_state', {
      status: preview.applied_version === null ? preview.status : 'applied',
    })
  }
  const version = await addRule(tx, { ...input, rule: preview.rule })
  await tx.run(sql`
    update tier_rule_previews set applied_version = ${version.version}::int
      where preview_id = ${input.preview_id}::uuid`)
  const run_at = version.effective_from > tx.now ? { run_at: version.effective_from } : {}
  await addJobs(tx, [{ name: 'tiers.apply', payload: { preview_id: input.preview_id }, ...run_at }])
  return version
}

/**
 * The job: moves the members of an applied preview while its rule is in force; nobody once it was called off or another
 * has taken its place. Each transaction marks those it has moved, so a killed one goes on.
 */
export async function runApply(preview_id: string, { db, actor, signal }: JobContext): Promise<void> {
  const begun = await db.row<{ effective_from: Date }>(sql`
    select effective_from from tier_rules join tier_rule_previews on applied_version = version
    where preview_id = ${preview_id}::uuid`)
  // whoever has come since the preview is looked at too
  await db.tx({ actor, signal }, async (tx) => listMembers(tx, (await previewOf(tx, preview_id))!))
  for (;;) {
    const done = await db.tx({ actor, signal }, async (tx) => {
      const preview = (await previewOf(tx, preview_id))!
      // a clock that is a little behind the one which began this job does not make it too early
      const inForce = ruleAt(await rulesOf(tx), laterOf(tx.now, begun?.effective_from))
      const version = inForce?.version === preview.applied_version ? inForce : undefined
      const members = await tx.rows<{ member_id: string }>(sql`
        select member_id from tier_rule_preview_members
        where preview_id = ${preview_id}::uuid and not applied order by member_id limit ${reviewedMax}::int`)
      if (members.length === 0 || !version) return true
      const outcome = await reclassify(tx, {
        member_ids: members.map((row) => row.member_id),
        version,
        lower_now: preview.lower_now,
      })
      await tx.run(sql`
        update tier_rule_preview_members seen set applied = true, applied_tier_id = found.to_tier_id
        from unnest(${outcome.map((one) => one.member_id)}::uuid[], ${outcome.map((one) => one.to_tier_id)}::uuid[])
          as found (member_id, to_tier_id)
        where seen.preview_id = ${preview_id}::uuid and seen.member_id = found.member_id`)
      await tx.run(sql`
        update tier_rule_previews set applied_done = applied_done + ${outcome.length}::int
          where preview_id = ${preview_id}::uuid`)
      return false
    })
    if (done) return
  }
}

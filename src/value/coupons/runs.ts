/** One coupon for each of many members: a job with its progress, that goes on where it was cut off. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, coerceError } from '../../base/errors.ts'
import { addJobs, type JobContext } from '../../base/jobs.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { audit } from '../../record/staff/staff.ts'
import { issue } from './coupons.ts'
import { definitionOf } from './definitions.ts'
import type { CouponRun } from './types.ts'

/** `select member_id …` of a segment as it stands now. */
export type Audience = (db: Reader, segment_id: string, now: Date) => Promise<Sql>
let audience: Audience | undefined

/** Segments stand on a floor above: `app` lends what they say. */
export function provideAudience(lent: Audience): void {
  audience = lent
}

/** Members given theirs in one transaction: a second at most, so that a kill loses little. */
const run_chunk = 2_000

const columns = sql`run_id, coupon_definition_id, status, members_total, issued, refused, created_at, finished_at`

/** Notes who is to be given one and starts. Throws `coupon_definition.not_found`, `coupon_definition.stopped`. */
export async function startRun(
  tx: Tx,
  wanted: { coupon_definition_id: string; segment_id?: string | undefined; member_ids?: string[] | undefined },
): Promise<CouponRun> {
  const { coupon_definition_id, segment_id = null, member_ids = [] } = wanted
  const definition = await definitionOf(tx, coupon_definition_id)
  if (definition.status === 'stopped') throw new AppError('coupon_definition.stopped')
  const made = await tx.row<CouponRun>(sql`
    insert into coupon_runs (coupon_definition_id, status, segment_id, actor, created_at)
    values (${coupon_definition_id}::uuid, 'waiting', ${segment_id}::uuid, ${actorText(tx.actor)}::text,
      ${tx.now}::timestamptz)
    returning ${columns}`)
  const { run_id } = made!
  const whom =
    segment_id === null
      ? sql`select unnest(${member_ids}::uuid[]) as member_id`
      : await audience!(tx, segment_id, tx.now)
  const members_total = await tx.run(
    sql`
    insert into coupon_run_members (run_id, member_id)
    select distinct ${run_id}::uuid, found.member_id from (${whom}) found`,
    { prepare: false },
  )
  await tx.run(sql`update coupon_runs set members_total = ${members_total}::int where run_id = ${run_id}::uuid`)
  await audit(tx, [
    {
      action: 'coupons.issued',
      noun: 'coupon_definitions',
      noun_id: coupon_definition_id,
      after: { run_id, members: members_total, segment_id },
    },
  ])
  await addJobs(tx, [{ name: 'coupons.run', payload: { run_id }, key: `coupons.run:${run_id}` }])
  return { ...made!, members_total }
}

export async function runOf(db: Reader, run_id: string): Promise<CouponRun> {
  const found = await db.row<CouponRun>(sql`select ${columns} from coupon_runs where run_id = ${run_id}::uuid`)
  if (!found) throw new AppError('coupon_run.not_found', { run_id })
  return found
}

/** Works a run off, some thousand members at a time; each is struck off in the transaction that gives. */
export async function work(run_id: string, { db, actor, signal }: JobContext): Promise<void> {
  try {
    while (!signal.aborted && (await db.tx({ actor, signal }, (tx) => giveNext(tx, run_id))) > 0);
  } catch (thrown) {
    if (signal.aborted) throw thrown
    const error = coerceError(thrown)
    await db.tx({ actor }, (tx) =>
      tx.run(sql`
        update coupon_runs set status = 'failed', error = ${JSON.stringify({ message: error.message })}::jsonb,
          finished_at = ${tx.now}::timestamptz
        where run_id = ${run_id}::uuid`),
    )
    throw error
  }
}

async function giveNext(tx: Tx, run_id: string): Promise<number> {
  const run = await tx.row<{ coupon_definition_id: string }>(sql`
    update coupon_runs set status = 'running' where run_id = ${run_id}::uuid and status <> 'done'
    returning coupon_definition_id`)
  if (!run) return 0
  const next = await tx.rows<{ member_id: string }>(sql`
    delete from coupon_run_members gone using (
      select run_id, member_id from coupon_run_members where run_id = ${run_id}::uuid
      order by member_id limit ${run_chunk}::int
    ) next
    where gone.run_id = next.run_id and gone.member_id = next.member_id
    returning gone.member_id`)
  if (next.length === 0) {
    await tx.run(sql`
      update coupon_runs set status = 'done', finished_at = ${tx.now}::timestamptz where run_id = ${run_id}::uuid`)
    return 0
  }
  const { coupon_definition_id } = run
  const outcomes = await issue(
    tx,
    next.map(({ member_id }) => ({ member_id, coupon_definition_id, source: 'run', source_id: run_id })),
  )
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused').length
  await tx.run(sql`
    update coupon_runs set issued = issued + ${outcomes.length - refused}::int, refused = refused + ${refused}::int
    where run_id = ${run_id}::uuid`)
  return next.length
}

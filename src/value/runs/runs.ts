/** One thing for each of many members: a job with its progress, that goes on where it was cut off. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, coerceError } from '../../base/errors.ts'
import { addJobs, type JobContext } from '../../base/jobs.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { audit } from '../../record/staff/staff.ts'
import type { Run, RunKind, Whom } from './types.ts'

/** `select member_id …` of a segment as it stands now. */
export type Audience = (db: Reader, segment_id: string, now: Date) => Promise<Sql>
let audience: Audience | undefined

/** Segments stand on a floor above: `app` lends what they say. */
export function provideAudience(lent: Audience): void {
  audience = lent
}

/** Members given theirs in one transaction: a second at most, so that a kill loses little. */
const run_chunk = 2_000

const columns = sql`run_id, given_id, status, members_total, given, refused, created_at, finished_at`

/** Notes who is to be given it and starts the job `<kind>.run`. Whether it may be given is the caller's to ask. */
export async function startRun(tx: Tx, kind: RunKind, given_id: string, whom: Whom): Promise<Run> {
  const { segment_id = null, member_ids = [] } = whom
  if ((segment_id === null) === (whom.member_ids === undefined)) {
    const errors = [{ pointer: '/segment_id', code: 'schema.oneOf' }]
    throw new AppError('request.invalid', {}, { status: 400, errors })
  }
  const made = await tx.row<Run>(sql`
    insert into member_runs (kind, given_id, status, segment_id, actor, created_at)
    values (${kind}::text, ${given_id}::uuid, 'waiting', ${segment_id}::uuid, ${actorText(tx.actor)}::text,
      ${tx.now}::timestamptz)
    returning ${columns}`)
  const { run_id } = made!
  const people =
    segment_id === null
      ? sql`select unnest(${member_ids}::uuid[]) as member_id`
      : await audience!(tx, segment_id, tx.now)
  const members_total = await tx.run(
    sql`
    insert into member_run_members (run_id, member_id)
    select distinct ${run_id}::uuid, found.member_id from (${people}) found`,
    { prepare: false },
  )
  await tx.run(sql`update member_runs set members_total = ${members_total}::int where run_id = ${run_id}::uuid`)
  await audit(tx, [
    {
      action: `${kind}.issued`,
      noun: nouns[kind],
      noun_id: given_id,
      after: { run_id, members: members_total, segment_id },
    },
  ])
  await addJobs(tx, [{ name: `${kind}.run`, payload: { run_id }, key: `${kind}.run:${run_id}` }])
  return { ...made!, members_total }
}

/** What a run of each kind is noted at. */
const nouns: Record<RunKind, string> = { coupons: 'coupon_definitions', offers: 'offers' }

/** One run. Throws `run.not_found`. */
export async function runOf(db: Reader, kind: RunKind, run_id: string): Promise<Run> {
  const found = await db.row<Run>(sql`
    select ${columns} from member_runs where run_id = ${run_id}::uuid and kind = ${kind}::text`)
  if (!found) throw new AppError('run.not_found', { run_id })
  return found
}

/** Gives to these members and answers how many were refused; the same run again changes nothing. */
export type GiveTo = (tx: Tx, run: { run_id: string; given_id: string }, member_ids: string[]) => Promise<number>

/** Works a run off, some thousand members at a time; each is struck off in the transaction that gives. */
export async function work(run_id: string, give: GiveTo, { db, actor, signal }: JobContext): Promise<void> {
  try {
    while (!signal.aborted && (await db.tx({ actor, signal }, (tx) => giveNext(tx, run_id, give))) > 0);
  } catch (thrown) {
    if (signal.aborted) throw thrown
    const error = coerceError(thrown)
    await db.tx({ actor }, (tx) =>
      tx.run(sql`
        update member_runs set status = 'failed', error = ${JSON.stringify({ message: error.message })}::jsonb,
          finished_at = ${tx.now}::timestamptz
        where run_id = ${run_id}::uuid`),
    )
    throw error
  }
}

async function giveNext(tx: Tx, run_id: string, give: GiveTo): Promise<number> {
  const run = await tx.row<{ given_id: string }>(sql`
    update member_runs set status = 'running' where run_id = ${run_id}::uuid and status <> 'done'
    returning given_id`)
  if (!run) return 0
  const next = await tx.rows<{ member_id: string }>(sql`
    delete from member_run_members gone using (
      select run_id, member_id from member_run_members where run_id = ${run_id}::uuid
      order by member_id limit ${run_chunk}::int
    ) next
    where gone.run_id = next.run_id and gone.member_id = next.member_id
    returning gone.member_id`)
  if (next.length === 0) {
    await tx.run(sql`
      update member_runs set status = 'done', finished_at = ${tx.now}::timestamptz where run_id = ${run_id}::uuid`)
    return 0
  }
  const refused = await give(
    tx,
    { run_id, given_id: run.given_id },
    next.map(({ member_id }) => member_id),
  )
  await tx.run(sql`
    update member_runs set given = given + ${next.length - refused}::int, refused = refused + ${refused}::int
    where run_id = ${run_id}::uuid`)
  return next.length
}

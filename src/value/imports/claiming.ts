/**
 * Who works on an import. One runner at a time: it claims the row, repeats the claim in each transaction (`fence`),
 * and shows that it lives every few seconds. A runner that was thought dead and was only slow finds its claim gone and
 * rolls back.
 */
import type { Actor } from '../../base/actor.ts'
import type { Db, Tx } from '../../base/db.ts'
import { AppError, coerceError, isDatabaseAway, isPostgresError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, stopwatch } from '../../base/time.ts'
import type { MapContext } from './mapping/staged.ts'
import { isOrphan, one } from './queries.ts'
import type { Import, Lane, Progress, Stage } from './types.ts'

/** A runner that has not been heard of for so long is dead: it speaks every five seconds. */
export const stale_ms = 30_000
const heartbeat_ms = 5_000

export interface RunOptions {
  actor: Actor
  signal?: AbortSignal
  /** What an abort means: the process ends and another goes on (release), or a person wants it to stop (cancel). */
  on_abort?: 'release' | 'cancel'
  /** How much is booked in one transaction (planning.ts); nothing else depends on it. */
  chunk_weight?: number
  /** Called with each step. */
  onProgress?: (progress: Progress) => void
  /** Dry runs without a program: what it would be, and how it is founded inside the rolled-back transaction. */
  founding?: { context: MapContext; found(tx: Tx): Promise<unknown> }
}

/** The work at hand: `imported` is as it will be written by the next fence. */
export interface Run {
  db: Db
  options: RunOptions
  imported: Import
  runner: string
  /** Aborted by the caller, or when a part of the work fails. */
  signal: AbortSignal
  stop(): void
  elapsed: () => number
  seconds_before: number
  stage_from: { ms: number; rows: number }
}

/** Thrown inside a run when its claim is gone; never leaves this file. */
class Stopped extends Error {}
/** What a chunk's commit fails of when the claim is gone (`import_is_ours`). */
const notOurs = 'IM001'

/** Claims the import, does the steps, gives the claim back. Answers the import as it is afterwards. */
export async function work(
  db: Db,
  import_id: string,
  status: 'running' | 'checking',
  options: RunOptions,
  steps: (going: Run) => Promise<void>,
): Promise<Import> {
  const imported = await claim(db, import_id, status)
  const failing = new AbortController()
  const going: Run = {
    db,
    options,
    imported,
    runner: imported.runner!,
    elapsed: stopwatch(),
    seconds_before: imported.progress.seconds,
    signal: options.signal ? AbortSignal.any([options.signal, failing.signal]) : failing.signal,
    stop: () => failing.abort(),
    stage_from: { ms: 0, rows: 0 },
  }
  const pulse = setInterval(() => void beat(going), heartbeat_ms)
  pulse.unref()
  try {
    await steps(going)
  } catch (thrown) {
    await settleThrown(going, coerceError(thrown))
  } finally {
    clearInterval(pulse)
  }
  return one(db, import_id)
}

async function claim(db: Db, import_id: string, status: 'running' | 'checking'): Promise<Import> {
  const runner = uuidv7(db.now())
  const claimed = await db.run(sql`
    update imports set runner = ${runner}::uuid, runner_name = current_setting('application_name'),
      heartbeat_at = ${db.now()}::timestamptz, started_at = coalesce(started_at, ${db.now()}::timestamptz)
    where import_id = ${import_id}::uuid and status = ${status}::text and ${isOrphan(addMs(db.now(), -stale_ms))}`)
  const imported = await one(db, import_id)
  if (claimed > 0) return imported
  if (imported.status !== status) throw new AppError('import.wrong_state', { status: imported.status })
  throw new AppError('import.busy', { import_id }, { status: 409 })
}

async function beat({ db, imported, runner }: Run): Promise<void> {
  const beating = db.run(sql`
    update imports set heartbeat_at = ${db.now()}::timestamptz
    where import_id = ${imported.import_id}::uuid and runner = ${runner}::uuid`)
  await beating.catch(() => undefined)
}

/** Writes how far the work is; throws `Stopped` if it is ours no longer. */
export async function fence(tx: Tx, { imported, runner }: Run): Promise<void> {
  const { import_id, stage, progress, own_counts, dry_run, is_staged, chunk_weight } = imported
  const ours = await tx.run(sql`
    update imports set heartbeat_at = ${tx.now}::timestamptz, stage = ${stage}::text,
      progress = ${JSON.stringify(progress)}::jsonb, counts = ${JSON.stringify(own_counts)}::jsonb,
      dry_run = ${dry_run && JSON.stringify(dry_run)}::jsonb, is_staged = ${is_staged}::boolean,
      chunk_weight = ${chunk_weight}::int, lanes = ${JSON.stringify(imported.lanes)}::jsonb
    where import_id = ${import_id}::uuid and runner = ${runner}::uuid and status in ('running', 'checking')`)
  if (ours === 0) throw new Stopped()
}

/**
 * The last word of a chunk: how far its lane is. It leaves with the commit, so that the lanes, who all write their part
 * of one row, do not wait for one another's answers; the commit fails if the import is ours no longer.
 */
export function fenceLane(tx: Tx, { imported, runner }: Run, nth: number, lane: Lane): void {
  const { import_id, progress } = imported
  tx.send(sql`
    update imports set heartbeat_at = ${tx.now}::timestamptz, progress = ${JSON.stringify(progress)}::jsonb,
      lanes = jsonb_set(lanes, array[${String(nth)}::text], ${JSON.stringify(lane)}::jsonb)
    where import_id = ${import_id}::uuid
      and import_is_ours(runner = ${runner}::uuid and status in ('running', 'checking'))`)
}

async function settleThrown({ db, imported, runner, options }: Run, error: Error): Promise<void> {
  const mine = sql`where import_id = ${imported.import_id}::uuid and runner = ${runner}::uuid`
  const isCheck = imported.status === 'checking'
  if (error instanceof Stopped || (isPostgresError(error) && error.code === notOurs)) return
  if (options.signal?.aborted) {
    if (options.on_abort === 'cancel') {
      const status = isCheck ? 'uploaded' : 'cancelled'
      await db.run(sql`update imports set runner = null, stage = null, status = ${status}::text ${mine}`)
    } else await db.run(sql`update imports set runner = null ${mine}`)
    return
  }
  // it stays as it is and goes on with whoever finds it
  if (isDatabaseAway(error)) throw error
  const known =
    error instanceof AppError ? error : new AppError('import.failed', { message: error.message }, { cause: error })
  await db.run(sql`
    update imports set status = ${isCheck ? 'uploaded' : 'failed'}::text, stage = null, runner = null,
      finished_at = ${db.now()}::timestamptz,
        error = ${JSON.stringify({ code: known.code, params: known.params })}::jsonb
    ${mine}`)
  if (!(error instanceof AppError)) throw error
}

/** Begins a stage; rates count from here. */
export async function enter(going: Run, stage: Stage): Promise<void> {
  const { imported } = going
  imported.stage = stage
  imported.progress = { ...imported.progress, stage, rows_per_second: null, seconds_left: null }
  going.stage_from = { ms: going.elapsed(), rows: stage === 'booking' ? imported.progress.rows_booked : 0 }
  await going.db.tx({ actor: going.options.actor }, (tx) => fence(tx, going))
  going.options.onProgress?.(imported.progress)
}

/** Rows per second of this stage, and what is left of it at that pace. */
export function pace(going: Run, done: Partial<Progress>): void {
  const { progress, own_counts } = going.imported
  Object.assign(progress, done)
  const { stage, bytes_read, bytes_total, rows_read, rows_booked } = progress
  const seconds = (going.elapsed() - going.stage_from.ms) / 1000
  const rows = (stage === 'reading' ? rows_read : rows_booked) - going.stage_from.rows
  const wanted = (own_counts.rows ?? 0) - going.stage_from.rows
  const share = stage === 'reading' ? bytes_read / (bytes_total || 1) : rows / (wanted || 1)
  progress.rows_per_second = seconds > 0 ? Math.round(rows / seconds) : null
  progress.seconds_left = share > 0 ? Math.max(0, Math.round((seconds / share) * (1 - share))) : null
  progress.seconds = Math.round(going.seconds_before * 1000 + going.elapsed()) / 1000
  going.options.onProgress?.(progress)
}

/** The end: the claim is given back. A dry run keeps what was staged for the real run. */
export async function finish(
  going: Run,
  status: 'done' | 'uploaded',
  also?: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { db, imported, runner, options } = going
  const { progress } = imported
  imported.progress = {
    ...progress,
    seconds: Math.round(going.seconds_before * 1000 + going.elapsed()) / 1000,
    seconds_left: 0,
  }
  await db.tx({ actor: options.actor }, async (tx) => {
    await fence(tx, going)
    await also?.(tx)
    await tx.run(sql`
      update imports set status = ${status}::text, stage = null, runner = null, error = null,
        finished_at = case when ${status}::text = 'done' then ${tx.now}::timestamptz end
      where import_id = ${imported.import_id}::uuid and runner = ${runner}::uuid`)
  })
}

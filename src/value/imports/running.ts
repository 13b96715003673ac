/**
 * The run of an import: read → sort → book chunk by chunk → finish. Whatever kills it, everything up to the last
 * chunk is in the books and nothing is twice: each chunk commits together with the number of the next, and the next
 * run begins there.
 *
 * One runner at a time: it claims the row, repeats the claim in each transaction, and shows that it lives every few
 * seconds. A runner that was thought dead and was only slow finds its claim gone and rolls back.
 */
import type { Actor } from '../../base/actor.ts'
import type { Db, Tx } from '../../base/db.ts'
import { AppError, coerceError } from '../../base/errors.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayOf, stopwatch } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { Decimal } from 'decimal.js'
import { addCounts, bookOrders, type Booked } from './booking.ts'
import { bookMembers } from './booking-members.ts'
import { countPeople, settle } from './finishing.ts'
import { fileHash } from './uploads.ts'
import type { MapContext } from './mapping/staged.ts'
import { clearPieces, hasPieces, piecesOf, type PlannedPiece } from './pieces.ts'
import { chunk_weights, plan } from './planning.ts'
import { isOrphan, one } from './queries.ts'
import { readFile, type ReadCounts } from './reading.ts'
import { clearResults, writeResults } from './results.ts'
import { noCounts, noProgress, type Counts, type Import, type Progress, type Stage } from './types.ts'

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
  /** Called about once a second. */
  onProgress?: (progress: Progress) => void
  /**
   * Dry runs where there is no program yet: what it would be, and how it is founded inside the rolled-back
   * transaction.
   */
  founding?: { context: MapContext; found(tx: Tx): Promise<unknown> }
}

/** The work at hand. `counts` and the rest of `imported` are what the next fence writes. */
interface Run {
  db: Db
  options: RunOptions
  imported: Import
  runner: string
  signal: AbortSignal
  elapsed: () => number
  seconds_before: number
  stage_from: { ms: number; rows: number; bytes: number }
}

/** Thrown inside a run when its claim is gone; never leaves this file. */
class Stopped extends Error {}

/** Runs an import that was started, from where it is. Answers it as it is afterwards: done, cancelled or failed. */
export async function run(db: Db, import_id: string, options: RunOptions): Promise<Import> {
  return work(db, import_id, 'running', options, async (going) => {
    await stage(going)
    await bookAll(going)
    await enter(going, 'finishing')
    await settle(going)
    await finish(going, 'done')
  })
}

/**
 * The dry run: reads the file, then books all of it in one transaction that is rolled back. Counts and row results
 * stay with the import, which waits to be started. Members whom the file names are locked while it lasts.
 */
export async function check(db: Db, import_id: string, options: RunOptions): Promise<Import> {
  return work(db, import_id, 'checking', options, async (going) => {
    await stage(going)
    const read = { ...going.imported.counts }
    await enter(going, 'booking')
    const counted = await db.tx({ actor: options.actor, rollback: true, signal: going.signal }, async (tx) => {
      await options.founding?.found(tx)
      await db.tx({ actor: options.actor }, (own) => clearResults(own, import_id, 'booking'))
      going.imported.counts = { ...read }
      going.imported.progress.rows_booked = 0
      for await (const pieces of chunks(going, 0)) {
        const booked = await bookPieces(tx, going.imported, pieces)
        await db.tx({ actor: options.actor }, (own) => note(own, going, booked, pieces, 0))
      }
      return { ...going.imported.counts, ...(await countPeople(tx, going.imported)) }
    })
    going.imported.dry_run = counted
    going.imported.counts = read
    await finish(going, 'uploaded')
  })
}

async function work(
  db: Db,
  import_id: string,
  status: 'running' | 'checking',
  options: RunOptions,
  steps: (going: Run) => Promise<void>,
): Promise<Import> {
  const imported = await claim(db, import_id, status)
  const ended = new AbortController()
  const going: Run = {
    db,
    options,
    imported,
    runner: imported.runner!,
    elapsed: stopwatch(),
    seconds_before: imported.progress.seconds,
    signal: options.signal ?? ended.signal,
    stage_from: { ms: 0, rows: 0, bytes: 0 },
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
  await db
    .run(
      sql`
    update imports set heartbeat_at = ${db.now()}::timestamptz
    where import_id = ${imported.import_id}::uuid and runner = ${runner}::uuid`,
    )
    .catch(() => undefined)
}

/** Writes how far the work is; throws `Stopped` if it is ours no longer. */
async function fence(tx: Tx, { imported, runner }: Run): Promise<void> {
  const {
    import_id,
    stage: now,
    progress,
    counts,
    dry_run,
    is_staged,
    chunk_count,
    chunk_weight,
    chunk_next,
  } = imported
  const ours = await tx.run(sql`
    update imports set heartbeat_at = ${tx.now}::timestamptz, stage = ${now}::text,
      progress = ${JSON.stringify(progress)}::jsonb,
      counts = ${JSON.stringify(counts)}::jsonb, dry_run = ${dry_run && JSON.stringify(dry_run)}::jsonb,
      is_staged = ${is_staged}::boolean, chunk_count = ${chunk_count}::int,
      chunk_weight = ${chunk_weight}::int, chunk_next = ${chunk_next}::int
    where import_id = ${import_id}::uuid and runner = ${runner}::uuid and status in ('running', 'checking')`)
  if (ours === 0) throw new Stopped()
}

async function settleThrown(going: Run, error: Error): Promise<void> {
  const { db, imported, runner, options } = going
  const mine = sql`where import_id = ${imported.import_id}::uuid and runner = ${runner}::uuid`
  if (error instanceof Stopped) return
  if (going.signal.aborted) {
    const status =
      options.on_abort === 'cancel' ? (imported.status === 'checking' ? 'uploaded' : 'cancelled') : imported.status
    await db.run(
      sql`update imports set runner = null, status = ${status}::text,
        stage = case when ${status}::text = status then stage end ${mine}`,
    )
    return
  }
  if (isConnectionLost(error)) throw error
  const known =
    error instanceof AppError ? error : new AppError('import.failed', { message: error.message }, { cause: error })
  const status = imported.status === 'checking' ? 'uploaded' : 'failed'
  await db.run(sql`
    update imports set status = ${status}::text, stage = null, runner = null, finished_at = ${db.now()}::timestamptz,
      error = ${JSON.stringify({ code: known.code, params: known.params })}::jsonb ${mine}`)
  if (!(error instanceof AppError)) throw error
}

/** The database is away: the import stays as it is and goes on with whoever finds it. */
function isConnectionLost(error: Error): boolean {
  const code = (error as { code?: unknown }).code
  return (
    (typeof code === 'string' && /^(ECONN|EPIPE|08|57P|53)/.test(code)) ||
    /Connection terminated/i.test(error.message)
  )
}

/** Begins a stage; rates count from here. */
async function enter(going: Run, stage: Stage): Promise<void> {
  const { imported } = going
  imported.stage = stage
  imported.progress = { ...imported.progress, stage, rows_per_second: null, seconds_left: null }
  going.stage_from = { ms: going.elapsed(), rows: stage === 'booking' ? imported.progress.rows_booked : 0, bytes: 0 }
  await going.db.tx({ actor: going.options.actor }, (tx) => fence(tx, going))
  going.options.onProgress?.(imported.progress)
}

/** Rows per second of this stage and what is left of it at that pace. */
function pace(going: Run, done: Partial<Progress>, share: number): void {
  const { progress } = going.imported
  Object.assign(progress, done)
  const seconds = (going.elapsed() - going.stage_from.ms) / 1000
  const rows = (progress.stage === 'reading' ? progress.rows_read : progress.rows_booked) - going.stage_from.rows
  progress.rows_per_second = seconds > 0 ? Math.round(rows / seconds) : null
  progress.seconds_left = share > 0 ? Math.max(0, Math.round((seconds / share) * (1 - share))) : null
  progress.seconds = Math.round(going.seconds_before * 1000 + going.elapsed()) / 1000
  going.options.onProgress?.(progress)
}

/** Reads and sorts, unless that has been done. What a crash of the server lost is read again, with the same numbers. */
async function stage(going: Run): Promise<void> {
  const { db, imported, options } = going
  const isLost = imported.is_staged && imported.chunk_count > 0 && !(await hasPieces(db, imported.import_id))
  if (imported.is_staged && !isLost) return
  if (!imported.file_path) throw new AppError('import.file_missing', { file_name: imported.file_name })
  if ((await fileHash(imported.file_path)) !== imported.file_sha256) {
    throw new AppError('import.file_changed', { file_name: imported.file_name })
  }
  if (!isLost)
    Object.assign(imported, {
      counts: { ...noCounts },
      chunk_weight: null,
      chunk_next: 0,
      progress: { ...noProgress, seconds: imported.progress.seconds },
    })
  await db.tx({ actor: options.actor }, async (tx) => {
    await fence(tx, going)
    await clearPieces(tx, imported.import_id)
    if (!isLost) await clearResults(tx, imported.import_id)
  })
  await enter(going, 'reading')
  const read = await readFile({
    db,
    actor: options.actor,
    import_id: imported.import_id,
    kind: imported.kind,
    path: imported.file_path,
    mapping: imported.mapping,
    encoding: imported.encoding,
    context: options.founding?.context ?? (await contextOf(db)),
    keep_results: isLost,
    signal: going.signal,
    advance: async (tx, at) => {
      const { bytes_read, bytes_total, rows } = at
      pace(going, { bytes_read, bytes_total, rows_read: rows }, bytes_total > 0 ? bytes_read / bytes_total : 0)
      await fence(tx, going)
    },
  })
  await enter(going, 'sorting')
  if (!isLost) Object.assign(imported.counts, readCounts(read))
  await db.tx({ actor: options.actor, signal: going.signal }, async (tx) => {
    imported.chunk_weight ??= options.chunk_weight ?? chunk_weights[imported.kind]
    imported.chunk_count = await plan(tx, imported.import_id, imported.kind, imported.chunk_weight)
    imported.is_staged = true
    await fence(tx, going)
  })
}

const readCounts = ({ rows, refused, repaired }: ReadCounts): Partial<Counts> => ({ rows, refused, repaired })

async function contextOf(db: Db): Promise<MapContext> {
  const { currency, time_zone } = await program.current(db)
  return { currency, time_zone, today: dayOf(db.now(), time_zone) }
}

/** Chunks from a number on; the next is read while one is booked. */
async function* chunks({ db, imported, signal }: Run, from: number): AsyncGenerator<PlannedPiece[]> {
  const load = (chunk_no: number) => {
    const loading = chunk_no < imported.chunk_count ? piecesOf(db, imported.import_id, chunk_no) : Promise.resolve([])
    loading.catch(() => undefined)
    return loading
  }
  let next = load(from)
  for (let chunk_no = from; chunk_no < imported.chunk_count; chunk_no += 1) {
    signal.throwIfAborted()
    const pieces = await next
    next = load(chunk_no + 1)
    yield pieces
  }
}

function bookPieces(tx: Tx, imported: Import, pieces: readonly PlannedPiece[]): Promise<Booked> {
  return imported.kind === 'orders' ? bookOrders(tx, imported, pieces) : bookMembers(tx, imported, pieces)
}

async function bookAll(going: Run): Promise<void> {
  const { db, imported, options } = going
  if (imported.chunk_next >= imported.chunk_count) return
  // a dry run may have counted before
  if (imported.chunk_next === 0) imported.progress.rows_booked = 0
  await enter(going, 'booking')
  for await (const pieces of chunks(going, imported.chunk_next)) {
    const [counts, chunk_next, rows_booked] = [imported.counts, imported.chunk_next, imported.progress.rows_booked]
    await db.tx({ actor: options.actor, signal: going.signal }, async (tx) => {
      // a deadlock makes the transaction run again: from the same numbers
      Object.assign(imported, { counts, chunk_next })
      imported.progress.rows_booked = rows_booked
      const booked = await bookPieces(tx, imported, pieces)
      await note(tx, going, booked, pieces, chunk_next + 1)
    })
  }
}

/** Results and progress of a chunk. */
async function note(
  tx: Tx,
  going: Run,
  booked: Booked,
  pieces: readonly PlannedPiece[],
  chunk_next: number,
): Promise<void> {
  const { imported } = going
  await writeResults(tx, imported.import_id, 'booking', booked.results)
  imported.counts = addCounts(imported.counts, booked.counts, (a, b) => new Decimal(a).plus(b).toFixed())
  imported.chunk_next = chunk_next
  const rows_booked = imported.progress.rows_booked + pieces.reduce((sum, piece) => sum + piece.rows, 0)
  const [all, begun] = [imported.counts.rows, going.stage_from.rows]
  pace(going, { rows_booked }, all > begun ? (rows_booked - begun) / (all - begun) : 0)
  await fence(tx, going)
}

/** The end: nothing waits any more, the claim is given back. A dry run keeps what was staged for the real run. */
async function finish(going: Run, status: 'done' | 'uploaded'): Promise<void> {
  const { db, imported, runner, options } = going
  if (status === 'done') imported.counts = { ...imported.counts, ...(await countPeople(db, imported)) }
  pace(going, {}, 1)
  await db.tx({ actor: options.actor }, async (tx) => {
    await fence(tx, going)
    if (status === 'done') await clearPieces(tx, imported.import_id)
    await tx.run(sql`
      update imports set status = ${status}::text, stage = null, runner = null, error = null,
        finished_at = case when ${status}::text = 'done' then ${tx.now}::timestamptz end
      where import_id = ${imported.import_id}::uuid and runner = ${runner}::uuid`)
  })
}

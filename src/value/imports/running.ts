/**
 * The run of an import: read → sort → book, chunk by chunk → finish. Whatever kills it, every chunk that was committed
 * is in the books and nothing is twice: a chunk commits together with the number of the next of its lane, and the next
 * run goes on there.
 */
import type { Db, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { bookOrders, type Booked } from './booking.ts'
import { bookMembers } from './booking-members.ts'
import { addCounts } from './counts.ts'
import { countPeople, settle } from './finishing.ts'
import { enter, fence, fenceLane, finish, pace, work, type Run, type RunOptions } from './claiming.ts'
import type { MapContext } from './mapping/staged.ts'
import { sparingly } from './memory.ts'
import { clearPieces, hasPieces, piecesOf, type PlannedPiece } from './pieces.ts'
import { chunk_weights, plan } from './planning.ts'
import { readFile } from './reading.ts'
import { clearResults, writeResults } from './results.ts'
import { makeThings } from './things.ts'
import { noCounts, noProgress, type Import, type Lane } from './types.ts'
import { fileHash } from './uploads.ts'

/** Runs an import that was started, from where it is. Answers it as it is afterwards: done, cancelled or failed. */
export async function run(db: Db, import_id: string, options: RunOptions): Promise<Import> {
  const bring = async (going: Run) => {
    await stage(going)
    if (going.imported.lanes.some((lane) => lane.next < lane.chunks)) await bookAll(going)
    await enter(going, 'finishing')
    await settle(going)
    Object.assign(going.imported.own_counts, await countPeople(db, going.imported))
    await finish(going, 'done', (tx) => clearPieces(tx, import_id))
  }
  return sparingly(() => work(db, import_id, 'running', options, bring))
}

/**
 * The dry run: reads the file, then books all of it in one transaction that is rolled back. Counts and row results
 * stay with the import, which waits to be started. Members whom the file names are locked while it lasts.
 */
export async function check(db: Db, import_id: string, options: RunOptions): Promise<Import> {
  const tryOut = async (going: Run) => {
    await stage(going)
    const { imported } = going
    await enter(going, 'booking')
    const { actor } = options
    imported.dry_run = await db.tx({ actor, rollback: true, signal: going.signal }, async (tx) => {
      await options.founding?.found(tx)
      await db.tx({ actor }, (own) => clearResults(own, import_id, 'booking'))
      await makeThings(tx, import_id)
      let counts = { ...noCounts, ...imported.own_counts }
      let rows = 0
      for (const [nth] of imported.lanes.entries()) {
        for await (const pieces of chunks(going, nth, 0)) {
          const booked = await bookPieces(tx, imported, pieces)
          counts = addCounts(counts, booked.counts)
          rows += rowsOf(pieces)
          pace(going, { rows_booked: rows })
          await db.tx({ actor }, async (own) => {
            await writeResults(own, import_id, 'booking', booked.results)
            await fence(own, going)
          })
        }
      }
      return { ...counts, ...(await countPeople(tx, imported)) }
    })
    await finish(going, 'uploaded')
  }
  return sparingly(() => work(db, import_id, 'checking', options, tryOut))
}

/** Reads and sorts, unless that has been done. What a crash of the server lost is read again, with the same numbers. */
async function stage(going: Run): Promise<void> {
  const { db, imported, options } = going
  const { import_id } = imported
  const wasPlanned = imported.lanes.some((lane) => lane.chunks > 0)
  const isLost = imported.is_staged && wasPlanned && !(await hasPieces(db, import_id))
  if (imported.is_staged && !isLost) return
  if (!imported.file_path) throw new AppError('import.file_missing', { file_name: imported.file_name })
  if ((await fileHash(imported.file_path)) !== imported.file_sha256) {
    throw new AppError('import.file_changed', { file_name: imported.file_name })
  }
  if (!isLost) {
    const progress = { ...noProgress, seconds: imported.progress.seconds }
    Object.assign(imported, { own_counts: {}, lanes: [], chunk_weight: null, progress })
  }
  await db.tx({ actor: options.actor }, async (tx) => {
    await fence(tx, going)
    await clearPieces(tx, import_id)
    if (!isLost) await clearResults(tx, import_id)
  })
  await enter(going, 'reading')
  const read = await readFile({
    db,
    actor: options.actor,
    import_id,
    kind: imported.kind,
    path: imported.file_path,
    mapping: imported.mapping,
    encoding: imported.encoding,
    context: options.founding?.context ?? (await contextOf(db)),
    keep_results: isLost,
    signal: going.signal,
    advance: async (tx, { bytes_read, bytes_total, rows }) => {
      pace(going, { bytes_read, bytes_total, rows_read: rows })
      await fence(tx, going)
    },
  })
  await enter(going, 'sorting')
  if (read.rows > survey_rows_min) await db.run(pieces_survey, { prepare: false })
  if (!isLost) imported.own_counts = { rows: read.rows, refused: read.refused, repaired: read.repaired }
  await db.tx({ actor: options.actor, signal: going.signal }, (tx) => sort(tx, going, isLost))
}

async function sort(tx: Tx, going: Run, isLost: boolean): Promise<void> {
  const { imported, options } = going
  imported.chunk_weight ??= options.chunk_weight ?? chunk_weights[imported.kind]
  const lanes = await plan(tx, imported.import_id, imported.kind, imported.chunk_weight)
  // after a loss the chunks are the same, and how far each lane had come still holds
  if (!isLost) imported.lanes = lanes.map((chunks): Lane => ({ chunks, next: 0, rows: 0, counts: { ...noCounts } }))
  imported.is_staged = true
  await fence(tx, going)
}

async function contextOf(db: Db): Promise<MapContext> {
  const { currency, time_zone } = await program.current(db)
  return { currency, time_zone, today: dayOf(db.now(), time_zone) }
}

/** Chunks of a lane from a number on; the next is read while one is booked. */
async function* chunks({ db, imported, signal }: Run, nth: number, from: number): AsyncGenerator<PlannedPiece[]> {
  const lane = imported.lanes[nth]!
  const load = (chunk_no: number) => {
    const loading = chunk_no < lane.chunks ? piecesOf(db, imported.import_id, nth, chunk_no) : Promise.resolve([])
    loading.catch(() => undefined)
    return loading
  }
  let next = load(from)
  for (let chunk_no = from; chunk_no < lane.chunks; chunk_no += 1) {
    signal.throwIfAborted()
    const pieces = await next
    next = load(chunk_no + 1)
    yield pieces
  }
}

function bookPieces(tx: Tx, imported: Import, pieces: readonly PlannedPiece[]): Promise<Booked> {
  return imported.kind === 'orders' ? bookOrders(tx, imported, pieces) : bookMembers(tx, imported, pieces)
}

function rowsOf(pieces: readonly PlannedPiece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.rows, 0)
}

/** Books all lanes beside each other; when one fails the others stop at once. */
async function bookAll(going: Run): Promise<void> {
  const { db, imported, options } = going
  // a dry run may have counted before
  imported.progress.rows_booked = imported.lanes.reduce((sum, lane) => sum + lane.rows, 0)
  await enter(going, 'booking')
  await db.tx({ actor: options.actor, signal: going.signal }, (tx) => makeThings(tx, imported.import_id))
  const failures: unknown[] = []
  await Promise.all(
    imported.lanes.map((_lane, nth) =>
      bookLane(going, nth).catch((thrown: unknown) => {
        failures.push(thrown)
        going.stop()
      }),
    ),
  )
  // the first is the cause; the others were stopped by it
  if (failures.length > 0) throw failures[0]
}

async function bookLane(going: Run, nth: number): Promise<void> {
  const { db, imported, options } = going
  for await (const pieces of chunks(going, nth, imported.lanes[nth]!.next)) {
    const before = imported.lanes[nth]!
    const after = await db.tx({ actor: options.actor, signal: going.signal }, async (tx): Promise<Lane> => {
      const booked = await bookPieces(tx, imported, pieces)
      await writeResults(tx, imported.import_id, 'booking', booked.results)
      const lane = {
        ...before,
        next: before.next + 1,
        rows: before.rows + rowsOf(pieces),
        counts: addCounts(before.counts, booked.counts),
      }
      const others = imported.lanes.reduce((sum, other, i) => sum + (i === nth ? 0 : other.rows), 0)
      pace(going, { rows_booked: others + lane.rows })
      fenceLane(tx, going, nth, lane)
      return lane
    })
    imported.lanes[nth] = after
    if (nth === 0) await surveyed(going)
  }
}

/** So few rows are sorted at once, whatever the planner believes. */
const survey_rows_min = 500

/**
 * What sorting groups and joins by. Statistics speak of the import before; of a number that they never saw the planner
 * expects one row, and went through all pieces for each piece: 120,000 rows took minutes.
 */
const pieces_survey = sql`analyze import_pieces (import_id, source, source_id, person)`

/** The planner is told anew when there are so many times as many orders as it knows of. */
const survey_factor = 8

/**
 * What booking looks rows up by: how many rows a key has is all that the planner must know to do so. All columns of all
 * tables took ten times as long; autovacuum looks at them afterwards, as these surveys do not count for it.
 */
const survey = sql`analyze orders (member_id, order_id), order_lines (member_id, order_id),
  order_keys (source, source_id), order_refunds (member_id), order_refund_lines (member_id, order_id),
  member_statistics (member_id), member_store_statistics (member_id), member_category_statistics (member_id),
  member_state_changes (member_id), members (member_id), member_identities (value, member_id),
  member_consents (member_id), point_entries (member_id, source, source_id), point_lots (member_id, lot_id),
  point_balances (member_id), tier_progress (member_id, source, source_id), member_tiers (member_id),
  import_plan (import_id, lane, chunk_no, piece_no), import_pieces (import_id, piece_no)`

/**
 * The first rows of an empty database come faster than autovacuum looks at them, and without an idea of how many rows a
 * member has the planner reads whole tables. A survey takes a second at most: it samples.
 */
async function surveyed({ db, imported }: Run): Promise<void> {
  const booked = imported.lanes.reduce((sum, lane) => sum + lane.counts.placed, 0)
  const known = await db.row<{ rows: number }>(sql`
    select greatest(reltuples, 0)::float8 as rows from pg_class
    where oid = ${imported.kind === 'orders' ? 'orders' : 'members'}::text::regclass`)
  if (booked > survey_factor * Math.max(known!.rows, 100)) await db.run(survey, { prepare: false })
}

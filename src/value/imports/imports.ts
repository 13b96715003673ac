/**
 * Bringing files in. An upload is looked at, its mapping corrected, tried (dry run) and run; a run can be cancelled
 * between chunks and goes on where it was. What it does to orders, members and points is done by their own verbs.
 */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import { audit } from '../../record/staff/staff.ts'
import { checkMapping, missingFields } from './mapping/mapping.ts'
import { presets as known } from './mapping/presets.ts'
import { clearPieces } from './pieces.ts'
import { one } from './queries.ts'
import { clearResults } from './results.ts'
import type { KeptFile } from './uploads.ts'
import { kept_days, noProgress, type Import, type ImportKind, type InspectionView, type Mapping } from './types.ts'

export { checks } from './checks.ts'
export { look, type Looked } from './looking.ts'
export { one, page, results, resultSums, unfinished, type StoredResult } from './queries.ts'
export { stale_ms, type RunOptions } from './claiming.ts'
export { check, run } from './running.ts'
export { fileInPlace, keepUpload, removeUpload, type KeptFile } from './uploads.ts'
export { presetNamed, presets } from './mapping/presets.ts'
export { checkMapping, parseMapping } from './mapping/mapping.ts'
export type { Import, Mapping } from './types.ts'

/** A file that was brought and looked at. */
export interface NewImport extends KeptFile {
  kind: ImportKind
  file_name: string
  is_upload: boolean
  preset: string | null
  encoding: string
  inspection: InspectionView
  mapping: Mapping
  points_as_of?: string | null
}

/** Keeps a file as an import that waits to be started. */
export async function create(tx: Tx, input: NewImport): Promise<Import> {
  const made = await tx.row<{ import_id: string }>(sql`
    insert into imports (kind, status, file_name, file_path, is_upload, file_sha256, file_bytes, source, preset,
      encoding,
      inspection, mapping, points_as_of, actor, actor_name, created_at)
    values (${input.kind}::text, 'uploaded', ${input.file_name}::text, ${input.file_path}::text,
      ${input.is_upload}::boolean,
      ${input.file_sha256}::text, ${input.file_bytes}::bigint, ${input.mapping.source}::text, ${input.preset}::text,
      ${input.encoding}::text, ${JSON.stringify(input.inspection)}::jsonb, ${JSON.stringify(input.mapping)}::jsonb,
      ${input.points_as_of ?? null}::date, ${actorText(tx.actor)}::text, ${tx.actor.name}::text, ${tx.now}::timestamptz)
    returning import_id`)
  const { import_id } = made!
  const { kind, file_name, file_sha256 } = input
  await audit(tx, [
    { action: 'import.created', noun: 'imports', noun_id: import_id, after: { kind, file_name, file_sha256 } },
  ])
  return one(tx, import_id)
}

/**
 * Another mapping, or another look at the file. What was staged by the old one is forgotten. Throws
 * `import.mapping_invalid`.
 */
export async function setMapping(
  tx: Tx,
  import_id: string,
  changes: Pick<NewImport, 'mapping' | 'encoding' | 'inspection' | 'preset'> & {
    points_as_of?: string | null | undefined
  },
): Promise<Import> {
  const before = await inStatus(tx, import_id, ['uploaded', 'cancelled', 'failed'])
  if (changes.mapping.kind !== before.kind) throw new AppError('import.kind_mismatch', { kind: before.kind })
  // a mapping that lacks something is kept, so that a person can go on with it; starting it is refused
  if (missingFields(changes.mapping).length === 0) checkMapping(changes.mapping, changes.inspection.header)
  await clearPieces(tx, import_id)
  await clearResults(tx, import_id)
  await tx.run(sql`
    update imports set status = 'uploaded', mapping = ${JSON.stringify(changes.mapping)}::jsonb,
      encoding = ${changes.encoding}::text,
      inspection = ${JSON.stringify(changes.inspection)}::jsonb, preset = ${changes.preset}::text,
      source = ${changes.mapping.source}::text, points_as_of = ${changes.points_as_of ?? null}::date, is_staged = false,
      lanes = '[]', chunk_weight = null, counts = '{}', dry_run = null, error = null,
      progress = ${JSON.stringify(noProgress)}::jsonb, started_at = null, finished_at = null
    where import_id = ${import_id}::uuid`)
  return one(tx, import_id)
}

/** Begins a dry run, as a job or by the caller's `check`. Throws `import.wrong_state`, `import.encoding_uncertain`. */
export async function beginCheck(tx: Tx, import_id: string, options: { as_job: boolean }): Promise<Import> {
  return begin(tx, import_id, 'checking', ['uploaded'], options.as_job)
}

/** Begins the run, as a job or by the caller's `run`. Throws `import.wrong_state`, `import.encoding_uncertain`. */
export async function start(tx: Tx, import_id: string, options: { as_job: boolean }): Promise<Import> {
  const begun = await begin(tx, import_id, 'running', ['uploaded'], options.as_job)
  await clearResults(tx, import_id, 'booking')
  return begun
}

/** Goes on with a run that was cancelled or failed, from the chunk it had come to. Throws `import.wrong_state`. */
export async function resume(tx: Tx, import_id: string, options: { as_job: boolean }): Promise<Import> {
  return begin(tx, import_id, 'running', ['cancelled', 'failed'], options.as_job)
}

async function begin(
  tx: Tx,
  import_id: string,
  status: 'running' | 'checking',
  from: readonly Import['status'][],
  as_job: boolean,
): Promise<Import> {
  const before = await inStatus(tx, import_id, from)
  checkMapping(before.mapping, before.inspection.header)
  if (!before.inspection.is_certain && before.mapping.encoding === undefined) {
    throw new AppError('import.encoding_uncertain', {
      encodings: before.inspection.candidates.map((one) => one.encoding),
    })
  }
  await tx.run(sql`
    update imports set status = ${status}::text, stage = 'waiting', runner = null, error = null, finished_at = null
    where import_id = ${import_id}::uuid`)
  await audit(tx, [
    { action: status === 'running' ? 'import.started' : 'import.checked', noun: 'imports', noun_id: import_id },
  ])
  if (as_job) await addJobs(tx, [jobOf(import_id)])
  return one(tx, import_id)
}

/**
 * The job that works on an import. Its key is new each time: one that a killed process left locked must not hold
 * it up.
 */
export function jobOf(import_id: string): { name: string; payload: Record<string, unknown>; attempts_max: number } {
  return { name: 'imports.run', payload: { import_id }, attempts_max: 1 }
}

/** Stops a run or a dry run between two chunks; what is booked stays booked. Throws `import.wrong_state`. */
export async function cancel(tx: Tx, import_id: string): Promise<Import> {
  const before = await inStatus(tx, import_id, ['running', 'checking'])
  const status = before.status === 'checking' ? 'uploaded' : 'cancelled'
  await tx.run(sql`
    update imports set status = ${status}::text, stage = null, runner = null, finished_at = ${tx.now}::timestamptz
    where import_id = ${import_id}::uuid`)
  await audit(tx, [{ action: 'import.cancelled', noun: 'imports', noun_id: import_id }])
  return one(tx, import_id)
}

/** Forgets an import with its row results; answers the file to be removed after the commit. What it booked stays. */
export async function remove(tx: Tx, import_id: string): Promise<string | null> {
  const { file_path, is_upload } = await inStatus(tx, import_id, ['uploaded', 'done', 'cancelled', 'failed'])
  await clearPieces(tx, import_id)
  await tx.run(sql`delete from imports where import_id = ${import_id}::uuid`)
  await audit(tx, [{ action: 'import.removed', noun: 'imports', noun_id: import_id }])
  return is_upload ? file_path : null
}

/**
 * Lets go of files and row results of imports long over; counts stay. Answers the files to be removed after the
 * commit.
 */
export async function forget(tx: Tx): Promise<string[]> {
  const old = addMs(tx.now, -kept_days * 86_400_000)
  const rows = await tx.rows<{ import_id: string; file_path: string | null; is_upload: boolean }>(sql`
    update imports set file_path = null, is_staged = false
    where file_path is not null and status in ('uploaded', 'done', 'cancelled', 'failed')
      and coalesce(finished_at, created_at) < ${old}::timestamptz
    returning import_id, old.file_path, is_upload`)
  const ids = rows.map((row) => row.import_id)
  await tx.run(sql`delete from import_results where import_id = any (${ids}::uuid[])`)
  await tx.run(sql`delete from import_plan where import_id = any (${ids}::uuid[])`)
  await tx.run(sql`delete from import_pieces where import_id = any (${ids}::uuid[])`)
  await tx.run(sql`delete from import_things where import_id = any (${ids}::uuid[])`)
  return rows.flatMap(({ file_path, is_upload }) => (is_upload && file_path ? [file_path] : []))
}

/** The import, locked, if it is in one of these states. Throws `import.not_found`, `import.wrong_state`. */
async function inStatus(tx: Tx, import_id: string, allowed: readonly Import['status'][]): Promise<Import> {
  await tx.run(sql`select from imports where import_id = ${import_id}::uuid for update`)
  const found = await one(tx, import_id)
  if (!allowed.includes(found.status)) throw new AppError('import.wrong_state', { status: found.status })
  return found
}

/** Presets as screens list them. */
export function presetList() {
  return known.map(({ name, kind, source, currency, time_zone, columns }) => ({
    name,
    kind,
    source,
    currency,
    time_zone,
    columns: columns as Record<string, string[]>,
  }))
}

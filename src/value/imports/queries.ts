/** How imports are looked at. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { pageOf, pageSizeMax, readCursor } from '../../base/routes.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addCounts } from './counts.ts'
import { noCounts, noProgress, type Import, type ResultLine, type ResultOutcome } from './types.ts'

const columns = sql`import_id, kind, status, stage, file_name, file_path, is_upload, file_sha256, file_bytes,
  source, preset, encoding,
  inspection, mapping, points_as_of, counts as own_counts, dry_run, progress, error, is_staged, lanes,
    chunk_weight, runner,
    heartbeat_at,
  actor, actor_name, created_at, started_at, finished_at`

/** One import. Throws `import.not_found`. */
export async function one(db: Reader, import_id: string): Promise<Import> {
  const found = await db.row<Import>(sql`select ${columns} from imports where import_id = ${import_id}::uuid`)
  if (!found) throw new AppError('import.not_found', { import_id })
  return whole(found)
}

/** Counts are the row's own and those of its lanes; what has not been written yet is nought. */
function whole(row: Import): Import {
  const counts = row.lanes.reduce((sum, lane) => addCounts(sum, lane.counts), { ...noCounts, ...row.own_counts })
  return { ...row, counts, progress: { ...noProgress, ...row.progress } }
}

interface PageAsked {
  limit?: number | undefined
  cursor?: string | undefined
  source?: string | undefined
  /** Only those that were at work then: which file brought what was recorded at that moment. */
  at?: string | undefined
}

/** Newest first. */
export async function page(db: Reader, asked: PageAsked): Promise<{ data: Import[]; next_cursor: string | null }> {
  const limit = asked.limit ?? pageSizeMax
  const after = readCursor(asked.cursor)
  const rows = await db.rows<Import>(sql`
    select ${columns} from imports
    where (${after?.[0] ?? null}::uuid is null or import_id < ${after?.[0] ?? null}::uuid)
      and (${asked.source ?? null}::text is null or source = ${asked.source ?? null}::text)
      and (${asked.at ?? null}::timestamptz is null or ${asked.at ?? null}::timestamptz
        between started_at and coalesce(finished_at, 'infinity'))
    order by import_id desc limit ${limit + 1}::int`)
  return pageOf(rows.map(whole), limit, (row) => [row.import_id])
}

export interface StoredResult extends ResultLine {
  phase: 'reading' | 'booking'
  code: string
}

/** Row results in the order of the file. */
export async function results(
  db: Reader,
  import_id: string,
  asked: {
    limit?: number | undefined
    cursor?: string | undefined
    outcome?: ResultOutcome | undefined
    code?: string | undefined
  },
): Promise<{ data: StoredResult[]; next_cursor: string | null }> {
  const limit = asked.limit ?? pageSizeMax
  const [row_no, phase, outcome] = readCursor(asked.cursor) ?? [0, '', '']
  const rows = await db.rows<StoredResult>(sql`
    select row_no, phase, outcome, code, details from import_results
    where import_id = ${import_id}::uuid and (row_no, phase, outcome) > (${row_no}::bigint, ${phase}::text,
      ${outcome}::text)
      and (${asked.outcome ?? null}::text is null or outcome = ${asked.outcome ?? null}::text)
      and (${asked.code ?? null}::text is null or code = ${asked.code ?? null}::text)
    order by row_no, phase, outcome limit ${limit + 1}::int`)
  return pageOf(rows, limit, (row) => [row.row_no, row.phase, row.outcome])
}

/** How many rows each code concerns, the most frequent first: what a person reads before any single row. */
export async function resultSums(
  db: Reader,
  import_id: string,
): Promise<{ outcome: ResultOutcome; code: string; rows: number }[]> {
  return db.rows(sql`
    select outcome, code, count(*)::int as rows from import_results where import_id = ${import_id}::uuid
    group by outcome, code order by outcome, rows desc, code`)
}

/**
 * Nobody works on it: its runner gave it back, was not heard of for long, or has no connection any more (a process
 * closes its connections whatever kills it; a server of one's own may not show names, then silence tells).
 */
export function isOrphan(silent_since: Date): Sql {
  return sql`(imports.runner is null or imports.heartbeat_at < ${silent_since}::timestamptz
    or imports.runner_name like 'regulars:%'
      and not exists (select from pg_stat_activity here where here.application_name = imports.runner_name))`
}

/** Imports that somebody began and nobody works on. */
export async function orphans(
  db: Reader,
  silent_since: Date,
): Promise<{ import_id: string; status: 'running' | 'checking' }[]> {
  return db.rows(sql`
    select import_id, status from imports
    where status in ('running', 'checking') and ${isOrphan(silent_since)}
    order by import_id`)
}

/** An import of the same file in the same way that has not come to its end: the command line goes on with it. */
export async function unfinished(
  db: Reader,
  wanted: { kind: string; file_sha256: string; mapping: unknown },
): Promise<Import | undefined> {
  const found = await db.row<Import>(sql`
    select ${columns} from imports
    where file_sha256 = ${wanted.file_sha256}::text and kind = ${wanted.kind}::text
      and mapping = ${JSON.stringify(wanted.mapping)}::jsonb and status in ('running', 'cancelled', 'failed')
    order by import_id desc limit 1`)
  return found && whole(found)
}

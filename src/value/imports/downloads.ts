/**
 * Row results as CSV, each with its row as it stood in the file: refused rows can be mended there and imported
 * again.
 */
import type { Db } from '../../base/db.ts'
import { openTable } from './files/table.ts'
import type { Batch } from './files/csv.ts'
import { results, type StoredResult } from './queries.ts'
import { layoutOf } from './reading.ts'
import type { Detail, Import, ResultOutcome } from './types.ts'

/** Results fetched at once. */
const pageRows = 2_000

/** The file's own columns come first, so that the mapping still fits what was mended. */
const ownColumns = ['regulars_row', 'regulars_outcome', 'regulars_reasons'] as const

/**
 * Lines of CSV in the order of the file. The file is read again beside the results, so nothing of it need be kept
 * twice; of a file that is gone only the results are there. Memory holds one page.
 */
export async function* resultLines(
  db: Db,
  imported: Import,
  asked: { outcome?: ResultOutcome | undefined; signal: AbortSignal },
): AsyncGenerator<string> {
  const { header } = imported.inspection
  // the mark tells spreadsheets that this is UTF-8
  yield `\ufeff${csvLine([...header, ...ownColumns])}`
  const rows = originals(imported, asked.signal)
  let current = await rows.next()
  for await (const result of allResults(db, imported.import_id, asked.outcome)) {
    asked.signal.throwIfAborted()
    while (!current.done && current.value.row_no < result.row_no) current = await rows.next()
    const cells = !current.done && current.value.row_no === result.row_no ? current.value.cells : []
    yield csvLine([
      ...header.map((_name, i) => cells[i] ?? ''),
      String(result.row_no),
      result.outcome,
      result.details.map(detailText).join('; '),
    ])
  }
  await rows.return(undefined)
}

async function* allResults(
  db: Db,
  import_id: string,
  outcome: ResultOutcome | undefined,
): AsyncGenerator<StoredResult> {
  let cursor: string | undefined
  do {
    const { data, next_cursor } = await results(db, import_id, { limit: pageRows, cursor, outcome })
    yield* data
    cursor = next_cursor ?? undefined
  } while (cursor)
}

/** Every row of the file with its number; nothing when the file is no longer there. */
async function* originals(
  imported: Import,
  signal: AbortSignal,
): AsyncGenerator<{ row_no: number; cells: string[] }> {
  if (!imported.file_path) return
  const table = await openTable(imported.file_path, {
    ...layoutOf(imported.mapping),
    encoding: imported.encoding,
    signal,
  }).catch(() => null)
  if (!table) return
  try {
    for await (const batch of table.batches({ signal })) yield* rowsOf(batch)
  } finally {
    await table.close()
  }
}

function* rowsOf(batch: Batch): Generator<{ row_no: number; cells: string[] }> {
  for (const [i, cells] of batch.rows.entries()) yield { row_no: batch.numbers[i]!, cells }
}

function detailText({ code, column, value, params }: Detail): string {
  const named = [column, value === undefined ? undefined : `"${value}"`, params && JSON.stringify(params)]
  return [code, ...named.filter((part) => part !== undefined)].join(' ')
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}

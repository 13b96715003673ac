/**
 * Row results as CSV, each with its row as it stood in the file: refused rows can be mended there and imported
 * again.
 */
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { openTable } from './files/table.ts'
import type { Batch } from './files/csv.ts'
import { results, type StoredResult } from './queries.ts'
import { layoutOf } from './reading.ts'
import type { Detail, Import, ResultOutcome } from './types.ts'

/** Results fetched at once. */
const pageRows = 2_000

/** The file's own columns come first, so that the mapping still fits what was mended. */
const ownColumns = ['regulars_row', 'regulars_outcome', 'regulars_reasons'] as const

/** What to say in place of a code or an outcome; `{{name}}` is filled with that parameter. */
export type Words = Record<string, string>

/** Reads words out of an address. Throws `request.invalid` of what is no object of texts. */
export function readWords(json: string | undefined): Words {
  if (!json) return {}
  let words: unknown
  try {
    words = JSON.parse(json)
  } catch {
    words = null
  }
  if (typeof words === 'object' && words !== null && Object.values(words).every((text) => typeof text === 'string'))
    return words as Words
  const errors = [{ pointer: '/query/words', code: 'schema.format', params: { format: 'json' } }]
  throw new AppError('request.invalid', { places: 1 }, { status: 400, errors })
}

/**
 * Lines of CSV in the order of the file. The file is read again beside the results, so nothing of it need be kept
 * twice; of a file that is gone only the results are there. Memory holds one page.
 */
export async function* resultLines(
  db: Db,
  imported: Import,
  asked: { outcome?: ResultOutcome | undefined; words?: Words | undefined; signal: AbortSignal },
): AsyncGenerator<string> {
  const words = asked.words ?? {}
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
      words[result.outcome] ?? result.outcome,
      result.details.map((detail) => detailText(detail, words)).join('; '),
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

/** What a code says: with its words a sentence, its places filled; else the code and its values. */
function detailText({ code, column, value, params }: Detail, words: Words): string {
  const said = words[code]
  const to = params?.['to']
  const filled = said?.replaceAll(/\{\{\s*(\w+)[^}]*\}\}/g, (_place, name: string) => textOf(params?.[name]))
  const cell = value === undefined ? [] : [said && to !== undefined ? `"${value}" → "${textOf(to)}"` : `"${value}"`]
  const named = [...(column ? [column] : []), ...cell]
  if (filled !== undefined) return named.length > 0 ? `${filled} (${named.join(': ')})` : filled
  return [code, ...named, ...(params ? [JSON.stringify(params)] : [])].join(' ')
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

/** What a spreadsheet would run; signed numbers and telephones are no formulas. Reading takes the mark off again. */
const formula = /^(?:[=@\t\r]|[+-](?![\d\s().,-]+$))/

function cellOf(cell: string): string {
  const safe = formula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

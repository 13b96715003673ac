import type { EncodingDecision } from '../files/decode.ts'
import { openTable, type TableOptions } from '../files/table.ts'
import type { Table } from '../files/csv.ts'
import { narrowOrders } from './date-order.ts'
import { guessMapping, type Guess } from './headers.ts'
import type { ImportKind } from './fields.ts'
import { presetNamed } from './presets.ts'

/** All that can be said of a file before a person says anything. */
export interface Inspection {
  decision: EncodingDecision
  header: string[]
  delimiter: string
  header_row: number
  bytes_total: number
  /** The first rows, for the screen where columns are corrected. */
  sample: string[][]
  guess: Guess
}

export interface InspectOptions extends TableOptions {
  kind: ImportKind
  preset?: string
  country?: string
  source?: string
}

/** Rows that a guess looks at: a few hundred tell what a column holds, some thousand hold orders of several lines. */
const guessRows = 5000
const sampleRows = 20

/**
 * Looks at a file and guesses its mapping. Where a date column stays ambiguous after the first rows, the rest is read
 * until a cell settles it. Errors: those of `openTable`, `import.preset_unknown`, `import.preset_mismatch`.
 */
export async function inspectFile(path: string, options: InspectOptions): Promise<Inspection> {
  const table = await openTable(path, options)
  try {
    const rows = await firstRows(table, options.signal)
    const preset = options.preset === undefined ? undefined : presetNamed(options.preset)
    const { kind, country, source } = options
    const guess = guessMapping(table.header, rows, { kind, country, source, preset })
    if (guess.ambiguous_dates.length > 0 && rows.length >= guessRows) await settleDates(table, guess, options.signal)
    const { mapping } = guess
    if (options.encoding !== undefined) mapping.encoding = table.encoding
    if (options.delimiter !== undefined) mapping.delimiter = options.delimiter
    if (options.header_row !== undefined) mapping.header_row = options.header_row
    if (options.sheet !== undefined) mapping.sheet = options.sheet
    const { decision, header, delimiter, header_row, bytes_total } = table
    return { decision, header, delimiter, header_row, bytes_total, sample: rows.slice(0, sampleRows), guess }
  } finally {
    await table.close()
  }
}

async function firstRows(table: Table, signal: AbortSignal | undefined): Promise<string[][]> {
  const rows: string[][] = []
  for await (const batch of table.batches({ signal })) {
    for (const row of batch.rows) rows.push(row)
    if (rows.length >= guessRows) break
  }
  return rows
}

/** Reads on until each ambiguous column is settled or the file ends; changes the guess. */
async function settleDates(table: Table, guess: Guess, signal: AbortSignal | undefined): Promise<void> {
  const open = guess.ambiguous_dates.map((date) => ({
    ...date,
    index: table.header.indexOf(date.column),
    left: [date.order, ...date.others],
  }))
  for await (const batch of table.batches({ signal })) {
    for (const row of batch.rows) {
      for (const date of open) if (date.left.length > 1) date.left = narrowOrders(date.left, row[date.index] ?? '')
    }
    if (open.every((date) => date.left.length === 1)) break
  }
  guess.ambiguous_dates = []
  for (const { field, column, left } of open) {
    guess.mapping.date_order[field] = left[0]!
    if (left.length > 1) guess.ambiguous_dates.push({ field, column, order: left[0]!, others: left.slice(1) })
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../../base/errors.ts'
import { fileKind } from './bytes.ts'
import { openCsv, type Table } from './csv.ts'
import { decideEncoding, type EncodingDecision } from './decode.ts'
import { sheetToCsv } from './xlsx.ts'

export interface TableOptions {
  /** As a person names it; undefined lets the file decide. */
  encoding?: string
  delimiter?: string
  header_row?: number
  /** Sheet of a spreadsheet; its first if not named. */
  sheet?: string
  rows_max?: number
  signal?: AbortSignal
}

/**
 * Opens whatever a brand brings: CSV in any of our encodings, packed or not, .xlsx, .xls. A spreadsheet is written
 * as CSV into a temporary folder first, which `close()` removes. Errors: those of bytes.ts, decode.ts and xlsx.ts.
 */
export async function openTable(
  path: string,
  options: TableOptions = {},
): Promise<Table & { decision: EncodingDecision }> {
  const { kind } = await fileKind(path)
  if (kind === 'xlsx' || kind === 'xls') return await openSheet(path, options)
  const decision = await decideEncoding(path, options)
  return { ...(await openCsv(path, { ...options, encoding: decision.encoding })), decision }
}

async function openSheet(path: string, options: TableOptions): Promise<Table & { decision: EncodingDecision }> {
  const folder = await mkdtemp(join(tmpdir(), 'regulars-sheet-'))
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const target = join(folder, 'sheet.csv')
    await sheetToCsv(path, target, options)
    const table = await openCsv(target, {
      encoding: 'utf-8',
      delimiter: ',',
      header_row: options.header_row,
      signal: options.signal,
    })
    return { ...table, close, decision: { encoding: 'utf-8', certain: true, candidates: [] } }
  } catch (error) {
    await close()
    // what was unpacked has a name that nobody gave
    if (error instanceof AppError && error.code === 'import.file_empty') throw new AppError(error.code, { path })
    throw error
  }
}

import { Worker } from 'node:worker_threads'
import { AppError } from '../../../base/errors.ts'

/**
 * Rows of a spreadsheet that are read at most, header not counted: 100,000 rows of 8 columns take some 250 MB while the
 * sheet is unpacked. More belongs into a CSV.
 */
export const xlsxRowsMax = 100_000

/** What the worker may use before the sheet counts as too large (a sheet of the limit's rows and 20 columns fits). */
const workerMemoryMb = 512

/** What was written: rows with the header, and the sheets the file has. */
export interface SheetWritten {
  sheet: string
  sheets: string[]
  rows: number
}

/** The worker's order and its answers. */
export interface SheetOrder {
  path: string
  target: string
  sheet: string | null
  rows_max: number
}
export type SheetAnswer = { written: SheetWritten } | { refused: { code: string; params: Record<string, unknown> } }

/**
 * Writes one sheet (the first, or the named one) of an .xlsx or .xls as UTF-8 CSV, in a worker so that nothing else
 * waits. Days become `YYYY-MM-DD`, times `YYYY-MM-DD HH:MM:SS`, numbers keep all their digits, blank rows stay so
 * that row numbers agree with what the spreadsheet shows.
 * Errors: `import.xlsx_too_large` {rows_max}, `import.sheet_not_found` {sheet, sheets}, `import.xlsx_unreadable`
 * {reason}.
 */
export async function sheetToCsv(
  path: string,
  target: string,
  options: { sheet?: string; rows_max?: number; signal?: AbortSignal } = {},
): Promise<SheetWritten> {
  options.signal?.throwIfAborted()
  const rows_max = options.rows_max ?? xlsxRowsMax
  const order: SheetOrder = { path, target, sheet: options.sheet ?? null, rows_max }
  const worker = new Worker(new URL('./xlsx-thread.js', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: workerMemoryMb },
  })
  const stop = (): void => void worker.terminate()
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    const answer = await answerOf(worker, rows_max)
    options.signal?.throwIfAborted()
    if ('refused' in answer) throw new AppError(answer.refused.code, answer.refused.params)
    return answer.written
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  } finally {
    options.signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

async function answerOf(worker: Worker, rows_max: number): Promise<SheetAnswer> {
  return await new Promise<SheetAnswer>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', (error: Error & { code?: string }) => {
      const isTooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      reject(isTooLarge ? new AppError('import.xlsx_too_large', { rows_max }, { cause: error }) : error)
    })
    worker.once('exit', () => reject(new AppError('import.xlsx_unreadable', { reason: 'stopped' })))
  })
}

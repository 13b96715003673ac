/** Reads one sheet and writes it as CSV; runs in a thread of its own (see xlsx.ts). */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { read, SSF, type CellObject, type WorkBook } from '@e965/xlsx'
import type { SheetAnswer, SheetOrder } from './xlsx.ts'

/** Rows written at once: keeps the text short while the sheet itself fills the memory. */
const rowsAtOnce = 2000

function answer(order: SheetOrder): SheetAnswer {
  const refuse = (code: string, params: Record<string, unknown>): SheetAnswer => ({ refused: { code, params } })
  let book: WorkBook
  try {
    book = read(readFileSync(order.path), {
      dense: true,
      cellNF: true,
      cellText: false,
      cellHTML: false,
      cellFormula: false,
      cellDates: false,
      sheets: order.sheet ?? 0,
      sheetRows: order.rows_max + 2,
    })
  } catch (error) {
    return refuse('import.xlsx_unreadable', { reason: error instanceof Error ? error.message : String(error) })
  }
  const name = order.sheet ?? book.SheetNames[0] ?? ''
  const sheet = book.Sheets[name]
  if (!sheet) return refuse('import.sheet_not_found', { sheet: name, sheets: book.SheetNames })
  const rows = (sheet['!data'] ?? []) as (CellObject | undefined)[][]
  if (rows.length > order.rows_max + 1) return refuse('import.xlsx_too_large', { rows_max: order.rows_max })
  write(rows, order.target, book.Workbook?.WBProps?.date1904 === true)
  return { written: { sheet: name, sheets: book.SheetNames, rows: rows.length } }
}

function write(rows: (CellObject | undefined)[][], target: string, date1904: boolean): void {
  const file = openSync(target, 'w', 0o600)
  try {
    const width = rows.reduce((most, row) => Math.max(most, row?.length ?? 0), 0)
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      let text = ''
      for (let at = from; at < Math.min(rows.length, from + rowsAtOnce); at += 1) {
        text += line(rows[at] ?? [], width, date1904)
        // What is written is let go: the sheet is most of the memory.
        rows[at] = []
      }
      writeSync(file, text)
    }
  } finally {
    closeSync(file)
  }
}

function line(row: (CellObject | undefined)[], width: number, date1904: boolean): string {
  const cells: string[] = []
  for (let at = 0; at < width; at += 1) {
    const text = textOf(row[at], date1904)
    cells.push(/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  }
  return `${cells.join(',')}\n`
}

function textOf(cell: CellObject | undefined, date1904: boolean): string {
  if (!cell || cell.v === undefined || cell.v === null || cell.t === 'z') return ''
  if (cell.t === 'e') return cell.w ?? '#N/A'
  if (cell.t === 'b') return cell.v ? 'TRUE' : 'FALSE'
  if (typeof cell.v !== 'number') return String(cell.v)
  const format = typeof cell.z === 'string' ? cell.z : ''
  if (SSF.is_date(format)) return dateText(cell.v, date1904)
  // A format of zeros alone ("0000000000") is how a spreadsheet keeps a telephone's leading zero.
  return /^0{2,}$/.test(format) ? plain(cell.v).padStart(format.length, '0') : plain(cell.v)
}

function dateText(serial: number, date1904: boolean): string {
  const date = SSF.parse_date_code(serial, { date1904 })
  if (!date) return plain(serial)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${String(date.y).padStart(4, '0')}-${two(date.m)}-${two(date.d)}`
  const time = `${two(date.H)}:${two(date.M)}:${two(Math.floor(date.S))}`
  if (serial < 1) return time
  return time === '00:00:00' ? day : `${day} ${time}`
}

/** A number in full: no exponent, no rounding beyond what the file holds. */
function plain(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20).replace(/0+$/, '')
}

parentPort?.postMessage(answer(workerData as SheetOrder))

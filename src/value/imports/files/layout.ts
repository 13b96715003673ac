import { csvParser } from './csv-parser.ts'

/** How a text file is laid out: what parts cells and lines, where the header stands (1-based) and what it says. */
export interface Layout {
  delimiter: string
  line_end: '\n' | '\r'
  header_row: number
  header: string[]
}

/** Tried in this order; the earlier wins a tie. */
const delimiters = [',', '\t', ';', '|'] as const

/** A header is looked for in so many first rows: reports of tills put titles above it. */
const headerRowsMax = 20

/** Old Macintosh exports end lines with CR alone. */
export function lineEndOf(text: string): '\n' | '\r' {
  return !text.includes('\n') && text.includes('\r') ? '\r' : '\n'
}

/** Rows of a piece of text; a torn last row is left out unless the text is whole. */
export function rowsOf(text: string, delimiter: string, isWhole: boolean): string[][] {
  const rows: string[][] = []
  const parser = csvParser(delimiter, lineEndOf(text))
  try {
    parser.push(text, rows)
    if (isWhole) parser.end(rows)
  } catch {
    // A quote that never closes spoils the rest of the sample; the rows before it are good enough to guess from.
  }
  return rows
}

/** The delimiter that gives most rows the same width, of at least two cells; a comma if none does. */
export function guessDelimiter(text: string, isWhole = true): string {
  const named = /^\ufeff?sep=(.)\r?\n/i.exec(text)
  if (named) return named[1]!
  let best = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const widths = rowsOf(text, delimiter, isWhole)
      .filter((row) => row.length > 1 || row[0] !== '')
      .map((row) => row.length)
    const counts = new Map<number, number>()
    for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1)
    for (const [width, rows] of counts) {
      // Agreement counts twice: a comma inside product names must not win over the tab that all rows agree on.
      const score = width > 1 ? (rows / widths.length) ** 2 * Math.log(width) : 0
      if (score > best.score) best = { delimiter, score }
    }
  }
  return best.delimiter
}

/**
 * Where the header stands: the first row with more than half as many filled cells as the widest of the first rows.
 * `sep=;` lines and titles above a table have fewer.
 */
export function guessHeaderRow(rows: readonly string[][]): number {
  const filled = rows.slice(0, headerRowsMax).map((row) => row.filter((cell) => cell.trim() !== '').length)
  const widest = Math.max(1, ...filled)
  const index = filled.findIndex((cells) => cells * 2 > widest)
  return (index < 0 ? 0 : index) + 1
}

/** Names of columns: trimmed, an empty one called `#3` by its place, a repeated one `name (2)`. */
export function headerNames(cells: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return cells.map((cell, index) => {
    const name =
      cell
        .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
        .replace(/\s+/g, ' ')
        .trim() || `#${index + 1}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

/** All of it at once, from the first piece of a file; what is given is not guessed. */
export function layoutOf(text: string, isWhole: boolean, given: { delimiter?: string; header_row?: number }): Layout {
  const delimiter = given.delimiter ?? guessDelimiter(text, isWhole)
  const rows = rowsOf(text, delimiter, isWhole)
  const header_row = given.header_row ?? guessHeaderRow(rows)
  return { delimiter, line_end: lineEndOf(text), header_row, header: headerNames(rows[header_row - 1] ?? []) }
}

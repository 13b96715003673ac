import { AppError } from '../../../base/errors.ts'

/** A record longer than this is not one: somewhere a quote was opened and never closed. In characters. */
export const recordCharsMax = 1_048_576

/** Turns pieces of text into records. A blank line gives one empty cell, so that records count as rows do. */
export interface CsvParser {
  /** Adds the records that are complete with this piece to `out`. */
  push(text: string, out: string[][]): void
  /** Adds what is left after the last line end. */
  end(out: string[][]): void
}

/**
 * CSV as RFC 4180 says, lenient where files are: a quote inside an unquoted cell stands for itself, and so does a
 * quoted cell that goes on after its closing quote (`"Nice" mug`). Lines without a quote are split natively, which
 * makes a plain file several times as fast as a reader that looks at each character; `csv-parser.test.ts` holds that
 * both ways give what csv-parse gives. Cells are slices of their chunk: keep a copy, not a cell, for long.
 * Errors: `import.quote_unclosed` {row}, `import.record_too_long` {row}.
 */
export function csvParser(delimiter: string, lineEnd: '\n' | '\r' = '\n'): CsvParser {
  let rest = ''
  let records = 0

  function take(text: string, isLast: boolean, out: string[][]): void {
    let at = 0
    let quote = text.indexOf('"')
    while (at < text.length) {
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at)
      const end = text.indexOf(lineEnd, at)
      if (end < 0 && !isLast) break
      const stop = end < 0 ? text.length : end
      if (quote < 0 || quote > stop) {
        out.push(text.slice(at, lineStop(text, at, stop, lineEnd)).split(delimiter))
        at = stop + 1
      } else {
        const next = quotedRecord(text, at, isLast, delimiter, lineEnd, out)
        if (next < 0) break
        at = next
      }
      records += 1
    }
    rest = at < text.length ? text.slice(at) : ''
    if (rest.length > recordCharsMax || (isLast && rest !== '')) {
      const unclosed = isLast || rest.includes('"')
      throw new AppError(unclosed ? 'import.quote_unclosed' : 'import.record_too_long', { row: records + 1 })
    }
  }

  return {
    push: (text, out) => take(rest === '' ? text : rest + text, false, out),
    end: (out) => take(rest, true, out),
  }
}

/** Where the line's own text stops: before the CR of a CRLF. */
function lineStop(text: string, at: number, stop: number, lineEnd: string): number {
  return lineEnd === '\n' && stop > at && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop
}

/** Reads one record that holds a quote; gives where the next begins, or -1 if the text ends before the record does. */
function quotedRecord(
  text: string,
  start: number,
  isLast: boolean,
  delimiter: string,
  lineEnd: string,
  out: string[][],
): number {
  const cells: string[] = []
  let at = start
  for (;;) {
    let cell: string | undefined
    let after = at
    if (text.charCodeAt(at) === 34) {
      const closed = quotedCell(text, at)
      if (closed === undefined) return -1
      after = closed.after
      if (endsCell(text, after, delimiter, lineEnd)) cell = closed.value
    }
    const line = text.indexOf(lineEnd, after)
    if (line < 0 && !isLast) return -1
    const stop = line < 0 ? text.length : line
    const next = text.indexOf(delimiter, after)
    const isInner = next >= 0 && next < stop
    cell ??= text.slice(at, isInner ? next : lineStop(text, at, stop, lineEnd))
    cells.push(cell)
    if (!isInner) {
      out.push(cells)
      return stop + 1
    }
    at = next + 1
  }
}

/**
 * The text between the quotes at `at`, doubled quotes made single; undefined if the text ends first. A quote that ends
 * a piece may be half of a doubled one: its record has no line end yet and will be read again.
 */
function quotedCell(text: string, at: number): { value: string; after: number } | undefined {
  let value = ''
  let from = at + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return undefined
    if (text.charCodeAt(quote + 1) !== 34) return { value: value + text.slice(from, quote), after: quote + 1 }
    value += text.slice(from, quote + 1)
    from = quote + 2
  }
}

function endsCell(text: string, after: number, delimiter: string, lineEnd: string): boolean {
  if (after >= text.length || text.startsWith(delimiter, after) || text.startsWith(lineEnd, after)) return true
  return lineEnd === '\n' && text.startsWith('\r\n', after)
}

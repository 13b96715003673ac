import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvParser, recordCharsMax } from './csv-parser.ts'

/** Reads a text cut into pieces at the given places. */
function read(text: string, delimiter = ',', cuts: number[] = []): string[][] {
  const parser = csvParser(delimiter)
  const rows: string[][] = []
  let from = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    const to = Math.min(text.length, Math.max(from, cut))
    parser.push(text.slice(from, to), rows)
    from = to
  }
  parser.push(text.slice(from), rows)
  parser.end(rows)
  return rows
}

const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '茶', ' ', '"', ',', ';', '\t', '\n', '\r', '1'),
  maxLength: 6,
})
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 })

function write(rows: string[][], delimiter: string, lineEnd: string, quoteAll: boolean): string {
  const text = (value: string): string =>
    quoteAll || /["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value
  return rows.map((row) => row.map(text).join(delimiter) + lineEnd).join('')
}

describe('reading CSV', () => {
  it('gives what csv-parse gives, wherever the text is cut', () => {
    const cases = fc.tuple(
      table,
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.nat(120), { maxLength: 6 }),
    )
    fc.assert(
      fc.property(cases, ([rows, delimiter, lineEnd, quoteAll, cuts]) => {
        const text = write(rows, delimiter, lineEnd, quoteAll)
        const options = {
          delimiter,
          relax_column_count: true,
          record_delimiter: ['\r\n', '\n'],
          skip_empty_lines: false,
        }
        expect(read(text, delimiter, cuts)).toEqual(parse(text, options))
        expect(read(text, delimiter, cuts)).toEqual(rows)
      }),
      { numRuns: 2000 },
    )
  })

  it('reads a last line without a line end', () => {
    expect(read('a,b\n1,2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(read('a,b\n"1","2"')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
  })

  it('lets a quote inside a cell stand for itself', () => {
    expect(read('12" pipe,"Nice" mug\nx,y\n')).toEqual([
      ['12" pipe', '"Nice" mug'],
      ['x', 'y'],
    ])
    expect(read('="0912345678",1\n')).toEqual([['="0912345678"', '1']])
  })

  it('counts a blank line as a row', () => {
    expect(read('a\n\nb\n')).toEqual([['a'], [''], ['b']])
  })

  it('names the row where a quote never closes', () => {
    expect(() => read('a,b\n1,"2\n3,4\n')).toThrowError(/import\.quote_unclosed.*row 2/)
    expect(() => read(`a,b\n1,"${'x'.repeat(recordCharsMax)}\n`, ',', [10])).toThrowError(/import\.quote_unclosed/)
  })

  it('refuses a line that never ends', () => {
    const parser = csvParser(',')
    expect(() => parser.push('x'.repeat(recordCharsMax + 1), [])).toThrowError(/import\.record_too_long/)
  })
})

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utils, write, type WorkSheet } from '@e965/xlsx'
import { afterAll, describe, expect, it } from 'vitest'
import { openTable } from './table.ts'
import { sheetToCsv } from './xlsx.ts'

const folder = mkdtempSync(join(tmpdir(), 'regulars-xlsx-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function book(sheets: Record<string, WorkSheet>, type: 'xlsx' | 'biff8' = 'xlsx'): string {
  const file = utils.book_new()
  for (const [name, sheet] of Object.entries(sheets)) utils.book_append_sheet(file, sheet, name)
  const path = join(folder, `${Object.keys(sheets).join('-')}-${type}.${type === 'xlsx' ? 'xlsx' : 'xls'}`)
  writeFileSync(path, write(file, { type: 'buffer', bookType: type, compression: true }) as Buffer)
  return path
}

const date = (v: number, z: string): object => ({ t: 'n', v, z })

describe('a spreadsheet', () => {
  const orders = utils.aoa_to_sheet([
    ['訂單編號', '日期', '時間', '手機', '卡號', '金額', '備註'],
    [
      'A1',
      date(45413, 'yyyy/m/d'),
      date(45413.5, 'yyyy-mm-dd hh:mm'),
      { t: 'n', v: 912345678, z: '0000000000' },
      886912345678,
      1280.5,
      '說 "好"\n喝, 再來',
    ],
    [],
    ['A2', '113/05/01', date(0.75, 'hh:mm'), 912345678, 123456789012345, -0.1, true],
  ])

  it('becomes rows: days as ISO, numbers in full, zeros a format keeps, blank rows counted', async () => {
    for (const type of ['xlsx', 'biff8'] as const) {
      const table = await openTable(book({ Orders: orders, Other: utils.aoa_to_sheet([['x'], [1]]) }, type))
      const batches = []
      for await (const batch of table.batches()) batches.push(batch)
      expect(table.header).toEqual(['訂單編號', '日期', '時間', '手機', '卡號', '金額', '備註'])
      expect(batches.flatMap((batch) => batch.numbers)).toEqual([2, 4])
      expect(batches.flatMap((batch) => batch.rows)).toEqual([
        ['A1', '2024-05-01', '2024-05-01 12:00:00', '0912345678', '886912345678', '1280.5', '說 "好"\n喝, 再來'],
        ['A2', '113/05/01', '18:00:00', '912345678', '123456789012345', '-0.1', 'TRUE'],
      ])
      await table.close()
    }
  })

  it('gives the sheet that is named, and names its sheets when there is none such', async () => {
    const path = book({ First: utils.aoa_to_sheet([['a'], [1]]), Second: utils.aoa_to_sheet([['b'], [2]]) })
    const target = join(folder, 'second.csv')
    expect(await sheetToCsv(path, target, { sheet: 'Second' })).toEqual({
      sheet: 'Second',
      sheets: ['First', 'Second'],
      rows: 2,
    })
    expect(readFileSync(target, 'utf8')).toBe('b\n2\n')
    const absent = sheetToCsv(path, target, { sheet: 'Third' })
    await expect(absent).rejects.toMatchObject({
      code: 'import.sheet_not_found',
      params: { sheets: ['First', 'Second'] },
    })
  })

  it('is taken up to its limit of rows and refused beyond', async () => {
    const rows = (n: number): WorkSheet => utils.aoa_to_sheet([['a'], ...Array.from({ length: n }, (_, i) => [i])])
    const target = join(folder, 'many.csv')
    expect(await sheetToCsv(book({ Ten: rows(10) }), target, { rows_max: 10 })).toMatchObject({ rows: 11 })
    const beyond = sheetToCsv(book({ Eleven: rows(11) }), target, { rows_max: 10 })
    await expect(beyond).rejects.toMatchObject({ code: 'import.xlsx_too_large', params: { rows_max: 10 } })
  })

  it('says when it is none', async () => {
    const path = join(folder, 'broken.xlsx')
    writeFileSync(path, Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(200, 7)]))
    await expect(openTable(path)).rejects.toMatchObject({ code: 'import.xlsx_unreadable' })
  })
})

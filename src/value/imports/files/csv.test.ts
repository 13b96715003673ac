import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { openCsv, type Batch, type Table } from './csv.ts'
import { guessDelimiter } from './layout.ts'

const folder = mkdtempSync(join(tmpdir(), 'regulars-csv-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function file(content: string | Buffer): string {
  const path = join(folder, `${(files += 1)}.csv`)
  writeFileSync(path, content)
  return path
}

async function batchesOf(table: Table, options?: Parameters<Table['batches']>[0]): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of table.batches(options)) batches.push(batch)
  return batches
}

const open = (content: string | Buffer): Promise<Table> => openCsv(file(content), { encoding: 'utf-8' })

describe('the layout of a file', () => {
  it('is guessed for comma, semicolon, tab and bar', () => {
    for (const mark of [',', ';', '\t', '|']) {
      expect(
        guessDelimiter(`id${mark}name${mark}total\n1${mark}tea, green; loose${mark}5\n2${mark}x${mark}6\n`),
      ).toBe(mark)
    }
    expect(guessDelimiter('phone\n0912\n')).toBe(',')
  })

  it('is told by a first line of Excel', async () => {
    const table = await open('sep=;\na;b,c\n1;2,3\n')
    expect([table.delimiter, table.header]).toEqual([';', ['a', 'b,c']])
  })

  it('finds the header below the titles of a report', async () => {
    const table = await open(
      '門市日報表\n列印日期,2024/05/01\n\n單號,日期,會員手機,金額\nA1,2024/05/01,0912345678,80\n',
    )
    expect(table.header).toEqual(['單號', '日期', '會員手機', '金額'])
    const [batch] = await batchesOf(table)
    expect([batch!.rows, batch!.numbers]).toEqual([[['A1', '2024/05/01', '0912345678', '80']], [5]])
  })

  it('leaves the byte order mark out, names empty columns by their place and counts repeated ones', async () => {
    const table = await open('\ufeffid,,name,name\n1,2,3,4\n')
    expect(table.header).toEqual(['id', '#2', 'name', 'name (2)'])
  })
})

describe('the rows of a file', () => {
  it('carry the numbers a spreadsheet shows, blank rows counted and left out', async () => {
    const [batch] = await batchesOf(await open('a,b\r\n1,2\r\n\r\n,\r\n"3\r\n4",5\r\n'))
    expect(batch!.rows).toEqual([
      ['1', '2'],
      ['3\r\n4', '5'],
    ])
    expect(batch!.numbers).toEqual([2, 5])
  })

  it('are made even: short ones filled up and told, long ones told, empty cells too many cut off', async () => {
    const [batch] = await batchesOf(await open('a,b,c\n1\n1,2,3,4\n1,2,3,,\n'))
    expect(batch!.rows).toEqual([
      ['1', '', ''],
      ['1', '2', '3', '4'],
      ['1', '2', '3'],
    ])
    expect(batch!.ragged).toEqual([
      { row: 2, cells: 1 },
      { row: 3, cells: 4 },
    ])
  })

  it('are the same packed and plain, in batches of any size, and can be read twice', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `A${i},2024-05-01,"茶, ${i}",${i % 97}`)
    const content = `id,day,what,total\n${lines.join('\n')}\n`
    const plain = await batchesOf(await open(content))
    const packed = await openCsv(file(gzipSync(content)), { encoding: 'utf-8' })
    const whole = (batches: Batch[]): unknown => [batches.flatMap((b) => b.rows), batches.flatMap((b) => b.numbers)]
    expect(plain.flatMap((batch) => batch.rows)).toHaveLength(20_000)
    expect(plain[0]!.rows[3]).toEqual(['A3', '2024-05-01', '茶, 3', '3'])
    expect(whole(await batchesOf(packed))).toEqual(whole(plain))
    expect(whole(await batchesOf(packed, { batch_rows: 77 }))).toEqual(whole(plain))
    const last = (await batchesOf(packed)).at(-1)!
    expect(last.bytes_read).toBe(packed.bytes_total)
  })

  it('end with lines of old Macintoshes', async () => {
    const [batch] = await batchesOf(await open('a,b\r1,2\r3,4'))
    expect(batch!.rows).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
  })

  it('stop when asked', async () => {
    const table = await open(`a,b\n${'1,2\n'.repeat(200_000)}`)
    const stop = new AbortController()
    const reading = async (): Promise<void> => {
      for await (const batch of table.batches({ signal: stop.signal })) if (batch.rows.length > 0) stop.abort()
    }
    await expect(reading()).rejects.toThrow(/abort/i)
  })
})

describe('a file that cannot be read', () => {
  it('says so: absent, empty, torn packing', async () => {
    await expect(openCsv(join(folder, 'absent.csv'), { encoding: 'utf-8' })).rejects.toMatchObject({
      code: 'import.file_not_found',
    })
    for (const nothing of ['', '\ufeff', '\n\n \r\n'])
      await expect(open(nothing)).rejects.toMatchObject({ code: 'import.file_empty' })
    const packed = gzipSync(`a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i * 7919},${i}\n`).join('')}`)
    const table = await openCsv(file(packed.subarray(0, packed.length - 500)), { encoding: 'utf-8' })
    await expect(batchesOf(table)).rejects.toMatchObject({ code: 'import.gzip_broken' })
  })
})

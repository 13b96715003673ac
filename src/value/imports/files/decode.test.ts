import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { decideEncoding, decodeChunks, parseEncoding, type Encoding } from './decode.ts'

const folder = mkdtempSync(join(tmpdir(), 'regulars-decode-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function file(content: Uint8Array): string {
  const path = join(folder, `${(files += 1)}.csv`)
  writeFileSync(path, content)
  return path
}

type Legacy = 'big5' | 'gb18030' | 'shift_jis' | 'windows-1252'
const tables = new Map<Legacy, Map<string, number[]>>()

/** Node decodes these encodings but does not write them: the table is the decoder's, turned round. */
function encode(text: string, encoding: Legacy): Buffer {
  let table = tables.get(encoding)
  if (!table) {
    table = new Map()
    const decoder = new TextDecoder(encoding)
    const add = (bytes: number[]): void => {
      const char = decoder.decode(new Uint8Array(bytes))
      if ([...char].length === 1 && char !== '\ufffd' && !table!.has(char)) table!.set(char, bytes)
    }
    for (let lead = 0; lead <= 0xff; lead += 1) add([lead])
    for (let lead = 0x81; lead <= 0xfe; lead += 1)
      for (let trail = 0x40; trail <= 0xfe; trail += 1) add([lead, trail])
    tables.set(encoding, table)
  }
  return Buffer.from([...text].flatMap((char) => table.get(char) ?? [0x3f]))
}

const texts: Record<Legacy, string> = {
  big5: '訂單編號,會員姓名,商品名稱,實付金額\nA1,王小明,珍珠奶茶(大杯),65\nA2,林淑芬,凍頂烏龍茶葉禮盒,880\nA3,歐陽震華,四季春青茶,30\n',
  gb18030:
    '订单编号,会员姓名,商品名称,实付金额\nA1,王小明,珍珠奶茶（大杯）,65\nA2,欧阳娜娜,铁观音茶叶礼盒,880\nA3,诸葛亮,云南普洱熟茶饼,30\n',
  shift_jis:
    '注文番号,氏名,商品名,合計金額\nA1,山田太郎,抹茶ラテ（大）,650\nA2,佐々木希,ほうじ茶ティーバッグ,880\nA3,ﾔﾏﾀﾞ ﾊﾅｺ,煎茶,300\n',
  'windows-1252':
    'Bestellung,Name,Artikel,Betrag\nA1,Jürgen Müller,Grüner Tee,6.50\n' +
    'A2,Zoë Lefèvre,Thé à la menthe,8.80\nA3,José Núñez,Té de manzanilla,3.00\n',
}

describe('the encoding of a file', () => {
  for (const encoding of ['big5', 'gb18030', 'shift_jis', 'windows-1252'] as const) {
    it(`is guessed: ${encoding}`, async () => {
      const decision = await decideEncoding(file(encode(texts[encoding], encoding)))
      expect(decision.encoding).toBe(encoding)
      const rows = texts[encoding]
        .trim()
        .split('\n')
        .map((line) => line.split(','))
      expect(decision.candidates[0]!.sample[1]).toEqual(rows.filter((row) => /[^\x00-\x7f]/.test(row.join('')))[1])
      expect(decision.candidates[0]!.sample).toHaveLength(3)
    })
  }

  it('is sure for ordinary Chinese and Japanese, and a question where the lead is small', async () => {
    for (const encoding of ['big5', 'gb18030', 'shift_jis'] as const) {
      expect((await decideEncoding(file(encode(texts[encoding], encoding)))).certain).toBe(true)
    }
    const doubtful = await decideEncoding(file(encode('name\n囍\n', 'big5')))
    expect(doubtful.certain).toBe(false)
    expect(doubtful.candidates.length).toBeGreaterThan(0)
  })

  it('is UTF-8 only if the whole file is, however late the first other byte comes', async () => {
    const plain = 'id,name\n' + '1,abc\n'.repeat(200_000)
    expect(await decideEncoding(file(Buffer.from(plain)))).toMatchObject({ encoding: 'utf-8', certain: true })
    const late = Buffer.concat([Buffer.from(plain), encode(texts.big5, 'big5')])
    expect(await decideEncoding(file(late))).toMatchObject({ encoding: 'big5' })
    expect(await decideEncoding(file(gzipSync(late)))).toMatchObject({ encoding: 'big5' })
  })

  it('is UTF-8, but a question, where a file of UTF-8 has a torn character', async () => {
    const whole = Buffer.from(texts.big5.repeat(20))
    const torn = Buffer.concat([whole, Buffer.from([0xe8, 0x8c]), Buffer.from(',1\n')])
    expect(await decideEncoding(file(torn))).toMatchObject({ encoding: 'utf-8', certain: false })
  })

  it('is told by a byte order mark', async () => {
    const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(texts.big5, 'utf16le')])
    const decision = await decideEncoding(file(little))
    expect(decision).toMatchObject({ encoding: 'utf-16le', certain: true })
    expect(decision.candidates[0]!.sample[0]).toEqual(['訂單編號', '會員姓名', '商品名稱', '實付金額'])
    expect(await decideEncoding(file(Buffer.from(little).swap16()))).toMatchObject({ encoding: 'utf-16be' })
    expect(await decideEncoding(file(Buffer.from('\ufeffa,茶\n')))).toMatchObject({
      encoding: 'utf-8',
      certain: true,
    })
  })

  it('is what a person says', async () => {
    const path = file(encode(texts.big5, 'big5'))
    expect(await decideEncoding(path, { encoding: 'GBK' })).toMatchObject({ encoding: 'gb18030', certain: true })
    await expect(decideEncoding(path, { encoding: 'klingon' })).rejects.toMatchObject({
      code: 'import.encoding_unknown',
    })
    expect(['CP950', 'Shift-JIS', 'utf8', 'gb2312'].map(parseEncoding)).toEqual([
      'big5',
      'shift_jis',
      'utf-8',
      'gb18030',
    ])
  })

  it('agrees with TextDecoder about what is UTF-8, wherever chunks are cut', async () => {
    const bytes = fc.uint8Array({ maxLength: 40 })
    const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => new TextEncoder().encode(value))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, bytes), fc.nat(3), async (tail, shift) => {
        // 64 kB is a chunk: the tail is laid across its end.
        const content = Buffer.concat([Buffer.alloc(65_536 - shift, 'a'), tail, Buffer.from('\n')])
        if (tail.includes(0)) return
        const isValid = ((): boolean => {
          try {
            new TextDecoder('utf-8', { fatal: true }).decode(content)
            return true
          } catch {
            return false
          }
        })()
        const decision = await decideEncoding(file(content))
        expect(decision.encoding === 'utf-8' && decision.certain).toBe(isValid)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a file that is no text', () => {
  it('says so instead of asking how its letters are written', async () => {
    const picture = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))
    const unmarked = Buffer.from('order id,date,total\nA1,2024-05-01,100\n', 'utf16le')
    for (const bytes of [picture, unmarked])
      await expect(decideEncoding(file(bytes))).rejects.toMatchObject({ code: 'import.file_not_text' })
    expect((await decideEncoding(file(unmarked), { encoding: 'utf-16' })).encoding).toBe('utf-16le')
  })

  it('may hold a stray control character', async () => {
    const text = `order id,date,name\n${'A1,2024-05-01,Ann\n'.repeat(20)}A2,2024-05-01,A\0nn\n`
    expect(await decideEncoding(file(Buffer.from(text)))).toMatchObject({ encoding: 'utf-8', certain: true })
  })
})

describe('decoding', () => {
  it('joins characters that chunks cut, and leaves the mark out', async () => {
    const cases: [Encoding, Buffer, string][] = [
      ['utf-8', Buffer.from(`\ufeff${texts.big5}`), texts.big5],
      ['big5', encode(texts.big5, 'big5'), texts.big5],
      ['gb18030', encode(texts.gb18030, 'gb18030'), texts.gb18030],
      ['shift_jis', encode(texts.shift_jis, 'shift_jis'), texts.shift_jis],
      ['utf-16le', Buffer.from(`\ufeff${texts.big5}`, 'utf16le'), texts.big5],
    ]
    for (const [encoding, bytes, expected] of cases) {
      for (const size of [1, 3, 1000]) {
        const pieces = async function* (): AsyncGenerator<Buffer> {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
        }
        let text = ''
        for await (const piece of decodeChunks(pieces(), encoding)) text += piece
        expect(text).toBe(expected)
      }
    }
  })
})

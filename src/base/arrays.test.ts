import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { arrayOf } from './arrays.ts'
import { binaryArrayOf } from './binary-arrays.ts'
import { openDb, type Db } from './db.ts'
import { raw, sql } from './sql.ts'

describe('an array given to a statement', () => {
  let db: Db
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createEmptyDatabase()
    drop = () => database.drop()
    db = openDb(database.url)
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  const texts = async (values: (string | null)[]) =>
    (await db.row<{ texts: (string | null)[] }>(sql`select ${values}::text[] as texts`))!.texts

  it('arrives as it was, whatever its texts hold', async () => {
    const hard = ['', ' ', 'null', 'NULL', 'nullable', '{a}', 'a,b', '"', '\\', '\\"', "'", '王小明', 'a\nb\t', null]
    expect(await texts(hard)).toEqual(hard)
    const anything = fc.array(fc.option(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))))
    await fc.assert(
      fc.asyncProperty(anything, async (values) => {
        expect(await texts(values)).toEqual(values)
      }),
      {
        numRuns: 60,
      },
    )
  })

  it('may hold numbers, truths and instants', async () => {
    const at = new Date('2024-02-29T12:34:56.789Z')
    const row = await db.row(sql`select ${[1, null, -2]}::int[] as numbers, ${[true, false]}::boolean[] as truths,
      ${[at, null]}::timestamptz[] as instants, ${[1.5]}::numeric[] as decimals`)
    expect(row).toEqual({ numbers: [1, null, -2], truths: [true, false], instants: [at, null], decimals: [1.5] })
  })

  it('is the same in the server’s own form as in text, for every type that has one', async () => {
    const kinds: Record<string, fc.Arbitrary<unknown>> = {
      uuid: fc.uuid(),
      text: fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
      int: fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
      bigint: fc.maxSafeInteger(),
      boolean: fc.boolean(),
      timestamptz: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      date: fc
        .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      numeric: fc.integer({ min: -9_999_999_999_999, max: 9_999_999_999_999 }).map((units) => String(units / 10_000)),
      jsonb: fc.jsonValue().map((value) => JSON.stringify(value).replaceAll('\\u0000', '')),
    }
    for (const [type, kind] of Object.entries(kinds)) {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.option(kind), { maxLength: 40 }), async (values) => {
          expect(binaryArrayOf(values, type), type).toBeInstanceOf(Buffer)
          const row = await db.row<{ same: boolean }>(sql`
            select ${values}::${raw(type)}[] is not distinct from ${arrayOf(values)}::${raw(type)}[]
              and (${values}::${raw(type)}[])::text is not distinct from ${arrayOf(values)}::${raw(type)}[]::text as same`)
          expect(row, type).toEqual({ same: true })
        }),
        { numRuns: 40 },
      )
    }
  })

  it('goes as text when a value has no such form, and the server says what is wrong with it', async () => {
    const wrong: [unknown, string][] = [
      ['not-a-uuid', 'uuid'],
      ['0197b8a0-0000-7000-8000-00000000000g', 'uuid'],
      ['0197b8a0x0000-7000-8000-000000000000', 'uuid'],
      [2_147_483_648, 'int'],
      [1.5, 'bigint'],
      ['1', 'bigint'],
      ['yes', 'boolean'],
      ['2024-02-29T00:00:00Z', 'timestamptz'],
      ['2026-02-30', 'date'],
      ['0000-01-01', 'date'],
      ['1.23456', 'numeric'],
      // its scale would be lost
      ['1.50', 'numeric'],
      ['1e3', 'numeric'],
      [100_000_000, 'numeric'],
      ['one', 'numeric'],
    ]
    for (const [value, type] of wrong)
      expect(binaryArrayOf([value], type), `${String(value)} ${type}`).toBeUndefined()
    await expect(db.row(sql`select ${['2026-02-30']}::date[]`)).rejects.toMatchObject({ code: '22008' })
    await expect(db.row(sql`select ${['not-a-uuid']}::uuid[]`)).rejects.toMatchObject({ code: '22P02' })
    expect(await db.row(sql`select ${['1']}::bigint[] as numbers`)).toEqual({ numbers: ['1'] })
  })

  it('of objects is refused: they are written as texts before', () => {
    expect(() => arrayOf([{ a: 1 }])).toThrow('object')
    expect(arrayOf([])).toBe('{}')
  })
})

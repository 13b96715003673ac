import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { arrayOf } from './arrays.ts'
import { openDb, type Db } from './db.ts'
import { sql } from './sql.ts'

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

  it('of objects is left to the driver', () => {
    expect(arrayOf([{ a: 1 }])).toBeUndefined()
    expect(arrayOf([])).toBe('{}')
  })
})

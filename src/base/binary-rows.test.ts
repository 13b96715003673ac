import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { copyBinary, type RowWriter } from './binary-rows.ts'
import { openDb, type Db } from './db.ts'
import { sql } from './sql.ts'

const actor = systemActor('test')
let db: Db
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createEmptyDatabase()
  drop = () => database.drop()
  db = openDb(database.url)
  await db.run(sql`
    create table things (id int primary key, key uuid, name text, sum bigint, quantity numeric, at timestamptz, day date,
      flag boolean, data jsonb, names text[])`)
})
beforeEach(() => db.run(sql`delete from things`))
afterAll(async () => {
  await db.close()
  await drop()
})

interface Thing {
  id: number
  key: string | null
  name: string | null
  sum: number | null
  quantity_e4: number | null
  at: Date | null
  day: string | null
  flag: boolean | null
  data: string | null
  names: string[] | null
}

const nothing = { key: null, name: null, sum: null, at: null, day: null, flag: null, data: null, names: null }
const bare = (id: number): Thing => ({ ...nothing, id, quantity_e4: null })

function put(out: RowWriter, row: Thing): void {
  out.row(10)
  out.int(row.id)
  out.uuid(row.key)
  out.text(row.name)
  out.bigint(row.sum)
  out.numericE4(row.quantity_e4)
  out.instant(row.at)
  out.day(row.day)
  out.truth(row.flag)
  out.jsonb(row.data)
  out.texts(row.names)
}

const statement = 'copy things (id, key, name, sum, quantity, at, day, flag, data, names)'
const copy = (rows: readonly Thing[]) => db.tx({ actor }, (tx) => copyBinary(tx, statement, rows, put))

it('writes every type as it is, to its first and last value', async () => {
  const names = ['plain', 'tab\tnewline\nback\\slash', '', '\\N', '悟松茶 🍵', 'é'.repeat(47), 'x'.repeat(200), null]
  const sums = [0, -1, 4_294_967_296, -4_294_967_297, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, null]
  const days = [
    '2000-01-01',
    '1999-12-31',
    '0001-01-01',
    '9999-12-31',
    '2024-02-29',
    '1970-01-01',
    '2026-05-01',
    null,
  ]
  const rows = names.map((name, i): Thing => ({
    id: i % 2 === 0 ? i : -i,
    key: i === 7 ? null : `0198F3a1-7b2c-7def-8123-45678${i}abcdef`,
    name,
    sum: sums[i]!,
    quantity_e4: null,
    at: i === 7 ? null : new Date(Date.parse(`${days[i]}T23:59:59.999Z`)),
    day: days[i]!,
    flag: i === 7 ? null : i % 2 === 0,
    data: i === 7 ? null : JSON.stringify({ name, list: [1, '\\', 'ü'.repeat(i * 40)] }),
    names: i === 7 ? null : Array.from({ length: i }, (_, n) => `${n} "${name}" {,}`),
  }))
  await copy(rows)
  expect(await db.rows(sql`select * from things order by abs(id)`)).toEqual(
    rows.map(({ quantity_e4: _, data, key, ...row }) => ({
      ...row,
      key: key?.toLowerCase() ?? null,
      quantity: null,
      data: data && (JSON.parse(data) as unknown),
    })),
  )
})

it('writes a quantity with the digits that its shortest text has', async () => {
  const quantities = [
    0, 1, 10, 25_000, 10_000, 12_345, 120_000_000, 99_999_999_999, -15_000, -1, 100_000_100, 9_000_000,
  ]
  await copy(quantities.map((quantity_e4, id) => ({ ...bare(id), quantity_e4 })))
  const rows = await db.rows<{ quantity: string }>(sql`select quantity from things order by id`)
  expect(rows.map((row) => row.quantity)).toEqual([
    '0',
    '0.0001',
    '0.001',
    '2.5',
    '1',
    '1.2345',
    '12000',
    '9999999.9999',
    '-1.5',
    '-0.0001',
    '10000.01',
    '900',
  ])
  // the same as from text, down to the bytes
  const same = await db.rows(sql`
    select id from things where numeric_send(quantity) <> numeric_send(quantity::text::numeric)`)
  expect(same).toEqual([])
})

it('writes more than one piece, one row larger than a piece, and nothing at all', async () => {
  const many = Array.from({ length: 5_000 }, (_, id): Thing => ({ ...bare(id), name: 'x'.repeat(100) }))
  await copy([...many, { ...bare(5_000), name: '茶'.repeat(200_000) }])
  await copy([])
  expect(await db.row(sql`select count(*) as rows, sum(length(name)) as characters from things`)).toEqual({
    rows: 5_001,
    characters: 700_000,
  })
})

it.each<[string, Partial<Thing>]>([
  ['a uuid', { key: '0198f3a1-7b2c-7def-8123-45678zabcdef' }],
  ['a uuid', { key: 'short' }],
  ['a day', { day: '2026-02' }],
  ['a whole number', { sum: 1.5 }],
  ['an int', { id: 2 ** 31 }],
  ['a quantity', { quantity_e4: 0.5 }],
  ['an instant', { at: new Date(Number.NaN) }],
])('what is no %s is refused, and leaves the connection fit for what follows', async (_name, wrong) => {
  await expect(copy([bare(1), { ...bare(2), ...wrong }])).rejects.toThrow(/^no /)
  await copy([bare(3)])
  expect(await db.rows(sql`select id from things`)).toEqual([{ id: 3 }])
})

it('a row that the table refuses is thrown, and leaves the connection fit for what follows', async () => {
  await expect(copy([bare(1), bare(1)])).rejects.toThrow('duplicate key')
  const other = (tx: Parameters<typeof copyBinary>[0]) =>
    copyBinary(tx, 'copy things (id)', [1], (out, id) => {
      out.row(1)
      out.bigint(id)
    })
  await expect(db.tx({ actor }, other)).rejects.toThrow('incorrect binary data format')
  await copy([bare(2)])
  expect(await db.rows(sql`select id from things`)).toEqual([{ id: 2 }])
})

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { copyRows, type Cell } from './bulk.ts'
import { openDb, type Db } from './db.ts'
import { sql } from './sql.ts'

const actor = systemActor('test')
const statement = 'copy things (id, name, number, day, flag, data) from stdin'
let db: Db
let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createEmptyDatabase()
  drop = () => database.drop()
  db = openDb(database.url)
  await db.run(sql`
    create table things (id int primary key, name text, number numeric, day timestamptz, flag boolean, data jsonb)`)
})
beforeEach(() => db.run(sql`delete from things`))
afterAll(async () => {
  await db.close()
  await drop()
})

const day = new Date('2026-05-01T04:00:00.123Z')

it('writes every kind of value as it is, whatever characters it has', async () => {
  const names = ['plain', 'tab\tnewline\nreturn\rbackslash\\', '\\N', '', '悟松茶 🍵', '\\.', '"quoted"', null]
  const rows = names.map((name, id): Cell[] => [id, name, 1.5, day, id % 2 === 0, { name, list: [1, '\\'] }])
  expect(await db.tx({ actor }, (tx) => copyRows(tx, statement, rows))).toBe(names.length)
  expect(await db.rows(sql`select * from things order by id`)).toEqual(
    names.map((name, id) => ({ id, name, number: '1.5', day, flag: id % 2 === 0, data: { name, list: [1, '\\'] } })),
  )
})

it('writes more than one chunk, and nothing at all', async () => {
  function* many(): Generator<Cell[]> {
    for (let id = 0; id < 5_000; id += 1) yield [id, 'x'.repeat(100), id, null, undefined, null]
  }
  expect(await db.tx({ actor }, (tx) => copyRows(tx, statement, many()))).toBe(5_000)
  expect(await db.tx({ actor }, (tx) => copyRows(tx, statement, []))).toBe(0)
  expect(await db.row(sql`select count(*) as rows, sum(length(name)) as characters from things`)).toEqual({
    rows: 5_000,
    characters: 500_000,
  })
})

it('a row that the table refuses is thrown, and leaves the connection fit for what follows', async () => {
  await expect(
    db.tx({ actor }, (tx) =>
      copyRows(
        tx,
        statement,
        [
          [1, 'a'],
          [1, 'b'],
        ].map((row) => [...row, 0, null, null, null]),
      ),
    ),
  ).rejects.toMatchObject({ code: '23505' })
  expect(await db.row(sql`select count(*) as rows from things`)).toEqual({ rows: 0 })
})

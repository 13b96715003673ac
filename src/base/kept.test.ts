import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { Ahead } from './ahead.ts'
import { openDb, type Db, type Tx } from './db.ts'
import { Kept, unlessEmpty } from './kept.ts'
import { sql } from './sql.ts'

const actor = systemActor('test')

describe('what is kept of rows that change rarely', () => {
  let db: Db
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createEmptyDatabase()
    drop = () => database.drop()
    db = openDb(database.url)
    await db.run(sql`create table rules (code text primary key, percent int not null)`)
    await db.run(sql`create table gifts (gift text primary key)`)
    await db.run(sql`insert into rules values ('a', 1), ('b', 2)`)
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  const open = () => {
    const kept = new Kept<string>()
    let reads = 0
    const rules = (tx: Tx) =>
      kept.current(tx, ['rules', 'gifts'], async () => {
        reads += 1
        const rows = await tx.rows<{ code: string; percent: number }>(sql`select * from rules order by code`)
        return rows.map(({ code, percent }) => `${code}${percent}`).join()
      })
    return { kept, rules, reads: () => reads }
  }
  const tx = <T>(work: (tx: Tx) => Promise<T>) => db.tx({ actor }, work)

  it('is read once, and again after every kind of change', async () => {
    const { rules, reads } = open()
    expect([await tx(rules), await tx(rules), reads()]).toEqual(['a1,b2', 'a1,b2', 1])
    const changes = [
      { change: sql`insert into rules values ('c', 3)`, then: 'a1,b2,c3' },
      { change: sql`update rules set percent = 9 where code = 'a'`, then: 'a9,b2,c3' },
      { change: sql`delete from rules where code = 'b'`, then: 'a9,c3' },
      { change: sql`update rules set percent = percent`, then: 'a9,c3' },
      { change: sql`insert into gifts values ('cup')`, then: 'a9,c3' },
    ]
    for (const [nth, { change, then }] of changes.entries()) {
      await db.run(change)
      expect([await tx(rules), await tx(rules), reads()]).toEqual([then, then, nth + 2])
    }
  })

  it('is right inside a transaction that changes it time and again, and after that was undone', async () => {
    const { rules } = open()
    const before = await tx(rules)
    const seen = await db.tx({ actor, rollback: true }, async (inside) => {
      const all: string[] = []
      for (const percent of [31, 32, 33]) {
        await inside.run(sql`update rules set percent = ${percent}::int where code = 'c'`)
        all.push(await rules(inside))
      }
      return all
    })
    expect(seen).toEqual(['a9,c31', 'a9,c32', 'a9,c33'])
    expect(await tx(rules)).toBe(before)
  })

  it('is right when changes overlap and end in another order than they began', async () => {
    const { rules } = open()
    await tx(async (first) => {
      await first.run(sql`update rules set percent = 41 where code = 'a'`)
      await tx((second) => second.run(sql`update rules set percent = 42 where code = 'c'`))
      expect(await tx(rules)).toBe('a9,c42')
    })
    expect(await tx(rules)).toBe('a41,c42')
  })

  it('belongs to one database', async () => {
    const { rules, kept } = open()
    await tx(rules)
    const database = await createEmptyDatabase()
    const other = openDb(database.url)
    expect(await other.tx({ actor }, async (elsewhere) => kept.guess(elsewhere))).toBeUndefined()
    expect(await tx(async (here) => kept.guess(here))).toBe('a41,c42')
    await other.close()
    await database.drop()
  })

  it('asks for several marks of one turn by one statement', async () => {
    const [one, two] = [open(), open()]
    const asked: string[] = []
    await tx(async (inside) => {
      const listening: Tx = {
        ...inside,
        row: (statement) => {
          asked.push(statement.text)
          return inside.row(statement)
        },
      }
      await Promise.all([one.rules(listening), two.rules(listening), unlessEmpty(listening, 'rules', async () => [])])
    })
    expect(asked).toHaveLength(1)
  })

  it('reads nothing of a table that is empty, and everything from the first row on', async () => {
    await db.run(sql`create table offers (name text)`)
    const offers = (inside: Tx) =>
      unlessEmpty(inside, 'offers', () => inside.rows<{ name: string }>(sql`select name from offers`))
    expect(await tx(offers)).toEqual([])
    await db.run(sql`insert into offers values ('tea')`)
    expect(await tx(offers)).toEqual([{ name: 'tea' }])
    await db.run(sql`delete from offers`)
    expect(await tx(offers)).toEqual([])
  })
})

describe('what is asked for ahead', () => {
  it('is taken by who asks for no more than was asked, as a copy', async () => {
    const ahead = new Ahead(['a', 'b'], Promise.resolve(new Map([['a', 1]])))
    const taken = await ahead.take(['b', 'a'])
    expect(taken).toEqual(new Map([['a', 1]]))
    taken!.set('b', 2)
    expect(await ahead.take(['a'])).toEqual(new Map([['a', 1]]))
    expect(await ahead.take(['a', 'c'])).toBeUndefined()
  })

  it('fails who takes it, and nobody else', async () => {
    const ahead = new Ahead(['a'], Promise.reject<Map<string, number>>(new Error('gone')))
    await expect(ahead.take(['a'])).rejects.toThrow('gone')
    expect(await ahead.take(['b'])).toBeUndefined()
  })
})

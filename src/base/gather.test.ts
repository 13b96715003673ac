import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { openDb, type Db } from './db.ts'
import { gatherer, inTwo, written } from './gather.ts'
import { sql } from './sql.ts'

const till = systemActor('till')

describe('calls that arrive together', () => {
  let db: Db
  let drop: () => Promise<void>
  const sets: number[] = []

  beforeAll(async () => {
    const database = await createEmptyDatabase()
    drop = () => database.drop()
    db = openDb(database.url)
    await db.run(sql`create table receipts (n int primary key check (n <> 13), actor text)`)
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  const open = () =>
    gatherer<number, string>(
      written(db, async (tx, items) => {
        sets.push(items.length)
        await tx.run(sql`
        insert into receipts select n, ${tx.actor.name}::text from unnest(${items.filter((n) => n >= 0)}::int[]) as n`)
        return items.map((n) => (n < 0 ? new Error(`${n} is negative`) : `receipt ${n}`))
      }),
    )

  it('are written in few transactions, each with its own answer', async () => {
    const write = open()
    sets.length = 0
    const answers = await Promise.all(Array.from({ length: 250 }, (_, i) => write(till, 1000 + i)))
    expect(answers[249]).toBe('receipt 1249')
    expect(sets.reduce((sum, n) => sum + n, 0)).toBe(250)
    expect(sets.length).toBeLessThan(20)
    expect(Math.max(...sets)).toBeLessThanOrEqual(500)
  })

  it('are shared among the sets that may run, if that is asked for, but never into small change', async () => {
    const begun = async (count: number, isDivided: boolean) => {
      const sizes: number[] = []
      let end: () => void = () => undefined
      const ended = new Promise<void>((resolve) => (end = resolve))
      const write = gatherer<number, number>(
        async (_actor, items) => {
          sizes.push(items.length)
          await ended
          return [...items]
        },
        undefined,
        { isDivided },
      )
      const answers = Promise.all(Array.from({ length: count }, (_, n) => write(till, n)))
      await expect.poll(() => sizes.length).toBeGreaterThan(0)
      const first = [...sizes]
      end()
      expect(await answers).toHaveLength(count)
      return first
    }
    expect(await begun(20, true)).toEqual([10, 10])
    expect(await begun(20, false)).toEqual([20])
    // eight and a rest that waits
    expect(await begun(13, true)).toEqual([8])
    expect(await begun(5, true)).toEqual([5])
  })

  it('are cut in two where their halves touch different rows', async () => {
    const seen: number[][] = []
    const write = inTwo<number[], string[]>(
      () =>
        gatherer(async (_actor, items) => {
          seen.push(items.flat())
          return items.map((rows) => rows.map((n) => (n < 0 ? 'refused' : `row ${n}`)))
        }),
      {
        cut: (rows) => {
          const half = (rest: number) => {
            const part = rows.filter((n) => Math.abs(n) % 2 === rest)
            return part.length === 0 ? null : part
          }
          return [half(0), half(1)]
        },
        join: (rows, answers) => {
          const next: [number, number] = [0, 0]
          return rows.map((n) => {
            const half = (Math.abs(n) % 2) as 0 | 1
            return answers[half]![next[half]++]!
          })
        },
      },
    )
    const answers = await Promise.all([write(till, [1, 2, 3]), write(till, [4]), write(till, [5, -6])])
    expect(answers).toEqual([['row 1', 'row 2', 'row 3'], ['row 4'], ['row 5', 'refused']])
    expect(seen.every((rows) => new Set(rows.map((n) => Math.abs(n) % 2)).size === 1)).toBe(true)
  })

  it('that bring many rows each share a transaction as far as it stays short', async () => {
    const write = gatherer<number[], number>(
      async (_actor, items) => {
        sets.push(items.flat().length)
        return items.map((rows) => rows.length)
      },
      (rows) => rows.length,
    )
    sets.length = 0
    const sizes = [200, 200, 200, 900, 100]
    const answers = await Promise.all(
      sizes.map((size) =>
        write(
          till,
          Array.from({ length: size }, () => 0),
        ),
      ),
    )
    expect(answers).toEqual(sizes)
    expect(sets.toSorted((a, b) => a - b)).toEqual([100, 200, 400, 900])
  })

  it('one that is refused is told so; the others stand', async () => {
    const write = open()
    const answers = await Promise.allSettled([write(till, 1), write(till, -2), write(till, 3)])
    expect(answers.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await db.row(sql`select count(*)::int as n from receipts where n in (1, 3)`)).toEqual({ n: 2 })
  })

  it('one that breaks the whole set fails alone', async () => {
    const write = open()
    const answers = await Promise.allSettled([12, 13, 14].map((n) => write(till, n)))
    expect(answers.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await db.row(sql`select count(*)::int as n from receipts where n in (12, 13, 14)`)).toEqual({ n: 2 })
  })

  it('of different people never share a transaction', async () => {
    const write = open()
    await Promise.all([write(till, 21), write(systemActor('other'), 22), write(till, 23)])
    expect(await db.rows(sql`select n, actor from receipts where n in (21, 22, 23) order by n`)).toEqual([
      { n: 21, actor: 'till' },
      { n: 22, actor: 'other' },
      { n: 23, actor: 'till' },
    ])
  })
})

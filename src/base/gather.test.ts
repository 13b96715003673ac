import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { openDb, type Db } from './db.ts'
import { gatherer, inParts, written } from './gather.ts'
import { sql } from './sql.ts'

const till = systemActor('till')
const range = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i)

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

  it('are cut where their parts touch different rows, and the sets of a part follow one another', async () => {
    const seen: number[][] = []
    const running = new Map<number, number>()
    const places = (rows: number[], parts: number) => rows.map((n) => Math.abs(n) % parts)
    let parts = 0
    const write = inParts<number[], string[]>(
      () =>
        gatherer(
          async (_actor, items) => {
            const part = places(items[0]!, parts)[0]!
            running.set(part, (running.get(part) ?? 0) + 1)
            expect(running.get(part)).toBe(1)
            seen.push(items.flat())
            await db.run(sql`select 1`)
            running.set(part, 0)
            return items.map((rows) => rows.map((n) => (n < 0 ? 'refused' : `row ${n}`)))
          },
          (rows) => rows.length,
          { atOnce: 1 },
        ),
      {
        cut: (rows, count) => {
          parts = count
          const place = places(rows, count)
          return Array.from({ length: count }, (_, part) => {
            const own = rows.filter((_row, i) => place[i] === part)
            return own.length === 0 ? null : own
          })
        },
        join: (rows, answers) => {
          const next = answers.map(() => 0)
          return places(rows, answers.length).map((part) => answers[part]![next[part]!++]!)
        },
      },
    )
    const calls = [[1, 2, 3], [4], [5, -6], ...Array.from({ length: 30 }, (_, n) => range(100, 100 + n * 100))]
    const answers = await Promise.all(calls.map((rows) => write(till, rows)))
    expect(answers).toEqual(calls.map((rows) => rows.map((n) => (n < 0 ? 'refused' : `row ${n}`))))
    expect(seen.every((rows) => new Set(places(rows, parts)).size === 1)).toBe(true)
    expect(seen.length).toBeGreaterThan(parts)
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEmptyDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { copyRows } from './bulk.ts'
import { openDb, type Db } from './db.ts'
import { AppError, TryAgain } from './errors.ts'
import { sql } from './sql.ts'

const actor = systemActor('test')

describe('a transaction', () => {
  let db: Db
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createEmptyDatabase()
    drop = () => database.drop()
    db = openDb(database.url)
    await db.run(sql`create table accounts (name text primary key, amount int not null check (amount >= 0))`)
    await db.run(sql`insert into accounts values ('a', 100), ('b', 100)`)
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  const amounts = async () =>
    Object.fromEntries(
      (await db.rows<{ name: string; amount: number }>(sql`select * from accounts order by name`)).map((row) => [
        row.name,
        row.amount,
      ]),
    )

  it('keeps everything or nothing', async () => {
    await expect(
      db.tx({ actor }, async (tx) => {
        await tx.run(sql`update accounts set amount = 1 where name = 'a'`)
        throw new AppError('account.closed')
      }),
    ).rejects.toThrow('account.closed')
    expect((await amounts())['a']).toBe(100)
  })

  it('runs whole and leaves nothing behind when it is a dry run', async () => {
    const seen = await db.tx({ actor, rollback: true }, async (tx) => {
      await tx.run(sql`update accounts set amount = 7 where name = 'a'`)
      return tx.row<{ amount: number }>(sql`select amount from accounts where name = 'a'`)
    })
    expect(seen).toEqual({ amount: 7 })
    expect((await amounts())['a']).toBe(100)
  })

  it('calls what waits for its commit after a commit, never after a rollback', async () => {
    const called: string[] = []
    await db.tx({ actor }, async (tx) => {
      tx.afterCommit(() => called.push('committed'))
      expect(called).toEqual([])
    })
    await db.tx({ actor, rollback: true }, async (tx) => tx.afterCommit(() => called.push('rolled back')))
    expect(called).toEqual(['committed'])
  })

  it('is tried again after a deadlock and then succeeds', async () => {
    let meet: () => void = () => undefined
    const met = new Promise<void>((resolve) => (meet = resolve))
    let holding = 0
    const move = (first: string, second: string) => {
      let tried = 0
      return db.tx({ actor }, async (tx) => {
        tried += 1
        await tx.run(sql`update accounts set amount = amount - 1 where name = ${first}`)
        holding += 1
        if (holding === 2) meet()
        if (tried === 1) await met
        await tx.run(sql`update accounts set amount = amount + 1 where name = ${second}`)
        return tried
      })
    }
    const tries = await Promise.all([move('a', 'b'), move('b', 'a')])
    // on a busy machine both may have been chosen as victims: what counts is that somebody tried again and all arrived
    expect(Math.max(...tries)).toBeGreaterThan(1)
    expect(await amounts()).toEqual({ a: 100, b: 100 })
  })

  it('gives up after three serialization failures and says so', async () => {
    let tried = 0
    await expect(
      db.tx({ actor }, async (tx) => {
        tried += 1
        await tx.run(sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`)
      }),
    ).rejects.toMatchObject({ code: 'database.busy', status: 503 })
    expect(tried).toBe(3)
  })

  it('begins anew when what it decided by is no longer so, and keeps nothing of the first attempt', async () => {
    let tried = 0
    await db.tx({ actor }, async (tx) => {
      tried += 1
      await tx.run(sql`update accounts set amount = amount - 10 where name = 'a'`)
      if (tried === 1) throw new TryAgain('somebody was faster')
      await tx.run(sql`update accounts set amount = amount + 10 where name = 'b'`)
    })
    expect(tried).toBe(2)
    expect(await amounts()).toEqual({ a: 90, b: 110 })
    await db.run(sql`update accounts set amount = 100`)
  })

  it('sends together what is asked together, and answers in that order', async () => {
    const answers = await db.tx({ actor }, (tx) =>
      Promise.all([
        tx.run(sql`update accounts set amount = 55 where name = 'b'`),
        tx.row(sql`select amount from accounts where name = 'b'`),
        tx.run(sql`update accounts set amount = 100 where name = 'b'`),
        tx.row(sql`select amount from accounts where name = 'b'`),
      ]),
    )
    expect(answers).toEqual([1, { amount: 55 }, 1, { amount: 100 }])
  })

  it('runs nothing outside of itself when one branch fails while another goes on', async () => {
    let failed: (() => void) | undefined
    const rejected = new Promise<void>((resolve) => (failed = resolve))
    let late: Promise<unknown> = Promise.resolve()
    const work = db.tx({ actor }, async (tx) => {
      const goingOn = rejected.then(() => tx.run(sql`update accounts set amount = 1 where name = 'a'`))
      late = goingOn
      await Promise.all([tx.run(sql`update accounts set amount = -1 where name = 'b'`), goingOn])
    })
    await expect(work).rejects.toThrow(/amount/)
    failed!()
    await expect(late).rejects.toThrow('ended')
    expect(await amounts()).toEqual({ a: 100, b: 100 })
  })

  it('that fails of one statement says so by all that were on their way behind it', async () => {
    const deep = async (work: Promise<unknown>) => {
      await work.then((answer) => answer)
    }
    const work = db.tx({ actor }, (tx) =>
      Promise.all([
        deep(deep(deep(tx.run(sql`do $$ begin raise exception 'again' using errcode = '40P01'; end $$`)))),
        tx.run(sql`select 1`),
      ]),
    )
    await expect(work).rejects.toMatchObject({ code: 'database.busy' })
  })

  it('keeps what was answered before a statement failed, and the connection serves the next', async () => {
    const seen: unknown[] = []
    const read = sql`select amount from accounts where name = ${'a'}::text`
    const fail = sql`select 1 / ${0}::int as never`
    for (const round of [1, 2, 3]) {
      const work = db.tx({ actor }, (tx) =>
        Promise.all([
          tx.row(read).then((row) => seen.push(row)),
          tx.row(fail),
          tx.row(sql`select ${round}::int as n`),
        ]),
      )
      await expect(work).rejects.toMatchObject({ code: '22012' })
      await db.tx({ actor }, async (tx) => {
        // the same text twice in one packet, and the one that never ran because another had failed before it
        expect(await Promise.all([tx.row(read), tx.row(read), tx.row(sql`select ${round}::int as n`)])).toEqual([
          { amount: 100 },
          { amount: 100 },
          { n: round },
        ])
      })
    }
    expect(seen).toEqual([{ amount: 100 }, { amount: 100 }, { amount: 100 }])
  })

  it('knows the columns of a statement again, and those of an empty answer', async () => {
    const read = (name: string) =>
      sql`select name, amount, null::jsonb as nothing from accounts where name = ${name}::text`
    for (const name of ['nobody', 'a', 'nobody', 'b']) {
      const rows = await db.tx({ actor }, (tx) => tx.rows(read(name)))
      expect(rows).toEqual(name === 'nobody' ? [] : [{ name, amount: 100, nothing: null }])
    }
    const touched = await db.tx({ actor, rollback: true }, async (tx) => [
      await tx.run(sql`insert into accounts values ('x', 1), ('y', 2)`),
      await tx.run(sql`update accounts set amount = 3`),
      await tx.run(sql`delete from accounts where name = 'nobody'`),
      await tx.run(sql`select 1 from accounts`),
      await tx.run(sql`create temporary table passing (n int)`),
    ])
    expect(touched).toEqual([2, 4, 0, 4, 0])
  })

  it('sends what is asked while something is on its way when that is answered', async () => {
    const order: string[] = []
    await db.tx({ actor }, async (tx) => {
      const slow = tx.run(sql`select pg_sleep(0.05)`).then(() => order.push('slow'))
      await new Promise((resolve) => setImmediate(resolve))
      const next = tx.run(sql`select 1`).then(() => order.push('next'))
      const last = tx.run(sql`select 2`).then(() => order.push('last'))
      await Promise.all([slow, next, last])
    })
    expect(order).toEqual(['slow', 'next', 'last'])
  })

  it('sends without waiting what nobody needs the answer of, in its place', async () => {
    const seen = await db.tx({ actor, rollback: true }, async (tx) => {
      tx.send(sql`update accounts set amount = 1 where name = 'a'`)
      const first = await tx.row(sql`select amount from accounts where name = 'a'`)
      tx.send(sql`update accounts set amount = 2 where name = 'a'`)
      await copyRows(tx, 'copy accounts (name, amount) from stdin', [['z', 1]])
      return [first, await tx.row(sql`select amount from accounts where name = 'a'`)]
    })
    expect(seen).toEqual([{ amount: 1 }, { amount: 2 }])
    await db.tx({ actor }, async (tx) => {
      const copying = copyRows(tx, 'copy accounts (name, amount) from stdin', [['late', 1]])
      tx.send(sql`update accounts set amount = amount + 6 where name = 'late'`)
      await copying
      tx.send(sql`update accounts set amount = 99 where name = 'a'`)
    })
    expect(await amounts()).toEqual({ a: 99, b: 100, late: 7 })
    await db.run(sql`delete from accounts where name = 'late'`)
    await db.run(sql`update accounts set amount = 100`)
  })

  it('fails with its last word of what was sent without waiting, also when it is a dry run', async () => {
    const wrong = sql`update accounts set amount = -1 where name = 'a'`
    for (const rollback of [false, true]) {
      const last = db.tx({ actor, rollback }, async (tx) => tx.send(wrong))
      await expect(last).rejects.toMatchObject({ code: '23514' })
      const earlier = db.tx({ actor, rollback }, async (tx) => {
        tx.send(wrong)
        await tx.run(sql`select 1`).catch(() => undefined)
      })
      await expect(earlier).rejects.toMatchObject({ code: '23514' })
    }
    const asked = db.tx({ actor }, async (tx) => {
      tx.send(wrong)
      await tx.run(sql`select 1`)
    })
    await expect(asked).rejects.toMatchObject({ code: '23514' })
    let tried = 0
    const deadlock = sql`do $$ begin raise exception 'again' using errcode = '40P01'; end $$`
    await db.tx({ actor }, async (tx) => {
      tried += 1
      if (tried === 1) tx.send(deadlock)
    })
    expect(tried).toBe(2)
    await db.tx({ actor }, async (tx) => {
      const inside = tx.savepoint(async () => tx.send(wrong))
      await expect(inside).rejects.toMatchObject({ code: '23514' })
      tx.send(sql`update accounts set amount = 100 where name = 'a'`)
    })
    expect(await amounts()).toEqual({ a: 100, b: 100 })
  })

  it('fails alone when its connection is lost', async () => {
    const work = db.tx({ actor }, async (tx) => {
      const { pid } = (await tx.row<{ pid: number }>(sql`select pg_backend_pid() as pid`))!
      await Promise.all([tx.run(sql`select pg_sleep(60)`), db.run(sql`select pg_terminate_backend(${pid}::int)`)])
    })
    await expect(work).rejects.toThrow(/terminat/)
    expect(await db.tx({ actor }, (tx) => tx.row(sql`select 1 as n`))).toEqual({ n: 1 })
  })

  it('says so when a failed statement that nobody looked at has undone it', async () => {
    const work = db.tx({ actor }, async (tx) => {
      await tx.run(sql`update accounts set amount = 3 where name = 'a'`)
      await tx.run(sql`select 1 / 0`).catch(() => undefined)
    })
    await expect(work).rejects.toThrow('undone')
    expect((await amounts())['a']).toBe(100)
  })

  it('lets statements wait while rows are copied in', async () => {
    const [, seen] = await db.tx({ actor, rollback: true }, (tx) =>
      Promise.all([
        copyRows(tx, 'copy accounts (name, amount) from stdin', [
          ['c', 1],
          ['d', 2],
        ]),
        tx.row<{ count: number }>(sql`select count(*) from accounts`),
        tx.run(sql`update accounts set amount = 5`),
      ]),
    )
    expect(seen).toEqual({ count: 4 })
  })

  it('ends when the rows that are copied in fail half-way', async () => {
    function* rows() {
      yield ['e', 1]
      throw new AppError('row.unreadable')
    }
    const work = db.tx({ actor }, (tx) => copyRows(tx, 'copy accounts (name, amount) from stdin', rows()))
    await expect(work).rejects.toThrow('row.unreadable')
    expect(Object.keys(await amounts())).toEqual(['a', 'b'])
  })

  it('undoes only a savepoint that fails', async () => {
    await db.tx({ actor }, async (tx) => {
      await tx.run(sql`update accounts set amount = 50 where name = 'a'`)
      await expect(
        tx.savepoint(() => tx.run(sql`update accounts set amount = -1 where name = 'b'`)),
      ).rejects.toThrow()
      await tx.run(sql`update accounts set amount = 100 where name = 'a'`)
    })
    expect(await amounts()).toEqual({ a: 100, b: 100 })
  })

  it('stops its running statement when it is cancelled', async () => {
    const ending = new AbortController()
    const running = db.tx({ actor, signal: ending.signal }, async (tx) => {
      const sleeping = tx.run(sql`select pg_sleep(60)`)
      ending.abort()
      await sleeping
    })
    await expect(running).rejects.toMatchObject({ code: 'query.cancelled' })
  })

  it('gives a read a time budget', async () => {
    await expect(db.timed(sql`select pg_sleep(60)`, { timeout_ms: 20 })).rejects.toMatchObject({
      code: 'query.timed_out',
    })
  })

  it('reads big integers as numbers, days as texts and instants as dates', async () => {
    const row = await db.row<Record<string, unknown>>(sql`
      select 9007199254740991::bigint as big, '2024-02-29'::date as day, array['2024-02-29'::date] as days,
        '2024-02-29T12:00:00Z'::timestamptz as instant`)
    expect(row).toEqual({
      big: Number.MAX_SAFE_INTEGER,
      day: '2024-02-29',
      days: ['2024-02-29'],
      instant: new Date('2024-02-29T12:00:00Z'),
    })
  })

  it('follows the clock it is given, and a demo’s clock when it is ahead', async () => {
    const at = new Date('2020-01-01T00:00:00Z')
    expect(await db.tx({ actor, now: at }, async (tx) => tx.now)).toEqual(at)
    const before = db.now()
    db.setClockOffset(86_400_000)
    const ahead = await db.tx({ actor }, async (tx) => tx.now)
    db.setClockOffset(0)
    expect(ahead.getTime() - before.getTime()).toBeGreaterThanOrEqual(86_400_000)
  })
})

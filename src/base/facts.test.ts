import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { openDb, type Db, type Tx } from './db.ts'
import { foretell, knowing, write, type BoundHearer, type Fact } from './facts.ts'
import { catchUp, factsAfter, numberFacts, startFeed, type FeedFact, type LaterHearer } from './feed.ts'
import { uuidv7 } from './ids.ts'
import { sql } from './sql.ts'

const actor = systemActor('test')
const at = new Date('2026-05-01T04:00:00Z')
const fact = (name: string, data: Record<string, unknown> = {}): Fact => ({
  name,
  member_id: uuidv7(at),
  occurred_at: at,
  data,
})

describe('facts', () => {
  let db: Db
  let drop: () => Promise<void>
  const heard: { module: string; names: string[]; stored: number }[] = []

  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = () => database.drop()
    const hearer = (module: string, names: string[]): BoundHearer => ({
      module,
      names,
      async hear(tx, facts) {
        const stored = await tx.row<{ n: number }>(sql`select count(*)::int as n from facts`)
        heard.push({ module, names: facts.map((one) => one.name), stored: stored!.n })
        if (facts.some((one) => one.data['refuse'])) throw new Error('refused by a hearer')
      },
    })
    db = openDb(database.url, {
      bound: [hearer('lower', ['thing.done']), hearer('upper', ['thing.done', 'thing.undone'])],
    })
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  it('are heard inside their transaction, over the set, in floors order', async () => {
    await db.tx({ actor }, (tx) => write(tx, [fact('thing.done'), fact('thing.undone'), fact('thing.done')]))
    // they are put down when all have heard: whatever follows from them goes with them
    expect(heard).toEqual([
      { module: 'lower', names: ['thing.done', 'thing.done'], stored: 0 },
      { module: 'upper', names: ['thing.done', 'thing.undone', 'thing.done'], stored: 0 },
    ])
    expect(await db.row(sql`select count(*)::int as n from facts`)).toEqual({ n: 3 })
  })

  it('are put down with the commit by one statement, few or many, in the order in which they were told', async () => {
    const database = await createTestDatabase()
    const follower: BoundHearer = {
      module: 'follower',
      names: ['thing.done'],
      hear: (tx, facts) => write(tx, Array<Fact>(facts.length).fill(fact('thing.followed'))),
    }
    const own = openDb(database.url, { bound: [follower] })
    for (const each of [1, 100]) {
      const done = Array<Fact>(each).fill(fact('thing.done'))
      await own.tx({ actor }, async (tx) => {
        await write(tx, done)
        await write(tx, done)
      })
      const rows = await own.rows<{ name: string; statement: string }>(
        sql`select name, cmin::text as statement from facts order by fact_id`,
      )
      const once = ['thing.done', 'thing.followed'].flatMap((name) => Array<string>(each).fill(name))
      expect(rows.map((row) => row.name)).toEqual([...once, ...once])
      expect(new Set(rows.map((row) => row.statement)).size).toBe(1)
      await own.run(sql`delete from facts`)
    }
    await own.close()
    await database.drop()
  })

  it('of a savepoint that was undone never happened; those told before and after it did', async () => {
    const database = await createTestDatabase()
    const own = openDb(database.url)
    const tell = (tx: Tx, name: string) => write(tx, [fact(name)])
    await own.tx({ actor }, async (tx) => {
      await tell(tx, 'thing.begun')
      const undone = tx.savepoint(async () => {
        await tell(tx, 'thing.tried')
        await tx.savepoint(() => tell(tx, 'thing.tried_inside'))
        throw new Error('not this way')
      })
      await expect(undone).rejects.toThrow('not this way')
      await tx.savepoint(() => tell(tx, 'thing.done'))
      await tell(tx, 'thing.ended')
    })
    const names = await own.rows(sql`select name from facts order by fact_id`)
    expect(names).toEqual([{ name: 'thing.begun' }, { name: 'thing.done' }, { name: 'thing.ended' }])
    await own.close()
    await database.drop()
  })

  it('may be foretold: who hears goes on with what was begun, if these very facts are told', async () => {
    const database = await createTestDatabase()
    const order: string[] = []
    const teller: BoundHearer = {
      module: 'teller',
      names: ['thing.done'],
      foretold: async (tx, facts) => {
        order.push(`begins for ${facts.length}`)
        return (await tx.row<{ n: number }>(sql`select ${facts.length}::int as n`))!.n
      },
      hear: async (_tx, facts, begun) => void order.push(`hears ${facts.length}, begun for ${String(await begun)}`),
    }
    const asker = knowing({
      module: 'asker',
      names: ['thing.done'],
      ahead: async (_tx, facts) => (order.push(`asks of ${facts.length}`), facts.length),
      hear: async (_tx, facts, known) => void order.push(`knows ${known} of ${facts.length}`),
    })
    const told = openDb(database.url, { bound: [teller, asker] })
    const likely = [fact('thing.done'), fact('thing.done'), fact('thing.undone')]
    await told.tx({ actor }, async (tx) => {
      foretell(tx, likely)
      await write(tx, likely)
    })
    expect(order.splice(0)).toEqual(['asks of 2', 'begins for 2', 'hears 2, begun for 2', 'knows 2 of 2'])
    await told.tx({ actor }, async (tx) => {
      foretell(tx, likely)
      await write(tx, [fact('thing.done')])
    })
    expect(order).toEqual(['asks of 2', 'begins for 2', 'asks of 1', 'hears 1, begun for undefined', 'knows 1 of 1'])
    await told.close()
    await database.drop()
  })

  it('may be asked about ahead: the question leaves when they are told, its answer is there in turn', async () => {
    const database = await createTestDatabase()
    const order: string[] = []
    const first: BoundHearer = {
      module: 'first',
      names: ['thing.done'],
      async hear(_tx, facts) {
        order.push('first hears')
        if (facts.some((one) => one.data['refuse'])) throw new Error('refused by a hearer')
      },
    }
    const second = knowing({
      module: 'second',
      names: ['thing.done', 'thing.undone'],
      async ahead(tx, facts) {
        order.push(`second asks of ${facts.length}`)
        return (await tx.row<{ n: number }>(sql`select count(*)::int as n from facts`))!.n
      },
      async hear(_tx, facts, known) {
        order.push(`second hears ${facts.length}, knowing of ${known}`)
      },
    })
    const own = openDb(database.url, { bound: [first, second] })
    await own.tx({ actor }, (tx) => write(tx, [fact('thing.done'), fact('thing.undone'), fact('thing.other')]))
    expect(order).toEqual(['second asks of 2', 'first hears', 'second hears 2, knowing of 0'])
    // a hearer before it refuses: its question is nobody's any more
    await expect(own.tx({ actor }, (tx) => write(tx, [fact('thing.done', { refuse: true })]))).rejects.toThrow(
      'refused',
    )
    await own.close()
    await database.drop()
  })

  it('are heard last, all at once, by who hears last: behind what others told because of them', async () => {
    const database = await createTestDatabase()
    const order: string[] = []
    const note = (who: string) => async (_tx: unknown, facts: readonly Fact[]) =>
      void order.push(`${who}: ${facts.map((one) => one.name).join(' ')}`)
    const last: BoundHearer = {
      module: 'last',
      names: ['thing.done', 'thing.grown'],
      is_last: true,
      hear: note('last'),
    }
    const grower: BoundHearer = {
      module: 'grower',
      names: ['thing.done'],
      async hear(tx, facts) {
        await write(tx, [fact('thing.grown')])
        await note('grower')(tx, facts)
      },
    }
    const own = openDb(database.url, {
      bound: [last, grower, { module: 'end', names: ['thing.done'], hear: note('end') }],
    })
    await own.tx({ actor }, async (tx) => {
      await write(tx, [fact('thing.done')])
      await write(tx, [fact('thing.grown')])
    })
    expect(order).toEqual([
      'grower: thing.done',
      'end: thing.done',
      'last: thing.done thing.grown',
      'last: thing.grown',
    ])
    await own.close()
    await database.drop()
  })

  it('fall together with a bound hearer that fails', async () => {
    const before = await db.row<{ n: number }>(sql`select count(*)::int as n from facts`)
    await expect(db.tx({ actor }, (tx) => write(tx, [fact('thing.done', { refuse: true })]))).rejects.toThrow(
      'refused by a hearer',
    )
    expect(await db.row(sql`select count(*)::int as n from facts`)).toEqual(before)
  })

  it('that commit late are never missed by a reader that is already further', async () => {
    const read: number[] = []
    const hearer: LaterHearer = {
      name: 'late-test',
      names: ['late.first', 'late.second'],
      hear: async (_tx, facts) => void read.push(...facts.map((one) => one.data['n'] as number)),
    }
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => (finish = resolve))
    let begun: () => void = () => undefined
    const started = new Promise<void>((resolve) => (begun = resolve))
    // takes its fact_id first, commits last
    const slow = db.tx({ actor }, async (tx) => {
      await write(tx, [fact('late.first', { n: 1 })])
      begun()
      await finished
    })
    await started
    await db.tx({ actor }, (tx) => write(tx, [fact('late.second', { n: 2 })]))
    await numberFacts(db)
    while ((await catchUp(db, hearer, actor)) > 0) continue
    expect(read).toEqual([2])
    finish()
    await slow
    await numberFacts(db)
    while ((await catchUp(db, hearer, actor)) > 0) continue
    expect(read).toEqual([2, 1])
  })

  it('get positions once, without gaps, however many number them at once', async () => {
    await db.tx({ actor }, (tx) =>
      write(
        tx,
        Array.from({ length: 500 }, (_, i) => fact('many.done', { i })),
      ),
    )
    await Promise.all(Array.from({ length: 6 }, () => numberFacts(db)))
    await numberFacts(db)
    const counted = await db.row<{ n: number; low: number; high: number }>(sql`
      select count(*)::int as n, min(position) as low, max(position) as high from facts`)
    expect(counted!.high - counted!.low + 1).toBe(counted!.n)
    expect(await numberFacts(db)).toBe(0)
  })

  it('are heard again when the effect did not commit', async () => {
    let fail = true
    const seen: number[] = []
    const hearer: LaterHearer = {
      name: 'failing-test',
      names: ['again.done'],
      async hear(_tx, facts) {
        if (fail) throw new Error('not now')
        seen.push(...facts.map((one) => one.data['n'] as number))
      },
    }
    await db.tx({ actor }, (tx) => write(tx, [fact('again.done', { n: 1 })]))
    await numberFacts(db)
    const drain = async () => {
      while ((await catchUp(db, hearer, actor)) > 0) continue
    }
    await expect(drain()).rejects.toThrow('not now')
    fail = false
    await drain()
    expect(seen).toEqual([1])
  })

  it('reach a running feed that is woken', async () => {
    const seen: FeedFact[] = []
    const hearer: LaterHearer = {
      name: 'feed-test',
      names: ['fed.done'],
      hear: async (_tx, facts) => void seen.push(...facts),
    }
    const errors: unknown[] = []
    const feed = startFeed(db, [hearer], (error) => errors.push(error))
    await db.tx({ actor }, (tx) => write(tx, [fact('fed.done', { n: 1 })]))
    await feed.settle()
    await feed.stop()
    expect(errors).toEqual([])
    expect(seen.map((one) => [one.name, one.data])).toEqual([['fed.done', { n: 1 }]])
    expect((await factsAfter(db, seen[0]!.position - 1, 1, ['fed.done']))[0]).toMatchObject({
      fact_id: seen[0]!.fact_id,
    })
  })
})

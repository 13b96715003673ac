import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import * as members from '../src/record/members/members.ts'
import * as staff from '../src/record/staff/staff.ts'
import { atLeast, middleRound, openBenchDatabase, secondsOf, type Bench, type BenchDatabase } from './bench.ts'
import { serve } from './serving.ts'
import { callers, callFrom } from './tills.ts'

const memberCount = 20_000
/** In one round, of which there are so many by many callers. */
const orders = 8_000
const rounds = 3
/**
 * A server of tills has been running for a while: before, its code is still being compiled. The rate of the same run
 * still rose by a tenth after the first eight thousand orders.
 */
const warmOrders = 16_000
const bareTransactions = 12_000
/** As many as keep two processors busy: by sixteen, who wait for one another's answers, a third of them idles. */
const manyCallers = 32

/**
 * One order a request, durable, with member, lines, statistics, points, tier and facts; against five bare
 * statements, by as many callers.
 */
export const bench: Bench = {
  name: 'order',
  async run(tell) {
    const { db, folder, close } = await openBenchDatabase()
    try {
      await fill(db, memberCount)
      const limit = await bareRate(db, callers)
      tell(`five bare statements a transaction, ${callers} at once: ${Math.round(limit)}/s`)
      const till = await openTill({ db, folder })
      const tills = { port: till.port, token: till.token, batch: 1, members: memberCount }
      await callFrom({ ...tills, requests: warmOrders, from: 900_000, source: 'warm' })
      await known(db)
      const few = orders / (await callFrom({ ...tills, requests: orders, from: 0, source: 'few' }))
      tell(`by ${callers} callers ${Math.round(few)} orders/s, ${(few / limit).toFixed(3)} of the bare rate`)
      const many = await middleRound(rounds, async (nth) => {
        const bare = await bareRate(db, manyCallers)
        const these = { requests: orders, from: (nth + 1) * orders, source: 'many', callers: manyCallers }
        const ours = orders / (await callFrom({ ...tills, ...these }))
        tell(
          `by ${manyCallers} callers ${Math.round(ours)} orders/s, five bare statements ${Math.round(bare)}/s, ` +
            `${(ours / bare).toFixed(3)} of them`,
        )
        return { ours, bare }
      })
      await till.close()
      return atLeast(
        0.4,
        many.ours,
        many.bare,
        'orders/s',
        `single orders over HTTP by ${manyCallers} callers, all effects, against five bare statements each by as ` +
          `many, the middle of ${rounds} rounds; by ${callers} callers ${Math.round(few)} of ${Math.round(limit)}`,
      )
    } finally {
      await close()
    }
  },
}

/** As a server that has run for a day has long done by itself: the tables of orders were empty until now. */
export async function known(db: Db): Promise<void> {
  await db.run(sql`analyze`)
}

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i)
}

/** Seconds for `total` calls, so many at once. */
export function inParallel(total: number, call: (n: number) => Promise<unknown>, atOnce = callers): Promise<number> {
  let next = 0
  return secondsOf(() =>
    Promise.all(
      range(atOnce).map(async () => {
        while (next < total) {
          next += 1
          await call(next)
        }
      }),
    ),
  )
}

/** Members that orders of the bench name. */
export async function fill(db: Db, count: number): Promise<void> {
  for (let from = 0; from < count; from += 10_000) {
    const inputs = range(Math.min(10_000, count - from)).map((i) => ({
      external_id: `B${from + i}`,
      display_name: `Member ${from + i}`,
    }))
    await db.tx({ actor: systemActor('bench') }, (tx) => members.upsert(tx, inputs, { source: 'bench' }))
  }
}

/** begin, lock, entry, balance, commit: the least that a ledger must do, over the same driver. How many a second. */
export async function bareRate(db: Db, atOnce = callers): Promise<number> {
  await db.run(sql`create table bare_balances (id int primary key, amount bigint not null)`)
  await db.run(
    sql`create table bare_entries (id bigint generated always as identity primary key, account int, amount int,
      at timestamptz)`,
  )
  await db.run(sql`insert into bare_balances select n, 0 from generate_series(1, 10000) n`)
  const transfer = (n: number) =>
    db.tx({ actor: systemActor('bench') }, async (tx) => {
      const account = (n % 10_000) + 1
      await tx.run(sql`select amount from bare_balances where id = ${account}::int for update`)
      await tx.run(
        sql`insert into bare_entries (account, amount, at) values (${account}::int, 1, ${tx.now}::timestamptz)`,
      )
      await tx.run(sql`update bare_balances set amount = amount + 1 where id = ${account}::int`)
    })
  const rate = bareTransactions / (await inParallel(bareTransactions, transfer, atOnce))
  await db.run(sql`drop table bare_balances, bare_entries`)
  return rate
}

/** The server as it is started, without its jobs, and a key for its API. */
export async function openTill({
  db,
  folder,
}: Pick<BenchDatabase, 'db' | 'folder'>): Promise<{ port: number; token: string; close(): Promise<void> }> {
  const { token } = await db.tx({ actor: systemActor('bench') }, (tx) =>
    staff.createKey(tx, { name: 'bench', scopes: ['orders:write', 'till:use'], may: new Set(['*']) }),
  )
  const { address, close } = await serve(folder, ['--no-jobs'])
  return { port: Number(new URL(address).port), token, close }
}

import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { createLog } from '../src/base/log.ts'
import { sql } from '../src/base/sql.ts'
import { openServer } from '../src/app/server.ts'
import * as members from '../src/record/members/members.ts'
import * as staff from '../src/record/staff/staff.ts'
import { atLeast, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { callers, callFrom } from './tills.ts'

const memberCount = 20_000
const orders = 12_000
/** A till's server has been running for a while: before some thousand orders its code is still being compiled. */
const warmOrders = 8_000
const bareTransactions = 12_000

/**
 * One order a request, durable, with member, lines, statistics, points, tier and facts; against five bare
 * statements.
 */
export const bench: Bench = {
  name: 'order',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fill(db, memberCount)
      const limit = bareTransactions / (await bare(db))
      tell(`five bare statements a transaction, ${callers} at once: ${Math.round(limit)}/s`)
      const till = await openTill(db)
      const tills = { port: till.port, token: till.token, batch: 1, members: memberCount }
      await callFrom({ ...tills, requests: warmOrders, from: 900_000, source: 'warm' })
      await known(db)
      const seconds = await callFrom({ ...tills, requests: orders, from: 0, source: 'bench' })
      await till.close()
      return atLeast(
        0.4,
        orders / seconds,
        limit,
        'orders/s',
        `single orders over HTTP by ${callers} callers, all effects, against five bare statements each by as many`,
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

/** Seconds for `total` calls by sixteen callers. */
export function inParallel(total: number, call: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0
  return secondsOf(() =>
    Promise.all(
      range(callers).map(async () => {
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

/** begin, lock, entry, balance, commit: the least that a ledger must do, over the same driver. */
export async function bare(db: Db): Promise<number> {
  await db.run(sql`create table bare_balances (id int primary key, amount bigint not null)`)
  await db.run(
    sql`create table bare_entries (id bigint generated always as identity primary key, account int, amount int,
      at timestamptz)`,
  )
  await db.run(sql`insert into bare_balances select n, 0 from generate_series(1, 10000) n`)
  return inParallel(bareTransactions, (n) =>
    db.tx({ actor: systemActor('bench') }, async (tx) => {
      const account = (n % 10_000) + 1
      await tx.run(sql`select amount from bare_balances where id = ${account}::int for update`)
      await tx.run(
        sql`insert into bare_entries (account, amount, at) values (${account}::int, 1, ${tx.now}::timestamptz)`,
      )
      await tx.run(sql`update bare_balances set amount = amount + 1 where id = ${account}::int`)
    }),
  )
}

/** The API on a port of this machine, and a key for it. */
export async function openTill(db: Db): Promise<{ port: number; token: string; close(): Promise<void> }> {
  const { token } = await db.tx({ actor: systemActor('bench') }, (tx) =>
    staff.createKey(tx, { name: 'bench', scopes: ['orders:write', 'till:use'], may: new Set(['*']) }),
  )
  const server = await openServer({ db, log: createLog({ level: 'error' }) })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  return { port: Number(new URL(address).port), token, close: () => server.close() }
}

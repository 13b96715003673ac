import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import { asAsked, middleRound, openBenchDatabase, type Bench } from './bench.ts'
import { fill, inParallel, known, openTill, range } from './order.ts'
import { callFrom } from './tills.ts'

const memberCount = 20_000
const batch = 100
/** In each of the rounds. */
const batches = 250
const rounds = 3
/** As for single orders: the code is compiled first. */
const warmBatches = 150
/** Orders a second, and what one bare statement a batch reached where they were asked. */
const [asked, bareThere] = [8_000, 96_000]

/** Batches of a hundred orders over HTTP, all effects; against one bare statement a batch. */
export const bench: Bench = {
  name: 'order_batch',
  async run(tell) {
    const { db, folder, close } = await openBenchDatabase()
    try {
      await fill(db, memberCount)
      const till = await openTill({ db, folder })
      const tills = { port: till.port, token: till.token, batch, members: memberCount }
      await callFrom({ ...tills, requests: warmBatches, from: 900_000, source: 'warm' })
      await known(db)
      const middle = await middleRound(rounds, async (nth) => {
        const bareRate = (batches * batch) / (await bare(db))
        const seconds = await callFrom({ ...tills, requests: batches, from: nth * batches * batch, source: 'bench' })
        const ours = (batches * batch) / seconds
        tell(`${Math.round(ours)} orders/s; bare, in one statement a batch: ${Math.round(bareRate)}`)
        return { ours, bare: bareRate }
      })
      await till.close()
      return asAsked(
        { asked, share: asked / bareThere, bare: middle.bare },
        middle.ours,
        'orders/s',
        'batches of 100 orders over HTTP, all effects; bare: order + entry + balance in one statement a batch; ' +
          `the middle of ${rounds} rounds`,
      )
    } finally {
      await close()
    }
  },
}

async function bare(db: Db): Promise<number> {
  await db.run(sql`create table bare_orders (id bigint primary key, member int, net int, at timestamptz)`)
  await db.run(
    sql`create table bare_entries (id bigint generated always as identity primary key, member int, points int,
      order_id bigint unique)`,
  )
  await db.run(sql`create table bare_balances (member int primary key, points bigint not null)`)
  const seconds = await inParallel(batches, (n) =>
    db.tx({ actor: systemActor('bench') }, (tx) => {
      const ids = range(batch).map((i) => n * batch + i)
      return tx.run(sql`
        with placed as (
          insert into bare_orders select id, id * 7919 % ${memberCount}::int, 100, ${tx.now}::timestamptz
          from unnest(${ids}::bigint[]) id returning id, member
        ), earned as (
          insert into bare_entries (member, points, order_id) select member, 10, id from placed returning member, points
        )
        insert into bare_balances select member, sum(points) from earned group by member order by member
        on conflict (member) do update set points = bare_balances.points + excluded.points`)
    }),
  )
  await db.run(sql`drop table bare_orders, bare_entries, bare_balances`)
  return seconds
}

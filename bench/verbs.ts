import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import * as orders from '../src/record/orders/orders.ts'
import * as points from '../src/value/points/points.ts'
import { atMost, median, openBenchDatabase, secondsOf, type Bench } from './bench.ts'
import { fill, range } from './order.ts'
import { orderOf } from './orders.ts'

const actor = systemActor('bench')
const memberCount = 20_000
const perSet = 20_000
const sets = 4

/**
 * Points and statistics of a set of orders that are already written: `points.follow` and `orders.recompute`, against a
 * bare `insert … select` of as many entries with the balances upserted from them.
 */
export const bench: Bench = {
  name: 'verbs',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fill(db, memberCount)
      await bareTables(db)
      const ours: number[] = []
      const bare: number[] = []
      for (let set = 0; set < sets; set += 1) {
        ours.push(await verbSeconds(db, set))
        bare.push(await bareSeconds(db, set))
      }
      tell(`ours ${ours.map((s) => s.toFixed(2)).join(', ')} s; bare ${bare.map((s) => s.toFixed(2)).join(', ')} s`)
      // the first set warms plans and caches on both sides
      return atMost(
        3,
        median(ours.slice(1)),
        median(bare.slice(1)),
        's',
        'points and statistics of 20,000 orders of 20,000 members, against a bare insert … select of entries and statistics with balances upserted',
      )
    } finally {
      await close()
    }
  },
}

async function verbSeconds(db: Db, set: number): Promise<number> {
  const wires = range(perSet).map((i) => orderOf(set * perSet + i, memberCount, 'bench', db.now()))
  let seconds = 0
  await db.tx({ actor }, async (tx) => {
    // a transaction of its own hearing: the orders are written first, their points and statistics are timed alone
    const deaf = { ...tx, bound: [] }
    const outcomes = await orders.receive(deaf, wires)
    const ids = [...new Set(outcomes.map((one) => one.member_id!))]
    const paid = wires.map((wire, i) => {
      const amount = wire.lines.reduce((sum, line) => sum + (line.net_minor ?? 0), 0)
      const at = wire.occurred_at as Date
      return {
        member_id: outcomes[i]!.member_id!,
        order_id: outcomes[i]!.order_id!,
        occurred_at: at,
        number: wire.source_id,
        day: at.toISOString().slice(0, 10),
        purchase: { goods_minor: amount, gross_minor: amount, shipping_minor: 0 },
      }
    })
    seconds = await secondsOf(async () => {
      await orders.recompute(tx, ids)
      await points.earn(tx, paid)
    })
  })
  return seconds
}

async function bareTables(db: Db): Promise<void> {
  await db.run(sql`create table bare_entries (
    member_id uuid, entry_id bigint generated always as identity, points bigint, order_id uuid, source_id text, at timestamptz, why jsonb,
    primary key (member_id, entry_id), unique (member_id, source_id))`)
  await db.run(sql`create index on bare_entries (at)`)
  await db.run(
    sql`create table bare_balances (member_id uuid primary key, points bigint not null, updated_at timestamptz)`,
  )
  await db.run(sql`create table bare_statistics (
    member_id uuid primary key, orders int, net bigint, first_on date, last_on date, days int)`)
}

/** One statement a table over the orders of the set: what is left when nothing is decided, checked or explained. */
async function bareSeconds(db: Db, set: number): Promise<number> {
  return secondsOf(() =>
    db.tx({ actor }, async (tx) => {
      await tx.run(sql`
        with mine as (
          select member_id, order_id, source_id, net_minor, occurred_at from orders
          where source_id = any (select 'bench-' || n from generate_series(${set * perSet}::int, ${(set + 1) * perSet - 1}::int) n)
        ), made as (
          insert into bare_entries (member_id, points, order_id, source_id, at, why)
          select member_id, net_minor / 100, order_id, source_id, occurred_at, '{"code":"base","rate":1}'::jsonb from mine
          returning member_id, points
        )
        insert into bare_balances select member_id, sum(points), ${tx.now}::timestamptz from made group by member_id order by member_id
        on conflict (member_id) do update set points = bare_balances.points + excluded.points, updated_at = excluded.updated_at`)
      await tx.run(sql`
        insert into bare_statistics
        select member_id, count(*), sum(net_minor), min(ordered_on), max(ordered_on), count(distinct ordered_on) from orders
        where counts group by member_id order by member_id
        on conflict (member_id) do update set orders = excluded.orders, net = excluded.net, first_on = excluded.first_on,
          last_on = excluded.last_on, days = excluded.days`)
    }),
  )
}

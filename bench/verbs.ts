import { systemActor } from '../src/base/actor.ts'
import type { Db, Tx } from '../src/base/db.ts'
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
 * Points and statistics of a set of orders that are already written: `points.earn` and `orders.recompute`, against a
 * bare `insert … select` of the same rows (entries, lots, progress, facts, statistics) and the balance upsert.
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
        'points and statistics of 20,000 orders, against a bare insert … select of the same rows and balances',
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

/** Tables of the same shape and indexes as those the verbs write, without their rules. */
async function bareTables(db: Db): Promise<void> {
  await db.run(sql`create table bare_entries (
    member_id uuid, entry_id bigint generated always as identity, points bigint, order_id uuid, source_id text,
    at timestamptz, why jsonb, primary key (member_id, entry_id), unique (member_id, source_id))`)
  await db.run(sql`create index on bare_entries (at)`)
  await db.run(sql`create table bare_lots (
    member_id uuid, lot_id bigint generated always as identity, granted bigint, expires_on date, order_id uuid,
    primary key (member_id, lot_id))`)
  await db.run(sql`create index on bare_lots (expires_on)`)
  await db.run(sql`create index on bare_lots (member_id, order_id)`)
  await db.run(sql`create table bare_progress (
    member_id uuid, progress_id bigint generated always as identity, amount bigint, source_id text, at timestamptz,
    primary key (member_id, progress_id), unique (member_id, source_id))`)
  await db.run(sql`create table bare_facts (
    member_id uuid, fact_id bigint generated always as identity, name text, at timestamptz, data jsonb,
    primary key (member_id, fact_id))`)
  await db.run(sql`create index on bare_facts (fact_id)`)
  await db.run(
    sql`create table bare_balances (member_id uuid primary key, points bigint not null, updated_at timestamptz)`,
  )
  await db.run(sql`create table bare_statistics (
    member_id uuid, kind text, of text, orders int, net bigint, first_on date, last_on date, days int,
    primary key (member_id, kind, of))`)
}

/** One statement a table over the orders of the set: what is left when nothing is decided, checked or explained. */
async function bareSeconds(db: Db, set: number): Promise<number> {
  return secondsOf(() =>
    db.tx({ actor }, async (tx) => {
      await tx.run(sql`
        create temporary table mine on commit drop as
        select member_id, order_id, source_id, net_minor, occurred_at from orders where source_id = any (
          select 'bench-' || n from generate_series(${set * perSet}::int, ${(set + 1) * perSet - 1}::int) n)`)
      await tx.run(sql`
        insert into bare_entries (member_id, points, order_id, source_id, at, why)
        select member_id, net_minor / 100, order_id, source_id, occurred_at, '{"code":"base","rate":1}'::jsonb
        from mine order by member_id`)
      await tx.run(sql`
        insert into bare_lots (member_id, granted, expires_on, order_id)
        select member_id, net_minor / 100, occurred_at::date + 365, order_id from mine order by member_id`)
      await tx.run(sql`
        insert into bare_progress (member_id, amount, source_id, at)
        select member_id, net_minor, source_id, occurred_at from mine order by member_id`)
      await tx.run(sql`
        insert into bare_facts (member_id, name, at, data)
        select member_id, 'points.earned', occurred_at, jsonb_build_object('order_id', order_id, 'points',
          net_minor / 100)
        from mine order by member_id`)
      await tx.run(sql`
        insert into bare_balances
        select member_id, sum(net_minor / 100), ${tx.now}::timestamptz from mine group by member_id order by member_id
        on conflict (member_id) do update set points = bare_balances.points + excluded.points,
          updated_at = excluded.updated_at`)
      await bareStatistics(tx)
    }),
  )
}

/** Statistics of the set's members over all their orders: all together, by store and by category. */
async function bareStatistics(tx: Tx): Promise<void> {
  const upsert = sql`on conflict (member_id, kind, of) do update set orders = excluded.orders, net = excluded.net,
    first_on = excluded.first_on, last_on = excluded.last_on, days = excluded.days`
  const touched = sql`(select distinct member_id from mine)`
  await tx.run(sql`
    insert into bare_statistics
    select o.member_id, 'all', '', count(*), sum(o.net_minor), min(o.ordered_on), max(o.ordered_on),
      count(distinct o.ordered_on)
    from orders o join ${touched} t using (member_id) where o.counts group by 1 order by 1 ${upsert}`)
  await tx.run(sql`
    insert into bare_statistics
    select o.member_id, 'store', o.store_id::text, count(*), sum(o.net_minor), min(o.ordered_on), max(o.ordered_on), 0
    from orders o join ${touched} t using (member_id) where o.counts group by 1, 3 order by 1, 3 ${upsert}`)
  await tx.run(sql`
    insert into bare_statistics
    select o.member_id, 'category', l.category, count(distinct o.order_id), sum(l.net_minor), min(o.ordered_on),
      max(o.ordered_on), 0
    from orders o join ${touched} t using (member_id)
    join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id
    where o.counts group by 1, 3 order by 1, 3 ${upsert}`)
}

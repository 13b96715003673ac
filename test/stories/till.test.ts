/**
 * Sixteen tills at once: random quotes, holds, commits, releases, refunds and cancellations, a third sent again,
 * connections cut in the middle. What the tills were told must be what the books say.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '../../src/base/errors.ts'
import { sql } from '../../src/base/sql.ts'
import type { Tx } from '../../src/base/db.ts'
import { checks as orderChecks } from '../../src/record/orders/orders.ts'
import { alone } from '../../src/base/gather.ts'
import * as counter from '../../src/reach/counter/counter.ts'
import type { Return, Sale } from '../../src/reach/counter/types.ts'
import * as points from '../../src/value/points/points.ts'
import { checks as tierChecks } from '../../src/value/tiers/tiers.ts'
import { size } from '../database.ts'
import { openWorld, type World } from '../world.ts'

const callers = 16
const moves = size === 'long' ? 600 : 14
const opening = 2_000

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** A stream of numbers that is the same each run (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** What the tills were told, by receipt and by refund; told twice, it must be the same. */
class Told {
  sales = new Map<string, { member_id: string; sale: Sale; at: number }>()
  returns = new Map<string, { member_id: string; back: Return }>()
  refused = new Map<string, number>()

  sold(member_id: string, sale: Sale, at: number): void {
    const known = this.sales.get(sale.source_id)
    if (known) expect(sale).toEqual(known.sale)
    else this.sales.set(sale.source_id, { member_id, sale, at })
  }

  returned(key: string, member_id: string, back: Return): void {
    const known = this.returns.get(key)
    if (known) expect({ ...back, outcome: '' }).toEqual({ ...known.back, outcome: '' })
    else this.returns.set(key, { member_id, back })
  }

  /** What a purse must hold. */
  purseOf(member_id: string): number {
    let held = opening
    for (const { member_id: whose, sale } of this.sales.values())
      if (whose === member_id) held += sale.points_earned - sale.points_used
    for (const { member_id: whose, back } of this.returns.values())
      if (whose === member_id) held += back.points_returned - back.points_taken
    return held
  }
}

const cut = (thrown: unknown) =>
  thrown instanceof Error &&
  /57P01|terminat|closed|ECONNRESET|not queryable|connection error/i.test(
    `${thrown.message} ${(thrown as AppError).code}`,
  )

/** Sends until somebody answers: a till whose line was cut does not know what happened, and asks again. */
async function send<T>(told: Told, now: Date, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  for (;;) {
    try {
      return await world.db.tx({ actor: { kind: 'key', id: null, name: 'till' }, now }, work)
    } catch (thrown) {
      if (cut(thrown)) continue
      // three deadlocks in a row: callers that lock in different orders
      if (!(thrown instanceof AppError) || thrown.code === 'database.busy') throw thrown
      told.refused.set(thrown.code, (told.refused.get(thrown.code) ?? 0) + 1)
      return null
    }
  }
}

async function play(told: Told, caller: number, people: string[]): Promise<void> {
  const random = randomFrom(caller * 7_919 + 1)
  let clock = world.now().getTime() + caller
  const replayed = async <T>(now: Date, work: (tx: Tx) => Promise<T>, tell: (answer: T) => void) => {
    for (let times = random(3) === 0 ? 2 : 1; times > 0; times -= 1) {
      const answer = await send(told, now, work)
      if (answer !== null) tell(answer)
    }
  }
  for (let i = 0; i < moves; i += 1) {
    clock += 1_000 * random(20)
    const now = new Date(clock)
    const member_id = people[random(people.length)]!
    const lines = Array.from({ length: 1 + random(3) }, (_, n) => ({
      sku: `T${n}`,
      quantity: 1 + random(3),
      unit_price_minor: 1 + random(400),
    }))
    const basket = { member: { member_id }, lines, points_to_use: random(4) === 0 ? ('max' as const) : random(60) }
    const body = { ...basket, source: `till-${caller}`, source_id: randomUUID() }
    const move = random(10)
    if (move === 0) await send(told, now, async (tx) => (await counter.quote(tx, [basket]))[0]!)
    else if (move < 4)
      await replayed(
        now,
        async (tx) => alone(await counter.sell(tx, [body])),
        (sale) => told.sold(member_id, sale, clock),
      )
    else if (move < 7) {
      const hold = await send(told, now, async (tx) => alone(await counter.hold(tx, [{ ...body, hold_seconds: 30 }])))
      if (!hold) continue
      const later = new Date((clock += 1_000 * random(45)))
      const isOver = later.getTime() >= now.getTime() + 30_000
      const what = random(4)
      if (what === 0)
        await replayed(
          later,
          async (tx) => alone(await counter.release(tx, [hold.hold_id])),
          () => undefined,
        )
      if (what > 0) {
        const sold = (sale: Sale) => told.sold(member_id, sale, clock)
        const before = told.sales.size
        await replayed(later, async (tx) => alone(await counter.commit(tx, [hold.hold_id])), sold)
        if (isOver) expect(told.sales.has(hold.source_id), `${before} sales, an expired hold`).toBe(false)
      }
    } else await takeBack(told, { caller, random, now }, replayed)
  }
}

async function takeBack(
  told: Told,
  { caller, random, now }: { caller: number; random: (below: number) => number; now: Date },
  replayed: <T>(now: Date, work: (tx: Tx) => Promise<T>, tell: (answer: T) => void) => Promise<void>,
): Promise<void> {
  const sales = [...told.sales.values()].filter(({ at }) => at <= now.getTime())
  const one = sales[random(Math.max(1, sales.length))]
  if (!one) return
  const { sale, member_id } = one
  if (random(4) === 0) {
    const key = `cancel ${sale.order_id}`
    await replayed(
      now,
      (tx) => counter.cancel(tx, sale.order_id),
      (back) => {
        // what refunds had left nothing of is no cancellation
        if (back.refund_id !== null) told.returned(key, member_id, back)
      },
    )
    return
  }
  const wire = {
    source: `till-${caller}`,
    source_id: randomUUID(),
    order: { source: sale.source, source_id: sale.source_id },
    lines: [{ sku: 'T0', quantity: 1 }],
    occurred_at: now,
  }
  await replayed(
    now,
    (tx) => counter.refund(tx, wire),
    (back) => told.returned(wire.source_id, member_id, back),
  )
}

/** Ends connections of the tills, any of them, until told to stop. Answers how many. */
async function cutLines(url: string, isDone: () => boolean): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'cutter' })
  await client.connect()
  let lines = 0
  while (!isDone()) {
    const { rowCount } = await client.query(`
      select pg_terminate_backend(pid), pg_sleep(0.2) from (
        select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and xact_start is not null and application_name <> 'cutter' order by random() limit 1) one`)
    lines += rowCount ?? 0
    if (!rowCount) await client.query('select pg_sleep(0.01)')
  }
  await client.end()
  return lines
}

test('pain 3: sixteen tills at once, sent again and cut off, end with books that agree with what they were told', async () => {
  const people = [world.cast.wang, world.cast.mary, world.cast.chen, world.cast.ouyang]
  await world.tx((tx) =>
    points.adjust(
      tx,
      people.map((member_id) => ({
        member_id,
        points: opening,
        reason: 'test',
        source: 'adjustment',
        source_id: member_id,
        expires_on: null,
      })),
    ),
  )
  const told = new Told()
  let done = false
  const cutting = cutLines(world.url, () => done)
  await Promise.all(Array.from({ length: callers }, (_, caller) => play(told, caller, people))).finally(() => {
    done = true
  })
  expect(await cutting).toBeGreaterThan(0)
  expect(told.sales.size).toBeGreaterThan(callers)
  const ledger = await world.db.rows<{ member_id: string; points: number }>(sql`
    select member_id, sum(points)::bigint as points from point_entries where member_id = any (${people}::uuid[])
    group by member_id`)
  expect(new Map(ledger.map((row) => [row.member_id, row.points]))).toEqual(
    new Map(people.map((member_id) => [member_id, told.purseOf(member_id)])),
  )
  for (const check of [...counter.checks, ...points.checks, ...tierChecks, ...orderChecks]) {
    const finding = await check.run(world.db)
    expect([check.name, finding.ok, finding.ok ? '' : finding.detail]).toEqual([check.name, true, ''])
  }
}, 600_000)

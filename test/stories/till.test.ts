/**
 * Sixteen tills at once: random quotes, holds, commits, releases, refunds and cancellations, a third sent again,
 * connections cut in the middle. What the tills were told must be what the books say.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
import { checks as orderChecks } from '../../src/record/orders/orders.ts'
import { alone } from '../../src/base/gather.ts'
import * as members from '../../src/record/members/members.ts'
import * as counter from '../../src/reach/counter/counter.ts'
import type { Return, Sale } from '../../src/reach/counter/types.ts'
import * as points from '../../src/value/points/points.ts'
import { checks as tierChecks } from '../../src/value/tiers/tiers.ts'
import { size } from '../database.ts'
import { Caller, cutLines, Tally } from '../histories.ts'
import { openWorld, type World } from '../world.ts'

const callers = 16
const moves = size === 'long' ? 600 : 14
const opening = 2_000

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** What the tills were told, by receipt and by refund; told twice, it must be the same. */
class Told {
  sales = new Map<string, { member_id: string; sale: Sale; at: number }>()
  returns = new Map<string, { member_id: string; back: Return }>()

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

async function play(told: Told, till: Caller, people: string[]): Promise<void> {
  const { random } = till
  for (let i = 0; i < moves; i += 1) {
    till.wait(20)
    const member_id = till.pick(people)!
    const lines = Array.from({ length: 1 + random(3) }, (_, n) => ({
      sku: `T${n}`,
      quantity: 1 + random(3),
      unit_price_minor: 1 + random(400),
    }))
    const basket = { member: { member_id }, lines, points_to_use: random(4) === 0 ? ('max' as const) : random(60) }
    const body = { ...basket, source: till.name, source_id: randomUUID() }
    const sold = (sale: Sale) => told.sold(member_id, sale, till.clock)
    const move = random(10)
    if (move === 0)
      await till.send({ work: async (tx) => (await counter.quote(tx, [basket]))[0]!, plain: () => 'changes nothing' })
    else if (move < 4) await till.send({ work: async (tx) => alone(await counter.sell(tx, [body])), tell: sold })
    else if (move < 7) {
      const since = till.clock
      const hold = await till.send({
        work: async (tx) => alone(await counter.hold(tx, [{ ...body, hold_seconds: 30 }])),
        plain: (one) => one.hold_id,
      })
      if (!hold) continue
      till.wait(45)
      const isOver = till.clock >= since + 30_000
      const id = hold.hold_id
      if (random(4) === 0) await till.send({ work: async (tx) => alone(await counter.release(tx, [id])) })
      else {
        await till.send({ work: async (tx) => alone(await counter.commit(tx, [id])), tell: sold })
        if (isOver) expect(told.sales.has(hold.source_id), 'a sale of an expired hold').toBe(false)
      }
    } else await takeBack(told, till)
  }
}

async function takeBack(told: Told, till: Caller): Promise<void> {
  const one = till.pick([...told.sales.values()].filter(({ at }) => at <= till.clock))
  if (!one) return
  const { sale, member_id } = one
  const plain = (back: Return) => ({ ...back, outcome: '' })
  if (till.random(4) === 0) {
    await till.send({
      work: (tx) => counter.cancel(tx, sale.order_id),
      tell: (back) => {
        // what refunds had left nothing of is no cancellation
        if (back.refund_id !== null) told.returned(`cancel ${sale.order_id}`, member_id, back)
      },
      plain,
    })
    return
  }
  const wire = {
    source: till.name,
    source_id: randomUUID(),
    order: { source: sale.source, source_id: sale.source_id },
    lines: [{ sku: 'T0', quantity: 1 }],
    occurred_at: till.now,
  }
  await till.send({
    work: (tx) => counter.refund(tx, wire),
    tell: (back) => told.returned(wire.source_id, member_id, back),
    plain,
  })
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
  await Promise.all(
    Array.from({ length: callers }, (_, nth) => play(told, new Caller(world, new Tally(), nth), people)),
  ).finally(() => {
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

// Protected by: value/points taking.ts takeBack and settling.ts payOwed, which leave what is held.
test('between hold and commit another order comes back and an account that owes is merged in: the commit succeeds', async () => {
  const own = await openWorld()
  const [member_id, owing] = [own.cast.mary, own.cast.ouyang]
  const basketOf = (who: string, unit_price_minor: number) => ({
    source: 'till',
    source_id: randomUUID(),
    member: { member_id: who },
    lines: [{ sku: 'T0', quantity: 1, unit_price_minor }],
  })
  const buy = (who: string) => own.tx(async (tx) => alone(await counter.sell(tx, [basketOf(who, 20_000)])))
  const purse = async () => (await own.tx((tx) => points.balanceOf(tx, [member_id])))[0]!
  const spend = (who: string, amount: number) =>
    own.tx((tx) =>
      points.spend(tx, [{ member_id: who, points: amount, source: 'adjustment', source_id: randomUUID() }]),
    )
  const given = { points: opening, reason: 'test', source: 'adjustment', source_id: 'opening', expires_on: null }
  await own.tx((tx) => points.adjust(tx, [{ ...given, member_id }]))
  const bought = [await buy(member_id), await buy(owing)]
  // what was earned waits some days before it can be spent
  own.at(new Date(own.now().getTime() + 30 * 86_400_000))
  const basket = { ...basketOf(member_id, 100_000), points_to_use: 'max' as const }
  const { hold_id } = await own.tx(async (tx) => alone(await counter.hold(tx, [basket])))
  const { held, available } = await purse()
  expect(held).toBeGreaterThan(0)
  // the rest is spent elsewhere, and so is all of the other account
  await spend(member_id, available)
  await spend(owing, bought[1]!.points_earned)

  for (const one of bought) await own.tx((tx) => counter.cancel(tx, one.order_id))
  expect(await purse()).toMatchObject({ held, available: 0, debt: bought[0]!.points_earned })
  await own.tx((tx) => members.merge(tx, [{ keep: member_id, merge: owing }]))
  const owed = bought[0]!.points_earned + bought[1]!.points_earned
  expect(await purse()).toMatchObject({ active: held, held, available: 0, debt: owed })

  const paid = await own.tx(async (tx) => alone(await counter.commit(tx, [hold_id])))
  expect(paid.points_used).toBe(held)
  expect(await purse()).toMatchObject({ active: 0, held: 0, debt: 0, pending: paid.points_earned - owed })
  for (const check of [...counter.checks, ...points.checks]) {
    const finding = await check.run(own.db)
    expect([check.name, finding.ok, finding.ok ? '' : finding.detail]).toEqual([check.name, true, ''])
  }
  await own.close()
})

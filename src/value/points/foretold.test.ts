import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waysOf } from '../../../test/statements.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import type { OrderWire } from '../../record/orders/types.ts'
import { checks } from './checks.ts'
import * as points from './points.ts'

let world: World
let buyers: string[]
beforeAll(async () => {
  world = await openWorld()
  buyers = await world.tx(
    (tx) =>
      members.resolve(
        tx,
        Array.from({ length: 8 }, (_, i) => ({ phone: `093300000${i}` })),
        { create_as: 'member', channel: 'test' },
      ) as Promise<string[]>,
  )
})
afterAll(() => world.close())

let numbers = 0
const bought = (member_id: string | null, net_minor = 500): OrderWire => ({
  source: 'till',
  source_id: `F${++numbers}`,
  status: 'paid',
  store: 'DAAN',
  ...(member_id ? { member: { member_id } } : {}),
  lines: [{ sku: 'OOLONG', quantity: 1, gross_minor: net_minor, net_minor }],
  occurred_at: world.now(),
})
const receive = (wires: readonly OrderWire[]) => world.tx((tx) => orders.receive(tx, wires))
const earnedBy = async (wires: readonly OrderWire[]) => {
  const rows = await world.db.rows<{ source_id: string; points: number }>(sql`
    select o.source_id, e.points from orders o
    left join point_entries e on e.member_id = o.member_id and e.source = 'order' and e.source_id = o.order_id::text
    where o.source_id = any (${wires.map((wire) => wire.source_id)}::text[])`)
  const by = new Map(rows.map((row) => [row.source_id, row.points]))
  return wires.map((wire) => by.get(wire.source_id))
}

describe('orders of which points heard before they were booked', () => {
  // rules, stores and products are known once they were met; a set that was guessed wrong makes the next fifty wary
  beforeEach(async () => {
    for (let i = 0; i < 52; i += 1) await receive([bought(world.cast.wang)])
  })

  it('go three ways to the database, whoever buys', async () => {
    for (const [set, ways] of [
      [buyers, 3],
      // who bought without a name is a walk-in, who is found first
      [[...buyers.slice(0, 3), null], 4],
    ] as const) {
      const counts: number[] = []
      // whatever else goes on meanwhile is counted with one of them
      for (let i = 0; i < 3; i += 1) {
        const wires = set.map((buyer) => bought(buyer))
        counts.push(await waysOf(() => receive(wires)))
        expect(await earnedBy(wires)).toEqual(set.map((buyer) => (buyer ? 5 : null)))
      }
      expect(Math.min(...counts)).toBe(ways)
    }
  })

  it('leave nothing behind with who turns out to be a guest', async () => {
    const set = [buyers[1]!, world.cast.guest, buyers[2]!]
    const wires = set.map((buyer) => bought(buyer))
    expect((await receive(wires)).map(({ outcome }) => outcome)).toEqual(['placed', 'placed', 'placed'])
    expect(await earnedBy(wires)).toEqual([5, null, 5])
    expect(
      await world.db.rows(sql`select from point_balances where member_id = ${world.cast.guest}::uuid`),
    ).toHaveLength(0)
  })

  it('earn once when the same is sent twice at the same moment', async () => {
    const wires = buyers.map((buyer) => bought(buyer))
    const [once, again] = await Promise.all([receive(wires), receive([...wires, bought(buyers[3]!)])])
    expect([...once, ...again].filter(({ outcome }) => outcome === 'placed')).toHaveLength(wires.length + 1)
    expect(await earnedBy(wires)).toEqual(wires.map(() => 5))
  })

  it('earn by the rule that holds, not by the one that was known', async () => {
    const { rule } = (await points.rulesOf(world.db)).at(-1)!
    await world.tx((tx) =>
      points.addRule(tx, { rule: { ...rule, earn: { ...rule.earn, points: 2 * rule.earn.points } } }),
    )
    world.later(1)
    const wires = buyers.map((buyer) => bought(buyer))
    await receive(wires)
    expect(await earnedBy(wires)).toEqual(wires.map(() => 10))
    await world.tx((tx) => points.addRule(tx, { rule }))
    world.later(1)
  })
})

it('and the books hold', async () => {
  for (const check of checks) expect(await check.run(world.db), check.name).toMatchObject({ ok: true })
})

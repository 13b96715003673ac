import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import { openWorld } from '../../../test/world.ts'
import { counted } from '../../../test/statements.ts'
import * as orders from './orders.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, mary, chen } = world.cast
const at = (day: number) => `2026-10-${String(day).padStart(2, '0')}T12:00:00+08:00`

let nth = 0
interface Bought {
  of: string | null
  day: number
  quantity: number
  unit_minor: number
  /** How many went back before. */
  back: number
}

/** Books receipts with what went back of them; their ids in order. */
async function bought(all: readonly Bought[]): Promise<string[]> {
  return world.tx(async (tx) => {
    const keys = all.map(() => ({ source: 'till-9', source_id: `V${(nth += 1)}` }))
    const placed = await orders.receive(
      tx,
      all.map(({ of, day, quantity, unit_minor }, i) => ({
        ...keys[i]!,
        status: 'paid',
        store: 'XINYI',
        ...(of ? { member: { member_id: of } } : {}),
        lines: [{ quantity, unit_price_minor: unit_minor }],
        occurred_at: at(day),
      })),
    )
    const gone = all.flatMap(({ back, quantity, day }, i) =>
      back > 0 && back < quantity
        ? [
            {
              source: 'till-9',
              source_id: `${keys[i]!.source_id}-R`,
              order: keys[i]!,
              lines: [{ line_no: 1, quantity: back }],
              occurred_at: at(day),
            },
          ]
        : [],
    )
    if (gone.length > 0) await orders.refund(tx, gone)
    return placed.sort((a, b) => a.index - b.index).map(({ order_id }) => order_id!)
  })
}

const one = fc.record({
  of: fc.constantFrom(wang, mary, null),
  day: fc.integer({ min: 1, max: 28 }),
  quantity: fc.integer({ min: 1, max: 4 }),
  unit_minor: fc.integer({ min: 1, max: 900 }),
  back: fc.integer({ min: 0, max: 3 }),
})

// Protected by: moveToMembers, which cancels where an order stood and books what is left of it anew.
test('whatever moves, in sets or one by one: what was bought is counted once, with the right member', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 6 }), fc.boolean(), async (all, isOneByOne) => {
      const sum = () =>
        world.db.row<{ net: number; orders: number }>(sql`
          select coalesce(sum(net_minor - refunded_minor), 0)::bigint as net, count(*) as orders from orders where counts`)
      const ids = await bought(all)
      const before = await sum()
      const moves = ids.map((order_id) => ({ order_id, member_id: chen }))
      const moved = isOneByOne
        ? (await Promise.all(moves.map((move) => world.tx((tx) => orders.moveToMembers(tx, [move]))))).flat()
        : await world.tx((tx) => orders.moveToMembers(tx, moves))
      expect(await sum()).toEqual(before)
      const owners = await world.db.rows<{ member_id: string; source_id: string }>(sql`
        select o.member_id, k.source_id from order_keys k join orders o on o.order_id = k.order_id
        where o.order_id = any (${moved.map((one) => one.order_id)}::uuid[])`)
      expect(new Set(owners.map((row) => row.member_id))).toEqual(new Set([chen]))
      expect(owners.every(({ source_id }) => !source_id.includes('~'))).toBe(true)
      expect((await verify(world.db, checks)).checks.filter(({ ok }) => !ok)).toEqual([])
    }),
    { numRuns: 12 },
  )
})

test('the number goes along: the same receipt sent again is known, a change of it finds the new one', async () => {
  const [order_id] = await bought([{ of: wang, day: 3, quantity: 2, unit_minor: 100, back: 0 }])
  const wire = (quantity: number) => ({
    source: 'till-9',
    source_id: `V${nth}`,
    status: 'paid' as const,
    store: 'XINYI',
    member: { member_id: wang },
    lines: [{ quantity, unit_price_minor: 100 }],
    occurred_at: at(3),
  })
  const [moved] = await world.tx((tx) => orders.moveToMembers(tx, [{ order_id: order_id!, member_id: mary }]))
  const again = await world.tx((tx) => orders.receive(tx, [wire(2)]))
  expect(again).toMatchObject([{ outcome: 'unchanged', order_id: moved!.order_id, member_id: mary }])
  const changed = await world.tx((tx) => orders.receive(tx, [{ ...wire(3), updated_at: world.now() }]))
  expect(changed).toMatchObject([{ outcome: 'changed', member_id: mary }])
})

test('any number of orders, the same number of statements', async () => {
  const counts: number[] = []
  for (const size of [2, 20]) {
    const ids = await bought(
      Array.from({ length: size }, (_, i) => ({ of: wang, day: 5 + (i % 20), quantity: 1, unit_minor: 50, back: 0 })),
    )
    counts.push(
      await world.tx(async (open) => {
        const { tx, count } = counted(open)
        await orders.moveToMembers(
          tx,
          ids.map((order_id) => ({ order_id, member_id: mary })),
        )
        return count()
      }),
    )
  }
  // lots that begin on the way draw numbers of their own: a statement more, however many they are
  expect(counts[1]).toBeLessThanOrEqual(counts[0]!)
})

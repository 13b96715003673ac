/** A stamp card is tried on last month before it is made: the same orders, stamped for real, come to the same. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { receive } from '../../record/orders/orders.ts'
import * as cards from './cards.ts'
import type { StampRule } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const rule: StampRule = {
  kind: 'stamps',
  size: 3,
  per: { by: 'units' },
  scope: { skus: [], categories: ['tea'], excluded_skus: [], excluded_categories: [], store_ids: [] },
  day_max: 4,
  months: null,
  refunds: 'carry',
  reward: { kind: 'points', points: 50 },
}
const tried = (one: StampRule) =>
  world.as('marketer').call('POST /v1/admin/cards/previews', { body: { rule: one } as never })

let rung = 0
/** Pieces of tea by member and days ago, one order each. */
async function buy(orders: readonly [member_id: string, days_ago: number, pieces: number, category?: string][]) {
  const now = world.now()
  await world.tx((tx) =>
    receive(
      tx,
      orders.map(([member_id, days_ago, quantity, category = 'tea']) => ({
        source: 'till',
        source_id: `T-${++rung}`,
        occurred_at: addMs(now, -days_ago * dayMs),
        member: { member_id },
        lines: [{ sku: category, category, quantity, gross_minor: quantity * 50 }],
      })),
    ),
  )
}

test('a card tried on last month says what the same orders bring when it is there', async () => {
  const { wang, ouyang, mary } = world.cast
  const orders: [string, number, number, string?][] = [
    [wang, 20, 2],
    [wang, 19, 2],
    [wang, 3, 2],
    // nine pieces on one day are four stamps
    [ouyang, 8, 5],
    [ouyang, 8, 4],
    [mary, 5, 9, 'cakes'],
  ]
  await buy(orders)
  await buy([[wang, 45, 9]])
  const found = await tried(rule)
  expect(found).toMatchObject({ days: 30, members: 3, orders: 6, stamped: 4, stamps: 10, filled: 3 })
  expect(found).toMatchObject({ members_filled: 2, points: 150 })
  expect(await tried({ ...rule, reward: { kind: 'none' }, per: { by: 'order', minimum_minor: 0 } })).toMatchObject({
    stamped: 5,
    stamps: 5,
    filled: 1,
    points: 0,
  })
  // as it would have been: the card was there, and the same was bought, a month and a day later
  await world.tx((tx) => cards.define(tx, { names: { en: 'Tea' }, rule }))
  world.later(31)
  await buy(orders.map(([member_id, days_ago, ...rest]) => [member_id, days_ago, ...rest]))
  const booked = await world.db.row<{ stamps: number; filled: number; stamped: number }>(sql`
    select coalesce(sum(units) filter (where kind = 'stamp'), 0)::bigint as stamps,
      count(*) filter (where kind = 'fill') as filled, count(distinct order_id) as stamped from card_entries`)
  expect(booked).toEqual({ stamps: found.stamps, filled: found.filled, stamped: found.stamped })
})

/** What earns nothing, through the doors of a shop: bought, returned in parts, moved to another shelf, judged anew. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { size } from '../../../../test/database.ts'
import { openWorld, type World } from '../../../../test/world.ts'
import { recategorise } from '../../../record/orders/orders.ts'
import * as points from '../points.ts'
import { rebook } from '../rebooking.ts'
import type { PointRule } from '../types.ts'
import { leftOutOf, without } from './exclusions.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const rule: PointRule = {
  earn: { base: 'net', include_shipping: false, points: 1, per_minor: 100, rounding: 'floor', tier_percent: {} },
  waiting_days: 0,
  expiry: { kind: 'never' },
  debt: 'below_zero',
}
const noCards: PointRule = { ...rule, earn: { ...rule.earn, excludes: { categories: ['卡'] } } }

let made = 0
const next = () => `E${(made += 1)}`
type Line = { sku: string; category: string; net_minor: number; quantity?: number; gross_minor?: number }

/** Buys at the next minute; answers the number of the order in its source. */
async function buy(
  member_id: string,
  lines: Line[],
  more: { store?: string; source?: string } = {},
): Promise<string> {
  world.at(new Date(world.now().getTime() + 60_000))
  const source_id = next()
  await world.as('owner').call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id,
      status: 'completed',
      occurred_at: world.now().toISOString(),
      member: { member_id },
      lines: lines.map(({ quantity = 1, ...line }) => ({ ...line, name: line.sku, quantity })),
      ...more,
    },
  })
  return source_id
}

async function giveBack(order: string, lines: { line_no: number; quantity: number }[], source = 'till') {
  world.at(new Date(world.now().getTime() + 60_000))
  await world.as('owner').call('POST /v1/admin/refunds', {
    body: { source, source_id: next(), order: { source_id: order }, occurred_at: world.now().toISOString(), lines },
  })
}

const held = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!.active
const broken = async () => {
  const found = await Promise.all(
    points.checks.map(async (check) => [check.name, await check.run(world.db)] as const),
  )
  return found.filter(([, finding]) => !finding.ok).map(([name]) => name)
}
const addRule = (added: PointRule) => world.tx((tx) => points.addRule(tx, { rule: added }))
const newestWhy = async (member_id: string) =>
  (await points.entriesOf(world.db, { member_id, before: null, limit: 1 }))[0]!.why

test('gift cards earn nothing, the tea beside them does, and the entry says so', async () => {
  await addRule(noCards)
  const { wang } = world.cast
  const before = await held(wang)
  await buy(wang, [
    { sku: 'OOLONG', category: '茶', net_minor: 1_000 },
    { sku: 'CARD', category: '卡', net_minor: 5_000 },
    { sku: 'CUP', category: '杯', net_minor: 500 },
  ])
  expect((await held(wang)) - before).toBe(15)
  const why = await newestWhy(wang)
  expect(why).toMatchObject({
    codes: ['points.earned', 'points.lines_out'],
    params: { counted_minor: 1_500, lines_all: 3, lines_earning: 2, out_minor: 5_000, out_names: '卡' },
  })
  expect(points.recompute(why)).toBe(15)
})

test('what earned nothing takes nothing back, and a total refund takes all, also after a product has moved', async () => {
  const { mary } = world.cast
  const before = await held(mary)
  const order = await buy(mary, [
    { sku: 'PUERH', category: '茶', net_minor: 1_000, quantity: 2 },
    { sku: 'CARD', category: '卡', net_minor: 5_000 },
  ])
  await giveBack(order, [{ line_no: 2, quantity: 1 }])
  expect((await held(mary)) - before).toBe(10)
  // the tea is a card from now on; this order keeps what counted in it
  const { data } = await world.as('owner').call('GET /v1/admin/products', { query: { search: 'PUERH' } })
  const { product_id } = data[0]!
  await world
    .as('owner')
    .call('PATCH /v1/admin/products/:product_id', { params: { product_id }, body: { category: '卡' } })
  await world.tx((tx) => recategorise(tx, [product_id]))
  await giveBack(order, [{ line_no: 1, quantity: 1 }])
  expect((await held(mary)) - before).toBe(5)
  await giveBack(order, [{ line_no: 1, quantity: 1 }])
  expect((await held(mary)) - before).toBe(0)
  expect(await broken()).toEqual([])
})

test('a store, a channel and reduced goods can be left out too', async () => {
  const { chen } = world.cast
  const store_id = world.stores.get('DAAN')!
  await addRule({
    ...rule,
    earn: { ...rule.earn, excludes: { store_ids: [store_id], channels: ['outlet'], discounted: true } },
  })
  const before = await held(chen)
  await buy(chen, [{ sku: 'CUP', category: '杯', net_minor: 900 }], { store: 'DAAN' })
  expect((await newestWhy(chen)).codes).toContain('points.store_out')
  await buy(chen, [{ sku: 'CUP', category: '杯', net_minor: 900 }], { source: 'outlet' })
  expect((await newestWhy(chen)).codes).toContain('points.channel_out')
  await buy(chen, [
    { sku: 'CUP', category: '杯', net_minor: 900, gross_minor: 1_000 },
    { sku: 'OOLONG', category: '茶', net_minor: 700 },
  ])
  expect((await held(chen)) - before).toBe(7)
  expect(await broken()).toEqual([])
})

test('a rule that leaves out goods judges the past as it judges what comes, returns included', async () => {
  const { ouyang } = world.cast
  await addRule(rule)
  const from = new Date(world.now().getTime() + 1)
  const before = await held(ouyang)
  const order = await buy(ouyang, [
    { sku: 'OOLONG', category: '茶', net_minor: 1_000, quantity: 2 },
    { sku: 'VOUCHER', category: '卡', net_minor: 5_000, quantity: 2 },
  ])
  await giveBack(order, [
    { line_no: 1, quantity: 1 },
    { line_no: 2, quantity: 1 },
  ])
  expect((await held(ouyang)) - before).toBe(30)
  await world.tx(async (tx) => {
    const { version } = await points.addRule(tx, { rule: noCards, effective_from: from, is_rebooked: true })
    await rebook(tx, { version, from, member_ids: [ouyang] })
  })
  expect((await held(ouyang)) - before).toBe(5)
  expect((await newestWhy(ouyang)).codes).toEqual(['points.rebooked', 'points.lines_out'])
  await giveBack(order, [
    { line_no: 1, quantity: 1 },
    { line_no: 2, quantity: 1 },
  ])
  expect((await held(ouyang)) - before).toBe(0)
  expect(await broken()).toEqual([])
})

test('whatever is left out, the rest counts and nothing falls below zero', () => {
  const line = fc.record({
    category: fc.constantFrom('a', 'b', null),
    sku: fc.constantFrom('x', 'y', null),
    quantity: fc.integer({ min: 1, max: 3 }),
    net_minor: fc.nat(10_000),
    more: fc.nat(500),
  })
  const excludes = fc.record(
    {
      categories: fc.constantFrom<string[]>(['a'], ['a', 'b']),
      skus: fc.constantFrom<string[]>(['x'], ['y']),
      discounted: fc.constant(true as const),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), excludes, (told, out) => {
      const lines = told.map(({ more, ...one }, i) => ({ ...one, line_no: i + 1, gross_minor: one.net_minor + more }))
      const sum = (of: typeof lines) => of.reduce((total, one) => total + one.net_minor, 0)
      const basket = { lines, store_id: null, channel: null, day: '2024-05-04', is_supplement: false }
      const left = leftOutOf(basket, out)
      const goods = { goods_minor: sum(lines), gross_minor: sum(lines), shipping_minor: 0 }
      const rest = lines.filter((one) => !left.lines.includes(one))
      expect(without(goods, left.lines).goods_minor).toBe(sum(rest))
      for (const one of rest) {
        expect(out.categories?.includes(one.category!) ?? false).toBe(false)
        expect(out.skus?.includes(one.sku!) ?? false).toBe(false)
        if (out.discounted) expect(one.net_minor).toBe(one.gross_minor)
      }
    }),
    { numRuns: size === 'long' ? 2_000 : 200 },
  )
})

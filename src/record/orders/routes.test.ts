import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const receipt = (source_id: string, more: object = {}) => ({
  source: 'till',
  source_id,
  store: 'XINYI',
  member: { phone: '0912 345 678' },
  occurred_at: '2026-11-01T12:00:00+08:00',
  lines: [{ sku: 'oolong', name: '烏龍茶', category: 'tea', quantity: 2, unit_price_minor: 60 }],
  ...more,
})

it('takes an order, knows its member by the phone, and shows it', async () => {
  const outcome = await world.as('marketer').call('POST /v1/admin/orders', { body: receipt('A1') })
  expect(outcome).toMatchObject({ outcome: 'placed', member_id: world.cast.wang })
  const order = await world
    .as('clerk')
    .call('GET /v1/admin/orders/:order_id', { params: { order_id: outcome.order_id! } })
  expect(order).toMatchObject({
    display_name: '王小明',
    store_code: 'XINYI',
    net_minor: 120,
    ordered_on: '2026-11-01',
    counts: true,
    lines: [{ line_no: 1, sku: 'oolong', name: '烏龍茶', category: 'tea', quantity: '2', net_minor: 120 }],
    refunds: [],
    supplements: [],
  })
})

it('the same receipt again answers the same order, whatever the idempotency key', async () => {
  const till = await world.withKey(['orders:write', 'orders:read'])
  const first = await till.call('POST /v1/admin/orders', {
    body: receipt('A2'),
    headers: { 'idempotency-key': 'k1' },
  })
  const replayed = await till.inject('POST /v1/admin/orders', {
    body: receipt('A2'),
    headers: { 'idempotency-key': 'k1' },
  })
  expect([replayed.headers['idempotent-replayed'], replayed.json()]).toEqual(['true', first])
  expect(
    await till.call('POST /v1/admin/orders', { body: receipt('A2'), headers: { 'idempotency-key': 'k2' } }),
  ).toEqual({ ...first, outcome: 'unchanged' })
})

it('a batch answers one outcome for each order in its place, whoever bought', async () => {
  const buyers = ['0912 345 678', '0922000001', '0922000002', '0922000003', '0922000004', '0922000005']
  const orders = buyers.map((phone, i) => receipt(`B${i}`, { member: { phone } }))
  const wrong = receipt('B-wrong', { currency: 'EUR' })
  const call = (body: { orders: object[] }) =>
    world.as('marketer').call('POST /v1/admin/orders/batch', { body: body as never })
  const { data } = await call({ orders: [...orders.slice(0, 3), wrong, ...orders.slice(3)] })
  expect(data.map((one) => [one.index, one.outcome])).toEqual(
    [0, 1, 2, 3, 4, 5, 6].map((index) => [index, index === 3 ? 'refused' : 'placed']),
  )
  const numbers = await world.db.rows<{ order_id: string; source_id: string }>(
    sql`select order_id, source_id from orders where source_id like 'B_' order by source_id`,
  )
  expect(data.flatMap((one) => one.order_id ?? [])).toEqual(numbers.map((row) => row.order_id))
  // two versions of one order, the second without its buyer: the later one is taken last
  const again = [
    receipt('B9', { member: { phone: buyers[3] } }),
    receipt('B9', { status: 'completed', member: undefined }),
  ]
  const versions = await call({ orders: [orders[0]!, orders[1]!, ...again] })
  expect(versions.data.map((one) => one.outcome)).toEqual(['unchanged', 'unchanged', 'placed', 'changed'])
})

it('a refused order is a problem with its code, a refused one of a batch an outcome', async () => {
  await expect(
    world.as('marketer').call('POST /v1/admin/orders', { body: receipt('A3', { currency: 'EUR' }) }),
  ).rejects.toMatchObject({ status: 422, code: 'order.currency_foreign', params: { program_currency: 'TWD' } })
  const { data } = await world.as('marketer').call('POST /v1/admin/orders/batch', {
    body: {
      orders: [
        receipt('A3', { currency: 'EUR' }),
        receipt('A4'),
        receipt('A4', { updated_at: '2026-11-01T13:00:00Z', lines: [] }),
      ],
    },
  })
  expect(data).toMatchObject([
    { index: 0, outcome: 'refused', code: 'order.currency_foreign' },
    { index: 1, outcome: 'placed' },
    { index: 2, outcome: 'changed' },
  ])
})

it('a dry run answers and leaves nothing', async () => {
  const dry = await world
    .as('marketer')
    .call('POST /v1/admin/orders', { body: receipt('A5'), query: { dry_run: 'true' } })
  expect(dry.outcome).toBe('placed')
  expect((await world.as('marketer').call('GET /v1/admin/orders', { query: { source_id: 'A5' } })).data).toEqual([])
})

it('an unknown buyer is a guest unless the shop says that buyers join', async () => {
  const member = { email: 'new.one@example.com' }
  const guest = await world.as('marketer').call('POST /v1/admin/orders', { body: receipt('A6', { member }) })
  const shown = await world
    .as('clerk')
    .call('GET /v1/admin/orders/:order_id', { params: { order_id: guest.order_id! } })
  expect(shown.member_kind).toBe('guest')
  const joined = await world.as('marketer').call('POST /v1/admin/orders', {
    body: receipt('A7', { member: { email: 'other@example.com' }, create_as: 'member' }),
  })
  const { data } = await world.as('clerk').call('GET /v1/admin/orders', { query: { member_id: joined.member_id! } })
  expect(data).toMatchObject([{ source_id: 'A7', member_kind: 'member' }])
})

it('a refund shows at its order', async () => {
  const placed = await world.as('marketer').call('POST /v1/admin/orders', { body: receipt('A8') })
  const refunded = await world.as('marketer').call('POST /v1/admin/refunds', {
    body: {
      source: 'till',
      source_id: 'R8',
      order: { source_id: 'A8' },
      lines: [{ line_no: 1, quantity: 1 }],
      occurred_at: '2026-11-02T09:00:00+08:00',
    },
  })
  expect(refunded).toMatchObject({ outcome: 'placed', unmatched_minor: 0 })
  const order = await world
    .as('clerk')
    .call('GET /v1/admin/orders/:order_id', { params: { order_id: placed.order_id! } })
  expect(order).toMatchObject({
    refunded_minor: 60,
    refunds: [{ source_id: 'R8', kind: 'refund', from_this_minor: 60 }],
  })
  await expect(
    world.as('marketer').call('POST /v1/admin/refunds', {
      body: {
        source: 'till',
        source_id: 'R9',
        order: { source_id: 'nowhere' },
        occurred_at: '2026-11-02T09:00:00+08:00',
      },
    }),
  ).rejects.toMatchObject({ status: 422, code: 'refund.order_unknown' })
})

it('lists newest first, page by page, with filters', async () => {
  const orders = Array.from({ length: 7 }, (_, i) =>
    receipt(`L${i}`, {
      source: 'list',
      store: i % 2 ? 'DAAN' : 'XINYI',
      occurred_at: `2026-10-0${1 + (i >> 1)}T12:00:00+08:00`,
    }),
  )
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } })
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: { data: { source_id: string }[]; next_cursor: string | null } = await world
      .as('clerk')
      .call('GET /v1/admin/orders', {
        query: { source: 'list', limit: 3, ...(cursor ? { cursor } : {}) },
      })
    seen.push(...page.data.map((row) => row.source_id))
    cursor = page.next_cursor
  } while (cursor)
  expect([...seen].sort()).toEqual(orders.map((order) => order.source_id))
  expect(seen[0]).toBe('L6')
  const daan = { source: 'list', store_id: world.stores.get('DAAN')!, from: '2026-10-02', to: '2026-10-02' }
  expect(
    (await world.as('clerk').call('GET /v1/admin/orders', { query: daan })).data.map((row) => row.source_id),
  ).toEqual(['L3'])
})

it('asks for the permission', async () => {
  await expect(world.as('analyst').call('POST /v1/admin/orders', { body: receipt('A9') })).rejects.toMatchObject({
    status: 403,
  })
  await expect(world.nobody.call('GET /v1/admin/orders')).rejects.toMatchObject({ status: 401 })
  await expect(
    world.as('clerk').call('GET /v1/admin/orders/:order_id', { params: { order_id: world.cast.wang } }),
  ).rejects.toMatchObject({ status: 404, code: 'order.not_found' })
})

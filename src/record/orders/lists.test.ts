import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'

let world: World
const shopped = (source_id: string, day: string, more: object = {}) => ({
  source: 'till',
  source_id,
  store: 'XINYI',
  status: 'completed',
  member: { phone: '0912 345 678' },
  occurred_at: `2026-10-${day}T12:00:00+08:00`,
  lines: [{ sku: 'OOLONG', name: '烏龍茶', quantity: 1, unit_price_minor: 100 }],
  ...more,
})

beforeAll(async () => {
  world = await openWorld()
  const orders = [
    shopped('T-1', '01'),
    shopped('#T-2', '02', { store: 'DAAN', source: 'shop' }),
    shopped('T-3', '03', { status: 'placed' }),
    shopped('T-4', '04', { member: { email: 'nobody.yet@example.com' } }),
    shopped('T-5', '05', { kind: 'adjustment', lines: [{ sku: 'FEE', quantity: 1, unit_price_minor: 7 }] }),
    shopped('=SUM(A1)', '06'),
    shopped('W-1', '08', { store: undefined, source: 'web' }),
  ]
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } as never })
  await world.as('marketer').call('POST /v1/admin/refunds', {
    body: {
      source: 'till',
      source_id: 'BACK-1',
      order: { source_id: 'T-1' },
      amount_minor: 40,
      occurred_at: '2026-10-07T12:00:00+08:00',
    } as never,
  })
})
afterAll(() => world.close())

type Query = NonNullable<Parameters<ReturnType<World['as']>['call']>[1]>['query']
async function numbers(query: Query): Promise<string[]> {
  const { data } = await world.as('analyst').call('GET /v1/admin/orders', { query: query as never })
  return data.map((order) => order.source_id)
}

it('an order is found by its number however it is typed, and by the number of its refund', async () => {
  expect(await numbers({ search: ' t-2 ' })).toEqual(['#T-2'])
  expect(await numbers({ search: '#T-1' })).toEqual(['T-1'])
  expect(await numbers({ search: 'BACK-1' })).toEqual(['T-1'])
  expect(await numbers({ search: 'BACK-1', source: 'shop' })).toEqual([])
  expect(await numbers({ search: 'T' })).toEqual([])
})

it('each filter keeps what it says, and they hold together', async () => {
  expect(await numbers({ store_id: world.stores.get('DAAN')! })).toEqual(['#T-2'])
  expect(await numbers({ store_id: 'none' })).toEqual(['W-1'])
  expect(await numbers({ source: 'shop' })).toEqual(['#T-2'])
  expect(await numbers({ status: 'placed' })).toEqual(['T-3'])
  expect(await numbers({ status: 'completed', buyer: 'guest' })).toEqual(['T-4'])
  expect(await numbers({ counted: false as never })).toEqual(['T-5', 'T-3'])
  expect(await numbers({ from: '2026-10-02', to: '2026-10-03', buyer: 'member' })).toEqual(['T-3', '#T-2'])
})

it('totals are those of the rows: how many, and what was kept', async () => {
  const total = (query: Query) => world.as('analyst').call('GET /v1/admin/orders/totals', { query: query as never })
  expect(await total({ counted: true } as never)).toEqual({ orders: 5, net_minor: 460 })
  expect(await total({ search: 'BACK-1' })).toEqual({ orders: 1, net_minor: 60 })
  expect(await total({ from: '2030-01-01' })).toEqual({ orders: 0, net_minor: 0 })
})

it('totals agree with the report of stores and of the first page', async () => {
  const range = { from: '2026-10-01', to: '2026-10-31' }
  const { data } = await world.as('analyst').call('GET /v1/admin/reports/stores', { query: range })
  expect(data.length).toBe(3)
  for (const { store_id, orders, net_minor, guest_orders } of data) {
    const query = { ...range, store_id: store_id ?? 'none', counted: 'true' } as never
    expect(await world.as('analyst').call('GET /v1/admin/orders/totals', { query })).toEqual({ orders, net_minor })
    const guests = { ...range, store_id: store_id ?? 'none', counted: 'true', buyer: 'guest' } as never
    const { orders: counted } = await world.as('analyst').call('GET /v1/admin/orders/totals', { query: guests })
    expect(counted).toBe(guest_orders)
  }
})

it('sources are named, each once', async () => {
  const { data } = await world.as('analyst').call('GET /v1/admin/orders/sources')
  expect(data).toEqual(['shop', 'till', 'web'])
})

it('the file holds every order that fits, and no cell is a formula', async () => {
  const answer = await world.as('analyst').inject('GET /v1/admin/orders/download', { query: { source: 'till' } })
  expect(answer.headers['content-type']).toContain('text/csv')
  const lines = answer.body
    .replace(/^\uFEFF/, '')
    .trim()
    .split('\n')
  expect(lines[0]).toMatch(/^source,source_id,kind,status,occurred_at/)
  expect(lines).toHaveLength(6)
  expect(answer.body).toContain(`till,'=SUM(A1),order,completed,2026-10-06T04:00:00.000Z,2026-10-06,XINYI`)
  expect(answer.body).not.toContain('T-2')
})

it('an order tells which points came of it and why', async () => {
  const found = await world.as('clerk').call('GET /v1/admin/orders', { query: { search: 'T-1' } })
  const { order_id } = found.data[0]!
  const { data } = await world.as('clerk').call('GET /v1/admin/orders/:order_id/points', { params: { order_id } })
  const entries = await world.as('clerk').call('GET /v1/admin/members/:member_id/points', {
    params: { member_id: world.cast.wang },
  })
  const known = entries.entries.data.filter((entry) => entry.order_id === order_id)
  expect(data.map((entry) => entry.entry_id).sort()).toEqual(known.map((entry) => entry.entry_id).sort())
  expect(data[0]).toMatchObject({ entry_kind: 'earn', why: { codes: expect.arrayContaining(['points.earned']) } })
  await expect(
    world.as('clerk').call('GET /v1/admin/orders/:order_id/points', { params: { order_id: world.cast.wang } }),
  ).rejects.toMatchObject({ status: 404, code: 'order.not_found' })
})

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import { checks } from './orders.ts'
import { loose, of, openShop, order, type Shop } from '../../../test/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

beforeEach(async () => {
  await shop.empty()
  await shop.receive([
    order('1', 'anna', '2026-05-01', ['tea 3x100', 'cup 1x50'], { shipping_minor: 60 }),
    order('2', 'anna', '2026-05-05', ['tea 1x90']),
    order('3', 'anna', '2026-05-11', ['tea 1x80']),
    order('4', 'ben', '2026-01-05', ['tea 1x80']),
    order('5', null, '2026-05-01', ['tea 2x10']),
  ])
  await shop.refund([
    of('r1', '1', '2026-05-06', { amount_minor: 100 }),
    loose('r2', 'anna', '2026-05-07', ['tea 1=90', 'pot 1=5']),
  ])
  await shop.verify()
})

const anna = sql`(select member_id from orders where source_id = '1')`

// each check finds the error planted for it, and names the row
it.each<[string, Sql, Record<string, unknown>]>([
  [
    'orders.lines_sum',
    sql`update orders set net_minor = net_minor + 1 where source_id = '3'`,
    { source_id: '3', net_minor: 81 },
  ],
  [
    'orders.lines_sum',
    sql`update order_lines set gross_minor = gross_minor + 1 where sku = 'cup'`,
    { source_id: '1' },
  ],
  [
    'orders.lines_refunded',
    sql`update order_lines set refunded_minor = refunded_minor + 1 where sku = 'cup'`,
    { line_no: 2 },
  ],
  [
    'orders.lines_refunded',
    sql`update order_refund_lines set quantity = quantity + 1 where sku = 'tea' and order_id is not null`,
    { line_no: 1 },
  ],
  [
    'orders.orders_refunded',
    sql`update orders set refunded_minor = refunded_minor - 1 where source_id = '1'`,
    { refunded_minor: 99 },
  ],
  [
    'orders.refund_lines_sum',
    sql`update order_refunds set unmatched_minor = 4 where source_id = 'r2'`,
    { source_id: 'r2' },
  ],
  [
    'orders.refund_lines_sum',
    sql`update order_refunds set net_minor = 101 where source_id = 'r1'`,
    { source_id: 'r1', net_minor: 101 },
  ],
  ['orders.counting', sql`update orders set counts = false where source_id = '3'`, { source_id: '3', counts: false }],
  ['orders.keys', sql`delete from order_keys where source_id = '2'`, { source_id: '2', kind: 'order' }],
  [
    'orders.keys',
    sql`update order_keys set order_id = uuidv7() where source_id = 'r1'`,
    { source_id: 'r1', kind: 'refund' },
  ],
  [
    'orders.statistics',
    sql`update member_statistics set order_count = 3 where member_id = ${anna}`,
    { order_count: 3, orders: 2 },
  ],
  ['orders.statistics', sql`update member_statistics set net_minor = net_minor + 1 where member_id = ${anna}`, {}],
  ['orders.statistics', sql`update member_statistics set usual_interval_days = 4 where member_id = ${anna}`, {}],
  [
    'orders.statistics',
    sql`update member_statistics set last_order_on = last_order_on + 1 where member_id = ${anna}`,
    {},
  ],
  ['orders.statistics_present', sql`delete from member_statistics where member_id = ${anna}`, { kind: 'member' }],
  [
    'orders.statistics_present',
    sql`
    insert into member_statistics (member_id, order_count, net_minor, orders_net_minor, purchase_days, computed_at)
    select member_id, 0, 0, 0, 0, created_at from members where kind = 'walk_in'`,
    { kind: 'walk_in' },
  ],
  [
    'orders.store_statistics',
    sql`update member_store_statistics set net_minor = 0 where member_id = ${anna}`,
    { net_minor: 0 },
  ],
  [
    'orders.store_statistics',
    sql`delete from member_store_statistics where member_id = ${anna}`,
    { net_minor: null },
  ],
  [
    'orders.category_statistics',
    sql`update member_category_statistics set quantity = quantity + 1 where category = 'category c'`,
    { category: 'category c' },
  ],
  [
    'orders.category_statistics',
    sql`delete from member_category_statistics where category = 'category c'`,
    { category: 'category c', net_minor: null },
  ],
  ['orders.states', sql`update member_statistics set state = 'active' where state = 'asleep'`, { state: 'active' }],
  [
    'orders.states',
    sql`update member_statistics set state_due_on = state_due_on + 1 where member_id = ${anna}`,
    { state: 'active' },
  ],
  ['orders.state_moves', sql`update member_state_changes set to_state = 'back' where to_state = 'drowsy'`, {}],
  ['orders.state_moves', sql`delete from member_state_changes where from_state is null`, {}],
])('%s finds what was planted (%#)', async (name, plant, row) => {
  await shop.db.run(plant)
  const { checks: found } = await verify(shop.db, checks)
  const check = found.find((one) => one.name === name)!
  expect(check.ok).toBe(false)
  expect(check.rows![0]).toMatchObject(row)
})

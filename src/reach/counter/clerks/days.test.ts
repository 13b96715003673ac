import { expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, rung, move, setRules, wallet } = await openClerks()
const { wang, mary } = world.cast

test('the manager’s day adds up by store and person, and a moved receipt stays with who rang it up', async () => {
  world.at('2026-11-20T12:00:00+08:00')
  const sold = await rung(wang, 1_000)
  await rung(null, 500)
  await clerk.call('POST /v1/admin/members', {
    body: { phone: '0966555666', join_store_id: world.stores.get('XINYI')! } as never,
  })
  await move(sold.order_id, mary)
  const back = await rung(mary, 300)
  await clerk.call('POST /v1/till/orders/:order_id/cancellation', { params: { order_id: back.order_id } })
  await clerk.call('POST /v1/till/members/:member_id/points', {
    params: { member_id: mary },
    body: { points: 5, reason: 'waited long', source_id: 'day', store_id: world.stores.get('XINYI')! },
  })
  await setRules({ top_ups_a_day_max_minor: 500 })
  const params = { member_id: mary, card_definition_id: await wallet() }
  const payIn = (paid_minor: number, source_id: string, more: object = {}, query = {}) =>
    clerk.call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
      params,
      query,
      body: { paid_minor, source_id, store_id: world.stores.get('XINYI')!, ...more },
    })
  await payIn(400, 'in-1', { paid_by: ' cash ' })
  await payIn(400, 'in-1', { paid_by: ' cash ' })
  const { approval } = await manager.call('POST /v1/admin/till-approvals')
  await payIn(900, 'in-2', {}, { approval })
  // what was refused left nothing
  await expect(payIn(900, 'in-3')).rejects.toMatchObject({ code: 'till.over_limit' })
  const query = { from: '2026-11-20', to: '2026-11-20', store_id: world.stores.get('XINYI')! }
  const { data } = await manager.call('GET /v1/admin/till-days', { query })
  expect(data).toHaveLength(1)
  expect(data[0]).toMatchObject({
    actor_name: '小芳',
    orders: 2,
    sales_minor: 1_500,
    member_orders: 1,
    member_sales_minor: 1_000,
    joined: 1,
    points_given: 5,
    receipts_given: 1,
    refunds: 1,
    refunded_minor: 300,
    top_ups: 2,
    topped_up_minor: 1_300,
  })
  // and every number opens its rows
  const { actor } = data[0]!
  const behind = async (of: 'orders' | 'members' | 'joined' | 'privileges' | 'refunds' | 'top_ups') =>
    (await manager.call('GET /v1/admin/till-entries', { query: { ...query, of, actor: actor! } })).data
  expect((await behind('orders')).map(({ amount_minor }) => amount_minor).sort()).toEqual([1_000, 500])
  expect(await behind('members')).toMatchObject([{ member_id: mary, amount_minor: 1_000 }])
  expect(await behind('joined')).toHaveLength(1)
  expect(await behind('privileges')).toEqual([])
  const paid = (await behind('top_ups')).sort((a, b) => a.amount_minor! - b.amount_minor!)
  expect(paid).toMatchObject([
    { member_id: mary, amount_minor: 400, names: { en: 'Tea wallet' }, note: 'cash', approved_by_name: null },
    { member_id: mary, amount_minor: 900, note: null, approved_by_name: '吳店長' },
  ])
  expect(await behind('refunds')).toMatchObject([{ member_id: mary, amount_minor: 300, order_id: back.order_id }])
})

test('the shop’s system has one row a store and day, whatever it did, and its numbers open its own rows alone', async () => {
  world.at('2026-11-21T12:00:00+08:00')
  const xinyi = world.stores.get('XINYI')!
  const register = await world.withKey(['till:use'])
  const line = { quantity: 1, gross_minor: 800 }
  await register.call('POST /v1/till/orders', {
    body: { source: 'till-XINYI-9', source_id: 'SYS-1', store: 'XINYI', member: { member_id: wang }, lines: [line] },
  })
  await register.call('POST /v1/till/receipts', {
    body: {
      ...{ store: 'XINYI', number: 'SYS-2', amount_minor: 900, bought_on: '2026-11-21', member_id: mary },
      reason: 'sent late',
    },
  })
  await register.call('POST /v1/till/members/:member_id/points', {
    params: { member_id: mary },
    body: { points: 5, reason: 'sent late', source_id: 'SYS-3', store_id: xinyi },
  })
  await world.tx((tx) =>
    tx.run(sql`
      insert into till_alarms (kind, occurrence, store_id, actor, day, evidence, raised_at)
      values ('mistyped', 'by a key', ${xinyi}::uuid, 'key:register', '2026-11-21', '{"times": 5}', ${tx.now})`),
  )
  await rung(wang, 100)
  const query = { from: '2026-11-21', to: '2026-11-21', store_id: xinyi }
  const { data } = await manager.call('GET /v1/admin/till-days', { query })
  const row = { day: '2026-11-21', store_id: xinyi }
  expect(data).toHaveLength(2)
  expect(data).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...row, actor_name: '小芳', orders: 1 }),
      expect.objectContaining({
        ...{ ...row, actor: null, actor_name: null, orders: 2, sales_minor: 1_700 },
        ...{ receipts_given: 1, points_given: 5, alarms: 1 },
      }),
    ]),
  )
  const behind = async (actor?: string) =>
    (await manager.call('GET /v1/admin/till-entries', { query: { ...query, of: 'orders', ...(actor && { actor }) } }))
      .data.length
  expect([await behind('system'), await behind()]).toEqual([2, 3])
})

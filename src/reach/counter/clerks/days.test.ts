import { expect, test } from 'vitest'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, rung, move } = await openClerks()
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
  })
  // and every number opens its rows
  const { actor } = data[0]!
  const behind = async (of: 'orders' | 'members' | 'joined' | 'privileges' | 'refunds') =>
    (await manager.call('GET /v1/admin/till-entries', { query: { ...query, of, actor: actor! } })).data
  expect((await behind('orders')).map(({ amount_minor }) => amount_minor).sort()).toEqual([1_000, 500])
  expect(await behind('members')).toMatchObject([{ member_id: mary, amount_minor: 1_000 }])
  expect(await behind('joined')).toHaveLength(1)
  expect(await behind('privileges')).toEqual([])
  expect(await behind('refunds')).toMatchObject([{ member_id: mary, amount_minor: 300, order_id: back.order_id }])
})

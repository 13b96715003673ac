import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import type { PriceRule } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const rule: PriceRule = {
  member_prices: [{ sku: 'PREVIEW-TEA', tier_codes: [], price_minor: 250 }],
  tier_discounts: [],
  excluded_skus: [],
  excluded_categories: [],
  floor: { cost: false, share_bp: 9_000 },
  with_coupons: 'before',
}

test('a preview says what last month would have cost, and whom it helps, and changes nothing', async () => {
  const marketer = world.as('marketer')
  const preview = (body: PriceRule) => marketer.call('POST /v1/admin/price-rules/previews', { body: { rule: body } })
  const before = await preview({ ...rule, floor: { cost: false, share_bp: 0 } })
  const day = 86_400_000
  const shop = await world.withKey(['till:use'])
  const buy = (member_id: string, days_ago: number, quantity: number, more: object = {}) =>
    shop.call('POST /v1/till/orders', {
      body: {
        source: 'till-1',
        source_id: `preview ${member_id} ${days_ago} ${quantity}`,
        member: { member_id },
        occurred_at: new Date(world.now().getTime() - days_ago * day).toISOString(),
        lines: [{ sku: 'PREVIEW-TEA', quantity, unit_price_minor: 300, ...more }],
      },
    })
  await buy(world.cast.wang, 3, 2)
  await buy(world.cast.mary, 29, 1, { unit_price_minor: 240 })
  await buy(world.cast.guest, 5, 4)
  await buy(world.cast.wang, 45, 7)
  const plain = await preview({ ...rule, floor: { cost: false, share_bp: 0 } })
  // two of 300 for 250; 240 is lower than the member price; guests and older purchases do not count
  expect(plain).toEqual({
    days: 30,
    members: before.members + 2,
    members_less: 1,
    members_more: 0,
    now_minor: 0,
    then_minor: 100,
    units_at_floor: 0,
  })
  expect(await preview(rule)).toMatchObject({ then_minor: 60, units_at_floor: 2 })
  // once applied it is what is now; taking it back costs those who had it
  await marketer.call('POST /v1/admin/price-rules', { body: { rule } })
  const back = await preview({ ...rule, member_prices: [] })
  expect(back).toMatchObject({ now_minor: 60, then_minor: 0, members_less: 0, members_more: 1 })
})

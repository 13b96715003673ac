/** What a coupon would have cost last month, and designs that wait for their time. */
import { afterAll, expect, test } from 'vitest'
import { monday, openWorld } from '../../../test/world.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { receive } from '../../record/orders/orders.ts'
import { issue } from './coupons.ts'
import { preview } from './previews.ts'
import type { CouponDesign } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const marketer = world.as('marketer')
const { wang, mary, chen, guest } = world.cast

const design: CouponDesign = {
  benefit: { kind: 'amount', amount_minor: 50 },
  scope: { categories: ['tea'] },
  minimum_minor: 300,
  window: { days_after_issue: 14 },
  stacking: { group: 'coupon', is_exclusive: false },
  limits: { per_coupon: 2 },
  codes: 'none',
  gives_back: true,
}
let made = 0
const daysAgo = (days: number) => addMs(monday, -days * dayMs)
const buy = (member_id: string, days: number, net_minor: number, category = 'tea') =>
  world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id: `P-${++made}`,
        occurred_at: daysAgo(days),
        member: { member_id },
        lines: [{ sku: category, category, quantity: 1, net_minor }],
      },
    ]),
  )
const tried = (more: Partial<CouponDesign> = {}) =>
  marketer.call('POST /v1/admin/coupon-definitions/previews', { body: { design: { ...design, ...more } } })

test('a design is tried on last month: baskets it goes on, uses within its limits, and why the others do not', async () => {
  for (const days of [20, 10, 5]) await buy(wang, days, 400)
  await buy(mary, 4, 299)
  await buy(mary, 3, 900)
  await buy(chen, 3, 500, 'cups')
  // no members, today, and too long ago
  await buy(guest, 3, 500)
  await buy(chen, 0, 500)
  await buy(chen, 31, 500)
  expect(await tried()).toEqual({
    days: 30,
    baskets: 6,
    qualifying: 4,
    at_most_minor: 200,
    uses: 3,
    members: 2,
    discount_minor: 150,
    expected_minor: 150,
    refusals: [
      { code: 'coupon.minimum_missed', baskets: 1 },
      { code: 'coupon.no_product', baskets: 1 },
      { code: 'coupon.used_up', baskets: 1 },
    ],
  })
  expect(await tried({ limits: { per_coupon: 5, total: 2 } })).toMatchObject({ qualifying: 4, uses: 2, members: 1 })
  expect(await tried({ limits: { per_coupon: 5, per_member: 1 } })).toMatchObject({ uses: 2, members: 2 })
  const percent = { benefit: { kind: 'percent' as const, percent_bp: 1_000 } }
  expect(await tried(percent)).toMatchObject({
    discount_minor: 40 + 40 + 90,
    expected_minor: 170,
    at_most_minor: 210,
  })
  expect(await tried({ expected_cost_minor: 20 })).toMatchObject({ discount_minor: 150, expected_minor: 60 })
  const backwards = { window: { starts_on: '2026-12-01', ends_on: '2026-11-01' } }
  await expect(tried(backwards)).rejects.toMatchObject({ code: 'coupon_definition.invalid' })
})

test('whoever hangs up stops the reading', async () => {
  const gone = preview(world.db, design, { now: monday, signal: AbortSignal.abort() })
  await expect(gone).rejects.toMatchObject({ code: 'query.cancelled' })
})

test('a changed design waits for its time; the newest whose time has come is in force', async () => {
  const { coupon_definition_id } = await marketer.call('POST /v1/admin/coupon-definitions', {
    body: { name: 'Waits', design },
  })
  const params = { coupon_definition_id }
  const change = (amount_minor: number, effective_from?: string) =>
    marketer.call('PATCH /v1/admin/coupon-definitions/:coupon_definition_id', {
      params,
      body: {
        design: { ...design, benefit: { kind: 'amount', amount_minor } },
        ...(effective_from ? { effective_from } : {}),
      },
    })
  const given = async (member_id: string) => {
    const [one] = await world.tx((tx) =>
      issue(tx, [{ member_id, coupon_definition_id, source: 'test', source_id: `${++made}` }]),
    )
    return one!.cost_minor
  }
  const later = addMs(monday, 2 * dayMs).toISOString()
  expect(await change(80, later)).toMatchObject({ version: 1, waiting: { version: 2, effective_from: later } })
  expect(await given(wang)).toBe(50)
  await expect(change(90, daysAgo(1).toISOString())).rejects.toMatchObject({ code: 'coupon_definition.in_past' })
  world.later(2)
  const shown = await marketer.call('GET /v1/admin/coupon-definitions/:coupon_definition_id', { params })
  expect(shown).toMatchObject({ version: 2, waiting: null, design: { benefit: { amount_minor: 80 } } })
  expect(await given(wang)).toBe(80)
  expect(await change(70)).toMatchObject({ version: 3, waiting: null })
  expect(await given(wang)).toBe(70)
})

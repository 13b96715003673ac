/** Who joins at the till has the welcome on that very receipt; the gift of a first purchase goes back with it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verify } from '../../src/base/verify.ts'
import { checks } from '../../src/app/checks.ts'
import { openWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const plain = { whom: null, budget_id: null, before_days: 0, after_days: 0, joined_days_min: 0 }

test('joined a second ago, the quote shows the coupon, and paying with it is the first purchase', async () => {
  const marketer = world.as('marketer')
  const till = world.as('clerk')
  const coupon = await marketer.call('POST /v1/admin/coupon-definitions', {
    body: {
      name: 'Welcome: 50 off',
      design: {
        benefit: { kind: 'amount', amount_minor: 50 },
        scope: {},
        minimum_minor: 0,
        window: { days_after_issue: 30 },
        limits: { per_coupon: 1 },
        stacking: { group: 'coupon', is_exclusive: false },
        codes: 'generated',
        gives_back: true,
      },
    },
  })
  const { coupon_definition_id } = coupon
  await marketer.call('POST /v1/admin/moments', {
    body: {
      names: { en: 'Welcome' },
      rule: { ...plain, when: { kind: 'joining' }, reward: { kind: 'coupon', coupon_definition_id } },
    },
  })
  const first = await marketer.call('POST /v1/admin/moments', {
    body: {
      names: { en: 'First purchase' },
      rule: {
        ...plain,
        when: { kind: 'purchase', number: 1, repeats: false },
        reward: { kind: 'points', points: 30 },
      },
    },
  })
  const { member_id } = await till.call('POST /v1/admin/members', {
    body: { display_name: '新會員', phone: '0966777888' },
  })
  const held = await marketer.call('GET /v1/admin/members/:member_id/coupons', { params: { member_id } })
  expect(held.data).toMatchObject([{ name: 'Welcome: 50 off' }])

  const receipt = {
    member: { member_id },
    store: 'XINYI',
    lines: [{ sku: 'oolong', name: 'Oolong', category: 'tea', quantity: 1, gross_minor: 200 }],
    coupon_ids: [held.data[0]!.coupon_id],
  }
  const quote = await till.call('POST /v1/till/quotes', { body: receipt })
  expect(JSON.stringify(quote)).toContain('Welcome: 50 off')
  expect(quote).toMatchObject({ to_pay_minor: 150 })

  // the same receipt, paid
  const hold = await till.call('POST /v1/till/holds', {
    body: { ...receipt, source: 'till', source_id: 'R-1' },
  })
  await till.call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id: hold.hold_id } })
  const given = await marketer.call('GET /v1/admin/members/:member_id/moments', { params: { member_id } })
  expect(given.data.map((one) => one.why.code).sort()).toEqual(['first_purchase', 'joined'])

  await till.call('POST /v1/till/refunds', {
    body: {
      source: 'till',
      source_id: 'B-1',
      order: { source_id: 'R-1' },
      lines: [{ sku: 'oolong', quantity: 1 }],
      occurred_at: world.now().toISOString(),
    },
  })
  const shown = await marketer.call('GET /v1/admin/moments/:moment_id/gifts', {
    params: { moment_id: first.moment_id },
  })
  expect(shown.data).toMatchObject([{ occurrence: '1', taken_back_at: expect.any(String) }])
  const { checks: found } = await verify(world.db, checks)
  expect(found.filter((one) => !one.ok)).toEqual([])
})

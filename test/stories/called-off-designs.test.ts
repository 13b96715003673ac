/** Coupons, cards and plans change in versions, too: what is called off before it begins was never there. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addMs, dayMs } from '../../src/base/time.ts'
import { issue } from '../../src/value/coupons/coupons.ts'
import type { CouponDesign } from '../../src/value/coupons/types.ts'
import { club } from '../clubs.ts'
import { monday, openWorld, type Caller, type World } from '../world.ts'

let world: World
let owner: Caller
beforeAll(async () => {
  world = await openWorld()
  owner = world.as('owner')
})
afterAll(() => world?.close())
beforeEach(() => world.at(monday))

const inDays = (days: number) => addMs(world.now(), days * dayMs).toISOString()
let made = 0

test('a coupon’s design', async () => {
  const design: CouponDesign = {
    benefit: { kind: 'amount', amount_minor: 50 },
    scope: {},
    minimum_minor: 0,
    window: { days_after_issue: 14 },
    stacking: { group: 'coupon', is_exclusive: false },
    limits: { per_coupon: 1 },
    codes: 'none',
    gives_back: true,
  }
  const { coupon_definition_id } = await owner.call('POST /v1/admin/coupon-definitions', {
    body: { name: 'Tea', design },
  })
  const params = { coupon_definition_id }
  const change = (amount_minor: number, days?: number) =>
    owner.call('PATCH /v1/admin/coupon-definitions/:coupon_definition_id', {
      params,
      body: {
        design: { ...design, benefit: { kind: 'amount', amount_minor } },
        ...(days === undefined ? {} : { effective_from: inDays(days) }),
      },
    })
  const given = async () => {
    const want = { member_id: world.cast.wang, coupon_definition_id, source: 'test', source_id: `${++made}` }
    return (await world.tx((tx) => issue(tx, [want])))[0]!.cost_minor
  }
  const callOff = (version: number) =>
    owner.call('POST /v1/admin/coupon-definitions/:coupon_definition_id/versions/:version/call-off', {
      params: { ...params, version },
    })
  expect((await change(80, 2)).waiting?.version).toBe(2)
  expect((await change(90, 4)).waiting?.version).toBe(2)
  expect((await callOff(2)).waiting?.version).toBe(3)
  expect((await callOff(2)).waiting?.version).toBe(3)
  await expect(callOff(1)).rejects.toMatchObject({ code: 'coupon_definition.already_begun', status: 409 })
  await expect(callOff(9)).rejects.toMatchObject({ code: 'coupon_definition.not_found' })
  world.later(3)
  expect(await given()).toBe(50)
  // another for now stands beside the one to come, which is not lost
  await change(60)
  expect(await given()).toBe(60)
  // a new name alone is no new design, whatever is to come
  await owner.call('PATCH /v1/admin/coupon-definitions/:coupon_definition_id', {
    params,
    body: { name: 'Fine tea', design: { ...design, benefit: { kind: 'amount', amount_minor: 60 } } },
  })
  expect(await given()).toBe(60)
  world.later(1)
  expect(await given()).toBe(90)
  const versions = async (id: string) =>
    (
      await owner.call('GET /v1/admin/coupon-definitions/:coupon_definition_id/versions', {
        params: { coupon_definition_id: id },
      })
    ).data
  const listed = await versions(coupon_definition_id)
  expect(
    listed.map(({ version, design: { benefit }, in_force, called_off_by }) => [
      version,
      benefit.kind === 'amount' && benefit.amount_minor,
      in_force,
      called_off_by !== null,
    ]),
  ).toEqual([
    [4, 60, false, false],
    [3, 90, true, false],
    [2, 80, false, true],
    [1, 50, false, false],
  ])
  await expect(versions(world.cast.wang)).rejects.toMatchObject({ code: 'coupon_definition.not_found' })
})

test('a card’s rule', async () => {
  const rule = (size: number) => ({
    kind: 'stamps' as const,
    size,
    per: { by: 'units' as const },
    scope: { skus: [], categories: [], excluded_skus: [], excluded_categories: [], store_ids: [] },
    day_max: null,
    months: null,
    refunds: 'carry' as const,
    reward: { kind: 'points' as const, points: 10 },
  })
  const { card_definition_id } = await owner.call('POST /v1/admin/cards', {
    body: { names: { en: 'Cups' }, rule: rule(10) },
  })
  const params = { card_definition_id }
  const change = (size: number, days?: number) =>
    owner.call('PATCH /v1/admin/cards/:card_definition_id', {
      params,
      body: { rule: rule(size), ...(days === undefined ? {} : { effective_from: inDays(days) }) },
    })
  const callOff = (version: number) =>
    owner.call('POST /v1/admin/cards/:card_definition_id/versions/:version/call-off', {
      params: { ...params, version },
    })
  const versions = async () =>
    (await owner.call('GET /v1/admin/cards/:card_definition_id', { params })).versions.map((one) => [
      one.version,
      one.in_force,
      one.called_off_at !== null,
    ])
  /** How many stamps the card of somebody new to it has room for. */
  const sizeFor = async (member_id: string) => {
    await owner.call('POST /v1/admin/orders', {
      body: {
        source: 'till',
        source_id: `K${++made}`,
        status: 'completed',
        occurred_at: world.now().toISOString(),
        member: { member_id },
        lines: [{ sku: 'TEA', quantity: 1, net_minor: 100 }],
      },
    })
    const { cards } = await owner.call('GET /v1/admin/members/:member_id/cards', { params: { member_id } })
    return cards.find((one) => one.card_definition_id === card_definition_id)!.size
  }
  await change(6, 2)
  await change(8)
  expect(await sizeFor(world.cast.wang)).toBe(8)
  await callOff(2)
  await callOff(2)
  expect(await versions()).toEqual([
    [3, true, false],
    [2, false, true],
    [1, false, false],
  ])
  await expect(callOff(3)).rejects.toMatchObject({ code: 'card_definition.already_begun' })
  world.later(3)
  expect(await sizeFor(world.cast.mary)).toBe(8)
  await change(5, 1)
  world.later(1)
  expect(await sizeFor(world.cast.chen)).toBe(5)
})

test('a plan’s price', async () => {
  const { plan_id } = await owner.call('POST /v1/admin/plans', {
    body: { names: { en: 'Club' }, design: club } as never,
  })
  const add = (price_minor: number, days: number) =>
    owner.call('POST /v1/admin/plans/:plan_id/versions', {
      params: { plan_id },
      body: { design: { ...club, prices: [{ when: null, price_minor }] }, effective_from: inDays(days) } as never,
    })
  const callOff = (version: number) =>
    owner.call('POST /v1/admin/plans/:plan_id/versions/:version/call-off', { params: { plan_id, version } })
  const price = async () =>
    (await owner.call('GET /v1/admin/plans/:plan_id', { params: { plan_id } })).design.prices[0]!.price_minor
  const { version } = await add(500, 2)
  await add(400, 4)
  expect(await callOff(version)).toMatchObject({ in_force: false, called_off_at: world.now().toISOString() })
  await callOff(version)
  await expect(callOff(1)).rejects.toMatchObject({ code: 'plan.already_begun' })
  world.later(3)
  expect(await price()).toBe(300)
  const start = { params: { member_id: world.cast.mary }, body: { plan_id, amount_minor: 300 } }
  await owner.call('POST /v1/admin/members/:member_id/plans', start)
  world.later(1)
  expect(await price()).toBe(400)
})

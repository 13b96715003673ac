import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import { createLog } from '../../base/log.ts'
import * as coupons from './coupons.ts'
import { jobs } from './jobs.ts'
import type { CouponDesign } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const design: CouponDesign = {
  benefit: { kind: 'percent', percent_bp: 1_000, max_minor: 100 },
  scope: { categories: ['tea'] },
  minimum_minor: 300,
  window: { days_after_issue: 14 },
  stacking: { group: 'main', is_exclusive: false },
  limits: { per_coupon: 1, total: 100 },
  codes: 'generated',
  gives_back: true,
}
const marketer = () => world.as('marketer')
const make = (more: Partial<CouponDesign> = {}) =>
  marketer().call('POST /v1/admin/coupon-definitions', {
    body: { name: 'Winter tea', design: { ...design, ...more } },
  })
const line = (line_no: number, category: string, net_minor: number) => ({
  line_no,
  product_id: null,
  sku: null,
  category,
  quantity: 1,
  net_minor,
  gross_minor: net_minor,
})
const context = () => ({
  db: world.db,
  actor: systemActor('test'),
  now: world.now(),
  signal: new AbortController().signal,
  log: createLog({ level: 'silent' }),
})
/** Gives to these members and waits for the job. */
async function give(coupon_definition_id: string, audience: { member_ids?: string[]; segment_id?: string }) {
  const { run_id } = await marketer().call('POST /v1/admin/coupons', { body: { coupon_definition_id, ...audience } })
  await jobs['coupons.run']!({ run_id }, context())
  await jobs['coupons.run']!({ run_id }, context())
  return marketer().call('GET /v1/admin/coupon-runs/:run_id', { params: { run_id } })
}

describe('coupons through the door', () => {
  test('defined, given, judged at the till with its why, and counted', async () => {
    const { coupon_definition_id } = await make()
    const run = await give(coupon_definition_id, { member_ids: [world.cast.wang, world.cast.mary] })
    expect(run).toMatchObject({ status: 'done', members_total: 2, given: 2, refused: 0 })
    const params = { member_id: world.cast.wang }
    const { data } = await world.as('clerk').call('GET /v1/admin/members/:member_id/coupons', { params })
    expect(data[0]).toMatchObject({ name: 'Winter tea', state: 'available', expires_on: '2026-11-16', source: 'run' })
    const judge = (lines: ReturnType<typeof line>[], member_id = world.cast.wang) =>
      world
        .as('clerk')
        .call('POST /v1/till/coupons/judgements', { body: { code: data[0]!.code!, member_id, cart: { lines } } })
    expect(await judge([line(1, 'tea', 400), line(2, 'cups', 200), line(3, 'tea', 100)])).toMatchObject({
      refusals: [],
      discount: {
        discount_minor: 50,
        lines: [
          { line_no: 1, amount_minor: 40 },
          { line_no: 3, amount_minor: 10 },
        ],
        why: { codes: ['coupon.percent'], params: { percent_bp: 1_000, eligible_minor: 500 } },
      },
    })
    expect((await judge([line(1, 'cups', 400)])).refusals.map((one) => one.code)).toEqual([
      'coupon.no_product',
      'coupon.minimum_missed',
    ])
    expect((await judge([line(1, 'tea', 400)], world.cast.mary)).refusals).toEqual([
      { code: 'coupon.other_member', params: {} },
    ])
    const { data: definitions } = await marketer().call('GET /v1/admin/coupon-definitions', {
      query: { search: 'winter' },
    })
    expect(definitions[0]).toMatchObject({ issued: 2, available: 2, uses: 0, discount_minor: 0, version: 1 })
  })

  test('everybody in a segment is given one, once', async () => {
    const { coupon_definition_id } = await make()
    const condition = { combinator: 'and' as const, rules: [{ field: 'tags', operator: 'has_any', value: ['vip'] }] }
    const { segment_id } = await marketer().call('POST /v1/admin/segments', { body: { name: 'VIP', condition } })
    expect(await give(coupon_definition_id, { segment_id })).toMatchObject({ members_total: 1, given: 1 })
    const { data } = await marketer().call('GET /v1/admin/coupons', { query: { coupon_definition_id } })
    expect(data.map((one) => one.member_id)).toEqual([world.cast.ouyang])
    const holding = {
      combinator: 'and' as const,
      rules: [{ field: 'coupons_held', operator: 'has_any', value: [coupon_definition_id] }],
    }
    const counted = await marketer().call('POST /v1/admin/segments/counts', { body: { condition: holding } })
    expect(counted.count).toBe(1)
  })

  test('segments know who holds, used and is about to lose a coupon', async () => {
    const { coupon_definition_id } = await make({ codes: 'none' })
    await give(coupon_definition_id, { member_ids: [world.cast.wang, world.cast.mary] })
    const [marys] = await coupons.usable(world.db, [{ member_id: world.cast.mary, at: world.now() }])
    const first = marys![0]
    const { data } = await marketer().call('GET /v1/admin/coupons', {
      query: { coupon_definition_id, member_id: world.cast.wang },
    })
    const wish = {
      member_id: world.cast.wang,
      coupon_id: data[0]!.coupon_id,
      source: 'till',
      source_id: 'segments',
      expires_at: new Date(world.now().getTime() + 1_000),
      discount_minor: 40,
    }
    await world.tx(async (tx) => {
      await coupons.hold(tx, [wish])
      await coupons.redeem(tx, [wish])
    })
    const where = [{ field: 'coupon', operator: 'equals', value: coupon_definition_id }]
    const count = async (rule: object) => {
      const condition = { combinator: 'and' as const, rules: [rule] }
      return (await marketer().call('POST /v1/admin/segments/counts', { body: { condition } })).count
    }
    const used = { field: 'coupons_redeemed', operator: 'at_least', value: 1, where }
    expect([
      first?.name,
      await count({ ...used, within: { last: 7, unit: 'day' } }),
      await count({ ...used, value: 2 }),
      await count({ ...used, measure: 'sum', value: 40 }),
      await count({ field: 'coupons_held', operator: 'has_any', value: [coupon_definition_id] }),
      await count({
        field: 'coupons_expiring',
        operator: 'at_least',
        value: 1,
        where,
        within: { next: 30, unit: 'day' },
      }),
    ]).toEqual(['Winter tea', 1, 0, 1, 1, 1])
  })

  test('codes are made, brought, shared and downloaded', async () => {
    const { coupon_definition_id } = await make({ codes: 'shared' })
    const params = { coupon_definition_id }
    const add = (body: { codes: string[] } | { count: number } | { shared: string; uses_max?: number }) =>
      marketer().call('POST /v1/admin/coupon-definitions/:coupon_definition_id/codes', { params, body })
    expect(await add({ codes: ['one', 'ONE', 'two'] })).toEqual({ added: 2, known: 0 })
    expect(await add({ codes: ['two', 'three'] })).toEqual({ added: 1, known: 1 })
    expect(await add({ count: 300 })).toEqual({ added: 300, known: 0 })
    expect(await add({ shared: 'tea-10', uses_max: 5 })).toEqual({ added: 1, known: 0 })
    const other = await make()
    const taken = marketer().call('POST /v1/admin/coupon-definitions/:coupon_definition_id/codes', {
      params: { coupon_definition_id: other.coupon_definition_id },
      body: { shared: 'TEA10' },
    })
    await expect(taken).rejects.toMatchObject({ status: 409, code: 'coupon_code.taken' })
    const csv = await marketer().inject('GET /v1/admin/coupon-definitions/:coupon_definition_id/codes/download', {
      params,
    })
    expect(csv.body.trim().split('\n')).toHaveLength(305)
    expect(csv.body).toContain('TEA10,shared')
    const cart = { lines: [line(1, 'tea', 400)] }
    const { discount } = await marketer().call('POST /v1/till/coupons/judgements', { body: { code: 'tea10', cart } })
    expect(discount.discount_minor).toBe(40)
  })

  test('what cannot be is refused at its place, and clerks change nothing', async () => {
    const refused = make({ window: { starts_on: '2026-12-01', ends_on: '2026-11-01' } })
    await expect(refused).rejects.toMatchObject({
      code: 'coupon_definition.invalid',
      errors: [{ pointer: '/design/window/ends_on' }],
    })
    const negative = make({ benefit: { kind: 'amount', amount_minor: -5 } })
    await expect(negative).rejects.toMatchObject({ status: 400 })
    const clerk = world.as('clerk').call('POST /v1/admin/coupon-definitions', { body: { name: 'x', design } })
    await expect(clerk).rejects.toMatchObject({ status: 403 })
    const cart = { lines: [{ ...line(1, 'tea', 1), net_minor: 0.5 }] }
    const fraction = marketer().call('POST /v1/till/coupons/judgements', { body: { code: 'X', cart } })
    await expect(fraction).rejects.toMatchObject({ status: 400 })
  })

  test('a definition is changed in versions, stopped, and a coupon is taken back with a reason', async () => {
    const { coupon_definition_id } = await make()
    const params = { coupon_definition_id }
    await give(coupon_definition_id, { member_ids: [world.cast.chen] })
    const changed = await marketer().call('PATCH /v1/admin/coupon-definitions/:coupon_definition_id', {
      params,
      body: { name: 'Spring tea', design: { ...design, minimum_minor: 0 } },
    })
    expect(changed).toMatchObject({ version: 2, name: 'Spring tea' })
    await marketer().call('POST /v1/admin/coupon-definitions/:coupon_definition_id/status', {
      params,
      body: { status: 'stopped' },
    })
    const again = give(coupon_definition_id, { member_ids: [world.cast.chen] })
    await expect(again).rejects.toMatchObject({ code: 'coupon_definition.stopped' })
    const { data } = await marketer().call('GET /v1/admin/coupons', { query: { coupon_definition_id } })
    const { member_id, coupon_id } = data[0]!
    const withdraw = await marketer().call('POST /v1/admin/members/:member_id/coupons/:coupon_id/withdraw', {
      params: { member_id, coupon_id },
      body: { reason: 'A mistake' },
    })
    expect(withdraw).toEqual({ withdrawn: 1 })
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { checks as counterChecks } from './checks.ts'
import { commit, release } from './counter.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import type { PointSpendRule } from '../../value/points/types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const hundredIsOne: PointSpendRule = {
  points: 100,
  worth_minor: 1,
  step: 100,
  minimum_points: 100,
  share_max_bp: 5_000,
  pays_goods: true,
  pays_shipping: false,
  excluded_categories: ['gift card'],
}
const tea = { sku: 'OOLONG', name: 'Oolong', category: 'tea', quantity: 2, unit_price_minor: 300 }
const cake = { sku: 'CAKE', name: 'Cake', category: 'cake', quantity: 1, unit_price_minor: 400 }
const card = { sku: 'CARD', name: 'Gift card', category: 'gift card', quantity: 1, unit_price_minor: 500 }

async function give(member_id: string, amount: number): Promise<void> {
  const [outcome] = await world.tx((tx) =>
    points.adjust(tx, [
      { member_id, points: amount, reason: 'test', source: 'adjustment', source_id: randomUUID(), expires_on: null },
    ]),
  )
  points.insist(outcome!)
}
const balance = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!
const setRule = (rule: PointSpendRule) =>
  world.as('marketer').call('POST /v1/admin/point-spend-rules', { body: { rule } })
const till = () => world.as('clerk')
const receipt = () => ({ source: 'till-7', source_id: randomUUID() })

async function proved(): Promise<void> {
  for (const check of [...counterChecks, ...points.checks]) {
    const finding = await check.run(world.db)
    expect([check.name, finding.ok, finding.ok ? '' : finding.detail]).toEqual([check.name, true, ''])
  }
}

describe('a quote', () => {
  test('says what is to pay, what points may pay, what it earns, and why; and changes nothing', async () => {
    await setRule(hundredIsOne)
    await give(world.cast.wang, 100_000)
    const before = await balance(world.cast.wang)
    const body = { member: { phone: '0912 345 678' }, lines: [tea, cake, card], points_to_use: 'max' as const }
    const quote = await till().call('POST /v1/till/quotes', { body })
    // half of 1,500 may be paid; all but the gift card are eligible: 1,000
    expect(quote).toMatchObject({
      member: { member_id: world.cast.wang, points_available: 100_000 },
      points: { used: 75_000, worth_minor: 750, usable_max: 75_000 },
      gross_minor: 1_500,
      to_pay_minor: 750,
      earns: { points: 7 },
      refusals: [],
    })
    expect(quote.lines.map((line) => line.net_minor)).toEqual([150, 100, 500])
    expect(quote.tier).toMatchObject({ tier_code: 'member', counts_minor: 750 })
    expect(await balance(world.cast.wang)).toEqual(before)
  })

  test('names all refusals at once', async () => {
    const quote = await till().call('POST /v1/till/quotes', {
      body: {
        member: { member_id: world.cast.mary },
        lines: [{ ...tea, quantity: 1 }],
        points_to_use: 50_050,
        coupon_codes: ['NO-SUCH-CODE'],
      },
    })
    expect(quote.refusals.map((one) => one.code).sort()).toEqual([
      'coupon.code_unknown',
      'points.insufficient',
      'points.spend_over_share',
      'points.spend_step',
    ])
    expect(quote).toMatchObject({ points: { used: 0 }, to_pay_minor: 300 })
    const strange = await till().call('POST /v1/till/quotes', {
      body: {
        member: { card: 'NOBODY' },
        lines: [
          { sku: 'UNKNOWN', quantity: 1 },
          { ...tea, quantity: -1 },
        ],
      },
    })
    expect(strange.refusals.map((one) => one.code).sort()).toEqual([
      'order.quantity_negative',
      'till.member_unknown',
      'till.price_unknown',
    ])
  })

  test('takes the best coupons, and points pay what they leave', async () => {
    const coupon_definition_id = await world.tx(async (tx) => {
      const [one] = await coupons.define(tx, [
        {
          name: 'A hundred off',
          design: {
            benefit: { kind: 'amount', amount_minor: 100 },
            scope: {},
            minimum_minor: 500,
            window: {},
            stacking: { group: 'all', is_exclusive: false },
            limits: { per_coupon: 1 },
            codes: 'none',
            gives_back: true,
          },
        },
      ])
      return one!.coupon_definition_id
    })
    await world.tx((tx) =>
      coupons.issue(tx, [{ member_id: world.cast.wang, coupon_definition_id, source: 'test', source_id: '1' }]),
    )
    const body = { member: { member_id: world.cast.wang }, lines: [tea, cake], best: true, points_to_use: 10_000 }
    const quote = await till().call('POST /v1/till/quotes', { body })
    expect(quote).toMatchObject({
      to_pay_minor: 800,
      coupons: [{ discount_minor: 100 }],
      points: { worth_minor: 100 },
    })

    const number = receipt()
    const hold = await till().call('POST /v1/till/holds', { body: { ...body, ...number } })
    expect((await coupons.usable(world.db, [{ member_id: world.cast.wang, at: world.now() }]))[0]).toEqual([])
    const sale = await till().call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id: hold.hold_id } })
    expect(sale).toMatchObject({ paid_minor: 800, points_used: 10_000, points_earned: 8 })
    const back = await till().call('POST /v1/till/orders/:order_id/cancellation', {
      params: { order_id: sale.order_id },
    })
    expect(back).toMatchObject({ outcome: 'changed', money_minor: 800, points_returned: 10_000, points_taken: 8 })
    expect((await coupons.usable(world.db, [{ member_id: world.cast.wang, at: world.now() }]))[0]).toHaveLength(1)
    const again = await till().call('POST /v1/till/orders/:order_id/cancellation', {
      params: { order_id: sale.order_id },
    })
    expect(again).toEqual({ ...back, outcome: 'unchanged' })
    await proved()
  })
})

describe('a hold', () => {
  const basket = () => ({ member: { member_id: world.cast.chen }, lines: [tea, cake], points_to_use: 20_000 })

  test('sets points aside, and a commit spends them once, however often it is sent', async () => {
    await give(world.cast.chen, 30_000)
    const body = { ...basket(), ...receipt() }
    const hold = await till().call('POST /v1/till/holds', { body })
    expect(await till().call('POST /v1/till/holds', { body })).toEqual(hold)
    await expect(
      till().call('POST /v1/till/holds', { body: { ...body, points_to_use: 10_000 } }),
    ).rejects.toMatchObject({ status: 409, code: 'till.hold_differs' })
    expect(await balance(world.cast.chen)).toMatchObject({ active: 30_000, held: 20_000, available: 10_000 })
    await expect(till().call('POST /v1/till/holds', { body: { ...basket(), ...receipt() } })).rejects.toMatchObject({
      code: 'points.insufficient',
      params: { available: 10_000 },
    })

    const params = { hold_id: hold.hold_id }
    const sale = await till().call('POST /v1/till/holds/:hold_id/commit', { params })
    expect(sale).toMatchObject({ points_used: 20_000, paid_minor: 800, points_earned: 8 })
    expect(await till().call('POST /v1/till/holds/:hold_id/commit', { params })).toEqual(sale)
    expect(await balance(world.cast.chen)).toMatchObject({ active: 10_000, held: 0, available: 10_000 })
    await expect(till().call('POST /v1/till/holds/:hold_id/release', { params })).rejects.toMatchObject({
      code: 'hold.committed',
    })
    const order = await world.db.row(sql`
      select net_minor, discount_minor from orders where order_id = ${sale.order_id}::uuid`)
    expect(order).toEqual({ net_minor: 800, discount_minor: 200 })
  })

  test('frees itself at its time: committed then, it is refused and nothing moves', async () => {
    const body = { ...basket(), points_to_use: 10_000, hold_seconds: 60, ...receipt() }
    const { hold_id } = await till().call('POST /v1/till/holds', { body })
    world.at(new Date(world.now().getTime() + 60_000))
    expect(await balance(world.cast.chen)).toMatchObject({ held: 0, available: 10_000 })
    await expect(till().call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id } })).rejects.toMatchObject({
      status: 410,
      code: 'hold.expired',
    })
    expect(await world.db.row(sql`select from orders where source_id = ${body.source_id}::text`)).toBeUndefined()
    // the customer comes back: the same number is held anew
    const anew = await till().call('POST /v1/till/holds', { body })
    expect(anew.hold_id).not.toBe(hold_id)
    const released = await till().call('POST /v1/till/holds/:hold_id/release', { params: { hold_id: anew.hold_id } })
    expect(released.status).toBe('released')
    expect(await balance(world.cast.chen)).toMatchObject({ held: 0, available: 10_000 })
    await expect(
      till().call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id: anew.hold_id } }),
    ).rejects.toMatchObject({ code: 'hold.released' })
    await proved()
  })

  test.each([
    ['released while it is being committed', 'commit', 'hold.committed'],
    ['committed while it is being released', 'release', 'hold.released'],
  ] as const)('%s: the second waits for the first, and is told', async (_told, first, code) => {
    await give(world.cast.chen, 10_000)
    const body = { ...basket(), points_to_use: 10_000, ...receipt() }
    const { hold_id } = await till().call('POST /v1/till/holds', { body })
    const end: Record<'commit' | 'release', (tx: Tx, ids: string[]) => Promise<unknown[]>> = { commit, release }
    const second = first === 'commit' ? end.release : end.commit
    let late: Promise<unknown> = Promise.resolve()
    await world.tx(async (tx) => {
      const [ended] = await end[first](tx, [hold_id])
      expect(ended).not.toBeInstanceOf(Error)
      late = world.tx((other) => second(other, [hold_id]))
      await expect
        .poll(() =>
          world.db.rows(sql`
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
        )
        .toHaveLength(1)
    })
    expect(await late).toMatchObject([{ code }])
    expect(await balance(world.cast.chen)).toMatchObject({ held: 0 })
    await proved()
  })

  test('follows a member who is merged while it lives; the old phone leads to the kept one', async () => {
    await give(world.cast.chen, 5_000)
    const body = { ...basket(), points_to_use: 5_000, ...receipt() }
    const { hold_id } = await till().call('POST /v1/till/holds', { body })
    await world.tx((tx) => members.merge(tx, [{ keep: world.cast.mary, merge: world.cast.chen }]))
    expect(await balance(world.cast.mary)).toMatchObject({ held: 5_000 })
    const sale = await till().call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id } })
    expect(sale.points_used).toBe(5_000)
    const quote = await till().call('POST /v1/till/quotes', {
      body: { member: { phone: '0922333444' }, lines: [tea] },
    })
    expect(quote.member).toMatchObject({ member_id: world.cast.mary })
    const back = await till().call('POST /v1/till/orders/:order_id/cancellation', {
      params: { order_id: sale.order_id },
    })
    expect(back.points_returned).toBe(5_000)
    await proved()
  })

  test('a receipt without a member, and one of a guest, are sold without points', async () => {
    for (const member of [null, { email: 'guest@example.com' }]) {
      const sale = await till().call('POST /v1/till/orders', { body: { ...receipt(), member, lines: [tea] } })
      expect(sale).toMatchObject({ paid_minor: 600, points_used: 0, points_earned: 0 })
    }
    await expect(
      till().call('POST /v1/till/orders', { body: { ...receipt(), lines: [tea], points_to_use: 100 } }),
    ).rejects.toMatchObject({ code: 'till.points_need_member' })
  })
})

describe('a refund', () => {
  test('pain 1: returns by line what points paid, and the parts of a total refund sum to the whole', async () => {
    await give(world.cast.ouyang, 7_700)
    const number = receipt()
    const lines = [{ ...tea, quantity: 3, unit_price_minor: 33 }, cake]
    const body = { member: { email: 'oyff@example.com' }, lines, points_to_use: 7_700, ...number }
    const sale = await till().call('POST /v1/till/orders', { body })
    expect(await till().call('POST /v1/till/orders', { body })).toEqual(sale)
    expect(sale).toMatchObject({ paid_minor: 422, points_used: 7_700, points_earned: 4 })
    let [returned, taken, money] = [0, 0, 0]
    for (const line of [
      { sku: 'OOLONG', quantity: 1 },
      { sku: 'OOLONG', quantity: 2 },
      { sku: 'CAKE', quantity: 1 },
    ]) {
      const refund = { source: 'till-7', source_id: randomUUID(), order: { source_id: number.source_id } }
      const wire = { ...refund, lines: [line], occurred_at: world.now().toISOString() }
      const back = await till().call('POST /v1/till/refunds', { body: wire })
      expect(await till().call('POST /v1/till/refunds', { body: wire })).toEqual({ ...back, outcome: 'unchanged' })
      returned += back.points_returned
      taken += back.points_taken
      money += back.money_minor
    }
    expect([returned, taken, money]).toEqual([7_700, 4, 422])
    expect(await balance(world.cast.ouyang)).toMatchObject({ active: 7_700, pending: 0, debt: 0 })
    await expect(
      till().call('POST /v1/till/refunds', {
        body: {
          source: 'till-7',
          source_id: randomUUID(),
          order: { source_id: number.source_id },
          lines: [{ sku: 'CAKE', quantity: 1 }],
          occurred_at: world.now().toISOString(),
        },
      }),
    ).rejects.toMatchObject({ code: 'refund.too_much' })
    await proved()
  })

  test('an unknown order is refused by name, and nobody without the permission comes in', async () => {
    await expect(
      till().call('POST /v1/till/orders/:order_id/cancellation', { params: { order_id: randomUUID() } }),
    ).rejects.toMatchObject({ status: 404, code: 'order.not_found' })
    await expect(world.as('analyst').call('POST /v1/till/quotes', { body: { lines: [tea] } })).rejects.toMatchObject({
      status: 403,
    })
  })
})

import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { addMembers } from '../../../test/books.ts'
import { openWorld } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import { receive, refund } from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'
import * as budgets from '../budgets/budgets.ts'
import * as coupons from '../coupons/coupons.ts'
import * as points from '../points/points.ts'
import * as privileges from '../privileges/privileges.ts'
import * as gifts from './gifts.ts'
import type { Reward } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const marketer = world.as('marketer')
beforeEach(() => keeping('take_back_unused'))
afterEach(async () => {
  const { checks } = await verify(world.db, [...gifts.checks, ...points.checks, ...budgets.checks])
  expect(checks.filter((check) => !check.ok)).toEqual([])
})

const keeping = (gifts_on_refund: 'keep' | 'take_back_unused') =>
  world.tx((tx) => program.update(tx, { settings: { gifts_on_refund } }))
let made = 0
const numbered = (text: string) => `${text}-${++made}`
async function buy(member_id: string, net_minor = 1_000) {
  const source_id = numbered('T')
  await world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id,
        occurred_at: tx.now,
        member: { member_id },
        lines: [{ sku: 'oolong', category: 'tea', quantity: 10, net_minor }],
      },
    ]),
  )
  const row = await world.db.row<{ order_id: string }>(
    sql`select order_id from orders where source_id = ${source_id}`,
  )
  return { source_id, order_id: row!.order_id }
}
const bringBack = (source_id: string, amount_minor: number, number = numbered('R')) =>
  world.tx((tx) =>
    refund(tx, [{ source: 'till', source_id: number, order: { source_id }, amount_minor, occurred_at: tx.now }]),
  )
const giveFor = (member_id: string, order_id: string, reward: Reward, occurrence = numbered('welcome')) =>
  world.tx((tx) => gifts.give(tx, [{ member_id, reward, reason: 'first_purchase', occurrence, order_id }]))
const activeOf = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!.active
const person = async () => (await world.tx((tx) => addMembers(tx, 1)))[0]!

async function things() {
  const names = { en: 'Cup' }
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', {
    body: { names, cost_minor: 80, fulfilment: 'pickup', stock: 'total' },
  })
  await marketer.call('PUT /v1/admin/gift-items/:item_id/stock', {
    params: { item_id },
    body: { heaps: [{ store_id: null, left: 5 }] },
  })
  const { coupon_definition_id } = await marketer.call('POST /v1/admin/coupon-definitions', {
    body: {
      name: 'Ten',
      design: {
        benefit: { kind: 'amount', amount_minor: 10 },
        scope: {},
        minimum_minor: 0,
        window: {},
        stacking: { group: 'coupon', is_exclusive: false },
        limits: { per_coupon: 2 },
        codes: 'none',
        gives_back: true,
      },
    },
  })
  const privilege_id = await world.tx((tx) =>
    privileges.create(tx, { names, rule: { tier_codes: [], quota: null, card: null } as never }),
  )
  return { item_id, coupon_definition_id, privilege_id }
}
const stateOf = async (member_id: string) =>
  (await marketer.call('GET /v1/admin/gifts', { query: { member_id } })).data.map((gift) => ({
    kind: gift.kind,
    status: gift.status,
    back: gift.taken_back,
  }))

test('an order that goes back whole takes every unused gift with it: item, points, coupon and privilege', async () => {
  const who = await person()
  const { item_id, coupon_definition_id, privilege_id } = await things()
  const { source_id, order_id } = await buy(who)
  await giveFor(who, order_id, { kind: 'item', item_id })
  await giveFor(who, order_id, { kind: 'points', points: 40 })
  await giveFor(who, order_id, { kind: 'coupon', coupon_definition_id })
  await giveFor(who, order_id, { kind: 'privilege', privilege_id, uses: 1 })
  await bringBack(source_id, 400)
  expect((await stateOf(who)).filter(({ back }) => back)).toEqual([])
  await bringBack(source_id, 600)
  // of one moment: in no order
  const states = (await stateOf(who)).map(({ kind, status, back }) => [kind, status, back] as const)
  expect(states.sort(([a], [b]) => (a < b ? -1 : 1))).toEqual([
    ['coupon', 'done', {}],
    ['item', 'cancelled', {}],
    ['points', 'done', { points: 40 }],
    ['privilege', 'done', {}],
  ])
  expect(await activeOf(who)).toBe(0)
  expect((await coupons.walletOf(world.db, who)).map(({ state }) => state)).toEqual(['withdrawn'])
  expect(await marketer.call('GET /v1/admin/gift-items/:item_id', { params: { item_id } })).toMatchObject({ left: 5 })
  const used = await world.tx((tx) =>
    privileges.use(tx, [{ member_id: who, privilege_id, source: 'test', source_id: numbered('u') } as never]),
  )
  expect(used[0]!.code).toBe('privilege.not_held')
})

test('what was used stays: an item handed over, a coupon and a privilege used once, points spent', async () => {
  const who = await person()
  const { item_id, coupon_definition_id, privilege_id } = await things()
  const { source_id, order_id } = await buy(who)
  const [item] = await giveFor(who, order_id, { kind: 'item', item_id })
  await giveFor(who, order_id, { kind: 'points', points: 40 })
  await giveFor(who, order_id, { kind: 'coupon', coupon_definition_id })
  await giveFor(who, order_id, { kind: 'privilege', privilege_id, uses: 2 })
  await world.tx((tx) => gifts.fulfil(tx, [{ member_id: who, gift_id: item!.gift_id! }]))
  await world.tx((tx) => points.spend(tx, [{ member_id: who, points: 30, source: 'test', source_id: numbered('s') }]))
  const [coupon] = await coupons.walletOf(world.db, who)
  const lock = { member_id: who, source: 'till', source_id: numbered('q') }
  await world.tx(async (tx) => {
    const expires_at = new Date(tx.now.getTime() + 60_000)
    await coupons.hold(tx, [{ ...lock, coupon_id: coupon!.coupon_id, expires_at, discount_minor: 10 }])
    await coupons.redeem(tx, [lock])
    await privileges.use(tx, [{ member_id: who, privilege_id, source: 'test', source_id: numbered('u') } as never])
  })
  await bringBack(source_id, 1_000)
  expect((await stateOf(who)).filter(({ back }) => back)).toEqual([
    { kind: 'points', status: 'done', back: { points: 10 } },
  ])
  expect(await activeOf(who)).toBe(0)
})

test('a program that lets gifts be kept takes nothing; one that does not gives nothing for an order gone back', async () => {
  const who = await person()
  await keeping('keep')
  const first = await buy(who)
  await giveFor(who, first.order_id, { kind: 'points', points: 40 })
  await bringBack(first.source_id, 1_000)
  expect(await activeOf(who)).toBe(40)
  expect((await giveFor(who, first.order_id, { kind: 'points', points: 5 }))[0]!.outcome).toBe('given')
  await keeping('take_back_unused')
  expect((await giveFor(who, first.order_id, { kind: 'points', points: 5 }))[0]!.code).toBe('gift.order_refunded')
  const other = await person()
  expect((await giveFor(other, first.order_id, { kind: 'points', points: 5 }))[0]!.code).toBe('order.not_found')
})

test('a budget gets back what unused gifts had cost, in proportion for points, and nothing for what was used', async () => {
  const who = await person()
  const { coupon_definition_id } = await things()
  const budget = await marketer.call('POST /v1/admin/budgets', { body: { name: 'Spring', amount_minor: 500 } })
  const { budget_id } = budget
  const { source_id, order_id } = await buy(who)
  const give = (reward: Reward) =>
    world.tx((tx) =>
      gifts.give(tx, [
        { member_id: who, reward, reason: 'first_purchase', occurrence: numbered('b'), order_id, budget_id },
      ]),
    )
  await world.tx((tx) => program.update(tx, { settings: { point_value_minor: 1.5 } }))
  await give({ kind: 'points', points: 40 })
  await give({ kind: 'coupon', coupon_definition_id })
  const standing = () => marketer.call('GET /v1/admin/budgets/:budget_id', { params: { budget_id } })
  const { spent_minor } = await standing()
  expect(spent_minor).toBeGreaterThan(60)
  await world.tx((tx) => points.spend(tx, [{ member_id: who, points: 33, source: 'test', source_id: numbered('s') }]))
  await bringBack(source_id, 1_000)
  // seven points of forty were there: 7/40 of 60; the coupon whole
  expect(await standing()).toMatchObject({ spent_minor: 60 - 10.5, reserved_minor: 0 })
  const { data } = await marketer.call('GET /v1/admin/budgets/:budget_id/lines', { params: { budget_id } })
  expect(data.filter(({ kind }) => kind === 'refund').map(({ amount_minor }) => amount_minor)).toContain(-10.5)
  await bringBack(source_id, 1_000, numbered('again')).catch(() => null)
  expect((await standing()).spent_minor).toBe(49.5)
})

test('whatever happens in whatever order, what is left is what was not for the order, and never below zero', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('give' as const), points: fc.integer({ min: 1, max: 50 }), nth: fc.nat(3) }),
    fc.record({ kind: fc.constant('spend' as const), points: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ kind: fc.constant('back' as const), amount: fc.constantFrom(300, 700, 1_000), nth: fc.nat(2) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const who = await person()
      const { source_id, order_id } = await buy(who)
      const name = numbered('p')
      const model = { held: 0, refunded: 0, given: new Map<number, number>(), numbers: new Set<number>() }
      for (const one of steps) {
        const isGone = model.refunded >= 1_000
        if (one.kind === 'give') {
          await giveFor(who, order_id, { kind: 'points', points: one.points }, `${name}:${one.nth}`)
          if (!isGone && !model.given.has(one.nth)) {
            model.given.set(one.nth, one.points)
            model.held += one.points
          }
        } else if (one.kind === 'spend') {
          const id = numbered('s')
          await world.tx((tx) =>
            points.spend(tx, [{ member_id: who, points: one.points, source: 'test', source_id: id }]),
          )
          if (one.points <= model.held) model.held -= one.points
        } else {
          const number = `${name}:R${one.nth}:${one.amount}`
          const fits = model.refunded + one.amount <= 1_000
          const isNew = !model.numbers.has(one.nth * 10_000 + one.amount)
          if (!fits && isNew) continue
          model.numbers.add(one.nth * 10_000 + one.amount)
          await bringBack(source_id, one.amount, number)
          if (isNew) model.refunded += one.amount
          if (isNew && model.refunded >= 1_000) {
            const due = [...model.given.values()].reduce((sum, each) => sum + each, 0)
            model.held -= Math.min(model.held, due)
          }
        }
        expect(await activeOf(who)).toBe(model.held)
      }
    }),
    { numRuns: 25 },
  )
})

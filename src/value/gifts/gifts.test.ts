import fc from 'fast-check'
import { afterAll, afterEach, expect, test } from 'vitest'
import { addMembers } from '../../../test/books.ts'
import { openWorld } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import { checks as budgetChecks } from '../budgets/budgets.ts'
import * as members from '../../record/members/members.ts'
import * as coupons from '../coupons/coupons.ts'
import * as points from '../points/points.ts'
import * as privileges from '../privileges/privileges.ts'
import * as gifts from './gifts.ts'
import type { NewItem } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const marketer = world.as('marketer')
const clerk = world.as('clerk')

/** Whatever a test did, the books agree. */
afterEach(async () => {
  const { checks } = await verify(world.db, [...gifts.checks, ...budgetChecks, ...points.checks])
  expect(checks.filter((check) => !check.ok)).toEqual([])
})

let named = 0
async function peopleWith(count: number, held: number): Promise<string[]> {
  const ids = await world.tx((tx) => addMembers(tx, count))
  named += 1
  await world.tx((tx) =>
    points.openLots(
      tx,
      ids.map((member_id) => ({
        member_id,
        points: held,
        earned_at: tx.now,
        expires_on: null,
        source: 'test',
        source_id: `${named}`,
      })),
    ),
  )
  return ids
}
async function itemWith(more: Partial<NewItem>, left?: number) {
  const names = { en: 'Cup', 'zh-TW': '杯子' }
  const body: NewItem = { names, cost_minor: 80, price_points: 100, fulfilment: 'pickup', stock: 'total', ...more }
  const item = await marketer.call('POST /v1/admin/gift-items', { body })
  if (left !== undefined) await stock(item.item_id, [{ store_id: null, left }])
  return item.item_id
}
const stock = (item_id: string, heaps: { store_id: string | null; left: number }[]) =>
  marketer.call('PUT /v1/admin/gift-items/:item_id/stock', { params: { item_id }, body: { heaps } })
const redeem = (member_id: string, item_id: string, more: object = {}) =>
  clerk.call('POST /v1/admin/members/:member_id/redemptions', { params: { member_id }, body: { item_id, ...more } })
const end = (gift: { member_id: string; gift_id: string }, how: 'fulfil' | 'cancel') =>
  clerk.call(`POST /v1/admin/members/:member_id/gifts/:gift_id/${how}`, {
    params: { member_id: gift.member_id, gift_id: gift.gift_id },
  })
const leftOf = async (item_id: string) =>
  (await marketer.call('GET /v1/admin/gift-items/:item_id', { params: { item_id } })).left
const activeOf = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!.active
const codeOf = (refused: unknown) => (refused as { code?: string }).code

test('a member redeems an item: points, stock and limit move together, and it says why', async () => {
  const [who] = await peopleWith(1, 150)
  const item_id = await itemWith({ limit_count: 1, limit_period: 'month' }, 5)
  const gift = await redeem(who!, item_id, { source_id: 'first' })
  expect(gift).toMatchObject({ status: 'open', paid_points: 100, cost_minor: 80, reason: 'redemption' })
  expect(gift.why.codes).toEqual(['gifts.redeemed', 'gifts.paid_points', 'gifts.within_limit', 'gifts.from_stock'])
  expect([await activeOf(who!), await leftOf(item_id)]).toEqual([50, 4])
  expect((await redeem(who!, item_id, { source_id: 'first' })).gift_id).toBe(gift.gift_id)
  expect([await activeOf(who!), await leftOf(item_id)]).toEqual([50, 4])
})

test('pain 4: of twenty who want the last gift in stock at once, one gets it', async () => {
  const people = await peopleWith(20, 100)
  const item_id = await itemWith({}, 1)
  const tried = await Promise.allSettled(people.map((who) => redeem(who, item_id)))
  expect(tried.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  const codes = tried.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []))
  expect(new Set(codes)).toEqual(new Set(['gift.out_of_stock']))
  const held = await Promise.all(people.map(activeOf))
  expect(held.filter((active) => active === 0)).toHaveLength(1)
})

test('pain 3: twenty redemptions of one member at once spend no point twice', async () => {
  const [who] = await peopleWith(1, 350)
  const item_id = await itemWith({}, 50)
  const tried = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(who!, item_id)))
  expect(tried.filter((one) => one.status === 'fulfilled')).toHaveLength(3)
  expect([await activeOf(who!), await leftOf(item_id)]).toEqual([50, 47])
})

test('a code pool hands no code out twice, to sixty-four at once', async () => {
  const people = await peopleWith(64, 100)
  const item_id = await itemWith({ fulfilment: 'code' })
  const bring = (codes: string[]) =>
    marketer.call('POST /v1/admin/gift-items/:item_id/codes', { params: { item_id }, body: { codes } })
  const pool = Array.from({ length: 40 }, (_, i) => `CODE-${i}`)
  expect((await bring([...pool, 'CODE-0', ' CODE-1 '])).added).toBe(40)
  expect((await bring(pool)).added).toBe(0)
  const tried = await Promise.allSettled(people.map((who) => redeem(who, item_id)))
  const handed = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(handed.map((gift) => gift.code).sort()).toEqual([...pool].sort())
  // a code is with its member: it cannot be taken back
  await expect(end(handed[0]!, 'cancel')).rejects.toMatchObject({ code: 'gift.wrong_state' })
})

test('a cancelled redemption gives points, stock, limit and budget back; a fulfilled one is spent', async () => {
  const [who] = await peopleWith(1, 200)
  const { budget_id } = await marketer.call('POST /v1/admin/budgets', { body: { name: 'Gifts', amount_minor: 150 } })
  const item_id = await itemWith({ limit_count: 1, budget_id }, 2)
  const budget = () => marketer.call('GET /v1/admin/budgets/:budget_id', { params: { budget_id } })
  const first = await redeem(who!, item_id)
  expect(await budget()).toMatchObject({ reserved_minor: 80, spent_minor: 0 })
  await expect(redeem(who!, item_id)).rejects.toMatchObject({ code: 'gift.limit_reached' })
  expect((await end(first, 'cancel')).status).toBe('cancelled')
  expect((await end(first, 'cancel')).status).toBe('cancelled')
  await expect(end(first, 'fulfil')).rejects.toMatchObject({ status: 409, code: 'gift.wrong_state' })
  expect([await activeOf(who!), await leftOf(item_id), (await budget()).left_minor]).toEqual([200, 2, 150])
  const second = await redeem(who!, item_id)
  expect((await end(second, 'fulfil')).status).toBe('done')
  expect(await budget()).toMatchObject({ reserved_minor: 0, spent_minor: 80, left_minor: 70 })
})

test('an empty budget gives nothing, and nothing else has moved', async () => {
  const [who] = await peopleWith(1, 200)
  const { budget_id } = await marketer.call('POST /v1/admin/budgets', { body: { name: 'Small', amount_minor: 79 } })
  const item_id = await itemWith({ budget_id }, 2)
  await expect(redeem(who!, item_id)).rejects.toMatchObject({ code: 'budget.exhausted', params: { left_minor: 79 } })
  expect([await activeOf(who!), await leftOf(item_id)]).toEqual([200, 2])
})

test('what cannot be had is refused by name', async () => {
  const [who] = await peopleWith(1, 50)
  const shop = world.stores.get('XINYI')!
  const dear = await itemWith({}, 5)
  await expect(redeem(who!, dear)).rejects.toMatchObject({ code: 'points.insufficient', params: { available: 50 } })
  const local = await itemWith({ stock: 'stores', price_points: 10 })
  await expect(redeem(who!, local)).rejects.toMatchObject({ code: 'gift.store_missing' })
  await expect(redeem(who!, local, { store_id: shop })).rejects.toMatchObject({ code: 'gift.out_of_stock' })
  await stock(local, [{ store_id: shop, left: 1 }])
  expect((await redeem(who!, local, { store_id: shop })).store_id).toBe(shop)
  const sent = await itemWith({ fulfilment: 'delivery', price_points: 1 }, 5)
  await expect(redeem(who!, sent)).rejects.toMatchObject({ code: 'gift.delivery_missing' })
  const hidden = await itemWith({ is_listed: false }, 5)
  await expect(redeem(who!, hidden)).rejects.toMatchObject({ code: 'gift.not_listed' })
  await expect(redeem(world.cast.guest, dear)).rejects.toMatchObject({ code: 'member.not_found' })
  await expect(redeem(who!, shop)).rejects.toMatchObject({ status: 404, code: 'gift_item.not_found' })
  await expect(stock(dear, [{ store_id: shop, left: 1 }])).rejects.toMatchObject({ code: 'gift.store_missing' })
})

test('a reward is given once for ever by reason and occurrence, and writes what it cost', async () => {
  const [who, other] = await peopleWith(2, 0 + 1)
  const want = { reward: { kind: 'points' as const, points: 30 }, reason: 'birthday', occurrence: '2026' }
  const asked = [who!, who!, other!].map((member_id) => ({ ...want, member_id }))
  const first = await world.tx((tx) => gifts.give(tx, asked))
  expect(first.map(({ outcome }) => outcome)).toEqual(['given', 'unchanged', 'given'])
  const again = await world.tx((tx) => gifts.give(tx, asked))
  expect(again.map(({ outcome, gift_id }) => [outcome, gift_id])).toEqual(
    first.map(({ gift_id }) => ['unchanged', gift_id]),
  )
  expect(await activeOf(who!)).toBe(31)
  const { settings } = await marketer.call('GET /v1/admin/program')
  const { data } = await marketer.call('GET /v1/admin/gifts', { query: { member_id: who! } })
  expect(data[0]).toMatchObject({ cost_minor: 30 * settings.point_value_minor, status: 'done' })
  const [told] = await world.db.rows(sql`
    select data from facts where member_id = ${who!}::uuid and name = 'gift.given'`)
  expect(told).toMatchObject({ data: { kind: 'points', points: 30, reason: 'birthday' } })
})

test('the owner sees what was given by reason, and what it cost', async () => {
  const [who] = await peopleWith(1, 500)
  const before = await marketer.call('GET /v1/admin/reports/given')
  const item_id = await itemWith({ cost_minor: 70 }, 5)
  const cancelled = await redeem(who!, item_id)
  await redeem(who!, item_id)
  await end(cancelled, 'cancel')
  const reward = { kind: 'item' as const, item_id }
  await world.tx((tx) => gifts.give(tx, [{ member_id: who!, reward, reason: 'a_campaign', occurrence: '1' }]))
  const after = await marketer.call('GET /v1/admin/reports/given')
  expect([after.gifts - before.gifts, after.cost_minor - before.cost_minor]).toEqual([2, 140])
  expect(after.reasons.find(({ reason }) => reason === 'a_campaign')).toEqual({
    reason: 'a_campaign',
    kind: 'item',
    gifts: 1,
    members: 1,
    paid_points: 0,
    paid_minor: 0,
    cost_minor: 70,
    unknown_cost: 0,
  })
})

test('what a coupon costs is not known where nobody has said it, and nothing where the brand says nothing', async () => {
  const [who] = await peopleWith(1, 0)
  const couponFor = async (expected_cost_minor: number | null) => {
    const { coupon_definition_id } = await marketer.call('POST /v1/admin/coupon-definitions', {
      body: {
        name: 'A tea for a full card',
        design: {
          benefit: { kind: 'item', price_minor: 0, units: 1 },
          scope: {},
          minimum_minor: 0,
          window: {},
          stacking: { group: 'coupon', is_exclusive: false },
          limits: { per_coupon: 1 },
          codes: 'none',
          gives_back: true,
          expected_cost_minor,
        },
      },
    })
    return { kind: 'coupon' as const, coupon_definition_id }
  }
  const [silent, free, dear] = [await couponFor(null), await couponFor(0), await couponFor(30)]
  const give = (occurrence: string, reward: typeof silent) => ({
    member_id: who!,
    reward,
    reason: 'stamps',
    occurrence,
  })
  await world.tx((tx) => gifts.give(tx, [give('1', silent), give('2', silent), give('3', free), give('4', dear)]))
  const { reasons } = await marketer.call('GET /v1/admin/reports/given')
  expect(reasons.find(({ reason }) => reason === 'stamps')).toMatchObject({
    gifts: 4,
    cost_minor: 30,
    unknown_cost: 2,
  })
  const { data } = await marketer.call('GET /v1/admin/gifts', { query: { member_id: who! } })
  const said = data.map(({ occurrence, cost_minor, is_cost_known }) => [occurrence, cost_minor, is_cost_known])
  expect(said.sort()).toEqual([
    ['1', 0, false],
    ['2', 0, false],
    ['3', 0, true],
    ['4', 30, true],
  ])
})

test('a coupon is given like everything else; who comes after the last code of its pool is refused alone', async () => {
  const people = await peopleWith(4, 1)
  const { budget_id } = await marketer.call('POST /v1/admin/budgets', { body: { name: 'C', amount_minor: 170 } })
  const [definition] = await world.tx((tx) =>
    coupons.define(tx, [
      {
        name: '50 off',
        design: {
          benefit: { kind: 'amount', amount_minor: 50 },
          scope: {},
          minimum_minor: 0,
          window: { days_after_issue: 30 },
          stacking: { group: 'main', is_exclusive: false },
          limits: { per_coupon: 1 },
          codes: 'pool',
          gives_back: true,
        },
      },
    ]),
  )
  const { coupon_definition_id } = definition!
  await world.tx((tx) => coupons.bringCodes(tx, coupon_definition_id, ['P-1', 'P-2']))
  const reward = { kind: 'coupon' as const, coupon_definition_id }
  const thirty = { kind: 'points' as const, points: 20 }
  const asked = people.map((member_id, i) => ({
    member_id,
    reward: i === 3 ? thirty : reward,
    reason: 'spring',
    occurrence: '1',
    budget_id,
  }))
  const outcomes = await world.tx((tx) => gifts.give(tx, asked))
  expect(outcomes.map(({ outcome, code }) => code ?? outcome)).toEqual([
    'given',
    'given',
    'coupon.pool_empty',
    'given',
  ])
  const held = await world.db.rows(sql`
    select count(*) as held from coupons where coupon_definition_id = ${coupon_definition_id}::uuid`)
  expect(held).toEqual([{ held: 2 }])
  expect(await marketer.call('GET /v1/admin/budgets/:budget_id', { params: { budget_id } })).toMatchObject({
    spent_minor: 120,
    left_minor: 50,
  })
})

test('a privilege is given once, and costs nothing until it is used', async () => {
  const [who] = await peopleWith(1, 1)
  const rule = { tier_codes: [], quota: null }
  const privilege_id = await world.tx((tx) => privileges.create(tx, { names: { en: 'Refill' }, rule }))
  const reward = { kind: 'privilege' as const, privilege_id, uses: 3 }
  const want = { member_id: who!, reward, reason: 'spring', occurrence: '1' }
  const [first, again] = await world.tx((tx) => gifts.give(tx, [want, want]))
  expect([first!.outcome, again!.outcome, again!.gift_id]).toEqual(['given', 'unchanged', first!.gift_id])
  const { data } = await marketer.call('GET /v1/admin/gifts', { query: { member_id: who! } })
  expect(data).toMatchObject([{ kind: 'privilege', cost_minor: 0, why: { params: { uses: 3 } } }])
  const unknown = { ...want, occurrence: '2', reward: { ...reward, privilege_id: world.stores.get('DAAN')! } }
  const [refused] = await world.tx((tx) => gifts.give(tx, [unknown]))
  expect(refused).toMatchObject({ outcome: 'refused', code: 'privilege.not_found' })
})

test('days of a plan are given once, and those of a plan that nobody knows are refused by name', async () => {
  const [who] = await peopleWith(1, 1)
  const { plan_id } = await marketer.call('POST /v1/admin/plans', {
    body: {
      names: { en: 'Club' },
      design: {
        period: { unit: 'month', count: 1 },
        trial_days: 0,
        grace_days: 0,
        prices: [{ when: null, price_minor: 88 }],
        refund: { kind: 'none' },
        privilege_ids: [],
        discount_bp: 0,
        member_prices: [],
        free_shipping_from_minor: null,
      },
    },
  })
  const want = { member_id: who!, reason: 'by_hand', occurrence: '1' }
  const give = (id: string, occurrence = '1') =>
    world.tx((tx) => gifts.give(tx, [{ ...want, occurrence, reward: { kind: 'plan_days', plan_id: id, days: 3 } }]))
  expect(await give(plan_id)).toMatchObject([{ outcome: 'given' }])
  expect(await give(plan_id)).toMatchObject([{ outcome: 'unchanged' }])
  const { subscriptions } = await marketer.call('GET /v1/admin/members/:member_id/plans', {
    params: { member_id: who! },
  })
  expect(subscriptions).toMatchObject([{ state: 'cancelled_at_end', holds_until: '2026-11-05', paid_minor: 0 }])
  const unknown = await give(world.stores.get('DAAN')!, '2')
  expect(unknown).toMatchObject([{ outcome: 'refused', code: 'plan.not_found' }])
})

test('gifts follow a merged member, and where they were sent is forgotten with an erased one', async () => {
  const [keep, merge] = await peopleWith(2, 100)
  const item_id = await itemWith({ fulfilment: 'delivery', limit_count: 1 }, 9)
  const delivery = { name: '王小明', phone: '0912345678', address: '台北市信義路 1 號' }
  const mine = await redeem(keep!, item_id, { delivery, source_id: 'same' })
  await redeem(merge!, item_id, { delivery, source_id: 'same' })
  await world.tx((tx) => members.merge(tx, [{ keep: keep!, merge: merge! }]))
  const all = () => marketer.call('GET /v1/admin/gifts', { query: { member_id: keep! } })
  expect((await all()).data.map(({ delivery: sent }) => sent?.name)).toEqual(['王小明', '王小明'])
  await world.tx((tx) => members.erase(tx, [keep!]))
  expect((await all()).data.map((gift) => gift.delivery)).toEqual([null, null])
  expect((await end(mine, 'cancel')).status).toBe('cancelled')
})

const moveOf = fc.record({
  kind: fc.constantFrom('redeem', 'redeem', 'redeem', 'cancel', 'fulfil', 'stock', 'replay'),
  member: fc.nat(2),
  pick: fc.nat(20),
})

test('a random history ends as a shelf, purses and an envelope of paper would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moveOf, { minLength: 8, maxLength: 24 }), async (moves) => {
      const people = await peopleWith(3, 350)
      const { budget_id } = await marketer.call('POST /v1/admin/budgets', { body: { name: 'B', amount_minor: 500 } })
      const item_id = await itemWith({ budget_id, limit_count: 3 }, 4)
      const paper = { left: 4, purses: [350, 350, 350], room: 500, had: [0, 0, 0] }
      const made: { gift_id: string; member_id: string; member: number; source_id: string; ended: boolean }[] = []
      for (const [i, { kind, member, pick }] of moves.entries()) {
        const known = made[pick % Math.max(1, made.length)]
        if (kind === 'stock') {
          await stock(item_id, [{ store_id: null, left: 3 }])
          paper.left = 3
        } else if (kind === 'redeem') {
          const may = paper.left > 0 && paper.purses[member]! >= 100 && paper.room >= 80 && paper.had[member]! < 3
          const got = await redeem(people[member]!, item_id, { source_id: `${i}` }).catch(() => null)
          expect(got !== null).toBe(may)
          if (!got) continue
          made.push({ gift_id: got.gift_id, member_id: people[member]!, member, source_id: `${i}`, ended: false })
          paper.left -= 1
          paper.room -= 80
          paper.purses[member]! -= 100
          paper.had[member]! += 1
        } else if (known && kind === 'replay') {
          const again = await redeem(known.member_id, item_id, { source_id: known.source_id })
          expect(again.gift_id).toBe(known.gift_id)
        } else if (known) {
          await end(known, kind as 'cancel' | 'fulfil').catch(() => null)
          if (!known.ended && kind === 'cancel') {
            paper.left += 1
            paper.room += 80
            paper.purses[known.member]! += 100
            paper.had[known.member]! -= 1
          }
          known.ended = true
        }
      }
      const budget = await marketer.call('GET /v1/admin/budgets/:budget_id', { params: { budget_id } })
      expect([await leftOf(item_id), budget.left_minor]).toEqual([paper.left, paper.room])
      expect(await Promise.all(people.map(activeOf))).toEqual(paper.purses)
    }),
    { numRuns: 6 },
  )
})

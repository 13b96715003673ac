/** Agreements through the doors: signed, followed by orders and refunds, settled when late orders have come. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { monday, openWorld, type Caller, type World } from '../../../../test/world.ts'
import { sql } from '../../../base/sql.ts'
import { verify } from '../../../base/verify.ts'
import * as members from '../../../record/members/members.ts'
import { receive, refund } from '../../../record/orders/orders.ts'
import * as plans from '../plans.ts'
import type { AgreementTerms } from './types.ts'

let world: World
let marketer: Caller
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
})
afterAll(() => world.close())
beforeEach(() => world.at(monday))

const terms: AgreementTerms = {
  promised: { measure: 'amount', amount_minor: 10_000 },
  skus: [],
  categories: ['tea'],
  discount_bp: 1_000,
  member_prices: [],
  at_end: { kind: 'pay_difference', max_minor: 400 },
  closing_days: 7,
}
let made = 0
const numbered = (text: string) => `${text}-${++made}`
async function newMember(): Promise<string> {
  const input = { external_id: numbered('P'), display_name: '會員', kind: 'member' as const }
  const [one] = await world.tx((tx) => members.upsert(tx, [input], { source: 'test' }))
  return one!.member_id!
}
const sign = (member_id: string, more: Partial<AgreementTerms> = {}, source_id = numbered('A')) =>
  marketer.call('POST /v1/admin/members/:member_id/agreements', {
    params: { member_id },
    body: {
      title: 'A quarter of tea',
      terms: { ...terms, ...more },
      opens_on: '2026-11-01',
      closes_on: '2026-12-01',
      source_id,
    },
  })
async function buy(
  member_id: string,
  gross: number,
  net: number,
  more: { at?: string; sku?: string; category?: string } = {},
) {
  const source_id = numbered('T')
  await world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id,
        occurred_at: more.at ?? world.now(),
        member: { member_id },
        lines: [
          {
            sku: more.sku ?? 'oolong',
            category: more.category ?? 'tea',
            quantity: 10,
            gross_minor: gross,
            discount_minor: gross - net,
          },
        ],
      },
    ]),
  )
  return source_id
}
const giveBack = (order: string, net_minor: number, quantity: number) =>
  world.tx((tx) =>
    refund(tx, [
      {
        source: 'till',
        source_id: numbered('R'),
        order: { source_id: order },
        occurred_at: tx.now,
        lines: [{ line_no: 1, quantity, net_minor }],
      } as never,
    ]),
  )
const own = async (member_id: string) =>
  (await marketer.call('GET /v1/admin/members/:member_id/agreements', { params: { member_id } })).data[0]!
const broken = async () => (await verify(world.db, plans.checks)).checks.filter((one) => !one.ok)

test('its price holds at once, for its goods and its days', async () => {
  const member = await newMember()
  await sign(member)
  const priced = async () =>
    (
      await world.as('clerk').call('POST /v1/till/members/:member_id/prices', {
        params: { member_id: member },
        body: {
          lines: [
            { sku: 'oolong', unit_price_minor: 100 },
            { sku: 'cup', unit_price_minor: 100 },
          ],
        },
      })
    ).data.map((one) => one.unit_price_minor)
  await buy(member, 1_000, 900)
  expect(await priced()).toEqual([90, 100])
  world.at('2026-12-01T10:00:00+08:00')
  expect(await priced()).toEqual([100, 100])
})

test('orders of its days count net of what went back, also those before the signing and those that come late', async () => {
  const member = await newMember()
  const first = await buy(member, 1_000, 900, { at: '2026-11-01T12:00:00+08:00' })
  await sign(member)
  expect(await own(member)).toMatchObject({ progress: 900, received_minor: 100, orders: 1 })
  await buy(member, 5_000, 5_000, { sku: 'cup', category: 'cups' })
  await giveBack(first, 450, 5)
  expect(await own(member)).toMatchObject({ progress: 450, received_minor: 50 })
  world.at('2026-12-05T10:00:00+08:00')
  await world.tx((tx) => plans.settleDue(tx))
  await buy(member, 10_000, 9_550, { at: '2026-11-30T23:00:00+08:00' })
  await buy(member, 10_000, 9_000, { at: '2026-12-01T00:30:00+08:00' })
  expect(await own(member)).toMatchObject({ status: 'open', progress: 10_000, received_minor: 500 })
  expect(await broken()).toEqual([])
  world.at('2026-12-08T00:10:00+08:00')
  await world.tx((tx) => plans.settleDue(tx))
  expect(await own(member)).toMatchObject({ status: 'fulfilled', due_minor: 0, why: { code: 'agreement_kept' } })
})

test('a shortfall pays the difference back, at most so much, and says why', async () => {
  const member = await newMember()
  await sign(member)
  await buy(member, 9_000, 8_100)
  world.at('2026-12-08T00:10:00+08:00')
  await world.tx((tx) => plans.settleDue(tx))
  expect(await own(member)).toMatchObject({
    status: 'shortfall',
    due_minor: 400,
    why: {
      code: 'shortfall_difference',
      params: { progress: 8_100, missing: 1_900, received_minor: 900, max_minor: 400 },
    },
  })
  // what was settled stays, whatever still comes
  await buy(member, 9_000, 8_100, { at: '2026-11-30T23:00:00+08:00' })
  expect(await own(member)).toMatchObject({ status: 'shortfall', progress: 8_100 })
})

test('who lost the price signs no other before its day', async () => {
  const member = await newMember()
  await sign(member, { at_end: { kind: 'lose_price', days: 30 }, promised: { measure: 'quantity', pieces: 11 } })
  await buy(member, 1_000, 900)
  world.at('2026-12-08T00:10:00+08:00')
  await world.tx((tx) => plans.settleDue(tx))
  expect(await own(member)).toMatchObject({ status: 'shortfall', lost_until: '2026-12-31', progress: 100_000 })
  const again = { title: 'Again', terms, opens_on: '2026-12-10', closes_on: '2027-01-10' }
  const call = () =>
    marketer.call('POST /v1/admin/members/:member_id/agreements', { params: { member_id: member }, body: again })
  await expect(call()).rejects.toMatchObject({ code: 'agreement.price_lost', params: { until: '2026-12-31' } })
  world.at('2026-12-31T10:00:00+08:00')
  expect(await call()).toMatchObject({ status: 'open' })
})

test('signed twice under one name it is one; its days must lie ahead; cancelled once', async () => {
  const member = await newMember()
  const { agreement_id } = await sign(member, {}, 'contract-1')
  expect((await sign(member, {}, 'contract-1')).agreement_id).toBe(agreement_id)
  await expect(sign(member, { closing_days: 0 }, 'contract-2')).resolves.toBeDefined()
  const params = { member_id: member, agreement_id }
  const cancel = () =>
    marketer.call('POST /v1/admin/members/:member_id/agreements/:agreement_id/cancel', { params, body: {} })
  expect(await cancel()).toMatchObject({ status: 'cancelled' })
  await expect(cancel()).rejects.toMatchObject({ code: 'agreement.settled' })
  world.at('2027-02-01T10:00:00+08:00')
  await expect(sign(member)).rejects.toMatchObject({ code: 'agreement.days_invalid' })
})

test('a merged member’s orders count for the kept one’s agreement', async () => {
  const [keep, gone] = [await newMember(), await newMember()]
  await sign(keep)
  await buy(gone, 1_000, 900)
  await world.tx((tx) => members.merge(tx, [{ keep, merge: gone }]))
  expect(await own(keep)).toMatchObject({ progress: 900 })
  expect(await broken()).toEqual([])
})

test('in any order of orders and refunds the progress is the same', async () => {
  const purchases = fc.array(
    fc.record({ gross: fc.integer({ min: 10, max: 2_000 }), back: fc.integer({ min: 0, max: 10 }) }),
    { minLength: 1, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(purchases, fc.boolean(), async (all, signedFirst) => {
      const member = await newMember()
      if (signedFirst) await sign(member)
      let expected = 0
      for (const { gross, back } of all) {
        const order = await buy(member, gross, gross)
        const net = back === 10 ? gross : Math.floor((gross * back) / 10)
        if (back > 0) await giveBack(order, net, back)
        expected += back === 10 ? 0 : gross - net
      }
      if (!signedFirst) await sign(member)
      expect((await own(member)).progress).toBe(expected)
    }),
    { numRuns: 10 },
  )
  expect(await broken()).toEqual([])
})

test('verify finds progress that is not of the orders', async () => {
  const member = await newMember()
  await sign(member)
  await world.db.run(sql`update plan_agreements set progress = 7 where member_id = ${member}::uuid`)
  expect((await broken()).map((one) => one.name)).toEqual(['plans.agreements_equal_orders'])
})

import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import * as cards from '../../value/cards/cards.ts'
import * as points from '../../value/points/points.ts'
import { checks } from './checks.ts'
import { paidBackBy } from './paying.ts'

let world: World
let wallet: string
let stamps: string
beforeAll(async () => {
  world = await openWorld()
  ;[wallet, stamps] = await world.tx(async (tx) => [
    await cards.define(tx, {
      names: { en: 'Wallet' },
      rule: {
        kind: 'value',
        minimum_minor: 100,
        balance_max_minor: 50_000,
        bonuses: [],
        principal_months: null,
        bonus_months: null,
        spend_first: 'principal',
        refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
      },
    }),
    await cards.define(tx, {
      names: { en: 'Tenth cup' },
      rule: {
        kind: 'stamps',
        size: 10,
        per: { by: 'units' },
        scope: { skus: [], categories: ['tea'], excluded_skus: [], excluded_categories: [], store_ids: [] },
        day_max: null,
        months: null,
        refunds: 'carry',
        reward: { kind: 'points', points: 40 },
      },
    }),
  ])
})
afterAll(() => world.close())
afterEach(async () => {
  for (const check of [...checks, ...cards.checks, ...points.checks]) {
    const finding = await check.run(world.db)
    expect([check.name, finding.ok, finding.ok ? '' : finding.detail]).toEqual([check.name, true, ''])
  }
})

const till = () => world.as('clerk')
const tea = (quantity: number) => ({ sku: 'OOLONG', category: 'tea', quantity, unit_price_minor: 100 })
const cake = { sku: 'CAKE', category: 'cake', quantity: 1, unit_price_minor: 333 }
const payIn = (member_id: string, paid_minor: number) =>
  world.tx(async (tx) => {
    const source = { source: 'desk', source_id: randomUUID() }
    const [outcome] = await cards.topUp(tx, [{ member_id, card_definition_id: wallet, paid_minor, ...source }])
    return cards.insist(outcome!)
  })
const left = async (member_id: string) =>
  (await cards.balancesOf(world.db, [member_id], world.now())).find((card) => card.card_definition_id === wallet)
const bodyOf = (member_id: string, amount_minor: number | 'max', more: object = {}) => ({
  member: { member_id },
  lines: [tea(3), cake],
  card_payments: [{ card_definition_id: wallet, amount_minor }],
  source: 'till-7',
  source_id: randomUUID(),
  ...more,
})
const codesOf = (refusals: readonly { code: string }[]) => refusals.map((refusal) => refusal.code)

test('stored value pays what is left, the rest is paid at the desk; parts of a refund sum to the whole', async () => {
  const member_id = world.cast.wang
  await payIn(member_id, 500)
  const { source, source_id, ...basket } = bodyOf(member_id, 'max')
  const quote = await till().call('POST /v1/till/quotes', { body: basket })
  expect(quote).toMatchObject({
    to_pay_minor: 633,
    cash_minor: 133,
    payments: [{ card_definition_id: wallet, amount_minor: 500, left_minor: 0 }],
    stamps: [{ card_definition_id: stamps, stamps: 3, balance: 0, size: 10 }],
  })
  const hold = await till().call('POST /v1/till/holds', { body: { ...basket, source, source_id } })
  expect(await left(member_id)).toMatchObject({ balance: 500, available: 0 })
  await till().call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id: hold.hold_id } })
  expect(await left(member_id)).toMatchObject({ balance: 0, available: 0 })
  const back = (lines: object[]) =>
    till().call('POST /v1/till/refunds', {
      body: {
        source,
        source_id: randomUUID(),
        order: { source, source_id },
        lines,
        occurred_at: world.now(),
      } as never,
    })
  const returned = [
    await back([{ sku: 'OOLONG', quantity: 1 }]),
    await back([{ sku: 'CAKE', quantity: 1 }]),
    await back([{ sku: 'OOLONG', quantity: 2 }]),
  ].map((one) => one.cards_returned_minor)
  expect(returned).toEqual([78, 264, 158])
  expect(returned.reduce((sum, one) => sum + one, 0)).toBe(500)
  expect(await left(member_id)).toMatchObject({ balance: 500, available: 500 })
})

test('all that speaks against paying by card is said at once, and nothing moves', async () => {
  const member_id = world.cast.mary
  await payIn(member_id, 200)
  const ask = async (card_payments: object[], member: object | null = { member_id }) => {
    const { source: _source, source_id: _id, ...basket } = bodyOf(member_id, 'max')
    const body = { ...basket, member, card_payments } as typeof basket
    return codesOf((await till().call('POST /v1/till/quotes', { body })).refusals)
  }
  const pay = (amount_minor: number | 'max', card_definition_id = wallet) => ({ card_definition_id, amount_minor })
  expect(await ask([pay(201)])).toEqual(['card.insufficient'])
  expect(await ask([pay(1, randomUUID()), pay('max'), pay(1)])).toEqual(['card.not_found', 'till.card_twice'])
  expect(await ask([pay(1)], null)).toEqual(['card.not_found'])
  await payIn(member_id, 1_000)
  expect(await ask([pay(634)])).toEqual(['till.card_over_bill'])
  expect(await left(member_id)).toMatchObject({ balance: 1_200, available: 1_200 })
})

test('a hold that is let go frees the card; two tills cannot spend the same money', async () => {
  const member_id = world.cast.chen
  await payIn(member_id, 700)
  const hold = await till().call('POST /v1/till/holds', { body: bodyOf(member_id, 633) })
  await till().call('POST /v1/till/holds/:hold_id/release', { params: { hold_id: hold.hold_id } })
  expect(await left(member_id)).toMatchObject({ balance: 700, available: 700 })
  const sold = await Promise.allSettled(
    Array.from({ length: 8 }, () => till().call('POST /v1/till/orders', { body: bodyOf(member_id, 633) })),
  )
  expect(sold.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  expect(await left(member_id)).toMatchObject({ balance: 67, available: 67 })
})

test('what goes back to a card never exceeds what it paid, and a whole refund brings all of it', () => {
  const parts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 1_000 }), (refunds, share) => {
      const net = refunds.reduce((sum, one) => sum + one, 0)
      const amount_minor = Math.floor((net * share) / 1_000)
      let [gone, before] = [0, 0]
      for (const refund of refunds) {
        gone += refund
        const back = paidBackBy({ amount_minor }, gone, net)
        expect(back).toBeGreaterThanOrEqual(before)
        before = back
      }
      expect(before).toBe(net === 0 ? 0 : amount_minor)
    }),
  )
})

/** Cards through the doors: stamped by orders, taken back by refunds, filled, paid in, used, given back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { monday, openWorld, type Caller, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { receive, refund } from '../../record/orders/orders.ts'
import * as cards from './cards.ts'
import type { CardRule, SessionsRule, StampRule, ValueRule } from './types.ts'

const tea: StampRule = {
  kind: 'stamps',
  size: 10,
  per: { by: 'units' },
  scope: { skus: [], categories: ['tea'], excluded_skus: ['sample'], excluded_categories: [], store_ids: [] },
  day_max: null,
  months: null,
  refunds: 'carry',
  reward: { kind: 'points', points: 40 },
}
const wallet: ValueRule = {
  kind: 'value',
  minimum_minor: 100,
  balance_max_minor: 5_000,
  bonuses: [
    { from_minor: 1_000, bonus_minor: 100 },
    { from_minor: 2_000, bonus_minor: 300 },
  ],
  principal_months: null,
  bonus_months: null,
  spend_first: 'principal',
  refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
}
const massage: SessionsRule = {
  kind: 'sessions',
  uses: 10,
  price_minor: 8_000,
  worth_minor: 1_000,
  months: 12,
  refund: { is_offered: true, basis: 'list_price', fee_bp: 500 },
}

let world: World
let marketer: Caller
let clerk: Caller
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
  clerk = world.as('clerk')
})
afterAll(() => world.close())
// every story begins with shelves that stamp nothing of another's
beforeEach(async () => {
  world.at(monday)
  await world.db.run(sql`update card_definitions set status = 'stopped'`)
})

let made = 0
const numbered = (text: string) => `${text}-${++made}`
async function cardOf(rule: CardRule): Promise<string> {
  const { card_definition_id } = await marketer.call('POST /v1/admin/cards', {
    body: { names: { en: numbered('Card') }, rule },
  })
  return card_definition_id
}
interface Bought {
  quantity?: number
  net?: number
  sku?: string
  category?: string
}
async function buy(member_id: string, lines: Bought[] = [{}], more: { at?: Date; number?: string } = {}) {
  const source_id = more.number ?? numbered('T')
  await world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id,
        occurred_at: more.at ?? tx.now,
        member: { member_id },
        lines: lines.map(({ quantity = 1, net = 60 * quantity, sku = 'oolong', category = 'tea' }) => ({
          sku,
          category,
          quantity,
          net_minor: net,
        })),
      },
    ]),
  )
  return source_id
}
const giveBack = (order: string, quantity: number, number = numbered('R')) =>
  world.tx((tx) =>
    refund(tx, [
      {
        source: 'till',
        source_id: number,
        order: { source_id: order },
        lines: [{ line_no: 1, quantity }],
        occurred_at: tx.now,
      },
    ]),
  )
async function card(member_id: string, card_definition_id: string) {
  const { data } = await clerk.call('GET /v1/till/members/:member_id/cards', { params: { member_id } })
  return data.find((one) => one.card_definition_id === card_definition_id)
}
const broken = async () => (await verify(world.db, cards.checks)).checks.filter((one) => !one.ok)
const entries = async (member_id: string, card_definition_id: string) =>
  (
    await marketer.call('GET /v1/admin/members/:member_id/cards', {
      params: { member_id },
      query: { card_definition_id },
    })
  ).data
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'none'
  } catch (thrown) {
    return (thrown as { code: string }).code
  }
}

describe('a stamp card', () => {
  test('ten cups, one reward: over-count begins the next round', async () => {
    const { wang } = world.cast
    const id = await cardOf(tea)
    await buy(wang, [{ quantity: 7 }, { sku: 'mug', category: 'things' }, { sku: 'sample' }])
    expect(await card(wang, id)).toMatchObject({ balance: 7, needed: 3, size: 10, rounds: 0 })
    await buy(wang, [{ quantity: 6 }])
    expect(await card(wang, id)).toMatchObject({ balance: 3, needed: 7, rounds: 1 })
    const { filled } = await marketer.call('GET /v1/admin/cards/:card_definition_id', {
      params: { card_definition_id: id },
    })
    expect(filled).toMatchObject([{ member_id: wang, round_no: 1, reward: { points: 40 }, refused: null }])
    const gift = await marketer.call('GET /v1/admin/gifts', { query: { member_id: wang, reason: 'card' } })
    expect(gift.data).toMatchObject([
      { kind: 'points', gift_id: filled[0]!.gift_id, occurrence: filled[0]!.round_id },
    ])
    expect(await broken()).toEqual([])
  })

  test('a free cup brings no stamp, and half a piece none', async () => {
    const { mary } = world.cast
    const id = await cardOf(tea)
    await buy(mary, [
      { quantity: 1, net: 0 },
      { quantity: 1.5, net: 90 },
    ])
    expect(await card(mary, id)).toMatchObject({ balance: 1 })
  })

  test('the same order twice, the same refund twice: nothing changes', async () => {
    const { chen } = world.cast
    const id = await cardOf(tea)
    const order = await buy(chen, [{ quantity: 4 }])
    await buy(chen, [{ quantity: 4 }], { number: order })
    const number = numbered('R')
    await giveBack(order, 1, number)
    await giveBack(order, 1, number)
    expect(await card(chen, id)).toMatchObject({ balance: 3 })
    expect((await entries(chen, id)).map((one) => [one.kind, one.units])).toEqual([
      ['unstamp', -1],
      ['stamp', 4],
    ])
  })

  test('a rewarded round keeps its reward; stamps that came back are owed by the next', async () => {
    const { ouyang } = world.cast
    const id = await cardOf(tea)
    const order = await buy(ouyang, [{ quantity: 12 }])
    await giveBack(order, 5)
    expect(await card(ouyang, id)).toMatchObject({ balance: 0, debt: 3, rounds: 1, needed: 13 })
    const [back] = await entries(ouyang, id)
    expect(back).toMatchObject({ units: -5, debt: 3, why: { codes: ['cards.unstamped', 'cards.carried'] } })
    await buy(ouyang, [{ quantity: 4 }])
    expect(await card(ouyang, id)).toMatchObject({ balance: 1, debt: 0 })
    expect(await broken()).toEqual([])
  })

  test('a program that forgives lets them go', async () => {
    const { ouyang } = world.cast
    const id = await cardOf({ ...tea, refunds: 'forgive' })
    const order = await buy(ouyang, [{ quantity: 12 }])
    await giveBack(order, 5)
    expect(await card(ouyang, id)).toMatchObject({ balance: 0, debt: 0, rounds: 1 })
    expect(await broken()).toEqual([])
  })

  test('at most so many a day, whatever the order of arrival and what comes back', async () => {
    const { mary, chen } = world.cast
    const id = await cardOf({ ...tea, day_max: 4 })
    const first = await buy(mary, [{ quantity: 3 }])
    await buy(mary, [{ quantity: 3 }])
    expect(await card(mary, id)).toMatchObject({ balance: 4 })
    await giveBack(first, 1)
    expect(await card(mary, id)).toMatchObject({ balance: 4 })
    await giveBack(first, 2)
    expect(await card(mary, id)).toMatchObject({ balance: 3 })
    const late = await buy(chen, [{ quantity: 6 }])
    await giveBack(late, 3)
    expect(await card(chen, id)).toMatchObject({ balance: 3 })
    expect(await broken()).toEqual([])
  })

  test('one an order from a minimum on, one for each so much spent; only in the shops named', async () => {
    const { wang } = world.cast
    const order = await cardOf({ ...tea, per: { by: 'order', minimum_minor: 100 } })
    const spend = await cardOf({ ...tea, per: { by: 'spend', per_minor: 50 } })
    const elsewhere = await cardOf({ ...tea, scope: { ...tea.scope, store_ids: [world.stores.get('XINYI')!] } })
    const bought = await buy(wang, [{ quantity: 2, net: 130 }])
    await buy(wang, [{ quantity: 1, net: 99 }])
    expect([await card(wang, order), await card(wang, spend)]).toMatchObject([{ balance: 1 }, { balance: 3 }])
    expect(await card(wang, elsewhere)).toBeUndefined()
    // what is left of the order is below the minimum
    await giveBack(bought, 1)
    expect([await card(wang, order), await card(wang, spend)]).toMatchObject([{ balance: 0 }, { balance: 2 }])
    expect(await broken()).toEqual([])
  })

  test('a round that is not filled in time ends; stamps of a refund that had ended are not taken twice', async () => {
    const { mary } = world.cast
    const id = await cardOf({ ...tea, months: 2 })
    const first = await buy(mary, [{ quantity: 3 }])
    world.at('2026-12-20T10:00:00+08:00')
    await buy(mary, [{ quantity: 2 }])
    expect(await card(mary, id)).toMatchObject({ balance: 5, next_expiry_on: '2027-01-02' })
    world.at('2027-01-03T10:00:00+08:00')
    expect(await card(mary, id)).toMatchObject({ available: 0 })
    await world.tx((tx) => cards.expireDue(tx))
    await world.tx((tx) => cards.expireDue(tx))
    await buy(mary, [{ quantity: 1 }])
    await giveBack(first, 2)
    expect(await card(mary, id)).toMatchObject({ balance: 1, debt: 0 })
    expect(await broken()).toEqual([])
  })

  test('an order of before the card, a guest’s order, and its refund stamp nothing', async () => {
    const { chen, guest } = world.cast
    const early = await buy(chen, [{ quantity: 2 }], { at: new Date('2026-10-01T10:00:00+08:00') })
    const id = await cardOf(tea)
    await buy(chen, [{ quantity: 2 }], { at: new Date('2026-10-02T10:00:00+08:00') })
    await giveBack(early, 1)
    await buy(guest, [{ quantity: 2 }])
    expect([await card(chen, id)]).toEqual([undefined])
    const rows = await world.db.rows(sql`select from cards where card_definition_id = ${id}::uuid`)
    expect(rows).toEqual([])
  })

  test('what cannot be handed over is noted at the round, and the stamps are gone for good', async () => {
    const { wang } = world.cast
    const item = await marketer.call('POST /v1/admin/gift-items', {
      body: { names: { en: 'Cup' }, cost_minor: 20, fulfilment: 'pickup', stock: 'total' },
    })
    const id = await cardOf({ ...tea, size: 2, reward: { kind: 'item', item_id: item.item_id } })
    await buy(wang, [{ quantity: 2 }])
    const { filled } = await marketer.call('GET /v1/admin/members/:member_id/cards', { params: { member_id: wang } })
    expect(filled.find((one) => one.card_definition_id === id)).toMatchObject({
      refused: 'gift.out_of_stock',
      gift_id: null,
    })
  })
})

const topUp = (member_id: string, card_definition_id: string, body: object) =>
  clerk.call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
    params: { member_id, card_definition_id },
    body,
  })
const use = (member_id: string, card_definition_id: string, body: { units: number; source_id?: string }) =>
  clerk.call('POST /v1/till/members/:member_id/cards/:card_definition_id/uses', {
    params: { member_id, card_definition_id },
    body,
  })
const refundRest = (member_id: string, card_definition_id: string, query = {}) =>
  marketer.call('POST /v1/admin/members/:member_id/cards/:card_definition_id/refund', {
    params: { member_id, card_definition_id },
    body: { reason: 'moves away' },
    query,
  })

describe('stored value', () => {
  test('pay 1,000, have 1,100; the same payment twice is one', async () => {
    const { wang } = world.cast
    const id = await cardOf(wallet)
    const first = await topUp(wang, id, { paid_minor: 1_000, source_id: 'p1' })
    expect(first).toMatchObject({ units: 1_100, paid_minor: 1_000, card: { balance: 1_100, bonus: 100 } })
    expect((await topUp(wang, id, { paid_minor: 1_000, source_id: 'p1' })).card.balance).toBe(1_100)
    expect(await codeOf(topUp(wang, id, { paid_minor: 900, source_id: 'p1' }))).toBe('card.source_reused')
    expect(await codeOf(topUp(wang, id, { paid_minor: 99 }))).toBe('card.below_minimum')
    expect(await codeOf(topUp(wang, id, { paid_minor: 4_000 }))).toBe('card.over_maximum')
    expect(await codeOf(topUp(wang, id, { packs: 1 }))).toBe('card.wrong_kind')
    const listed = await marketer.call('GET /v1/admin/cards/:card_definition_id', {
      params: { card_definition_id: id },
    })
    expect(listed).toMatchObject({ owed_minor: 1_000, owed_bonus_minor: 100, paid_in_minor: 1_000, cards: 1 })
  })

  test('what is held is spent once or freed; what was spent goes back where it came from', async () => {
    const { mary } = world.cast
    const id = await cardOf(wallet)
    await topUp(mary, id, { paid_minor: 1_000 })
    const params = { member_id: mary, card_definition_id: id }
    const holds = 'POST /v1/till/members/:member_id/cards/:card_definition_id/holds' as const
    const held = await clerk.call(holds, { params, body: { units: 1_050, source_id: 'sale' } })
    expect(held.card).toMatchObject({ balance: 1_100, held: 1_050, available: 50 })
    expect(await codeOf(use(mary, id, { units: 51 }))).toBe('card.insufficient')
    expect(await codeOf(refundRest(mary, id))).toBe('card.held')
    const named = { params: { ...params, source_id: 'sale' } }
    await clerk.call(`${holds}/:source_id/commit`, named)
    const again = await clerk.call(`${holds}/:source_id/commit`, named)
    expect(again.card).toMatchObject({ balance: 50, held: 0, bonus: 50 })
    const undo = 'POST /v1/till/members/:member_id/cards/:card_definition_id/uses/:source_id/undo' as const
    const back = await clerk.call(undo, { ...named, body: { units: 60, undo_id: 'u1' } })
    expect(back.card).toMatchObject({ balance: 110, bonus: 100 })
    expect(await codeOf(clerk.call(undo, { ...named, body: { units: 991 } }))).toBe('card.restored_already')
    expect(await broken()).toEqual([])
  })

  test('what comes back to money that has ended can be used for thirty days more', async () => {
    const { wang } = world.cast
    const id = await cardOf({ ...wallet, principal_months: 1 })
    await topUp(wang, id, { paid_minor: 200 })
    await use(wang, id, { units: 150, source_id: 'cake' })
    world.at('2026-12-10T10:00:00+08:00')
    await world.tx((tx) => cards.expireDue(tx))
    expect(await card(wang, id)).toMatchObject({ balance: 0 })
    const params = { member_id: wang, card_definition_id: id, source_id: 'cake' }
    const undo = 'POST /v1/till/members/:member_id/cards/:card_definition_id/uses/:source_id/undo' as const
    const { card: back } = await clerk.call(undo, { params, body: {} })
    expect(back).toMatchObject({ balance: 150, available: 150, next_expiry_on: '2027-01-09' })
    expect(await broken()).toEqual([])
  })

  test('only what was paid comes back, less the bonus that was used; asked first, it changes nothing', async () => {
    const { chen } = world.cast
    const id = await cardOf({ ...wallet, spend_first: 'bonus' })
    await topUp(chen, id, { paid_minor: 1_000 })
    await use(chen, id, { units: 150 })
    const asked = await refundRest(chen, id, { dry_run: 'true' })
    expect(asked).toMatchObject({ units: -950, paid_minor: -850, card: { balance: 0 } })
    expect(await card(chen, id)).toMatchObject({ balance: 950 })
    const done = await refundRest(chen, id)
    expect(done.why).toMatchObject({
      codes: ['cards.refund_value', 'cards.refund_bonus_used'],
      params: { left_minor: 950, used_minor: 100, amount_minor: 850 },
    })
    expect(await codeOf(refundRest(chen, id))).toBe('card.nothing_left')
    expect(await broken()).toEqual([])
  })

  test('bonus that is left is lost with a refund, and a stopped card takes nothing more in', async () => {
    const { ouyang } = world.cast
    const id = await cardOf(wallet)
    await topUp(ouyang, id, { paid_minor: 1_000 })
    await use(ouyang, id, { units: 400 })
    await marketer.call('PATCH /v1/admin/cards/:card_definition_id', {
      params: { card_definition_id: id },
      body: { status: 'stopped' },
    })
    expect(await codeOf(topUp(ouyang, id, { paid_minor: 100 }))).toBe('card.stopped')
    await use(ouyang, id, { units: 100 })
    const done = await refundRest(ouyang, id)
    expect(done).toMatchObject({ paid_minor: -500, units: -600 })
    expect(done.why.codes).toEqual(['cards.refund_value', 'cards.refund_bonus_lost'])
  })
})

describe('prepaid sessions', () => {
  test('ten bought, three used: the rest by their own price, less the fee', async () => {
    const { wang } = world.cast
    const id = await cardOf(massage)
    await topUp(wang, id, { packs: 1 })
    for (const source_id of ['a', 'b', 'c', 'c']) await use(wang, id, { units: 1, source_id })
    expect(await card(wang, id)).toMatchObject({ balance: 7, next_expiry_on: '2027-11-02' })
    // 8,000 less three at 1,000 is 5,000, less 5 % is 4,750
    const done = await refundRest(wang, id)
    expect(done).toMatchObject({ paid_minor: -4_750, units: -7 })
    expect(done.why.params).toMatchObject({ used_uses: 3, fee_minor: 250 })
    expect(await broken()).toEqual([])
  })

  test('by share, each purchase on its own; what expired is not paid back', async () => {
    const { mary } = world.cast
    const id = await cardOf({ ...massage, refund: { is_offered: true, basis: 'pro_rata', fee_bp: 0 } })
    await topUp(mary, id, { packs: 1 })
    await use(mary, id, { units: 4 })
    world.at('2027-11-01T10:00:00+08:00')
    await topUp(mary, id, { packs: 1 })
    world.at('2027-11-03T10:00:00+08:00')
    const done = await refundRest(mary, id)
    expect(done).toMatchObject({ paid_minor: -8_000, units: -10 })
    expect(await broken()).toEqual([])
  })

  test('a rule that offers no refund gives none', async () => {
    const { chen } = world.cast
    const id = await cardOf({ ...massage, refund: { ...massage.refund, is_offered: false } })
    await topUp(chen, id, {})
    expect(await codeOf(refundRest(chen, id))).toBe('card.refund_not_offered')
    expect(await codeOf(use(world.cast.ouyang, id, { units: 1 }))).toBe('card.not_found')
    expect(await codeOf(topUp(world.cast.guest, id, {}))).toBe('member.not_found')
  })
})

test('two cards of one person become one: debts are paid, what is full together is filled', async () => {
  const people = await world.tx((tx) =>
    tx.rows<{ member_id: string }>(sql`
      insert into members (kind, display_name, joined_at, created_at, updated_at)
      select 'member', 'Someone', ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from generate_series(1, 2) returning member_id`),
  )
  const [keep, merge] = people.map((one) => one.member_id) as [string, string]
  const id = await cardOf(tea)
  const money = await cardOf(wallet)
  for (const member_id of [keep, merge]) {
    await buy(member_id, [{ quantity: 7 }])
    await topUp(member_id, money, { paid_minor: 1_000, source_id: 'p' })
  }
  await world.tx((tx) => members.merge(tx, [{ keep, merge }]))
  expect(await card(keep, id)).toMatchObject({ balance: 4, rounds: 1, debt: 0 })
  expect(await card(keep, money)).toMatchObject({ balance: 2_200, bonus: 200 })
  expect(await world.db.rows(sql`select from cards where member_id = ${merge}::uuid`)).toEqual([])
  expect(await broken()).toEqual([])
})

test('a reason that staff wrote is forgotten with the member; the money is not', async () => {
  const { ouyang } = world.cast
  const id = await cardOf(wallet)
  const params = { member_id: ouyang, card_definition_id: id }
  await marketer.call('POST /v1/admin/members/:member_id/cards/:card_definition_id/adjustments', {
    params,
    body: { units: 50, reason: 'Ms Ouyang fell on the stairs' },
  })
  await world.tx((tx) => members.erase(tx, [ouyang]))
  const rows = await world.db.rows<{ why: object; units: number }>(sql`
    select why, units from card_entries where member_id = ${ouyang}::uuid and card_definition_id = ${id}::uuid`)
  expect(JSON.stringify(rows)).not.toContain('Ouyang')
  expect(rows).toMatchObject([{ units: 50 }])
})

test('conditions ask what is on a card', async () => {
  const { wang, mary } = world.cast
  const id = await cardOf({ ...tea, size: 4 })
  await buy(wang, [{ quantity: 3 }])
  await buy(mary, [{ quantity: 1 }])
  const condition = {
    combinator: 'and' as const,
    rules: [{ field: 'card_stamps_left', operator: 'at_most', value: 1 }],
  }
  const counts = await marketer.call('POST /v1/admin/segments/counts', { body: { condition } })
  expect([counts.count, (await card(wang, id))!.needed]).toEqual([1, 1])
})

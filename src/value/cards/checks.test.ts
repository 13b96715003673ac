/** Each check finds what it is there for: an error is planted, and it alone speaks up. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import { receive, refund } from '../../record/orders/orders.ts'
import * as cards from './cards.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  const { wang } = world.cast
  const stamps = await world.tx((tx) =>
    cards.define(tx, {
      names: { en: 'Tea' },
      rule: {
        kind: 'stamps',
        size: 5,
        per: { by: 'units' },
        scope: { skus: [], categories: [], excluded_skus: [], excluded_categories: [], store_ids: [] },
        day_max: null,
        months: 1,
        refunds: 'carry',
        reward: { kind: 'none' },
      },
    }),
  )
  const value = await world.tx((tx) =>
    cards.define(tx, {
      names: { en: 'Wallet' },
      rule: {
        kind: 'value',
        minimum_minor: 1,
        balance_max_minor: null,
        bonuses: [],
        principal_months: null,
        bonus_months: null,
        spend_first: 'principal',
        refund: { is_offered: true, less_bonus_used: false, fee_bp: 0 },
      },
    }),
  )
  const lines = [{ sku: 'oolong', category: 'tea', quantity: 7, net_minor: 420 }]
  const order = { source: 'till', source_id: 'T', member: { member_id: wang }, lines }
  await world.tx((tx) => receive(tx, [{ ...order, occurred_at: tx.now }]))
  const back = { source: 'till', source_id: 'R', order: { source_id: 'T' }, lines: [{ line_no: 1, quantity: 1 }] }
  await world.tx((tx) => refund(tx, [{ ...back, occurred_at: tx.now }]))
  const act = (source_id: string) => ({ member_id: wang, card_definition_id: value, source: 'test', source_id })
  await world.tx(async (tx) => {
    await cards.topUp(tx, [{ ...act('in'), paid_minor: 100 }])
    await cards.spend(tx, [{ ...act('out'), units: 40 }])
    await cards.restore(tx, [{ ...act('back'), units: 10, spend_source: 'test', spend_source_id: 'out' }])
    await cards.hold(tx, [{ ...act('held'), units: 5, expires_at: new Date('2027-01-01T00:00:00Z') }])
    await cards.commitHold(tx, [act('held')])
  })
  expect(stamps).not.toBe(value)
  world.later(40)
  await world.tx((tx) => cards.expireDue(tx))
})
afterAll(() => world.close())

const failing = async () =>
  (await verify(world.db, cards.checks)).checks.filter((one) => !one.ok).map(({ name }) => name)

test('what the verbs wrote proves itself', async () => {
  expect(await failing()).toEqual([])
})

const planted: [string, Sql][] = [
  ['cards.entries_equal_balance', sql`update card_entries set units = units + 1 where kind = 'top_up'`],
  ['cards.lots_equal_balance', sql`update cards set balance = balance + 1 where balance > 0`],
  ['cards.entries_equal_lots', sql`update card_lots set remaining = remaining - 1 where remaining > 0`],
  ['cards.entries_move_lots', sql`update card_entry_lots set units = units - 1 where units < 0`],
  ['cards.stamps_equal_orders', sql`update card_orders set stamps = stamps + 1`],
  ['cards.rounds_are_filled_once', sql`delete from card_rounds`],
  ['cards.rounds_are_counted', sql`update cards set rounds = rounds + 1`],
  ['cards.restores_within_spends', sql`update card_entries set units = 99 where kind = 'restore'`],
  ['cards.holds_are_spent_once', sql`update card_holds set units = units + 1`],
  ['cards.expiry_is_booked', sql`update card_entries set occurred_at = '2026-11-03' where kind = 'expire'`],
]

test.each(planted)('%s', async (name, harm) => {
  expect(cards.checks.map((one) => one.name).sort()).toEqual(planted.map(([one]) => one).sort())
  const found = await world.db
    .tx({ actor: { kind: 'system', id: null, name: 'test' } }, async (tx) => {
      expect(await tx.run(harm)).toBeGreaterThan(0)
      const { checks } = await verify(tx, cards.checks)
      throw Object.assign(new Error('undone'), { names: checks.filter((one) => !one.ok).map((one) => one.name) })
    })
    .catch((thrown: { names: string[] }) => thrown.names)
  expect(found).toContain(name)
})

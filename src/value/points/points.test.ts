import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import {
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  type Books,
} from '../../../test/books.ts'
import { whyCodes as tierWhyCodes } from '../tiers/tiers.ts'
import * as points from './points.ts'

let books: Books
beforeAll(async () => {
  books = await openBooks({ members: 200 })
})
afterAll(() => books.close())

let next = 0
const someone = () => books.members[next++]!
const balance = async (member_id: string) =>
  (await books.tx('2024-12-01', (tx) => points.balanceOf(tx, [member_id])))[0]!
const entries = (member_id: string) => points.entriesOf(books.db, { member_id, before: null, limit: 100 })

describe('earning', () => {
  test('an order earns a point for every full hundred', async () => {
    const member_id = someone()
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-03-01', 1_299))]))
    expect(await balance(member_id)).toMatchObject({ active: 12, pending: 0, earned_total: 12 })
    const [entry] = await entries(member_id)
    expect(entry).toMatchObject({ kind: 'earn', points: 12, why: { codes: ['points.earned'], rule_version: 1 } })
    expect(points.recompute(entry!.why)).toBe(12)
  })

  test('an order that lifts the member earns at the tier held before it, the next one at the new', async () => {
    const member_id = someone()
    await books.tx('2024-03-02', (tx) =>
      happen(tx, [
        paidFact(orderOf(member_id, '2024-03-01T10:00:00', 10_000)),
        paidFact(orderOf(member_id, '2024-03-01T11:00:00', 1_000)),
      ]),
    )
    const earned = (await entries(member_id)).map((entry) => [
      entry.points,
      entry.why.params['tier'],
      entry.why.params['percent'],
    ])
    expect(earned).toEqual([
      [12, 'silver', 120],
      [100, 'member', 100],
    ])
  })

  test('guests earn nothing', async () => {
    const member_id = someone()
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-03-01', 1_000), 'guest')]))
    expect(await entries(member_id)).toEqual([])
  })

  test('the same order earns once, whoever sends it again', async () => {
    const member_id = someone()
    const order = orderOf(member_id, '2024-03-01', 500)
    const paid = {
      member_id,
      occurred_at: at('2024-03-01'),
      order_id: order.order_id,
      number: '1',
      day: '2024-03-01',
      purchase: { goods_minor: 500, gross_minor: 500, shipping_minor: 0 },
    }
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
    const again = await books.tx('2024-03-02', (tx) => points.earn(tx, [paid, paid]))
    const [entry] = await entries(member_id)
    expect(again.map((one) => [one.outcome, one.entry_id])).toEqual([
      ['unchanged', entry!.entry_id],
      ['unchanged', entry!.entry_id],
    ])
    expect(await balance(member_id)).toMatchObject({ active: 5 })
  })

  // Protected by: countedOf (tiers/rules.ts), which reads base and include_shipping of the rule, and the params of its why.
  test('pain 9: what counts is said by the rule and shown by the entry', async () => {
    const order = { net: 900, gross: 1_000, shipping: 80 }
    const cases = [
      { base: 'net', include_shipping: false, counted: 900 },
      { base: 'net', include_shipping: true, counted: 980 },
      { base: 'gross', include_shipping: false, counted: 1_000 },
      { base: 'gross', include_shipping: true, counted: 1_080 },
    ] as const
    for (const { counted, ...earn } of cases) {
      const own = await openBooks({
        rule: { ...plainRule, earn: { ...plainRule.earn, ...earn, per_minor: 1 } },
        members: 1,
      })
      await own.tx('2024-03-01', (tx) =>
        happen(tx, [paidFact(orderOf(own.members[0]!, '2024-03-01', order.net, order))]),
      )
      const [entry] = await points.entriesOf(own.db, { member_id: own.members[0]!, before: null, limit: 1 })
      expect([entry!.points, entry!.why.params]).toMatchObject([counted, { ...earn, counted_minor: counted }])
      await own.close()
    }
  })
})

// Protected by: `order.refunded` among the names that points hears bound (jobs.ts), and decideReversal (rules.ts).
describe('pain 1: a refund takes back what the order earned', () => {
  test('in proportion, parts of a total refund summing to the whole', async () => {
    const member_id = someone()
    const order = orderOf(member_id, '2024-03-01', 299)
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
    const held: number[] = []
    for (const net of [50, 100, 100, 49]) {
      await books.tx('2024-03-03', (tx) => happen(tx, [refundFact({ order, on: '2024-03-02', net })]))
      held.push((await balance(member_id)).active)
    }
    expect(held).toEqual([2, 1, 1, 0])
  })

  test('in the same transaction as the refund itself', async () => {
    const member_id = someone()
    const order = orderOf(member_id, '2024-03-01', 1_000)
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
    await expect(
      books.tx('2024-03-02', async (tx) => {
        await happen(tx, [refundFact({ order, on: '2024-03-02', net: 1_000 })])
        throw new Error('the till lost its connection')
      }),
    ).rejects.toThrow('the till')
    expect(await balance(member_id)).toMatchObject({ active: 10 })
  })

  test('by what counted of each line: a discounted line takes back its share of the amount before discounts', async () => {
    const own = await openBooks({
      rule: { ...plainRule, earn: { ...plainRule.earn, base: 'gross', per_minor: 1 } },
      members: 1,
    })
    const order = orderOf(own.members[0]!, '2024-03-01', 150, { gross: 300 })
    await own.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
    await own.tx('2024-03-02', (tx) => happen(tx, [refundFact({ order, on: '2024-03-02', net: 50, gross: 200 })]))
    expect((await own.tx('2024-03-03', (tx) => points.balanceOf(tx, own.members)))[0]).toMatchObject({ active: 100 })
    await own.close()
  })

  test('from the order’s own lot first, then from lots that expire last, then as debt that the next points pay', async () => {
    const member_id = someone()
    const [first, second] = [orderOf(member_id, '2024-03-01', 1_000), orderOf(member_id, '2024-03-02', 2_000)]
    await books.tx('2024-03-02', (tx) => happen(tx, [paidFact(first), paidFact(second)]))
    await books.tx('2024-03-03', (tx) =>
      points.spend(tx, [{ member_id, points: 25, source: 'test', source_id: 'gift' }]),
    )
    await books.tx('2024-03-04', (tx) => happen(tx, [refundFact({ order: second, on: '2024-03-04', net: 2_000 })]))
    expect(await balance(member_id)).toMatchObject({ active: 0, debt: 15 })
    const [reversal] = await entries(member_id)
    expect(reversal).toMatchObject({
      points: -20,
      debt: 15,
      why: { codes: ['points.reversed', 'points.became_debt'] },
    })
    await books.tx('2024-03-05', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-03-05', 2_000))]))
    expect(await balance(member_id)).toMatchObject({ active: 5, debt: 0 })
  })

  test('as far as the debt policy lets it', async () => {
    const expected = { pending_only: [5, 0], to_zero: [0, 0], below_zero: [0, 5] }
    for (const [debt, [active, owed]] of Object.entries(expected)) {
      const own = await openBooks({ rule: { ...plainRule, debt: debt as keyof typeof expected }, members: 1 })
      const member_id = own.members[0]!
      const order = orderOf(member_id, '2024-03-01', 1_000)
      await own.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
      await own.tx('2024-03-02', (tx) =>
        points.spend(tx, [{ member_id, points: 5, source: 'test', source_id: 'gift' }]),
      )
      await own.tx('2024-03-03', (tx) => happen(tx, [refundFact({ order, on: '2024-03-03', net: 1_000 })]))
      expect([debt, (await own.tx('2024-03-03', (tx) => points.balanceOf(tx, [member_id])))[0]]).toMatchObject([
        debt,
        { active, debt: owed },
      ])
      expect(await broken(own.db)).toEqual([])
      await own.close()
    }
  })

  test('without an order it takes back at the base rate and never leaves a debt', async () => {
    const member_id = someone()
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-03-01', 1_000))]))
    await books.tx('2024-03-02', (tx) =>
      happen(tx, [refundFact({ order: null, member_id, on: '2024-03-02', net: 1_550 })]),
    )
    expect(await balance(member_id)).toMatchObject({ active: 0, debt: 0 })
    const [entry] = await entries(member_id)
    expect(entry).toMatchObject({
      points: -10,
      why: { codes: ['points.reversed_unmatched', 'points.took_from_other_lots', 'points.forgiven'] },
    })
    expect(points.recompute(entry!.why)).toBe(-10)
  })
})

// Protected by: unique indexes point_entries_source and point_entries_restored; check on point_lots.reversed.
describe('pain 2: nothing is taken back or given back twice', () => {
  test('the same refund again changes nothing, and the database refuses a second correction', async () => {
    const member_id = someone()
    const order = orderOf(member_id, '2024-03-01', 1_000)
    const refund = {
      member_id,
      occurred_at: at('2024-03-02'),
      refund_id: crypto.randomUUID(),
      order_id: order.order_id,
      number: '1',
      day: '2024-03-02',
      purchase: { goods_minor: 400, gross_minor: 400, shipping_minor: 0 },
    }
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
    await books.tx('2024-03-02', (tx) => points.reverse(tx, [refund]))
    expect((await books.tx('2024-03-03', (tx) => points.reverse(tx, [refund, refund])))[0]!.outcome).toBe('unchanged')
    expect(await balance(member_id)).toMatchObject({ active: 6 })
    const [reversal] = await entries(member_id)
    expect(reversal!.corrects).toBe((await entries(member_id))[1]!.entry_id)
    // unique index point_entries_source, and the check on point_lots.reversed, stand behind the verb
    await expect(
      books.db.run(sql`
      insert into point_entries select member_id, entry_id + 1000000, kind, points, debt, lot_id, order_id, source,
        source_id, corrects,
        occurred_at, recorded_at, rule_version, why, actor from point_entries
          where entry_id = ${reversal!.entry_id}::bigint`),
    ).rejects.toThrow('point_entries_source')
    await expect(
      books.db.run(sql`update point_lots set reversed = 11 where member_id = ${member_id}::uuid`),
    ).rejects.toThrow('check')
  })

  test('a spend is given back once, to the lot it came from, with its dates', async () => {
    const member_id = someone()
    await books.tx('2024-01-05', (tx) =>
      points.openLots(tx, [
        {
          member_id,
          points: 40,
          earned_at: at('2024-01-01'),
          expires_on: '2024-06-30',
          source: 'old',
          source_id: 'a',
        },
        {
          member_id,
          points: 60,
          earned_at: at('2024-01-02'),
          expires_on: '2024-12-31',
          source: 'old',
          source_id: 'b',
        },
      ]),
    )
    await books.tx('2024-02-01', (tx) =>
      points.spend(tx, [{ member_id, points: 50, source: 'gift', source_id: '7' }]),
    )
    const back = { member_id, spend_source: 'gift', spend_source_id: '7', source: 'gift cancelled', source_id: '7' }
    const outcomes = await books.tx('2024-02-02', (tx) => points.restore(tx, [back, { ...back, source_id: '8' }]))
    expect(outcomes.map((one) => one.code ?? one.outcome)).toEqual(['booked', 'points.restored_already'])
    expect((await points.lotsOf(books.db, member_id)).map((lot) => [lot.remaining, lot.expires_on])).toEqual([
      [40, '2024-06-30'],
      [60, '2024-12-31'],
    ])
    const later = await books.tx('2024-02-03', (tx) => points.restore(tx, [{ ...back, source_id: '9' }]))
    expect(later[0]!.code).toBe('points.restored_already')
  })

  test('what is given back to a lot that has ended lives on for thirty days', async () => {
    const member_id = someone()
    await books.tx('2024-01-05', (tx) =>
      points.openLots(tx, [
        {
          member_id,
          points: 40,
          earned_at: at('2024-01-01'),
          expires_on: '2024-02-01',
          source: 'old',
          source_id: 'c',
        },
      ]),
    )
    await books.tx('2024-02-01', (tx) =>
      points.spend(tx, [{ member_id, points: 30, source: 'gift', source_id: '1' }]),
    )
    await books.tx('2024-02-05', (tx) =>
      points.restore(tx, [
        { member_id, spend_source: 'gift', spend_source_id: '1', source: 'gift cancelled', source_id: '1' },
      ]),
    )
    expect((await points.lotsOf(books.db, member_id)).map((lot) => [lot.remaining, lot.expires_on])).toEqual([
      [30, '2024-03-06'],
    ])
  })
})

// Protected by: the lock on point_balances (ledger.ts begin) and the check active >= 0.
test('pain 3: twenty callers spend a hundred points each of a balance of two thousand, and leave exactly nothing', async () => {
  const member_id = someone()
  await books.tx('2024-01-05', (tx) =>
    points.openLots(tx, [
      { member_id, points: 2_000, earned_at: at('2024-01-01'), expires_on: null, source: 'old', source_id: 'd' },
    ]),
  )
  const callers = Array.from({ length: 24 }, (_, i) =>
    books.tx('2024-02-01', (tx) =>
      points.spend(tx, [{ member_id, points: 100, source: 'parallel', source_id: String(i) }]),
    ),
  )
  const outcomes = (await Promise.all(callers)).map(([outcome]) => outcome!.code ?? outcome!.outcome)
  expect(outcomes.filter((outcome) => outcome === 'booked')).toHaveLength(20)
  expect(outcomes.filter((outcome) => outcome === 'points.insufficient')).toHaveLength(4)
  expect(await balance(member_id)).toMatchObject({ active: 0, spent_total: 2_000 })
  await expect(
    books.db.run(sql`update point_balances set active = -1 where member_id = ${member_id}::uuid`),
  ).rejects.toThrow('active_check')
})

// Protected by: burnOrder (rules.ts) and settle (purse.ts), which every verb that takes points runs first.
describe('pain 5: points expire by lot', () => {
  test('the lot that expires first is spent first; what is left of it expires after its last day, as an entry', async () => {
    const member_id = someone()
    await books.tx('2024-01-05', (tx) =>
      points.openLots(tx, [
        {
          member_id,
          points: 60,
          earned_at: at('2024-01-02'),
          expires_on: '2024-12-31',
          source: 'old',
          source_id: 'e',
        },
        {
          member_id,
          points: 40,
          earned_at: at('2024-01-03'),
          expires_on: '2024-03-31',
          source: 'old',
          source_id: 'f',
        },
      ]),
    )
    await books.tx('2024-02-01', (tx) =>
      points.spend(tx, [{ member_id, points: 30, source: 'gift', source_id: '2' }]),
    )
    await books.tx('2024-03-31T23:59:00', (tx) => points.expireDue(tx))
    expect((await points.lotsOf(books.db, member_id)).map((lot) => lot.remaining)).toEqual([10, 60])
    await books.tx('2024-04-01T00:01:00', (tx) => points.expireDue(tx))
    expect((await points.lotsOf(books.db, member_id)).map((lot) => lot.remaining)).toEqual([60])
    const [expired] = await entries(member_id)
    expect(expired).toMatchObject({ kind: 'expire', points: -10, occurred_at: at('2024-04-01T00:00:00') })
  })

  test('what is over cannot be spent though clock work has not run yet', async () => {
    const member_id = someone()
    await books.tx('2024-01-05', (tx) =>
      points.openLots(tx, [
        {
          member_id,
          points: 40,
          earned_at: at('2024-01-03'),
          expires_on: '2024-03-31',
          source: 'old',
          source_id: 'g',
        },
      ]),
    )
    const before = await books.tx('2024-04-02', (tx) => points.balanceOf(tx, [member_id]))
    expect(before[0]).toMatchObject({ active: 0, expired_total: 40, next_expiry_on: null })
    const [refused] = await books.tx('2024-04-02', (tx) =>
      points.spend(tx, [{ member_id, points: 1, source: 'gift', source_id: '3' }]),
    )
    expect(refused).toMatchObject({ outcome: 'refused', code: 'points.insufficient', params: { available: 0 } })
  })

  test('a refund of an order whose points had expired does not take them a second time', async () => {
    const own = await openBooks({
      rule: { ...plainRule, expiry: { kind: 'months', months: 1, until: 'day' } },
      members: 1,
    })
    const member_id = own.members[0]!
    const [first, second] = [orderOf(member_id, '2024-03-01', 1_000), orderOf(member_id, '2024-04-10', 3_000)]
    await own.tx('2024-04-10', (tx) => happen(tx, [paidFact(first), paidFact(second)]))
    await own.tx('2024-04-11', (tx) => happen(tx, [refundFact({ order: first, on: '2024-04-11', net: 1_000 })]))
    expect((await own.tx('2024-04-11', (tx) => points.balanceOf(tx, [member_id])))[0]).toMatchObject({
      active: 30,
      debt: 0,
    })
    expect(await broken(own.db)).toEqual([])
    await own.close()
  })
})

test('history brought in years later is booked as it went: a refund in time leaves nothing to expire', async () => {
  const own = await openBooks({
    rule: { ...plainRule, waiting_days: 7, expiry: { kind: 'months', months: 6, until: 'month_end' } },
    members: 1,
  })
  const order = orderOf(own.members[0]!, '2022-01-01', 1_000)
  await own.tx('2024-03-01', (tx) =>
    happen(tx, [
      paidFact(order),
      paidFact(orderOf(own.members[0]!, '2022-01-02', 500)),
      refundFact({ order, on: '2022-02-01', net: 1_000 }),
    ]),
  )
  await own.tx('2024-03-01', (tx) => points.expireDue(tx))
  const booked = await points.entriesOf(own.db, { member_id: own.members[0]!, before: null, limit: 9 })
  expect(booked.map((entry) => [entry.kind, entry.points, entry.occurred_at])).toEqual([
    ['expire', -5, at('2022-08-01T00:00:00')],
    ['reverse', -10, at('2022-02-01')],
    ['earn', 5, at('2022-01-02')],
    ['earn', 10, at('2022-01-01')],
  ])
  await own.close()
})

test('earned points wait until their day, then clock work activates them with an entry', async () => {
  const own = await openBooks({ rule: { ...plainRule, waiting_days: 7 }, members: 1 })
  const member_id = own.members[0]!
  await own.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(member_id, '2024-03-01', 1_000))]))
  const at8 = (await own.tx('2024-03-08', (tx) => points.balanceOf(tx, [member_id])))[0]
  expect(at8).toMatchObject({ active: 10, pending: 0 })
  const [early] = await own.tx('2024-03-07', (tx) =>
    points.spend(tx, [{ member_id, points: 5, source: 'gift', source_id: '1' }]),
  )
  expect(early!.code).toBe('points.insufficient')
  expect(await own.tx('2024-03-07', (tx) => points.activateDue(tx))).toBe(0)
  expect(await own.tx('2024-03-08', (tx) => points.activateDue(tx))).toBe(1)
  const [activated] = await points.entriesOf(own.db, { member_id, before: null, limit: 1 })
  expect(activated).toMatchObject({ kind: 'activate', points: 0, why: { params: { points: 10 } } })
  expect(await own.db.row(sql`select active, pending from point_balances`)).toEqual({ active: 10, pending: 0 })
  expect(await broken(own.db)).toEqual([])
  await own.close()
})

// Protected by: the checks of checks.ts, each proven to find its error in checks.test.ts.
test('pain 7: one ledger: whatever moved points, entries, lots and balances agree', async () => {
  expect(await broken(books.db)).toEqual([])
})

// Protected by: ratio (rules.ts): whole numbers only, rounded once.
test('pain 8: points are whole numbers, rounded once by the rule', async () => {
  const expected = { floor: 6, half_up: 7, ceil: 7 }
  for (const [rounding, earned] of Object.entries(expected)) {
    const earn = { ...plainRule.earn, points: 1, per_minor: 3, rounding: rounding as keyof typeof expected }
    const own = await openBooks({ rule: { ...plainRule, earn }, members: 1 })
    await own.tx('2024-03-01', (tx) => happen(tx, [paidFact(orderOf(own.members[0]!, '2024-03-01', 20))]))
    expect((await own.tx('2024-03-01', (tx) => points.balanceOf(tx, own.members)))[0]).toMatchObject({
      active: earned,
    })
    await own.close()
  }
})

// Protected by: openLots, which keeps the dates it is given, and point_entries_source.
test('pain 11: opening lots keep their dates and are reconciled to the unit, once', async () => {
  const [a, b] = [someone(), someone()]
  const lots = [
    {
      member_id: a,
      points: 120,
      earned_at: at('2022-05-01'),
      expires_on: '2024-05-31',
      source: 'old',
      source_id: `${a}:1`,
    },
    { member_id: a, points: 80, earned_at: at('2023-05-01'), expires_on: null, source: 'old', source_id: `${a}:2` },
    {
      member_id: b,
      points: 7,
      earned_at: at('2023-05-01'),
      expires_on: '2025-01-31',
      source: 'old',
      source_id: `${b}:1`,
    },
    { member_id: b, points: 0, earned_at: at('2023-05-01'), source: 'old', source_id: `${b}:2` },
    {
      member_id: b,
      points: 5,
      earned_at: at('2023-05-01'),
      activates_on: '2024-02-01',
      expires_on: '2024-01-01',
      source: 'old',
      source_id: `${b}:3`,
    },
  ]
  const outcomes = await books.tx('2024-01-01', (tx) => points.openLots(tx, lots))
  expect(outcomes.map((one) => one.params?.['reason'] ?? one.outcome)).toEqual([
    'booked',
    'booked',
    'booked',
    'points_not_positive',
    'expires_before_activation',
  ])
  const again = await books.tx('2024-01-02', (tx) =>
    points.openLots(tx, [...lots.slice(0, 2), { ...lots[2]!, points: 8 }]),
  )
  expect(again.map((one) => one.code ?? one.outcome)).toEqual(['unchanged', 'unchanged', 'points.source_reused'])
  const held = await books.db.rows(sql`
    select granted, expires_on, earned_at from point_lots where member_id = any (${[a, b]}::uuid[]) order by lot_id`)
  expect(held).toEqual(
    lots.slice(0, 3).map((lot) => ({ granted: lot.points, expires_on: lot.expires_on, earned_at: lot.earned_at })),
  )
  expect(await balance(a)).toMatchObject({ active: 80, expired_total: 120, earned_total: 200 })
})

test('points given and taken by hand keep their reason; more than there is cannot be taken', async () => {
  const member_id = someone()
  const outcomes = await books.tx('2024-03-01', (tx) =>
    points.adjust(tx, [
      { member_id, points: 50, reason: 'Broken cup', source: 'adjustment', source_id: `${member_id}:1` },
      { member_id, points: -20, reason: 'Given twice', source: 'adjustment', source_id: `${member_id}:2` },
      { member_id, points: -31, reason: 'Too much', source: 'adjustment', source_id: `${member_id}:3` },
    ]),
  )
  expect(outcomes.map((one) => one.code ?? one.outcome)).toEqual(['booked', 'booked', 'points.insufficient'])
  expect(await balance(member_id)).toMatchObject({ active: 30 })
  expect((await entries(member_id)).map((entry) => entry.why.params['reason'])).toEqual(['Given twice', 'Broken cup'])
})

test('each movement is told as a fact', async () => {
  const told = await books.db.rows<{ name: string }>(
    sql`select distinct name from facts where name like 'points.%' order by name`,
  )
  expect(told.map((fact) => fact.name)).toEqual([
    'points.adjusted',
    'points.earned',
    'points.expired',
    'points.restored',
    'points.reversed',
    'points.spent',
  ])
})

test('every entry’s points follow from its why alone', async () => {
  const all = await books.db.rows<{ points: number; why: points.Why; entry_id: number }>(
    sql`select points, why, entry_id from point_entries`,
  )
  expect(all.length).toBeGreaterThan(30)
  for (const entry of all)
    expect([entry.entry_id, points.recompute(entry.why)]).toEqual([entry.entry_id, entry.points])
})

test('every code that a why may carry is documented', async () => {
  const page = await readFile(new URL('../../../docs/api/whys.md', import.meta.url), 'utf8')
  expect([...points.whyCodes, ...tierWhyCodes].filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

/** Caps over random histories, told a second time as simply as can be. */
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import {
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  type Books,
  type OrderOf,
} from '../../../../test/books.ts'
import { size } from '../../../../test/database.ts'
import type { Fact } from '../../../base/facts.ts'
import { sql } from '../../../base/sql.ts'
import { addDays } from '../../../base/time.ts'
import * as points from '../points.ts'
import { rebook } from '../rebooking.ts'
import type { PointRule } from '../types.ts'

const caps = { order: 30, day: 40, month: 90 }
const capped: PointRule = {
  ...plainRule,
  earn: {
    ...plainRule.earn,
    tier_percent: {},
    bonuses: [
      {
        code: 'tea',
        names: { en: 'Tea' },
        when: { categories: ['tea'] },
        effect: { kind: 'multiply', percent: 200 },
      },
      {
        code: 'first',
        names: { en: 'First' },
        when: { first_order: true },
        effect: { kind: 'add', points: 7, per: 'order' },
      },
    ],
    combine: 'add',
    caps,
  },
}

let books: Books
const opened: Books[] = []
const open = async (options: Parameters<typeof openBooks>[0]) => {
  books = await openBooks(options)
  opened.push(books)
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

type Step =
  | { kind: 'buy'; who: number; later: number; tea: number; other: number }
  | { kind: 'return'; nth: number; later: number; part: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('buy' as const),
      who: fc.integer({ min: 0, max: 1 }),
      later: fc.constantFrom(0, 0, 0, 1, 9),
      tea: fc.constantFrom(0, 250, 700, 1_900),
      other: fc.integer({ min: 1, max: 2_500 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('return' as const),
      nth: fc.nat({ max: 30 }),
      later: fc.constantFrom(0, 0, 1, 20),
      part: fc.constantFrom(0.3, 1),
    }),
  },
)

interface Told {
  facts: Fact[]
  /** By order: what the model says it earned and kept. */
  expected: Map<string, { earned: number; kept: number }>
}

/** Sums kept by nobody but this function: for each order all that was earned before it is added up again. */
function tell(steps: readonly Step[], members: readonly string[]): Told {
  const facts: Fact[] = []
  const bought: { order: OrderOf; day: string; earned: number; back: number; tea: number }[] = []
  let [day, minute] = ['2024-03-20', 0]
  const kept = (one: (typeof bought)[number]) => one.earned - Math.floor((one.earned * one.back) / one.order.net)
  for (const one of steps) {
    day = addDays(day, one.later)
    minute = one.later > 0 ? 0 : minute + 1
    const on = `${day}T${String(9 + Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`
    if (one.kind === 'buy') {
      const member_id = members[one.who]!
      const net = one.tea + one.other
      const lines = [
        ...(one.tea > 0 ? [{ sku: 'T', category: 'tea', quantity: 1, net: one.tea }] : []),
        { sku: 'O', category: null, quantity: 1, net: one.other },
      ]
      const order = orderOf(member_id, on, net, { lines })
      const own = bought.filter((earlier) => earlier.order.member_id === member_id)
      const sum = (some: typeof bought) => some.reduce((all, earlier) => all + kept(earlier), 0)
      const today = sum(own.filter((earlier) => earlier.day === day))
      const month = sum(own.filter((earlier) => earlier.day.slice(0, 7) === day.slice(0, 7)))
      const free = Math.floor((net + one.tea) / 100) + (own.length === 0 ? 7 : 0)
      const earned = Math.max(0, Math.min(free, caps.order, caps.day - today, caps.month - month))
      bought.push({ order, day, earned, back: 0, tea: one.tea })
      facts.push(paidFact(order))
      continue
    }
    const from = bought[one.nth % Math.max(1, bought.length)]
    const net = from ? Math.floor((from.order.net - from.back) * one.part) : 0
    if (!from || net === 0) continue
    from.back += net
    facts.push(refundFact({ order: from.order, on, net }))
  }
  return {
    facts,
    expected: new Map(bought.map((one) => [one.order.order_id, { earned: one.earned, kept: kept(one) }])),
  }
}

async function booked(): Promise<Map<string, { earned: number; kept: number }>> {
  const rows = await books.db.rows<{ order_id: string; earned: number; kept: number }>(sql`
    select order_id, granted + corrected as earned, granted + corrected - reversed as kept from point_lots
    where counted_minor is not null`)
  return new Map(rows.map(({ order_id, ...one }) => [order_id, one]))
}

test('no order, day or month earns more than its cap, however a history is cut; judged anew it stays as it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      async (steps, cut) => {
        await open({ rule: capped, tier_rule: null, members: 2 })
        const { facts, expected } = tell(steps, books.members)
        for (let i = 0; i < facts.length; i += cut)
          await books.tx('2024-12-01', (tx) => happen(tx, facts.slice(i, i + cut)))
        expect(await booked()).toEqual(expected)
        const again = await books.tx('2024-12-02', async (tx) => {
          const from = new Date('2024-04-09T16:00:00Z')
          const { version } = await points.addRule(tx, { rule: capped, effective_from: from, is_rebooked: true })
          return rebook(tx, { version, from, member_ids: books.members })
        })
        expect(again.map((one) => one.points_change)).toEqual([0, 0])
        expect(await broken(books.db)).toEqual([])
        for (const entry of await points.entriesOf(books.db, {
          member_id: books.members[0]!,
          before: null,
          limit: 99,
        }))
          expect(points.recompute(entry.why)).toBe(entry.points)
      },
    ),
    { numRuns: size === 'long' ? 150 : 8 },
  )
})

test.each([1, 4])(
  'who exchanges goods the same day loses nothing to the cap of the day (%i at once)',
  async (cut) => {
    const rule = { ...capped, earn: { ...capped.earn, caps: { day: 30 }, bonuses: [] } }
    await open({ rule, members: 1 })
    const [member_id] = books.members as [string]
    const wrong = orderOf(member_id, '2024-03-01T10:00:00', 3_000)
    const right = orderOf(member_id, '2024-03-01T12:00:00', 3_000)
    const more = orderOf(member_id, '2024-03-01T13:00:00', 3_000)
    const told = [
      paidFact(wrong),
      refundFact({ order: wrong, on: '2024-03-01T11:00:00', net: 3_000 }),
      paidFact(right),
      paidFact(more),
    ]
    for (let i = 0; i < told.length; i += cut)
      await books.tx('2024-03-01', (tx) => happen(tx, told.slice(i, i + cut)))
    const kept = async () => {
      const earned = await booked()
      return [wrong, right, more].map(({ order_id }) => earned.get(order_id)!.kept)
    }
    expect(await kept()).toEqual([0, 30, 0])
    // what an order lost to a cap is not made up when an earlier one goes back later, nor by judging it anew
    await books.tx('2024-03-05', (tx) => happen(tx, [refundFact({ order: right, on: '2024-03-05', net: 3_000 })]))
    const again = await books.tx('2024-03-06', async (tx) => {
      const from = new Date('2024-02-29T16:00:00Z')
      const { version } = await points.addRule(tx, { rule, effective_from: from, is_rebooked: true })
      return rebook(tx, { version, from, member_ids: books.members })
    })
    expect(again).toMatchObject([{ orders: 3, points_change: 0 }])
    expect(await kept()).toEqual([0, 0, 0])
  },
)

test('the plain rule reads nothing of members and orders; a capped one needs one statement more', async () => {
  const texts: string[] = []
  const counted = async (rule: PointRule) => {
    await open({ rule, members: 1 })
    texts.length = 0
    await books.tx('2024-03-01', (tx) => {
      const spied = {
        ...tx,
        rows: (query: Parameters<typeof tx.rows>[0]) => (texts.push(query.text), tx.rows(query)),
      }
      return happen(spied as typeof tx, [paidFact(orderOf(books.members[0]!, '2024-03-01', 3_000))])
    })
    const found = texts.length
    return found
  }
  const plain = await counted(plainRule)
  expect(await counted(capped)).toBe(plain + 1)
})

test('sixteen tills at once: the day earns its cap to the last point, and no more', async () => {
  await open({ rule: { ...capped, earn: { ...capped.earn, bonuses: [] } }, tier_rule: null, members: 2 })
  const orders = Array.from({ length: 16 }, (_, i) => orderOf(books.members[i % 2]!, '2024-03-01', 700))
  await Promise.all(orders.map((order) => books.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))))
  const balances = await books.tx('2024-03-01', (tx) => points.balanceOf(tx, books.members))
  expect(balances.map((balance) => balance.active)).toEqual([caps.day, caps.day])
  const cut = await books.db.rows<{ cap: string }>(sql`
    select distinct why->'codes'->>1 as cap from point_entries where why->'params' ? 'cap_left'`)
  expect(cut).toEqual([{ cap: 'points.capped_day' }])
})

test('what a quote would promise is what the order earns', async () => {
  await open({ rule: capped, tier_rule: null, members: 1 })
  const [member_id] = books.members as [string]
  for (const net of [1_000, 2_900, 1_500]) {
    const order = orderOf(member_id, '2024-03-01', net, { lines: [{ sku: 'T', category: 'tea', quantity: 1, net }] })
    const version = (await points.rulesOf(books.db)).at(-1)!
    const [standing] = await points.readStandings(books.db, [
      { member_id, tier_code: null, day: '2024-03-01', version },
    ])
    const basket = {
      lines: [{ sku: 'T', category: 'tea', quantity: 1, net_minor: net, gross_minor: net }],
      store_id: null,
      channel: 'till',
      day: '2024-03-01',
      is_supplement: false,
    }
    const purchase = { goods_minor: net, gross_minor: net, shipping_minor: 0 }
    const said = points.decideEarn({ purchase, basket }, standing!, version)
    await books.tx('2024-03-01', (tx) => happen(tx, [paidFact(order)]))
    expect((await booked()).get(order.order_id)?.earned).toBe(said.points)
  }
})

test('points that a module gives name it; those given by hand name the reason', async () => {
  await open({ members: 1 })
  const [member_id] = books.members as [string]
  await books.tx('2024-03-01', (tx) =>
    points.adjust(tx, [
      { member_id, points: 3, reason: 'Broken cup', source: 'adjustment', source_id: '1' },
      {
        member_id,
        points: 5,
        reason: 'welcome',
        given_by: { kind: 'gift', id: 'gift 1' },
        source: 'gift',
        source_id: '1',
      },
    ]),
  )
  const entries = await points.entriesOf(books.db, { member_id, before: null, limit: 2 })
  expect(entries.map(({ why }) => [why.codes, why.params]).sort()).toEqual([
    [['points.adjusted'], { points: 3, reason: 'Broken cup' }],
    [['points.given'], { points: 5, reason: 'welcome', giver: 'gift', giver_id: 'gift 1' }],
  ])
})

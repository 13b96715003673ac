import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { size } from '../../../test/database.ts'
import { counted } from '../../../test/statements.ts'
import {
  addMembers,
  at,
  broken,
  happen,
  openBooks,
  orderOf,
  paidFact,
  plainRule,
  refundFact,
  yearRule,
  type Books,
  type OrderOf,
} from '../../../test/books.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import * as tiers from '../tiers/tiers.ts'
import { Coins } from './coins.fixture.ts'
import * as points from './points.ts'
import type { PointRule } from './types.ts'

const runs = size === 'long' ? { histories: 300, moves: 120, cuts: 200 } : { histories: 12, moves: 40, cuts: 40 }
const dayOne = '2024-01-01'
const on = (day: number) => addDays(dayOne, day)

/** Fortnight's wait, ninety days of life: short enough for a history to meet every edge. */
const shortRule: PointRule = { ...plainRule, waiting_days: 3, expiry: { kind: 'months', months: 1, until: 'day' } }

let books: Books
beforeAll(async () => {
  books = await openBooks({ rule: shortRule, tier_rule: null, members: 0 })
})
afterAll(() => books.close())

interface Move {
  kind: 'earn' | 'refund' | 'spend' | 'restore' | 'adjust' | 'night' | 'replay' | 'hold' | 'commit' | 'release'
  member: number
  amount: number
  pick: number
  days: number
}
const moveOf = (members: number, ...kinds: Move['kind'][]) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    member: fc.nat(members - 1),
    amount: fc.integer({ min: 1, max: 3_000 }),
    pick: fc.nat(1_000),
    days: fc.constantFrom(0, 0, 1, 2, 5, 12),
  })
const anything: Move['kind'][] = ['earn', 'earn', 'earn', 'refund', 'refund', 'spend', 'spend', 'restore', 'restore']
anything.push('hold', 'hold', 'commit', 'release', 'adjust', 'night', 'replay')
/** Refunds while much is set aside: what one member owes beside it, and pays when it is free. */
const setAside: Move['kind'][] = ['earn', 'earn', 'hold', 'hold', 'hold', 'refund', 'refund', 'refund', 'commit']
setAside.push('release', 'spend', 'restore', 'night')

/**
 * Runs one history against the database and against coins; each move must end the same, and so must the balances.
 */
async function live(history: readonly Move[]): Promise<void> {
  const members = await books.tx(dayOne, (tx) => addMembers(tx, 2))
  // a month is 31 days after a January day and 29 after a February one: life is asked of the calendar, not counted
  const purses = members.map(() => new Coins(3, 0))
  const orders: { order: OrderOf; member: number; refunded: number }[] = []
  const spends: { name: string; member: number }[] = []
  let day = 0
  const holds: { name: string; member: number }[] = []
  let last: (() => Promise<unknown>) | null = null
  for (const [i, { kind, member, amount, pick, days }] of history.entries()) {
    day += days
    const [member_id, purse, now] = [members[member]!, purses[member]!, on(day)]
    purse.life = lifeFrom(now)
    if (kind === 'earn') {
      const order = orderOf(member_id, now, amount)
      orders.push({ order, member, refunded: 0 })
      purse.earn(order.order_id, amount, day)
      await books.tx(now, (tx) => happen(tx, [paidFact(order)]))
    } else if (kind === 'refund') {
      const bought = orders[pick % Math.max(1, orders.length)]
      if (!bought || bought.refunded === bought.order.net) continue
      const left = bought.order.net - bought.refunded
      const net = pick % 2 === 0 ? left : Math.min(amount, left)
      bought.refunded += net
      purses[bought.member]!.refund(bought.order.order_id, net, day)
      await books.tx(now, (tx) => happen(tx, [refundFact({ order: bought.order, on: now, net })]))
    } else if (kind === 'spend') {
      const want = { member_id, points: 1 + (amount % 40), source: 'spend', source_id: String(i) }
      spends.push({ name: String(i), member })
      last = () => books.tx(now, (tx) => points.spend(tx, [want]))
      const [outcome] = await books.tx(now, (tx) => points.spend(tx, [want, want]))
      expect(outcome!.outcome).toBe(purse.spend(String(i), want.points, day) ? 'booked' : 'refused')
      if (outcome!.outcome === 'refused') last = null
    } else if (kind === 'restore') {
      const spent = spends[pick % Math.max(1, spends.length)]
      if (!spent) continue
      const part = amount % 3 === 0 ? undefined : 1 + (amount % 15)
      const [outcome] = await books.tx(now, (tx) =>
        points.restore(tx, [
          {
            member_id: members[spent.member]!,
            spend_source: 'spend',
            spend_source_id: spent.name,
            source: 'restore',
            source_id: String(i),
            ...(part === undefined ? {} : { points: part }),
          },
        ]),
      )
      expect(outcome!.outcome).toBe(purses[spent.member]!.restore(spent.name, day, part) ? 'booked' : 'refused')
    } else if (kind === 'hold') {
      const want = { member_id, points: 1 + (amount % 30), source: 'hold', source_id: String(i) }
      const until = day + 1 + (pick % 20)
      const held = { ...want, expires_at: at(on(until)) }
      const [first, again] = await books.tx(now, (tx) => points.hold(tx, [held, held]))
      expect(first!.outcome).toBe(purse.hold(String(i), want.points, day, until) ? 'booked' : 'refused')
      if (first!.outcome === 'booked') holds.push({ name: String(i), member })
      expect(again!.outcome).toBe(first!.outcome)
    } else if (kind === 'commit' || kind === 'release') {
      const held = holds[pick % Math.max(1, holds.length)]
      if (!held) continue
      const want = { member_id: members[held.member]!, source: 'hold', source_id: held.name }
      const done = purses[held.member]![kind](held.name, day)
      const call = () => books.tx(now, (tx) => points[kind === 'commit' ? 'commitHold' : 'releaseHold'](tx, [want]))
      const [outcome] = await call()
      expect([kind, outcome!.outcome !== 'refused', outcome!.code]).toEqual([kind, done, outcome!.code])
      last = call
    } else if (kind === 'adjust') {
      const given = amount % 2 === 0 ? amount % 30 : -(amount % 30)
      if (given === 0) continue
      const [outcome] = await books.tx(now, (tx) =>
        points.adjust(tx, [
          { member_id, points: given, reason: 'test', source: 'adjustment', source_id: `${member_id} ${i}` },
        ]),
      )
      expect(outcome!.outcome).toBe(purse.adjust(given, day) ? 'booked' : 'refused')
    } else if (kind === 'replay') await last?.()
    else {
      await books.tx(now, (tx) => points.activateDue(tx))
      await books.tx(now, (tx) => points.expireDue(tx))
    }
  }
  const asked = () => books.tx(on(day), (tx) => points.balanceOf(tx, members))
  // a debt is paid from what a hold left free when somebody looks into the purse, at the latest in the night
  if ((await asked()).some(({ debt }) => debt > 0)) await books.tx(on(day), (tx) => points.expireDue(tx))
  const balances = await asked()
  expect(balances.map(({ active, pending, debt, available }) => ({ active, pending, debt, available }))).toEqual(
    purses.map((purse) => purse.balance(day)),
  )
}

/** Days until the same day of the next month, clamped: what `months: 1` means. */
function lifeFrom(day: string): number {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  const next = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const after = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return next - Number(day.slice(8)) + Math.min(after, Number(day.slice(8)))
}

// Protected by: purse.ts, where every move of points also moves its lots and its debt.
test('pain 7: random histories leave the ledger and a purse of coins with the same', async () => {
  for (const move of [moveOf(2, ...anything), moveOf(1, ...setAside)])
    await fc.assert(fc.asyncProperty(fc.array(move, { minLength: 10, maxLength: runs.moves, size: 'max' }), live), {
      numRuns: runs.histories,
    })
  expect(await broken(books.db)).toEqual([])
  const entries = await books.db.rows<{ points: number; why: points.Why }>(sql`select points, why from point_entries`)
  for (const entry of entries) expect([entry.why, points.recompute(entry.why)]).toEqual([entry.why, entry.points])
}, 240_000)

// Protected by: the lock on point_balances in sorted order (ledger.ts begin).
test('pain 3: parallel callers of every kind end with books that agree', async () => {
  const members = await books.tx(dayOne, (tx) => addMembers(tx, 3))
  await books.tx(dayOne, (tx) =>
    points.openLots(
      tx,
      members.map((member_id) => ({
        member_id,
        points: 500,
        earned_at: tx.now,
        expires_on: '2030-12-31',
        source: 'old',
        source_id: member_id,
      })),
    ),
  )
  const orders = members.flatMap((member_id) => [1, 2, 3].map(() => orderOf(member_id, '2024-01-02', 1_000)))
  const work = [
    ...orders.map((order) =>
      books.tx('2024-01-10', (tx) =>
        happen(tx, [paidFact(order), refundFact({ order, on: '2024-01-03', net: 500 })]),
      ),
    ),
    ...Array.from({ length: 30 }, (_, i) =>
      books.tx('2024-01-10', (tx) =>
        points.spend(
          tx,
          [...members]
            .reverse()
            .map((member_id) => ({ member_id, points: 30, source: 'parallel', source_id: String(i) })),
        ),
      ),
    ),
    books.tx('2024-01-10', (tx) => points.activateDue(tx)),
    books.tx('2024-01-10', (tx) => points.expireDue(tx)),
  ]
  await Promise.all(work)
  expect(await broken(books.db)).toEqual([])
  const balances = await books.tx('2024-01-10', (tx) => points.balanceOf(tx, members))
  for (const { active, spent_total } of balances)
    expect([active + spent_total, spent_total % 30]).toEqual([500 + 3 * 5, 0])
})

describe('the result never depends on how a set is cut', () => {
  interface Happening {
    member: number
    days: number
    net: number
    refund: number
  }
  const happening: fc.Arbitrary<Happening> = fc.record({
    member: fc.nat(2),
    days: fc.constantFrom(0, 0, 0, 1, 7, 40, 200),
    net: fc.integer({ min: 1, max: 16_000 }),
    refund: fc.nat(9),
  })

  /** Orders and refunds of three members in the order of time. */
  function factsOf(history: readonly Happening[], members: readonly string[]): { told: Fact[]; orders: OrderOf[] } {
    const told: Fact[] = []
    const orders: OrderOf[] = []
    const left = new Map<OrderOf, number>()
    let day = 0
    for (const [i, { member, days, net, refund }] of history.entries()) {
      day += days
      const minute = `${on(day)}T12:${String(i % 60).padStart(2, '0')}:00`
      const order =
        refund < 3
          ? orders.filter((one) => one.member_id === members[member] && left.get(one)! > 0)[refund]
          : undefined
      if (order) {
        const back = Math.min(left.get(order)!, net)
        left.set(order, left.get(order)! - back)
        told.push(refundFact({ order, on: minute, net: back, number: `R${i}` }))
      } else {
        const bought = orderOf(members[member]!, minute, net, { number: `O${String(i).padStart(4, '0')}` })
        orders.push(bought)
        left.set(bought, net)
        told.push(paidFact(bought))
      }
    }
    return { told, orders }
  }

  /** Everything that was written about these members, without the numbers that a database draws. */
  async function written(own: Books, members: readonly string[], orders: readonly OrderOf[]): Promise<string[]> {
    const rows = await own.db.rows<{ row: string }>(sql`
      select row from (
        select member_id, jsonb_build_array('entry', kind, points, debt, occurred_at, rule_version, why,
          order_id)::text as row from point_entries
        union all
        select member_id, jsonb_build_array('lot', granted, remaining, corrected, reversed, expired, status,
          earned_at, activates_on,
          expires_on, order_id, counted_minor, refunded_minor)::text from point_lots
        union all
        select member_id, jsonb_build_array('balance', active, pending, debt, earned_total, spent_total,
          expired_total, next_expiry_on)::text
          from point_balances
        union all
        select member_id, jsonb_build_array('tier', tier.code, since, review_on, grace_from, cause, why)::text
          from member_tiers join tiers tier using (tier_id)
        union all
        select member_id, jsonb_build_array('change', kind, occurred_at, why)::text from tier_changes
        union all
        select member_id, jsonb_build_array('progress', source, counted_on, amount)::text from tier_progress
        union all
        select member_id, jsonb_build_array('fact', name, occurred_at, data - 'entry_id' - 'source_id')::text from facts
      ) one
      where member_id = any (${members}::uuid[])`)
    const names = new Map([
      ...members.map((id, i) => [id, `member ${i}`] as const),
      ...orders.map((order, i) => [order.order_id, `order ${i}`] as const),
    ])
    return rows.map(({ row }) => row.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => names.get(id) ?? 'id')).sort()
  }

  // Protected by: byMemberAndTime and settle: purses are brought to the day of each event, in the order of time.
  test('pain 25: nor on how often it is sent', async () => {
    const rule: PointRule = {
      ...plainRule,
      waiting_days: 7,
      expiry: { kind: 'months', months: 6, until: 'month_end' },
    }
    const own = await openBooks({ rule, tier_rule: { ...yearRule, grace_days: 20 }, members: 0 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 3, maxLength: 40 }),
        fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }),
        async (history, cuts) => {
          const members = await own.tx(dayOne, (tx) => addMembers(tx, 6))
          const [whole, cut] = [factsOf(history, members.slice(0, 3)), factsOf(history, members.slice(3))]
          const now = '2027-01-01'
          await own.tx(now, (tx) => happen(tx, whole.told))
          for (let from = 0, i = 0; from < cut.told.length; i += 1) {
            const to = from + 1 + cuts[i % cuts.length]!
            await own.tx(now, (tx) => happen(tx, cut.told.slice(from, to)))
            from = to
          }
          await own.tx(now, (tx) => points.expireDue(tx))
          await own.tx(now, (tx) => tiers.review(tx))
          expect(await written(own, members.slice(3), cut.orders)).toEqual(
            await written(own, members.slice(0, 3), whole.orders),
          )
        },
      ),
      { numRuns: runs.cuts },
    )
    expect(await broken(own.db)).toEqual([])
    await own.close()
  }, 240_000)
})

test('the number of statements grows with nothing', async () => {
  const own = await openBooks({ rule: shortRule, members: 60 })
  const counts: number[] = []
  // each time members without any lot: lots that begin or end on the way draw more numbers for entries
  for (const [from, until] of [
    // the first reads the rules, which are kept from then on
    [0, 1],
    [1, 5],
    [5, 55],
  ]) {
    await own.tx('2024-02-01', async (tx) => {
      const orders = own.members.slice(from, until).map((member_id) => orderOf(member_id, '2024-02-01', 1_000))
      const watched = counted(tx)
      await happen(watched.tx, [
        ...orders.map((order) => paidFact(order)),
        ...orders.map((order) => refundFact({ order, on: '2024-02-01T13:00:00', net: 400 })),
      ])
      counts.push(watched.count())
    })
  }
  expect(counts[1]).toBe(counts[2])
  await own.close()
})

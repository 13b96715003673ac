/** The law of cards: random histories against coins, replays, parallel callers. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { size } from '../../../test/database.ts'
import { counted } from '../../../test/statements.ts'
import { monday, openWorld, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { addDays, addMonths, addMs, dayOf, startOfDay } from '../../base/time.ts'
import { verify } from '../../base/verify.ts'
import { receive, refund } from '../../record/orders/orders.ts'
import * as cards from './cards.ts'
import { StampCoins, ValueCoins } from './coins.fixture.ts'
import { restored_days_min } from './rules.ts'
import type { StampRule, ValueRule } from './types.ts'

const runs = size === 'long' ? { histories: 300, moves: 120 } : { histories: 10, moves: 50 }
const zone = 'Asia/Taipei'
const cardSize = 5

const stampRule: StampRule = {
  kind: 'stamps',
  size: cardSize,
  per: { by: 'units' },
  scope: { skus: [], categories: ['tea'], excluded_skus: [], excluded_categories: [], store_ids: [] },
  day_max: null,
  months: 1,
  refunds: 'carry',
  reward: { kind: 'points', points: 10 },
}
const valueRule: ValueRule = {
  kind: 'value',
  minimum_minor: 1,
  balance_max_minor: null,
  bonuses: [{ from_minor: 20, bonus_minor: 3 }],
  principal_months: 2,
  bonus_months: 1,
  spend_first: 'principal',
  refund: { is_offered: true, less_bonus_used: false, fee_bp: 0 },
}

let world: World
let stamps: string
let value: string
beforeAll(async () => {
  world = await openWorld()
  stamps = await world.tx((tx) => cards.define(tx, { names: { en: 'Tea' }, rule: stampRule }))
  value = await world.tx((tx) => cards.define(tx, { names: { en: 'Wallet' }, rule: valueRule }))
})
afterAll(() => world.close())
beforeEach(() => world.at(monday))

const broken = async () => (await verify(world.db, cards.checks)).checks.filter((one) => !one.ok)

async function newMember(): Promise<string> {
  const row = await world.tx((tx) =>
    tx.row<{ member_id: string }>(sql`
      insert into members (kind, display_name, joined_at, created_at, updated_at)
      select 'member', 'Someone', ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${tx.now}::timestamptz
      returning member_id`),
  )
  return row!.member_id
}

type Kind =
  | 'buy'
  | 'giveBack'
  | 'topUp'
  | 'spend'
  | 'hold'
  | 'commit'
  | 'release'
  | 'restore'
  | 'refund'
  | 'adjust'
  | 'night'
  | 'replay'
interface Move {
  kind: Kind
  amount: number
  pick: number
  days: number
}
const often: Kind[] = ['buy', 'buy', 'buy', 'giveBack', 'giveBack', 'topUp', 'topUp', 'spend', 'spend', 'hold']
const moveOf = fc.record({
  kind: fc.constantFrom<Kind[]>(
    ...often,
    'commit',
    'release',
    'restore',
    'restore',
    'refund',
    'adjust',
    'night',
    'replay',
  ),
  amount: fc.integer({ min: 1, max: 40 }),
  pick: fc.nat(1_000),
  days: fc.constantFrom(0, 0, 1, 2, 5, 12),
})

/** One member's history, against coins, each move ending the same. */
class History {
  private day = dayOf(monday, zone)
  private readonly tea = new StampCoins(cardSize)
  private readonly purse = new ValueCoins()
  private readonly orders: { name: string; left: number }[] = []
  private readonly spends: string[] = []
  private readonly holds: string[] = []
  private readonly member_id: string
  private readonly name = randomUUID()
  private last: (() => Promise<unknown>) | null = null
  constructor(member_id: string) {
    this.member_id = member_id
  }

  async live(moves: readonly Move[]): Promise<void> {
    for (const [i, move] of moves.entries()) {
      this.day = addDays(this.day, move.days)
      // a minute each, so that what happens later is later
      world.at(addMs(startOfDay(this.day, zone), 36_000_000 + i * 60_000))
      await this[move.kind](move, `${this.name}-${i}`)
    }
    await this.compare()
  }
  private act(source_id: string, of = value) {
    return { member_id: this.member_id, card_definition_id: of, source: 'test', source_id }
  }
  /** Runs a verb twice in one set: the second changes nothing and is refused if the first was. */
  private async same(isDone: boolean, call: () => Promise<Outcome[]>): Promise<void> {
    const [outcome] = await call()
    expect([outcome!.outcome, outcome!.code]).toEqual([isDone ? 'booked' : 'refused', outcome!.code])
    if (isDone) {
      this.last = async () => {
        const [again] = await call()
        expect(again!.outcome).toBe('unchanged')
      }
    }
  }

  async buy({ amount, pick }: Move, name: string): Promise<void> {
    const units = 1 + (amount % 7)
    const order = {
      source: 'till',
      source_id: name,
      member: { member_id: this.member_id },
      lines: [
        { sku: 'oolong', category: 'tea', quantity: units, net_minor: units * 50 },
        { sku: 'mug', category: 'things', quantity: 1 + (pick % 3), net_minor: 300 },
      ],
    }
    this.last = () => world.tx((tx) => receive(tx, [{ ...order, occurred_at: monday }]))
    await world.tx((tx) => receive(tx, [{ ...order, occurred_at: tx.now }]))
    this.last = null
    this.orders.push({ name, left: units })
    this.tea.buy(name, units, { day: this.day, ends: addMonths(this.day, 1) })
  }
  async giveBack({ amount, pick }: Move, name: string): Promise<void> {
    const order = this.orders[pick % Math.max(1, this.orders.length)]
    if (!order || order.left === 0) return
    const units = 1 + (amount % order.left)
    order.left -= units
    const back = {
      source: 'till',
      source_id: `${name}-back`,
      order: { source_id: order.name },
      lines: [{ line_no: 1, quantity: units }],
      occurred_at: world.now(),
    }
    await world.tx((tx) => refund(tx, [back]))
    this.last = () => world.tx((tx) => refund(tx, [back]))
    this.tea.giveBack(order.name, units, this.day)
  }
  async topUp({ amount }: Move, name: string): Promise<void> {
    const want = { ...this.act(name), paid_minor: amount }
    const ends = { principal: addMonths(this.day, 2), bonus: addMonths(this.day, 1) }
    this.purse.topUp(amount, amount >= 20 ? 3 : 0, ends)
    await this.same(true, () => world.tx((tx) => cards.topUp(tx, [want])))
  }
  async spend({ amount }: Move, name: string): Promise<void> {
    const isDone = this.purse.spend(name, amount, this.day)
    if (isDone) this.spends.push(name)
    await this.same(isDone, () => world.tx((tx) => cards.spend(tx, [{ ...this.act(name), units: amount }])))
  }
  async hold({ amount, pick }: Move, name: string): Promise<void> {
    const until = addDays(this.day, 1 + (pick % 20))
    const isDone = this.purse.hold(name, amount, { now: this.day, until })
    if (isDone) this.holds.push(name)
    const want = { ...this.act(name), units: amount, expires_at: startOfDay(until, zone) }
    await this.same(isDone, () => world.tx((tx) => cards.hold(tx, [want])))
  }
  async commit({ pick }: Move): Promise<void> {
    const name = this.holds[pick % Math.max(1, this.holds.length)]
    if (!name) return
    const isDone = this.purse.commit(name, this.day)
    const [outcome] = await world.tx((tx) => cards.commitHold(tx, [this.act(name)]))
    expect([outcome!.outcome !== 'refused', outcome!.code]).toEqual([isDone, outcome!.code])
    if (isDone && !this.spends.includes(name)) this.spends.push(name)
  }
  async release({ pick }: Move): Promise<void> {
    const name = this.holds[pick % Math.max(1, this.holds.length)]
    if (!name) return
    const isDone = this.purse.release(name)
    const [outcome] = await world.tx((tx) => cards.releaseHold(tx, [this.act(name)]))
    expect([outcome!.outcome !== 'refused', outcome!.code]).toEqual([isDone, outcome!.code])
  }
  async restore({ amount, pick }: Move, name: string): Promise<void> {
    const spent = this.spends[pick % Math.max(1, this.spends.length)]
    if (!spent) return
    const units = amount % 3 === 0 ? undefined : 1 + (amount % 15)
    const isDone = this.purse.restore(spent, this.day, { ends: addDays(this.day, restored_days_min), units })
    const want = { ...this.act(`${name}-back`), spend_source: 'test', spend_source_id: spent, units }
    await this.same(isDone, () => world.tx((tx) => cards.restore(tx, [want])))
  }
  async refund({ pick }: Move, name: string): Promise<void> {
    if (pick % 3 > 0) return
    const amount = this.purse.refund(this.day)
    const [outcome] = await world.tx((tx) => cards.refund(tx, [{ ...this.act(name), reason: 'test' }]))
    expect(outcome!.outcome === 'refused' ? null : 0 - outcome!.paid_minor!).toBe(amount)
  }
  async adjust({ amount }: Move, name: string): Promise<void> {
    const units = 1 + (amount % 12)
    this.tea.buy(null, units, { day: this.day, ends: addMonths(this.day, 1) })
    const want = { ...this.act(name, stamps), units, reason: 'test' }
    await this.same(true, () => world.tx((tx) => cards.adjust(tx, [want])))
  }
  async night(): Promise<void> {
    await world.tx((tx) => cards.endHolds(tx))
    await world.tx((tx) => cards.expireDue(tx))
  }
  async replay(): Promise<void> {
    await this.last?.()
  }

  private async compare(): Promise<void> {
    this.tea.pass(this.day)
    const owned = await cards.balancesOf(world.db, [this.member_id], world.now())
    const tea = owned.find((one) => one.card_definition_id === stamps)
    expect([tea?.available ?? 0, tea?.debt ?? 0, tea?.rounds ?? 0]).toEqual([
      this.tea.coins.length,
      this.tea.debt,
      this.tea.rounds,
    ])
    const purse = owned.find((one) => one.card_definition_id === value)
    expect([purse?.available ?? 0, purse?.held ?? 0]).toEqual([
      this.purse.free(this.day).length,
      this.purse.heldNow(this.day),
    ])
  }
}
type Outcome = Awaited<ReturnType<typeof cards.spend>>[number]

test('any history of stamps, money, holds and refunds ends as coins do, and proves itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moveOf, { minLength: 10, maxLength: runs.moves }), async (moves) => {
      const history = new History(await newMember())
      await history.live(moves)
      expect(await broken()).toEqual([])
    }),
    { numRuns: runs.histories },
  )
}, 600_000)

test('16 at once spend what there is, and not one more', async () => {
  const member_id = await newMember()
  const of = { member_id, card_definition_id: value }
  await world.tx((tx) => cards.topUp(tx, [{ ...of, paid_minor: 10, source: 'test', source_id: 'in' }]))
  const outcomes = await Promise.all(
    Array.from({ length: 16 }, (_, i) =>
      world.tx((tx) => cards.spend(tx, [{ ...of, units: 1, source: 'till', source_id: String(i) }])),
    ),
  )
  const spent = outcomes.flat().filter((one) => one.outcome === 'booked')
  expect(spent).toHaveLength(10)
  expect(await broken()).toEqual([])
})

test('16 callers at once, on cards of four members, with replays: nothing is lost and nothing is made', async () => {
  const members = await Promise.all([newMember(), newMember(), newMember(), newMember()])
  const acts = Array.from({ length: 96 }, (_, i) => i)
  const callers = Array.from({ length: 16 }, (_, n) => acts.filter((i) => i % 16 === n))
  const run = async (i: number) => {
    const member_id = members[i % 4]!
    const act = { member_id, card_definition_id: value, source: 'test', source_id: String(i) }
    if (i % 3 === 0) await world.tx((tx) => cards.topUp(tx, [{ ...act, paid_minor: 20 }]))
    else if (i % 3 === 1) await world.tx((tx) => cards.spend(tx, [{ ...act, units: 5 }]))
    else {
      const order = { source: 'till', source_id: `p${i}`, member: { member_id } }
      const lines = [{ sku: 'oolong', category: 'tea', quantity: 3, net_minor: 90 }]
      await world.tx((tx) => receive(tx, [{ ...order, occurred_at: tx.now, lines }]))
      await world.tx((tx) => cards.adjust(tx, [{ ...act, card_definition_id: stamps, units: 1, reason: 'test' }]))
    }
  }
  await Promise.all(
    callers.map(async (own) => {
      for (const i of own) {
        await run(i)
        if (i % 3 === 0) await run(i)
      }
    }),
  )
  expect(await broken()).toEqual([])
  const rows = await world.db.rows<{ rounds: number; balance: number }>(sql`
    select rounds, balance from cards where member_id = any (${members}::uuid[])
      and card_definition_id = ${stamps}::uuid`)
  // 32 orders of three cups and one stamp by hand each
  expect(rows.reduce((sum, one) => sum + one.rounds * cardSize + one.balance, 0)).toBe(32 * 4)
}, 120_000)

test('a thousand stamps cost as many statements as one', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, newMember))
  const cost = async (members: readonly string[]) => {
    let statements = 0
    await world.tx(async (tx) => {
      const watched = counted(tx)
      await cards.adjust(
        watched.tx,
        members.map((member_id) => ({
          member_id,
          card_definition_id: stamps,
          units: 12,
          reason: 'test',
          source: 'test',
          source_id: `many-${members.length}`,
        })),
      )
      statements = watched.count()
    })
    return statements
  }
  expect(await cost(many)).toBe(await cost(many.slice(0, 1)))
  expect(await broken()).toEqual([])
})

test('twenty orders cost as many statements as one', async () => {
  const many = await Promise.all(Array.from({ length: 20 }, newMember))
  const cost = async (members: readonly string[]) => {
    let statements = 0
    await world.tx(async (tx) => {
      const watched = counted(tx)
      await receive(
        watched.tx,
        members.map((member_id) => ({
          source: 'till',
          source_id: randomUUID(),
          occurred_at: tx.now,
          member: { member_id },
          lines: [{ sku: 'oolong', category: 'tea', quantity: 6, net_minor: 360 }],
        })),
      )
      statements = watched.count()
    })
    return statements
  }
  await cost(many)
  expect(await cost(many)).toBe(await cost(many.slice(0, 1)))
  expect(await broken()).toEqual([])
})

test('however orders and refunds are cut into sets, the stamps come to the same', async () => {
  const bought = fc.record({ units: fc.integer({ min: 1, max: 9 }), back: fc.nat(9) })
  await fc.assert(
    fc.asyncProperty(fc.array(bought, { minLength: 1, maxLength: 6 }), async (orders) => {
      const worth = async (isCut: boolean) => {
        const member_id = await newMember()
        const name = randomUUID()
        const sales = orders.map(({ units }, i) => ({
          source: 'till',
          source_id: `${name}-${i}`,
          occurred_at: world.now(),
          member: { member_id },
          lines: [{ sku: 'oolong', category: 'tea', quantity: units, net_minor: units * 60 }],
        }))
        const returns = orders.flatMap(({ units, back }, i) => {
          const quantity = Math.min(units, back)
          const order = { source_id: `${name}-${i}` }
          const own = { source: 'till', source_id: `${name}-${i}-back`, occurred_at: world.now() }
          return quantity === 0 ? [] : [{ ...own, order, lines: [{ line_no: 1, quantity }] }]
        })
        if (isCut) {
          for (const sale of sales) await world.tx((tx) => receive(tx, [sale]))
          for (const back of [...returns].reverse()) await world.tx((tx) => refund(tx, [back]))
        } else {
          await world.tx((tx) => receive(tx, sales))
          await world.tx((tx) => refund(tx, returns))
        }
        const [card] = await cards.balancesOf(world.db, [member_id], world.now())
        return card!.rounds * cardSize + card!.balance - card!.debt
      }
      const left = orders.reduce((sum, { units, back }) => sum + units - Math.min(units, back), 0)
      expect([await worth(true), await worth(false)]).toEqual([left, left])
    }),
    { numRuns: runs.histories },
  )
  expect(await broken()).toEqual([])
}, 600_000)

/**
 * All that members hold at once: receipts with coupons and points, refunds by line, gifts from a small shelf and a small
 * envelope, privileges with a quota, paid membership, points by hand. Many callers, a third of the verbs sent again, a tenth killed in the
 * middle. In the end ledger, lots, balances, stock, limits and envelope are what a model in memory says.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tx } from '../../src/base/db.ts'
import { AppError } from '../../src/base/errors.ts'
import { alone } from '../../src/base/gather.ts'
import { sql } from '../../src/base/sql.ts'
import { verify } from '../../src/base/verify.ts'
import { checks } from '../../src/app/checks.ts'
import * as members from '../../src/record/members/members.ts'
import * as counter from '../../src/reach/counter/counter.ts'
import type { Return, Sale } from '../../src/reach/counter/types.ts'
import * as budgets from '../../src/value/budgets/budgets.ts'
import * as cards from '../../src/value/cards/cards.ts'
import * as coupons from '../../src/value/coupons/coupons.ts'
import * as gifts from '../../src/value/gifts/gifts.ts'
import * as points from '../../src/value/points/points.ts'
import * as privileges from '../../src/value/privileges/privileges.ts'
import { size } from '../database.ts'
import { Caller, Tally } from '../histories.ts'
import { PlanBook, planOf, plansAgree, playPlans } from '../plan-histories.ts'
import { openWorld, type World } from '../world.ts'

const [callers, verbs] = size === 'long' ? [32, 10_000] : [8, 240]
const opening = 3_000
const shelf = { price: 400, cost: 90, left: Math.round(verbs / 25) }
const envelope = shelf.cost * Math.round(verbs / 40)
const coupon_total = Math.round(verbs / 20)
const uses_a_month = 3
/** The history stays in one month: limits by the month are counted in one. */
const days_max = 24

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** What this history is played with. */
interface Stage {
  people: string[]
  item_id: string
  budget_id: string
  coupon_definition_id: string
  privilege_id: string
  card_definition_id: string
  plan_id: string
}

/** What callers were told happened: the model. Every answer may come several times and counts once. */
class Model {
  sales = new Map<string, { member_id: string; sale: Sale; at: number }>()
  returns = new Map<string, { member_id: string; back: Return }>()
  /** Points by what moved them. */
  moved = new Map<string, { member_id: string; points: number }>()
  gifts = new Map<string, { member_id: string; state: 'open' | 'done' | 'cancelled'; cost_minor: number }>()
  uses = new Map<string, { member_id: string; is_undone: boolean }>()
  /** Money paid in. */
  paid_in = new Map<string, { member_id: string; minor: number }>()
  plans = new PlanBook()

  purseOf(member_id: string): number {
    const own = <T extends { member_id: string }>(all: Map<string, T>) =>
      [...all.values()].filter((one) => one.member_id === member_id)
    const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
    return (
      opening +
      sum(own(this.sales).map(({ sale }) => sale.points_earned - sale.points_used)) +
      sum(own(this.returns).map(({ back }) => back.points_returned - back.points_taken)) +
      sum(own(this.moved).map((one) => one.points)) +
      this.plans.thanksOf(member_id)
    )
  }
}

const insisted = <T extends { outcome: string; code?: string; params?: Record<string, unknown> }>([
  one,
]: readonly T[]) => {
  if (one!.outcome === 'refused') throw new AppError(one!.code!, one!.params ?? {})
  return one!
}

type Play = (model: Model, stage: Stage, caller: Caller) => Promise<void>

const sell: Play = async (model, { people, card_definition_id }, caller) => {
  const { random } = caller
  const member_id = caller.pick(people)!
  const body = {
    member: { member_id },
    lines: Array.from({ length: 1 + random(3) }, (_, n) => ({
      sku: `T${n}`,
      quantity: 1 + random(3),
      unit_price_minor: 1 + random(400),
    })),
    points_to_use: random(3) === 0 ? ('max' as const) : random(60),
    best: random(2) === 0,
    ...(random(3) === 0 ? { card_payments: [{ card_definition_id, amount_minor: 'max' as const }] } : {}),
    source: caller.name,
    source_id: randomUUID(),
  }
  const tell = (sale: Sale) => void model.sales.set(sale.source_id, { member_id, sale, at: caller.clock })
  if (random(2) === 0)
    return void (await caller.send({ work: async (tx) => alone(await counter.sell(tx, [body])), tell }))
  const since = caller.clock
  const hold = await caller.send({
    work: async (tx) => alone(await counter.hold(tx, [{ ...body, hold_seconds: 30 }])),
    plain: (one) => one.hold_id,
  })
  if (!hold) return
  caller.wait(40)
  const id = hold.hold_id
  if (random(4) === 0) return void (await caller.send({ work: async (tx) => alone(await counter.release(tx, [id])) }))
  await caller.send({ work: async (tx) => alone(await counter.commit(tx, [id])), tell })
  if (caller.clock >= since + 30_000) expect(model.sales.has(hold.source_id), 'a sale of an expired hold').toBe(false)
}

const takeBack: Play = async (model, _stage, caller) => {
  const one = caller.pick([...model.sales.values()].filter(({ at }) => at <= caller.clock))
  if (!one) return
  const { sale, member_id } = one
  const plain = (back: Return) => ({ ...back, outcome: '' })
  const whole = caller.random(4) === 0
  const wire = {
    source: caller.name,
    source_id: randomUUID(),
    order: { source: sale.source, source_id: sale.source_id },
    lines: [{ sku: `T${caller.random(2)}`, quantity: 1 }],
    occurred_at: caller.now,
  }
  const key = whole ? `cancel ${sale.order_id}` : wire.source_id
  await caller.send({
    work: (tx) => (whole ? counter.cancel(tx, sale.order_id) : counter.refund(tx, wire)),
    tell: (back) => {
      // what refunds had left nothing of is no cancellation
      if (back.refund_id !== null) model.returns.set(key, { member_id, back })
    },
    plain,
  })
}

const redeem: Play = async (model, { people, item_id }, caller) => {
  const member_id = caller.pick(people)!
  const source_id = randomUUID()
  await caller.send({
    work: async (tx) => insisted(await gifts.redeem(tx, [{ member_id, item_id, source_id }])),
    tell: ({ gift_id }) => {
      model.moved.set(`redeemed ${gift_id}`, { member_id, points: -shelf.price })
      if (!model.gifts.has(gift_id!)) model.gifts.set(gift_id!, { member_id, state: 'open', cost_minor: shelf.cost })
    },
    plain: ({ gift_id }) => gift_id,
  })
}

const endGift: Play = async (model, _stage, caller) => {
  const found = caller.pick([...model.gifts].filter(([, gift]) => gift.state === 'open'))
  if (!found) return
  const [gift_id, { member_id }] = found
  const isCancelled = caller.random(2) === 0
  await caller.send({
    work: async (tx) => insisted(await gifts[isCancelled ? 'cancel' : 'fulfil'](tx, [{ member_id, gift_id }])),
    tell: () => {
      model.gifts.get(gift_id)!.state = isCancelled ? 'cancelled' : 'done'
      if (isCancelled) model.moved.set(`cancelled ${gift_id}`, { member_id, points: shelf.price })
    },
    plain: (one) => one.gift_id,
  })
}

const give: Play = async (model, { people, coupon_definition_id }, caller) => {
  const member_id = caller.pick(people)!
  // a small set of occasions, so that several callers give for the same one
  const occurrence = `day ${caller.random(40)}`
  const isCoupon = caller.random(2) === 0
  const reward = isCoupon
    ? { kind: 'coupon' as const, coupon_definition_id }
    : { kind: 'points' as const, points: 10 + caller.random(1) }
  await caller.send({
    work: async (tx) =>
      insisted(await gifts.give(tx, [{ member_id, reward, reason: isCoupon ? 'visit' : 'birthday', occurrence }])),
    tell: ({ gift_id }) => {
      if (!isCoupon) model.moved.set(`given ${gift_id}`, { member_id, points: 10 })
    },
    plain: ({ gift_id }) => gift_id,
  })
}

const usePrivilege: Play = async (model, { people, privilege_id }, caller) => {
  const member_id = caller.pick(people)!
  const source_id = randomUUID()
  const want = { member_id, privilege_id, store_id: null, source: caller.name, source_id }
  await caller.send({
    work: async (tx) => insisted(await privileges.use(tx, [want])),
    tell: ({ id }) => {
      if (!model.uses.has(id!)) model.uses.set(id!, { member_id, is_undone: false })
    },
    plain: ({ id }) => id,
  })
}

const undoUse: Play = async (model, _stage, caller) => {
  const found = caller.pick([...model.uses].filter(([, use]) => !use.is_undone))
  if (!found) return
  const [use_id, { member_id }] = found
  await caller.send({
    work: (tx) => privileges.undo(tx, { member_id, use_id, reason: 'mistake' }),
    tell: () => void (model.uses.get(use_id)!.is_undone = true),
  })
}

const adjust: Play = async (model, { people }, caller) => {
  const member_id = caller.pick(people)!
  const source_id = randomUUID()
  const by = caller.random(2) === 0 ? 25 : -30
  const want = { member_id, points: by, reason: 'by hand', source: 'adjustment', source_id, expires_on: null }
  await caller.send({
    work: async (tx) => points.insist((await points.adjust(tx, [want]))[0]!).entry_id,
    tell: () => void model.moved.set(`adjusted ${source_id}`, { member_id, points: by }),
  })
}

const payIn: Play = async (model, { people, card_definition_id }, caller) => {
  const member_id = caller.pick(people)!
  const want = { member_id, card_definition_id, paid_minor: 250, source: caller.name, source_id: randomUUID() }
  await caller.send({
    work: async (tx) => cards.insist((await cards.topUp(tx, [want]))[0]!).entry_id,
    tell: () => void model.paid_in.set(want.source_id, { member_id, minor: 250 }),
  })
}

const paidMembership: Play = (model, stage, caller) => playPlans(model.plans, { ...stage, days_max }, caller)

/** How often each is drawn. */
const plays: [Play, number][] = [
  [sell, 6],
  [takeBack, 4],
  [redeem, 3],
  [endGift, 2],
  [give, 3],
  [usePrivilege, 2],
  [undoUse, 1],
  [adjust, 2],
  [payIn, 2],
  [paidMembership, 5],
]
const drawn = plays.flatMap(([play, times]) => Array.from({ length: times }, () => play))

async function stageOf(tx: Tx): Promise<Stage> {
  const people = (await members.resolve(
    tx,
    Array.from({ length: 12 }, (_, i) => ({ phone: `09330000${String(i).padStart(2, '0')}` })),
    { create_as: 'member', channel: 'test' },
  )) as string[]
  await points.openLots(
    tx,
    people.map((member_id) => ({
      member_id,
      points: opening,
      earned_at: tx.now,
      expires_on: null,
      source: 'test',
      source_id: member_id,
    })),
  )
  await points.addSpendRule(tx, {
    rule: {
      points: 1,
      worth_minor: 1,
      step: 1,
      minimum_points: 1,
      share_max_bp: 8_000,
      pays_goods: true,
      pays_shipping: false,
      excluded_categories: [],
    },
  })
  const { budget_id } = await budgets.create(tx, { name: 'Gifts', amount_minor: envelope })
  const { item_id } = await gifts.createItem(tx, {
    names: { en: 'Cup' },
    cost_minor: shelf.cost,
    price_points: shelf.price,
    fulfilment: 'pickup',
    stock: 'total',
    budget_id,
  })
  await gifts.setStock(tx, item_id, { heaps: [{ store_id: null, left: shelf.left }] })
  const [definition] = await coupons.define(tx, [
    {
      name: 'Tea',
      design: {
        benefit: { kind: 'percent', percent_bp: 1_000, max_minor: 60 },
        scope: {},
        minimum_minor: 0,
        window: {},
        stacking: { group: 'main', is_exclusive: false },
        limits: { per_coupon: 1, total: coupon_total },
        codes: 'none',
        gives_back: true,
      },
    },
  ])
  const privilege_id = await privileges.create(tx, {
    names: { en: 'Skip the queue' },
    rule: { tier_codes: [(await tierCodes(tx))[0]!], quota: { uses: uses_a_month, period: 'month' } },
  })
  const card_definition_id = await cards.define(tx, {
    names: { en: 'Wallet' },
    rule: {
      kind: 'value',
      minimum_minor: 1,
      balance_max_minor: null,
      bonuses: [],
      principal_months: null,
      bonus_months: null,
      spend_first: 'principal',
      refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
    },
  })
  return {
    plan_id: await planOf(tx),
    card_definition_id,
    people,
    item_id,
    budget_id,
    coupon_definition_id: definition!.coupon_definition_id,
    privilege_id,
  }
}

const tierCodes = async (tx: Tx) =>
  (await tx.rows<{ code: string }>(sql`select code from tiers order by rank`)).map((row) => row.code)

test('pains 1, 3, 4: a random history of all verbs, sent again and killed, ends as the model says', async () => {
  const stage = await world.tx(stageOf)
  const [model, tally] = [new Model(), new Tally()]
  await Promise.all(
    Array.from({ length: callers }, async (_, nth) => {
      const caller = new Caller(world, tally, nth)
      while (tally.verbs < verbs) {
        caller.wait(20)
        await caller.pick(drawn)!(model, stage, caller)
      }
    }),
  )
  expect(tally.replayed).toBeGreaterThan(verbs / 4)
  expect(tally.killed).toBeGreaterThan(verbs / 20)
  await agrees(model, stage)
  const { checks: findings } = await verify(world.db, checks)
  expect(findings.filter((one) => !one.ok)).toEqual([])
}, 1_800_000)

async function agrees(model: Model, stage: Stage) {
  const { people, item_id, budget_id, coupon_definition_id, privilege_id } = stage
  await cardsAgree(model, stage)
  const taken = await plansAgree(world, model.plans)
  const ledger = await world.db.rows<{ member_id: string; points: number }>(sql`
    select member_id, sum(points)::bigint as points from point_entries where member_id = any (${people}::uuid[])
    group by member_id`)
  expect(new Map(ledger.map((row) => [row.member_id, row.points]))).toEqual(
    new Map(people.map((member_id) => [member_id, model.purseOf(member_id) - (taken.get(member_id) ?? 0)])),
  )
  const held = [...model.gifts.values()].filter((gift) => gift.state !== 'cancelled')
  const item = await gifts.itemOf(world.db, item_id, world.now())
  expect(item.left).toBe(shelf.left - held.length)
  const budget = await budgets.budgetOf(world.db, budget_id)
  const costOf = (state: string) =>
    held.filter((gift) => gift.state === state).reduce((sum, gift) => sum + gift.cost_minor, 0)
  expect([budget.reserved_minor, budget.spent_minor]).toEqual([costOf('open'), costOf('done')])
  expect(budget.reserved_minor + budget.spent_minor).toBeLessThanOrEqual(envelope)
  const used = await world.db.row<{ uses: number }>(sql`
    select count(*)::int as uses from coupon_uses
    where coupon_definition_id = ${coupon_definition_id}::uuid and state = 'redeemed'`)
  expect(used!.uses).toBeLessThanOrEqual(coupon_total)
  const counted = await world.db.rows<{ member_id: string; used: number }>(sql`
    select member_id, used from privilege_counts where privilege_id = ${privilege_id}::uuid and used > 0`)
  const standing = [...model.uses.values()].filter((use) => !use.is_undone)
  const expected = new Map<string, number>()
  for (const { member_id } of standing) expected.set(member_id, (expected.get(member_id) ?? 0) + 1)
  expect(new Map(counted.map((row) => [row.member_id, row.used]))).toEqual(expected)
  expect(Math.max(0, ...expected.values())).toBeLessThanOrEqual(uses_a_month)
}

/** Stored value is what was paid in, less what sales took, plus what came back. */
async function cardsAgree(model: Model, { people, card_definition_id }: Stage) {
  const spent = await world.db.rows<{ member_id: string; source_id: string; minor: number }>(sql`
    select h.member_id, h.source_id, sum(paid.amount_minor)::bigint as minor
    from till_holds h cross join lateral jsonb_to_recordset(h.quote->'payments') as paid (amount_minor bigint)
    where h.status = 'committed' group by 1, 2`)
  const expected = new Map(people.map((member_id) => [member_id, 0]))
  const add = (member_id: string, minor: number) => expected.set(member_id, expected.get(member_id)! + minor)
  for (const { member_id, minor } of model.paid_in.values()) add(member_id, minor)
  for (const { member_id, source_id, minor } of spent) {
    expect(model.sales.has(source_id), 'nobody was told of this sale').toBe(true)
    add(member_id, -minor)
  }
  for (const { member_id, back } of model.returns.values()) add(member_id, back.cards_returned_minor)
  const held = await cards.balancesOf(world.db, people, world.now())
  const balances = new Map(people.map((member_id) => [member_id, 0]))
  for (const card of held)
    if (card.card_definition_id === card_definition_id) balances.set(card.member_id, card.balance)
  expect(balances).toEqual(expected)
}

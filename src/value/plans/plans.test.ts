/** Plans through the doors and by their verbs: sold, renewed, ended, given back; by random histories too. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { club } from '../../../test/clubs.ts'
import { monday, openWorld, type Caller, type World } from '../../../test/world.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { receive } from '../../record/orders/orders.ts'
import { commands, Model } from './law.fixture.ts'
import * as plans from './plans.ts'
import type { PlanDesign, Want } from './types.ts'

let world: World
let marketer: Caller
let clerk: Caller
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
  clerk = world.as('clerk')
})
afterAll(() => world.close())
beforeEach(() => world.at(monday))

const isVip = {
  combinator: 'and' as const,
  not: false,
  rules: [{ field: 'tags', operator: 'has_any' as const, value: ['vip'] }],
}
let made = 0
const numbered = (text: string) => `${text}-${++made}`
const planOf = async (more: Partial<PlanDesign> = {}) =>
  (
    await marketer.call('POST /v1/admin/plans', {
      body: { names: { en: 'Wusong Club' }, design: { ...club, ...more } } as never,
    })
  ).plan_id
async function newMember(): Promise<string> {
  const [one] = await world.tx((tx) =>
    members.upsert(tx, [{ external_id: numbered('P'), display_name: '會員', kind: 'member' }], { source: 'test' }),
  )
  return one!.member_id!
}
const start = (member_id: string, plan_id: string, body: object = { amount_minor: 300 }) =>
  clerk.call('POST /v1/admin/members/:member_id/plans', { params: { member_id }, body: { plan_id, ...body } })
const pay = (member_id: string, subscription_id: string, amount_minor = 300, source_id = numbered('pay')) =>
  clerk.call('POST /v1/admin/members/:member_id/plans/:subscription_id/payments', {
    params: { member_id, subscription_id },
    body: { amount_minor, source_id },
  })
const cancel = (member_id: string, subscription_id: string, when: 'at_end' | 'now') =>
  clerk.call('POST /v1/admin/members/:member_id/plans/:subscription_id/cancel', {
    params: { member_id, subscription_id },
    body: { when },
  })
const page = (member_id: string) => marketer.call('GET /v1/admin/members/:member_id/plans', { params: { member_id } })
const held = async (member_id: string) => (await page(member_id)).subscriptions[0]!
const broken = async () => (await verify(world.db, plans.checks)).checks.filter((one) => !one.ok)
async function buy(
  member_id: string,
  lines: { sku: string; quantity?: number; gross: number; net?: number }[],
  at = world.now(),
) {
  await world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id: numbered('T'),
        occurred_at: at,
        member: { member_id },
        lines: lines.map(({ sku, quantity = 1, gross, net = gross }) => ({
          sku,
          category: 'tea',
          quantity,
          gross_minor: gross,
          discount_minor: gross - net,
        })),
      },
    ]),
  )
}

test('88 for whom the condition holds, 888 for everybody else', async () => {
  const { wang, ouyang } = world.cast
  const plan_id = await planOf({
    prices: [
      { when: isVip, price_minor: 88 },
      { when: null, price_minor: 888 },
    ],
  })
  const quoted = async (member_id: string) => (await page(member_id)).offers.find((one) => one.plan_id === plan_id)
  expect(await quoted(ouyang)).toMatchObject({
    price_minor: 88,
    why: { code: 'price_by_condition', params: { place: 1 } },
  })
  expect(await quoted(wang)).toMatchObject({ price_minor: 888, year_minor: 888 * 13, why: { code: 'price_for_all' } })
  await expect(start(wang, plan_id, { amount_minor: 88 })).rejects.toMatchObject({
    code: 'plan.price_differs',
    params: { price_minor: 888, amount_minor: 88 },
  })
  expect(await start(ouyang, plan_id, { amount_minor: 88 })).toMatchObject({
    amount_minor: 88,
    subscription: { state: 'active' },
  })
  await cancel(ouyang, (await held(ouyang)).subscription_id, 'now')
})

test('a trial is had once, falls due, is waited for, and lapses', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const { subscription_id } = await start(member, plan_id, {})
  expect(await held(member)).toMatchObject({ state: 'trial', due_on: '2026-11-09' })
  world.at('2026-11-09T00:10:00+08:00')
  await world.tx((tx) => plans.turn(tx))
  expect(await held(member)).toMatchObject({ state: 'due', asked: { price_minor: 300 } })
  world.later(3)
  expect(await held(member)).toMatchObject({ state: 'grace', holds_until: '2026-11-13' })
  world.later(1)
  expect(await held(member)).toMatchObject({ state: 'ended', ended_on: '2026-11-13' })
  await expect(pay(member, subscription_id)).rejects.toMatchObject({ code: 'plan.ended' })
  await world.tx((tx) => plans.turn(tx))
  expect(await held(member)).toMatchObject({ state: 'ended', ended_why: 'lapsed' })
  await expect(start(member, plan_id, {})).rejects.toMatchObject({ code: 'plan.trial_used' })
})

test('a payment reported twice pays one period, another one ahead of its time none', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const { subscription_id } = await start(member, plan_id)
  await expect(pay(member, subscription_id)).rejects.toMatchObject({
    code: 'plan.not_due',
    params: { payable_from: '2026-11-25' },
  })
  world.at('2026-12-03T09:00:00+08:00')
  await pay(member, subscription_id, 300, 'charge-2')
  expect(await pay(member, subscription_id, 300, 'charge-2')).toMatchObject({ unchanged: true, amount_minor: 300 })
  await expect(pay(member, subscription_id, 300, 'charge-3')).rejects.toMatchObject({ code: 'plan.not_due' })
  // a day late: the period begins when it fell due, and no day is free
  expect(await held(member)).toMatchObject({ state: 'active', due_on: '2027-01-01', paid_minor: 600 })
})

test('the price is asked when it falls due and stays, whatever changes meanwhile', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const { subscription_id } = await start(member, plan_id)
  world.at('2026-12-02T00:10:00+08:00')
  await world.tx((tx) => plans.turn(tx))
  await marketer.call('POST /v1/admin/plans/:plan_id/versions', {
    params: { plan_id },
    body: { design: { ...club, prices: [{ when: null, price_minor: 500 }] } } as never,
  })
  await expect(pay(member, subscription_id, 500)).rejects.toMatchObject({ code: 'plan.price_differs' })
  await pay(member, subscription_id, 300)
  world.at('2027-01-01T00:10:00+08:00')
  await world.tx((tx) => plans.turn(tx))
  expect((await held(member)).asked).toMatchObject({ price_minor: 500, version: 2 })
})

test('cancelled at the end it holds until then, and may be taken back; at once it says what goes back', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const { subscription_id } = await start(member, plan_id)
  world.later(14)
  await cancel(member, subscription_id, 'at_end')
  expect(await held(member)).toMatchObject({ state: 'cancelled_at_end', holds_until: '2026-12-02' })
  const params = { member_id: member, subscription_id }
  await clerk.call('POST /v1/admin/members/:member_id/plans/:subscription_id/resume', { params, body: {} })
  expect(await held(member)).toMatchObject({ state: 'active' })
  const said = await clerk.call('POST /v1/admin/members/:member_id/plans/:subscription_id/cancel', {
    params,
    body: { when: 'now' },
    query: { dry_run: 'true' } as never,
  })
  expect(said).toMatchObject({
    amount_minor: -150,
    why: { code: 'refund_pro_rata', params: { unused_days: 15, days: 30 } },
  })
  expect(await held(member)).toMatchObject({ state: 'active' })
  expect(await cancel(member, subscription_id, 'now')).toMatchObject({
    amount_minor: -150,
    subscription: { state: 'ended' },
  })
  await expect(
    marketer.call('POST /v1/admin/members/:member_id/plans/:subscription_id/refunds', {
      params,
      body: { amount_minor: 151 },
    }),
  ).rejects.toMatchObject({ code: 'plan.refund_too_much', params: { left_minor: 150 } })
})

test('its privileges and prices are held while it is held', async () => {
  const [member] = [await newMember()]
  const { privilege_id } = await marketer.call('POST /v1/admin/privileges', {
    body: { names: { en: 'Lounge' }, rule: { tier_codes: [], quota: null } },
  })
  const plan_id = await planOf({
    privilege_ids: [privilege_id],
    discount_bp: 1_000,
    member_prices: [{ sku: 'oolong', price_minor: 70 }],
    free_shipping_from_minor: 500,
  })
  const may = async () =>
    (await clerk.call('GET /v1/till/members/:member_id/privileges', { params: { member_id: member } })).data.find(
      (one) => one.privilege_id === privilege_id,
    )?.may ?? false
  const priced = async () =>
    (
      await clerk.call('POST /v1/till/members/:member_id/prices', {
        params: { member_id: member },
        body: { lines: ['oolong', 'green'].map((sku) => ({ sku, unit_price_minor: 100 })) },
      })
    ).data.map((one) => [one.unit_price_minor, one.why?.code])
  expect([await may(), await priced()]).toEqual([
    false,
    [
      [100, 'no_rule'],
      [100, 'no_rule'],
    ],
  ])
  const { subscription_id } = await start(member, plan_id)
  expect([await may(), await priced()]).toEqual([
    true,
    [
      [70, 'plan_price'],
      [90, 'plan_discount'],
    ],
  ])
  const { data } = await clerk.call('GET /v1/till/members/:member_id/plans', { params: { member_id: member } })
  expect(data).toMatchObject([{ plan_id, holds_until: '2026-12-06', free_shipping_from_minor: 500 }])
  world.at('2026-12-05T20:00:00+08:00')
  expect(await may()).toBe(true)
  await pay(member, subscription_id)
  world.at('2026-12-06T10:00:00+08:00')
  expect(await may()).toBe(true)
  await cancel(member, subscription_id, 'now')
  expect([await may(), await priced()]).toEqual([
    false,
    [
      [100, 'no_rule'],
      [100, 'no_rule'],
    ],
  ])
})

test('it would have saved what its prices take off the orders of twelve months, by product; and says what it saved', async () => {
  const member = await newMember()
  const plan_id = await planOf({ discount_bp: 1_000 })
  await buy(
    member,
    [
      { sku: 'oolong', quantity: 2, gross: 2_000 },
      { sku: 'green', gross: 1_000, net: 950 },
    ],
    addMs(monday, -30 * dayMs),
  )
  await buy(member, [{ sku: 'oolong', gross: 9_000 }], addMs(monday, -370 * dayMs))
  const offer = (await page(member)).offers.find((one) => one.plan_id === plan_id)!
  expect(offer.would_save).toMatchObject({
    saved_minor: 250,
    orders: 1,
    from_on: '2025-11-03',
    products: [
      { sku: 'oolong', saved_minor: 200 },
      { sku: 'green', saved_minor: 50 },
    ],
  })
  await start(member, plan_id)
  // another plan brings only what this one leaves
  const others = [await planOf({ discount_bp: 500 }), await planOf({ discount_bp: 1_200 })]
  const { offers } = await page(member)
  const would = others.map((id) => offers.find((one) => one.plan_id === id)!.would_save.saved_minor)
  expect(would).toEqual([0, 60])
  world.later(1)
  await buy(member, [{ sku: 'oolong', gross: 1_000, net: 900 }])
  expect((await page(member)).saved[0]!.saving).toMatchObject({ saved_minor: 100, orders: 1 })
})

test('a design that cannot be is refused at its places', async () => {
  const odd = {
    prices: [
      { when: null, price_minor: 1 },
      { when: null, price_minor: 2 },
    ],
    privilege_ids: ['00000000-0000-7000-8000-000000000000'],
  }
  await expect(planOf(odd)).rejects.toMatchObject({
    code: 'plan.invalid',
    errors: [
      { pointer: '/design/prices/1', code: 'plan.price_unreachable' },
      { pointer: '/design/privilege_ids/0', code: 'plan.privilege_unknown' },
    ],
  })
  const unknown = {
    combinator: 'and' as const,
    not: false,
    rules: [{ field: 'shoe_size', operator: 'equals' as const, value: 42 }],
  }
  await expect(planOf({ prices: [{ when: unknown, price_minor: 1 }] })).rejects.toMatchObject({
    errors: [{ pointer: '/design/prices/0/when/rules/0/field' }],
  })
})

test('before a version is published it says who would pay what', async () => {
  const plan_id = await planOf()
  await start(world.cast.mary, plan_id)
  const body = {
    plan_id,
    design: {
      ...club,
      prices: [
        { when: isVip, price_minor: 88 },
        { when: null, price_minor: 888 },
      ],
    },
  }
  const { data } = await marketer.call('POST /v1/admin/plans/previews', { body: body as never })
  const all = data.reduce((sum, one) => sum + one.members, 0)
  expect(data).toEqual([
    { before_place: 0, after_place: 0, before_minor: 300, after_minor: 88, members: 1, subscribers: 0 },
    { before_place: 0, after_place: 1, before_minor: 300, after_minor: 888, members: all - 1, subscribers: 1 },
  ])
})

test('16 tills sell the same plan at once: one is sold; 16 payments of one period: one is taken', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const all = (wants: (i: number) => Want) =>
    Promise.all(
      Array.from({ length: 16 }, (_, i) => world.tx((tx) => plans.act(tx, [wants(i)])).then(([one]) => one!)),
    )
  const sold = await all((i) => ({
    verb: 'start',
    member_id: member,
    plan_id,
    amount_minor: i % 2 ? 300 : null,
    auto_renew: true,
    source: 'till',
    source_id: `s${i % 8}`,
  }))
  const done = sold.filter((one) => one.outcome === 'done')
  expect(done).toHaveLength(1)
  const { subscription_id } = done[0]!
  expect(
    sold.every((one) => one.outcome === 'done' || one.outcome === 'unchanged' || one.code === 'plan.running'),
  ).toBe(true)
  world.at((await held(member)).due_on + 'T10:00:00+08:00')
  const paid = await all((i) => ({
    verb: 'renew',
    member_id: member,
    subscription_id: subscription_id!,
    amount_minor: 300,
    source: 'till',
    source_id: `p${i}`,
  }))
  expect(paid.filter((one) => one.outcome === 'done')).toHaveLength(1)
  expect(new Set(paid.filter((one) => one.outcome !== 'done').map((one) => one.code))).toEqual(
    new Set(['plan.not_due']),
  )
  expect(await broken()).toEqual([])
})

test('random histories end as a pencil would have it, to the last unit of money', async () => {
  const plan_id = await planOf()
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      world.at(monday)
      const member_id = await newMember()
      const model = new Model()
      // the newest one: before there is any, a name of nothing
      let current = plan_id
      for (const command of history) {
        if (command.verb === 'wait') {
          world.later(command.days)
          model.day += command.days
          if (command.clock) await world.tx((tx) => plans.turn(tx))
          continue
        }
        const about = {
          member_id,
          source: 'test',
          plan_id,
          subscription_id: current,
          auto_renew: true,
        }
        const [got] = await world.tx((tx) => plans.act(tx, [{ ...about, ...command } as Want]))
        const { outcome, amount_minor } = got!
        if (outcome === 'done') current = got!.subscription_id!
        const expected = model.step(command)
        expect([command, outcome, outcome === 'refused' ? null : amount_minor]).toEqual([
          command,
          expected.outcome,
          expected.amount_minor ?? null,
        ])
      }
      const ledger = await world.db.row<{ sum: number; running: number }>(sql`
        select (select coalesce(sum(amount_minor), 0)::bigint from plan_entries where member_id = ${member_id}::uuid) as sum,
          (select coalesce(sum(paid_minor - refunded_minor), 0)::bigint from plan_subscriptions
            where member_id = ${member_id}::uuid) as running`)
      expect([ledger!.sum, ledger!.running]).toEqual([model.money, model.money])
    }),
    { numRuns: 40 },
  )
  expect(await broken()).toEqual([])
})

test('one set answers as its parts one by one', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const want = { member_id: member, plan_id, source: 'till', auto_renew: true }
  const outcomes = await world.tx((tx) =>
    plans.start(tx, [
      { ...want, amount_minor: null, source_id: 'a' },
      { ...want, amount_minor: null, source_id: 'a' },
      { ...want, amount_minor: 300, source_id: 'b' },
      { ...want, member_id: world.cast.guest, amount_minor: 300, source_id: 'c' },
    ]),
  )
  expect(outcomes.map((one) => one.code ?? one.outcome)).toEqual([
    'done',
    'unchanged',
    'plan.running',
    'member.not_found',
  ])
})

test('of two merged members one subscription goes on, with the days of both', async () => {
  const [keep, gone, plan_id] = [await newMember(), await newMember(), await planOf()]
  await start(keep, plan_id)
  world.later(10)
  await start(gone, plan_id, {})
  await world.tx((tx) => members.merge(tx, [{ keep, merge: gone }]))
  const { subscriptions, entries } = await page(keep)
  expect(subscriptions.filter((one) => one.state !== 'ended')).toMatchObject([
    { state: 'active', due_on: '2026-12-09' },
  ])
  expect(entries.map((one) => one.kind).sort()).toEqual(['given', 'paid', 'trial'])
  await expect(start(keep, plan_id, {})).rejects.toMatchObject({ code: 'plan.running' })
  expect(await broken()).toEqual([])
})

test('an erased member holds nothing; the money stays', async () => {
  const [member, plan_id] = [await newMember(), await planOf()]
  await start(member, plan_id, { amount_minor: 300, source_id: 'receipt of Mr Wang', note: 'Mr Wang' })
  await world.tx((tx) => members.erase(tx, [member]))
  const rows = await world.db.rows(sql`
    select e.amount_minor, e.note, e.source_id = e.entry_id::text as forgotten, s.state from plan_entries e
    join plan_subscriptions s using (member_id, subscription_id) where e.plan_id = ${plan_id}::uuid`)
  expect(rows).toEqual([{ amount_minor: 300, note: null, forgotten: true, state: 'ended' }])
  expect(await broken()).toEqual([])
})

const planted: [string, (member_id: string) => Sql][] = [
  [
    'plans.money_equals_entries',
    (id) => sql`update plan_subscriptions set paid_minor = paid_minor + 1 where member_id = ${id}::uuid`,
  ],
  [
    'plans.periods_adjoin',
    (id) => sql`update plan_periods set until_on = until_on + 1 where member_id = ${id}::uuid`,
  ],
  [
    'plans.entries_have_periods',
    (id) => sql`update plan_entries set number = 9 where member_id = ${id}::uuid and kind = 'trial'`,
  ],
  [
    'plans.states_follow_days',
    (id) => sql`update plan_subscriptions set holds_until = holds_until + 1 where member_id = ${id}::uuid`,
  ],
  ['plans.trials_are_kept', (id) => sql`delete from plan_trials where member_id = ${id}::uuid`],
]
test.each(planted)('verify finds what breaks %s', async (name, plant) => {
  const [member, plan_id] = [await newMember(), await planOf()]
  const { subscription_id } = await start(member, plan_id, {})
  await pay(member, subscription_id)
  expect(await broken()).toEqual([])
  await world.db.tx({ actor: { kind: 'system', id: null, name: 'test' }, rollback: true }, async (tx) => {
    await tx.run(plant(member))
    const found = (await verify(tx, plans.checks)).checks.filter((one) => !one.ok)
    expect(found.map((one) => one.name)).toContain(name)
  })
})

test('what every member gets anyway, no plan would have saved', async () => {
  const member = await newMember()
  const plan_id = await planOf({ discount_bp: 1_000 })
  await buy(
    member,
    [
      { sku: 'cup', gross: 480 },
      { sku: 'oolong', gross: 1_000 },
    ],
    addMs(monday, -30 * dayMs),
  )
  const saving = async () => (await page(member)).offers.find((one) => one.plan_id === plan_id)!.would_save
  expect(await saving()).toMatchObject({ saved_minor: 148, orders: 1 })
  const rule = {
    member_prices: [{ sku: 'cup', price_minor: 400, tier_codes: [] }],
    tier_discounts: [],
    excluded_skus: [],
    excluded_categories: [],
    floor: { cost: false, share_bp: 0 },
    with_coupons: 'before' as const,
  }
  await marketer.call('POST /v1/admin/price-rules', { body: { rule } })
  expect(await saving()).toMatchObject({
    saved_minor: 100,
    orders: 1,
    products: [{ sku: 'oolong', saved_minor: 100 }],
  })
})

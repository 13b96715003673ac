/** What payments of a plan give beside its days; and its free shipping at the till. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { club } from '../../../test/clubs.ts'
import { monday, openWorld, type Caller, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import * as plans from './plans.ts'
import type { PlanDesign, PlanOutcome, PlanReward, RewardOn } from './types.ts'

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

const design: PlanDesign = { ...club, refund: { kind: 'full_within', days: 5 } }
let made = 0
const numbered = (text: string) => `${text}-${++made}`
async function newMember(): Promise<string> {
  const [one] = await world.tx((tx) =>
    members.upsert(tx, [{ external_id: numbered('R'), display_name: '會員', kind: 'member' }], { source: 'test' }),
  )
  return one!.member_id!
}
const planOf = (more: Partial<PlanDesign>) =>
  world.tx((tx) => plans.create(tx, { names: { en: 'Club' }, design: { ...design, ...more } }))
const giving = (...rewards: [RewardOn, PlanReward][]) =>
  planOf({ rewards: rewards.map(([on, reward]) => ({ on, reward })) })
const act = (want: Parameters<typeof plans.act>[1][number]) =>
  world.tx(async (tx): Promise<PlanOutcome> => (await plans.act(tx, [want]))[0]!)
const start = (member_id: string, plan_id: string, amount_minor: number | null = 300, source_id = numbered('s')) =>
  act({ verb: 'start', member_id, plan_id, amount_minor, auto_renew: true, source: 'test', source_id })
const renew = (member_id: string, subscription_id: string, source_id = numbered('p')) =>
  act({ verb: 'renew', member_id, subscription_id, amount_minor: 300, source: 'test', source_id })
const cancelNow = (member_id: string, subscription_id: string) =>
  act({ verb: 'cancel', member_id, subscription_id, when: 'now', source: 'test', source_id: numbered('c') })
const pointsOf = async (member_id: string) =>
  (await world.db.row<{ points: number }>(sql`
    select coalesce(sum(points), 0)::bigint as points from point_entries where member_id = ${member_id}::uuid`))!
    .points
const points = (amount: number): PlanReward => ({ kind: 'points', points: amount })
const codePool = async (...codes: string[]) => {
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', {
    body: { names: { en: 'A month of films' }, cost_minor: 60, fulfilment: 'code', stock: 'total' },
  })
  if (codes.length > 0)
    await marketer.call('POST /v1/admin/gift-items/:item_id/codes', { params: { item_id }, body: { codes } })
  return item_id
}

test('a payment gives what the plan promises: at the start, with each renewal, or with both; once a period', async () => {
  const member = await newMember()
  const plan_id = await giving(['start', points(100)], ['renewal', points(20)], ['every', points(3)])
  const { subscription_id } = await start(member, plan_id, 300, 'first')
  expect(await pointsOf(member)).toBe(103)
  await start(member, plan_id, 300, 'first')
  expect(await pointsOf(member)).toBe(103)
  world.later(28)
  await renew(member, subscription_id!, 'second')
  await renew(member, subscription_id!, 'second')
  expect(await pointsOf(member)).toBe(126)
  const { subscriptions } = await marketer.call('GET /v1/admin/members/:member_id/plans', {
    params: { member_id: member },
  })
  const rewards = subscriptions[0]!.periods.map((one) => one.rewards.length)
  expect(rewards).toEqual([2, 2])
  expect(subscriptions[0]!.periods.every((one) => one.rewards.every((reward) => reward.gift_id !== null))).toBe(true)
})

test('days to try and days given for nothing give none; the first payment after a trial is the start', async () => {
  const member = await newMember()
  const plan_id = await giving(['start', points(100)], ['renewal', points(20)])
  const { subscription_id } = await start(member, plan_id, null)
  await act({ verb: 'extend', member_id: member, plan_id, days: 3, source: 'test', source_id: numbered('g') })
  expect(await pointsOf(member)).toBe(0)
  world.later(6)
  await renew(member, subscription_id!)
  expect(await pointsOf(member)).toBe(100)
})

test('money that goes back whole takes unused rewards along, so that joining again and again earns nothing', async () => {
  const member = await newMember()
  const plan_id = await giving(['every', points(50)])
  for (let round = 0; round < 3; round += 1) {
    const { subscription_id } = await start(member, plan_id)
    expect(await pointsOf(member)).toBe(50)
    expect(await cancelNow(member, subscription_id!)).toMatchObject({ amount_minor: -300 })
    expect(await pointsOf(member)).toBe(0)
  }
  // a part of the money leaves the rewards
  const { subscription_id } = await start(member, plan_id)
  const refund = (amount_minor: number) =>
    act({
      verb: 'refund',
      member_id: member,
      subscription_id: subscription_id!,
      amount_minor,
      source: 'test',
      source_id: numbered('r'),
    })
  await refund(100)
  expect(await pointsOf(member)).toBe(50)
  await refund(200)
  expect(await pointsOf(member)).toBe(0)
})

test('a period that cost nothing gives nothing for good when it is ended at once', async () => {
  const member = await newMember()
  const plan_id = await planOf({
    prices: [{ when: null, price_minor: 0 }],
    rewards: [{ on: 'start', reward: points(70) }],
  })
  const { subscription_id } = await start(member, plan_id, 0)
  expect(await pointsOf(member)).toBe(70)
  await cancelNow(member, subscription_id!)
  expect(await pointsOf(member)).toBe(0)
})

test('a partner’s membership is a code of its pool; where the pool is dry the plan begins all the same, and it is given later', async () => {
  const [first, second] = [await newMember(), await newMember()]
  const item_id = await codePool('FILM-1')
  const plan_id = await giving(['every', { kind: 'item', item_id }])
  await start(first, plan_id)
  const codes = async (member_id: string) =>
    (await marketer.call('GET /v1/admin/gifts', { query: { member_id } })).data.map((gift) => [
      gift.reason,
      gift.code,
    ])
  expect(await codes(first)).toEqual([['plan', 'FILM-1']])
  expect(await start(second, plan_id)).toMatchObject({ outcome: 'done' })
  expect(await codes(second)).toEqual([])
  const { data: refused } = await marketer.call('GET /v1/admin/gifts/refused')
  expect(refused).toMatchObject([
    { member_id: second, reason: 'plan', names: { en: 'Club' }, refused: 'gift.out_of_stock' },
  ])
  const again = () =>
    marketer.call('POST /v1/admin/gifts/refused/:refused_id/retries', {
      params: { refused_id: refused[0]!.refused_id },
      body: {},
    })
  await expect(again()).rejects.toMatchObject({ code: 'gift.out_of_stock' })
  await marketer.call('POST /v1/admin/gift-items/:item_id/codes', {
    params: { item_id },
    body: { codes: ['FILM-2'] },
  })
  await again()
  expect(await codes(second)).toEqual([['plan', 'FILM-2']])
  expect((await marketer.call('GET /v1/admin/gifts/refused')).data).toEqual([])
})

test('a reward that nobody can give is refused when the plan is made', async () => {
  const coupon = { kind: 'coupon' as const, coupon_definition_id: '00000000-0000-7000-8000-000000000000' }
  const privilege = { kind: 'privilege' as const, privilege_id: coupon.coupon_definition_id, uses: 1 }
  await expect(giving(['start', coupon], ['start', privilege])).rejects.toMatchObject({
    code: 'plan.invalid',
    errors: [
      { pointer: '/design/rewards/0/reward', code: 'coupon_definition.not_found' },
      { pointer: '/design/rewards/1/reward', code: 'plan.privilege_unknown' },
    ],
  })
})

test('64 payments of one period at once give its reward once', async () => {
  const member = await newMember()
  const plan_id = await giving(['start', points(11)])
  await Promise.all(Array.from({ length: 64 }, () => start(member, plan_id, 300, 'the one payment')))
  expect(await pointsOf(member)).toBe(11)
})

test('no shipping at the till from the plan’s amount on, and “you saved” says so', async () => {
  const member = await newMember()
  const plan_id = await planOf({ free_shipping_from_minor: 500 })
  const quoted = (unit_price_minor: number) =>
    clerk.call('POST /v1/till/quotes', {
      body: {
        member: { member_id: member },
        lines: [{ sku: 'TEA', quantity: 1, unit_price_minor }],
        shipping_minor: 80,
      },
    })
  expect(await quoted(500)).toMatchObject({ to_pay_minor: 580, saved_minor: 0 })
  await start(member, plan_id)
  expect(await quoted(500)).toMatchObject({
    to_pay_minor: 500,
    saved_minor: 80,
    shipping: {
      gross_minor: 80,
      net_minor: 0,
      discounts: [{ kind: 'member_price', amount_minor: 80, why: { code: 'plan_shipping' } }],
    },
  })
  expect(await quoted(499)).toMatchObject({ to_pay_minor: 579, saved_minor: 0 })
})

test('the timeline tells of a plan: joined, renewed, cancelled, ended, given back', async () => {
  const member = await newMember()
  const plan_id = await giving(['start', points(5)])
  const { subscription_id } = await start(member, plan_id)
  world.later(28)
  await renew(member, subscription_id!)
  await act({
    verb: 'refund',
    member_id: member,
    subscription_id: subscription_id!,
    amount_minor: 10,
    source: 'test',
    source_id: numbered('r'),
  })
  await act({
    verb: 'cancel',
    member_id: member,
    subscription_id: subscription_id!,
    when: 'at_end',
    source: 'test',
    source_id: numbered('c'),
  })
  world.later(40)
  await world.tx((tx) => plans.turn(tx))
  const { data } = await marketer.call('GET /v1/admin/members/:member_id/timeline', {
    params: { member_id: member },
    query: { kinds: 'plan' },
  })
  const told = data.map(({ data: said }) => ('act' in said ? [said.act, said.amount_minor, said.ended_why] : []))
  expect(told[0]).toEqual(['ended', 0, 'cancelled'])
  // those of one moment in any order
  expect(told.slice(1, 4).sort()).toEqual([
    ['cancelled', 0, null],
    ['refunded', -10, null],
    ['renewed', 300, null],
  ])
  expect(told[4]).toEqual(['joined', 300, null])
})

test('merged: rewards follow the member, and the books agree', async () => {
  const [keep, merge] = [await newMember(), await newMember()]
  const plan_id = await giving(['every', points(9)])
  await start(keep, plan_id)
  await start(merge, plan_id)
  await world.tx((tx) => members.merge(tx, [{ keep, merge }]))
  const moved = await world.db.row<{ rewards: number }>(sql`
    select count(*) as rewards from plan_rewards where member_id = ${keep}::uuid and gift_id is not null`)
  expect([moved!.rewards, await pointsOf(keep)]).toEqual([2, 18])
  const { checks: findings } = await verify(world.db, checks)
  expect(findings.filter((one) => !one.ok)).toEqual([])
})

/** Offers through the doors: issued, seen, completed by orders, undone by refunds. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { monday, openWorld, Refused, type Caller, type World } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { receive, refund } from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'
import * as points from '../points/points.ts'
import { jobs } from './jobs.ts'
import * as offers from './offers.ts'
import { anything, type OfferRule } from './types.ts'

let world: World
let marketer: Caller
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
})
afterAll(() => world.close())
beforeEach(() => world.at(monday))

/** Buy for 100 within 7 days of receiving, get 50 points. */
const week: OfferRule = {
  window: { counts_from: 'issue', hours: 7 * 24, from: null, until: null },
  threshold: { measure: 'spend', reach: 'at_least', amount: 100 },
  scope: anything,
  refunds: 'undo',
  reward: { kind: 'points', points: 50 },
}
let made = 0
const numbered = (text: string) => `${text}-${++made}`

async function offerOf(rule: Partial<OfferRule> = {}): Promise<string> {
  const { offer_id } = await marketer.call('POST /v1/admin/offers', {
    body: { names: { en: 'Week of tea' }, rule: { ...week, ...rule } },
  })
  return offer_id
}
const issueTo = (offer_id: string, member_ids: string[], more: object = {}) =>
  marketer.call('POST /v1/admin/offers/:offer_id/issues', {
    params: { offer_id },
    body: { member_ids, source_id: numbered('mail'), ...more },
  })
async function buy(member_id: string, net: number, more: { sku?: string; category?: string; at?: Date } = {}) {
  const source_id = numbered('T')
  await world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id,
        occurred_at: more.at ?? tx.now,
        member: { member_id },
        lines: [{ sku: more.sku ?? 'oolong', category: more.category ?? 'tea', quantity: 1, net_minor: net }],
      },
    ]),
  )
  return source_id
}
const giveBack = (order: string, net: number) =>
  world.tx((tx) =>
    refund(tx, [
      {
        source: 'till',
        source_id: numbered('R'),
        order: { source_id: order },
        amount_minor: net,
        occurred_at: tx.now,
      },
    ]),
  )
const held = async (member_id: string, offer_id: string) => {
  const { data } = await marketer.call('GET /v1/admin/members/:member_id/offers', { params: { member_id } })
  return data.filter((one) => one.offer_id === offer_id)
}
/** Points that offers gave and took, net. */
async function given(member_id: string): Promise<number> {
  const row = await world.db.row<{ points: number }>(sql`
    select coalesce(sum(points), 0)::bigint as points from point_entries
    where member_id = ${member_id}::uuid and source in ('gift', 'offer_undone') and kind = 'adjust'`)
  return row!.points
}
const told = async (name: string, offer_id: string) =>
  (await world.db.rows(sql`select from facts where name = ${name}::text and data->>'offer_id' = ${offer_id}::text`))
    .length
const broken = async () => (await verify(world.db, offers.checks)).checks.filter((one) => !one.ok)

test('buy for 100 within 7 days of receiving, get 50 points, once', async () => {
  const { wang, mary } = world.cast
  const offer_id = await offerOf()
  const before = await given(wang)
  const { data } = await issueTo(offer_id, [wang, mary])
  expect(data.map((one) => one.outcome)).toEqual(['issued', 'issued'])
  world.later(1)
  await buy(wang, 60)
  world.later(1)
  await buy(wang, 40)
  await buy(wang, 500)
  const [one] = await held(wang, offer_id)
  expect(one).toMatchObject({
    state: 'completed',
    progress: 600,
    rewarded_points: 50,
    why: { code: 'spend_reached' },
  })
  expect([(await given(wang)) - before, await told('offer.completed', offer_id)]).toEqual([50, 1])
  const offer = await marketer.call('GET /v1/admin/offers/:offer_id', { params: { offer_id } })
  expect(offer).toMatchObject({ issued: 2, viewed: 0, completed: 1, open: 1, rewarded_points: 50 })
  world.later(7)
  await buy(mary, 100)
  expect(await held(mary, offer_id)).toMatchObject([{ state: 'ended', progress: 0 }])
})

test('issuing again with the same source and id changes nothing and answers the same', async () => {
  const offer_id = await offerOf()
  const body = { source: 'campaign', source_id: 'spring' }
  const first = await issueTo(offer_id, [world.cast.chen], body)
  const again = await issueTo(offer_id, [world.cast.chen, world.cast.chen], body)
  expect(again.data.map((one) => [one.outcome, one.issue_id])).toEqual([
    ['unchanged', first.data[0]!.issue_id],
    ['unchanged', first.data[0]!.issue_id],
  ])
  const other = await issueTo(await offerOf(), [world.cast.chen], body)
  expect(other.data[0]).toMatchObject({ outcome: 'refused', code: 'offer.issue_changed' })
})

test('an order that comes late completes what its own time completes', async () => {
  const offer_id = await offerOf()
  await issueTo(offer_id, [world.cast.chen])
  world.later(30)
  expect((await held(world.cast.chen, offer_id))[0]!.state).toBe('ended')
  const at = new Date(monday.getTime() + 3_600_000)
  await buy(world.cast.chen, 100, { at })
  expect((await held(world.cast.chen, offer_id))[0]).toMatchObject({
    state: 'completed',
    completed_at: at.toISOString(),
  })
})

test('an offer issued for the past counts the orders that are there', async () => {
  const offer_id = await offerOf()
  await buy(world.cast.mary, 100)
  world.later(2)
  await issueTo(offer_id, [world.cast.mary], { issued_at: monday.toISOString() })
  expect((await held(world.cast.mary, offer_id))[0]!.state).toBe('completed')
})

test('a refund undoes the completion and takes its points back; buying again completes again', async () => {
  const { ouyang } = world.cast
  const offer_id = await offerOf()
  await issueTo(offer_id, [ouyang])
  const before = await given(ouyang)
  const order = await buy(ouyang, 100)
  expect(await given(ouyang)).toBe(before + 50)
  await giveBack(order, 1)
  expect((await held(ouyang, offer_id))[0]).toMatchObject({ state: 'open', progress: 99, rewarded_points: 0 })
  expect(await given(ouyang)).toBe(before)
  await buy(ouyang, 1)
  expect((await held(ouyang, offer_id))[0]).toMatchObject({ state: 'completed', rewarded_points: 50 })
  expect([await told('offer.completed', offer_id), await told('offer.undone', offer_id)]).toEqual([2, 1])
  expect(await broken()).toEqual([])
})

test('points that are spent by then are forgiven', async () => {
  const { ouyang } = world.cast
  world.later(20)
  const offer_id = await offerOf()
  await issueTo(offer_id, [ouyang])
  const order = await buy(ouyang, 100)
  const [balance] = await world.tx((tx) => points.balanceOf(tx, [ouyang]))
  await world.tx((tx) =>
    points.spend(tx, [{ member_id: ouyang, points: balance!.active, source: 'gift', source_id: numbered('g') }]),
  )
  await giveBack(order, 100)
  expect((await held(ouyang, offer_id))[0]).toMatchObject({ state: 'open', progress: 0, rewarded_points: 50 })
  expect(await broken()).toEqual([])
})

test('a window that counts from viewing begins when it is seen', async () => {
  const { chen } = world.cast
  const offer_id = await offerOf({ window: { counts_from: 'view', hours: 24, from: null, until: null } })
  await issueTo(offer_id, [chen])
  const { issue_id } = (await held(chen, offer_id))[0]!
  await buy(chen, 100)
  expect((await held(chen, offer_id))[0]!.state).toBe('waiting')
  world.later(1)
  const see = () =>
    marketer.call('POST /v1/admin/members/:member_id/offers/:issue_id/views', {
      params: { member_id: chen, issue_id },
      body: {},
    })
  expect(await see()).toMatchObject({ state: 'open', progress: 0, viewed_at: world.now().toISOString() })
  await see()
  expect(await told('offer.viewed', offer_id)).toBe(1)
  await buy(chen, 100)
  expect((await held(chen, offer_id))[0]!.state).toBe('completed')
})

test('only goods in scope count', async () => {
  const { wang } = world.cast
  const offer_id = await offerOf({ scope: { ...anything, categories: ['cups'] } })
  await issueTo(offer_id, [wang])
  await buy(wang, 900)
  expect((await held(wang, offer_id))[0]).toMatchObject({ state: 'open', progress: 0 })
  await buy(wang, 100, { sku: 'cup', category: 'cups' })
  expect((await held(wang, offer_id))[0]).toMatchObject({ state: 'completed', progress: 100 })
})

test('a changed rule is for what is issued from then on; a stopped offer is issued to nobody', async () => {
  const { wang, mary, chen } = world.cast
  const offer_id = await offerOf({ threshold: { measure: 'spend', reach: 'at_least', amount: 5_000 } })
  await issueTo(offer_id, [wang])
  const change = (body: object) =>
    marketer.call('PATCH /v1/admin/offers/:offer_id', { params: { offer_id }, body: body as never })
  expect((await change({ rule: week })).version).toBe(2)
  // the same rule is no new one, in whatever order its parts are sent
  const turned = Object.fromEntries(Object.entries(week).reverse())
  expect((await change({ rule: turned, names: { en: 'Week' } })).version).toBe(2)
  await issueTo(offer_id, [mary])
  await buy(wang, 200)
  await buy(mary, 200)
  expect([(await held(wang, offer_id))[0]!.state, (await held(mary, offer_id))[0]!.state]).toEqual([
    'open',
    'completed',
  ])
  await change({ status: 'stopped' })
  expect((await issueTo(offer_id, [chen])).data[0]).toMatchObject({ outcome: 'refused', code: 'offer.stopped' })
})

test('a reward that nobody here can hand out is refused by name, and so is a rule that cannot be meant', async () => {
  const codeOf = (rule: Partial<OfferRule>) =>
    offerOf(rule).then(
      () => null,
      (thrown: Refused) => thrown.code,
    )
  const plan_id = '019aa7a0-0000-7000-8000-000000000000'
  expect(await codeOf({ reward: { kind: 'plan_days', plan_id, days: 30 } })).toBe('offer.reward_unavailable')
  expect(await codeOf({ threshold: null })).toBe('offer.rule_invalid')
  await expect(world.as('clerk').call('GET /v1/admin/offers')).rejects.toMatchObject({ status: 403 })
})

test('orders and issues of one member at the same moment miss nothing', async () => {
  const { chen } = world.cast
  const offer_id = await offerOf({ threshold: { measure: 'orders', reach: 'at_least', amount: 8 } })
  const at = world.now()
  await Promise.all([
    ...Array.from({ length: 8 }, () => buy(chen, 10)),
    ...Array.from({ length: 4 }, () => issueTo(offer_id, [chen], { issued_at: at.toISOString() })),
  ])
  const all = await held(chen, offer_id)
  expect(all).toHaveLength(4)
  // what chen bought at this very moment in other tests counts as well
  expect(all.every((one) => one.state === 'completed' && one.progress === all[0]!.progress)).toBe(true)
  expect(await broken()).toEqual([])
})

test('two accounts become one: both their offers count what both bought', async () => {
  const [keep, merge] = await world.tx(async (tx) =>
    (
      await members.upsert(
        tx,
        ['A', 'B'].map((id) => ({ external_id: numbered(id), display_name: id, kind: 'member' as const })),
        { source: 'wusong' },
      )
    ).map((one) => one.member_id!),
  )
  const offer_id = await offerOf()
  await issueTo(offer_id, [keep!, merge!])
  await buy(keep!, 60)
  await buy(merge!, 60)
  await world.tx((tx) => members.merge(tx, [{ keep: keep!, merge: merge! }]))
  const all = await held(keep!, offer_id)
  expect(all.map((one) => [one.state, one.progress])).toEqual([
    ['completed', 120],
    ['completed', 120],
  ])
  expect(await broken()).toEqual([])
  await world.tx((tx) => members.erase(tx, [keep!]))
  const named = await world.db.rows(sql`
    select from offer_issues where member_id = ${keep!}::uuid and source_id <> issue_id::text`)
  expect(named).toEqual([])
})

/** Which check names the row, for each error planted by direct SQL. */
const one = () => sql`issue_id = (select min(issue_id::text)::uuid from offer_issues where rewarded_points = 50
  and completed_at is not null and progress < 1000)`
const planted: [string, () => Sql][] = [
  ['offers.completed_by_own_order', () => sql`update offer_issues set completed_order_id = uuidv7() where ${one()}`],
  [
    'offers.completed_when_reached',
    () => sql`update offer_issues set completed_at = null, completed_order_id = null where ${one()}`,
  ],
  ['offers.progress_equals_orders', () => sql`update offer_issues set progress = progress + 1 where ${one()}`],
  ['offers.rewards_in_ledger', () => sql`update offer_issues set rewarded_points = 49 where ${one()}`],
]

class Undo extends Error {}

test.each(planted)('%s names the row', async (name, wrong) => {
  const check = offers.checks.find((found) => found.name === name)!
  await world
    .tx(async (tx) => {
      expect((await check.run(tx)).ok).toBe(true)
      expect(await tx.run(wrong())).toBe(1)
      expect((await check.run(tx)).ok).toBe(false)
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
})

test('every check has an error that it finds', () => {
  expect(planted.map(([name]) => name).sort()).toEqual(offers.checks.map((check) => check.name).sort())
})

test('an offer is issued to many as a job, once for each however often the job runs, and tried on last month first', async () => {
  const { wang, mary, chen } = world.cast
  const rule = { ...week, window: { ...week.window, hours: null } }
  const tried = () => marketer.call('POST /v1/admin/offers/previews', { body: { rule } })
  const before = await tried()
  await buy(chen, 60, { at: new Date(monday.getTime() - 5 * 86_400_000) })
  await buy(chen, 50, { at: new Date(monday.getTime() - 4 * 86_400_000) })
  const after = await tried()
  expect(after.completed - before.completed).toBe(1)
  expect(after).toMatchObject({ points: after.completed * 50, cost_minor: after.completed * 50 })
  const worth = (point_value_minor: number) =>
    world.tx((tx) => program.update(tx, { settings: { point_value_minor } }))
  await worth(0.01)
  expect(await tried()).toMatchObject({ points: after.completed * 50, cost_minor: after.completed / 2 })
  await worth(1)
  const offer_id = await offerOf()
  const { run_id } = await marketer.call('POST /v1/admin/offers/:offer_id/runs', {
    params: { offer_id },
    body: { member_ids: [wang, mary, '019aa7a0-0000-7000-8000-000000000000'] },
  })
  const context = { db: world.db, actor: systemActor('test'), signal: new AbortController().signal } as JobContext
  for (let nth = 0; nth < 2; nth += 1) await jobs['offers.run']!({ run_id }, context)
  const run = await marketer.call('GET /v1/admin/offer-runs/:run_id', { params: { run_id } })
  expect(run).toMatchObject({ status: 'done', members_total: 3, given: 2, refused: 1 })
  expect(await held(wang, offer_id)).toHaveLength(1)
})

test('a reward that was out of stock is given once it is there, once; an unused one goes back with its order', async () => {
  const { ouyang } = world.cast
  world.later(1)
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', {
    body: { names: { en: 'Cup' }, cost_minor: 80, fulfilment: 'pickup', stock: 'total' },
  })
  const stock = (left: number) =>
    marketer.call('PUT /v1/admin/gift-items/:item_id/stock', {
      params: { item_id },
      body: { heaps: [{ store_id: null, left }] },
    })
  const left = async () => (await marketer.call('GET /v1/admin/gift-items/:item_id', { params: { item_id } })).left
  await stock(0)
  const offer_id = await offerOf({ reward: { kind: 'item', item_id } })
  await issueTo(offer_id, [ouyang])
  const order = await buy(ouyang, 100)
  await giveBack(await buy(ouyang, 30), 30)
  const [issue] = await held(ouyang, offer_id)
  expect(issue).toMatchObject({ state: 'completed', reward_refused: 'gift.out_of_stock' })
  const again = () =>
    marketer.call('POST /v1/admin/members/:member_id/offers/:issue_id/reward', {
      params: { member_id: ouyang, issue_id: issue!.issue_id },
    })
  await expect(again()).rejects.toMatchObject({ code: 'gift.out_of_stock' })
  await stock(3)
  expect((await again()).reward_refused).toBeNull()
  await expect(again()).rejects.toMatchObject({ code: 'offer_issue.not_found' })
  expect(await left()).toBe(2)
  await giveBack(order, 100)
  expect(await left()).toBe(3)
  expect(await broken()).toEqual([])
})

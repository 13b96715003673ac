/** Price protection through the doors of a shop: bought, then cheaper; returned; merged; asked twice at once. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { clockwork } from '../../app/schedule.ts'
import { systemActor } from '../../base/actor.ts'
import { createLog } from '../../base/log.ts'
import { sql, type Sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as points from '../points/points.ts'
import { jobs } from './jobs.ts'
import { affected, checks, look } from './protection.ts'
import type { ProtectionRule } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const everybody: ProtectionRule = {
  is_on: true,
  days: 14,
  tier_codes: [],
  plan_ids: [],
  excluded_categories: [],
  minimum_minor: 0,
  limit: null,
  budget_id: null,
}
const owner = () => world.as('owner')
let made = 0

/** A product at a list price. */
async function product(price_minor: number): Promise<{ sku: string; product_id: string }> {
  made += 1
  return owner().call('POST /v1/admin/products', {
    body: { sku: `P${made}`, name: `茶 ${made}`, category: '茶', price_minor },
  })
}
const reprice = (product_id: string, price_minor: number) =>
  owner().call('PATCH /v1/admin/products/:product_id', { params: { product_id }, body: { price_minor } })

async function buy(member_id: string, sku: string, net_minor: number, quantity = 1): Promise<string> {
  world.at(new Date(world.now().getTime() + 60_000))
  made += 1
  const occurred_at = world.now().toISOString()
  await owner().call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: `B${made}`,
      status: 'completed',
      occurred_at,
      member: { member_id },
      lines: [{ sku, quantity, net_minor }],
    },
  })
  world.at(new Date(world.now().getTime() + 60_000))
  return `B${made}`
}
const giveBack = (order: string, quantity: number) => {
  made += 1
  return owner().call('POST /v1/admin/refunds', {
    body: {
      source: 'till',
      source_id: `R${made}`,
      order: { source_id: order },
      occurred_at: world.now().toISOString(),
      lines: [{ line_no: 1, quantity }],
    },
  })
}
const set = (rule: ProtectionRule) => owner().call('POST /v1/admin/protection-rules', { body: { rule } })
const lookAtAll = () => world.tx(async (tx) => look(tx, await affected(tx, tx.now)))
const given = async (member_id: string) =>
  (await owner().call('GET /v1/admin/protections', { query: { member_id } })).data
const broken = async () => {
  const found = await Promise.all(
    [...checks, ...points.checks].map(async (check) => [check.name, await check.run(world.db)] as const),
  )
  return found.filter(([, finding]) => !finding.ok).map(([name, finding]) => `${name} ${finding.detail}`)
}
const forget = () => world.tx((tx) => tx.run(sql`delete from product_prices`))

beforeEach(forget)

/** Lets those who wait for it pass once it is open. */
function gate() {
  let open: () => void = () => undefined
  const passed = new Promise<void>((done) => (open = done))
  return { open, passed }
}

/** What a point pays at the till of the cast. */
async function worth(): Promise<{ points: number; worth_minor: number }> {
  return (await points.spendRulesOf(world.db)).at(-1)!.rule
}

test('who has just bought gets the difference back once, and the rest when the price falls again', async () => {
  const { wang } = world.cast
  const { points: rate, worth_minor } = await worth()
  await set(everybody)
  const tea = await product(1_000)
  await buy(wang, tea.sku, 2_000, 2)
  await lookAtAll()
  expect(await given(wang)).toEqual([])
  await reprice(tea.product_id, 800)
  await lookAtAll()
  await lookAtAll()
  expect(await given(wang)).toMatchObject([
    {
      sku: tea.sku,
      paid_minor: 2_000,
      then_minor: 1_000,
      now_minor: 800,
      given_minor: 400,
      why: { code: 'given' },
    },
  ])
  world.later(1)
  await reprice(tea.product_id, 700)
  await lookAtAll()
  const rows = await given(wang)
  expect(rows.map((row) => row.given_minor)).toEqual([200, 400])
  expect(rows.map((row) => row.points)).toEqual([(200 * rate) / worth_minor, (400 * rate) / worth_minor])
  // dearer again: what was given stays
  await reprice(tea.product_id, 1_500)
  await lookAtAll()
  expect(await given(wang)).toHaveLength(2)
  expect(await broken()).toEqual([])
})

test('it is found by itself: a new list price, a price rule and the night ask for a look', async () => {
  const { ouyang } = world.cast
  const tea = await product(1_000)
  await buy(ouyang, tea.sku, 1_000)
  await reprice(tea.product_id, 940)
  const waiting = await world.db.rows<{ name: string }>(sql`
    select task_identifier as name from graphile_worker.jobs`)
  expect(waiting.map((job) => job.name)).toContain('products.repriced')
  for (const name of ['products.repriced', 'prices.changed', 'protection.look'])
    await jobs[name]!(
      {},
      {
        db: world.db,
        actor: systemActor('test'),
        now: world.now(),
        signal: new AbortController().signal,
        log: createLog({ level: 'error' }),
      },
    )
  expect(await given(ouyang)).toMatchObject([{ given_minor: 60 }])
  expect(clockwork.map((line) => line.name)).toContain('protection.look')
})

test('whoever paid less than it costs now, or bought too long ago, is given nothing', async () => {
  const { mary } = world.cast
  const tea = await product(1_000)
  await buy(mary, tea.sku, 1_000)
  world.later(15)
  await buy(mary, tea.sku, 750)
  await reprice(tea.product_id, 800)
  await lookAtAll()
  expect(await given(mary)).toEqual([])
})

test('a price that only the member’s climb brought is not owed, one that a rule brought is', async () => {
  const { chen } = world.cast
  const tea = await product(1_000)
  await buy(chen, tea.sku, 1_000)
  const rule = {
    member_prices: [{ sku: tea.sku, tier_codes: ['gold'], price_minor: 500 }],
    tier_discounts: [],
    excluded_skus: [],
    excluded_categories: [],
    floor: { cost: false, share_bp: 0 },
    with_coupons: 'before' as const,
  }
  world.at(new Date(world.now().getTime() + 60_000))
  await owner().call('POST /v1/admin/price-rules', { body: { rule } })
  await lookAtAll()
  expect(await given(chen)).toEqual([])
  world.at(new Date(world.now().getTime() + 60_000))
  const forAll = { ...rule, member_prices: [{ sku: tea.sku, tier_codes: [], price_minor: 900 }] }
  await owner().call('POST /v1/admin/price-rules', { body: { rule: forAll } })
  await lookAtAll()
  expect(await given(chen)).toMatchObject([{ given_minor: 100 }])
  expect(await broken()).toEqual([])
})

test('what a preview says is what applying gives; the limit holds; two who look at once give once', async () => {
  const { ouyang } = world.cast
  const teas = [await product(1_000), await product(1_000), await product(1_000)]
  for (const tea of teas) await buy(ouyang, tea.sku, 1_000)
  for (const tea of teas) await reprice(tea.product_id, 600)
  // sixty of the year was given before there was a limit
  const limited: ProtectionRule = { ...everybody, limit: { amount_minor: 760, period: 'year' } }
  const seen = await owner().call('POST /v1/admin/protection-rules/previews', { body: { rule: limited } })
  expect(seen).toMatchObject({ members: 1, lines: 2, given_minor: 700, left_out: 1 })
  await set(limited)
  await Promise.all([lookAtAll(), lookAtAll(), lookAtAll()])
  const rows = (await given(ouyang)).slice(0, 2)
  expect(rows.map((row) => row.given_minor).sort()).toEqual([300, 400])
  expect(rows.reduce((sum, row) => sum + row.points, 0)).toBe(seen.points)
  expect(rows.map((row) => row.why.code).sort()).toEqual(['given', 'limited'])
  expect(await broken()).toEqual([])
})

// Protected by: the lock that protection.ts look takes before it decides.
test('pain 3: who looks while another look is not yet written waits for it, and gives nothing twice', async () => {
  const { wang } = world.cast
  await set(everybody)
  const tea = await product(1_000)
  await buy(wang, tea.sku, 1_000)
  await reprice(tea.product_id, 700)
  const before = (await given(wang)).length
  const [isWritten, mayEnd] = [gate(), gate()]
  const first = world.tx(async (tx) => {
    const lines = await look(tx, [wang])
    isWritten.open()
    await mayEnd.passed
    return lines
  })
  await isWritten.passed
  let isOver = false
  const second = world.tx((tx) => look(tx, [wang])).finally(() => (isOver = true))
  const isWaiting = () =>
    world.db.row(sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  while (!isOver && !(await isWaiting()));
  mayEnd.open()
  expect(await Promise.all([first, second])).toEqual([1, 0])
  expect(await given(wang)).toHaveLength(before + 1)
  expect(await broken()).toEqual([])
})

test('goods that go back are not protected: none is given for them, and what was given goes back', async () => {
  const { wang } = world.cast
  await set(everybody)
  const before = (await points.balanceOf(world.db, [wang]))[0]!.active
  const earlier = (await given(wang)).length
  const tea = await product(1_000)
  const order = await buy(wang, tea.sku, 3_000, 3)
  await giveBack(order, 1)
  await reprice(tea.product_id, 900)
  await lookAtAll()
  expect((await given(wang))[0]).toMatchObject({ paid_minor: 2_000, given_minor: 200, returned_at: null })
  await giveBack(order, 2)
  expect((await given(wang))[0]!.returned_at).not.toBeNull()
  expect((await points.balanceOf(world.db, [wang]))[0]!.active).toBe(before)
  await reprice(tea.product_id, 500)
  await lookAtAll()
  expect(await given(wang)).toHaveLength(earlier + 1)
  expect(await broken()).toEqual([])
})

test('who returns most of what became cheaper keeps points for the rest only; what was spent falls away', async () => {
  const { mary } = world.cast
  const { points: rate, worth_minor } = await worth()
  const pointsOf = (minor: number) => (minor * rate) / worth_minor
  const active = async () => (await points.balanceOf(world.db, [mary]))[0]!.active
  await set(everybody)
  const tea = await product(1_000)
  const order = await buy(mary, tea.sku, 10_000, 10)
  // what the order itself earns waits: it is not what is counted here
  const before = await active()
  await reprice(tea.product_id, 900)
  await lookAtAll()
  expect((await active()) - before).toBe(pointsOf(1_000))
  await giveBack(order, 7)
  expect((await active()) - before).toBe(pointsOf(300))
  await giveBack(order, 2)
  expect((await active()) - before).toBe(pointsOf(100))
  const back = async () =>
    (await given(mary)).map(({ given_minor, taken_points }) => [given_minor, taken_points]).slice(0, 1)
  expect(await back()).toEqual([[1_000, pointsOf(900)]])
  // the price falls further: the one that is kept is due its own difference
  await reprice(tea.product_id, 700)
  await lookAtAll()
  expect((await active()) - before).toBe(pointsOf(300))
  // all is spent before the last one goes back
  await world.tx((tx) =>
    points.spend(tx, [{ member_id: mary, points: before + pointsOf(300), source: 'test', source_id: 'all' }]),
  )
  await giveBack(order, 1)
  expect(await active()).toBe(0)
  expect(await broken()).toEqual([])
})

test('tiers, plans and categories say whose purchases and which goods; off gives nothing', async () => {
  const { mary } = world.cast
  const tea = await product(1_000)
  await buy(mary, tea.sku, 1_000)
  await reprice(tea.product_id, 500)
  const preview = async (rule: Partial<ProtectionRule>) =>
    (await owner().call('POST /v1/admin/protection-rules/previews', { body: { rule: { ...everybody, ...rule } } }))
      .lines
  expect(await preview({})).toBe(1)
  expect(await preview({ is_on: false })).toBe(0)
  expect(await preview({ tier_codes: ['gold'] })).toBe(0)
  expect(await preview({ excluded_categories: ['茶'] })).toBe(0)
  expect(await preview({ minimum_minor: 501 })).toBe(0)
  await expect(set({ ...everybody, tier_codes: ['nobody'] })).rejects.toMatchObject({
    code: 'protection_rule.invalid',
    errors: [{ pointer: '/rule/tier_codes/0', code: 'protection_rule.tier_unknown' }],
  })
})

/** Which check names the row, for each error planted by direct SQL. */
const planted: readonly [string, () => Sql][] = [
  ['protection.within_what_was_paid', () => sql`update order_lines set net_minor = 100 where net_minor = 2000`],
  ['protection.is_a_gift', () => sql`update protections set points = points + 1`],
  [
    'protection.returns_are_taken',
    () => sql`update protections set taken_points = taken_points + 1 where points > taken_points + forgiven_points`,
  ],
  ['protection.counts_are_sums', () => sql`update protection_counts set given_minor = given_minor - 1`],
]
class Undo extends Error {}

test.each(planted)('%s names the row', async (name, wrong) => {
  const check = checks.find((one) => one.name === name)!
  await world
    .tx(async (tx) => {
      expect(await tx.run(wrong())).toBeGreaterThan(0)
      expect((await check.run(tx)).ok).toBe(false)
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
})

test('what was given back follows a merged member', async () => {
  const { ouyang, chen } = world.cast
  const [of, to] = [await given(ouyang), await given(chen)]
  await world.tx((tx) => members.merge(tx, [{ merge: ouyang, keep: chen }]))
  expect(await given(chen)).toHaveLength(of.length + to.length)
  expect(await broken()).toEqual([])
})

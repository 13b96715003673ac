/** A household at the doors: founded and joined by phones, spent at the till and in the shop, undone, and let alone. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { checks } from '../../../app/checks.ts'
import type { Tx } from '../../../base/db.ts'
import { sql, type Sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import { verify } from '../../../base/verify.ts'
import * as members from '../../../record/members/members.ts'
import * as orders from '../../../record/orders/orders.ts'
import * as gifts from '../../../value/gifts/gifts.ts'
import * as points from '../../../value/points/points.ts'
import type { PointSpendRule } from '../../../value/points/types.ts'
import * as counter from '../../counter/counter.ts'
import { phonesOf, refusal, type Phone } from '../../../../test/phones.ts'
import { openWorld, type World } from '../../../../test/world.ts'

const oneIsOne: PointSpendRule = {
  ...{ points: 1, worth_minor: 1, step: 1, minimum_points: 1, share_max_bp: 10_000 },
  ...{ pays_goods: true, pays_shipping: false, excluded_categories: [] },
}
const rule = { is_on: true, members_max: 3, spenders: 'everyone' as const }

let world: World
let wang: Phone
let mary: Phone
let chen: Phone
beforeAll(async () => {
  world = await openWorld()
  const phones = phonesOf(world)
  wang = await phones.signedIn(world.cast.wang)
  mary = await phones.signedIn(world.cast.mary)
  chen = await phones.signedIn(world.cast.chen)
  await world.as('marketer').call('POST /v1/admin/point-spend-rules', { body: { rule: oneIsOne } })
})
afterAll(() => world?.close())
afterEach(async () => {
  const own = checks.filter(({ name }) => /^(points|counter|portal|gifts)\./.test(name))
  expect((await verify(world.db, own)).checks.filter(({ ok }) => !ok)).toEqual([])
})

const give = (member_id: string, amount: number) =>
  world.tx((tx) =>
    points.adjust(tx, [
      { member_id, points: amount, reason: '', source: 'test', source_id: randomUUID(), expires_on: null },
    ]),
  )
const availableOf = async (...ids: string[]) =>
  (await points.balanceOf(world.db, ids)).map((balance) => balance.available)
const tea = { sku: 'OOLONG', name: 'Oolong', category: 'tea', quantity: 1, unit_price_minor: 300 }
const basket = (member_id: string, points_to_use: number | 'max') => ({
  ...{ source: 'till-7', source_id: randomUUID(), member: { member_id }, lines: [tea], points_to_use },
})
const tokenIn = (path: string) => path.slice('/portal/pass/'.length)
const accept = (phone: Phone, token: string) =>
  phone.call('POST /v1/portal/passes/:token/accept', { params: { token } })
const invite = async (phone: Phone, id: string) =>
  tokenIn((await phone.call('POST /v1/portal/passes', { body: { kind: 'pool', id } })).path)

/** What a till runs for one sale and one hold that is let go, as it is written. */
async function statementsAtTill(member_id: string): Promise<string[]> {
  const texts: string[] = []
  await world.tx(async (open) => {
    const seen = (query: Sql) => (texts.push(query.text), query)
    const tx = {
      ...open,
      rows: (query: Sql) => open.rows(seen(query)),
      row: (query: Sql) => open.row(seen(query)),
      run: (query: Sql) => open.run(seen(query)),
    } as Tx
    const [held] = await counter.hold(tx, [basket(member_id, 10)])
    await counter.release(tx, [(held as { hold_id: string }).hold_id])
    await counter.sell(tx, [basket(member_id, 10)])
  })
  return texts
}

test('who shares with nobody costs the till no statement, whether or not others share', async () => {
  await give(world.cast.ouyang, 100)
  // the first of all sales also makes products and moves the member's state
  await statementsAtTill(world.cast.ouyang)
  const before = await statementsAtTill(world.cast.ouyang)
  // who is in a pool is told by the statement that reads balances anyway
  const asked = before.filter((text) => text.includes('point_pool'))
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.filter((text) => !text.includes('left join point_balances'))).toEqual([])
  await world.as('marketer').call('POST /v1/admin/point-pool-rules', { body: { rule } })
  expect(await statementsAtTill(world.cast.ouyang)).toEqual(before)
})

test('the head invites by a link, who accepts shares, and a full group or another’s link is refused', async () => {
  expect(await wang.call('GET /v1/portal/pool', {})).toMatchObject({ rule: { members_max: 3 }, pool: null })
  const { pool_id } = await wang.call('POST /v1/portal/pool', { body: { name: ' 王家 ' } })
  const link = await invite(wang, pool_id)
  expect(await world.nobody.call('GET /v1/open/portal/passes/:token', { params: { token: link } })).toMatchObject({
    kind: 'pool',
    name: '王家',
    state: 'open',
  })
  expect(await accept(mary, link)).toEqual({ kind: 'pool', id: pool_id })
  expect(await accept(mary, link)).toEqual({ kind: 'pool', id: pool_id })
  expect(await refusal(accept(chen, link))).toBe('409 pass.accepted')
  expect(await refusal(invite(mary, pool_id))).toBe('422 pool.not_head')
  expect(await refusal(invite(chen, pool_id))).toBe('404 pool.not_found')
  const name = { body: { name: 'Mine' } }
  expect(await refusal(mary.call('PATCH /v1/portal/pool', name))).toBe('422 pool.not_head')
  expect(await refusal(chen.call('PATCH /v1/portal/pool', name))).toBe('404 pool.not_found')
  expect(await refusal(mary.call('POST /v1/portal/pool', name))).toBe('409 pool.in_another')
  const remove = (phone: Phone, member_id: string) =>
    phone.call('DELETE /v1/portal/pool/members/:member_id', { params: { member_id } })
  expect(await refusal(remove(mary, world.cast.wang))).toBe('422 pool.not_head')
  expect(await refusal(remove(wang, world.cast.chen))).toBe('404 pool.not_found')
  await accept(chen, await invite(wang, pool_id))
  expect(await refusal(invite(wang, pool_id))).toBe('422 pool.full')
  await remove(wang, world.cast.chen)
  const { pool } = await mary.call('GET /v1/portal/pool', {})
  expect(pool).toMatchObject({ name: '王家', is_head: false, invitation: null })
  expect(pool!.members.map(({ is_me, is_head }) => [is_me, is_head])).toEqual([
    [false, true],
    [true, false],
  ])
})

test('a till quotes own and with the group apart, sets aside from both, and says from whom by a masked name', async () => {
  const { wang: head, mary: mate } = world.cast
  await give(head, 40)
  await give(mate, 100)
  const till = world.as('clerk')
  const quoted = await till.call('POST /v1/till/quotes', { body: { ...quoteOf(head), points_to_use: 'max' } })
  expect(quoted).toMatchObject({
    member: { points_available: 40, points_pooled: 100 },
    points: { used: 40, usable_max: 40, usable_pooled_max: 140, pooled: 0 },
  })
  const at = await till.call('GET /v1/till/members/:member_id', { params: { member_id: head } })
  expect(at.points).toMatchObject({ available: 40, pooled: 100 })
  expect((await wang.call('GET /v1/portal/home', {})).points).toMatchObject({ available: 40, pooled: 100 })
  const held = await till.call('POST /v1/till/holds', { body: basket(head, 90) })
  expect(held.quote.points).toMatchObject({ used: 90, pooled: 50, lenders: [{ points: 50 }] })
  expect(held.quote.points.lenders[0]!.name).toMatch(/[○•]/)
  expect(await availableOf(head, mate)).toEqual([0, 50])
  await till.call('POST /v1/till/holds/:hold_id/release', { params: { hold_id: held.hold_id } })
  expect(await availableOf(head, mate)).toEqual([40, 100])
  const again = await till.call('POST /v1/till/holds', { body: basket(head, 90) })
  const sale = await till.call('POST /v1/till/holds/:hold_id/commit', { params: { hold_id: again.hold_id } })
  expect(sale).toMatchObject({ points_used: 90, paid_minor: 210, lenders: [{ points: 50 }] })
  const [, left] = await availableOf(head, mate)
  expect(left).toBe(50)
  const { data } = await mary.call('GET /v1/portal/history', {})
  expect(data[0]).toMatchObject({ points: -50, why: { codes: ['points.lent'] } })
  expect(data[0]!.mate_name).toBe((await members.memberOf(world.db, head)).display_name)
  // what is refunded stays with who bought: all may spend it while they share
  const own = (await availableOf(head))[0]!
  await till.call('POST /v1/till/refunds', {
    body: {
      ...{ source: 'till-7', source_id: randomUUID(), order: { source_id: sale.source_id } },
      occurred_at: world.now().toISOString(),
    },
  })
  expect((await availableOf(head))[0]).toBeGreaterThanOrEqual(own + 90 - 3)
  expect((await availableOf(mate))[0]).toBe(50)
})

const quoteOf = (member_id: string) => ({ member: { member_id }, lines: [tea] })

test('an item of the shop is paid with the group’s points, and cancelled gives each their own back', async () => {
  const { wang: head, mary: mate } = world.cast
  const [own, theirs] = await availableOf(head, mate)
  const price_points = own! + 30
  const { item_id } = await world.tx((tx) =>
    gifts.createItem(tx, {
      ...{ names: { en: 'Tin' }, cost_minor: 60, fulfilment: 'pickup', stock: 'none', is_listed: true },
      price_points,
    }),
  )
  const shop = await wang.call('GET /v1/portal/catalogue', {})
  expect(shop).toMatchObject({ points_available: own, points_pooled: theirs })
  const redeem = (phone: Phone, wish_id: string = randomUUID()) =>
    phone.call('POST /v1/portal/redemptions', { body: { item_id, wish_id } })
  expect(await refusal(redeem(chen))).toBe('422 points.insufficient')
  const wish_id = randomUUID()
  const { gift_id } = await redeem(wang, wish_id)
  expect(await redeem(wang, wish_id)).toMatchObject({ gift_id })
  expect(await availableOf(head, mate)).toEqual([0, theirs! - 30])
  await world.tx((tx) => gifts.cancel(tx, [{ member_id: head, gift_id }]))
  expect(await availableOf(head, mate)).toEqual([own, theirs])
  // a server whose clock runs seconds ahead has just been at both purses: what is lent is lent all the same
  await world.tx((tx) =>
    tx.run(sql`
      update point_balances set updated_at = ${addMs(tx.now, 5_000)}::timestamptz
      where member_id = any (${[head, mate]}::uuid[])`),
  )
  const again = await redeem(wang)
  await world.tx((tx) => gifts.cancel(tx, [{ member_id: head, gift_id: again.gift_id! }]))
  expect(await availableOf(head, mate)).toEqual([own, theirs])
  // several of one set: who comes later finds what is left
  const outcomes = await world.tx((tx) =>
    gifts.redeem(
      tx,
      [head, mate].map((member_id) => ({ member_id, item_id, source_id: randomUUID() })),
    ),
  )
  const all = own! + theirs!
  expect(outcomes.filter(({ outcome }) => outcome === 'given')).toHaveLength(
    Math.min(2, Math.floor(all / price_points)),
  )
})

// Protected by: counter.ts `commit`, which throws where mates have lent for a sale that cannot be.
test('a sale whose number is an order already takes nothing from anybody, in whatever transaction', async () => {
  const { wang: head, mary: mate } = world.cast
  await give(mate, 60)
  const [own] = await availableOf(head)
  const held = await world.as('clerk').call('POST /v1/till/holds', { body: basket(head, own! + 20) })
  const { source, source_id, hold_id } = held
  const { quantity: _text, discounts: _said, line_no: _no, ...line } = held.quote.lines[0]!
  await world.tx((tx) =>
    orders.receive(tx, [
      {
        ...{ source, source_id, status: 'paid', occurred_at: world.now(), shipping_minor: 0 },
        ...{ member: { member_id: head }, lines: [{ ...line, quantity: 1 }] },
      },
    ]),
  )
  const sell = world.tx((tx) => counter.commit(tx, [hold_id]))
  expect(await sell.catch((thrown: { code: string }) => thrown.code)).toBe('till.order_exists')
  await world.as('clerk').call('POST /v1/till/holds/:hold_id/release', { params: { hold_id } })
  expect((await availableOf(head))[0]).toBe(own)
  const lent = await world.db.row<{ n: number }>(sql`
    select count(*) as n from point_pool_shares where source_id = ${hold_id}::text and transfer_id is not null`)
  expect(lent!.n).toBe(0)
})

// Protected by: setting-aside.ts, which locks statistics before purses and all purses of a set and its pools at once.
test('thirty-two tills that spend one group’s points at once sell what is there, and no more', async () => {
  const { wang: head, mary: mate } = world.cast
  await give(mate, 500)
  const before = (await availableOf(head, mate)).reduce((sum, one) => sum + one, 0)
  const key = await world.withKey(['till:use'])
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, i) =>
      key
        .call('POST /v1/till/orders', { body: basket(i % 2 === 0 ? head : mate, 45) })
        .then(({ points_used }) => points_used)
        .catch((thrown: { code?: string }) => thrown.code),
    ),
  )
  const sold = answers.filter((one) => one === 45).length
  expect(new Set(answers.filter((one) => one !== 45))).toEqual(new Set(['points.insufficient']))
  expect(sold).toBe(Math.floor(before / 45))
})

test('the console founds, adds and takes out; the audit names each', async () => {
  const { chen: head, ouyang: mate, guest } = world.cast
  const marketer = world.as('marketer')
  const params = { member_id: head }
  expect(await marketer.call('GET /v1/admin/members/:member_id/pool', { params })).toEqual({ pool: null })
  const add = (member_id: string) =>
    marketer.call('POST /v1/admin/members/:member_id/pool/members', { params, body: { member_id } })
  expect(await refusal(add(mate))).toBe('404 pool.not_found')
  await marketer.call('POST /v1/admin/members/:member_id/pool', { params, body: { name: 'Circle' } })
  expect(await refusal(add(guest))).toBe('404 member.not_found')
  expect(await refusal(add(world.cast.mary))).toBe('409 pool.in_another')
  expect((await add(mate)).members.map((one) => one.member_id)).toEqual([head, mate])
  expect(await refusal(world.as('clerk').call('DELETE /v1/admin/members/:member_id/pool', { params }))).toBe(
    '403 permission.missing',
  )
  await marketer.call('DELETE /v1/admin/members/:member_id/pool', { params })
  const told = await Promise.all(
    [head, mate].map((noun_id) => world.as('owner').call('GET /v1/admin/audit', { query: { noun_id, limit: 10 } })),
  )
  expect(
    told.flatMap(({ data }) => data.map(({ action }) => action)).filter((one) => one.startsWith('pool')),
  ).toEqual(['pool.left', 'pool.founded', 'pool.joined'])
})

test('a link of who is the head no more invites nobody', async () => {
  const ouyang = await phonesOf(world).signedIn(world.cast.ouyang)
  const marketer = world.as('marketer')
  await marketer.call('POST /v1/admin/point-pool-rules', { body: { rule: { ...rule, members_max: 4 } } })
  const params = { member_id: world.cast.wang }
  const body = { member_id: world.cast.chen }
  await marketer.call('POST /v1/admin/members/:member_id/pool/members', { params, body })
  const { pool } = await wang.call('GET /v1/portal/pool', {})
  const link = await invite(wang, pool!.pool_id)
  await wang.call('DELETE /v1/portal/pool', {})
  expect((await mary.call('GET /v1/portal/pool', {})).pool).toMatchObject({ is_head: true, invitation: null })
  expect(await refusal(accept(ouyang, link))).toBe('404 pool.not_found')
  await accept(ouyang, await invite(mary, pool!.pool_id))
  expect((await mary.call('GET /v1/portal/pool', {})).pool!.members).toHaveLength(3)
})

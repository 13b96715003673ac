/** Privileges through the doors: by tier and by hand, with and without quota, used, undone. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { monday, openWorld, type Caller, type World } from '../../../test/world.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import * as privileges from './privileges.ts'
import type { PrivilegeRule } from './types.ts'

let world: World
let marketer: Caller
let clerk: Caller
let lowest: string
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
  clerk = world.as('clerk')
  lowest = (await marketer.call('GET /v1/admin/tiers')).data[0]!.code
})
afterAll(() => world.close())
beforeEach(() => world.at(monday))

async function privilegeOf(rule: Partial<PrivilegeRule> = {}): Promise<string> {
  const { privilege_id } = await marketer.call('POST /v1/admin/privileges', {
    body: { names: { en: 'A free cup' }, rule: { tier_codes: [lowest], quota: null, ...rule } },
  })
  return privilege_id
}
const use = (member_id: string, privilege_id: string, source_id?: string) =>
  clerk.call('POST /v1/till/members/:member_id/privileges/:privilege_id/uses', {
    params: { member_id, privilege_id },
    body: { store_id: world.stores.get('XINYI')!, ...(source_id ? { source_id } : {}) },
  })
const may = async (member_id: string, privilege_id: string) => {
  const { data } = await clerk.call('GET /v1/till/members/:member_id/privileges', { params: { member_id } })
  return data.find((one) => one.privilege_id === privilege_id)
}
const give = (member_id: string, privilege_id: string, more: object = {}) =>
  marketer.call('POST /v1/admin/members/:member_id/privileges', {
    params: { member_id },
    body: { privilege_id, ...more },
  })
const broken = async () => (await verify(world.db, privileges.checks)).checks.filter((one) => !one.ok)
const once = { quota: { uses: 1, period: 'month' as const } }

test('who has it by tier uses it up to the quota of the month, and again in the next', async () => {
  const { wang } = world.cast
  const id = await privilegeOf({ quota: { uses: 2, period: 'month' } })
  expect(await may(wang, id)).toMatchObject({ may: true, left: 2, why: { code: 'by_tier' } })
  await use(wang, id)
  await use(wang, id)
  expect(await may(wang, id)).toMatchObject({ may: false, left: 0, why: { code: 'used_up' } })
  await expect(use(wang, id)).rejects.toMatchObject({ code: 'privilege.used_up' })
  world.at('2026-12-01T00:30:00+08:00')
  expect(await may(wang, id)).toMatchObject({ may: true, left: 2 })
})

test('without a quota it never ends, and without the tier there is none', async () => {
  const { mary, guest } = world.cast
  const free = await privilegeOf()
  for (let i = 0; i < 3; i += 1) await use(mary, free)
  expect(await may(mary, free)).toMatchObject({ may: true, left: null })
  const gold = await privilegeOf({ tier_codes: ['gold'] })
  expect(await may(mary, gold)).toBeUndefined()
  await expect(use(mary, gold)).rejects.toMatchObject({ code: 'privilege.not_held' })
  await expect(use(guest, free)).rejects.toMatchObject({ code: 'member.not_found' })
})

test('the same use told twice is one use', async () => {
  const { chen } = world.cast
  const id = await privilegeOf(once)
  const first = await use(chen, id, 'receipt-1')
  expect((await use(chen, id, 'receipt-1')).use_id).toBe(first.use_id)
  await expect(use(chen, id, 'receipt-2')).rejects.toMatchObject({ code: 'privilege.used_up' })
})

test('a use undone with its reason is there again, once', async () => {
  const { chen } = world.cast
  const id = await privilegeOf(once)
  const { use_id } = await use(chen, id)
  const undo = () =>
    clerk.call('POST /v1/till/members/:member_id/privilege-uses/:use_id/undo', {
      params: { member_id: chen, use_id },
      body: { reason: 'spilled' },
    })
  await undo()
  expect(await may(chen, id)).toMatchObject({ may: true, left: 1 })
  await expect(undo()).rejects.toMatchObject({ code: 'privilege_use.undone_already' })
  const page = await marketer.call('GET /v1/admin/members/:member_id/privileges', { params: { member_id: chen } })
  expect(page.uses.find((one) => one.use_id === use_id)).toMatchObject({
    actor_name: '小芳',
    store_name: '信義店',
    undone_reason: 'spilled',
  })
})

test('given by hand for so many times until a day, beside the quota and after it', async () => {
  const { ouyang } = world.cast
  const id = await privilegeOf(once)
  await give(ouyang, id, { uses: 2, expires_on: '2026-11-05' })
  expect(await may(ouyang, id)).toMatchObject({ left: 3, why: { code: 'by_tier' } })
  await use(ouyang, id)
  await use(ouyang, id)
  expect(await may(ouyang, id)).toMatchObject({ may: true, left: 1, why: { code: 'by_uses' } })
  world.at('2026-11-06T10:00:00+08:00')
  expect(await may(ouyang, id)).toMatchObject({ may: false, why: { code: 'used_up' } })
})

test('given by hand where no tier has it', async () => {
  const { ouyang } = world.cast
  const id = await privilegeOf({ tier_codes: [] })
  await expect(use(ouyang, id)).rejects.toMatchObject({ code: 'privilege.not_held' })
  const first = await give(ouyang, id, { source_id: 'vip-dinner' })
  expect((await give(ouyang, id, { source_id: 'vip-dinner' })).grant_id).toBe(first.grant_id)
  expect(await may(ouyang, id)).toMatchObject({ may: true, left: null, why: { code: 'by_grant' } })
})

test('of many tills at the same moment exactly as many win as the quota allows', async () => {
  const { wang } = world.cast
  const id = await privilegeOf({ quota: { uses: 3, period: 'ever' } })
  const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => use(wang, id)))
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(3)
  expect(await broken()).toEqual([])
})

test('a set is decided one after the other: the second of two uses of one finds it used up', async () => {
  const { mary } = world.cast
  const id = await privilegeOf(once)
  const one = { member_id: mary, privilege_id: id, store_id: null, source: 'till' }
  const outcomes = await world.tx((tx) =>
    privileges.use(tx, [
      { ...one, source_id: 'set-1' },
      { ...one, source_id: 'set-2' },
      { ...one, source_id: 'set-1' },
    ]),
  )
  expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['done', 'refused', 'unchanged'])
})

test('stopped, nobody may; two accounts that become one have used what both used', async () => {
  const [keep, merge] = await world.tx(async (tx) =>
    (
      await members.upsert(
        tx,
        ['P1', 'P2'].map((id) => ({ external_id: id, display_name: id, kind: 'member' as const })),
        { source: 'wusong' },
      )
    ).map((one) => one.member_id!),
  )
  const id = await privilegeOf(once)
  await use(keep!, id)
  await use(merge!, id)
  await give(merge!, id, { uses: 1 })
  await world.tx((tx) => members.merge(tx, [{ keep: keep!, merge: merge! }]))
  expect(await may(keep!, id)).toMatchObject({ may: true, left: 1, why: { code: 'by_uses' } })
  expect(await broken()).toEqual([])
  await world.tx((tx) => members.erase(tx, [keep!]))
  expect(await broken()).toEqual([])
  await marketer.call('PATCH /v1/admin/privileges/:privilege_id', {
    params: { privilege_id: id },
    body: { status: 'stopped' },
  })
  await expect(use(world.cast.wang, id)).rejects.toMatchObject({ code: 'privilege.stopped' })
  await expect(clerk.call('POST /v1/admin/privileges', { body: {} as never })).rejects.toMatchObject({ status: 403 })
})

test('members see what they save, by the version of the day', async () => {
  const { wang } = world.cast
  const rule = {
    member_prices: [{ sku: 'mug', tier_codes: [], price_minor: 250 }],
    tier_discounts: [{ tier_code: lowest, discount_bp: 1_000 }],
    excluded_skus: [],
    excluded_categories: ['sale'],
    floor: { cost: true, share_bp: 0 },
    with_coupons: 'never' as const,
  }
  const ask = async (has_coupon = false) => {
    const { data } = await clerk.call('POST /v1/till/members/:member_id/prices', {
      params: { member_id: wang },
      body: { has_coupon, lines: [{ sku: 'mug' }, { sku: 'unheard', unit_price_minor: 99 }, { sku: 'nothing' }] },
    })
    return data.map((one) => [one.unit_price_minor, one.saved_minor, one.why?.code])
  }
  await marketer.call('POST /v1/admin/products', { body: { sku: 'mug', price_minor: 300, cost_minor: 100 } })
  expect(await ask()).toEqual([
    [300, 0, 'no_rule'],
    [99, 0, 'no_rule'],
    [null, 0, undefined],
  ])
  const add = (body: object) => marketer.call('POST /v1/admin/price-rules', { body: { rule, ...body } })
  expect(await add({})).toMatchObject({ version: 1, in_force: true })
  expect(await ask()).toEqual([
    [250, 50, 'member_price'],
    [90, 9, 'tier_discount'],
    [null, 0, undefined],
  ])
  expect(await ask(true)).toEqual([
    [300, 0, 'coupon_instead'],
    [99, 0, 'coupon_instead'],
    [null, 0, undefined],
  ])
  const later = { ...rule, member_prices: [{ sku: 'mug', tier_codes: [], price_minor: 50 }] }
  expect(await add({ rule: later, effective_from: '2026-12-01T00:00:00Z' })).toMatchObject({ in_force: false })
  expect((await ask())[0]).toEqual([250, 50, 'member_price'])
  world.at('2026-12-02T00:00:00Z')
  expect((await ask())[0]).toEqual([100, 200, 'floor'])
  await expect(add({ effective_from: monday.toISOString() })).rejects.toMatchObject({ code: 'price_rule.in_past' })
  const wrong = { ...rule, tier_discounts: [{ tier_code: 'unheard', discount_bp: 1 }] }
  await expect(add({ rule: wrong })).rejects.toMatchObject({ code: 'price_rule.invalid' })
})

const planted: [string, () => Sql][] = [
  ['privileges.counts_equal_uses', () => sql`update privilege_counts set used = used - 1 where used > 0`],
  ['privileges.grants_equal_uses', () => sql`update privilege_grants set used = used + 1 where used < uses`],
]
class Undo extends Error {}

test.each(planted)('%s finds what was planted', async (name, wrong) => {
  const check = privileges.checks.find((found) => found.name === name)!
  await world
    .tx(async (tx) => {
      expect((await check.run(tx)).ok).toBe(true)
      expect(await tx.run(wrong())).toBeGreaterThan(0)
      expect((await check.run(tx)).ok).toBe(false)
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
})

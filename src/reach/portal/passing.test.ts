/** Passing on: a link made, opened and accepted; one owner whatever happens; joining by accepting. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checks } from '../../app/checks.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import type { CouponDesign } from '../../value/coupons/types.ts'
import * as gifts from '../../value/gifts/gifts.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { phonesOf, refusal, type Phone } from '../../../test/phones.ts'
import { passToken, readPassToken } from './rules.ts'

let world: World
let phones: ReturnType<typeof phonesOf>
let wang: Phone
let mary: Phone
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  wang = await phones.signedIn(world.cast.wang)
  mary = await phones.signedIn(world.cast.mary)
})
afterAll(() => world?.close())

const design: CouponDesign = {
  benefit: { kind: 'amount', amount_minor: 100 },
  scope: {},
  minimum_minor: 0,
  window: { ends_on: '2026-11-30' },
  stacking: { group: 'a', is_exclusive: false },
  limits: { per_coupon: 1 },
  codes: 'generated',
  gives_back: true,
  may_be_passed_on: true,
}
let given = 0
async function couponOf(member_id: string, more: Partial<CouponDesign> = {}): Promise<string> {
  given += 1
  return world.tx(async (tx) => {
    const [made] = await coupons.define(tx, [{ name: 'Tea', design: { ...design, ...more } }])
    const { coupon_definition_id } = made!
    const [outcome] = await coupons.issue(tx, [
      { member_id, coupon_definition_id, source: 'test', source_id: String(given) },
    ])
    return outcome!.coupon_id!
  })
}
async function giftOf(member_id: string, more: object = {}): Promise<string> {
  given += 1
  return world.tx(async (tx) => {
    const item = { names: { en: 'Bottle' }, cost_minor: 60, fulfilment: 'pickup', stock: 'total' } as const
    const { item_id } = await gifts.createItem(tx, { ...item, may_be_passed_on: true, ...more })
    await gifts.setStock(tx, item_id, { heaps: [{ store_id: null, left: 5 }] })
    const reward = { kind: 'item' as const, item_id }
    const [outcome] = await gifts.give(tx, [{ member_id, reward, reason: 'test', occurrence: String(given) }])
    return outcome!.gift_id!
  })
}
const tokenIn = (path: string) => path.slice('/portal/pass/'.length)
async function linkFor(phone: Phone, kind: 'coupon' | 'gift', id: string): Promise<string> {
  return tokenIn((await phone.call('POST /v1/portal/passes', { body: { kind, id } })).path)
}
const accept = (phone: Phone, token: string) =>
  phone.call('POST /v1/portal/passes/:token/accept', { params: { token } })
const broken = async () => {
  const own = checks.filter(({ name }) => /^(coupons|gifts|portal)\./.test(name))
  return (await verify(world.db, own)).checks.filter(({ ok }) => !ok).map(({ name }) => name)
}
const codeOf = async (member_id: string, coupon_id: string) =>
  (await coupons.walletOf(world.db, member_id)).find((one) => one.coupon_id === coupon_id)!

describe('a coupon', () => {
  test('goes whole, with its code and its last day, and both sides say so', async () => {
    const id = await couponOf(world.cast.wang)
    const before = await codeOf(world.cast.wang, id)
    const token = await linkFor(wang, 'coupon', id)
    const offered = await phones.phone().call('GET /v1/open/portal/passes/:token', { params: { token } })
    expect(offered).toMatchObject({
      kind: 'coupon',
      state: 'open',
      name: 'Tea',
      from: '王○明',
      expires_on: '2026-11-30',
    })
    const got = await accept(mary, token)
    expect(await accept(mary, token)).toEqual(got)
    expect(await codeOf(world.cast.mary, got.id)).toMatchObject({
      state: 'available',
      code: before.code,
      expires_on: before.expires_on,
    })
    expect(await codeOf(world.cast.wang, id)).toMatchObject({ state: 'passed_on', code: null })
    const facts = await world.db.rows(sql`
      select name, member_id from facts where name in ('coupon.passed_on', 'coupon.received') order by name`)
    expect(facts).toEqual([
      { name: 'coupon.passed_on', member_id: world.cast.wang },
      { name: 'coupon.received', member_id: world.cast.mary },
    ])
    // on both timelines, each naming the other
    const saidOf = async (member_id: string) => {
      const query = { kinds: 'passed', limit: 1 } as never
      const { data } = await world
        .as('marketer')
        .call('GET /v1/admin/members/:member_id/timeline', { params: { member_id }, query })
      return data[0]!.data
    }
    expect(await saidOf(world.cast.wang)).toMatchObject({
      ...{ thing: 'coupon', is_out: true, name: 'Tea', other_member_id: world.cast.mary },
    })
    expect(await saidOf(world.cast.mary)).toMatchObject({ is_out: false, other_member_id: world.cast.wang })
    const home = await wang.call('GET /v1/portal/home')
    expect(home.coupons.some((one) => one.coupon_id === id)).toBe(false)
    // the code is the friend's at a till, too
    const [hers, his] = await coupons.byCodes(world.db, [
      { text: before.code!, member_id: world.cast.mary, at: world.now() },
      { text: before.code!, member_id: world.cast.wang, at: world.now() },
    ])
    expect(hers).toHaveProperty('coupon')
    expect(his).toEqual({ refusal: 'coupon.other_member' })
    expect(await broken()).toEqual([])
  })

  test('of sixty-four who accept at once, one has it', async () => {
    const id = await couponOf(world.cast.wang)
    const token = await linkFor(wang, 'coupon', id)
    const crowd = await world.tx((tx) =>
      members.upsert(
        tx,
        Array.from({ length: 64 }, (_, i) => ({ email: `crowd${i}@example.com` })),
        { source: 'test' },
      ),
    )
    const { acceptPass } = await import('./passing.ts')
    const answers = await Promise.allSettled(
      crowd.map(({ member_id }) => world.tx((tx) => acceptPass(tx, member_id!, token))),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = answers.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { code: string }).code] : [],
    )
    expect(new Set(refused)).toEqual(new Set(['pass.accepted']))
    const owners = await world.db.rows(sql`
      select member_id from coupons where source = 'passed_on' and source_id = ${id}::text`)
    expect(owners).toHaveLength(1)
    expect(await broken()).toEqual([])
  })

  test('also when the same coupon is passed to many at once without a link', async () => {
    const id = await couponOf(world.cast.wang)
    const tos = [world.cast.mary, world.cast.chen, world.cast.ouyang]
    const outcomes = await Promise.all(
      tos.map((to_member_id) =>
        world.tx((tx) => coupons.passOn(tx, [{ member_id: world.cast.wang, coupon_id: id, to_member_id }])),
      ),
    )
    expect(outcomes.filter(([one]) => one!.outcome === 'passed_on')).toHaveLength(1)
    expect(await broken()).toEqual([])
  })

  test('is not accepted by its giver, after it was taken back, used, or when its link is over', async () => {
    const id = await couponOf(world.cast.wang)
    const token = await linkFor(wang, 'coupon', id)
    expect(await linkFor(wang, 'coupon', id)).toBe(token)
    expect(await refusal(accept(wang, token))).toBe('422 pass.own')
    const { coupons: held } = await wang.call('GET /v1/portal/home')
    const { pass } = held.find((one) => one.coupon_id === id)!
    const params = { pass_id: pass!.pass_id }
    // not by somebody else
    expect(await refusal(mary.call('DELETE /v1/portal/passes/:pass_id', { params }))).toBe('404 pass.not_found')
    await wang.call('DELETE /v1/portal/passes/:pass_id', { params })
    expect(await refusal(accept(mary, token))).toBe('422 pass.taken_back')
    const second = await linkFor(wang, 'coupon', id)
    expect(second).not.toBe(token)
    await world.tx((tx) => coupons.withdraw(tx, [{ member_id: world.cast.wang, coupon_id: id, reason: 'test' }]))
    expect(await refusal(accept(mary, second))).toBe('422 coupon.withdrawn')
    const shown = await phones.phone().call('GET /v1/open/portal/passes/:token', { params: { token: second } })
    expect(shown.state).toBe('gone')
    const late = await linkFor(wang, 'coupon', await couponOf(world.cast.wang))
    const before = world.now()
    world.later(15)
    expect(await refusal(accept(mary, late))).toBe('422 pass.expired')
    world.at(before)
  })

  test('needs its definition to allow it, and the receiver’s limit holds', async () => {
    const closed = await couponOf(world.cast.wang, { may_be_passed_on: false })
    expect(await refusal(linkFor(wang, 'coupon', closed))).toBe('422 coupon.not_passable')
    expect(await refusal(linkFor(wang, 'coupon', await couponOf(world.cast.mary)))).toBe('404 coupon.not_found')
    const [made] = await world.tx((tx) =>
      coupons.define(tx, [{ name: 'Once', design: { ...design, limits: { per_coupon: 1, per_member: 1 } } }]),
    )
    const issue = (member_id: string) =>
      world.tx(async (tx) => {
        const wish = { coupon_definition_id: made!.coupon_definition_id, source: 'test', source_id: 'once' }
        return (await coupons.issue(tx, [{ ...wish, member_id }]))[0]!.coupon_id!
      })
    const [his, hers] = [await issue(world.cast.wang), await issue(world.cast.mary)]
    await world.tx(async (tx) => {
      const key = { member_id: world.cast.mary, source: 'till', source_id: 'r1' }
      await coupons.hold(tx, [
        { ...key, coupon_id: hers, expires_at: new Date(tx.now.getTime() + 60_000), discount_minor: 100 },
      ])
      await coupons.redeem(tx, [key])
    })
    const token = await linkFor(wang, 'coupon', his)
    expect(await refusal(accept(mary, token))).toBe('422 coupon.limit_member')
    // refused, it is still his and the link is still good
    expect(await codeOf(world.cast.wang, his)).toMatchObject({ state: 'available' })
  })

  test('whatever is given, taken back and used in whatever order, one coupon stays one coupon', async () => {
    const people = [world.cast.wang, world.cast.mary, world.cast.ouyang]
    const who = fc.nat(people.length - 1)
    const act = fc.oneof(
      fc.record({ act: fc.constant('offer' as const), who }),
      fc.record({ act: fc.constant('accept' as const), who, link: fc.nat(5) }),
      fc.record({ act: fc.constant('take_back' as const), who, link: fc.nat(5) }),
      fc.record({ act: fc.constant('use' as const), who }),
    )
    const { acceptPass, makePass, takeBackPass } = await import('./passing.ts')
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 10 }), async (acts) => {
        const first = await couponOf(people[0]!)
        const family = new Set([first])
        const links: { token: string; pass_id: string }[] = []
        let holder = { member_id: people[0]!, coupon_id: first }
        let isUsed = false
        const tried = (work: Parameters<typeof world.tx>[0]) => world.tx(work).then(Boolean, () => false)
        for (const one of acts) {
          const member_id = people[one.who]!
          const link = 'link' in one ? links[one.link] : undefined
          if (one.act === 'offer')
            await tried(async (tx) => {
              const made = await makePass(tx, member_id, { kind: 'coupon', id: holder.coupon_id })
              return links.push({ token: tokenIn(made.path), pass_id: made.pass_id })
            })
          else if (one.act === 'use')
            isUsed ||= await tried(async (tx) => {
              const key = { member_id, source: 'till', source_id: holder.coupon_id }
              const expires_at = new Date(tx.now.getTime() + 60_000)
              await coupons.hold(tx, [{ ...key, coupon_id: holder.coupon_id, expires_at, discount_minor: 1 }])
              return (await coupons.redeem(tx, [key]))[0]!.outcome === 'redeemed'
            })
          else if (one.act === 'take_back' && link)
            await tried(async (tx) => (await takeBackPass(tx, member_id, link.pass_id), true))
          else if (one.act === 'accept' && link)
            await tried(async (tx) => {
              const { id } = await acceptPass(tx, member_id, link.token)
              if (!family.has(id)) holder = { member_id, coupon_id: id }
              return family.add(id)
            })
        }
        const rows = await world.db.rows<{ member_id: string; state: string }>(sql`
          select member_id, state from coupons where coupon_id = any (${[...family]}::uuid[])`)
        const living = rows.filter(({ state }) => state !== 'passed_on')
        expect(living).toEqual([{ member_id: holder.member_id, state: isUsed ? 'redeemed' : 'available' }])
        expect(rows).toHaveLength(family.size)
      }),
      { numRuns: 25 },
    )
    expect(await broken()).toEqual([])
  })

  test('no other link than ours opens anything', () => {
    const secret = Buffer.alloc(32, 3)
    fc.assert(
      fc.property(fc.uuid(), fc.nat(25), (pass_id, at) => {
        const token = passToken(secret, pass_id)
        expect(readPassToken(secret, token)).toBe(pass_id)
        expect(readPassToken(Buffer.alloc(32, 4), token)).toBeNull()
        const bytes = Buffer.from(token, 'base64url')
        bytes[at]! ^= 1
        expect(readPassToken(secret, bytes.toString('base64url'))).toBeNull()
      }),
    )
    for (const token of ['', 'x', 'a'.repeat(60), '../..']) expect(readPassToken(secret, token)).toBeNull()
  })
})

describe('a gift', () => {
  test('goes with its pick-up, is counted for the receiver, and the budget’s promise is spent', async () => {
    const budget = await world.tx(async (tx) => {
      const { create } = await import('../../value/budgets/budgets.ts')
      return create(tx, { name: 'Gifts', amount_minor: 1000 })
    })
    const id = await giftOf(world.cast.wang, { budget_id: budget.budget_id, limit_count: 1 })
    const token = await linkFor(wang, 'gift', id)
    const { id: received } = await accept(mary, token)
    const { data } = await mary.call('GET /v1/portal/gifts')
    expect(data.find((one) => one.gift_id === received)).toMatchObject({ status: 'open', names: { en: 'Bottle' } })
    expect((await wang.call('GET /v1/portal/gifts')).data.find((one) => one.gift_id === id)!.status).toBe('passed_on')
    expect(await broken()).toEqual([])
    // it is handed over once
    const fulfil = (member_id: string, gift_id: string) =>
      world.tx((tx) => gifts.fulfil(tx, [{ member_id, gift_id }]))
    expect((await fulfil(world.cast.wang, id))[0]).toMatchObject({ outcome: 'refused', code: 'gift.wrong_state' })
    expect((await fulfil(world.cast.mary, received))[0]).toMatchObject({ outcome: 'ended' })
    expect(await broken()).toEqual([])
  })

  test('that waits at its receiver may be cancelled; another of the same within her limit is refused', async () => {
    const id = await giftOf(world.cast.wang, { limit_count: 1 })
    const { id: received } = await accept(mary, await linkFor(wang, 'gift', id))
    const [held] = await world.db.rows<{ item_id: string }>(
      sql`select item_id from gifts where gift_id = ${id}::uuid`,
    )
    const second = await world.tx(async (tx) => {
      const reward = { kind: 'item' as const, item_id: held!.item_id }
      const wish = { member_id: world.cast.wang, reward, reason: 'test', occurrence: 'again' }
      return (await gifts.give(tx, [wish]))[0]!.gift_id!
    })
    const token = await linkFor(wang, 'gift', second)
    expect(await refusal(accept(mary, token))).toBe('422 gift.limit_reached')
    await world.tx((tx) => gifts.cancel(tx, [{ member_id: world.cast.mary, gift_id: received }]))
    await accept(mary, token)
    expect(await broken()).toEqual([])
    expect(await refusal(linkFor(wang, 'gift', await giftOf(world.cast.wang, { may_be_passed_on: false })))).toBe(
      '422 gift.not_passable',
    )
  })
})

test('accepting is joining: who is new says who brought them, and has it in hand', async () => {
  const id = await couponOf(world.cast.wang)
  const token = await linkFor(wang, 'coupon', id)
  world.at(new Date(world.now().getTime() + 3_600_000))
  const friend = phones.phone('198.51.100.50')
  const { code_id } = await friend.call('POST /v1/open/portal/codes', { body: { email: 'friend@example.com' } })
  const code = await phones.codeIn(code_id)
  const join = { name: '林朋友', language: 'zh-TW' as const, pass: token, consents: [] }
  await friend.call('POST /v1/open/portal/sessions', { body: { code_id, code, join } })
  const { id: received } = await accept(friend, token)
  const home = await friend.call('GET /v1/portal/home')
  expect(home.coupons).toMatchObject([{ coupon_id: received, may_pass: true }])
  const kept = await world.db.row(sql`
    select join_channel, referred_by from members where number = ${home.member.number}::bigint`)
  expect(kept).toEqual({ join_channel: 'friend', referred_by: world.cast.wang })
})

test('links follow a merge and end with an erasure', async () => {
  const id = await couponOf(world.cast.chen)
  const chen = await phones.signedIn(world.cast.chen)
  const token = await linkFor(chen, 'coupon', id)
  const kept = await world.as('marketer').call('POST /v1/admin/members', { body: { phone: '0912 000 111' } })
  await world.tx((tx) => members.merge(tx, [{ keep: kept.member_id, merge: world.cast.chen }]))
  expect(await refusal(accept(chen, token))).toBe('422 pass.own')
  await world.tx((tx) => members.erase(tx, [kept.member_id]))
  mary = await phones.signedIn(world.cast.mary)
  expect(await refusal(accept(mary, token))).toBe('422 pass.taken_back')
  expect(await broken()).toEqual([])
})

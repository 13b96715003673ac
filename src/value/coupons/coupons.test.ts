import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { bound } from '../../app/hearers.ts'
import { openDb } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import * as coupons from './coupons.ts'
import type { CouponDefinition, CouponDesign, CouponHold } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
afterEach(async () => {
  const { checks } = await verify(world.db, coupons.checks)
  expect(checks.filter((check) => !check.ok)).toEqual([])
})

const plain: CouponDesign = {
  benefit: { kind: 'amount', amount_minor: 50 },
  scope: {},
  minimum_minor: 0,
  window: { days_after_issue: 30 },
  stacking: { group: 'main', is_exclusive: false },
  limits: { per_coupon: 1 },
  codes: 'none',
  gives_back: true,
}
const limited = (limits: Partial<CouponDesign['limits']>, more: Partial<CouponDesign> = {}): CouponDesign => ({
  ...plain,
  ...more,
  limits: { ...plain.limits, ...limits },
})

async function defined(design: CouponDesign = plain): Promise<CouponDefinition> {
  return world.tx(async (tx) => (await coupons.define(tx, [{ name: '50 off', design }]))[0]!)
}
let numbers = 0
const some = (what: string) => `${what} ${(numbers += 1)}`

async function given(design: CouponDesign, member_id = world.cast.wang): Promise<string> {
  const { coupon_definition_id } = await defined(design)
  return give(coupon_definition_id, member_id)
}
async function give(coupon_definition_id: string, member_id = world.cast.wang): Promise<string> {
  const wish = { member_id, coupon_definition_id, source: 'test', source_id: some('gift') }
  const [outcome] = await world.tx((tx) => coupons.issue(tx, [wish]))
  expect(outcome).toMatchObject({ outcome: 'issued' })
  return outcome!.coupon_id!
}
const wishToHold = (coupon_id: string, more: Partial<CouponHold> = {}): CouponHold => ({
  member_id: world.cast.wang,
  coupon_id,
  source: 'till',
  source_id: some('receipt'),
  expires_at: addMs(world.now(), 60_000),
  discount_minor: 50,
  ...more,
})
const hold = async (...wishes: CouponHold[]) =>
  (await world.tx((tx) => coupons.hold(tx, wishes))).map((one) => one.refusal?.code ?? one.outcome)
const redeem = async (...wishes: CouponHold[]) =>
  (await world.tx((tx) => coupons.redeem(tx, wishes))).map((one) => one.refusal?.code ?? one.outcome)
const release = async (...wishes: CouponHold[]) =>
  (await world.tx((tx) => coupons.release(tx, wishes))).map((one) => one.refusal?.code ?? one.outcome)
const stateOf = async (coupon_id: string) =>
  (await world.db.row<{ state: string }>(sql`select state from coupons where coupon_id = ${coupon_id}::uuid`))?.state
const isUsable = async (coupon_id: string, member_id = world.cast.wang) =>
  (await coupons.usable(world.db, [{ member_id, at: world.now() }]))[0]!.some((one) => one.coupon_id === coupon_id)

describe('giving coupons', () => {
  test('the same gift gives one coupon, however often it is asked for', async () => {
    const { coupon_definition_id } = await defined()
    const wish = { member_id: world.cast.mary, coupon_definition_id, source: 'birthday', source_id: '2026' }
    const [first, second] = await world.tx((tx) => coupons.issue(tx, [wish, wish]))
    const [again] = await world.tx((tx) => coupons.issue(tx, [wish]))
    expect([first, second, again].map((one) => [one?.outcome, one?.coupon_id])).toEqual([
      ['issued', first?.coupon_id],
      ['unchanged', first?.coupon_id],
      ['unchanged', first?.coupon_id],
    ])
    const other = await defined()
    const [reused] = await world.tx((tx) =>
      coupons.issue(tx, [{ ...wish, coupon_definition_id: other.coupon_definition_id }]),
    )
    expect(reused?.refusal?.code).toBe('coupon.source_reused')
    const told = await world.db.rows(sql`
      select data->>'cost_minor' as cost from facts where name = 'coupon.issued' and member_id = ${world.cast.mary}::uuid`)
    expect(told).toEqual([{ cost: '50' }])
  })

  test('sixteen who ask for the same gift at once get the same coupon', async () => {
    const { coupon_definition_id } = await defined(limited({}, { codes: 'generated' }))
    const wish = { member_id: world.cast.chen, coupon_definition_id, source: 'welcome', source_id: 'once' }
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, () => world.tx(async (tx) => (await coupons.issue(tx, [wish]))[0]!)),
    )
    expect(new Set(outcomes.map((one) => `${one.coupon_id} ${one.code}`)).size).toBe(1)
    expect(outcomes.filter((one) => one.outcome === 'issued')).toHaveLength(1)
  })

  test('nobody unknown and nothing stopped is given', async () => {
    const { coupon_definition_id } = await defined()
    const nobody = '00000000-0000-7000-8000-000000000009'
    const wish = { member_id: nobody, coupon_definition_id, source: 'x', source_id: '1' }
    const refusalOf = async (one: typeof wish) => (await world.tx((tx) => coupons.issue(tx, [one])))[0]?.refusal?.code
    expect(await refusalOf(wish)).toBe('member.not_found')
    await world.tx((tx) => coupons.setStatus(tx, coupon_definition_id, 'stopped'))
    expect(await refusalOf({ ...wish, member_id: world.cast.wang })).toBe('coupon.stopped')
  })

  test('a pool hands each code to one member only, and then says that it is empty', async () => {
    const { coupon_definition_id } = await defined(limited({}, { codes: 'pool' }))
    await world.tx((tx) => coupons.bringCodes(tx, coupon_definition_id, ['abc-1', 'ABC 2', 'abc3', 'abc1']))
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        world.tx(
          async (tx) =>
            (
              await coupons.issue(tx, [
                { member_id: world.cast.wang, coupon_definition_id, source: 'pool', source_id: String(i) },
              ])
            )[0]!,
        ),
      ),
    )
    const codes = outcomes.flatMap((one) => (one.code ? [one.code] : []))
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.every((code) => ['ABC1', 'ABC2', 'ABC3'].includes(code))).toBe(true)
    expect(outcomes.filter((one) => one.refusal?.code === 'coupon.pool_empty').length).toBe(8 - codes.length)
  })

  test('a shared code is a coupon of whoever presents it, and a unique one of the first', async () => {
    const { coupon_definition_id } = await defined(limited({}, { codes: 'shared' }))
    await world.tx(async (tx) => {
      await coupons.shareCode(tx, coupon_definition_id, { code: 'tea-10', uses_max: 1 })
      await coupons.bringCodes(tx, coupon_definition_id, ['PAPER1'])
    })
    const claim = async (member_id: string, code: string) =>
      (await world.tx((tx) => coupons.claim(tx, [{ member_id, text: code }])))[0]!
    const wang = await claim(world.cast.wang, 'TEA10')
    expect(await claim(world.cast.wang, 'tea 10')).toBe(wang)
    const mary = await claim(world.cast.mary, 'TEA10')
    expect(await claim(world.cast.wang, 'paper-1')).toBeTruthy()
    await expect(claim(world.cast.mary, 'PAPER1')).rejects.toMatchObject({ code: 'coupon.other_member' })
    await expect(claim(world.cast.mary, 'NONE')).rejects.toMatchObject({ code: 'coupon.code_unknown' })
    // several at once, one answer each, in the order asked
    const paper = await claim(world.cast.wang, 'PAPER1')
    const together = (texts: string[]) =>
      world.tx((tx) =>
        coupons.claim(
          tx,
          texts.map((text) => ({ member_id: world.cast.wang, text })),
        ),
      )
    expect([await together(['tea10', 'paper1']), await together(['paper1', 'tea10'])]).toEqual([
      [wang, paper],
      [paper, wang],
    ])
    expect(await hold(wishToHold(wang), wishToHold(mary, { member_id: world.cast.mary }))).toEqual([
      'held',
      'coupon.limit_code',
    ])
  })
})

describe('using coupons', () => {
  test('available, held, redeemed; and each step may be said again', async () => {
    const coupon_id = await given(plain)
    const wish = wishToHold(coupon_id)
    expect([await stateOf(coupon_id), await hold(wish), await stateOf(coupon_id)]).toEqual([
      'available',
      ['held'],
      'held',
    ])
    expect([await hold(wish), await hold(wishToHold(coupon_id))]).toEqual([['unchanged'], ['coupon.held']])
    expect([await redeem(wish), await redeem(wish), await stateOf(coupon_id)]).toEqual([
      ['redeemed'],
      ['unchanged'],
      'redeemed',
    ])
    expect([await release(wish), await hold(wishToHold(coupon_id))]).toEqual([
      ['coupon_hold.wrong_state'],
      ['coupon.used_up'],
    ])
  })

  test('released, it is free again', async () => {
    const coupon_id = await given(plain)
    const wish = wishToHold(coupon_id)
    await hold(wish)
    expect([await isUsable(coupon_id), await release(wish), await release(wish), await isUsable(coupon_id)]).toEqual([
      false,
      ['released'],
      ['unchanged'],
      true,
    ])
    expect(await redeem(wish)).toEqual(['coupon_hold.wrong_state'])
    expect(await redeem(wishToHold(coupon_id))).toEqual(['coupon_hold.not_found'])
  })

  test('a hold that is not committed frees itself at its time, without any job', async () => {
    const coupon_id = await given(limited({ total: 1, per_member: 1 }))
    const wish = wishToHold(coupon_id)
    await hold(wish)
    world.at(wish.expires_at)
    expect(await isUsable(coupon_id)).toBe(true)
    expect(await redeem(wish)).toEqual(['coupon_hold.expired'])
    expect(await hold(wishToHold(coupon_id))).toEqual(['held'])
    expect(await redeem(wish)).toEqual(['coupon_hold.expired'])
  })

  test('clock work frees what nobody asked for', async () => {
    const coupon_id = await given(plain)
    await hold(wishToHold(coupon_id))
    world.at(addMs(world.now(), 60_001))
    expect(await world.tx((tx) => coupons.expireHolds(tx))).toBeGreaterThan(0)
    expect([await stateOf(coupon_id), await world.tx((tx) => coupons.expireHolds(tx))]).toEqual(['available', 0])
  })

  test('it ends after its last day, but for one that is locked', async () => {
    const [coupon_id, locked] = [await given(plain), await given(plain)]
    world.at(addMs(world.now(), 30 * dayMs))
    const wish = wishToHold(locked, { expires_at: addMs(world.now(), 2 * dayMs) })
    expect(await hold(wish)).toEqual(['held'])
    await world.tx((tx) => coupons.expireDue(tx))
    expect(await stateOf(coupon_id)).toBe('available')
    world.at(addMs(world.now(), dayMs))
    expect([await isUsable(coupon_id), await hold(wishToHold(coupon_id))]).toEqual([false, ['coupon.expired']])
    await world.tx((tx) => coupons.expireDue(tx))
    expect([await stateOf(coupon_id), await redeem(wish), await stateOf(locked)]).toEqual([
      'expired',
      ['redeemed'],
      'redeemed',
    ])
  })

  test('withdrawn, it is of no use', async () => {
    const coupon_id = await given(plain)
    const one = { member_id: world.cast.wang, coupon_id, reason: 'typo' }
    expect(await world.tx((tx) => coupons.withdraw(tx, [one]))).toBe(1)
    expect([await world.tx((tx) => coupons.withdraw(tx, [one])), await hold(wishToHold(coupon_id))]).toEqual([
      0,
      ['coupon.withdrawn'],
    ])
  })

  test('a cancelled order gives back what its design says', async () => {
    const design = limited({ total: 1 })
    const [back, gone] = [await given(design), await given({ ...design, gives_back: false })]
    const [wish, kept] = [wishToHold(back), wishToHold(gone)]
    await hold(wish, kept)
    await redeem(wish, kept)
    const outcomes = await world.tx((tx) => coupons.giveBack(tx, [wish, kept]))
    expect(outcomes.map((one) => one.outcome)).toEqual(['returned', 'unchanged'])
    expect([await stateOf(back), await stateOf(gone), await hold(wishToHold(back))]).toEqual([
      'available',
      'redeemed',
      ['held'],
    ])
  })

  test('a cancelled order that came through the door gives its coupon back', async () => {
    const coupon_id = await given(plain)
    const wish = wishToHold(coupon_id)
    const order = (status: 'paid' | 'cancelled', updated_at: Date) => ({
      source: 'till',
      source_id: 'C1',
      status,
      store: 'XINYI',
      member: { member_id: world.cast.wang },
      occurred_at: world.now(),
      updated_at: updated_at.toISOString(),
      lines: [{ sku: 'OOLONG', category: 'tea', quantity: 1, net_minor: 300 }],
    })
    const [taken] = await world.tx((tx) => orders.receive(tx, [order('paid', world.now())], {}))
    await hold(wish)
    await world.tx((tx) => coupons.redeem(tx, [{ ...wish, order_id: taken!.order_id! }]))
    expect(await stateOf(coupon_id)).toBe('redeemed')
    await world.tx((tx) => orders.receive(tx, [order('cancelled', addMs(world.now(), 1_000))], {}))
    expect(await stateOf(coupon_id)).toBe('available')
  })

  test('a change of design is for coupons given later; its limits hold at once', async () => {
    const { coupon_definition_id } = await defined(limited({ total: 9 }))
    const [first, second] = [await give(coupon_definition_id), await give(coupon_definition_id)]
    expect(await hold(wishToHold(first))).toEqual(['held'])
    const design = limited({ total: 1 }, { benefit: { kind: 'amount', amount_minor: 80 } })
    await world.tx((tx) => coupons.change(tx, coupon_definition_id, { design }))
    expect(await hold(wishToHold(second))).toEqual(['coupon.limit_total'])
    await world.tx((tx) => coupons.change(tx, coupon_definition_id, { design: limited({ total: 2, per_day: 2 }) }))
    const third = await give(coupon_definition_id)
    const [usable] = await coupons.usable(world.db, [{ member_id: world.cast.wang, at: world.now() }])
    const versionOf = (id: string) => usable!.find((one) => one.coupon_id === id)?.version
    expect([versionOf(second), versionOf(third)]).toEqual([1, 3])
    // the day counts what was used before it had a limit
    expect(await hold(wishToHold(second), wishToHold(third))).toEqual(['held', 'coupon.limit_total'])
  })
})

describe('limits', () => {
  const cases: [string, Partial<CouponDesign['limits']>, number][] = [
    ['in all', { total: 7 }, 7],
    ['on a day', { per_day: 5 }, 5],
    ['of a member', { per_member: 3 }, 3],
    ['of a member on a day', { per_member_day: 2 }, 2],
    ['all of them', { total: 6, per_day: 5, per_member: 4, per_member_day: 4 }, 4],
  ]
  // Protected by: the counter's row, locked before it is looked at, and its check `used <= used_max`.
  test.each(cases)('pain 4: 64 checkouts at once cannot pass a limit %s', async (_name, limits, most) => {
    const { coupon_definition_id } = await defined(limited(limits))
    const ids: string[] = []
    for (let i = 0; i < 8; i += 1) ids.push(await give(coupon_definition_id))
    const db = openDb(world.url, { bound, connections_max: 64 })
    try {
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, (_, i) =>
          db.tx({ actor: { kind: 'system', id: null, name: 'till' }, now: world.now() }, async (tx) => {
            const wish = wishToHold(ids[i % ids.length]!, { source_id: `${coupon_definition_id} ${i}` })
            const [outcome] = await coupons.hold(tx, [wish])
            if (outcome!.outcome === 'held') await coupons.redeem(tx, [wish])
            return outcome!.outcome
          }),
        ),
      )
      expect(outcomes.filter((one) => one === 'held')).toHaveLength(most)
    } finally {
      await db.close()
    }
  })

  test('a set gets what is left in its order, as if each had asked alone', async () => {
    const { coupon_definition_id } = await defined(limited({ total: 2 }))
    const ids = [await give(coupon_definition_id), await give(coupon_definition_id), await give(coupon_definition_id)]
    expect(await hold(...ids.map((id) => wishToHold(id)))).toEqual(['held', 'held', 'coupon.limit_total'])
  })

  test('a coupon for five uses is used five times, also by 64 at once', async () => {
    const coupon_id = await given(limited({ per_coupon: 5 }))
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => hold(wishToHold(coupon_id))))
    expect(outcomes.flat().filter((one) => one === 'held')).toHaveLength(5)
  })
})

describe('members that end', () => {
  test('merged: coupons, uses and what was counted follow the kept one', async () => {
    const { coupon_definition_id } = await defined(limited({ per_member: 2 }, { codes: 'generated' }))
    const outcomes = await world.tx((tx) =>
      members.upsert(
        tx,
        [
          { external_id: 'K1', display_name: 'Kept' },
          { external_id: 'G1', display_name: 'Gone' },
        ],
        { source: 'test' },
      ),
    )
    const [keep, merge] = outcomes.map((one) => one.member_id!)
    const wish = { coupon_definition_id, source: 'welcome', source_id: '1' }
    await world.tx((tx) =>
      coupons.issue(
        tx,
        [keep!, merge!].map((member_id) => ({ ...wish, member_id })),
      ),
    )
    const [own, brought] = [await give(coupon_definition_id, keep), await give(coupon_definition_id, merge)]
    const wishes = [wishToHold(own, { member_id: keep! }), wishToHold(brought, { member_id: merge! })]
    await hold(...wishes)
    await redeem(...wishes)
    await world.tx((tx) => members.merge(tx, [{ keep: keep!, merge: merge! }]))
    const wallet = await coupons.walletOf(world.db, keep!)
    expect(wallet.map((one) => one.state).sort()).toEqual(['available', 'available', 'redeemed', 'redeemed'])
    const free = wallet.find((one) => one.state === 'available')!
    expect(await hold(wishToHold(free.coupon_id, { member_id: keep! }))).toEqual(['coupon.limit_member'])
    expect(await coupons.walletOf(world.db, merge!)).toEqual([])
  })

  test('erased: what is left is of no use, what was used stays counted', async () => {
    const [outcome] = await world.tx((tx) =>
      members.upsert(tx, [{ external_id: 'E1', display_name: 'Erased' }], { source: 'test' }),
    )
    const member_id = outcome!.member_id!
    const coupon_id = await given(plain, member_id)
    await world.tx((tx) => members.erase(tx, [member_id]))
    expect([await stateOf(coupon_id), await isUsable(coupon_id, member_id)]).toEqual(['withdrawn', false])
  })
})

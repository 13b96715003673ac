import { describe, expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import * as points from '../../../value/points/points.ts'
import { phonesOf, refusal } from '../../../../test/phones.ts'
import { openClerks } from '../../../../test/clerks.ts'

const { world, clerk, manager, rung, setRules, allIsWell, owner } = await openClerks()
const { wang, mary, chen, ouyang } = world.cast
const phones = phonesOf(world)
const minute_ms = 60_000

describe('a receipt taken without a network', () => {
  let count = 0
  const offline = (more: object = {}, sale: object = {}, who = clerk) => {
    count += 1
    return who.call('POST /v1/till/offline-receipts', {
      body: {
        device: 'KX7Q',
        stretch: `S-${count}`,
        said_at: addMs(world.now(), -20 * 60_000).toISOString(),
        device_now: world.now().toISOString(),
        sale: {
          source: 'till-XINYI-1',
          source_id: `OFF-${count}`,
          store: 'XINYI',
          member: { member_id: chen },
          lines: [{ quantity: 1, gross_minor: 400 }],
          ...sale,
        },
        ...more,
      },
    })
  }
  const open = async () =>
    (await manager.call('GET /v1/admin/till-offline-receipts', { query: { status: 'open' } })).data

  test('is sold once by its number, at its own time', async () => {
    const sold = await offline()
    expect(sold).toMatchObject({ status: 'sold', paid_minor: 400, points_earned: 4 })
    count -= 1
    expect(await offline()).toEqual(sold)
    const [order] = await world.db.rows<{ occurred_at: Date }>(
      sql`select occurred_at from orders where order_id = ${sold.order_id}::uuid`,
    )
    expect(order!.occurred_at).toEqual(addMs(world.now(), -20 * 60_000))
    await allIsWell()
  })

  test('beyond the limit of its time without a network it waits for the manager, who takes it', async () => {
    await setRules({ offline_receipts_max: 2 })
    expect(await offline({ stretch: 'long' })).toMatchObject({ status: 'sold' })
    expect(await offline({ stretch: 'long' })).toMatchObject({ status: 'sold' })
    const third = await offline({ stretch: 'long' })
    expect(third).toMatchObject({ status: 'open', code: 'till.offline_over_limit', order_id: null })
    const [waiting] = await open()
    const params = { source: waiting!.source, source_id: waiting!.source_id }
    const settle = (accept: boolean) =>
      manager.call('POST /v1/admin/till-offline-receipts/:source/:source_id/settle', {
        params,
        body: { accept, note: 'seen the paper' },
      })
    const taken = await settle(true)
    expect(taken).toMatchObject({ status: 'accepted', points_earned: 4 })
    expect(await settle(true)).toEqual(taken)
    expect(await refusal(settle(false))).toBe('409 till.offline_settled')
    expect(await open()).toEqual([])
    // one too dear for the limit of money
    await setRules({ offline_amount_max_minor: 1_000 })
    expect(await offline({}, { lines: [{ quantity: 1, gross_minor: 1_001 }] })).toMatchObject({ status: 'open' })
    await allIsWell()
  })

  test('with a number that is taken, for a member nobody knows, spending, or by a clock that is hours off', async () => {
    const sold = await rung(wang, 900)
    const codes = [
      await offline({}, { source_id: sold.source_id }),
      await offline({}, { member: { member_id: '019a0000-0000-7000-8000-000000000000' } }),
      await offline({}, { points_to_use: 'max' }),
      await offline({}, { coupon_ids: ['019a0000-0000-7000-8000-000000000000'] }),
      await offline({ device_now: addMs(world.now(), 3 * 3_600_000).toISOString() }),
      await offline({}, { lines: [{ quantity: -1, gross_minor: 100 }] }),
    ].map(({ status, code }) => `${status} ${code}`)
    expect(codes).toEqual([
      'open till.hold_differs',
      'open till.member_unknown',
      'open till.offline_spending',
      'open till.offline_spending',
      'open till.offline_clock',
      'open order.quantity_negative',
    ])
    const clocks = (await open()).find(({ code }) => code === 'till.offline_clock')!
    expect(clocks.clock_off_s).toBe(3 * 3_600)
    expect(new Date(clocks.said_at)).toEqual(addMs(world.now(), -20 * 60_000))
    expect(new Date(clocks.received_at)).toEqual(world.now())
    await allIsWell()
  })

  test('of another store, or weeks old, is kept for the manager too', async () => {
    const me = await clerk.call('GET /v1/admin/session')
    const put = (store_ids: string[]) =>
      owner.call('PUT /v1/admin/store-staff/:staff_id', {
        params: { staff_id: me.staff!.staff_id },
        body: { store_ids },
      })
    await put([world.stores.get('DAAN')!])
    expect(await offline()).toMatchObject({ status: 'open', code: 'till.not_your_store' })
    await put([])
    const said_at = addMs(world.now(), -20 * 24 * 3_600_000).toISOString()
    expect(await offline({ said_at })).toMatchObject({ status: 'open', code: 'till.receipt_too_old' })
  })

  test('is booked as it was paid: prices that nobody could know there are not taken off afterwards', async () => {
    const rule = { member_prices: [], excluded_skus: [], excluded_categories: [], with_coupons: 'before' as const }
    await world.as('marketer').call('POST /v1/admin/price-rules', {
      body: {
        rule: {
          ...rule,
          tier_discounts: [{ tier_code: 'member', discount_bp: 1_000 }],
          floor: { cost: false, share_bp: 0 },
        },
      },
    })
    const goods = { lines: [{ sku: 'OOLONG', quantity: 1, unit_price_minor: 400 }] }
    expect((await rung(chen, 400, goods)).paid_minor).toBe(360)
    expect(await offline({}, goods)).toMatchObject({ status: 'sold', paid_minor: 400 })
    await world.as('marketer').call('POST /v1/admin/price-rules', {
      body: { rule: { ...rule, tier_discounts: [], floor: { cost: false, share_bp: 0 } } },
    })
    await allIsWell()
  })

  test('never where the owner allows none', async () => {
    await setRules({ offline_receipts_max: 0 })
    expect(await offline()).toMatchObject({ status: 'open', code: 'till.offline_over_limit' })
  })
})

describe('points without a network', () => {
  let nth = 0
  /** The code that a member's app shows now, with the moment. */
  const shown = async (member_id: string) => {
    const code = await (await phones.signedIn(member_id)).call('GET /v1/portal/code')
    return { ...code, at: world.now() }
  }
  /** A receipt of 1,000 that was taken at a moment, and is sent some minutes later. */
  const taken = (
    { code, points: wanted, at }: { code: string; points: number; at: Date },
    sale: object = {},
    more: object = {},
  ) => {
    nth += 1
    return clerk.call('POST /v1/till/offline-receipts', {
      body: {
        ...{ device: 'KX7Q', stretch: `P-${nth}`, said_at: at.toISOString(), device_now: world.now().toISOString() },
        spend: { code, points: wanted, worth_minor: wanted / 10, shown_at: at.toISOString() },
        sale: {
          ...{ source: 'till-XINYI-1', source_id: `PTS-${nth}`, store: 'XINYI' },
          lines: [{ quantity: 1, gross_minor: 1_000 }],
          ...sale,
        },
        ...more,
      },
    })
  }
  const available = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!.available
  const last = async () => {
    const { data } = await manager.call('GET /v1/admin/till-offline-receipts', { query: {} })
    return data.find(({ source_id }) => source_id === `PTS-${nth}`)!
  }
  const settle = (accept: boolean) =>
    manager.call('POST /v1/admin/till-offline-receipts/:source/:source_id/settle', {
      params: { source: 'till-XINYI-1', source_id: `PTS-${nth}` },
      body: { accept, note: 'seen the paper' },
    })
  const allowed = { offline_points_a_receipt_max: 500, offline_points_a_member_max: 800, spending_needs_code: true }
  const rich = (member_id: string, count = 1_000) =>
    world.tx((tx) =>
      points.openLots(tx, [
        {
          ...{ member_id, points: count, earned_at: world.now(), expires_on: null },
          ...{ source: 'test', source_id: `rich-${(nth += 1)}` },
        },
      ]),
    )

  test('are taken where the owner allows it, with the code of that minute: booked once, at its own time', async () => {
    await world.as('marketer').call('POST /v1/admin/point-spend-rules', {
      body: {
        rule: {
          ...{ points: 10, worth_minor: 1, step: 10, minimum_points: 10, share_max_bp: 5_000 },
          ...{ pays_goods: true, pays_shipping: false, excluded_categories: [] },
        },
      },
    })
    await rich(wang)
    const early = await shown(wang)
    expect(await taken({ code: early.qr, points: 200, at: early.at })).toMatchObject({
      ...{ status: 'open', code: 'till.offline_spending' },
    })
    await setRules(allowed)
    const { qr, at } = await shown(wang)
    world.at(addMs(at, 40 * minute_ms))
    const sold = await taken({ code: qr, points: 200, at: addMs(at, 20_000) })
    expect(sold).toMatchObject({ status: 'sold', paid_minor: 980 })
    nth -= 1
    expect(await taken({ code: qr, points: 200, at: addMs(at, 20_000) })).toEqual(sold)
    expect(await available(wang)).toBe(800)
    const [order] = await world.db.rows(sql`
      select member_id, net_minor, occurred_at from orders where order_id = ${sold.order_id}::uuid`)
    expect(order).toEqual({ member_id: wang, net_minor: 980, occurred_at: addMs(at, 20_000) })
    // what was proven for this receipt opens nothing else
    const { may_spend } = await clerk.call('GET /v1/till/members/:member_id', { params: { member_id: wang } })
    expect(may_spend).toBe(false)
    await allIsWell()
  })

  test('digits read aloud do as well, and the code of another one than the receipt’s member does not', async () => {
    await setRules(allowed)
    world.at(addMs(world.now(), 24 * 60 * minute_ms))
    await rich(wang)
    const spoken = await shown(wang)
    expect(await taken({ code: spoken.digits, points: 50, at: spoken.at })).toMatchObject({ status: 'sold' })
    const { qr, at } = await shown(wang)
    expect(await taken({ code: qr, points: 50, at }, { member: { member_id: mary } })).toMatchObject({
      ...{ status: 'open', code: 'till.offline_other_code' },
    })
    await allIsWell()
  })

  test('a customer who is slow to pay is not sent away: the code is judged by when it was shown, for a while', async () => {
    await setRules(allowed)
    world.at(addMs(world.now(), 5 * 24 * 60 * minute_ms))
    await rich(wang)
    const paidAfter = async (minutes: number) => {
      const { qr, at } = await shown(wang)
      world.at(addMs(at, 30 * minute_ms))
      const spend = { code: qr, points: 10, worth_minor: 1, shown_at: at.toISOString() }
      return (await taken({ code: qr, points: 10, at: addMs(at, minutes * minute_ms) }, {}, { spend })).code
    }
    expect([await paidAfter(12), await paidAfter(16), await paidAfter(-1)]).toEqual([
      null,
      'portal_code.expired',
      'portal_code.expired',
    ])
  })

  test('sent twice at once it is one receipt, and its code was shown once', async () => {
    await setRules(allowed)
    world.at(addMs(world.now(), 6 * 24 * 60 * minute_ms))
    await rich(wang)
    const before = await available(wang)
    const { qr, at } = await shown(wang)
    const send = () => {
      nth -= 1
      return taken({ code: qr, points: 30, at })
    }
    nth += 1
    const answers = await Promise.all([send(), send(), send()])
    expect(answers[0]).toMatchObject({ status: 'sold', paid_minor: 997 })
    expect(answers.slice(1)).toEqual([answers[0], answers[0]])
    expect(await available(wang)).toBe(before - 30)
    const [code] = await world.db.rows<{ replays: number }>(sql`
      select replays from portal_shown_codes order by step desc limit 1`)
    expect(code!.replays).toBe(0)
    await allIsWell()
  })

  test('a photographed code, one shown twice and a forged one wait for the manager', async () => {
    await setRules(allowed)
    world.at(addMs(world.now(), 2 * 24 * 60 * minute_ms))
    await rich(chen)
    const { qr, at } = await shown(chen)
    const before = await available(chen)
    // photographed: the receipt is of ten minutes later
    const late = await taken({ code: qr, points: 100, at: addMs(at, 10 * minute_ms) }, {}, { ahead_ms: 0 })
    expect(late).toMatchObject({ status: 'open' })
    world.at(addMs(at, 30 * minute_ms))
    const answers = [
      await taken({ code: qr, points: 100, at: addMs(at, 10 * minute_ms) }),
      await taken({ code: qr, points: 100, at }),
      await taken({ code: qr, points: 100, at }),
      await taken({ code: `${qr.slice(0, -2)}xx`, points: 100, at }),
    ].map(({ status, code }) => `${status} ${code}`)
    expect(answers).toEqual([
      'open portal_code.expired',
      'sold null',
      'open portal_code.shown_before',
      'open portal_code.refused',
    ])
    expect(await available(chen)).toBe(before - 100)
    // nobody proved that it was theirs: taken after all, the shop has given it
    expect(await last()).toMatchObject({ spend_points: 100, spend_worth_minor: 10, member_id: null })
    expect(await settle(true)).toMatchObject({ status: 'accepted', paid_minor: 990 })
    expect(await available(chen)).toBe(before - 100)
    await allIsWell()
  })

  test('what is not covered any more is never negative: the manager sees what was given, and the shop bears it', async () => {
    await setRules(allowed)
    world.at(addMs(world.now(), 3 * 24 * 60 * minute_ms))
    await rich(ouyang, 300)
    const { qr, at } = await shown(ouyang)
    await world.tx((tx) =>
      points.adjust(tx, [
        { member_id: ouyang, points: -200, reason: 'spent elsewhere', source: 'test', source_id: 'elsewhere' },
      ]),
    )
    expect(await taken({ code: qr, points: 300, at })).toMatchObject({
      status: 'open',
      code: 'till.offline_not_covered',
      params: { points: 300, worth_minor: 30, available: 100 },
    })
    expect(await last()).toMatchObject({ spend_points: 300, spend_worth_minor: 30, member_id: ouyang })
    expect(await settle(true)).toMatchObject({ status: 'accepted', paid_minor: 970 })
    expect(await available(ouyang)).toBe(100)
    // one that is covered by the time somebody looks is paid with points after all
    const next = await shown(ouyang)
    expect(await taken({ code: next.qr, points: 200, at: next.at })).toMatchObject({
      code: 'till.offline_not_covered',
    })
    await rich(ouyang, 100)
    nth -= 1
    expect(await settle(true)).toMatchObject({ status: 'accepted', paid_minor: 980 })
    expect(await available(ouyang)).toBe(0)
    await allIsWell()
  })

  test('beyond what a receipt or a member may take, or for another bill than the member paid, it waits', async () => {
    await setRules(allowed)
    world.at(addMs(world.now(), 4 * 24 * 60 * minute_ms))
    await rich(mary, 5_000)
    const spend = async (wanted: number, stretch: string, worth_minor = wanted / 10) => {
      const { qr, at } = await shown(mary)
      const spent = { code: qr, points: wanted, worth_minor, shown_at: at.toISOString() }
      return (await taken({ code: qr, points: wanted, at }, {}, { stretch, spend: spent })).code
    }
    expect(await spend(510, 'long')).toBe('till.offline_points_over_limit')
    expect([await spend(500, 'long'), await spend(310, 'long'), await spend(300, 'other')]).toEqual([
      null,
      'till.offline_points_over_limit',
      null,
    ])
    expect(await spend(100, 'third', 20)).toBe('till.offline_differs')
    expect(await spend(105, 'fourth', 10)).toBe('points.spend_step')
  })
})

describe('a clock that is wrong', () => {
  let nth = 0
  const hours = (count: number) => count * 60 * minute_ms
  /** Taken ten minutes ago by a device that is hours ahead, and knew it or not. */
  const taken = (off_ms: number, more: object = {}) => {
    nth += 1
    return clerk.call('POST /v1/till/offline-receipts', {
      body: {
        ...{ device: 'KX7Q', stretch: `C-${nth}` },
        said_at: addMs(world.now(), off_ms - 10 * minute_ms).toISOString(),
        device_now: addMs(world.now(), off_ms).toISOString(),
        ...more,
        sale: {
          ...{ source: 'till-XINYI-1', source_id: `CLOCK-${nth}`, store: 'XINYI' },
          lines: [{ quantity: 1, gross_minor: 100 }],
        },
      },
    })
  }
  const row = async () =>
    (await world.db.row(sql`
      select said_at, taken_at, clock_off_s from till_offline_receipts where source_id = ${`CLOCK-${nth}`}::text`))!

  test('by hours is no hindrance if the device had heard ours: the receipt stands at the right time, both are kept', async () => {
    expect(await taken(hours(7), { ahead_ms: -hours(7) })).toMatchObject({ status: 'sold' })
    expect(await row()).toEqual({
      said_at: addMs(world.now(), hours(7) - 10 * minute_ms),
      taken_at: addMs(world.now(), -10 * minute_ms),
      clock_off_s: 7 * 3_600,
    })
    // somebody set it right before it was sent
    const said_at = addMs(world.now(), hours(7) - 10 * minute_ms).toISOString()
    expect(await taken(0, { said_at, ahead_ms: -hours(7) })).toMatchObject({ status: 'sold' })
    expect(await row()).toMatchObject({ taken_at: addMs(world.now(), -10 * minute_ms), clock_off_s: 0 })
    expect(await taken(hours(7))).toMatchObject({ status: 'open', code: 'till.offline_clock' })
  })

  test('so that the receipt would be of the future, or weeks old, is said by name', async () => {
    expect(await taken(0, { ahead_ms: hours(1) })).toMatchObject({
      ...{ status: 'open', code: 'till.offline_in_future', params: { minutes: 50 } },
    })
    expect(await taken(0, { ahead_ms: 12 * minute_ms })).toMatchObject({ status: 'sold' })
    expect(await taken(0, { ahead_ms: -hours(24 * 20) })).toMatchObject({ code: 'till.receipt_too_old' })
    const { data } = await manager.call('GET /v1/admin/till-offline-receipts', { query: { status: 'open' } })
    expect(data.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['till.offline_in_future', 'till.receipt_too_old']),
    )
  })
})

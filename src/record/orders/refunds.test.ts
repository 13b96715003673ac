import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../base/sql.ts'
import { loose, of, openShop, order, type Shop } from '../../../test/shop.ts'
import type { RefundWire } from './types.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  await shop.verify()
  await shop.empty()
})
afterAll(() => shop.close())

const one = async (wire: RefundWire) => (await shop.refund([wire]))[0]!
/** What went back: source_id of the order, its line, quantity, net, gross. */
const takings = () =>
  shop.db.rows(sql`
  select r.source_id as refund, o.source_id as order, l.order_line_no as line, l.quantity::float, l.net_minor as net,
    l.gross_minor as gross
  from order_refund_lines l join order_refunds r using (member_id, refund_id)
  left join orders o on o.member_id = l.member_id and o.order_id = l.order_id
  order by r.occurred_at, r.source_id, l.line_no`)
const net = async () =>
  (await shop.db.row<{ net_minor: number; orders_net_minor: number; order_count: number }>(sql`
  select net_minor, orders_net_minor, order_count from member_statistics`))!

describe('a refund that names its order', () => {
  it('by line: takes what was paid for the quantity, in parts that sum to the whole', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 3x100', 'cup 1x50'], { discount_minor: 100 })])
    for (const n of [1, 2, 3]) {
      expect(
        await one(of(`r${n}`, '1', `2026-05-0${n + 1}`, { lines: [{ line_no: 1, quantity: 1 }] })),
      ).toMatchObject({ outcome: 'placed', unmatched_minor: 0 })
    }
    expect(await takings()).toEqual([
      { refund: 'r1', order: '1', line: 1, quantity: 1, net: 71, gross: 100 },
      { refund: 'r2', order: '1', line: 1, quantity: 1, net: 71, gross: 99 },
      { refund: 'r3', order: '1', line: 1, quantity: 1, net: 72, gross: 101 },
    ])
    expect(await net()).toMatchObject({ net_minor: 36, order_count: 1 })
    expect(await one(of('r4', '1', '2026-05-05', { lines: [{ line_no: 1, quantity: 1 }] }))).toMatchObject({
      outcome: 'refused',
      code: 'refund.too_much',
      params: { quantity: 1, left: 0 },
    })
  })

  it('by amount: over all lines by what is left, then from shipping', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 1x300', 'cup 1x100'], { shipping_minor: 60 })])
    await one(of('r1', '1', '2026-05-02', { amount_minor: 100 }))
    await one(of('r2', '1', '2026-05-03', { amount_minor: 350 }))
    expect(await takings()).toMatchObject([
      { line: 1, quantity: 0, net: 75 },
      { line: 2, quantity: 0, net: 25 },
      { line: 1, net: 225 },
      { line: 2, net: 75 },
      { line: null, net: 50 },
    ])
    expect(await one(of('r3', '1', '2026-05-04', { amount_minor: 11 }))).toMatchObject({
      code: 'refund.too_much',
      params: { left_minor: 10 },
    })
    // the refused one has left no key behind: it may be sent again, mended
    expect(await one(of('r3', '1', '2026-05-04', { amount_minor: 10 }))).toMatchObject({ outcome: 'placed' })
    expect(await net()).toMatchObject({ net_minor: 0, order_count: 0 })
  })

  it('whole: without lines and amount, all that is left', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 2x300'], { shipping_minor: 60 })])
    await one(of('r1', '1', '2026-05-02', { lines: [{ sku: 'tea', quantity: 1, net_minor: 250 }] }))
    shop.told()
    await one(of('r2', '1', '2026-05-03'))
    expect(shop.heard[0]!.data).toMatchObject({
      net_minor: 410,
      goods_minor: 350,
      shipping_minor: 60,
      unmatched_minor: 0,
      original_on: '2026-05-01',
    })
    expect(await one(of('r3', '1', '2026-05-04'))).toMatchObject({ code: 'refund.too_much' })
  })

  it('refuses what cannot be, and only that refund', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 1x100']),
      order('2', 'anna', '2026-05-01', ['tea 1x100'], { status: 'placed' }),
    ])
    const outcomes = await shop.refund([
      of('r1', 'nowhere', '2026-05-02'),
      of('r2', '2', '2026-05-02'),
      of('r3', '1', '2026-05-02', { lines: [{ sku: 'cup', quantity: 1 }] }),
      of('r4', '1', '2026-05-02', { lines: [{ line_no: 1, quantity: 1, net_minor: 101 }] }),
      of('r5', '1', '2026-05-02', { shipping_minor: 1 }),
      of('r6', '1', '2026-05-02', { currency: 'USD' }),
      of('r7', '1', '2026-06-09'),
      of('r8', '1', '2026-05-02', { amount_minor: -1 }),
      loose('r9', 'anna', '2026-05-02', []),
      of('ok', '1', '2026-05-02'),
    ])
    expect(outcomes.map((outcome) => outcome.code ?? outcome.outcome)).toEqual([
      'refund.order_unknown',
      'refund.order_unpaid',
      'refund.line_unknown',
      'refund.too_much',
      'refund.too_much',
      'order.currency_foreign',
      'order.in_future',
      'order.amount_negative',
      'refund.empty',
      'placed',
    ])
  })

  it('of an unknown order is kept unmatched if the import says so', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 1x100'])])
    const wire = {
      ...of('r1', 'nowhere', '2026-05-02', { lines: [{ sku: 'tea', quantity: 1, net_minor: 100 }] }),
      member: { external_id: { source: 'till', id: 'anna' } },
    }
    expect(await shop.refund([wire], { create_as: 'member', allow_unmatched: true })).toMatchObject([
      { outcome: 'placed', code: 'refund.unmatched', unmatched_minor: 100 },
    ])
    // it named another order: the tea of this one is not taken for it
    expect(await net()).toEqual({ net_minor: 0, orders_net_minor: 100, order_count: 1 })
  })

  it('of a walk-in’s order takes from it and tells nobody', async () => {
    await shop.receive([order('1', null, '2026-05-01', ['tea 2x100'])])
    expect(await one(of('r1', '1', '2026-05-02', { lines: [{ sku: 'tea', quantity: 1 }] }))).toMatchObject({
      outcome: 'placed',
      unmatched_minor: 0,
    })
    expect(await shop.db.rows(sql`select refunded_minor, counts from orders`)).toEqual([
      { refunded_minor: 100, counts: true },
    ])
    expect(shop.told()).toEqual([])
  })

  it('reaches into supplements', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 1x100']),
      order('1', 'anna', '2026-05-01', ['tea 3x100']),
    ])
    await one(of('r1', '1', '2026-05-02', { lines: [{ line_no: 1, quantity: 2 }] }))
    expect(await takings()).toMatchObject([
      { order: '1', net: 100 },
      { order: '1/change-1', net: 100 },
    ])
    expect(shop.told()).toEqual(['order.paid 100', 'order.paid 200', 'order.refunded 100', 'order.refunded 100'])
    // the order counts as long as anything of its family is left
    expect(await net()).toMatchObject({ net_minor: 100, order_count: 1 })
  })
})

describe('a refund that names no order', () => {
  it('takes the newest earlier lines of the SKU, one refund after the other', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 2x100']),
      order('2', 'anna', '2026-05-05', ['tea 2x90']),
      order('3', 'anna', '2026-05-20', ['tea 2x80']),
    ])
    const outcomes = await shop.refund([
      loose('b', 'anna', '2026-05-11', ['tea 1=90', 'cup 1=20']),
      loose('a', 'anna', '2026-05-10', ['tea 3=280']),
    ])
    expect(await takings()).toMatchObject([
      // 280 for three: the newer two cannot carry their 187, so the older one carries 100
      { refund: 'a', order: '2', quantity: 2, net: 180 },
      { refund: 'a', order: '1', quantity: 1, net: 100 },
      { refund: 'b', order: '1', quantity: 1, net: 90 },
      { refund: 'b', order: null, quantity: 1, net: 20 },
    ])
    expect(outcomes).toMatchObject([
      { index: 0, unmatched_minor: 20, code: 'refund.unmatched' },
      { index: 1, unmatched_minor: 0 },
    ])
    expect(await net()).toEqual({ net_minor: 150, orders_net_minor: 170, order_count: 2 })
  })

  it('writes one fact for each order it takes from, and one for the rest', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 1x100']),
      order('2', 'anna', '2026-05-05', ['tea 1x90']),
    ])
    shop.told()
    await shop.refund([loose('r', 'anna', '2026-05-10', ['tea 3=300'])])
    expect(shop.heard.map(({ data }) => [data['original_on'], data['net_minor'], data['unmatched_minor']])).toEqual([
      ['2026-05-05', 90, 0],
      ['2026-05-01', 100, 0],
      [null, 110, 110],
    ])
    expect(new Set(shop.heard.map(({ data }) => data['refund_id'])).size).toBe(1)
    expect(shop.heard[2]).toMatchObject({
      data: { order_id: null },
      context: { lines: [{ order_id: null, order_line_no: null, sku: 'tea', net_minor: 110 }] },
    })
  })

  it('leaves later purchases, other members, other SKUs and unpaid orders alone', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-11', ['tea 1x100']),
      order('2', 'ben', '2026-05-01', ['tea 1x100']),
      order('3', 'anna', '2026-05-01', ['cup 1x100']),
      order('4', 'anna', '2026-05-01', ['tea 1x100'], { status: 'placed' }),
    ])
    expect(await one(loose('r', 'anna', '2026-05-10', ['tea 1=100']))).toMatchObject({ unmatched_minor: 100 })
    expect(await takings()).toMatchObject([{ order: null, net: 100 }])
  })

  it('leaves purchases between two refunds to the later one', async () => {
    await shop.receive([order('1', 'anna', '2026-05-05', ['tea 1x100'])])
    const outcomes = await shop.refund([
      loose('early', 'anna', '2026-05-01', ['tea 1=100']),
      loose('late', 'anna', '2026-05-10', ['tea 1=100']),
    ])
    expect(outcomes).toMatchObject([{ unmatched_minor: 100 }, { unmatched_minor: 0 }])
  })

  it('without an amount takes what was paid, and nothing for what was never bought', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 2x100'])])
    expect(await one(loose('r', 'anna', '2026-05-10', ['tea 3']))).toMatchObject({
      unmatched_minor: 0,
      code: 'refund.unmatched',
    })
    expect(await takings()).toMatchObject([
      { order: '1', quantity: 2, net: 200 },
      { order: null, quantity: 1, net: 0 },
    ])
  })

  it('of nobody is kept unmatched; of a guest it is matched, a guest has a history', async () => {
    await shop.receive(
      [order('1', null, '2026-05-01', ['tea 2x100']), order('2', 'gus', '2026-05-01', ['tea 2x100'])],
      { create_as: 'guest' },
    )
    const outcomes = await shop.refund(
      [loose('r1', null, '2026-05-10', ['tea 1=100']), loose('r2', 'gus', '2026-05-10', ['tea 1=100'])],
      { create_as: 'guest' },
    )
    expect(outcomes).toMatchObject([{ unmatched_minor: 100, params: { walk_in: true } }, { unmatched_minor: 0 }])
  })

  it('shares a line with a named refund in the order of their time', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 2x100'])])
    const outcomes = await shop.refund([
      of('late', '1', '2026-05-12', { lines: [{ line_no: 1, quantity: 2 }] }),
      loose('early', 'anna', '2026-05-10', ['tea 1=100']),
    ])
    expect(outcomes).toMatchObject([
      { outcome: 'refused', code: 'refund.too_much', params: { left: 1 } },
      { outcome: 'placed' },
    ])
  })
})

describe('the same refund again', () => {
  it('changes nothing; another content under its number is refused', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 2x100'])])
    const wire = of('r1', '1', '2026-05-02', { lines: [{ line_no: 1, quantity: 1 }] })
    const first = await one(wire)
    expect(await shop.refund([wire, wire])).toMatchObject([
      { outcome: 'unchanged', refund_id: first.refund_id },
      { outcome: 'unchanged' },
    ])
    expect(await one({ ...wire, lines: [{ line_no: 1, quantity: 2 }] })).toMatchObject({
      outcome: 'refused',
      code: 'refund.changed',
    })
    expect(await net()).toMatchObject({ net_minor: 100 })
  })

  it('sent twenty times at once is booked once, also of a walk-in', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 9x100']),
      order('2', null, '2026-05-01', ['tea 9x100']),
    ])
    const set = [
      of('r1', '1', '2026-05-02', { lines: [{ line_no: 1, quantity: 1 }] }),
      of('r2', '2', '2026-05-02', { amount_minor: 100 }),
      loose('r3', null, '2026-05-02', ['tea 1=50']),
    ]
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => shop.refund(i % 2 ? set : [...set].reverse())))
    expect(all.flat().filter((outcome) => outcome.outcome === 'placed')).toHaveLength(3)
    expect(all.flat().filter((outcome) => outcome.outcome === 'unchanged')).toHaveLength(27)
  })

  it('different refunds at once never take more than there is', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 5x100']),
      order('2', null, '2026-05-01', ['tea 5x100']),
    ])
    const all = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        one(of(`r${i}`, i % 2 ? '1' : '2', '2026-05-02', { lines: [{ line_no: 1, quantity: 1 }] })),
      ),
    )
    expect(all.filter((outcome) => outcome.outcome === 'placed')).toHaveLength(10)
    expect(all.filter((outcome) => outcome.code === 'refund.too_much')).toHaveLength(6)
  })
})

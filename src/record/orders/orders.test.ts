import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Tx } from '../../base/db.ts'
import { openDb } from '../../base/db.ts'
import { systemActor } from '../../base/actor.ts'
import { sql } from '../../base/sql.ts'
import { receive } from './orders.ts'
import { of, openShop, order, type Shop } from '../../../test/shop.ts'
import type { OrderWire } from './types.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  await shop.verify()
  await shop.empty()
})
afterAll(() => shop.close())

const one = async (wire: OrderWire) => (await shop.receive([wire]))[0]!
const rowsOf = (source_id: string) =>
  shop.db.rows<Record<string, unknown>>(sql`
  select source_id, kind, status, gross_minor, discount_minor, shipping_minor, net_minor, refunded_minor, counts
  from orders where source_id like ${`${source_id}%`}::text order by source_id`)
const statistics = () =>
  shop.db.rows<Record<string, unknown>>(sql`
  select order_count, net_minor, first_order_on, last_order_on, purchase_days, state from member_statistics
    order by member_id`)

describe('receiving an order', () => {
  it('books lines, apportions the discount of the order over them, and adds shipping', async () => {
    const outcome = await one(
      order('1', 'anna', '2026-05-01', ['tea 2x100', 'cup 1x101'], { discount_minor: 100, shipping_minor: 60 }),
    )
    expect(outcome).toMatchObject({
      index: 0,
      outcome: 'placed',
      order_id: expect.any(String),
      member_id: expect.any(String),
    })
    expect(await rowsOf('1')).toEqual([
      {
        source_id: '1',
        kind: 'order',
        status: 'paid',
        gross_minor: 301,
        discount_minor: 100,
        shipping_minor: 60,
        net_minor: 261,
        refunded_minor: 0,
        counts: true,
      },
    ])
    // 100 × 200/301 = 66.4 and 100 × 101/301 = 33.6: the larger remainder gets the unit that is left
    expect(
      await shop.db.rows(
        sql`select line_no, sku, quantity, gross_minor, net_minor, category from order_lines order by 1`,
      ),
    ).toEqual([
      { line_no: 1, sku: 'tea', quantity: '2', gross_minor: 200, net_minor: 134, category: 'category t' },
      { line_no: 2, sku: 'cup', quantity: '1', gross_minor: 101, net_minor: 67, category: 'category c' },
    ])
    expect(await statistics()).toEqual([
      {
        order_count: 1,
        net_minor: 261,
        first_order_on: '2026-05-01',
        last_order_on: '2026-05-01',
        purchase_days: 1,
        state: 'new',
      },
    ])
    expect(shop.heard[0]).toMatchObject({
      name: 'order.paid',
      occurred_at: new Date('2026-05-01T04:00:00Z'),
      data: {
        order_id: outcome.order_id,
        source: 'till',
        source_id: '1',
        member_kind: 'member',
        ordered_on: '2026-05-01',
        net_minor: 261,
        gross_minor: 301,
        goods_minor: 201,
        shipping_minor: 60,
        discount_minor: 100,
      },
      context: {
        lines: [
          { line_no: 1, sku: 'tea', quantity: '2', net_minor: 134 },
          { line_no: 2, sku: 'cup', net_minor: 67 },
        ],
      },
    })
  })

  it('takes the day in the program’s zone, and a clock that runs ahead as now', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01T17:30:00Z', ['tea 1x100']),
      order('2', 'anna', '2026-06-01T20:00:00Z', ['tea 1x100']),
    ])
    expect(await shop.db.rows(sql`select ordered_on, occurred_at from orders order by source_id`)).toEqual([
      { ordered_on: '2026-05-02', occurred_at: new Date('2026-05-01T17:30:00Z') },
      { ordered_on: '2026-06-01', occurred_at: shop.now },
    ])
  })

  it('keeps an anonymous receipt in a walk-in row: no statistics, no facts', async () => {
    await shop.receive([
      order('1', null, '2026-05-01', ['tea 1x100']),
      order('2', null, '2026-05-01', ['tea 1x100'], { store: null }),
    ])
    expect(await shop.db.rows(sql`select m.kind, o.counts from orders o join members m using (member_id)`)).toEqual([
      { kind: 'walk_in', counts: true },
      { kind: 'walk_in', counts: true },
    ])
    expect(await statistics()).toEqual([])
    expect(shop.told()).toEqual([])
  })

  it('has statistics of guests, and says in the fact that they are guests', async () => {
    await shop.receive([order('1', 'gus', '2026-05-01', ['tea 1x100'])], { create_as: 'guest' })
    expect(await statistics()).toMatchObject([{ order_count: 1 }])
    expect(shop.heard[0]!.data['member_kind']).toBe('guest')
  })

  it('books adjustments without counting them, whatever their sign', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['fee -3x100', 'tea 0x0'], { kind: 'adjustment' })])
    expect(await rowsOf('1')).toMatchObject([{ kind: 'adjustment', net_minor: -300, counts: false }])
    expect(await statistics()).toEqual([
      { order_count: 0, net_minor: 0, first_order_on: null, last_order_on: null, purchase_days: 0, state: null },
    ])
    expect(shop.told()).toEqual([])
  })

  it.each<[string, Partial<OrderWire>, string]>([
    ['another currency', { currency: 'EUR' }, 'order.currency_foreign'],
    ['a time beyond tomorrow', { occurred_at: '2026-06-02T05:00:00Z' }, 'order.in_future'],
    ['a time nobody can read', { occurred_at: 'yesterday' }, 'time.instant_unreadable'],
    ['no number', { source_id: ' ' }, 'order.source_missing'],
    ['a negative amount', { lines: [{ sku: 'a', quantity: 1, gross_minor: -1 }] }, 'order.amount_negative'],
    ['negative shipping', { shipping_minor: -1 }, 'order.amount_negative'],
    ['a huge amount', { lines: [{ sku: 'a', quantity: 1, gross_minor: 1_000_000_000_001 }] }, 'order.amount_invalid'],
    ['half a minor unit', { lines: [{ sku: 'a', quantity: 1, gross_minor: 1.5 }] }, 'order.amount_invalid'],
    ['a negative quantity', { lines: [{ sku: 'a', quantity: -1, gross_minor: 1 }] }, 'order.quantity_negative'],
    ['five decimals', { lines: [{ sku: 'a', quantity: 0.00001, gross_minor: 1 }] }, 'order.quantity_invalid'],
    ['no amount', { lines: [{ sku: 'a', quantity: 1 }] }, 'order.line_amount_missing'],
    ['more discount than goods', { discount_minor: 101 }, 'order.discount_too_large'],
  ])('refuses %s, and only that order', async (_what, wrong, code) => {
    const outcomes = await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 1x100'], wrong),
      order('2', 'anna', '2026-05-01', ['tea 1x100']),
    ])
    expect(outcomes).toMatchObject([
      { index: 0, outcome: 'refused', code },
      { index: 1, outcome: 'placed' },
    ])
  })
})

describe('the same order again', () => {
  it('pain 25: a till that syncs twice books once', async () => {
    const wires = [order('1', 'anna', '2026-05-01', ['tea 1x100']), order('2', null, '2026-05-01', ['tea 1x100'])]
    const first = await shop.receive(wires)
    const second = await shop.receive(wires)
    expect(second).toEqual(first.map((outcome) => ({ ...outcome, outcome: 'unchanged' })))
    expect(shop.told()).toEqual(['order.paid 100'])
    expect(await statistics()).toMatchObject([{ order_count: 1, net_minor: 100 }])
  })

  it('pain 25: two syncs at the same moment book once (protected by the primary key of order_keys)', async () => {
    const other = openDb(shop.url)
    const wires = Array.from({ length: 20 }, (_, i) =>
      order(`${i}`, i % 3 ? `m${i}` : null, '2026-05-01', ['tea 1x100']),
    )
    const sync = (set: OrderWire[]) =>
      other.tx({ actor: systemActor('other'), now: shop.now }, (tx) => receive(tx, set, { create_as: 'member' }))
    const all = await Promise.all([shop.receive(wires), sync([...wires].reverse()), sync(wires), shop.receive(wires)])
    await other.close()
    expect(all.flat().filter((outcome) => outcome.outcome === 'placed')).toHaveLength(20)
    expect(all.flat().filter((outcome) => outcome.outcome === 'unchanged')).toHaveLength(60)
    expect(await shop.db.row(sql`select count(*) as orders from orders`)).toEqual({ orders: 20 })
  })

  it('twice in one set is one order, and a newer version in the set changes the older one', async () => {
    const first = order('1', 'anna', '2026-05-01', ['tea 2x100'], { updated_at: '2026-05-01T05:00:00Z' })
    const newer = order('1', 'anna', '2026-05-01', ['tea 1x100'], { updated_at: '2026-05-02T05:00:00Z' })
    const outcomes = await shop.receive([first, first, newer, first])
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(['placed', 'unchanged', 'changed', 'refused'])
    expect(outcomes[3]!.code).toBe('order.stale')
    expect(shop.told()).toEqual(['order.paid 200', 'order.refunded 100'])
    expect(await statistics()).toMatchObject([{ order_count: 1, net_minor: 100 }])
  })

  it('an older version is stale, the same version under an older date is not', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { updated_at: '2026-05-03T05:00:00Z' }))
    const older = { updated_at: '2026-05-02T05:00:00Z' }
    expect(await one(order('1', 'anna', '2026-05-01', ['tea 1x100'], older))).toMatchObject({
      outcome: 'refused',
      code: 'order.stale',
    })
    expect(await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], older))).toMatchObject({ outcome: 'unchanged' })
    // the date of a version without changes counts too
    expect(
      await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { updated_at: '2026-05-09T05:00:00Z' })),
    ).toMatchObject({ outcome: 'unchanged' })
    expect(
      await one(order('1', 'anna', '2026-05-01', ['tea 1x100'], { updated_at: '2026-05-05T05:00:00Z' })),
    ).toMatchObject({ code: 'order.stale' })
  })
})

describe('a newer version of an order', () => {
  it('starts to count when it is paid, with the lines it has then', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100'], { status: 'placed' }))
    expect(shop.told()).toEqual(['order.placed 100'])
    expect(await statistics()).toMatchObject([{ order_count: 0, state: null }])
    await one(
      order('1', 'anna', '2026-05-01', ['tea 2x100', 'cup 1x50'], {
        status: 'paid',
        updated_at: '2026-05-02T05:00:00Z',
      }),
    )
    expect(shop.heard[0]!.occurred_at).toEqual(new Date('2026-05-02T05:00:00Z'))
    expect(shop.told()).toEqual(['order.paid 250'])
    expect(await rowsOf('1')).toMatchObject([{ status: 'paid', net_minor: 250, counts: true }])
    expect(await statistics()).toMatchObject([{ order_count: 1, net_minor: 250, first_order_on: '2026-05-01' }])
  })

  it('moves on: shipped, delivered', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100']))
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100'], { status: 'shipped' }))
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100'], { status: 'delivered' }))
    expect(shop.told()).toEqual(['order.paid 100', 'order.shipped 100', 'order.delivered 100'])
    expect(await rowsOf('1')).toMatchObject([{ status: 'delivered', refunded_minor: 0 }])
  })

  it('cancelled: all that is left goes back', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { shipping_minor: 60 }))
    await shop.refund([of('r1', '1', '2026-05-03', { lines: [{ sku: 'tea', quantity: 1 }] })])
    expect(
      await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { status: 'cancelled', shipping_minor: 60 })),
    ).toMatchObject({ outcome: 'changed' })
    expect(shop.told()).toEqual(['order.paid 260', 'order.refunded 100', 'order.cancelled 260', 'order.refunded 160'])
    expect(await rowsOf('1')).toMatchObject([{ status: 'cancelled', refunded_minor: 260, counts: false }])
    expect(await statistics()).toMatchObject([{ order_count: 0, net_minor: 0, state: null }])
    expect(await one(order('1', 'anna', '2026-05-01', ['tea 2x100']))).toMatchObject({
      outcome: 'refused',
      code: 'order.ended',
    })
  })

  it('cancelled before it was paid: nothing goes back', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { status: 'placed' }))
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { status: 'cancelled' }))
    expect(shop.told()).toEqual(['order.placed 200', 'order.cancelled 200'])
    expect(await rowsOf('1')).toMatchObject([{ status: 'cancelled', refunded_minor: 0, counts: false }])
  })

  it('does not become unpaid again', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100']))
    expect(await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { status: 'placed' }))).toMatchObject({
      code: 'order.status_backwards',
    })
  })

  it('lowered lines become a correction, raised ones a supplement; the booked lines stay', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 3x100', 'cup 1x50'], { shipping_minor: 60 }))
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100', 'cup 2x50', 'pot 1x500'], { shipping_minor: 80 }))
    expect(await rowsOf('1')).toMatchObject([
      { source_id: '1', kind: 'order', net_minor: 410, refunded_minor: 200, counts: true },
      {
        source_id: '1/change-1',
        kind: 'supplement',
        shipping_minor: 20,
        net_minor: 570,
        refunded_minor: 0,
        counts: true,
      },
    ])
    expect(shop.told()).toEqual(['order.paid 410', 'order.paid 570', 'order.refunded 200'])
    // one purchase, whatever was added to it
    expect(await statistics()).toMatchObject([{ order_count: 1, net_minor: 780, purchase_days: 1 }])
    // back to the first version: what was raised last is lowered first
    await one(order('1', 'anna', '2026-05-01', ['tea 3x100', 'cup 1x50'], { shipping_minor: 60 }))
    expect(await statistics()).toMatchObject([{ order_count: 1, net_minor: 410 }])
    expect((await rowsOf('1')).map((row) => [row['kind'], row['net_minor'], row['refunded_minor']])).toEqual([
      ['order', 410, 200],
      ['supplement', 570, 570],
      ['supplement', 200, 0],
    ])
  })

  it('lowers only what customers have left, and follows the price alone', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100']))
    await shop.refund([of('r1', '1', '2026-05-03', { lines: [{ sku: 'tea', quantity: 2 }] })])
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100']))
    expect(await rowsOf('1')).toMatchObject([{ refunded_minor: 200, counts: false }])
    await one(order('2', 'anna', '2026-05-01', ['tea 2x100']))
    await one(order('2', 'anna', '2026-05-01', ['tea 2x90']))
    expect(await rowsOf('2')).toMatchObject([{ net_minor: 200, refunded_minor: 20 }])
    expect(
      await shop.db.rows(
        sql`select refunded_quantity from order_lines l join orders using (order_id) where source_id = '2'`,
      ),
    ).toEqual([{ refunded_quantity: '0' }])
  })

  it('a cancelled order takes its supplements with it', async () => {
    await one(order('1', 'anna', '2026-05-01', ['tea 1x100']))
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100']))
    await one(order('1', 'anna', '2026-05-01', ['tea 2x100'], { status: 'cancelled' }))
    expect(await rowsOf('1')).toMatchObject([
      { status: 'cancelled', refunded_minor: 100, counts: false },
      { status: 'cancelled', refunded_minor: 100, counts: false },
    ])
    expect(await statistics()).toMatchObject([{ order_count: 0, net_minor: 0 }])
  })
})

describe('sets', () => {
  /** Runs with every statement of the transaction noted. */
  async function statementsOf(wires: OrderWire[]): Promise<string[]> {
    const texts: string[] = []
    await shop.tx(async (tx) => {
      const watched: Tx = Object.create(tx, {
        rows: { value: (s: Parameters<Tx['rows']>[0]) => (texts.push(s.text), tx.rows(s)) },
        row: { value: (s: Parameters<Tx['row']>[0]) => (texts.push(s.text), tx.row(s)) },
        run: { value: (s: Parameters<Tx['run']>[0]) => (texts.push(s.text), tx.run(s)) },
        copyIn: { value: (text: string) => (texts.push(text), tx.copyIn(text)) },
      })
      return receive(watched, wires, { create_as: 'member' })
    })
    return texts
  }

  it('one order takes few statements, and a thousand hardly more', async () => {
    await one(order('0', 'm0', '2026-05-01', ['tea 1x100']))
    const single = await statementsOf([order('1', 'm0', '2026-05-02', ['tea 1x100'])])
    const booking = single.filter((text) => /member_statistics|order_keys \(|insert into facts/.test(text))
    expect(booking.length).toBeLessThanOrEqual(5)
    expect(single.length).toBeLessThanOrEqual(10)
    const wires = Array.from({ length: 1_000 }, (_, i) =>
      order(`n${i}`, `m${i % 90}`, `2026-05-0${1 + (i % 9)}`, ['tea 1x100', 'cup 2x30']),
    )
    const many = await statementsOf(wires)
    expect(many.length).toBeLessThanOrEqual(single.length + 6)
  })

  it('a set as large as COPY asks for is written as a small one is', async () => {
    const wires = Array.from({ length: 450 }, (_, i) =>
      order(
        `n${i}`,
        i % 7 ? `m${i % 40}` : null,
        `2026-05-0${1 + (i % 9)}`,
        [`tea ${1 + (i % 3)}x100`, 'odd\\sku 1x30'],
        {
          lines: [
            { sku: 'back\\slash', name: 'tab\tand\nline', quantity: 1.5, gross_minor: 10 },
            { name: 'no product', quantity: 1, net_minor: 5 },
          ],
        },
      ),
    )
    const dump = () =>
      shop.db.rows(sql`
      select o.source_id, o.net_minor, o.ordered_on, l.line_no, l.sku, l.name, l.quantity, l.net_minor as line_minor,
        p.name as product
      from orders o join order_lines l using (member_id, order_id) left join products p using (product_id)
        order by 1, 4`)
    await shop.receive(wires)
    const large = await dump()
    await shop.empty()
    for (let from = 0; from < wires.length; from += 90) await shop.receive(wires.slice(from, from + 90))
    expect(large).toHaveLength(900)
    expect(await dump()).toEqual(large)
  })
})

/** The result never depends on how a set is cut. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import { size } from '../../../test/database.ts'
import { loose, of, openShop, order, type Shop } from '../../../test/shop.ts'
import type { OrderWire, RefundWire } from './types.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

/** What happened, in time: an order of `who`, or a refund that names an order or none. */
type Event =
  | {
      at: number
      kind: 'order'
      who: number
      lines: { sku: number; quantity: number; price: number }[]
      discount: number
      status: 'paid' | 'placed'
    }
  | { at: number; kind: 'loose'; who: number; sku: number; quantity: number; net: number | null }
  | { at: number; kind: 'of'; nth: number; how: 'line' | 'amount' | 'whole'; quantity: number; amount: number }

const who = fc.integer({ min: -1, max: 3 })
const sku = fc.integer({ min: 0, max: 2 })
const at = fc.integer({ min: 0, max: 40 })
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      at,
      kind: fc.constant('order' as const),
      who,
      discount: fc.integer({ min: 0, max: 90 }),
      status: fc.constantFrom('paid' as const, 'paid' as const, 'paid' as const, 'placed' as const),
      lines: fc.array(
        fc.record({ sku, quantity: fc.integer({ min: 1, max: 4 }), price: fc.integer({ min: 0, max: 99 }) }),
        { minLength: 0, maxLength: 4 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      at,
      kind: fc.constant('loose' as const),
      who,
      sku,
      quantity: fc.integer({ min: 1, max: 6 }),
      net: fc.option(fc.integer({ min: 0, max: 400 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      at,
      kind: fc.constant('of' as const),
      nth: fc.nat(20),
      how: fc.constantFrom('line' as const, 'amount' as const, 'whole' as const),
      quantity: fc.integer({ min: 1, max: 3 }),
      amount: fc.integer({ min: 1, max: 300 }),
    }),
  },
)

const day = (n: number) => addDays('2026-03-01', n * 2)
const name = (n: number) => (n < 0 ? null : `m${n}`)

function wiresOf(events: Event[]): { orders: OrderWire[]; refunds: RefundWire[] }[] {
  const numbers: string[] = []
  return events.map((one, i) => {
    if (one.kind === 'order') {
      numbers.push(`o${i}`)
      const lines = one.lines.map((line) => `${'abc'[line.sku]}${line.sku} ${line.quantity}x${line.price}`)
      const goods = one.lines.reduce((sum, line) => sum + line.quantity * line.price, 0)
      return {
        orders: [
          order(`o${i}`, name(one.who), day(one.at), lines, {
            discount_minor: Math.min(one.discount, goods),
            shipping_minor: one.at % 3 ? 0 : 60,
            status: one.status,
            store: `S${one.at % 2}`,
          }),
        ],
        refunds: [],
      }
    }
    if (one.kind === 'loose') {
      const wire = loose(`r${i}`, name(one.who), day(one.at), [
        `${'abc'[one.sku]}${one.sku} ${one.quantity}${one.net === null ? '' : `=${one.net}`}`,
      ])
      return { orders: [], refunds: [wire] }
    }
    const named = numbers.length > 0 ? numbers[one.nth % numbers.length]! : 'none'
    const how =
      one.how === 'whole'
        ? {}
        : one.how === 'amount'
          ? { amount_minor: one.amount }
          : { lines: [{ line_no: 1, quantity: one.quantity }] }
    return { orders: [], refunds: [of(`r${i}`, named, day(one.at), how)] }
  })
}

/** Every row, by what the outside calls things. */
async function dump(): Promise<unknown[]> {
  const who = sql`case when m.kind = 'walk_in' then 'nobody' else m.external_id end as who`
  return Promise.all(
    [
      sql`select ${who}, source_id, o.kind, status, ordered_on, gross_minor, discount_minor, shipping_minor,
        net_minor, refunded_minor,
      refunded_shipping_minor, counts from orders o join members m using (member_id) order by source_id`,
      sql`select source_id, line_no, l.sku, l.category, l.quantity, l.net_minor, l.gross_minor, l.refunded_quantity,
        l.refunded_minor
      from order_lines l join orders using (member_id, order_id) order by 1, 2`,
      sql`select ${who}, r.source_id, o.source_id as of, r.net_minor, r.shipping_minor, r.unmatched_minor
      from order_refunds r join members m using (member_id) left join orders o using (order_id) order by r.source_id`,
      sql`select r.source_id, l.line_no, o.source_id as of, l.order_line_no, l.sku, l.quantity, l.net_minor,
        l.gross_minor
      from order_refund_lines l join order_refunds r using (refund_id) left
        join orders o on o.order_id = l.order_id order by 1, 2`,
      sql`select m.external_id, to_jsonb(s) - 'member_id' as s from member_statistics s
        join members m using (member_id) order by 1`,
      sql`select m.external_id, code, to_jsonb(s) - 'member_id' - 'store_id' as s
      from member_store_statistics s join members m using (member_id) join stores using (store_id) order by 1, 2`,
      sql`select m.external_id, to_jsonb(s) - 'member_id' as s from member_category_statistics s
        join members m using (member_id) order by 1, category`,
      sql`select m.external_id, changed_on, from_state, to_state from member_state_changes
        join members m using (member_id) order by 1, 2`,
      sql`select m.external_id, name, occurred_at, data - 'order_id' - 'refund_id' - 'store_id' as data
      from facts join members m using (member_id) where name like 'order.%' order by 1, 2, 3, data->>'source_id',
        data->>'original_on', data->>'net_minor', data->>'ordered_on'`,
    ].map((statement) => shop.db.rows(statement)),
  )
}

async function play(
  wires: { orders: OrderWire[]; refunds: RefundWire[] }[],
  cuts: number[],
): Promise<{ rows: unknown[]; outcomes: string[] }> {
  await shop.empty()
  const outcomes = new Map<string, string>()
  const bounds = [...new Set(cuts.map((cut) => cut % (wires.length + 1)))].sort((a, b) => a - b)
  for (const [i, from] of [0, ...bounds].entries()) {
    const part = wires.slice(from, bounds[i] ?? wires.length)
    const [orders, refunds] = [part.flatMap((one) => one.orders), part.flatMap((one) => one.refunds)]
    for (const outcome of await shop.receive(orders))
      outcomes.set(orders[outcome.index]!.source_id, `${outcome.outcome} ${outcome.code ?? ''}`)
    for (const outcome of await shop.refund(refunds))
      outcomes.set(refunds[outcome.index]!.source_id, `${outcome.outcome} ${outcome.code ?? ''}`)
  }
  return { rows: await dump(), outcomes: [...outcomes].sort().map(String) }
}

it('the same orders and refunds give the same rows however they are cut', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 1, maxLength: 30 }),
      fc.array(fc.nat(30), { maxLength: 6 }),
      async (events, cuts) => {
        // in the order of time; at one instant orders before refunds
        const sorted = [...events].sort(
          (a, b) => a.at - b.at || Number(a.kind !== 'order') - Number(b.kind !== 'order'),
        )
        const wires = wiresOf(sorted)
        const whole = await play(wires, [])
        await shop.verify()
        const cut = await play(wires, cuts)
        expect(cut).toEqual(whole)
        // sent again whole: nothing changes
        await shop.receive(wires.flatMap((one) => one.orders))
        await shop.refund(wires.flatMap((one) => one.refunds))
        const again = await dump()
        expect(again.slice(0, 4)).toEqual(whole.rows.slice(0, 4))
      },
    ),
    { numRuns: size === 'long' ? 500 : 25 },
  )
})

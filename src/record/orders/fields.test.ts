import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compileCondition, idsOf, matchOf } from '../../base/conditions/compile.ts'
import { gatherFields } from '../../base/conditions/fields.ts'
import { parseCondition } from '../../base/conditions/parse.ts'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import { fields as own } from './fields.ts'
import { loose, of, openShop, order, type Shop } from '../../../test/shop.ts'

let shop: Shop
let who: Map<string, string>
const stores = new Map<string, string>()
const fields = gatherFields([own])

/** Forty members with orders of every kind, some refunded, some cancelled, some added to. */
beforeAll(async () => {
  shop = await openShop()
  const [people] = fc.sample(
    fc.array(
      fc.record({
        days: fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 12 }),
        sku: fc.integer({ min: 0, max: 2 }),
        twist: fc.integer({ min: 0, max: 5 }),
      }),
      { minLength: 40, maxLength: 40 },
    ),
    { numRuns: 1, seed: 7 },
  )
  const wires = people!.flatMap(({ days, sku, twist }, m) =>
    days
      .sort((a, b) => a - b)
      .map((day, n) =>
        order(
          `${m}-${n}`,
          `m${m}`,
          addDays('2026-01-01', day),
          [`${'abc'[sku]} ${1 + (n % 3)}x${100 + day}`, `${'abc'[n % 3]} 1x50`],
          {
            store: n % 4 === 3 ? null : `S${(m + n) % 3}`,
            source: n % 2 ? 'web' : 'till',
            status: twist === 5 && n === 1 ? 'placed' : 'paid',
          },
        ),
      ),
  )
  await shop.receive(wires)
  const again = (wire: (typeof wires)[number], more: object) => ({ ...wire, ...more })
  await shop.receive(wires.filter((_, i) => i % 17 === 3).map((wire) => again(wire, { status: 'cancelled' })))
  await shop.receive(
    wires
      .filter((_, i) => i % 13 === 5)
      .map((wire) =>
        again(wire, {
          lines: [...wire.lines, { sku: 'd', category: 'category d', quantity: 2, unit_price_minor: 70 }],
        }),
      ),
  )
  await shop.refund(
    wires
      .filter((_, i) => i % 5 === 1)
      .map((wire, i) =>
        of(`r${i}`, wire.source_id, '2026-05-31', {
          source: wire.source,
          ...(i % 2 ? {} : { lines: [{ line_no: 1, quantity: 1 }] }),
        }),
      ),
  )
  await shop.refund(people!.slice(0, 20).map((_, m) => loose(`u${m}`, `m${m}`, '2026-05-30', ['a 1=60', 'z 1=30'])))
  await shop.verify()
  const rows = await shop.db.rows<{ member_id: string; external_id: string }>(
    sql`select member_id, external_id from members where kind = 'member'`,
  )
  who = new Map(rows.map((row) => [row.member_id, row.external_id]))
  for (const row of await shop.db.rows<{ code: string; store_id: string }>(sql`select code, store_id from stores`))
    stores.set(row.code, row.store_id)
})
afterAll(() => shop.close())

const zone = 'Asia/Taipei'
const population = { from: sql`members m`, key: 'm.member_id', where: sql`m.kind <> 'walk_in'` }

async function whoAnswers(json: unknown, reading: 'now' | { at: Date }): Promise<string[]> {
  const compiled = compileCondition(parseCondition(json, fields), {
    fields,
    population,
    now: shop.now,
    zone,
    reading,
  })
  const rows = await shop.db.rows<{ member_id: string }>(idsOf(compiled), { prepare: false })
  return rows.map((row) => who.get(row.member_id)!).sort()
}

const rule = (field: string, operator: string, value: unknown, more: object = {}) => ({
  combinator: 'and',
  rules: [{ field, operator, value, ...more }],
})
const where = (field: string, value: string) => ({ where: [{ field, operator: 'equals', value }] })
const asked: [string, () => unknown][] = [
  ['order_count', () => rule('order_count', 'at_least', 4)],
  ['net_spent', () => rule('net_spent', 'more_than', 700)],
  ['average_basket', () => rule('average_basket', 'between', [150, 300])],
  ['first_order_at', () => rule('first_order_at', 'within', { last: 120, unit: 'day' })],
  ['last_order_at', () => rule('last_order_at', 'before', { today: -30, unit: 'day' })],
  ['days_since_last_order', () => rule('days_since_last_order', 'at_most', 40)],
  ['usual_interval', () => rule('usual_interval', 'less_than', 15)],
  ['state', () => rule('state', 'in', ['drowsy', 'asleep', 'back'])],
  ['state_since', () => rule('state_since', 'after', '2026-04-01')],
  ['purchases', () => rule('purchases', 'at_least', 3)],
  ['none ever', () => rule('purchases', 'at_most', 0)],
  ['sum ever', () => rule('purchases', 'at_least', 600, { measure: 'sum' })],
  ['quantity', () => rule('purchases', 'at_least', 8, { measure: 'quantity' })],
  ['in a window', () => rule('purchases', 'at_least', 2, { within: { last: 60, unit: 'day' } })],
  [
    'sum in a window',
    () => rule('purchases', 'at_least', 200, { measure: 'sum', within: { last: 90, unit: 'day' } }),
  ],
  ['not since', () => rule('purchases', 'at_most', 0, { within: { last: 30, unit: 'day' } })],
  ['store', () => rule('purchases', 'at_least', 1, where('store', stores.get('S1')!))],
  ['store sum', () => rule('purchases', 'at_least', 300, { measure: 'sum', ...where('store', stores.get('S1')!) })],
  ['category', () => rule('purchases', 'at_least', 2, where('category', 'category b'))],
  [
    'category quantity',
    () => rule('purchases', 'at_least', 2, { measure: 'quantity', ...where('category', 'category d') }),
  ],
  ['category never', () => rule('purchases', 'at_most', 0, where('category', 'category c'))],
  [
    'sku in a window',
    () => rule('purchases', 'at_least', 1, { ...where('sku', 'd'), within: { last: 100, unit: 'day' } }),
  ],
  ['source', () => rule('purchases', 'at_least', 2, where('source', 'web'))],
  ['weekday', () => rule('purchases', 'at_least', 1, where('weekday', '6'))],
]

it.each(asked)('%s is answered alike from statistics and from history, for all and for one', async (_name, json) => {
  const now = await whoAnswers(json(), 'now')
  expect(await whoAnswers(json(), { at: shop.now })).toEqual(now)
  expect(now.length).toBeGreaterThan(0)
  expect(now.length).toBeLessThan(who.size)
  const compiled = compileCondition(parseCondition(json(), fields), {
    fields,
    population,
    now: shop.now,
    zone,
    reading: 'now',
  })
  const [first, second] = [...who.keys()]
  const some = await shop.db.rows<{ member_id: string }>(matchOf(compiled, [first!, second!]), { prepare: false })
  expect(some.map((row) => who.get(row.member_id)!).sort()).toEqual(
    [first!, second!]
      .map((id) => who.get(id)!)
      .filter((one) => now.includes(one))
      .sort(),
  )
})

it('what was bought ever, by store and by category, is answered without the orders', async () => {
  for (const json of [
    rule('purchases', 'at_least', 3),
    rule('purchases', 'at_least', 1, where('category', 'category a')),
    rule('purchases', 'at_least', 300, { measure: 'sum', ...where('store', stores.get('S1')!) }),
    rule('order_count', 'at_least', 3),
    rule('purchases', 'at_most', 0, { within: { last: 30, unit: 'day' } }),
  ]) {
    const compiled = compileCondition(parseCondition(json, fields), {
      fields,
      population,
      now: shop.now,
      zone,
      reading: 'now',
    })
    const plan = await shop.db.rows<{ 'QUERY PLAN': string }>(sql`explain ${idsOf(compiled)}`, { prepare: false })
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).not.toMatch(/on orders/)
  }
})

it('an earlier moment sees earlier orders', async () => {
  const then = new Date('2026-02-15T00:00:00+08:00')
  const rows = await shop.db.rows<{ member_id: string }>(sql`
    select member_id from orders where counts and kind = 'order'
      and occurred_at <= ${then}::timestamptz group by 1 having count(*) >= 3`)
  expect(await whoAnswers(rule('order_count', 'at_least', 3), { at: then })).toEqual(
    rows.map((row) => who.get(row.member_id)!).sort(),
  )
  expect(await whoAnswers(rule('purchases', 'at_least', 3), { at: then })).toEqual(
    rows.map((row) => who.get(row.member_id)!).sort(),
  )
})

/** Whatever is sent to the till, it answers with a quote or a name for what is wrong, and nothing has moved. */
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { size } from '../../../test/database.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import * as points from '../../value/points/points.ts'

const runs = size === 'long' ? 2_000 : 150

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.tx((tx) =>
    points.adjust(tx, [
      { member_id: world.cast.wang, points: 900, reason: 'test', source: 'adjustment', source_id: randomUUID() },
    ]),
  )
})
afterAll(() => world.close())

const odd = fc.oneof(
  fc.integer({ min: -1_000, max: 5_000 }),
  fc.constantFrom(0, -1, 0.5, 1.00001, 1e12, 1e12 + 1, 1e15, Number.MAX_SAFE_INTEGER, 1e300, -1e300),
  fc.constantFrom('12', '', null, true, [], {}),
)
const often = <T>(likely: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: likely, weight: 4 }, { arbitrary: odd as fc.Arbitrary<unknown>, weight: 1 })
const text = fc.oneof(fc.constantFrom('OOLONG', '', ' ', '王', '\u0000', "'; drop table members; --"), fc.string())
const maybe = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] })

const line = maybe({
  sku: text,
  category: text,
  quantity: often(fc.double({ min: 0, max: 20, noNaN: true })),
  unit_price_minor: often(fc.nat(5_000)),
  gross_minor: odd,
  discount_minor: often(fc.nat(100)),
  net_minor: odd,
})
const whole = fc.record({
  sku: fc.constantFrom('OOLONG', 'CAKE'),
  quantity: fc.integer({ min: 1, max: 5 }),
  unit_price_minor: fc.nat(2_000),
})
const plausible = fc.record(
  {
    lines: fc.array(whole, { minLength: 1, maxLength: 4 }),
    member: fc.constantFrom({ phone: '0912345678' }, { card: 'NOBODY' }, null),
    points_to_use: fc.oneof(fc.constant('max'), fc.nat(1_000)),
    shipping_minor: fc.nat(200),
    best: fc.boolean(),
    occurred_at: fc.constantFrom('2026-11-02T02:00:00Z', '1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z'),
  },
  { requiredKeys: ['lines'] },
)
const anything = maybe({
  store: text,
  member: fc.oneof(
    maybe({ phone: text, email: text, card: text, member_id: text }),
    fc.constant({ phone: '0912345678' }),
    fc.constant(null),
  ),
  lines: fc.oneof(fc.array(whole, { minLength: 1, maxLength: 4 }), fc.array(line, { maxLength: 4 }), odd),
  shipping_minor: often(fc.nat(200)),
  discount_minor: often(fc.nat(200)),
  currency: fc.constantFrom('TWD', 'twd', 'USD', ''),
  coupon_codes: fc.oneof(fc.array(text, { maxLength: 3 }), odd),
  best: fc.boolean(),
  points_to_use: fc.oneof(fc.constant('max'), fc.nat(1_000), odd),
  occurred_at: fc.constantFrom('2026-11-02T02:00:00Z', '1970-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 'soon', ''),
})

const basket = fc.oneof(plausible, anything)

const standing = () =>
  world.db.row(sql`
    select (select count(*) from members) as members, (select count(*) from products) as products,
      (select count(*) from orders) as orders, (select count(*) from point_entries) as entries,
      (select count(*) from point_holds) as holds, (select count(*) from till_holds) as till_holds,
      (select count(*) from coupons) as coupons, (select json_agg(b order by member_id) from point_balances b) as purses`)

test('pain 5: a quote of anything at all is an answer or a named error, and changes nothing', async () => {
  const before = await standing()
  let answered = 0
  await fc.assert(
    fc.asyncProperty(basket, async (body) => {
      const said = await world.as('clerk').inject('POST /v1/till/quotes', { body: body as never })
      const answer: Record<string, unknown> = said.json()
      if (said.statusCode === 200) {
        answered += 1
        const { gross_minor, discount_minor, to_pay_minor } = answer as Record<string, number>
        expect(gross_minor! - discount_minor!).toBe(to_pay_minor)
        expect(to_pay_minor).toBeGreaterThanOrEqual(0)
      } else {
        expect([400, 422]).toContain(said.statusCode)
        expect(answer['code']).toMatch(/^[a-z_]+\.[a-z_]+$/)
      }
    }),
    { numRuns: runs },
  )
  expect(answered).toBeGreaterThan(runs / 4)
  expect(await standing()).toEqual(before)
}, 240_000)

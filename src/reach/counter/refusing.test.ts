/** What the till's doors refuse by name, and that nothing moves then. */
import { randomUUID } from 'node:crypto'
import type { Static } from 'typebox'
import { describe, expect, test } from 'vitest'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import type { RefundBody } from '../../record/orders/types.ts'
import * as points from '../../value/points/points.ts'
import { openClerks } from '../../../test/clerks.ts'
import { Refused } from '../../../test/world.ts'
import type { SaleBody } from './types.ts'

const { world, clerk, owner, rung, late, allIsWell } = await openClerks()
const { wang, mary } = world.cast
const hour_ms = 3_600_000
type Sale = Static<typeof SaleBody>

/** All that a call is refused for: the name of each fault, and its line if it has one. */
async function faults(call: Promise<unknown>): Promise<string[]> {
  const thrown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (thrown === null) return []
  if (!(thrown instanceof Refused)) throw thrown
  const errors = thrown.errors.length > 0 ? thrown.errors : [thrown]
  return errors.map(({ code, params }) => [code, params?.['line_no']].filter(Boolean).join(' ')).sort()
}

const line = { sku: 'OOLONG', quantity: 1, unit_price_minor: 300 }
const saleOf = (more: Partial<Sale>): Sale => ({
  ...{ source: 'till-XINYI-1', source_id: randomUUID(), store: 'XINYI', member: { member_id: wang }, lines: [line] },
  ...more,
})

/** The faults of a basket, which its quote, its hold and its sale name alike. */
async function faultsOf(more: Partial<Sale>): Promise<string[]> {
  const key = await world.withKey(['till:use'])
  const { source: _source, source_id: _id, ...basket } = saleOf(more)
  const { refusals } = await key.call('POST /v1/till/quotes', { body: basket })
  const quoted = refusals.map(({ code, params }) => [code, params['line_no']].filter(Boolean).join(' ')).sort()
  expect(await faults(key.call('POST /v1/till/holds', { body: saleOf(more) }))).toEqual(quoted)
  expect(await faults(key.call('POST /v1/till/orders', { body: saleOf(more) }))).toEqual(quoted)
  return quoted
}

type Back = Partial<Pick<Static<typeof RefundBody>, 'member' | 'source_id' | 'lines'>> & { at?: Date }
const back = (number: string | null, { at = world.now(), source_id = randomUUID(), ...more }: Back = {}) =>
  clerk.call('POST /v1/till/refunds', {
    body: {
      ...{ source: 'till-XINYI-1', source_id, occurred_at: at.toISOString(), ...more },
      ...(number === null ? {} : { order: { source_id: number } }),
    },
  })
const pointsOf = async (member_id: string) => (await points.balanceOf(world.db, [member_id]))[0]!
const refundsHere = () => world.db.row(sql`select count(*)::int as refunds from order_refunds`)

describe('a refund that names a member', () => {
  test('is refused when the order is another’s, and nothing moves', async () => {
    const sold = await rung(wang, 1_200)
    const before = [await pointsOf(wang), await pointsOf(mary), await refundsHere()]
    for (const member of [{ member_id: mary }, { phone: '0966 999 001' }]) {
      if ('phone' in member) await clerk.call('POST /v1/admin/members', { body: member })
      const call = back(sold.source_id, { member })
      await expect(call).rejects.toMatchObject({ code: 'refund.member_differs', status: 409 })
    }
    expect(await faults(back(sold.source_id, { member: { card: 'NOBODY' } }))).toEqual(['till.member_unknown'])
    expect([await pointsOf(wang), await pointsOf(mary), await refundsHere()]).toEqual(before)
    const mine = { member: { member_id: wang }, source_id: 'mine' }
    expect(await back(sold.source_id, mine)).toMatchObject({ outcome: 'placed', money_minor: 1_200 })
    expect(await back(sold.source_id, mine)).toMatchObject({ outcome: 'unchanged', money_minor: 1_200 })
    await allIsWell()
  })

  test('is nobody’s when the order is nobody’s', async () => {
    const sold = await rung(null, 500)
    expect(await faults(back(sold.source_id, { member: { member_id: wang } }))).toEqual(['refund.member_differs'])
    expect(await back(sold.source_id)).toMatchObject({ outcome: 'placed', money_minor: 500 })
  })

  test('may name what led to a merged member: it leads to the kept one', async () => {
    const made = async (phone: string) => (await clerk.call('POST /v1/admin/members', { body: { phone } })).member_id
    const [kept, gone] = [await made('0966999002'), await made('0966999003')]
    const [first, second] = [await rung(gone, 400), await rung(gone, 600)]
    await world.tx((tx) => members.merge(tx, [{ keep: kept, merge: gone }]))
    expect(await back(first.source_id, { member: { member_id: gone } })).toMatchObject({ money_minor: 400 })
    expect(await back(second.source_id, { member: { phone: '0966 999 003' } })).toMatchObject({ money_minor: 600 })
  })

  test('may name who bought in the name of a company', async () => {
    const { company_id } = await owner.call('POST /v1/admin/companies', { body: { name: 'Tea Traders' } })
    const company = { company_id }
    await owner.call('POST /v1/admin/orders', {
      body: {
        ...{ source: 'b2b', source_id: 'B2B-1', company, buyer: { member_id: wang }, payer: { member_id: mary } },
        ...{ occurred_at: world.now().toISOString(), lines: [{ quantity: 1, gross_minor: 900 }] },
      },
    })
    const of = (member_id: string) =>
      clerk.call('POST /v1/till/refunds', {
        body: {
          ...{ source: 'till-XINYI-1', source_id: randomUUID(), order: { source: 'b2b', source_id: 'B2B-1' } },
          ...{ member: { member_id }, lines: [{ line_no: 1, quantity: 0.25 }] },
          occurred_at: world.now().toISOString(),
        },
      })
    expect(await of(wang)).toMatchObject({ outcome: 'placed' })
    expect(await of(mary)).toMatchObject({ outcome: 'placed' })
    expect(await faults(of(world.cast.chen))).toEqual(['refund.member_differs'])
  })
})

describe('a line of nothing', () => {
  test('is no purchase, whether it says 0 or rounds to it; half a piece is one', async () => {
    const of = (quantity: number) => ({ ...line, quantity })
    expect(await faultsOf({ lines: [line, of(0)] })).toEqual(['till.quantity_zero 2'])
    expect(await faultsOf({ lines: [{ quantity: 0, gross_minor: 500 }] })).toEqual(['till.quantity_zero 1'])
    expect(await faultsOf({ lines: [of(0.000_000_01)] })).toEqual(['till.quantity_zero 1'])
    // named with all the rest
    expect(await faultsOf({ lines: [of(0), of(-1)], currency: 'USD' })).toEqual([
      'order.currency_foreign',
      'order.quantity_negative 2',
      'till.quantity_zero 1',
    ])
    expect(await faultsOf({ lines: [of(0.5)] })).toEqual([])
  })

  test('does not come back', async () => {
    const sold = await rung(wang, 800)
    for (const quantity of [0, 0.000_000_01])
      expect(await faults(back(sold.source_id, { lines: [{ line_no: 1, quantity }] }))).toEqual([
        'till.quantity_zero 1',
      ])
    expect(await back(sold.source_id, { lines: [{ line_no: 1, quantity: 0.5 }] })).toMatchObject({ money_minor: 400 })
  })
})

describe('a date before anything', () => {
  test('is none of a purchase', async () => {
    for (const occurred_at of ['1900-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1999-12-31T15:59:59Z'])
      expect(await faultsOf({ occurred_at })).toEqual(['till.date_too_old'])
    // midnight where the program is
    expect(await faultsOf({ occurred_at: '1999-12-31T16:00:00Z' })).toEqual([])
  })

  test('is none of what comes back, whether it names its order or not', async () => {
    const sold = await rung(wang, 800)
    const at = new Date('1999-12-31T15:59:59Z')
    for (const number of [sold.source_id, null])
      expect(await faults(back(number, { at, lines: [{ sku: 'OOLONG', quantity: 1 }] }))).toEqual([
        'till.date_too_old',
      ])
  })
})

describe('what comes back before it was bought', () => {
  const ago = (ms: number) => addMs(world.now(), -ms)

  test('is refused, and nothing moves', async () => {
    const sold = await rung(wang, 800)
    const before = [await pointsOf(wang), await refundsHere()]
    for (const at of [ago(24 * hour_ms), ago(hour_ms), ago(5 * 60_000 + 1)])
      expect(await faults(back(sold.source_id, { at }))).toEqual(['refund.before_order'])
    expect([await pointsOf(wang), await refundsHere()]).toEqual(before)
    expect(await back(sold.source_id)).toMatchObject({ outcome: 'placed' })
  })

  test('by the clock of another register alone, it comes back at the moment of the purchase', async () => {
    const sold = await rung(wang, 800)
    const { refund_id } = await back(sold.source_id, { at: ago(5 * 60_000), source_id: 'other-clock' })
    const row = await world.db.row(sql`select occurred_at from order_refunds where refund_id = ${refund_id}::uuid`)
    expect(row).toEqual({ occurred_at: world.now() })
    expect(await back(sold.source_id, { at: ago(hour_ms), source_id: 'other-clock' })).toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('of a receipt that was added by hand nobody knows the hour', async () => {
    await late('HAND-1', wang)
    const of = (at: string) =>
      clerk.call('POST /v1/till/refunds', {
        body: {
          ...{
            source: 'till-XINYI-1',
            source_id: randomUUID(),
            order: { source: 'late-XINYI', source_id: 'HAND-1' },
          },
          ...{ occurred_at: at, lines: [{ line_no: 1, quantity: 0.5 }] },
        },
      })
    expect(await faults(of('2026-10-31T23:00:00+08:00'))).toEqual(['refund.before_order'])
    expect(await of('2026-11-01T09:00:00+08:00')).toMatchObject({ outcome: 'placed' })
  })
})

test('one cause is named once, however many lines the basket has', async () => {
  const lines = [line, line, line]
  expect(await faultsOf({ lines, currency: 'USD' })).toEqual(['order.currency_foreign'])
  const occurred_at = addMs(world.now(), 48 * hour_ms).toISOString()
  expect(await faultsOf({ lines, occurred_at })).toEqual(['order.in_future'])
  expect(await faultsOf({ lines, discount_minor: -1 })).toEqual(['order.amount_negative'])
  expect(await faultsOf({ lines, discount_minor: 5_000 })).toEqual(['order.discount_too_large'])
  expect(await faultsOf({ lines: [line, { ...line, quantity: -1 }], occurred_at, shipping_minor: -5 })).toEqual([
    'order.in_future',
    'order.quantity_negative 2',
  ])
})

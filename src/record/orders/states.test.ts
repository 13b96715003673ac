import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../base/sql.ts'
import { addDays } from '../../base/time.ts'
import * as program from '../program/program.ts'
import { openShop, order, type Shop } from '../../../test/shop.ts'
import { recategorise, recompute, refreshUsual, reviewStates } from './orders.ts'

let shop: Shop
const begin = new Date('2026-06-01T04:00:00Z')
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  await shop.verify()
  await shop.empty()
  shop.now = begin
})
afterAll(() => shop.close())

const moves = (who: string) =>
  shop.db.rows<{ move: string }>(sql`
    select changed_on || ' ' || to_state as move from member_state_changes join members using (member_id)
    where external_id = ${who}::text order by changed_on`)
const historyOf = async (who: string) => (await moves(who)).map((row) => row.move)
const review = () => shop.tx((tx) => reviewStates(tx, 100))

describe('states', () => {
  it('of imported histories are derived with all that happened between the purchases', async () => {
    await shop.receive([
      order('1', 'anna', '2025-01-01', ['tea 1x100']),
      order('2', 'anna', '2025-05-01', ['tea 1x100']),
    ])
    expect(await historyOf('anna')).toEqual([
      '2025-01-01 new',
      '2025-02-16 drowsy',
      '2025-04-02 asleep',
      '2025-05-01 back',
      '2025-06-16 drowsy',
      '2025-07-31 asleep',
      '2025-10-29 lost',
    ])
  })

  it('move by themselves on their day, and cost nothing on other days', async () => {
    await shop.receive([
      order('1', 'anna', '2026-05-01', ['tea 1x100']),
      order('2', 'ben', '2026-05-20', ['tea 1x100']),
    ])
    expect(await review()).toBe(0)
    shop.now = new Date('2026-06-16T04:00:00Z')
    expect(await review()).toBe(1)
    expect(await review()).toBe(0)
    expect(await historyOf('anna')).toEqual(['2026-05-01 new', '2026-06-16 drowsy'])
    // nobody looked for two months: all moves of the time between are there
    shop.now = new Date('2026-08-20T04:00:00Z')
    expect(await review()).toBe(2)
    expect(await historyOf('anna')).toEqual(['2026-05-01 new', '2026-06-16 drowsy', '2026-07-31 asleep'])
    expect(await historyOf('ben')).toEqual(['2026-05-20 new', '2026-07-05 drowsy', '2026-08-19 asleep'])
  })

  it('an order that comes late rewrites the history of its member alone', async () => {
    await shop.receive([
      order('1', 'anna', '2026-01-01', ['tea 1x100']),
      order('2', 'anna', '2026-05-01', ['tea 1x100']),
    ])
    expect(await historyOf('anna')).toEqual([
      '2026-01-01 new',
      '2026-02-16 drowsy',
      '2026-04-02 asleep',
      '2026-05-01 back',
    ])
    await shop.receive([order('3', 'anna', '2026-03-01', ['tea 1x100'])])
    expect(await historyOf('anna')).toEqual([
      '2026-01-01 new',
      '2026-02-16 drowsy',
      '2026-03-01 active',
      '2026-04-16 drowsy',
      '2026-05-01 active',
    ])
  })

  it('recomputing writes the same rows', async () => {
    await shop.receive([
      order('1', 'anna', '2026-01-01', ['tea 1x100']),
      order('2', 'anna', '2026-05-01', ['cup 1x100']),
    ])
    const rows = () =>
      shop.db.rows(sql`
      select to_jsonb(s) || jsonb_build_object('moves', (select jsonb_agg(to_jsonb(c)) from member_state_changes c))
      from member_statistics s`)
    const before = await rows()
    const ids = await shop.db.rows<{ member_id: string }>(sql`select member_id from member_statistics`)
    await shop.tx((tx) =>
      recompute(
        tx,
        ids.map((row) => row.member_id),
      ),
    )
    expect(await rows()).toEqual(before)
  })
})

describe('the brand’s usual interval', () => {
  /** Thirty members who come every ten days, and one who came once. */
  const everyTenDays = () =>
    Array.from({ length: 30 }, (_, m) =>
      [0, 10, 20].map((day) => order(`${m}-${day}`, `m${m}`, addDays('2026-05-10', day), ['tea 1x100'])),
    )
      .flat()
      .concat(order('once', 'once', '2026-05-10', ['tea 1x100']))
  const once = () =>
    shop.db.row(sql`
    select state, rhythm_days::float, usual_interval_days from member_statistics join members using (member_id)
      where external_id = 'once'`)

  it('is assumed of members without one of their own, once enough members have one', async () => {
    await shop.receive(everyTenDays())
    expect(await once()).toEqual({ state: 'new', rhythm_days: 30, usual_interval_days: null })
    expect(await shop.tx(refreshUsual)).toMatchObject({ interval_days: 10, is_new_interval: true })
    expect(await once()).toEqual({ state: 'drowsy', rhythm_days: 10, usual_interval_days: null })
    expect(await shop.tx(refreshUsual)).toMatchObject({ interval_days: 10, is_new_interval: false })
  })

  it('is not adopted from a few members, or when it hardly differs', async () => {
    await shop.receive(everyTenDays().slice(0, 15))
    expect(await shop.tx(refreshUsual)).toMatchObject({ interval_days: 30, is_new_interval: false })
    await shop.receive(everyTenDays())
    await shop.tx(refreshUsual)
    await shop.receive(Array.from({ length: 30 }, (_, m) => order(`late ${m}`, `m${m}`, '2026-06-01', ['tea 1x100'])))
    // now 22 days in 3 gaps: 7.33 differs by more than a fifth
    expect(await shop.tx(refreshUsual)).toMatchObject({ interval_days: 7.33, is_new_interval: true })
  })

  it('limits that somebody changes in the settings are adopted for everybody at once', async () => {
    await shop.receive([order('1', 'anna', '2026-05-01', ['tea 1x100'])])
    await shop.tx(refreshUsual)
    await shop.tx((tx) => program.update(tx, { settings: { rhythm: { drowsy: 0.5, asleep: 0.9, lost: 6 } } }))
    await shop.verify()
    expect(await historyOf('anna')).toEqual(['2026-05-01 new'])
    expect(await shop.tx(refreshUsual)).toMatchObject({ are_new_limits: true })
    expect(await historyOf('anna')).toEqual(['2026-05-01 new', '2026-05-17 drowsy', '2026-05-29 asleep'])
    await shop.tx((tx) => program.update(tx, { settings: { rhythm: { drowsy: 1.5, asleep: 3, lost: 6 } } }))
  })
})

it('lines follow a product that moves to another category, and so do statistics', async () => {
  await shop.receive([order('1', 'anna', '2026-05-01', ['tea 2x100']), order('2', null, '2026-05-01', ['tea 1x100'])])
  await shop.db.run(sql`update products set category = 'hot drinks' where sku = 'tea'`)
  const [product] = await shop.db.rows<{ product_id: string }>(sql`select product_id from products where sku = 'tea'`)
  expect(await shop.tx((tx) => recategorise(tx, [product!.product_id]))).toBe(2)
  expect(await shop.db.rows(sql`select category, quantity from member_category_statistics`)).toEqual([
    { category: 'hot drinks', quantity: '2' },
  ])
  expect(await shop.tx((tx) => recategorise(tx, [product!.product_id]))).toBe(0)
  await shop.db.run(sql`update products set category = 'category t' where sku = 'tea'`)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql, type Sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import { actor, csvOf, openBringing, type Bringing } from '../../../test/bringing.ts'
import * as imports from './imports.ts'

let shop: Bringing
const header = ['order_id', 'order_date', 'store', 'customer_id', 'sku', 'product_name', 'quantity', 'unit_price']
const row = (order: string, quantity: string | number = 1, day = '2026-03-01 10:00') => [
  order,
  day,
  'S1',
  'C1',
  'tea',
  'Tea',
  quantity,
  65,
]

/** One finished with refused and repeated rows, one stopped after its first chunk. */
beforeAll(async () => {
  shop = await openBringing()
  await shop.bring(
    csvOf([header, row('a'), row('b'), row('b'), row('c', 'many'), row('c'), row('d', 1, '2099-01-01 10:00')]),
  )
  const { import_id } = await shop.keep(csvOf([header, ...Array.from({ length: 40 }, (_, i) => row(`m${i}`))]))
  await shop.db.tx({ actor }, (tx) => imports.start(tx, import_id, { as_job: false }))
  const stop = new AbortController()
  await shop.run(import_id, {
    chunk_weight: 60,
    signal: stop.signal,
    on_abort: 'cancel',
    onProgress: ({ rows_booked }) => rows_booked > 15 && stop.abort(),
  })
  const stopped = await imports.one(shop.db, import_id)
  expect(stopped.status).toBe('cancelled')
  expect(stopped.lanes.some((lane) => lane.next > 0 && lane.next < lane.chunks)).toBe(true)
})
afterAll(() => shop.close())

test('what imports write holds', async () => {
  const { checks } = await verify(shop.db, imports.checks)
  expect(checks.filter((check) => !check.ok)).toEqual([])
})

const done = sql`status = 'done'`

// each check finds the error planted for it, and names the row
test.each<[string, Sql, Record<string, unknown>]>([
  ['imports.rows_accounted', sql`update imports set counts = counts || '{"rows": 8}' where ${done}`, { rows: 8 }],
  [
    'imports.rows_accounted',
    sql`update imports set lanes = (select jsonb_agg(lane || '{"rows": 0}') from jsonb_array_elements(lanes) as lane)
      where ${done}`,
    { booked: 0 },
  ],
  [
    'imports.refusals_listed',
    sql`delete from import_results r using imports i where r.import_id = i.import_id and i.status = 'done'
      and phase = 'reading' and outcome = 'refused'`,
    {},
  ],
  [
    'imports.refusals_listed',
    sql`delete from import_results r using imports i where r.import_id = i.import_id and i.status = 'done'
      and phase = 'booking' and outcome = 'refused'`,
    {},
  ],
  [
    'imports.documents_are_booked',
    sql`delete from order_keys where source_id in (select min(source_id) from order_keys where source_id like 'm%')`,
    { source_id: expect.stringMatching(/^m/) },
  ],
  ['imports.orders_are_there', sql`delete from order_keys`, { accepted: 2, in_the_books: 0 }],
  [
    'imports.staging_is_cleared',
    sql`update imports set status = 'done' where status = 'cancelled'`,
    { status: 'done' },
  ],
  ['imports.staging_is_cleared', sql`delete from imports where status = 'cancelled'`, { status: null }],
])('%s finds what was planted (%#)', async (name, plant, found) => {
  const undone = new Error('undone')
  await shop.db
    .tx({ actor }, async (tx) => {
      await tx.run(plant)
      const { checks } = await verify(tx, imports.checks)
      const check = checks.find((one) => one.name === name)!
      expect(check.ok).toBe(false)
      expect(check.rows![0]).toMatchObject(found)
      throw undone
    })
    .catch((thrown: unknown) => {
      if (thrown !== undone) throw thrown
    })
})

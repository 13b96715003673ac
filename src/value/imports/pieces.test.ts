import { afterAll, beforeAll, expect, it } from 'vitest'
import { sql } from '../../base/sql.ts'
import { actor, csvOf, openBringing, type Bringing } from '../../../test/bringing.ts'
import * as imports from './imports.ts'
import { chunkOf } from './pieces.ts'

let shop: Bringing
beforeAll(async () => {
  shop = await openBringing()
})
afterAll(() => shop.close())

const pieces = 20_000
const chunks = 20

/** An import with its pieces, as reading and sorting leave them. */
async function staged(count: number): Promise<string> {
  const { import_id } = await shop.keep(csvOf([['order_id', 'order_date', 'total']]))
  await shop.db.run(sql`
    insert into import_pieces (import_id, piece_no, source, source_id, is_sale, is_torn, rows, payload)
    select ${import_id}::uuid, n, 'file', n::text, true, false, 1, '{}' from generate_series(1, ${count}::int) n`)
  await shop.db.run(sql`
    insert into import_plan (import_id, lane, chunk_no, document_no, piece_no, is_too_long)
    select ${import_id}::uuid, 0, n % ${chunks}::int, n, n, false from generate_series(1, ${count}::int) n`)
  return import_id
}

interface Step {
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  Plans?: Step[]
}

/** Rows that a plan looked at, wherever it threw them away. */
function touched(step: Step): number {
  const seen =
    step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Join Filter'] ?? 0)
  return seen * step['Actual Loops'] + (step.Plans ?? []).reduce((sum, below) => sum + touched(below), 0)
}

it('are fetched by the plan of their chunk, also while the planner has never heard of the import', async () => {
  for (const table of ['import_plan', 'import_pieces'])
    await shop.db.run(sql([`alter table ${table} set (autovacuum_enabled = false)`]), { prepare: false })
  await staged(pieces)
  await shop.db.run(sql`analyze import_plan, import_pieces`, { prepare: false })
  const import_id = await staged(pieces)
  const told = await shop.db.rows<{ 'QUERY PLAN': [{ Plan: Step }] }>(
    sql`explain (analyze, format json) ${chunkOf(import_id, 0, 0)}`,
  )
  const chunk = pieces / chunks
  expect(touched(told[0]!['QUERY PLAN'][0].Plan)).toBeLessThan(10 * chunk)
})

it('are known to the planner before they are sorted: what it knew of the import before tells nothing', async () => {
  await shop.db.run(sql`alter table import_pieces set (autovacuum_enabled = false)`, { prepare: false })
  await staged(pieces)
  await shop.db.run(sql`analyze import_pieces`, { prepare: false })
  const rows = Array.from({ length: 3_000 }, (_, i) => [`P${i}`, '2026-03-01', 100])
  const { import_id } = await shop.keep(csvOf([['order_id', 'order_date', 'total'], ...rows]))
  await shop.db.tx({ actor }, (tx) => imports.beginCheck(tx, import_id, { as_job: false }))
  await imports.check(shop.db, import_id, { actor })
  const told = await shop.db.rows<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    sql`explain (format json) select from import_pieces where import_id = ${import_id}::uuid`,
  )
  expect(told[0]!['QUERY PLAN'][0].Plan['Plan Rows']).toBeGreaterThan(rows.length / 3)
})

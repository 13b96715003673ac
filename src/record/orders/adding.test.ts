/** Many who buy for the first time are written by COPY, few and all others are counted up: the same rows. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { copy_rows_min } from '../../base/bulk.ts'
import { sql } from '../../base/sql.ts'
import { openShop, order, type Shop } from '../../../test/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.empty())
afterAll(() => shop.close())

const people = copy_rows_min + 30
/** Two orders of each, in stores and categories that overlap, the later one first. */
const orders = (prefix: string, months: [string, string]) =>
  Array.from({ length: people }, (_, n) => n).flatMap((n) => [
    order(
      `${prefix}${n}b`,
      `m${n}`,
      `${months[1]}-${String((n % 27) + 1).padStart(2, '0')}`,
      ['tea 1x50', 'cup 1x30'],
      {
        store: `S${n % 3}`,
      },
    ),
    order(`${prefix}${n}a`, `m${n}`, `${months[0]}-11`, ['tea 2.5x100', 'top 1x40', 'pot 1x9'], { store: 'S1' }),
  ])

function dump() {
  return Promise.all(
    [
      sql`select m.external_id, to_jsonb(s) - 'member_id' as s from member_statistics s
        join members m using (member_id) order by 1`,
      sql`select m.external_id, code, to_jsonb(s) - 'member_id' - 'store_id' as s from member_store_statistics s
        join members m using (member_id) join stores using (store_id) order by 1, 2`,
      sql`select m.external_id, to_jsonb(s) - 'member_id' as s from member_category_statistics s
        join members m using (member_id) order by 1, category`,
      sql`select m.external_id, changed_on, from_state, to_state from member_state_changes
        join members m using (member_id) order by 1, 2`,
    ].map((statement) => shop.db.rows(statement)),
  )
}

it('hundreds who buy for the first time in one set are known as if each set had been small', async () => {
  const wires = orders('', ['2026-01', '2026-03'])
  await shop.receive(wires)
  await shop.verify()
  const whole = await dump()
  expect(whole[2]!.length).toBe(people * 3)
  await shop.empty()
  for (let from = 0; from < wires.length; from += 40) await shop.receive(wires.slice(from, from + 40))
  expect(await dump()).toEqual(whole)
})

it('a set of some hundred old and new customers counts up those and writes these', async () => {
  await shop.receive(orders('old', ['2025-11', '2025-12']).slice(0, 60))
  await shop.receive(orders('', ['2026-01', '2026-03']))
  await shop.verify()
})

it('who took everything back, and buys again in a large set, begins anew', async () => {
  const first = orders('first', ['2025-11', '2025-12'])
  await shop.receive(first)
  await shop.refund(
    first.map(({ source_id }) => ({
      source: 'till',
      source_id: `back ${source_id}`,
      order: { source_id },
      occurred_at: '2026-01-01T12:00:00+08:00',
    })),
  )
  await shop.receive(orders('', ['2026-02', '2026-03']))
  await shop.verify()
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { openDb, type Db } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { bound } from '../hearers.ts'
import { makeFaces } from './faces.ts'
import { makeDemo } from './make.ts'
import { products } from './menu.ts'

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDb(database.url, { bound })
  await makeDemo(db, { members: 60, years: 1, seed: 11, tell: () => undefined })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

it('a cup of tea brings points, so that every page has something to tell', async () => {
  const earned = await db.row<{ orders: number; none: number; median: number }>(sql`
    select count(*) as orders, count(*) filter (where coalesce(e.points, 0) = 0) as none,
      percentile_cont(0.5) within group (order by e.points)::int as median
    from orders o join members m on m.member_id = o.member_id and m.kind = 'member'
    left join point_entries e on e.member_id = o.member_id and e.order_id = o.order_id and e.kind = 'earn'
    where o.counts`)
  expect(earned!.orders).toBeGreaterThan(500)
  expect(earned!.none).toBe(0)
  const cheapest = Math.min(...products.map(({ price }) => price))
  expect(earned!.median).toBeGreaterThan(cheapest)
})

it('members use their points, and nobody more than they have', async () => {
  const spent = await db.row<{ members: number; uneven: number }>(sql`
    select count(distinct member_id) as members, count(*) filter (where points % 100 <> 0) as uneven
    from point_entries where kind = 'spend'`)
  expect(spent!.members).toBeGreaterThan(5)
  expect(spent!.uneven).toBe(0)
  expect(
    (await db.row<{ debts: number }>(sql`select count(*) filter (where debt > 0) as debts from point_balances`))!
      .debts,
  ).toBe(0)
})

it('a point is worth a hundredth of a dollar, by both rules of its history', async () => {
  const row = await db.row<{ rules: number; per_minor: number; worth: number }>(sql`
    select count(*) as rules, min((rule->'earn'->>'per_minor')::int) as per_minor,
      (select (settings->>'point_value_minor')::float8 from program) as worth
    from point_rules`)
  expect(row).toEqual({ rules: 2, per_minor: 1, worth: 0.01 })
})

it('cups have stamped cards, some are full, and a wallet owes what was paid into it', async () => {
  const row = await db.row<{ stamped: number; filled: number; refused: number; owed: number }>(sql`
    select (select count(*) from cards where size is not null) as stamped, (select count(*) from card_rounds) as filled,
      (select count(*) from card_rounds where gift_id is null) as refused,
      (select sum(remaining) from card_lots where paid_minor > 0)::bigint as owed`)
  expect(row!.stamped).toBeGreaterThan(10)
  expect(row!.filled).toBeGreaterThan(0)
  expect(row!.refused).toBe(0)
  expect(row!.owed).toBeGreaterThan(0)
})

it('some of those who bought last have a face, each their own, the same for the same seed', async () => {
  const faces = () =>
    db.rows<{ hash: string }>(sql`
      select own.hash from member_pictures own join members m on m.member_id = own.member_id
      where own.type = 'image/png' and m.kind = 'member' order by own.hash`)
  const before = await faces()
  expect(before.length).toBeGreaterThan(15)
  expect(before.length).toBeLessThan(60)
  expect(new Set(before.map(({ hash }) => hash)).size).toBe(before.length)
  const told = () => db.row(sql`select count(*) from facts where data->'fields' ? 'picture'`)
  const facts = await told()
  await db.tx({ actor: { kind: 'system', id: null, name: 'test' } }, (tx) => makeFaces(tx, 11))
  expect([await faces(), await told()]).toEqual([before, facts])
})

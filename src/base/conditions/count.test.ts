import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts'
import { openDb, type Db } from '../db.ts'
import { compileCondition, type Compiled } from './compile.ts'
import { runCount } from './count.ts'
import { parseCondition } from './parse.ts'
import { fields, fill, population } from './people.fixture.ts'
import { makeWorld } from './random.fixture.ts'
import { sql } from '../sql.ts'

let database: TestDatabase
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  await fill(database.url, makeWorld(1))
  db = openDb(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const now = new Date('2025-03-05T12:00:00Z')
const everyone = parseCondition({ combinator: 'and', rules: [] }, fields)
const compiled = compileCondition(everyone, { fields, population, now, zone: 'UTC', reading: 'now' })
/** A hundred thousand million rows: nobody waits for this. */
const endless: Compiled = {
  ...compiled,
  from: sql`people m cross join generate_series(1, 100000) a cross join generate_series(1, 100000) b`,
}

async function running(): Promise<number> {
  const row = await db.row<{ count: number }>(
    sql`select count(*) as count from pg_stat_activity
      where query like '%generate_series%' and state = 'active' and pid <> pg_backend_pid()`,
  )
  return row?.count ?? 0
}

async function waitUntil(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await sleep(10)
}

test('a count says for which moment it holds and how long it took', async () => {
  const count = await runCount(db, compiled)
  expect(count).toEqual({ count: 70, computed_at: now, ms: expect.any(Number) })
})

test('pain 19: a slow count can be cancelled, and the database stops working on it', async () => {
  const aborting = new AbortController()
  const outcome = runCount(db, endless, { signal: aborting.signal }).catch((thrown: unknown) => thrown)
  await waitUntil(async () => (await running()) === 1)
  aborting.abort()
  expect(await outcome).toMatchObject({ code: 'query.cancelled', status: 409 })
  await waitUntil(async () => (await running()) === 0)
  expect((await runCount(db, compiled)).count).toBe(70)
})

test('pain 19: a count has a time budget', async () => {
  await expect(runCount(db, endless, { timeout_ms: 50 })).rejects.toMatchObject({
    code: 'query.timed_out',
    params: { timeout_ms: 50 },
  })
  await waitUntil(async () => (await running()) === 0)
  expect((await runCount(db, compiled)).count).toBe(70)
})

test('a count that was cancelled before it began does not begin', async () => {
  await expect(runCount(db, endless, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'query.cancelled',
  })
})

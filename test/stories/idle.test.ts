/** What runs by itself costs by what has changed: a brand at rest is left at rest. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clockwork } from '../../src/app/schedule.ts'
import { channels } from '../../src/app/channels.ts'
import { jobsFor } from '../../src/app/jobs.ts'
import { systemActor } from '../../src/base/actor.ts'
import { numberFacts } from '../../src/base/feed.ts'
import { raw, sql } from '../../src/base/sql.ts'
import * as messages from '../../src/reach/messages/messages.ts'
import { log, openDemoBrand, type DemoBrand } from './demo-brand.ts'

describe('pain 21: the database works while nothing happens', () => {
  let brand: DemoBrand

  beforeAll(async () => {
    brand = await openDemoBrand({ members: 300, seed: 21 })
  })
  afterAll(() => brand.close())

  /** Every row of every table with the transaction that wrote it last. */
  async function rowsOf(): Promise<Record<string, string>> {
    const tables = await brand.db.rows<{ name: string }>(sql`
      select relname as name from pg_stat_user_tables
      -- a segment's size is noted every night, also when it has not moved: its chart has a point a day
      where schemaname = 'public' and relname <> 'segment_sizes' order by relname`)
    const found: Record<string, string> = {}
    for (const { name } of tables) {
      const row = await brand.db.row<{ mark: string }>(
        sql`select count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) as mark from ${raw(name)}`,
        { prepare: false },
      )
      found[name] = row!.mark
    }
    return found
  }

  /** Everything that clock work does in a night, and the loops between. */
  async function runAll(): Promise<void> {
    const { db } = brand
    const jobs = jobsFor(() => 'http://127.0.0.1:8080')
    const now = db.now()
    const { signal } = new AbortController()
    for (const { name } of clockwork) await jobs[name]!({}, { db, actor: systemActor(name), now, signal, log })
    while ((await numberFacts(db)) > 0);
    await messages.deliver(db, { channels })
  }

  it('a second night without any order, message or change writes no row', async () => {
    await runAll()
    const before = await rowsOf()
    await runAll()
    expect(await rowsOf()).toEqual(before)
  })
})

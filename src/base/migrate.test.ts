import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEmptyDatabase, type TestDatabase } from '../../test/database.ts'
import { migrate, migrationPlan, pendingMigrations, readMigrations } from './migrate.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await createEmptyDatabase()
  folder = mkdtempSync(join(tmpdir(), 'regulars-migrations-'))
})
afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

const file = (name: string, text: string) => writeFileSync(join(folder, name), text)

async function query<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client(database.url)
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}

describe('migrations', () => {
  it('run once, by date, whatever the nouns', async () => {
    file('202611221400-zebras.sql', 'create table zebras (id int primary key); insert into zebras values (1);')
    file('202611221401-apples.sql', 'create table apples (id int references zebras); insert into apples values (1);')
    file('202611230000-apples.sql', '-- down migration\nalter table apples add column name text;')
    const names = ['202611221400-zebras', '202611221401-apples', '202611230000-apples']
    expect(await pendingMigrations(database.url, { folder })).toEqual(names)
    expect(await migrate(database.url, { folder })).toEqual(names)
    expect(await migrate(database.url, { folder })).toEqual([])
    expect(await pendingMigrations(database.url, { folder })).toEqual([])
    expect(await query('select id, name from apples')).toEqual([{ id: 1, name: null }])
    expect((await query('select name from migrations order by id')).map((row) => row.name)).toEqual(names)
  })

  it('of this repository run, and are what the template holds', async () => {
    await migrate(database.url)
    expect(await pendingMigrations(database.url)).toEqual([])
  })

  it('are run by one of two runners while the other waits', async () => {
    file('202611221400-slow.sql', 'select pg_sleep(0.5); create table slow (id int);')
    file('202611221401-quick.sql', 'create table quick (id int);')
    const lines: string[] = []
    const both = await Promise.all(
      [1, 2].map(() => migrate(database.url, { folder, log: (line) => lines.push(line) })),
    )
    expect(both.flat()).toEqual(['202611221400-slow', '202611221401-quick'])
    expect(lines).toContain('another process is migrating this database; waiting for it')
  })

  it('leave nothing of the one that fails, keep those before it, and name the line', async () => {
    file('202611221400-good.sql', 'create table good (id int);')
    file('202611221401-bad.sql', 'create table bad (id int);\n\ninsert into good (id)\n  select nonsense from bad;\n')
    await expect(migrate(database.url, { folder })).rejects.toMatchObject({
      code: 'migration.failed',
      params: { name: '202611221401-bad', line: 4 },
    })
    expect(await pendingMigrations(database.url, { folder })).toEqual(['202611221401-bad'])
    expect(await query(`select to_regclass('good')::text as good, to_regclass('bad')::text as bad`)).toEqual([
      { good: 'good', bad: null },
    ])
  })

  it('say which of them an older program cannot live with', async () => {
    file('202611221400-members.sql', 'create table members (id int);')
    file('202611221401-members.sql', '--! breaking\nalter table members rename to people;')
    const { pending } = await migrationPlan(database.url, { folder })
    expect(pending.map((each) => each.is_breaking)).toEqual([false, true])
  })

  it('refuse a database that is newer than the program', async () => {
    file('202611221400-members.sql', 'create table members (id int);')
    await migrate(database.url, { folder })
    rmSync(join(folder, '202611221400-members.sql'))
    await expect(pendingMigrations(database.url, { folder })).rejects.toMatchObject({
      code: 'migration.database_newer',
    })
  })

  it('refuse one that is dated before those applied', async () => {
    file('202611221400-members.sql', 'create table members (id int);')
    await migrate(database.url, { folder })
    file('202611211400-orders.sql', 'create table orders (id int);')
    await expect(migrate(database.url, { folder })).rejects.toMatchObject({ code: 'migration.out_of_order' })
  })

  it('refuse a name without a date and a minute used twice', async () => {
    file('members.sql', 'select 1;')
    await expect(readMigrations(folder)).rejects.toMatchObject({ code: 'migration.name_invalid' })
    rmSync(join(folder, 'members.sql'))
    file('202611221400-members.sql', 'select 1;')
    file('202611221400-orders.sql', 'select 1;')
    await expect(readMigrations(folder)).rejects.toMatchObject({ code: 'migration.stamp_taken' })
  })
})

/**
 * Migrations: plain SQL, up only, one transaction each, named `YYYYMMDDHHMM-noun.sql` (the noun owns the tables).
 * A file whose first line is `--! breaking` cannot be used by the program version before it.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'
import { AppError, coerceError } from './errors.ts'
import { stopwatch } from './time.ts'

export interface Migration {
  /** File name without `.sql`; this is what the table `migrations` keeps. */
  name: string
  path: string
  is_breaking: boolean
}

export interface MigrateOptions {
  /** Where the files lie; the repository's own `migrations/` unless said otherwise. */
  folder?: string
  log?: (line: string) => void
}

const ownFolder = fileURLToPath(new URL('../../migrations', import.meta.url))
const fileName = /^\d{12}-[a-z0-9]+(-[a-z0-9]+)*\.sql$/
/** Of `regulars migrate`; never change it: two versions of the program must wait for each other. */
const migrateLock = 5_267_118_405
/** A migration may rewrite a table of hundreds of millions of rows, and a second runner waits for it. */
const waitMsMax = 3_600_000

/** The files in their order. Errors: `migration.name_invalid`, `migration.stamp_taken`. */
export async function readMigrations(folder: string = ownFolder): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, position) => {
      if (!fileName.test(name)) {
        throw new AppError(
          'migration.name_invalid',
          { name },
          {
            message: `migrations/${name}: a migration is named like 202611221400-members.sql`,
          },
        )
      }
      if (names[position - 1]?.slice(0, 12) === name.slice(0, 12))
        throw new AppError('migration.stamp_taken', { name })
      const path = join(folder, name)
      const firstLine = (await readFile(path, 'utf8')).split('\n', 1)[0] ?? ''
      return { name: name.slice(0, -'.sql'.length), path, is_breaking: /^--!\s*breaking\s*$/.test(firstLine) }
    }),
  )
}

/**
 * What has been applied, and what is to be, with its breaking marks. Changes nothing.
 * Errors: `migration.database_newer`, `migration.out_of_order`.
 */
export async function migrationPlan(
  url: string,
  options: MigrateOptions = {},
): Promise<{ applied: string[]; pending: Migration[] }> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await plan(client, await readMigrations(options.folder))
  } finally {
    await client.end()
  }
}

/** Names of the migrations that are not applied yet, in their order. Errors as `migrationPlan`. */
export async function pendingMigrations(url: string, options: MigrateOptions = {}): Promise<string[]> {
  return (await migrationPlan(url, options)).pending.map(({ name }) => name)
}

/**
 * Applies what is pending, each migration in its own transaction, and answers their names. If another process is
 * migrating this database, waits for it. Errors as `migrationPlan`, and `migration.failed`.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.folder)
  const client = new pg.Client(url)
  await client.connect()
  try {
    await waitForLock(client, options)
    const { pending } = await plan(client, migrations)
    for (const migration of pending) {
      options.log?.(`migrating: ${migration.name}${migration.is_breaking ? ' (breaking)' : ''}`)
      await apply(client, migration, options.folder ?? ownFolder)
    }
    return pending.map(({ name }) => name)
  } finally {
    // Ending the session releases the lock.
    await client.end()
  }
}

async function plan(
  client: pg.Client,
  migrations: Migration[],
): Promise<{ applied: string[]; pending: Migration[] }> {
  const table = await client.query<{ exists: boolean }>(`select to_regclass('migrations') is not null as exists`)
  const applied = table.rows[0]?.exists
    ? (await client.query<{ name: string }>('select name from migrations order by name collate "C"')).rows
    : []
  const names = applied.map(({ name }) => name)
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    throw new AppError(
      'migration.database_newer',
      { unknown },
      {
        message: `The database was migrated by a newer version of this program (${unknown.join(', ')}): use that one.`,
      },
    )
  }
  const pending = migrations.filter(({ name }) => !names.includes(name))
  const last = names.at(-1)
  const late = pending.find(({ name }) => last !== undefined && name < last)
  if (late) {
    throw new AppError(
      'migration.out_of_order',
      { name: late.name, applied: last },
      {
        message: `Migration ${late.name} is older than ${last}, which is applied already: give it a later date.`,
      },
    )
  }
  return { applied: names, pending }
}

/**
 * By asking again, not by waiting inside PostgreSQL: a statement that waits holds a snapshot, and a migration that
 * builds an index concurrently would wait for that snapshot, for ever.
 */
async function waitForLock(client: pg.Client, options: MigrateOptions): Promise<void> {
  const waited = stopwatch()
  for (let attempt = 1; ; attempt++) {
    const { rows } = await client.query<{ held: boolean }>(`select pg_try_advisory_lock(${migrateLock}) as held`)
    if (rows[0]?.held) return
    if (attempt === 1) options.log?.('another process is migrating this database; waiting for it')
    if (waited() > waitMsMax) throw new AppError('migration.lock_timeout', { seconds: waitMsMax / 1000 })
    await sleep(100)
  }
}

/** Runs one file by node-pg-migrate, which keeps the table `migrations`; the lock and the order are ours. */
async function apply(client: pg.Client, migration: Migration, folder: string): Promise<void> {
  const text = await readFile(migration.path, 'utf8')
  let words = ''
  const logger = {
    info: () => undefined,
    warn: () => undefined,
    error: (line: string) => {
      words = line
    },
  }
  try {
    await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      file: migration.name,
      migrationsTable: 'migrations',
      schema: 'public',
      checkOrder: false,
      noLock: true,
      logger,
      // The whole file is the migration: no word in a comment divides it into up and down.
      migrationLoaderStrategies: [
        {
          extensions: ['.sql'],
          loader: async (paths) =>
            paths.map((path) => ({
              id: path,
              filePaths: [path],
              actions: { up: (builder) => builder.sql(text), down: false },
            })),
        },
      ],
    })
  } catch (thrown) {
    await client.query('rollback')
    const error = coerceError(thrown)
    const position = 'position' in error ? Number(error.position) : 0
    const line = position > 0 ? text.slice(0, position).split('\n').length : undefined
    throw new AppError(
      'migration.failed',
      { name: migration.name, line },
      {
        message: `Migration ${migration.name} failed${line ? ` at line ${line}` : ''}: ${error.message || words}`,
        cause: thrown,
      },
    )
  }
}

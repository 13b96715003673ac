/**
 * Real databases for tests. The first test that asks begins one server for the whole run (global-setup.ts names its
 * folder and removes it) and migrates one template; each test file clones the template.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from '../src/base/migrate.ts'
import { openPostgres } from '../src/base/postgres.ts'

/** `long` (REGULARS_TEST_SIZE=long, `npm run test:long`) asks for the full sizes, `small` for those of every day. */
export const size: 'small' | 'long' = process.env.REGULARS_TEST_SIZE === 'long' ? 'long' : 'small'

export interface TestDatabase {
  url: string
  /** Ends all connections and removes the database. */
  drop(): Promise<void>
}

/** One template a run; on a server of one's own (DATABASE_URL_TEST) runs must not meet. */
const template = process.env.REGULARS_TEST_TEMPLATE ?? 'regulars_template'
/** Any number: whoever makes the template holds it. */
const templateLock = 5_267_118_406

let server: Promise<string> | undefined
let made = 0

/** A migrated database of its own, empty but for what the migrations put there. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return cloneOf(template)
}

/** A database without any migration. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return cloneOf('template0')
}

async function cloneOf(original: string): Promise<TestDatabase> {
  server ??= openServer()
  const admin = await server
  const name = `test_${process.pid}_${process.hrtime.bigint().toString(36)}_${++made}`
  // Copying files costs no WAL and, without fsync, no waiting: a third to a twelfth of the default's time.
  await execute(admin, `create database ${name} template ${original} strategy file_copy`)
  return { url: urlOf(admin, name), drop: () => execute(admin, `drop database if exists ${name} with (force)`) }
}

async function openServer(): Promise<string> {
  const admin = process.env.DATABASE_URL_TEST ?? (await openEmbedded())
  const client = new pg.Client(admin)
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(${templateLock})`)
    const made = await client.query(`select from pg_database where datname = $1 and datistemplate`, [template])
    if (made.rowCount === 0) await makeTemplate(admin)
  } finally {
    await client.end()
  }
  return admin
}

async function openEmbedded(): Promise<string> {
  const data = process.env.REGULARS_TEST_DATA
  if (!data) throw new Error('REGULARS_TEST_DATA is not set: tests run through vitest, whose global setup sets it')
  // Nobody leaves: the run's teardown ends the server, whatever became of the tests.
  const { url } = await openPostgres({
    data,
    command: 'test',
    durable: false,
    settings: { max_connections: '200', shared_buffers: '128MB' },
  })
  return urlOf(url, 'postgres')
}

/** A template is marked as one only when complete; what a killed run left half made is made anew. */
async function makeTemplate(admin: string): Promise<void> {
  await execute(admin, `drop database if exists ${template} with (force)`)
  await execute(admin, `create database ${template} template template0`)
  const url = urlOf(admin, template)
  await migrate(url)
  await migrateJobs(url)
  await execute(admin, `alter database ${template} with is_template true allow_connections false`)
}

/** The job runner's own tables, once `src/base/jobs.ts` says how to make them. */
async function migrateJobs(url: string): Promise<void> {
  const path = new URL('../src/base/jobs.ts', import.meta.url)
  if (!existsSync(fileURLToPath(path))) return
  const jobs = (await import(path.href)) as { migrateJobs?: (url: string) => Promise<void> }
  await jobs.migrateJobs?.(url)
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The same server, another database. */
function urlOf(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

/**
 * Opens the program's database for one process: a server by `DATABASE_URL`, else the embedded one in the data
 * folder.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { openDb, type Db } from '../base/db.ts'
import type { Config } from '../base/config.ts'
import { AppError } from '../base/errors.ts'
import { migrateJobs } from '../base/jobs.ts'
import { migrate, pendingMigrations } from '../base/migrate.ts'
import { openPostgres } from '../base/postgres.ts'
import { sql } from '../base/sql.ts'
import { bound } from './hearers.ts'

export interface Opened {
  db: Db
  url: string
  /** Ends the pool and leaves the embedded server, which stops when nobody is left. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** Shown in pg_stat_activity: `regulars:<command>:<pid>`. */
  command: string
  /** Apply pending migrations; otherwise they are an error that names them and the command. */
  migrate: boolean
  /** Make the data folder's database if there is none; otherwise that is an error: mostly a mistyped folder. */
  create?: boolean
  wake?: () => void
  connections_max?: number
  tell?: (line: string) => void
}

/**
 * Opens, migrates or refuses, and reads how far a demo's clock is ahead.
 * Errors: `migrations.pending` · `postgres.folder_missing` · those of `openPostgres`.
 */
export async function openProgram(config: Config, options: OpenOptions): Promise<Opened> {
  if (!config.database_url && !options.create) refuseMissing(config.data)
  const embedded = config.database_url
    ? null
    : await openPostgres({
        data: config.data,
        command: options.command,
        ...(options.tell ? { log: options.tell } : {}),
      })
  const url = embedded?.url ?? withName(config.database_url!, options.command)
  try {
    await settleMigrations(url, options)
    const db = openDb(url, {
      bound,
      ...(options.wake ? { wake: options.wake } : {}),
      ...(options.connections_max ? { connections_max: options.connections_max } : {}),
    })
    await readClockOffset(db)
    return {
      db,
      url,
      async close() {
        await db.close()
        await embedded?.leave()
      },
    }
  } catch (thrown) {
    await embedded?.leave()
    throw thrown
  }
}

/** What to do first where nothing was founded yet. */
export const initCommand = 'npx regulars init --currency TWD --time-zone Asia/Taipei'

/** What only reads or serves must not found an empty database where somebody mistyped the folder. */
function refuseMissing(data: string): void {
  const folder = path.resolve(data)
  if (existsSync(path.join(folder, 'postgres'))) return
  throw new AppError('postgres.folder_missing', { folder, command: initCommand }, { status: 503 })
}

async function settleMigrations(url: string, options: OpenOptions): Promise<void> {
  const pending = await pendingMigrations(url)
  if (pending.length === 0) return
  if (!options.migrate) {
    throw new AppError('migrations.pending', { pending, command: 'npx regulars migrate' }, { status: 503 })
  }
  await migrate(url, { log: (line: string) => options.tell?.(line) })
  await migrateJobs(url)
}

/** Reads how far the program's clock is ahead of the wall's; `demo advance` moves it while others run. */
export async function readClockOffset(db: Db): Promise<void> {
  const row = await db.row<{ clock_offset_ms: number }>(sql`select clock_offset_ms from program`)
  db.setClockOffset(row?.clock_offset_ms ?? 0)
}

function withName(url: string, command: string): string {
  const named = new URL(url)
  named.searchParams.set('application_name', `regulars:${command}:${process.pid}`)
  return named.toString()
}

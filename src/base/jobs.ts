/** Work that happens later: rows in the same database, added in the transaction that wants them. */
import { Logger, run, runMigrations, type Runner, type TaskList } from 'graphile-worker'
import { Cron } from 'croner'
import { systemActor, type Actor } from './actor.ts'
import type { Db, Tx } from './db.ts'
import type { Log } from './log.ts'
import { sql } from './sql.ts'

/** What a job's function gets: the database (it opens its own transactions) and a signal that ends with the process. */
export interface JobContext {
  db: Db
  actor: Actor
  now: Date
  signal: AbortSignal
  log: Log
}

/** A job: `noun.verb` → its work. Each is one call to a verb. */
export type Jobs = Record<string, (payload: Record<string, unknown>, context: JobContext) => Promise<void>>

export interface AddJob {
  name: string
  payload?: Record<string, unknown>
  run_at?: Date
  /** A job with this key that still waits is replaced: the same work is queued once. */
  key?: string
  attempts_max?: number
  /** Jobs of one queue run one after the other. */
  queue?: string
}

/** Clock work: one line of app/schedule.ts. */
export interface Clockwork {
  /** Job name. */
  name: string
  /** Cron expression, read in the program's zone. */
  cron: string
}

/** Adds jobs in this transaction; they start after its commit. */
export async function addJobs(tx: Tx, jobs: readonly AddJob[]): Promise<void> {
  if (jobs.length === 0) return
  const specs = jobs.map((job) => ({
    identifier: job.name,
    payload: job.payload ?? {},
    runAt: job.run_at?.toISOString() ?? null,
    jobKey: job.key ?? null,
    maxAttempts: job.attempts_max ?? 25,
    queueName: job.queue ?? null,
  }))
  await tx.run(
    sql`
    select graphile_worker.add_jobs((
      select array_agg(json_populate_record(null::graphile_worker.job_spec, json_build_object(
        'identifier', spec->>'identifier', 'payload', spec->'payload', 'queue_name', spec->>'queueName',
        'run_at', spec->>'runAt', 'max_attempts', (spec->>'maxAttempts')::int, 'job_key', spec->>'jobKey')))
      from json_array_elements(${JSON.stringify(specs)}::json) as spec))`,
    { prepare: false },
  )
}

/** Brings the job runner's own tables up to date. */
export async function migrateJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, logger: silent })
}

const silent = new Logger(() => () => undefined)

/** The runner's own lines: failures of jobs are ours to tell, its chatter is for debugging. */
function loggerOn(log: Log): Logger {
  return new Logger(() => (level, message, meta) => {
    const error = (meta as { error?: unknown } | undefined)?.error
    if (level === 'error') log.error({ err: error }, message)
    else if (level === 'warning') log.warn(message)
    else log.debug(message)
  })
}

export interface Worker {
  stop(): Promise<void>
}

export interface WorkerOptions {
  jobs: Jobs
  clockwork: readonly Clockwork[]
  zone: () => Promise<string>
  log: Log
  /** Jobs at once in this process; two cores rarely gain from more than four. */
  concurrency?: number
}

/**
 * Adds a line's job whenever its time comes. Made paused: a line that cannot be read must stop nothing half-
 * started.
 */
function cronOf(db: Db, line: Clockwork, timezone: string, log: Log): Cron {
  const options = {
    timezone,
    paused: true,
    unref: true,
    catch: (error: unknown) => log.error({ err: error }, 'clock work'),
  }
  return new Cron(line.cron, options, () =>
    db.tx({ actor: systemActor('schedule') }, (tx) => addJobs(tx, [{ name: line.name, key: `clock:${line.name}` }])),
  )
}

/** Runs jobs and clock work until stopped; a running job ends first. */
export async function startWorker(db: Db, options: WorkerOptions): Promise<Worker> {
  const ending = new AbortController()
  const taskList: TaskList = {}
  for (const [name, work] of Object.entries(options.jobs)) {
    taskList[name] = async (payload) => {
      const context = { db, actor: systemActor(name), now: db.now(), signal: ending.signal, log: options.log }
      await work((payload ?? {}) as Record<string, unknown>, context)
    }
  }
  const zone = await options.zone()
  const crons = options.clockwork.map((line) => cronOf(db, line, zone, options.log))
  const runner: Runner = await run({
    pgPool: db.pool,
    taskList,
    concurrency: options.concurrency ?? 4,
    noHandleSignals: true,
    // another process's jobs are found by this poll; our own wake the runner by NOTIFY
    pollInterval: 1_000,
    logger: loggerOn(options.log),
    parsedCronItems: [],
  })
  for (const cron of crons) cron.resume()
  return {
    async stop() {
      for (const cron of crons) cron.stop()
      ending.abort()
      await runner.stop()
    },
  }
}

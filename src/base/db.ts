/**
 * The door to PostgreSQL. `tx` is the only context of a verb: connection, `now` (one reading a transaction) and actor.
 * Routes and jobs open transactions; verbs never do.
 */
import type { Writable } from 'node:stream'
import pg from 'pg'
import type { Actor } from './actor.ts'
import { AppError, isPostgresError, TryAgain } from './errors.ts'
import { put, type BoundHearer, type Fact } from './facts.ts'
import { Connection, pidOf } from './connection.ts'
import { query, type StatementOptions } from './statements.ts'
import { sql, type Sql } from './sql.ts'
import { addMs, clock } from './time.ts'

/** int8 as number: every amount here is far below 2^53, and `row.points + 1` must add. */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text))
/** A day is a text `YYYY-MM-DD`, never an instant in the server's zone. */
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
pg.types.setTypeParser(1182 as never, (text: string) => pg.types.getTypeParser(1009 as never)(text))

/** Anything that can be asked: the pool (each statement its own snapshot) or a transaction. */
export interface Reader {
  rows<T>(statement: Sql, options?: StatementOptions): Promise<T[]>
  row<T>(statement: Sql, options?: StatementOptions): Promise<T | undefined>
  /** Runs a statement for its effect; answers how many rows it touched. */
  run(statement: Sql, options?: StatementOptions): Promise<number>
}

/**
 * An open transaction. Statements asked for together (`Promise.all`) are sent together, without waiting for one
 * another's answers, and run in the order in which they were asked: reads that do not depend on each other cost one
 * way to the server.
 */
export interface Tx extends Reader {
  readonly now: Date
  readonly actor: Actor
  /** The database that this is a transaction of: what the program keeps of its contents hangs on it. */
  readonly home: object
  /** The hearers that run inside this transaction (facts.ts). */
  readonly bound: readonly BoundHearer[]
  /**
   * `copy t (a, b) from stdin`: a stream on this connection, given when all statements before it are answered; those
   * that come meanwhile wait for its end.
   */
  copyIn(text: string): Promise<Writable>
  /**
   * Sends a statement that nobody waits for: it leaves with what is asked next, or with the commit. What it fails of,
   * the next answer or the commit fails of. Its rows are there for whoever wants to look at them later.
   */
  send<T>(statement: Sql): Promise<T[]>
  /** Runs `work` inside a savepoint: if it throws, only its own writes are undone. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /** Called once after a commit, in order; never after a rollback. */
  afterCommit(work: () => void): void
  /** Takes facts that are told, to be put down with the commit; the feed wakes then. For facts.ts. */
  heard(facts: readonly Fact[]): void
}

export interface TxOptions {
  actor: Actor
  /** The present of this transaction; the clock's unless a test, a simulation or a backtest sets it. */
  now?: Date
  /** Run everything, then undo it: dry runs and previews. */
  rollback?: boolean
  /** Stops the running statement and rolls back when aborted. */
  signal?: AbortSignal
}

/** A database: a pool of connections and the hearers joined to its facts. */
export interface Db extends Reader {
  readonly url: string
  readonly pool: pg.Pool
  /** The present of this program: the wall clock, or ahead of it by the offset of a demo. */
  now(): Date
  /** Sets how far the program's clock is ahead of the wall's (demo brands only). */
  setClockOffset(ms: number): void
  tx<T>(options: TxOptions, work: (tx: Tx) => Promise<T>): Promise<T>
  /** A read with a time budget that can be cancelled: `query.timed_out`, `query.cancelled`. */
  timed<T>(statement: Sql, limits: { timeout_ms: number; signal?: AbortSignal }): Promise<T[]>
  close(): Promise<void>
}

/** Deadlock and serialization failure: the same work may well succeed the next time. */
const retryable = new Set(['40001', '40P01'])
const attemptsMax = 3
type Ask = (statement: Sql, options?: StatementOptions) => Promise<{ rows: unknown[]; rowCount: number | null }>

function readerOn(ask: Ask): Reader {
  return {
    rows: async <T>(statement: Sql, options?: StatementOptions) => (await ask(statement, options)).rows as T[],
    row: async <T>(statement: Sql, options?: StatementOptions) =>
      (await ask(statement, options)).rows[0] as T | undefined,
    run: async (statement, options) => (await ask(statement, options)).rowCount ?? 0,
  }
}

interface OpenTx {
  tx: Tx
  /** Puts down the facts that were told and are not in the database yet. */
  putFacts(): Promise<void>
  afterCommit: (() => void)[]
}

function openTx(
  client: pg.PoolClient,
  on: Connection,
  options: TxOptions & { now: Date },
  bound: readonly BoundHearer[],
  wake: () => void,
  home: object,
): OpenTx {
  const afterCommit: (() => void)[] = []
  let savepoints = 0
  let heardAny = false
  let told: Fact[] = []
  const putFacts = () => {
    const facts = told
    told = []
    return put(tx, facts)
  }
  const tx: Tx = {
    ...readerOn((statement, options) => on.ask(statement, options)),
    now: options.now,
    actor: options.actor,
    home,
    bound,
    copyIn: (text) => on.copyIn(text),
    send<T>(statement: Sql) {
      const rows = on.send<T>(statement).then((answer) => answer.rows)
      rows.catch(() => undefined)
      return rows
    },
    afterCommit: (work) => void afterCommit.push(work),
    heard(facts) {
      for (const fact of facts) told.push(fact)
      if (facts.length === 0 || heardAny) return
      heardAny = true
      afterCommit.push(wake)
    },
    async savepoint(work) {
      savepoints += 1
      const name = `s${savepoints}`
      await putFacts()
      await on.run(`savepoint ${name}`)
      try {
        const result = await work()
        await on.run(`release savepoint ${name}`)
        return result
      } catch (thrown) {
        told = []
        await on.run(`rollback to savepoint ${name}`)
        throw thrown
      }
    },
  }
  return { tx, putFacts, afterCommit }
}

/**
 * Ends the running statement of `client` when the signal aborts, over a connection kept aside: when all others are
 * busy is when somebody wants to cancel. `done` must be awaited before the client is released, or a late cancel would
 * hit its next user.
 */
function cancelOn(aside: pg.Pool, client: pg.PoolClient, signal: AbortSignal | undefined): { done(): Promise<void> } {
  let asked: Promise<unknown> = Promise.resolve()
  const cancel = () => {
    asked = aside.query('select pg_cancel_backend($1)', [pidOf(client)]).catch(() => undefined)
  }
  signal?.addEventListener('abort', cancel, { once: true })
  return {
    async done() {
      signal?.removeEventListener('abort', cancel)
      await asked
    },
  }
}

async function attempt<T>(
  { pool, aside }: Pools,
  options: TxOptions & { now: Date },
  bound: readonly BoundHearer[],
  wake: () => void,
  work: (tx: Tx) => Promise<T>,
): Promise<{ result: T; afterCommit: (() => void)[] }> {
  options.signal?.throwIfAborted()
  const client = await pool.connect()
  const cancelling = cancelOn(aside, client, options.signal)
  const on = new Connection(client)
  let broken: Error | undefined
  try {
    on.begin()
    const { tx, putFacts, afterCommit } = openTx(client, on, options, bound, wake, pool)
    const result = await work(tx)
    await putFacts()
    options.signal?.throwIfAborted()
    await on.end(options.rollback ? 'rollback' : 'commit')
    return { result, afterCommit: options.rollback ? [] : afterCommit }
  } catch (thrown) {
    await on.end('rollback', true).catch((failed: Error) => (broken = failed))
    if (options.signal?.aborted) throw new AppError('query.cancelled', {}, { status: 409, cause: thrown })
    throw thrown
  } finally {
    await cancelling.done()
    client.release(broken)
  }
}

interface Pools {
  pool: pg.Pool
  /** One connection for cancelling, opened when first needed. */
  aside: pg.Pool
}

async function timed<T>(
  { pool, aside }: Pools,
  statement: Sql,
  limits: { timeout_ms: number; signal?: AbortSignal },
): Promise<T[]> {
  if (limits.signal?.aborted) throw new AppError('query.cancelled', {}, { status: 409 })
  const client = await pool.connect()
  const cancelling = cancelOn(aside, client, limits.signal)
  try {
    await client.query('begin read only')
    limits.signal?.throwIfAborted()
    await client.query(`set local statement_timeout = ${Math.max(1, Math.floor(limits.timeout_ms))}`)
    const { rows } = await query(client, statement, { prepare: false })
    return rows as T[]
  } catch (thrown) {
    if (limits.signal?.aborted) throw new AppError('query.cancelled', {}, { status: 409, cause: thrown })
    if (isPostgresError(thrown) && thrown.code === '57014') {
      throw new AppError('query.timed_out', { timeout_ms: limits.timeout_ms }, { status: 503, cause: thrown })
    }
    throw thrown
  } finally {
    await cancelling.done()
    await client.query('rollback').catch(() => undefined)
    client.release()
  }
}

export interface DbOptions {
  /** Hearers that run inside the transaction that writes a fact, in floors order. */
  bound?: readonly BoundHearer[]
  /** Called after a commit that wrote facts, so that the feed in this process need not wait for its poll. */
  wake?: () => void
  connections_max?: number
  /** Called with errors of idle connections (the server went away); the pool replaces them. */
  onIdleError?: (error: Error) => void
}

/** Opens a pool. Call `close` before leaving. */
export function openDb(url: string, options: DbOptions = {}): Db {
  const pool = new pg.Pool({ connectionString: url, max: options.connections_max ?? 16 })
  pool.on('error', (error) => options.onIdleError?.(error))
  // a connection that breaks while somebody holds it rejects their query; the event itself must not end the process
  pool.on('connect', (client) => void client.on('error', (error) => options.onIdleError?.(error)))
  const aside = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 1_000, allowExitOnIdle: true })
  aside.on('error', (error) => options.onIdleError?.(error))
  const pools = { pool, aside }
  const bound = options.bound ?? []
  const wake = options.wake ?? (() => undefined)
  let offsetMs = 0
  const present = () => addMs(clock(), offsetMs)
  return {
    url,
    pool,
    ...readerOn((statement, statementOptions) => query(pool, statement, statementOptions)),
    timed: (statement, limits) => timed(pools, statement, limits),
    now: present,
    setClockOffset: (ms) => void (offsetMs = ms),
    async tx(txOptions, work) {
      for (let tried = 1; ; tried += 1) {
        try {
          const { result, afterCommit } = await attempt(
            pools,
            { ...txOptions, now: txOptions.now ?? present() },
            bound,
            wake,
            work,
          )
          for (const after of afterCommit) after()
          return result
        } catch (thrown) {
          const isRetryable = thrown instanceof TryAgain || (isPostgresError(thrown) && retryable.has(thrown.code))
          if (!isRetryable) throw thrown
          if (tried >= attemptsMax) {
            throw new AppError('database.busy', { attempts: tried }, { status: 503, cause: thrown })
          }
        }
      }
    },
    async close() {
      await pool.end()
      await aside.end()
    },
  }
}

/** Is this database there and answering? */
export async function ping(db: Reader): Promise<void> {
  await db.run(sql`select 1`)
}

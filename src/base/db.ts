/**
 * The door to PostgreSQL. `tx` is the only context of a verb: connection, `now` (one reading a transaction) and actor.
 * Routes and jobs open transactions; verbs never do.
 */
import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Actor } from './actor.ts'
import { arrayOf } from './arrays.ts'
import { AppError, isPostgresError } from './errors.ts'
import type { BoundHearer, Fact } from './facts.ts'
import { sql, type Sql } from './sql.ts'
import { addMs, clock } from './time.ts'

/** int8 as number: every amount here is far below 2^53, and `row.points + 1` must add. */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text))
/** A day is a text `YYYY-MM-DD`, never an instant in the server's zone. */
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
pg.types.setTypeParser(1182 as never, (text: string) => pg.types.getTypeParser(1009 as never)(text))

/** How one statement may be run otherwise than by default. */
export interface StatementOptions {
  /** false: never keep a server-side plan (text built anew for each condition). */
  prepare?: boolean
}

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
  /** The hearers that run inside this transaction (facts.ts). */
  readonly bound: readonly BoundHearer[]
  /**
   * `copy t (a, b) from stdin`: a stream on this connection, given when all statements before it are answered; those
   * that come meanwhile wait for its end.
   */
  copyIn(text: string): Promise<Writable>
  /** Runs `work` inside a savepoint: if it throws, only its own writes are undone. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /** Called once after a commit, in order; never after a rollback. */
  afterCommit(work: () => void): void
  /** Facts written so far; the feed wakes if there is one. */
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
/**
 * Beyond this many array elements a plan made without looking guesses wrongly (it takes any array for ten elements, and
 * so joins a hundred members row by row: 66 ms instead of 9), and the planning costs little against the work.
 */
const preparedElementsMax = 1000
/** Distinct texts we keep a name for; a program has a few hundred, so reaching it means texts are built at run time. */
const namesMax = 2000

const names = new Map<string, string>()

function nameOf(text: string, values: readonly unknown[], options?: StatementOptions): string | undefined {
  if (options?.prepare === false) return undefined
  for (const value of values) {
    if (Array.isArray(value) && value.length > preparedElementsMax) return undefined
    if (typeof value === 'string' && value.length > 100_000) return undefined
  }
  let name = names.get(text)
  if (!name) {
    if (names.size >= namesMax) return undefined
    name = `r_${createHash('sha1').update(text).digest('hex').slice(0, 20)}`
    names.set(text, name)
  }
  return name
}

/** As the driver takes it. The text of a template is put together whenever it is asked for: once is enough. */
function configOf({ text, values }: Sql, options?: StatementOptions): pg.QueryConfig<unknown[]> {
  const name = nameOf(text, values, options)
  const config = { text, values: values.map(asParameter) }
  return name ? { ...config, name } : config
}

async function query<T extends pg.QueryResultRow>(
  client: pg.Pool | pg.PoolClient,
  statement: Sql,
  options?: StatementOptions,
): Promise<pg.QueryResult<T>> {
  return run(client, configOf(statement, options))
}

async function run<T extends pg.QueryResultRow>(
  client: pg.Pool | pg.PoolClient,
  config: pg.QueryConfig<unknown[]>,
): Promise<pg.QueryResult<T>> {
  try {
    return await client.query<T>(config)
  } catch (thrown) {
    throw addStatement(thrown, config.text)
  }
}

/** Arrays and instants as PostgreSQL reads them; the driver's own writing takes five times as long. */
function asParameter(value: unknown): unknown {
  if (Array.isArray(value)) return arrayOf(value) ?? value
  return value instanceof Date ? value.toISOString() : value
}

/** A PostgreSQL error says where in the text it stumbled only by offset: keep the head of the text with it. */
function addStatement(thrown: unknown, text: string): unknown {
  if (isPostgresError(thrown)) {
    Object.defineProperty(thrown, 'statement', { value: text.slice(0, 2000), enumerable: false })
  }
  return thrown
}

type Ask = typeof query

function readerOn(client: pg.Pool | pg.PoolClient, ask: Ask = query): Reader {
  return {
    rows: async <T>(statement: Sql, options?: StatementOptions) =>
      (await ask(client, statement, options)).rows as T[],
    row: async <T>(statement: Sql, options?: StatementOptions) =>
      (await ask(client, statement, options)).rows[0] as T | undefined,
    run: async (statement, options) => (await ask(client, statement, options)).rowCount ?? 0,
  }
}

/**
 * In a transaction named statements are planned once, without looking at their values: they are sets found by their
 * keys, and planning them anew (which PostgreSQL otherwise prefers for arrays) cost half of a till's order, 5.4 ms
 * against 2.7. From the first unnamed statement on (a large set, a text made at run time) values are looked at.
 */
const beginText = 'begin; set local plan_cache_mode = force_generic_plan'

/** What the driver keeps of a connection beside what its types say. */
interface Inside {
  processID: number
  /** true: statements are sent at once, and their answers come in the order they were sent. */
  pipeline: boolean
  connection: { stream: Writable }
}
const insideOf = (client: pg.PoolClient) => client as unknown as Inside

/** A connection inside a transaction: what is asked in one turn leaves in one packet. */
function line(client: pg.PoolClient) {
  const inside = insideOf(client)
  const { stream } = inside.connection
  let isGeneric = true
  let isCorked = false
  let isOver = false
  let last: Promise<unknown> = Promise.resolve()
  /** Settles when the running COPY has ended. */
  let copying: Promise<void> | null = null

  function together(): void {
    if (isCorked) return
    isCorked = true
    stream.cork()
    process.nextTick(() => {
      isCorked = false
      stream.uncork()
    })
  }
  /** A statement for the transaction itself, whose failure the statements after it show. */
  function send(text: string): void {
    together()
    last = client.query(text)
    last.catch(() => undefined)
  }

  return {
    begin() {
      inside.pipeline = true
      send(beginText)
    },
    async ask<T extends pg.QueryResultRow>(_client: unknown, statement: Sql, options?: StatementOptions) {
      while (copying) await copying
      // one of several branches may have failed while another was waiting: nothing of it runs outside the transaction
      if (isOver) throw new Error('This transaction has ended.')
      const config = configOf(statement, options)
      if (isGeneric && config.name === undefined) {
        send('set local plan_cache_mode = auto')
        isGeneric = false
      }
      together()
      const answer = run<T>(client, config)
      last = answer
      return answer
    },
    async run(text: string) {
      while (copying) await copying
      together()
      const answer = client.query(text)
      last = answer
      return answer
    },
    /** COPY takes over the connection: it begins when nothing else is on its way. */
    async copyIn(text: string): Promise<Writable> {
      while (copying) await copying
      if (isOver) throw new Error('This transaction has ended.')
      let end: (() => void) | undefined
      copying = new Promise((resolve) => (end = resolve))
      await last.catch(() => undefined)
      inside.pipeline = false
      const stream = client.query(copyFrom(text))
      const ended = () => {
        inside.pipeline = true
        copying = null
        end?.()
      }
      stream.once('finish', ended).once('error', ended)
      return stream
    },
    /** A rollback to a savepoint may have undone the setting: it is made again when needed. */
    again: () => void (isGeneric = true),
    /** `commit` or `rollback`: the last word. */
    async end(text: string) {
      isOver = true
      while (copying) await copying
      together()
      const { command } = await client.query(text)
      // a statement failed, somebody looked away, and the server undid everything: nobody may think it was kept
      if (text === 'commit' && command !== 'COMMIT')
        throw new Error('A failed statement has undone this transaction.')
    },
    leave: () => void (inside.pipeline = false),
  }
}
type Line = ReturnType<typeof line>

interface OpenTx {
  tx: Tx
  afterCommit: (() => void)[]
}

function openTx(
  client: pg.PoolClient,
  on: Line,
  options: TxOptions & { now: Date },
  bound: readonly BoundHearer[],
  wake: () => void,
): OpenTx {
  const afterCommit: (() => void)[] = []
  let savepoints = 0
  let heardAny = false
  const tx: Tx = {
    ...readerOn(client, on.ask),
    now: options.now,
    actor: options.actor,
    bound,
    copyIn: on.copyIn,
    afterCommit: (work) => void afterCommit.push(work),
    heard(facts) {
      if (facts.length === 0 || heardAny) return
      heardAny = true
      afterCommit.push(wake)
    },
    async savepoint(work) {
      savepoints += 1
      const name = `s${savepoints}`
      await on.run(`savepoint ${name}`)
      try {
        const result = await work()
        await on.run(`release savepoint ${name}`)
        return result
      } catch (thrown) {
        await on.run(`rollback to savepoint ${name}`)
        on.again()
        throw thrown
      }
    },
  }
  return { tx, afterCommit }
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

function pidOf(client: pg.PoolClient): number {
  return insideOf(client).processID
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
  const on = line(client)
  let broken: Error | undefined
  try {
    on.begin()
    const { tx, afterCommit } = openTx(client, on, options, bound, wake)
    const result = await work(tx)
    options.signal?.throwIfAborted()
    await on.end(options.rollback ? 'rollback' : 'commit')
    return { result, afterCommit: options.rollback ? [] : afterCommit }
  } catch (thrown) {
    await on.end('rollback').catch((failed: Error) => (broken = failed))
    if (options.signal?.aborted) throw new AppError('query.cancelled', {}, { status: 409, cause: thrown })
    throw thrown
  } finally {
    await cancelling.done()
    on.leave()
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
    ...readerOn(pool),
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
          if (!isPostgresError(thrown) || !retryable.has(thrown.code)) throw thrown
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

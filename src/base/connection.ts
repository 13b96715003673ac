/** A connection inside a transaction: statements on their way together, COPY alone, and a last word. */
import type { Writable } from 'node:stream'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { isPostgresError } from './errors.ts'
import type { Sql } from './sql.ts'
import { configOf, run, type StatementOptions } from './statements.ts'

/**
 * In a transaction named statements are planned once, without looking at their values: they are sets found by their
 * keys, and planning them anew (which PostgreSQL otherwise prefers for arrays) cost half of a till's order, 5.4 ms
 * against 2.7. From the first unnamed statement on (a large set, a text made at run time) values are looked at.
 */
const beginText = 'begin; set local plan_cache_mode = force_generic_plan'

const inFailedTransaction = '25P02'

/** What the driver keeps of a connection beside what its types say. */
interface Inside {
  processID: number
  /** true: statements are sent at once, and their answers come in the order they were sent. */
  pipeline: boolean
  connection: { stream: Writable }
}
const insideOf = (client: pg.PoolClient) => client as unknown as Inside

/** The server's number of this connection, by which it can be cancelled. */
export function pidOf(client: pg.PoolClient): number {
  return insideOf(client).processID
}

/** A connection from `begin` to its last word. What is asked in one turn of the loop leaves in one packet. */
export class Connection {
  readonly #client: pg.PoolClient
  #isGeneric = true
  #isCorked = false
  #isOver = false
  #last: Promise<unknown> = Promise.resolve()
  /** What made the server refuse the rest of this transaction. */
  #failure: unknown = null
  #copying: { stream: Writable | null; ended: Promise<void> } | null = null

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  /** Not waited for: what it could fail of, a lost connection, the first statement fails of too. */
  begin(): void {
    insideOf(this.#client).pipeline = true
    this.#send(beginText).catch(() => undefined)
  }

  async ask<T extends pg.QueryResultRow>(statement: Sql, options?: StatementOptions): Promise<pg.QueryResult<T>> {
    // nothing to wait for: in this very turn, or the order of asking would be lost
    while (this.#copying) await this.#copying.ended
    this.#mustLive()
    const config = configOf(statement, options)
    if (this.#isGeneric && config.name === undefined) {
      this.#send('set local plan_cache_mode = auto').catch(() => undefined)
      this.#isGeneric = false
    }
    this.#together()
    return this.#noted(run<T>(this.#client, config)).catch((thrown: unknown) => this.#fail(thrown))
  }

  /** Runs a text of the transaction itself, such as a savepoint. */
  async run(text: string): Promise<void> {
    while (this.#copying) await this.#copying.ended
    this.#mustLive()
    await this.#send(text)
    // a rollback to a savepoint may have undone the setting: it is made again when needed
    if (text.startsWith('rollback to')) {
      this.#isGeneric = true
      this.#failure = null
    }
  }

  /** COPY takes over the connection: it begins when nothing else is on its way. */
  async copyIn(text: string): Promise<Writable> {
    while (this.#copying) await this.#copying.ended
    this.#mustLive()
    let end: (() => void) | undefined
    const copying = { stream: null as Writable | null, ended: new Promise<void>((resolve) => (end = resolve)) }
    this.#copying = copying
    await this.#last.catch(() => undefined)
    const inside = insideOf(this.#client)
    inside.pipeline = false
    const stream = this.#client.query(copyFrom(text))
    copying.stream = stream
    const ended = () => {
      inside.pipeline = true
      this.#copying = null
      end?.()
    }
    stream.once('finish', ended).once('error', ended)
    return stream
  }

  /** The last word: what branches of the work still ask afterwards is refused. */
  async end(text: 'commit' | 'rollback'): Promise<void> {
    this.#isOver = true
    if (this.#copying) {
      // its rows failed half-way: nobody is left to finish it
      if (text === 'rollback') this.#copying.stream?.destroy(new Error('The transaction ended before its COPY.'))
      await this.#copying.ended
    }
    const { command } = await this.#send(text)
    // a statement failed, somebody looked away, and the server undid everything: nobody may think it was kept
    if (text === 'commit' && command !== 'COMMIT') throw new Error('A failed statement has undone this transaction.')
  }

  /** Before the connection goes back to others. */
  leave(): void {
    insideOf(this.#client).pipeline = false
  }

  /** Nothing of a transaction that is over may run outside of it. */
  #mustLive(): void {
    if (this.#isOver) throw new Error('This transaction has ended.')
  }

  /** Of several statements on their way all fail when one does: each says why, or a deadlock would go unrecognised. */
  #fail(thrown: unknown): never {
    if (isPostgresError(thrown) && thrown.code === inFailedTransaction) throw this.#failure ?? thrown
    this.#failure ??= thrown
    throw thrown
  }

  #send(text: string): Promise<pg.QueryResult> {
    this.#together()
    return this.#noted(this.#client.query(text))
  }

  #noted<T>(answer: Promise<T>): Promise<T> {
    this.#last = answer
    return answer
  }

  #together(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    const { stream } = insideOf(this.#client).connection
    stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      stream.uncork()
    })
  }
}

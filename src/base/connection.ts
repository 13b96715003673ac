/** A connection inside a transaction: statements on their way together, COPY alone, and a last word. */
import type { Writable } from 'node:stream'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { isPostgresError } from './errors.ts'
import type { Sql } from './sql.ts'
import { addStatement, configOf, type StatementOptions } from './statements.ts'
import { Wave, type Answer, type Written } from './wave.ts'

/**
 * In a transaction named statements are planned once, without looking at their values: they are sets found by their
 * keys, and planning them anew (which PostgreSQL otherwise prefers for arrays) cost half of a till's order, 5.4 ms
 * against 2.7. From the first unnamed statement on (a large set, a text made at run time) values are looked at.
 */
const begin = [
  { name: 'r_begin', text: 'begin', values: [] },
  { name: 'r_generic', text: 'set local plan_cache_mode = force_generic_plan', values: [] },
]
const looking = { name: 'r_looking', text: 'set local plan_cache_mode = auto', values: [] }

const inFailedTransaction = '25P02'

/** The server's number of this connection, by which it can be cancelled. */
export function pidOf(client: pg.PoolClient): number {
  return (client as unknown as { processID: number }).processID
}

/**
 * A connection from `begin` to its last word. What is asked in one turn of the loop leaves in one packet; what is
 * asked while that is on its way waits for the next.
 */
export class Connection {
  readonly #client: pg.PoolClient
  #isGeneric = true
  #isOver = false
  #last: Promise<unknown> = Promise.resolve()
  /** What is being gathered, and whether something is on its way. */
  #wave: Wave | null = null
  #isAway = false
  #whenBack: (() => void) | null = null
  /** What made the server refuse the rest of this transaction. */
  #failure: unknown = null
  /** Why a statement failed that nobody waited for. */
  #unseen: { thrown: unknown } | null = null
  /** Sent while rows were copied in. */
  readonly #late: Promise<unknown>[] = []
  #copying: { stream: Writable | null; ended: Promise<void> } | null = null

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  /** Not waited for: what it could fail of, a lost connection, the first statement fails of too. */
  begin(): void {
    for (const text of begin) this.#add(text).catch(() => undefined)
  }

  async ask<T>(statement: Sql, options?: StatementOptions): Promise<Answer<T>> {
    // nothing to wait for: in this very turn, or the order of asking would be lost
    while (this.#copying) await this.#copying.ended
    this.#mustLive()
    const config = configOf(statement, options)
    if (this.#isGeneric && config.name === undefined) {
      this.#add(looking).catch(() => undefined)
      this.#isGeneric = false
    }
    return this.#add<T>(config).catch((thrown: unknown) => this.#fail(addStatement(thrown, config.text)))
  }

  /** Nobody waits: what it fails of, the last word fails of at the latest. */
  send<T>(statement: Sql): Promise<Answer<T>> {
    const answer = this.ask<T>(statement)
    const answered = answer.catch((thrown: unknown) => (this.#unseen ??= { thrown }))
    if (this.#copying) this.#late.push(answered)
    return answer
  }

  /** Runs a text of the transaction itself, such as a savepoint. */
  async run(text: string): Promise<void> {
    while (this.#copying) await this.#copying.ended
    this.#mustLive()
    await this.#add({ text, values: [] })
    // a rollback to a savepoint may have undone the setting: it is made again when needed
    if (text.startsWith('rollback to')) {
      this.#isGeneric = true
      this.#failure = null
      this.#unseen = null
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
    const stream = this.#client.query(copyFrom(text))
    copying.stream = stream
    const ended = () => {
      this.#copying = null
      end?.()
    }
    stream.once('finish', ended).once('error', ended)
    return stream
  }

  /**
   * The last word: what branches of the work still ask afterwards is refused. Throws what a statement failed of that
   * was sent without waiting, unless the work has failed already.
   */
  async end(text: 'commit' | 'rollback', hasFailed = false): Promise<void> {
    if (!hasFailed && this.#late.length > 0) await Promise.all(this.#late)
    this.#isOver = true
    if (this.#copying) {
      // its rows failed half-way: nobody is left to finish it
      if (text === 'rollback') this.#copying.stream?.destroy(new Error('The transaction ended before its COPY.'))
      await this.#copying.ended
    }
    const { command } = await this.#add({ name: `r_${text}`, text, values: [] })
    // the connection goes back to others as it was taken: with nothing on its way
    if (this.#isAway) await new Promise<void>((resolve) => (this.#whenBack = resolve))
    if (this.#unseen && !hasFailed) throw this.#unseen.thrown
    // a statement failed, somebody looked away, and the server undid everything: nobody may think it was kept
    if (text === 'commit' && command !== 'COMMIT') throw new Error('A failed statement has undone this transaction.')
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

  #add<T>(written: Written): Promise<Answer<T>> {
    if (!this.#wave) {
      this.#wave = new Wave(() => this.#back())
      if (!this.#isAway) process.nextTick(() => this.#send())
    }
    const answer = this.#wave.add<T>(written)
    this.#last = answer
    return answer
  }

  #send(): void {
    const wave = this.#wave
    if (!wave || this.#isAway) return
    this.#wave = null
    this.#isAway = true
    this.#client.query(wave)
  }

  #back(): void {
    this.#isAway = false
    this.#whenBack?.()
    // after what the answers set going in this turn: its questions join those that waited
    if (this.#wave) queueMicrotask(() => process.nextTick(() => this.#send()))
  }
}

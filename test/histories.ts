/**
 * Random histories: callers that send verbs to a real database, some of them again, some on lines that are cut. A
 * caller whose line was cut does not know what happened, and asks again; what it is told twice must be the same.
 */
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import type { Tx } from '../src/base/db.ts'
import { AppError } from '../src/base/errors.ts'
import { sql } from '../src/base/sql.ts'
import { dayMs } from '../src/base/time.ts'
import type { World } from './world.ts'

/** A stream of numbers below a bound that is the same each run (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const cut = (thrown: unknown) =>
  thrown instanceof Error &&
  /57P01|terminat|closed|ECONNRESET|EPIPE|not queryable|connection error/i.test(
    `${thrown.message} ${(thrown as AppError).code}`,
  )

export interface Verb<T> {
  work: (tx: Tx) => Promise<T>
  /** What to do with the answer; called again with each answer to a repetition. */
  tell?: (answer: T) => void
  /** Parts of an answer that a repetition may answer otherwise: `placed`, then `unchanged`. */
  plain?: (answer: T) => unknown
}

/** What all callers of one history have done. */
export class Tally {
  verbs = 0
  replayed = 0
  killed = 0
  refused = new Map<string, number>()
  /** Whole days that have gone by for everybody. */
  days = 0
}

/** One of many that send at once; its own clock, its own random numbers. */
export class Caller {
  readonly random: (below: number) => number
  readonly name: string
  readonly world: World
  readonly tally: Tally
  clock: number

  constructor(world: World, tally: Tally, nth: number) {
    this.world = world
    this.tally = tally
    this.name = `till-${nth}`
    this.random = randomFrom(nth * 7_919 + 1)
    this.clock = world.now().getTime() + nth
  }

  get now(): Date {
    return new Date(this.clock + this.tally.days * dayMs)
  }

  /** Lets up to so many seconds pass. */
  wait(seconds: number): void {
    this.clock += 1_000 * this.random(seconds)
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : items[this.random(items.length)]
  }

  /**
   * Sends until somebody answers: a third is sent again, a tenth loses its line in the middle of its work or just
   * before its end. Answers null for what is refused by name; anything else that goes wrong fails the history.
   */
  async send<T>(verb: Verb<T>): Promise<T | null> {
    this.tally.verbs += 1
    // what is sent again is what was sent, however late it is by now
    const { now } = this
    const again = this.random(3) === 0
    const fate = this.random(20)
    const first = await this.answer(verb, fate, now)
    if (!again) return first
    this.tally.replayed += 1
    const second = await this.answer(verb, -1, now)
    const plain = verb.plain ?? ((answer: T) => answer)
    if (first !== null && second !== null && !isDeepStrictEqual(plain(first), plain(second)))
      throw new Error(`told twice, and not the same: ${JSON.stringify([first, second])}`)
    return first ?? second
  }

  private async answer<T>(verb: Verb<T>, fate: number, now: Date): Promise<T | null> {
    let isCut = fate === 0 || fate === 1
    for (;;) {
      try {
        const answer = await this.world.db.tx(
          { actor: { kind: 'key', id: null, name: this.name }, now },
          async (tx) => {
            // as another client would end it: while the verb's first statements are under way, or when all are done
            if (isCut && fate === 0) return (await Promise.all([verb.work(tx), kill(tx)]))[0]
            const done = await verb.work(tx)
            if (isCut) await kill(tx)
            return done
          },
        )
        verb.tell?.(answer)
        return answer
      } catch (thrown) {
        if (cut(thrown)) {
          if (isCut) this.tally.killed += 1
          isCut = false
          continue
        }
        // three deadlocks in a row: callers that lock in different orders
        if (!(thrown instanceof AppError) || thrown.code === 'database.busy') throw thrown
        this.tally.refused.set(thrown.code, (this.tally.refused.get(thrown.code) ?? 0) + 1)
        return null
      }
    }
  }
}

const kill = (tx: Tx) => tx.run(sql`select pg_terminate_backend(pg_backend_pid())`)

/** Ends connections in the middle of their transactions, any of them, until told to stop. Answers how many. */
export async function cutLines(url: string, isDone: () => boolean): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'cutter' })
  await client.connect()
  let lines = 0
  while (!isDone()) {
    const { rowCount } = await client.query(`
      select pg_terminate_backend(pid), pg_sleep(0.2) from (
        select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and xact_start is not null and application_name <> 'cutter' order by random() limit 1) one`)
    lines += rowCount ?? 0
    if (!rowCount) await client.query('select pg_sleep(0.01)')
  }
  await client.end()
  return lines
}

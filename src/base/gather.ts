/**
 * Calls that arrive while others are being done wait a moment and are done together: a verb takes a set anyhow, and
 * what is written shares a commit. Nobody waits when nothing is running. Each caller gets their own answer
 * when all is done; if the set fails as a whole, each is tried alone, so that one cannot fail the others.
 */
import { actorText, type Actor } from './actor.ts'
import type { Db, Tx } from './db.ts'

/** Does a set of somebody's calls; answers one result or one error for each item, in order. */
export type Together<Item, Result> = (actor: Actor, items: readonly Item[]) => Promise<(Result | Error)[]>

/** Sets that are written: each in a transaction of its own. */
export function written<Item, Result>(
  db: Db,
  write: (tx: Tx, items: readonly Item[]) => Promise<(Result | Error)[]>,
): Together<Item, Result> {
  return (actor, items) => db.tx({ actor }, (tx) => write(tx, items))
}

/** The answer to a set of one; its error is thrown. */
export function alone<Result>(results: readonly Result[]): Exclude<Result, Error> {
  const [only] = results
  if (only instanceof Error) throw only
  return only as Exclude<Result, Error>
}

/** Rows in one set: beyond it the set's own time, not the commit, is what callers wait for. */
const rowsMax = 500
/** Sets at once: one is put together here while the database works on the other. */
const atOnceMax = 2
/** Rows that must wait before a second set begins beside a first: each costs as much again as eight rows. */
const besideRowsMin = 8
/**
 * Parts of calls that bring many rows, each a set at a time: with two a fifth of two processors idled, with four each
 * set's own cost was as much as the fourth brought.
 */
const partsAtOnce = 3

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: Error): void
}

interface Lane<Item, Result> {
  actor: Actor
  waiting: Waiting<Item, Result>[]
  running: number
}

/**
 * A gatherer over one verb; callers with different actors never share a set. `rowsOf`: how many rows an item
 * brings, one unless said. `isDivided`: of many that wait at once each of the sets gets its share, so that both
 * processors have something to do; for sets whose rows cost more than the set itself. `atOnce`: sets that may run
 * beside each other.
 */
export function gatherer<Item, Result>(
  together: Together<Item, Result>,
  rowsOf: (item: Item) => number = () => 1,
  { isDivided = false, atOnce = atOnceMax }: { isDivided?: boolean; atOnce?: number } = {},
) {
  const lanes = new Map<string, Lane<Item, Result>>()

  async function runSet(lane: Lane<Item, Result>, set: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await together(
        lane.actor,
        set.map((one) => one.item),
      )
      set.forEach((one, i) => {
        const result = results[i]!
        if (result instanceof Error) one.reject(result)
        else one.resolve(result)
      })
    } catch (thrown) {
      if (set.length === 1) set[0]!.reject(thrown as Error)
      else for (const one of set) await runSet(lane, [one])
    }
  }

  function drain(key: string, lane: Lane<Item, Result>): void {
    while (lane.waiting.length > 0 && lane.running < atOnce) {
      if (lane.running > 0 && rowsWaiting(lane) < besideRowsMin) return
      const set = lane.waiting.splice(0, Math.min(shareOf(lane), fitting(lane.waiting)))
      lane.running += 1
      void runSet(lane, set).finally(() => {
        lane.running -= 1
        if (lane.waiting.length > 0) drain(key, lane)
        else if (lane.running === 0) lanes.delete(key)
      })
    }
  }

  function shareOf({ waiting, running }: Lane<Item, Result>): number {
    return isDivided ? Math.max(besideRowsMin, Math.ceil(waiting.length / (atOnce - running))) : waiting.length
  }

  function rowsWaiting({ waiting }: Lane<Item, Result>): number {
    return waiting.reduce((rows, { item }) => rows + rowsOf(item), 0)
  }

  /** How many of those waiting share the next set: one at least. */
  function fitting(waiting: readonly Waiting<Item, Result>[]): number {
    let rows = 0
    const first = waiting.findIndex(({ item }) => (rows += rowsOf(item)) > rowsMax)
    return first === -1 ? waiting.length : Math.max(1, first)
  }

  return (actor: Actor, item: Item): Promise<Result> => {
    const key = actorText(actor)
    let lane = lanes.get(key)
    if (!lane) {
      lane = { actor, waiting: [], running: 0 }
      lanes.set(key, lane)
    }
    const into = lane
    return new Promise((resolve, reject) => {
      into.waiting.push({ item, resolve, reject })
      // requests read from the sockets in the same turn of the loop come together
      setImmediate(() => drain(key, into))
    })
  }
}

/** How a call is cut into so many parts that touch different rows, and how their answers become its own. */
export interface Apart<Item, Result> {
  /** The parts; null where a part is empty. */
  cut(item: Item, parts: number): readonly (Item | null)[]
  join(item: Item, answers: readonly (Result | null)[]): Result
}

/**
 * Gatherers beside each other over calls that bring many rows: sets of the same rows would wait for one another's
 * locks from their first write to their commit, and the processors with them. Each runs one set at a time.
 */
export function inParts<Item, Result>(
  open: () => (actor: Actor, item: Item) => Promise<Result>,
  { cut, join }: Apart<Item, Result>,
): (actor: Actor, item: Item) => Promise<Result> {
  const beside = Array.from({ length: partsAtOnce }, open)
  return async (actor, item) => {
    const parts = cut(item, partsAtOnce)
    return join(item, await Promise.all(parts.map((part, n) => part && beside[n]!(actor, part))))
  }
}

/** Counts with a time budget that can be cancelled: a person waits for them on screen. */
import type { Compiled } from './compile.ts'
import { countOf } from './compile.ts'
import type { Db } from '../db.ts'
import { stopwatch } from '../time.ts'

/** A count, the moment for which it holds, and how long it took in milliseconds. */
export interface Count {
  count: number
  computed_at: Date
  ms: number
}

/** Enough for a million members with windows over their orders; beyond it a person should narrow the question. */
export const count_timeout_ms = 10_000

/**
 * Counts. Throws `query.timed_out` (503) past the budget and `query.cancelled` (409) when aborted; the database stops
 * working in both cases.
 */
export async function runCount(
  db: Pick<Db, 'timed'>,
  compiled: Compiled,
  limits: { signal?: AbortSignal; timeout_ms?: number } = {},
): Promise<Count> {
  const elapsed = stopwatch()
  const [row] = await db.timed<{ count: number }>(countOf(compiled), {
    timeout_ms: limits.timeout_ms ?? count_timeout_ms,
    ...(limits.signal && { signal: limits.signal }),
  })
  return { count: row?.count ?? 0, computed_at: compiled.as_of, ms: Math.round(elapsed()) }
}

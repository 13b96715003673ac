/** What a bench is, and the database it runs on: embedded, durable, thrown away afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openDb, type Db } from '../src/base/db.ts'
import { migrateJobs } from '../src/base/jobs.ts'
import { migrate } from '../src/base/migrate.ts'
import { openPostgres } from '../src/base/postgres.ts'
import { systemActor } from '../src/base/actor.ts'
import { stopwatch } from '../src/base/time.ts'
import { found } from '../src/app/found.ts'
import { bound } from '../src/app/hearers.ts'

/**
 * One measured speed. `ratio` compares `value` with `limit`, both of this run; `ok` judges the ratio against
 * `target`.
 */
export interface Measured {
  value: number
  unit: string
  /** What the machine can do at most (or the time that is given), in the same unit, measured in the same run. */
  limit: number
  ratio: number
  /** `<= 10` or `>= 0.4`. */
  target: string
  ok: boolean
  /** What was measured against what, in a sentence. */
  note: string
}

export interface Bench {
  name: string
  run(tell: (line: string) => void): Promise<Measured>
}

/** Slower is worse: the ratio of times may be `most` at the most. */
export function atMost(most: number, value: number, limit: number, unit: string, note: string): Measured {
  const ratio = value / limit
  return {
    value: round(value),
    unit,
    limit: round(limit),
    ratio: round(ratio),
    target: `<= ${most}`,
    ok: ratio <= most,
    note,
  }
}

/** Faster is better: the ratio of rates must be `least` at the least. */
export function atLeast(least: number, value: number, limit: number, unit: string, note: string): Measured {
  const ratio = value / limit
  return {
    value: round(value),
    unit,
    limit: round(limit),
    ratio: round(ratio),
    target: `>= ${least}`,
    ok: ratio >= least,
    note,
  }
}

/**
 * Faster is better, and so much is asked in figures; of a machine that does the bare work slower than the one for which
 * they were asked, the same share of what it can do (`share` of `bare`).
 */
export function asAsked(
  { asked, share, bare }: { asked: number; share: number; bare: number },
  value: number,
  unit: string,
  note: string,
): Measured {
  const said = `${note}; asked are ${asked}, or ${round(share)} of the bare rate (${round(bare)}) where that is less`
  return atLeast(1, value, Math.min(asked, share * bare), unit, said)
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

/** Seconds that the work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const elapsed = stopwatch()
  await work()
  return elapsed() / 1000
}

/** The middle of several timings: these machines are noisy. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/**
 * The round whose share of the bare rate is in the middle, of an odd number: both are measured in every round, because
 * these machines change their speed within minutes.
 */
export async function middleRound<Round extends { ours: number; bare: number }>(
  count: number,
  measure: (nth: number) => Promise<Round>,
): Promise<Round> {
  const rounds: Round[] = []
  for (let nth = 0; nth < count; nth += 1) rounds.push(await measure(nth))
  rounds.sort((a, b) => a.ours / a.bare - b.ours / b.bare)
  return rounds[count >> 1]!
}

export interface BenchDatabase {
  db: Db
  url: string
  folder: string
  close(): Promise<void>
}

/** A connection for each caller of the benches: what is bare shall not wait for one. */
const connectionsMax = 40

/** A founded program (TWD, Asia/Taipei) on an embedded server with durable commits, in a folder of its own. */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'regulars-bench-'))
  const postgres = await openPostgres({ data: folder, command: 'bench' })
  await migrate(postgres.url, { log: () => undefined })
  await migrateJobs(postgres.url)
  const db = openDb(postgres.url, { bound, connections_max: connectionsMax })
  await db.tx({ actor: systemActor('bench') }, (tx) =>
    found(tx, { name: 'Bench', currency: 'TWD', time_zone: 'Asia/Taipei' }),
  )
  return {
    db,
    url: postgres.url,
    folder,
    async close() {
      await db.close()
      await postgres.leave()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

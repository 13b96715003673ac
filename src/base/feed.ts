/**
 * Later hearers: a name and a cursor over the facts, read after commit.
 *
 * Positions are given by one numbering loop (an advisory lock keeps it one), in the order of `fact_id`, only to facts
 * that are already committed; so a reader that has passed position p never misses a fact that commits late.
 */
import type { Actor } from './actor.ts'
import { systemActor } from './actor.ts'
import type { Db, Reader, Tx } from './db.ts'
import { sql } from './sql.ts'

/** A fact as the feed shows it. */
export interface FeedFact {
  position: number
  fact_id: number
  name: string
  member_id: string
  occurred_at: Date
  recorded_at: Date
  data: Record<string, unknown>
}

/** Hears facts after commit: effects and cursor are committed together. */
export interface LaterHearer {
  name: string
  names: readonly string[]
  hear(tx: Tx, facts: readonly FeedFact[]): Promise<void>
}

/** Facts a hearer gets at once: enough for sets, small enough for one transaction. */
export const feedBatchMax = 5_000
/** Facts numbered in one statement: 20,000 take about 0.2 s, so a waiting reader is never far behind. */
const numberedMax = 20_000
/** One number for the whole database: there is one numbering loop. */
const numberingLock = 7_302_001

/** Gives positions to committed facts that have none; answers how many. Safe to call from many processes. */
export async function numberFacts(db: Db, now: Date = db.now()): Promise<number> {
  return db.tx({ actor: systemActor('feed'), now }, (tx) =>
    tx.run(sql`
      with lock as materialized (select pg_try_advisory_xact_lock(${numberingLock}::bigint) as mine),
      fresh as materialized (
        select member_id, fact_id, row_number() over (order by fact_id) as nth
        from (
          select member_id, fact_id from facts
          where position is null and (select mine from lock)
          order by fact_id limit ${numberedMax}::int
        ) waiting
      ),
      moved as (
        update fact_feed set position = position + (select count(*) from fresh)
        where exists (select from fresh)
        returning old.position as before
      )
      update facts set position = moved.before + fresh.nth
      from fresh, moved
      where facts.member_id = fresh.member_id and facts.fact_id = fresh.fact_id`),
  )
}

/** Facts after a position, oldest first: for hearers and for `GET /v1/admin/facts`. */
export async function factsAfter(
  db: Reader,
  after: number,
  limit: number,
  names?: readonly string[],
): Promise<FeedFact[]> {
  return db.rows<FeedFact>(sql`
    select position, fact_id, name, member_id, occurred_at, recorded_at, data
    from facts
    where position > ${after}::bigint and (${names ?? null}::text[] is null or name = any (${names ?? null}::text[]))
    order by position limit ${limit}::int`)
}

/** Lets one hearer catch up by one batch; answers how many facts it has passed. */
export async function catchUp(db: Db, hearer: LaterHearer, actor: Actor, now: Date = db.now()): Promise<number> {
  if (await hasHeardAll(db, hearer.name)) return 0
  return db.tx({ actor, now }, async (tx) => {
    await tx.run(sql`
      insert into fact_hearers (name, position, updated_at) values (${hearer.name}::text, 0, ${now}::timestamptz)
      on conflict (name) do nothing`)
    const cursor = await tx.row<{ position: number }>(sql`
      select position from fact_hearers where name = ${hearer.name}::text for update`)
    const passed = await tx.row<{ position: number | null; count: number }>(sql`
      select max(position) as position, count(*) as count from (
        select position from facts where position > ${cursor!.position}::bigint order by position
        limit ${feedBatchMax}::int) next`)
    if (!passed?.position) return 0
    const facts = await tx.rows<FeedFact>(sql`
      select position, fact_id, name, member_id, occurred_at, recorded_at, data
      from facts
      where position > ${cursor!.position}::bigint and position <= ${passed.position}::bigint
        and name = any (${hearer.names}::text[])
      order by position`)
    if (facts.length > 0) await hearer.hear(tx, facts)
    await tx.run(sql`
      update fact_hearers set position = ${passed.position}::bigint, updated_at = ${now}::timestamptz
      where name = ${hearer.name}::text`)
    return passed.count
  })
}

/** One read while nothing happens: no transaction, no lock, nothing written. */
async function hasHeardAll(db: Reader, name: string): Promise<boolean> {
  const row = await db.row(sql`
    select h.name from fact_hearers h join fact_feed f on h.position >= f.position where h.name = ${name}::text`)
  return row !== undefined
}

/** How often other processes' facts are looked for; facts of this process wake the loop at once. */
const pollMs = 1_000

export interface Feed {
  /** A fact was committed here: look now. */
  wake(): void
  /** Resolves when everything committed before the call has been heard (tests, `demo advance`). */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Runs the numbering loop and the hearers until stopped. Errors are told and tried again at the next turn. */
export function startFeed(db: Db, hearers: readonly LaterHearer[], onError: (error: unknown) => void): Feed {
  let stopped = false
  let running: Promise<void> | null = null
  let again = false
  const turn = async () => {
    for (;;) {
      const numbered = await numberFacts(db)
      let passed = 0
      for (const hearer of hearers) passed += await catchUp(db, hearer, systemActor(hearer.name))
      if (stopped || (numbered === 0 && passed === 0)) return
    }
  }
  const run = (): Promise<void> => {
    if (running) {
      again = true
      return running
    }
    running = turn()
      .catch(onError)
      .finally(() => {
        running = null
        if (again && !stopped) {
          again = false
          void run()
        }
      })
    return running
  }
  const timer = setInterval(() => void run(), pollMs)
  timer.unref()
  return {
    wake: () => void run(),
    async settle() {
      await run()
      await run()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

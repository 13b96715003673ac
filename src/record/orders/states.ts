/**
 * What time alone changes: members whose state is due; and by what states are decided: the brand's median interval
 * and limits.
 */
import type { Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../program/program.ts'
import type { RhythmLimits } from './rhythm.ts'
import { interval_days_default, restate } from './statistics.ts'

/** A new median is adopted when it differs by a fifth: below, the states of thousands would flicker for nothing. */
const interval_change_min = 0.2
/** Members with an interval of their own, before their median says something about the others. */
const interval_members_min = 20
/** Members recomputed at once: as many as a chunk of an import. */
const at_once = 10_000

export interface RhythmInUse {
  /** Assumed of members who have no interval of their own. */
  interval_days: number
  limits: RhythmLimits
}

/**
 * Moves members whose state has become due; answers how many, so that the caller asks until it is 0. Costs by who
 * is due.
 */
export async function reviewStates(tx: Tx, limit: number): Promise<number> {
  const { time_zone } = await program.current(tx)
  const due = await tx.rows<{ member_id: string }>(sql`
    select member_id from member_statistics where state_due_on <= ${dayOf(tx.now, time_zone)}::date
    order by state_due_on, member_id limit ${limit}::int`)
  await restate(
    tx,
    due.map((row) => row.member_id),
  )
  return due.length
}

/** By what states are decided until something else is adopted. */
export async function rhythmInUse(db: Reader): Promise<RhythmInUse> {
  const row = await db.row<{ interval_days: string; limits: RhythmLimits }>(
    sql`select interval_days, limits from order_rhythm`,
  )
  if (row) return { interval_days: Number(row.interval_days), limits: row.limits }
  return { interval_days: interval_days_default, limits: (await program.current(db)).settings.rhythm }
}

/** What a nightly look has adopted: whom it concerns must be recomputed (`reviewAssumed`, `recomputeAfter`). */
export interface Adopted extends RhythmInUse {
  is_new_interval: boolean
  are_new_limits: boolean
}

/**
 * Adopts the median of the members' usual intervals if it differs enough from the one in use, and the limits of the
 * settings if somebody has changed them.
 */
export async function adoptRhythm(tx: Tx): Promise<Adopted> {
  const found = await tx.row<{ median: string | null; members: number }>(sql`
    select round(greatest(1, percentile_cont(0.5) within group (order by usual_interval_days))::numeric, 2) as median,
      count(*)::int as members
    from member_statistics where usual_interval_days is not null`)
  const used = await rhythmInUse(tx)
  const { rhythm: limits } = (await program.current(tx)).settings
  const median = Number(found?.median ?? used.interval_days)
  const members = found?.members ?? 0
  const isNew =
    members >= interval_members_min &&
    Math.abs(median - used.interval_days) >= interval_change_min * used.interval_days
  const interval_days = isNew ? median : used.interval_days
  const areNew = (['drowsy', 'asleep', 'lost'] as const).some((name) => limits[name] !== used.limits[name])
  await tx.run(sql`
    insert into order_rhythm (interval_days, limits, members, computed_at)
    values (${interval_days}::numeric, ${JSON.stringify(limits)}::jsonb, ${members}::int, ${tx.now}::timestamptz)
    on conflict (one) do update
    set interval_days = excluded.interval_days, limits = excluded.limits, members = excluded.members,
      computed_at = excluded.computed_at
    where (order_rhythm.interval_days, order_rhythm.limits, order_rhythm.members)
      is distinct from (excluded.interval_days, excluded.limits, excluded.members)`)
  return { interval_days, limits, is_new_interval: isNew, are_new_limits: areNew }
}

/** `adoptRhythm`, and all that follows from it, in this transaction: at the end of an import. */
export async function refreshUsual(tx: Tx): Promise<Adopted> {
  const adopted = await adoptRhythm(tx)
  for (let after: string | null = null; adopted.are_new_limits;) {
    after = await recomputeAfter(tx, after, at_once)
    if (after === null) break
  }
  while (adopted.is_new_interval && (await reviewAssumed(tx, at_once)) > 0) continue
  return adopted
}

/** Recomputes members whose state goes by an assumed interval that is no longer the one in use; answers how many. */
export async function reviewAssumed(tx: Tx, limit: number): Promise<number> {
  const { interval_days } = await rhythmInUse(tx)
  const stale = await tx.rows<{ member_id: string }>(sql`
    select member_id from member_statistics
    where usual_interval_days is null and rhythm_days <> ${interval_days}::numeric
    order by member_id limit ${limit}::int`)
  await restate(
    tx,
    stale.map((row) => row.member_id),
  )
  return stale.length
}

/**
 * Recomputes the members that follow one in the order of their ids; answers the last of them, null when there are
 * no more.
 */
export async function recomputeAfter(tx: Tx, after: string | null, limit: number): Promise<string | null> {
  const rows = await tx.rows<{ member_id: string }>(sql`
    select member_id from member_statistics where ${after}::uuid is null or member_id > ${after}::uuid
    order by member_id limit ${limit}::int`)
  await restate(
    tx,
    rows.map((row) => row.member_id),
  )
  return rows.at(-1)?.member_id ?? null
}

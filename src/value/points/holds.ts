/** Holds as rows: read with a purse, written with it, ended by the clock. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { Hold, Purse } from './purse.ts'
import type { PointOutcome } from './types.ts'
import type { HoldWant, ReleaseWant, Want } from './wants.ts'

/** Holds that the clock ends in one transaction. */
const ended_holds_max = 10_000

const named = new Set<Want['kind']>(['hold', 'commit', 'release'])

interface HoldRow extends Omit<Hold, 'lots' | 'is_new' | 'is_changed'> {
  member_id: string
  lots: { lot_id: number; points: number }[]
}

/** Those that nobody has ended of every purse that is looked into, and those that wants name, in any state. */
export async function readHolds(
  tx: Tx,
  wants: readonly Want[],
  purses: Map<string, Purse>,
  looking: readonly string[],
): Promise<void> {
  if (looking.length === 0) return
  const asked = wants.filter((want) => named.has(want.kind))
  const rows = await tx.rows<HoldRow>(sql`
    select member_id, source, source_id, points, lots, status, expires_at from point_holds
    where member_id = any (${looking}::uuid[]) and status = 'held'
    union
    select hold.member_id, hold.source, hold.source_id, hold.points, hold.lots, hold.status, hold.expires_at
    from unnest(${asked.map((want) => want.member_id)}::uuid[], ${asked.map((want) => want.source)}::text[],
      ${asked.map((want) => want.source_id)}::text[]) as wanted (member_id, source, source_id)
    join point_holds hold on hold.member_id = wanted.member_id and hold.source = wanted.source
      and hold.source_id = wanted.source_id`)
  for (const { member_id, lots, ...hold } of rows) {
    const parts = lots.map(({ lot_id, points }) => ({ lot_id, units: points }))
    purses.get(member_id)!.holds.push({ ...hold, lots: parts, is_new: false, is_changed: false })
  }
}

/** What became of a want that makes no entry. */
export function heldOutcome(purse: Purse, want: HoldWant | ReleaseWant, index: number): PointOutcome {
  const hold = purse.holds.find((one) => one.source === want.source && one.source_id === want.source_id)!
  const isNews = want.kind === 'hold' ? hold.is_new : hold.is_changed
  return { index, outcome: isNews ? 'booked' : 'unchanged', points: hold.points }
}

const lotsText = ({ lots }: Hold) => JSON.stringify(lots.map(({ lot_id, units }) => ({ lot_id, points: units })))

/** One statement, if there is anything to write. */
export function writeHolds(tx: Tx, purses: readonly Purse[]): void {
  const rows = purses.flatMap(({ member_id, holds }) =>
    holds.filter((hold) => hold.is_changed).map((hold) => ({ member_id, ...hold })),
  )
  if (rows.length === 0) return
  tx.send(sql`
    insert into point_holds (member_id, source, source_id, points, lots, status, expires_at, created_at, ended_at,
      actor)
    select member_id, source, source_id, points, lots, status, expires_at, ${tx.now}::timestamptz,
      case status when 'held' then null when 'expired' then expires_at else ${tx.now}::timestamptz end,
      ${actorText(tx.actor)}::text
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.source)}::text[],
      ${rows.map((row) => row.source_id)}::text[], ${rows.map((row) => row.points)}::bigint[],
      ${rows.map((row) => lotsText(row))}::jsonb[], ${rows.map((row) => row.status)}::text[],
      ${rows.map((row) => row.expires_at)}::timestamptz[]
    ) as hold (member_id, source, source_id, points, lots, status, expires_at)
    on conflict (member_id, source, source_id) do update
      -- what is borrowed for a purchase joins what is held for it
      set status = excluded.status, ended_at = excluded.ended_at, points = excluded.points, lots = excluded.lots`)
}

/** Members with holds whose time is over, those that ended first before the others. Costs by who is due. */
export async function holdsDue(tx: Tx): Promise<string[]> {
  const due = await tx.rows<{ member_id: string }>(sql`
    select member_id from point_holds where ended_at is null and expires_at <= ${tx.now}::timestamptz
    order by expires_at limit ${ended_holds_max}::int`)
  return [...new Set(due.map((row) => row.member_id))]
}

/** Marks the holds of these members whose time is over; they set nothing aside since then. */
export async function endHolds(tx: Tx, member_ids: readonly string[]): Promise<void> {
  await tx.run(sql`
    update point_holds set status = 'expired', ended_at = expires_at
    where member_id = any (${member_ids}::uuid[]) and status = 'held' and expires_at <= ${tx.now}::timestamptz`)
}

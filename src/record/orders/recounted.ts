/** What is known of a member, on its way into member_statistics and member_state_changes. */
import { copyBinary } from '../../base/binary-rows.ts'
import type { Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayText, epochDay, rhythmOf, type Rhythm, type RhythmLimits, type StateMove } from './rhythm.ts'

/** A member as the orders say it. */
export interface Recounted {
  member_id: string
  order_count: number
  orders_net_minor: number
  unmatched_minor: number
  first_order_at: Date | null
  last_order_at: Date | null
  /** `{19723,19724}`: epoch days of purchases, with repetitions. */
  days: string | null
  /** Days that `days` may not know yet. */
  new_days?: readonly string[]
  /** `19723new,19760drowsy`: the moves as stored. */
  moves: string | null
}

/** By what states are decided today. */
export interface Basis {
  /** Epoch day. */
  today: number
  /** Assumed of who has no interval of their own, in hundredths of a day. */
  assumed_e2: number
  limits: RhythmLimits
}

/** Distinct days in ascending order. */
function daysOf({ days, new_days }: Recounted): number[] {
  const distinct = new Set(days && days !== '{}' ? days.slice(1, -1).split(',').map(Number) : [])
  for (const day of new_days ?? []) distinct.add(epochDay(day))
  return [...distinct].sort((a, b) => a - b)
}

function movesOf(text: string | null): { day: number; to: string }[] {
  if (!text) return []
  return text.split(',').map((move) => ({ day: Number.parseInt(move, 10), to: move.replace(/^-?\d+/, '') }))
}

interface MoveWrites {
  added: { member_id: string; move: StateMove }[]
  changed: { member_id: string; move: StateMove }[]
  gone: { member_id: string; day: number }[]
}

/** Only the moves that differ from the stored ones are written: an order in its turn adds one or none. */
function moveWrites(recounted: readonly Recounted[], rhythms: readonly Rhythm[]): MoveWrites {
  const writes: MoveWrites = { added: [], changed: [], gone: [] }
  for (const [i, { member_id, moves }] of recounted.entries()) {
    const stored = movesOf(moves)
    const wanted = rhythms[i]!.moves
    let same = 0
    while (same < stored.length && stored[same]!.day === wanted[same]?.day && stored[same]!.to === wanted[same]?.to)
      same += 1
    // what follows a move that differs may differ in `from`, so all from there on is written
    const old = new Set(stored.slice(same).map((move) => move.day))
    for (const move of wanted.slice(same))
      (old.delete(move.day) ? writes.changed : writes.added).push({ member_id, move })
    for (const day of old) writes.gone.push({ member_id, day })
  }
  return writes
}

const dayOrNull = (day: number | null | undefined) => (day === null || day === undefined ? null : dayText(day))
const daysText = (e2: number | null) => (e2 === null ? null : String(e2 / 100))

/** The CTEs that write member_statistics, and the moves that differ from those stored. */
export function memberCtes(tx: Tx, recounted: readonly Recounted[], basis: Basis): Sql[] {
  const { ctes, added } = memberWrites(tx, recounted, basis)
  return [...ctes, ...addedCtes(added)]
}

/** The same, with the moves that are new apart: of a large set they are copied. */
export function memberWrites(
  tx: Tx,
  recounted: readonly Recounted[],
  basis: Basis,
): { ctes: Sql[]; added: MoveWrites['added'] } {
  const days = recounted.map(daysOf)
  const rhythms = days.map((own) => rhythmOf(own, basis.today, basis.assumed_e2, basis.limits))
  const writes = moveWrites(recounted, rhythms)
  return { ctes: [countedCte(tx, recounted, days, rhythms), ...moveCtes(writes)], added: writes.added }
}

/** New moves as part of a statement. */
export function addedCtes(added: MoveWrites['added']): Sql[] {
  if (added.length === 0) return []
  return [
    sql`moves_added as (
      insert into member_state_changes (member_id, changed_on, from_state, to_state)
      select * from ${movesIn(added)} as moved (member_id, changed_on, from_state, to_state)
    )`,
  ]
}

/** New moves of many members. */
export function copyAdded(tx: Tx, added: MoveWrites['added']): Promise<void> {
  return copyBinary(
    tx,
    'copy member_state_changes (member_id, changed_on, from_state, to_state)',
    added,
    (out, { member_id, move }) => {
      out.row(4)
      out.uuid(member_id)
      out.day(dayText(move.day))
      out.text(move.from)
      out.text(move.to)
    },
  )
}

function countedCte(
  tx: Tx,
  recounted: readonly Recounted[],
  days: readonly number[][],
  rhythms: readonly Rhythm[],
): Sql {
  return sql`counted as (
    update member_statistics s
    set order_count = fresh.order_count, net_minor = fresh.net_minor, orders_net_minor = fresh.orders_net_minor,
      first_order_on = fresh.first_order_on, last_order_on = fresh.last_order_on,
      first_order_at = fresh.first_order_at, last_order_at = fresh.last_order_at, purchase_days = fresh.purchase_days,
      usual_interval_days = fresh.usual_interval_days, rhythm_days = fresh.rhythm_days, state = fresh.state,
      state_since = fresh.state_since, state_due_on = fresh.state_due_on, next_expected_on = fresh.next_expected_on,
      computed_at = ${tx.now}::timestamptz
    from unnest(
      ${recounted.map((row) => row.member_id)}::uuid[], ${recounted.map((row) => row.order_count)}::int[],
      ${recounted.map((row) => row.orders_net_minor - row.unmatched_minor)}::bigint[],
      ${recounted.map((row) => row.orders_net_minor)}::bigint[],
      ${days.map((own) => dayOrNull(own[0]))}::date[], ${days.map((own) => dayOrNull(own.at(-1)))}::date[],
      ${recounted.map((row) => row.first_order_at)}::timestamptz[],
        ${recounted.map((row) => row.last_order_at)}::timestamptz[],
      ${days.map((own) => own.length)}::int[],
      ${rhythms.map((rhythm) => daysText(rhythm.usual_interval_e2))}::numeric[],
      ${rhythms.map((rhythm) => daysText(rhythm.rhythm_e2))}::numeric[],
        ${rhythms.map((rhythm) => rhythm.state)}::text[],
      ${rhythms.map((rhythm) => dayOrNull(rhythm.state_since))}::date[],
      ${rhythms.map((rhythm) => dayOrNull(rhythm.state_due_on))}::date[],
      ${rhythms.map((rhythm) => dayOrNull(rhythm.next_expected_on))}::date[]
    ) as fresh (member_id, order_count, net_minor, orders_net_minor, first_order_on, last_order_on, first_order_at,
      last_order_at, purchase_days, usual_interval_days, rhythm_days, state, state_since, state_due_on,
        next_expected_on)
    where s.member_id = fresh.member_id
  )`
}

/**
 * The days of what is added, changed and deleted never meet, so all three may stand in one statement; most sets only
 * add.
 */
function moveCtes({ changed, gone }: MoveWrites): Sql[] {
  const ctes: Sql[] = []
  if (gone.length > 0) {
    ctes.push(sql`moves_gone as (
      delete from member_state_changes c
      using unnest(${gone.map((move) => move.member_id)}::uuid[], ${gone.map((move) => dayText(move.day))}::date[])
        as gone (member_id, changed_on)
      where c.member_id = gone.member_id and c.changed_on = gone.changed_on
    )`)
  }
  if (changed.length > 0) {
    ctes.push(sql`moves_changed as (
      update member_state_changes c set from_state = moved.from_state, to_state = moved.to_state
      from ${movesIn(changed)} as moved (member_id, changed_on, from_state, to_state)
      where c.member_id = moved.member_id and c.changed_on = moved.changed_on
    )`)
  }
  return ctes
}

function movesIn(rows: MoveWrites['added']): Sql {
  return sql`unnest(
    ${rows.map(({ member_id }) => member_id)}::uuid[], ${rows.map(({ move }) => dayText(move.day))}::date[],
    ${rows.map(({ move }) => move.from)}::text[], ${rows.map(({ move }) => move.to)}::text[])`
}

/**
 * What is known of members from their orders: recomputed, never counted up or down, so that the result cannot
 * depend on how a set was cut. `lock` touches the members' rows of member_statistics (whoever changes orders of a
 * member does it first, so such changes wait for each other and each later statement sees what the one before has
 * written); `rewrite` reads the members' orders and writes all four tables.
 *
 * An order that comes late, or goes away, changes the purchase days and so may rewrite the history of states of its
 * member: the moves are derived, not recorded. Recomputing without a change writes the same rows.
 */
import type { Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../program/program.ts'
import { dayText, epochDay, rhythmOf, type Rhythm, type RhythmLimits, type StateMove } from './rhythm.ts'

/** Assumed of everybody before any member has an interval of their own: monthly, the most usual rhythm of a shop. */
export const interval_days_default = 30

export type MemberKind = 'guest' | 'follower' | 'member' | 'walk_in'

/**
 * Touches the statistics rows of these members (in sorted order: callers never wait in a circle) and tells what
 * they are.
 */
export async function lock(tx: Tx, member_ids: readonly string[]): Promise<Map<string, MemberKind>> {
  const ids = [...new Set(member_ids)].sort()
  if (ids.length === 0) return new Map()
  const rows = await tx.rows<{ member_id: string; kind: MemberKind }>(sql`
    with touched as (
      insert into member_statistics (member_id, order_count, net_minor, orders_net_minor, purchase_days, computed_at)
      select m.member_id, 0, 0, 0, 0, ${tx.now}::timestamptz
      from members m
      where m.member_id = any (${ids}::uuid[]) and m.kind <> 'walk_in'
      order by m.member_id
      on conflict (member_id) do update set computed_at = excluded.computed_at
    )
    select m.member_id, m.kind from members m where m.member_id = any (${ids}::uuid[])`)
  return new Map(rows.map((row) => [row.member_id, row.kind]))
}

/** Locks and recomputes these members; walk-ins among them are left out, they have no statistics. */
export async function recompute(tx: Tx, member_ids: readonly string[]): Promise<void> {
  const kinds = await lock(tx, member_ids)
  await rewrite(
    tx,
    [...kinds].filter(([, kind]) => kind !== 'walk_in').map(([member_id]) => member_id),
  )
}

interface Recounted {
  member_id: string
  order_count: number
  orders_net_minor: number
  unmatched_minor: number
  first_order_at: Date | null
  last_order_at: Date | null
  /** `{19723,19724}`: epoch days of purchases, with repetitions. */
  days: string | null
  /** `19723new,19760drowsy`: the moves as stored. */
  moves: string | null
  assumed: string | null
  limits: RhythmLimits | null
}

/** Recomputes locked members from their orders. Two statements, whatever their number. */
export async function rewrite(tx: Tx, member_ids: readonly string[]): Promise<void> {
  if (member_ids.length === 0) return
  const ids = [...new Set(member_ids)].sort()
  const { time_zone, settings } = await program.current(tx)
  const today = epochDay(dayOf(tx.now, time_zone))
  const recounted = await recount(tx, ids)
  const assumed_e2 = Math.round(Number(recounted[0]?.assumed ?? interval_days_default) * 100)
  const limits = recounted[0]?.limits ?? settings.rhythm
  const rhythms = recounted.map((row) => rhythmOf(daysOf(row.days), today, assumed_e2, limits))
  await write(tx, ids, recounted, rhythms)
}

/**
 * One pass over the orders of each member, by the primary key. LATERAL: fresh tables have no statistics to plan a
 * join by.
 */
async function recount(tx: Tx, ids: readonly string[]): Promise<Recounted[]> {
  return tx.rows<Recounted>(sql`
    select wanted.member_id, o.*, r.unmatched_minor, c.moves, (select interval_days from order_rhythm) as assumed,
      (select limits from order_rhythm) as limits
    from unnest(${ids}::uuid[]) as wanted (member_id)
    cross join lateral (
      select count(*) filter (where kind = 'order') as order_count,
        coalesce(sum(net_minor - refunded_minor), 0)::bigint as orders_net_minor,
        min(occurred_at) as first_order_at, max(occurred_at) as last_order_at,
        (array_agg(ordered_on - date '1970-01-01') filter (where kind = 'order'))::text as days
      from orders where orders.member_id = wanted.member_id and counts
    ) o
    cross join lateral (
      select coalesce(sum(unmatched_minor), 0)::bigint as unmatched_minor
      from order_refunds where order_refunds.member_id = wanted.member_id
    ) r
    cross join lateral (
      select string_agg((changed_on - date '1970-01-01') || to_state, ',' order by changed_on) as moves
      from member_state_changes where member_state_changes.member_id = wanted.member_id
    ) c`)
}

/** Distinct days in ascending order. */
function daysOf(text: string | null): number[] {
  if (!text || text === '{}') return []
  const days = [...new Set(text.slice(1, -1).split(',').map(Number))]
  return days.sort((a, b) => a - b)
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

async function write(
  tx: Tx,
  ids: readonly string[],
  recounted: readonly Recounted[],
  rhythms: readonly Rhythm[],
): Promise<void> {
  await tx.run(sql`
    with wanted as materialized (select unnest(${ids}::uuid[]) as member_id),
    ${memberWrites(tx, recounted, rhythms)},
    ${moveCtes(moveWrites(recounted, rhythms))},
    ${storeCtes},
    ${categoryCtes}
    select from wanted limit 0`)
}

function memberWrites(tx: Tx, recounted: readonly Recounted[], rhythms: readonly Rhythm[]): Sql {
  const days = recounted.map((row) => daysOf(row.days))
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

/** The days of what is added, changed and deleted never meet, so all three may stand in one statement. */
function moveCtes({ added, changed, gone }: MoveWrites): Sql {
  return sql`moves_gone as (
    delete from member_state_changes c
    using unnest(${gone.map((move) => move.member_id)}::uuid[], ${gone.map((move) => dayText(move.day))}::date[])
      as gone (member_id, changed_on)
    where c.member_id = gone.member_id and c.changed_on = gone.changed_on
  ),
  moves_changed as (
    update member_state_changes c set from_state = moved.from_state, to_state = moved.to_state
    from ${movesIn(changed)} as moved (member_id, changed_on, from_state, to_state)
    where c.member_id = moved.member_id and c.changed_on = moved.changed_on
  ),
  moves_added as (
    insert into member_state_changes (member_id, changed_on, from_state, to_state)
    select * from ${movesIn(added)} as moved (member_id, changed_on, from_state, to_state)
  )`
}

function movesIn(rows: MoveWrites['added']): Sql {
  return sql`unnest(
    ${rows.map(({ member_id }) => member_id)}::uuid[], ${rows.map(({ move }) => dayText(move.day))}::date[],
    ${rows.map(({ move }) => move.from)}::text[], ${rows.map(({ move }) => move.to)}::text[])`
}

/**
 * What is there is read once and held against what is right; only rows that differ are written. They change only behind
 * their member's lock, so what is not there now may be inserted without asking again.
 */
const storeCtes = sql`by_store as materialized (
    select wanted.member_id, o.*
    from wanted cross join lateral (
      select store_id, count(*) filter (where kind = 'order')::int as order_count,
        sum(net_minor - refunded_minor)::bigint as net_minor, min(ordered_on) as first_on, max(ordered_on) as last_on,
        min(occurred_at) as first_at, max(occurred_at) as last_at
      from orders where orders.member_id = wanted.member_id and counts and store_id is not null
      group by store_id
    ) o
  ),
  old_stores as materialized (
    select s.* from wanted cross join lateral (
      select * from member_store_statistics s where s.member_id = wanted.member_id offset 0
    ) s
  ),
  stores_gone as (
    delete from member_store_statistics s
    using (
      select member_id, store_id from old_stores s
      where not exists (select from by_store f where f.member_id = s.member_id and f.store_id = s.store_id)
    ) gone
    where s.member_id = gone.member_id and s.store_id = gone.store_id
  ),
  stores_changed as (
    update member_store_statistics s
    set order_count = f.order_count, net_minor = f.net_minor, first_order_on = f.first_on, last_order_on = f.last_on,
      first_order_at = f.first_at, last_order_at = f.last_at
    from (
      select f.* from by_store f join old_stores s on s.member_id = f.member_id and s.store_id = f.store_id
      where (s.order_count, s.net_minor, s.first_order_at, s.last_order_at)
        is distinct from (f.order_count, f.net_minor, f.first_at, f.last_at)
    ) f
    where s.member_id = f.member_id and s.store_id = f.store_id
  ),
  stores_added as (
    insert into member_store_statistics (member_id, store_id, order_count, net_minor, first_order_on, last_order_on,
      first_order_at, last_order_at)
    select f.* from by_store f
    where not exists (select from old_stores s where s.member_id = f.member_id and s.store_id = f.store_id)
  )`

/** A line counts while something of it is left; lines without quantity are money only (supplements). */
const categoryCtes = sql`by_category as materialized (
    select wanted.member_id, c.*
    from wanted cross join lateral (
      select l.category, count(distinct coalesce(o.adds_to, o.order_id))::int as order_count,
        sum(l.quantity - l.refunded_quantity) as quantity, sum(l.net_minor - l.refunded_minor)::bigint as net_minor,
        min(o.ordered_on) as first_on, max(o.ordered_on) as last_on,
        min(o.occurred_at) as first_at, max(o.occurred_at) as last_at
      from orders o
      join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id
      where o.member_id = wanted.member_id and l.member_id = wanted.member_id and o.counts and l.category is not null
        and (l.refunded_quantity < l.quantity or l.quantity = 0)
      group by l.category
    ) c
  ),
  old_categories as materialized (
    select s.* from wanted cross join lateral (
      select * from member_category_statistics s where s.member_id = wanted.member_id offset 0
    ) s
  ),
  categories_gone as (
    delete from member_category_statistics s
    using (
      select member_id, category from old_categories s
      where not exists (select from by_category f where f.member_id = s.member_id and f.category = s.category)
    ) gone
    where s.member_id = gone.member_id and s.category = gone.category
  ),
  categories_changed as (
    update member_category_statistics s
    set order_count = f.order_count, quantity = f.quantity, net_minor = f.net_minor, first_order_on = f.first_on,
      last_order_on = f.last_on, first_order_at = f.first_at, last_order_at = f.last_at
    from (
      select f.* from by_category f join old_categories s on s.member_id = f.member_id and s.category = f.category
      where (s.order_count, s.quantity, s.net_minor, s.first_order_at, s.last_order_at)
        is distinct from (f.order_count, f.quantity, f.net_minor, f.first_at, f.last_at)
    ) f
    where s.member_id = f.member_id and s.category = f.category
  ),
  categories_added as (
    insert into member_category_statistics (member_id, category, order_count, quantity, net_minor, first_order_on,
      last_order_on, first_order_at, last_order_at)
    select f.* from by_category f
    where not exists (select from old_categories s where s.member_id = f.member_id and s.category = f.category)
  )`

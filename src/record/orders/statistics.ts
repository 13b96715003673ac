/**
 * What is known of members from their orders. `lock` touches the members' rows of member_statistics (whoever changes
 * orders of a member does it first, so such changes wait for each other and each later statement sees what the one
 * before has written). Then `add` (adding.ts) adds orders that were not there before, at a cost that does not grow with
 * the member's history; `rewrite` recomputes everything from the orders, for all that takes back or changes. Both
 * reach the same rows, however a set was cut.
 *
 * An order that comes late, or goes away, changes the purchase days and so may rewrite the history of states of its
 * member: the moves are derived, not recorded. Recomputing without a change writes the same rows.
 */
import type { Tx } from '../../base/db.ts'
import { join, sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../program/program.ts'
import { memberCtes, type Basis, type Recounted } from './recounted.ts'
import { epochDay, type RhythmLimits } from './rhythm.ts'

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

/**
 * Locks these members and decides their states anew, by a rhythm or on a day that is another now. What they bought at
 * which store and of which category hangs on neither.
 */
export async function restate(tx: Tx, member_ids: readonly string[]): Promise<void> {
  const kinds = await lock(tx, member_ids)
  const ids = [...kinds].filter(([, kind]) => kind !== 'walk_in').map(([member_id]) => member_id)
  if (ids.length === 0) return
  const rows = await recount(tx, ids.sort())
  const basis = await basisOf(tx, rows[0])
  await tx.run(sql`with ${join(memberCtes(tx, rows, basis))} select 1`)
}

/** Recomputes locked members from their orders. Two statements, whatever their number. */
export async function rewrite(tx: Tx, member_ids: readonly string[]): Promise<void> {
  if (member_ids.length === 0) return
  const ids = [...new Set(member_ids)].sort()
  const rows = await recount(tx, ids)
  const basis = await basisOf(tx, rows[0])
  await tx.run(sql`
    with wanted as materialized (select unnest(${ids}::uuid[]) as member_id),
    ${join([...memberCtes(tx, rows, basis), storeCtes, categoryCtes])}
    select from wanted limit 0`)
}

/** What a nightly look has adopted, read along with the members (`basisSql`); the settings until then. */
export interface BasisRow {
  assumed: string | null
  limits: RhythmLimits | null
}
export const basisSql = sql`(select interval_days from order_rhythm) as assumed,
  (select limits from order_rhythm) as limits`

/** By what states are decided in this transaction. */
export async function basisOf(tx: Tx, row: BasisRow | undefined): Promise<Basis> {
  const { time_zone, settings } = await program.current(tx)
  return {
    today: epochDay(dayOf(tx.now, time_zone)),
    assumed_e2: Math.round(Number(row?.assumed ?? interval_days_default) * 100),
    limits: row?.limits ?? settings.rhythm,
  }
}

/**
 * One pass over the orders of each member, by the primary key. LATERAL: fresh tables have no statistics to plan a
 * join by.
 */
async function recount(tx: Tx, ids: readonly string[]): Promise<(Recounted & BasisRow)[]> {
  return tx.rows<Recounted & BasisRow>(sql`
    select wanted.member_id, o.*, r.unmatched_minor, c.moves, ${basisSql}
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

/**
 * What is there is read once and held against what is right; only rows that differ are written. They change only behind
 * their member's lock, so what is not there now may be inserted without asking again. A full join, because it is hashed
 * or merged whatever the planner guesses of the size of a set.
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
  store_moves as materialized (
    select f.*, coalesce(f.member_id, s.member_id) as owner_id, coalesce(f.store_id, s.store_id) as at_store_id,
      f.member_id is null as is_gone, s.member_id is null as is_new
    from by_store f full join old_stores s on s.member_id = f.member_id and s.store_id = f.store_id
    where (s.order_count, s.net_minor, s.first_order_at, s.last_order_at)
      is distinct from (f.order_count, f.net_minor, f.first_at, f.last_at)
  ),
  stores_gone as (
    delete from member_store_statistics s using store_moves f
    where f.is_gone and s.member_id = f.owner_id and s.store_id = f.at_store_id
  ),
  stores_changed as (
    update member_store_statistics s
    set order_count = f.order_count, net_minor = f.net_minor, first_order_on = f.first_on, last_order_on = f.last_on,
      first_order_at = f.first_at, last_order_at = f.last_at
    from store_moves f
    where not f.is_gone and not f.is_new and s.member_id = f.member_id and s.store_id = f.store_id
  ),
  stores_added as (
    insert into member_store_statistics (member_id, store_id, order_count, net_minor, first_order_on, last_order_on,
      first_order_at, last_order_at)
    select member_id, store_id, order_count, net_minor, first_on, last_on, first_at, last_at
    from store_moves where is_new
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
  category_moves as materialized (
    select f.*, coalesce(f.member_id, s.member_id) as owner_id, coalesce(f.category, s.category) as of_category,
      f.member_id is null as is_gone, s.member_id is null as is_new
    from by_category f full join old_categories s on s.member_id = f.member_id and s.category = f.category
    where (s.order_count, s.quantity, s.net_minor, s.first_order_at, s.last_order_at)
      is distinct from (f.order_count, f.quantity, f.net_minor, f.first_at, f.last_at)
  ),
  categories_gone as (
    delete from member_category_statistics s using category_moves f
    where f.is_gone and s.member_id = f.owner_id and s.category = f.of_category
  ),
  categories_changed as (
    update member_category_statistics s
    set order_count = f.order_count, quantity = f.quantity, net_minor = f.net_minor, first_order_on = f.first_on,
      last_order_on = f.last_on, first_order_at = f.first_at, last_order_at = f.last_at
    from category_moves f
    where not f.is_gone and not f.is_new and s.member_id = f.member_id and s.category = f.category
  ),
  categories_added as (
    insert into member_category_statistics (member_id, category, order_count, quantity, net_minor, first_order_on,
      last_order_on, first_order_at, last_order_at)
    select member_id, category, order_count, quantity, net_minor, first_on, last_on, first_at, last_at
    from category_moves where is_new
  )`

/** What stands behind a number of a store's day: the receipts, people, uses or refunds it counts. Reads only. */
import type { Reader } from '../../../base/db.ts'
import { sql, type Sql } from '../../../base/sql.ts'
import { doer, joinsOf, ordersOf, rangeOf, refundsOf, topUpsOf, usesOf, type DaysWanted, type Range } from './days.ts'

/** More than this nobody reads; the range is to be narrowed. */
const shown_max = 500

export type EntryKind = 'orders' | 'members' | 'joined' | 'privileges' | 'refunds' | 'top_ups'
export interface Entry {
  at: Date
  /** null: nobody. */
  member_id: string | null
  display_name: string | null
  number: string | null
  /** Of the privilege, or the card. */
  names: Record<string, string> | null
  amount_minor: number | null
  order_id: string | null
  actor_name: string | null
  /** Of a top-up: how it was paid, and who approved of it. */
  note: string | null
  approved_by_name: string | null
}

/** What only top-ups say. */
const none = sql`null::text, null::text`

const orders = (range: Range, extra: Sql) => sql`
  select o.occurred_at as at, case when m.kind <> 'walk_in' then m.member_id end as member_id, m.display_name,
    o.source_id as number, null::jsonb as names, o.net_minor - o.refunded_minor as amount_minor, o.order_id,
    ${doer(sql`coalesce(h.actor, given.actor)`)} as actor, ${none}
  from ${ordersOf(range)} and ${extra}`

const kinds: Record<EntryKind, (range: Range) => Sql> = {
  orders: (range) => orders(range, sql`true`),
  members: (range) => orders(range, sql`m.kind = 'member'`),
  joined: (range) => sql`
    select m.joined_at, m.member_id, m.display_name, null, null::jsonb, null::bigint, null::uuid,
      ${doer(sql`told.actor`)} as actor, ${none}
    from ${joinsOf(range)}`,
  privileges: (range) => sql`
    select u.used_at, u.member_id, null, null, p.names, null::bigint, null::uuid, ${doer(sql`u.actor`)} as actor,
      ${none}
    from ${usesOf(range)}`,
  refunds: (range) => sql`
    select r.occurred_at, r.member_id, null, r.source_id, null::jsonb, r.net_minor, r.order_id,
      ${doer(sql`told.actor`)} as actor, ${none}
    from ${refundsOf(range)}`,
  top_ups: (range) => sql`
    select t.paid_at, t.member_id, null, null, d.names, t.paid_minor, null::uuid, ${doer(sql`t.actor`)} as actor,
      t.paid_by, t.approved_by_name
    from (select t.* from ${topUpsOf(range)}) t
    left join card_definitions d on d.card_definition_id = t.card_definition_id`,
}

/** Whoever stands behind no counter: the shop's system, keys, the program itself. */
const system = 'system'

/** The newest first; `actor` as the day's row names it, `system` for a row that names nobody, or none for all. */
export async function entriesOf(
  db: Reader,
  wanted: DaysWanted & { of: EntryKind; actor?: string | undefined },
): Promise<Entry[]> {
  const range = await rangeOf(db, wanted)
  const { actor = null } = wanted
  return db.rows<Entry>(sql`
    with entries (at, member_id, display_name, number, names, amount_minor, order_id, actor, note,
      approved_by_name) as (
      ${kinds[wanted.of](range)}
    )
    select e.at, case when m.kind <> 'walk_in' then e.member_id end as member_id, m.display_name, e.number, e.names,
      e.amount_minor, e.order_id, person.name as actor_name, e.note, e.approved_by_name
    from entries e left join members m on m.member_id = e.member_id
    left join staff person on e.actor = 'staff:' || person.staff_id
    where ${actor}::text is null or coalesce(e.actor, ${system}::text) = ${actor}::text
    order by e.at desc limit ${shown_max}::int`)
}

/** A store's days for its manager: what each person rang up, gave and took back. Reads only. */
import type { Reader } from '../../../base/db.ts'
import { join, sql, type Sql } from '../../../base/sql.ts'
import { addDays, startOfDay } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'

export interface DaysWanted {
  /** null: every store. */
  store_ids: readonly string[] | null
  /** Days in the program's zone, both included. */
  from: string
  to: string
}
export interface Range extends DaysWanted {
  begins: Date
  ends: Date
}

export interface DayCounts {
  day: string
  store_id: string | null
  store_name: string | null
  actor: string | null
  actor_name: string | null
  orders: number
  sales_minor: number
  member_orders: number
  member_sales_minor: number
  joined: number
  privileges_used: number
  points_given: number
  receipts_given: number
  refunds: number
  refunded_minor: number
  top_ups: number
  topped_up_minor: number
  alarms: number
}

/** The figures each part fills in; the others are null there. */
const figures = [
  'orders',
  'sales_minor',
  'member_orders',
  'member_sales_minor',
  'joined',
  'privileges_used',
  'points_given',
  'receipts_given',
  'refunds',
  'refunded_minor',
  'top_ups',
  'topped_up_minor',
  'alarms',
] as const
type Figure = (typeof figures)[number]

function part(head: Sql, of: Partial<Record<Figure, Sql>>, body: Sql): Sql {
  const cells = figures.map((figure) => of[figure] ?? sql`null::bigint`)
  return sql`select ${head}, ${join(cells)} from ${body}`
}

const one = sql`1::bigint`
const here = (store: Sql, { store_ids }: Range) =>
  sql`(${store_ids}::uuid[] is null or ${store} = any (${store_ids}::uuid[]))`
/** Who did a fact; the system and keys are nobody behind the counter. */
export const doer = (actor: Sql) => sql`case when ${actor} like 'staff:%' then ${actor} end`

/** Whose number it is tells who rang it up, wherever the receipt went since; one that was added, who added it. */
export const ordersOf = (range: Range) => sql`orders o join members m on m.member_id = o.member_id
      left join till_keys k on k.source = o.source and k.source_id = o.source_id
      left join till_holds h on h.member_id = k.member_id and h.hold_id = k.hold_id
      left join till_given_receipts given on given.member_id = o.member_id and given.order_id = o.order_id
    where o.counts and o.occurred_at >= ${range.begins}::timestamptz and o.occurred_at < ${range.ends}::timestamptz
      and ${here(sql`o.store_id`, range)}`

const orders = (range: Range) =>
  part(
    sql`o.ordered_on as day, o.store_id, ${doer(sql`coalesce(h.actor, given.actor)`)} as actor`,
    {
      orders: sql`(o.kind = 'order')::int::bigint`,
      sales_minor: sql`o.net_minor - o.refunded_minor`,
      member_orders: sql`(m.kind = 'member' and o.kind = 'order')::int::bigint`,
      member_sales_minor: sql`case when m.kind = 'member' then o.net_minor - o.refunded_minor end`,
    },
    ordersOf(range),
  )

export const joinsOf = (range: Range) => sql`members m cross join program left join lateral (
        select actor from facts f where f.member_id = m.member_id and f.name = 'member.joined' limit 1) told on true
    where m.kind = 'member' and m.join_store_id is not null and ${here(sql`m.join_store_id`, range)}
      and m.joined_at >= ${range.begins}::timestamptz and m.joined_at < ${range.ends}::timestamptz`

const joins = (range: Range) =>
  part(
    sql`(m.joined_at at time zone program.time_zone)::date, m.join_store_id, ${doer(sql`told.actor`)}`,
    { joined: one },
    joinsOf(range),
  )

export const usesOf = (range: Range) => sql`privileges p join privilege_uses u on u.privilege_id = p.privilege_id
        and u.used_at >= ${range.begins}::timestamptz and u.used_at < ${range.ends}::timestamptz
      cross join program
    where u.undone_at is null and ${here(sql`u.store_id`, range)}`

const uses = (range: Range) =>
  part(
    sql`(u.used_at at time zone program.time_zone)::date, u.store_id, ${doer(sql`u.actor`)}`,
    { privileges_used: one },
    usesOf(range),
  )

const points = (range: Range) =>
  part(
    sql`g.given_on, g.store_id, ${doer(sql`g.actor`)}`,
    { points_given: sql`g.points` },
    sql`till_given_points g
    where g.given_on between ${range.from}::date and ${range.to}::date and ${here(sql`g.store_id`, range)}`,
  )

const receipts = (range: Range) =>
  part(
    sql`g.given_on, g.store_id, ${doer(sql`g.actor`)}`,
    { receipts_given: one },
    sql`till_given_receipts g
    where g.given_on between ${range.from}::date and ${range.to}::date and ${here(sql`g.store_id`, range)}`,
  )

/** What a receipt left behind where it stood before is no refund: nobody got money. */
export const refundsOf = (range: Range) => sql`order_refunds r left join lateral (
        select actor from facts f where f.member_id = r.member_id and f.name = 'order.refunded'
          and f.data->>'refund_id' = r.refund_id::text limit 1) told on true
    where r.occurred_at >= ${range.begins}::timestamptz and r.occurred_at < ${range.ends}::timestamptz
      and ${here(sql`r.store_id`, range)}
      and not (r.kind = 'cancellation' and exists (
        select from till_given_receipts g where g.from_member_id = r.member_id and g.from_order_id = r.order_id))`

const refunds = (range: Range) =>
  part(
    sql`r.ordered_on, r.store_id, ${doer(sql`told.actor`)}`,
    { refunds: one, refunded_minor: sql`r.net_minor` },
    refundsOf(range),
  )

export const topUpsOf = (range: Range) => sql`till_top_ups t
    where t.paid_on between ${range.from}::date and ${range.to}::date and ${here(sql`t.store_id`, range)}`

const topUps = (range: Range) =>
  part(
    sql`t.paid_on, t.store_id, ${doer(sql`t.actor`)}`,
    { top_ups: one, topped_up_minor: sql`t.paid_minor` },
    topUpsOf(range),
  )

const alarms = (range: Range) =>
  part(
    sql`a.day, a.store_id, ${doer(sql`a.actor`)}`,
    { alarms: one },
    sql`till_alarms a
    where a.day between ${range.from}::date and ${range.to}::date and ${here(sql`a.store_id`, range)}`,
  )

/** By day, store and person, the newest day first. One statement. */
export async function daysOf(db: Reader, wanted: DaysWanted): Promise<DayCounts[]> {
  const range = await rangeOf(db, wanted)
  const parts = [orders, joins, uses, points, receipts, refunds, topUps, alarms].map((make) => make(range))
  return db.rows<DayCounts>(sql`
    with parts (day, store_id, actor, orders, sales_minor, member_orders, member_sales_minor, joined,
      privileges_used, points_given, receipts_given, refunds, refunded_minor, top_ups, topped_up_minor, alarms) as (
      ${join(parts, ' union all ')})
    select p.day, p.store_id, store.name as store_name, p.actor, person.name as actor_name,
      coalesce(sum(orders), 0)::bigint as orders, coalesce(sum(sales_minor), 0)::bigint as sales_minor,
      coalesce(sum(member_orders), 0)::bigint as member_orders,
      coalesce(sum(member_sales_minor), 0)::bigint as member_sales_minor,
      coalesce(sum(joined), 0)::bigint as joined, coalesce(sum(privileges_used), 0)::bigint as privileges_used,
      coalesce(sum(points_given), 0)::bigint as points_given,
      coalesce(sum(receipts_given), 0)::bigint as receipts_given,
      coalesce(sum(refunds), 0)::bigint as refunds, coalesce(sum(refunded_minor), 0)::bigint as refunded_minor,
      coalesce(sum(top_ups), 0)::bigint as top_ups, coalesce(sum(topped_up_minor), 0)::bigint as topped_up_minor,
      coalesce(sum(alarms), 0)::bigint as alarms
    from parts p left join stores store on store.store_id = p.store_id
    left join staff person on p.actor = 'staff:' || person.staff_id
    group by p.day, p.store_id, store.name, p.actor, person.name
    order by p.day desc, store.name nulls last, person.name nulls last`)
}

export async function rangeOf(db: Reader, wanted: DaysWanted): Promise<Range> {
  const { time_zone } = await program.current(db)
  return { ...wanted, begins: startOfDay(wanted.from, time_zone), ends: startOfDay(addDays(wanted.to, 1), time_zone) }
}

/** More than this nobody reads; the range is to be narrowed. */
const given_max = 500

/** Behind the numbers: receipts and points that clerks gave, the newest first. */
export async function givenRows(db: Reader, range: DaysWanted & { kind?: 'receipts' | 'points' | undefined }) {
  const { from, to, store_ids, kind = null } = range
  return db.rows<{
    kind: 'added' | 'claimed' | 'moved' | 'points'
    member_id: string
    display_name: string | null
    order_id: string | null
    number: string | null
    amount: number
    store_name: string | null
    reason: string
    actor_name: string
    approved_by_name: string | null
    given_at: Date
  }>(sql`
    with given as (
      select kind, member_id, order_id, source_id as number, net_minor as amount, store_id, reason, actor_name,
        approved_by_name, given_at
      from till_given_receipts
      where given_on between ${from}::date and ${to}::date and ${kind}::text is distinct from 'points'
      union all
      select 'points', member_id, null, null, points, store_id, reason, actor_name, approved_by_name, given_at
      from till_given_points
      where given_on between ${from}::date and ${to}::date and ${kind}::text is distinct from 'receipts'
    )
    select given.kind, given.member_id, m.display_name, given.order_id, given.number, given.amount,
      store.name as store_name, given.reason, given.actor_name, given.approved_by_name, given.given_at
    from given join members m on m.member_id = given.member_id left join stores store on store.store_id = given.store_id
    where ${store_ids}::uuid[] is null or given.store_id = any (${store_ids}::uuid[])
    order by given.given_at desc limit ${given_max}::int`)
}

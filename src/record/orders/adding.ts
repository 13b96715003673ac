/**
 * Orders that were not there before, added to what is known of their members: what they bought in all, by store and
 * by category is counted up, the rhythm is read from the purchase days. Reaches the rows that `rewrite` would, at a
 * cost that does not grow with the lines a member has ever bought.
 */
import type { Tx } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import { memberCtes, type Recounted } from './recounted.ts'
import { quantityFromText, quantityText } from './rules.ts'
import { basisOf, basisSql, rewrite, type BasisRow } from './statistics.ts'
import type { OrderInput } from './types.ts'

/** What a set of orders adds to one member, or to one of a member's stores or categories. */
interface Added {
  member_id: string
  order_count: number
  net_minor: number
  first: OrderInput
  last: OrderInput
}
type AddedToStore = Added & { store_id: string }
type AddedToCategory = Added & { category: string; quantity_e4: number }

/**
 * Adds booked orders to their members, who are locked; `before` was read behind that lock. Walk-ins are left out by
 * the caller. One statement; more only where adjustments or supplements are among them, whose members are recomputed.
 */
export async function add(tx: Tx, booked: readonly OrderInput[], before: readonly Before[]): Promise<void> {
  const whole = new Set(booked.filter((order) => order.kind !== 'order').map((order) => order.member_id))
  const plain = booked.filter((order) => order.counts && !whole.has(order.member_id))
  if (plain.length > 0) await addPlain(tx, plain, before)
  await rewrite(tx, [...whole])
}

async function addPlain(tx: Tx, orders: readonly OrderInput[], before: readonly Before[]): Promise<void> {
  const members = new Map<string, Added>()
  const stores = new Map<string, AddedToStore>()
  const categories = new Map<string, AddedToCategory>()
  for (const order of orders) {
    const { member_id, store_id } = order
    take(members, member_id, order, order.net_minor, () => ({}))
    if (store_id !== null) take(stores, `${member_id} ${store_id}`, order, order.net_minor, () => ({ store_id }))
    takeLines(categories, order)
  }
  const days = new Map<string, string[]>()
  for (const { member_id, ordered_on } of orders) {
    const own = days.get(member_id)
    if (own) own.push(ordered_on)
    else days.set(member_id, [ordered_on])
  }
  const basis = await basisOf(tx, before[0])
  const recounted = before.flatMap((row) => {
    const added = members.get(row.member_id)
    return added ? [together(row, added, days.get(row.member_id)!)] : []
  })
  const ctes = memberCtes(tx, recounted, basis)
  if (stores.size > 0) ctes.push(storesCte([...stores.values()].sort(byMember)))
  if (categories.size > 0) ctes.push(categoriesCte([...categories.values()].sort(byMember)))
  tx.send(sql`with ${join(ctes)} select 1`)
}

function byMember(a: Added, b: Added): number {
  return a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0
}

function take<T extends Added>(
  known: Map<string, T>,
  key: string,
  order: OrderInput,
  net_minor: number,
  more: () => Omit<T, keyof Added>,
): T {
  let one = known.get(key)
  if (!one) {
    const start: Added = { member_id: order.member_id, order_count: 0, net_minor: 0, first: order, last: order }
    one = { ...start, ...more() } as T
    known.set(key, one)
  }
  one.order_count += 1
  one.net_minor += net_minor
  if (order.occurred_at < one.first.occurred_at) one.first = order
  if (order.occurred_at > one.last.occurred_at) one.last = order
  return one
}

/** An order counts once in each category of its lines; a line of less than nothing counts in none. */
function takeLines(categories: Map<string, AddedToCategory>, order: OrderInput): void {
  const own = new Map<string, { quantity_e4: number; net_minor: number }>()
  for (const { category, quantity, net_minor } of order.lines) {
    const quantity_e4 = quantityFromText(quantity)
    if (category === null || quantity_e4 < 0) continue
    const sum = own.get(category)
    if (!sum) own.set(category, { quantity_e4, net_minor })
    else {
      sum.quantity_e4 += quantity_e4
      sum.net_minor += net_minor
    }
  }
  for (const [category, { quantity_e4, net_minor }] of own) {
    const one = take(categories, `${order.member_id} ${category}`, order, net_minor, () => ({
      category,
      quantity_e4: 0,
    }))
    one.quantity_e4 += quantity_e4
  }
}

/** A member before the set that is added. Of its days it may know some of the set's already. */
export type Before = Omit<Recounted, 'unmatched_minor'> & { net_minor: number } & BasisRow

/** What is known of these members, in the order of their ids. */
export async function readBefore(tx: Tx, member_ids: readonly string[]): Promise<Before[]> {
  if (member_ids.length === 0) return []
  const ids = [...new Set(member_ids)].sort()
  return tx.rows<Before>(sql`
    select s.member_id, s.order_count, s.net_minor, s.orders_net_minor, s.first_order_at, s.last_order_at, o.days,
      c.moves, ${basisSql}
    from unnest(${ids}::uuid[]) as wanted (member_id)
    join member_statistics s on s.member_id = wanted.member_id
    cross join lateral (
      select array_agg(ordered_on - date '1970-01-01')::text as days
      from orders where orders.member_id = wanted.member_id and counts and kind = 'order'
    ) o
    cross join lateral (
      select string_agg((changed_on - date '1970-01-01') || to_state, ',' order by changed_on) as moves
      from member_state_changes where member_state_changes.member_id = wanted.member_id
    ) c`)
}

function together(before: Before, added: Added, days: readonly string[]): Recounted {
  const { first_order_at: first, last_order_at: last } = before
  return {
    member_id: before.member_id,
    order_count: before.order_count + added.order_count,
    orders_net_minor: before.orders_net_minor + added.net_minor,
    unmatched_minor: before.orders_net_minor - before.net_minor,
    first_order_at: first && first < added.first.occurred_at ? first : added.first.occurred_at,
    last_order_at: last && last > added.last.occurred_at ? last : added.last.occurred_at,
    days: before.days,
    new_days: days,
    moves: before.moves,
  }
}

function storesCte(rows: readonly AddedToStore[]): Sql {
  return sql`stores as (
    insert into member_store_statistics as s (member_id, store_id, order_count, net_minor, first_order_on,
      last_order_on, first_order_at, last_order_at)
    select * from unnest(
      ${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.store_id)}::uuid[],
      ${rows.map((row) => row.order_count)}::int[], ${rows.map((row) => row.net_minor)}::bigint[],
      ${rows.map((row) => row.first.ordered_on)}::date[], ${rows.map((row) => row.last.ordered_on)}::date[],
      ${rows.map((row) => row.first.occurred_at)}::timestamptz[],
      ${rows.map((row) => row.last.occurred_at)}::timestamptz[])
    on conflict (member_id, store_id) do update
    set order_count = s.order_count + excluded.order_count, net_minor = s.net_minor + excluded.net_minor,
      first_order_on = least(s.first_order_on, excluded.first_order_on),
      last_order_on = greatest(s.last_order_on, excluded.last_order_on),
      first_order_at = least(s.first_order_at, excluded.first_order_at),
      last_order_at = greatest(s.last_order_at, excluded.last_order_at)
  )`
}

function categoriesCte(rows: readonly AddedToCategory[]): Sql {
  return sql`categories as (
    insert into member_category_statistics as s (member_id, category, order_count, quantity, net_minor, first_order_on,
      last_order_on, first_order_at, last_order_at)
    select * from unnest(
      ${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.category)}::text[],
      ${rows.map((row) => row.order_count)}::int[], ${rows.map((row) => quantityText(row.quantity_e4))}::numeric[],
      ${rows.map((row) => row.net_minor)}::bigint[],
      ${rows.map((row) => row.first.ordered_on)}::date[], ${rows.map((row) => row.last.ordered_on)}::date[],
      ${rows.map((row) => row.first.occurred_at)}::timestamptz[],
      ${rows.map((row) => row.last.occurred_at)}::timestamptz[])
    on conflict (member_id, category) do update
    set order_count = s.order_count + excluded.order_count, quantity = s.quantity + excluded.quantity,
      net_minor = s.net_minor + excluded.net_minor,
      first_order_on = least(s.first_order_on, excluded.first_order_on),
      last_order_on = greatest(s.last_order_on, excluded.last_order_on),
      first_order_at = least(s.first_order_at, excluded.first_order_at),
      last_order_at = greatest(s.last_order_at, excluded.last_order_at)
  )`
}

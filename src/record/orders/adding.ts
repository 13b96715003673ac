/**
 * Orders that were not there before, added to what is known of their members: what they bought in all, by store and
 * by category is counted up, the rhythm is read from the purchase days. Reaches the rows that `rewrite` would, at a
 * cost that does not grow with the lines a member has ever bought.
 */
import { copyBinary, type RowWriter } from '../../base/binary-rows.ts'
import { copy_rows_min } from '../../base/bulk.ts'
import type { Tx } from '../../base/db.ts'
import { join, sql, type Sql } from '../../base/sql.ts'
import { addedCtes, copyAdded, memberWrites, type Recounted } from './recounted.ts'
import { quantityText } from './rules.ts'
import { basisOf, basisSql, rewrite, type BasisRow } from './statistics.ts'
import type { OrderInput } from './types.ts'

/** What a set of orders adds to one member, or to one of a member's stores or categories. */
interface Added {
  member_id: string
  order_count: number
  net_minor: number
  first: OrderInput
  last: OrderInput
  /** The order that was counted last. */
  counted: OrderInput | null
}
type AddedToStore = Added & { store_id: string }
type AddedToCategory = Added & { category: string; quantity_e4: number }
type AddedToMember = Added & {
  days: string[]
  /** Lists, because they are short: a member is seen in few stores, and a brand has some dozen categories. */
  stores: AddedToStore[]
  categories: AddedToCategory[]
}

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
  const members = membersOf(orders)
  const basis = await basisOf(tx, before[0])
  const firsts = new Set<string>()
  const recounted = before.flatMap((row) => {
    const added = members.get(row.member_id)
    if (!added) return []
    if (isFirst(row)) firsts.add(row.member_id)
    return [together(row, added)]
  })
  const { ctes, added } = memberWrites(tx, recounted, basis)
  const sorted = [...members.values()].sort(byMember)
  const parts = partsOf(sorted, firsts)
  if (added.length < copy_rows_min) ctes.push(...addedCtes(added))
  else await copyAdded(tx, added)
  if (parts.stores.length > 0) ctes.push(storesCte(parts.stores))
  if (parts.categories.length > 0) ctes.push(categoriesCte(parts.categories))
  await copyFirsts(tx, parts)
  tx.send(sql`with ${join(ctes)} select 1`)
}

/**
 * Without an order that counts nothing is known by store and category (verify holds it so), and this member is locked:
 * what the set says of both may be written without asking what was there.
 */
const isFirst = ({ first_order_at, moves }: Before) => first_order_at === null && moves === null

interface Parts {
  stores: AddedToStore[]
  categories: AddedToCategory[]
  /** Of members who buy for the first time, where these rows are many. */
  first_stores: AddedToStore[]
  first_categories: AddedToCategory[]
}

function partsOf(members: readonly AddedToMember[], firsts: ReadonlySet<string>): Parts {
  const parts: Parts = { stores: [], categories: [], first_stores: [], first_categories: [] }
  for (const { member_id, stores, categories } of members) {
    const isApart = firsts.has(member_id)
    for (const store of stores) (isApart ? parts.first_stores : parts.stores).push(store)
    for (const category of categories) (isApart ? parts.first_categories : parts.categories).push(category)
  }
  if (parts.first_stores.length < copy_rows_min) parts.stores.push(...parts.first_stores.splice(0))
  if (parts.first_categories.length < copy_rows_min) parts.categories.push(...parts.first_categories.splice(0))
  return parts
}

async function copyFirsts(tx: Tx, { first_stores, first_categories }: Parts): Promise<void> {
  if (first_stores.length > 0) {
    await copyBinary(
      tx,
      `copy member_store_statistics (member_id, store_id, order_count, net_minor, first_order_on, last_order_on,
        first_order_at, last_order_at)`,
      first_stores,
      (out, row) => {
        out.row(8)
        out.uuid(row.member_id)
        out.uuid(row.store_id)
        out.int(row.order_count)
        out.bigint(row.net_minor)
        putSpan(out, row)
      },
    )
  }
  if (first_categories.length === 0) return
  await copyBinary(
    tx,
    `copy member_category_statistics (member_id, category, order_count, quantity, net_minor, first_order_on,
      last_order_on, first_order_at, last_order_at)`,
    first_categories,
    (out, row) => {
      out.row(9)
      out.uuid(row.member_id)
      out.text(row.category)
      out.int(row.order_count)
      out.numericE4(row.quantity_e4)
      out.bigint(row.net_minor)
      putSpan(out, row)
    },
  )
}

function putSpan(out: RowWriter, { first, last }: Added): void {
  out.day(first.ordered_on)
  out.day(last.ordered_on)
  out.instant(first.occurred_at)
  out.instant(last.occurred_at)
}

function byMember(a: AddedToMember, b: AddedToMember): number {
  return a.member_id < b.member_id ? -1 : a.member_id > b.member_id ? 1 : 0
}

/** What each member's orders come to, in all, by store and by category. */
function membersOf(orders: readonly OrderInput[]): Map<string, AddedToMember> {
  const members = new Map<string, AddedToMember>()
  for (const order of orders) {
    const { member_id, store_id, net_minor } = order
    let member = members.get(member_id)
    if (!member) {
      member = startOf(order)
      members.set(member_id, member)
    }
    count(member, order)
    member.net_minor += net_minor
    member.days.push(order.ordered_on)
    if (store_id !== null) {
      let store = member.stores.find((one) => one.store_id === store_id)
      if (!store) member.stores.push((store = storeOf(order, store_id)))
      count(store, order)
      store.net_minor += net_minor
    }
    addLines(member.categories, order)
  }
  return members
}

// each written out: an object that is spread into another is made twice
function startOf(order: OrderInput): AddedToMember {
  const { member_id } = order
  return {
    member_id,
    order_count: 0,
    net_minor: 0,
    first: order,
    last: order,
    counted: null,
    days: [],
    stores: [],
    categories: [],
  }
}
function storeOf(order: OrderInput, store_id: string): AddedToStore {
  const { member_id } = order
  return { member_id, store_id, order_count: 0, net_minor: 0, first: order, last: order, counted: null }
}
function categoryOf(order: OrderInput, category: string): AddedToCategory {
  const { member_id } = order
  return {
    member_id,
    category,
    quantity_e4: 0,
    order_count: 0,
    net_minor: 0,
    first: order,
    last: order,
    counted: null,
  }
}

/** Counts an order, once however many of its lines come here. */
function count(one: Added, order: OrderInput): void {
  if (one.counted === order) return
  one.counted = order
  one.order_count += 1
  // as numbers: comparing Dates costs twenty times as much
  const time = order.occurred_at.getTime()
  if (time < one.first.occurred_at.getTime()) one.first = order
  if (time > one.last.occurred_at.getTime()) one.last = order
}

/** An order counts once in each category of its lines; a line of less than nothing counts in none. */
function addLines(categories: AddedToCategory[], order: OrderInput): void {
  for (const { category, quantity_e4, net_minor } of order.lines) {
    if (category === null || quantity_e4 < 0) continue
    let one = categories.find((known) => known.category === category)
    if (!one) categories.push((one = categoryOf(order, category)))
    count(one, order)
    one.quantity_e4 += quantity_e4
    one.net_minor += net_minor
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

function together(before: Before, added: AddedToMember): Recounted {
  const { first_order_at: first, last_order_at: last } = before
  return {
    member_id: before.member_id,
    order_count: before.order_count + added.order_count,
    orders_net_minor: before.orders_net_minor + added.net_minor,
    unmatched_minor: before.orders_net_minor - before.net_minor,
    first_order_at: first && first < added.first.occurred_at ? first : added.first.occurred_at,
    last_order_at: last && last > added.last.occurred_at ? last : added.last.occurred_at,
    days: before.days,
    new_days: added.days,
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

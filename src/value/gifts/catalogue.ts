/** What the catalogue holds: items, their heaps and code pools. */
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { audit, differenceOf } from '../../record/staff/staff.ts'
import { budgetOf } from '../budgets/budgets.ts'
import { addTerms, differs, termsAt, termsOf } from './item-versions.ts'
import {
  anywhere,
  type Fulfilment,
  type Item,
  type ItemChanges,
  type ItemRow,
  type NewItem,
  type StockInput,
} from './types.ts'

const itemColumns = sql`item.item_id, item.names, item.descriptions, terms.cost_minor, terms.price_points,
  terms.price_minor, item.fulfilment, item.stock, item.limit_count, item.limit_period, item.budget_id,
  terms.is_listed, item.may_be_passed_on`

/** Items by id as they are in force at a moment. */
export const itemsAt = (now: Date, item_ids: readonly string[]): Sql => sql`
  select ${itemColumns} from gift_items item ${termsAt(now)} where item.item_id = any (${item_ids}::uuid[])`

/** A catalogue fits on one page of a list. */
const list_max = 2_000

/** Items with their heaps and how many were given (cancelled ones not counted), newest first; one, or all. */
export async function items(
  db: Reader,
  now: Date,
  only: { item_id: string | null } = { item_id: null },
): Promise<ItemRow[]> {
  return db.rows<ItemRow>(sql`
    select ${itemColumns}, item.created_at, coalesce(heap.heaps, '[]') as heaps,
      case when item.stock = 'none' then null else coalesce(heap."left", 0) end as "left",
      coalesce(had.given, 0) as given
    from gift_items item
    ${termsAt(now)}
    left join lateral (
      select json_agg(json_build_object('store_id', nullif(place, ${anywhere}::uuid), 'quantity', quantity,
          'taken', taken) order by place) as heaps, sum(quantity - taken)::bigint as "left"
      from gift_stock where item_id = item.item_id
    ) heap on true
    left join (select item_id, count(*) as given from gifts where status not in ('cancelled', 'passed_on')
        and item_id is not null
        and (${only.item_id}::uuid is null or item_id = ${only.item_id}::uuid) group by item_id) had
      on had.item_id = item.item_id
    where ${only.item_id}::uuid is null or item.item_id = ${only.item_id}::uuid
    order by item.created_at desc, item.item_id desc limit ${list_max}::int`)
}

/** One item as it is in force at a moment. Throws `gift_item.not_found`. */
export async function itemOf(db: Reader, item_id: string, now: Date): Promise<ItemRow> {
  const [found] = await items(db, now, { item_id })
  if (!found) throw new AppError('gift_item.not_found', { item_id })
  return found
}

/** Without a name nobody can ask for it. */
function namesOf(names: Record<string, string>): Record<string, string> {
  const kept = Object.entries(names).flatMap(([code, name]) => (name.trim() ? [[code, name.trim()] as const] : []))
  if (kept.length === 0) throw new AppError('gift_item.name_missing')
  return Object.fromEntries(kept)
}

/** How an item is handed over. Throws `gift_item.not_found`. */
export async function fulfilmentOf(db: Reader, item_id: string): Promise<Fulfilment> {
  const found = await db.row<Pick<Item, 'fulfilment'>>(sql`
    select fulfilment from gift_items where item_id = ${item_id}::uuid`)
  if (!found) throw new AppError('gift_item.not_found', { item_id })
  return found.fulfilment
}

async function check(tx: Tx, item: Omit<Item, 'item_id'>): Promise<void> {
  if (item.fulfilment === 'code' && item.stock !== 'total') throw new AppError('gift_item.wrong_state', {})
  if (item.budget_id !== null) await budgetOf(tx, item.budget_id)
}

/** Adds an item. Throws `gift_item.name_missing`, `gift_item.wrong_state` (codes are one heap), `budget.not_found`. */
export async function createItem(tx: Tx, input: NewItem): Promise<ItemRow> {
  const item = {
    descriptions: {},
    price_points: null,
    price_minor: null,
    limit_count: null,
    limit_period: 'ever' as const,
    budget_id: null,
    is_listed: true,
    may_be_passed_on: false,
    ...input,
    names: namesOf(input.names),
  }
  await check(tx, item)
  const made = await tx.row<{ item_id: string }>(sql`
    insert into gift_items (names, descriptions, fulfilment, stock, limit_count, limit_period, budget_id,
      may_be_passed_on, created_at, updated_at)
    values (${JSON.stringify(item.names)}::jsonb, ${JSON.stringify(item.descriptions)}::jsonb,
      ${item.fulfilment}::text, ${item.stock}::text, ${item.limit_count}::int, ${item.limit_period}::text,
      ${item.budget_id}::uuid, ${item.may_be_passed_on}::boolean, ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    returning item_id`)
  const { item_id } = made!
  await addTerms(tx, item_id, termsOf(item), tx.now)
  await audit(tx, [{ action: 'gift_item.created', noun: 'gift_items', noun_id: item_id, after: { ...item } }])
  return itemOf(tx, item_id, tx.now)
}

/**
 * Changes an item; what was given keeps its price and cost. Prices, cost and listing change in a version of their own,
 * from now or from `effective_from` on. Throws `gift_item.in_past`, `gift_item.not_found`, `gift_item.name_missing`,
 * `gift_item.wrong_state` (how it is kept and handed over stays once it was given), `budget.not_found`.
 */
export async function updateItem(tx: Tx, item_id: string, changes: ItemChanges): Promise<ItemRow> {
  await tx.row(sql`select from gift_items where item_id = ${item_id}::uuid for update`)
  const { effective_from, ...wanted } = changes
  const from = effective_from ? new Date(effective_from) : tx.now
  if (from < tx.now) throw new AppError('gift_item.in_past', {})
  // what will hold by then is what is changed
  const before = await tx.row<Item>(itemsAt(from, [item_id]))
  if (!before) throw new AppError('gift_item.not_found', { item_id })
  const after = { ...before, ...wanted, names: namesOf(changes.names ?? before.names) }
  const moved = after.stock !== before.stock || after.fulfilment !== before.fulfilment
  if (moved && (await wasUsed(tx, item_id))) throw new AppError('gift_item.wrong_state', { item_id })
  await check(tx, after)
  await tx.run(sql`
    update gift_items set names = ${JSON.stringify(after.names)}::jsonb,
      descriptions = ${JSON.stringify(after.descriptions)}::jsonb, fulfilment = ${after.fulfilment}::text,
      stock = ${after.stock}::text, limit_count = ${after.limit_count}::int,
      limit_period = ${after.limit_period}::text, budget_id = ${after.budget_id}::uuid,
      may_be_passed_on = ${after.may_be_passed_on}::boolean, updated_at = ${tx.now}::timestamptz
    where item_id = ${item_id}::uuid`)
  if (differs(before, after)) await addTerms(tx, item_id, termsOf(after), from)
  const difference = differenceOf({ ...before, effective_from: tx.now }, { ...after, effective_from: from })
  await audit(tx, [{ action: 'gift_item.updated', noun: 'gift_items', noun_id: item_id, ...difference }])
  return itemOf(tx, item_id, tx.now)
}

async function wasUsed(tx: Tx, item_id: string): Promise<boolean> {
  const found = await tx.row(sql`
    select from gift_stock where item_id = ${item_id}::uuid
    union all select from gifts where item_id = ${item_id}::uuid limit 1`)
  return found !== undefined
}

/**
 * Says what is there now, heap by heap; heaps not named stay. Throws `gift_item.not_found`, `gift_item.wrong_state`
 * (without stock, a code pool, or a store for one heap), `gift.store_missing`.
 */
export async function setStock(tx: Tx, item_id: string, { heaps }: StockInput): Promise<ItemRow> {
  const item = await tx.row<Pick<Item, 'stock' | 'fulfilment'>>(sql`
    select stock, fulfilment from gift_items where item_id = ${item_id}::uuid for update`)
  if (!item) throw new AppError('gift_item.not_found', { item_id })
  if (item.stock === 'none' || item.fulfilment === 'code') throw new AppError('gift_item.wrong_state', { item_id })
  if (heaps.some(({ store_id }) => (store_id === null) !== (item.stock === 'total')))
    throw new AppError('gift.store_missing', {})
  const places = new Map(heaps.map(({ store_id, left }) => [store_id ?? anywhere, left]))
  const sorted = [...places].sort(([a], [b]) => (a < b ? -1 : 1))
  await tx.run(sql`
    insert into gift_stock as heap (item_id, place, quantity)
    select ${item_id}::uuid, place, here
    from unnest(${sorted.map(([place]) => place)}::uuid[], ${sorted.map(([, left]) => left)}::bigint[])
      as one (place, here)
    on conflict (item_id, place) do update set quantity = heap.taken + excluded.quantity`)
  const after = { heaps: sorted.map(([place, left]) => ({ place, left })) }
  await audit(tx, [{ action: 'gift_item.stocked', noun: 'gift_items', noun_id: item_id, after }])
  return itemOf(tx, item_id, tx.now)
}

/**
 * Adds codes to an item's pool, each once; answers how many were new. Throws `gift_item.not_found`,
 * `gift_item.wrong_state` (no code pool).
 */
export async function addCodes(tx: Tx, item_id: string, codes: readonly string[]): Promise<number> {
  const item = await tx.row<Pick<Item, 'fulfilment'>>(sql`
    select fulfilment from gift_items where item_id = ${item_id}::uuid for update`)
  if (!item) throw new AppError('gift_item.not_found', { item_id })
  if (item.fulfilment !== 'code') throw new AppError('gift_item.wrong_state', { item_id })
  const wanted = [...new Set(codes.map((code) => code.trim()).filter(Boolean))]
  // the heap is locked first: it says which number the next code has
  const heap = await tx.row<{ quantity: number }>(sql`
    insert into gift_stock as heap (item_id, place, quantity) values (${item_id}::uuid, ${anywhere}::uuid, 0)
    on conflict (item_id, place) do update set quantity = heap.quantity returning quantity`)
  const added = await tx.run(sql`
    insert into gift_codes (item_id, number, code)
    select ${item_id}::uuid, ${heap!.quantity}::bigint + row_number() over (order by nth), code
    from unnest(${wanted}::text[]) with ordinality as wanted (code, nth)
    where not exists (
      select from gift_codes known where known.item_id = ${item_id}::uuid and known.code = wanted.code)`)
  await tx.run(sql`
    update gift_stock set quantity = quantity + ${added}::bigint
    where item_id = ${item_id}::uuid and place = ${anywhere}::uuid`)
  await audit(tx, [{ action: 'gift_item.codes_added', noun: 'gift_items', noun_id: item_id, after: { added } }])
  return added
}

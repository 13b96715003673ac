/** Where people buy. A store that an order names and nobody knows yet is made on the spot. */
import type { Actor } from '../../base/actor.ts'
import { Ahead } from '../../base/ahead.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError, violates } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { parseZone } from '../../base/time.ts'
import { audit, differenceOf, staffOf } from '../staff/staff.ts'
import type { NewStore, Store, StoreChanges, StoreKind } from './types.ts'

/** A brand's stores fit on one page of a list. */
const listMax = 5_000

/** Every store, by code. */
export async function all(db: Reader): Promise<Store[]> {
  return db.rows<Store>(sql`
    select store_id, code, name, kind, time_zone, created_at from stores order by code limit ${listMax}::int`)
}

/** The stores a person works at, by code; none said: every one, and the list is empty. */
export async function storesOf(
  db: Reader,
  staff_id: string,
): Promise<{ store_id: string; code: string; name: string }[]> {
  return db.rows(sql`
    select s.store_id, s.code, s.name from store_staff w join stores s on s.store_id = w.store_id
    where w.staff_id = ${staff_id}::uuid order by s.code`)
}

/**
 * Throws `till.not_your_store` (403) for a person who works elsewhere; what belongs to no store is everybody's. Keys
 * and the program itself work nowhere, and so everywhere.
 */
export async function insistOnStore(db: Reader, actor: Actor, store_id: string | null): Promise<void> {
  if (actor.kind !== 'staff' || store_id === null) return
  const theirs = await storesOf(db, actor.id!)
  if (theirs.length === 0 || theirs.some((store) => store.store_id === store_id)) return
  const named = await db.row<{ name: string }>(sql`select name from stores where store_id = ${store_id}::uuid`)
  const stores = theirs.map(({ name }) => name).join(', ')
  throw new AppError('till.not_your_store', { store: named?.name ?? '', stores }, { status: 403 })
}

/**
 * The stores whose rows a person may see of those asked for: one, or all of theirs; null is every store. Throws
 * `till.not_your_store`.
 */
export async function storesWithin(
  db: Reader,
  actor: Actor,
  store_id: string | undefined,
): Promise<readonly string[] | null> {
  if (store_id !== undefined) {
    await insistOnStore(db, actor, store_id)
    return [store_id]
  }
  const theirs = actor.kind === 'staff' ? await storesOf(db, actor.id!) : []
  return theirs.length > 0 ? theirs.map((store) => store.store_id) : null
}

/** Who works where: every pair. */
export async function staffPlaces(db: Reader): Promise<{ staff_id: string; store_id: string }[]> {
  return db.rows(sql`select staff_id, store_id from store_staff order by staff_id, store_id`)
}

/** Says where a person works; no store: every one. Throws `staff.not_found`, `store.not_found`. */
export async function setStoresOf(tx: Tx, staff_id: string, store_ids: readonly string[]): Promise<void> {
  await staffOf(tx, staff_id)
  const before = (await storesOf(tx, staff_id)).map(({ code }) => code)
  await tx.run(sql`
    delete from store_staff where staff_id = ${staff_id}::uuid and store_id <> all (${store_ids}::uuid[])`)
  try {
    await tx.savepoint(() =>
      tx.run(sql`
        insert into store_staff (staff_id, store_id)
        select ${staff_id}::uuid, store_id from unnest(${store_ids}::uuid[]) as one (store_id)
        on conflict do nothing`),
    )
  } catch (thrown) {
    if (violates(thrown, 'store_staff_store_id_fkey')) throw new AppError('store.not_found', {})
    throw thrown
  }
  const after = (await storesOf(tx, staff_id)).map(({ code }) => code)
  await audit(tx, [
    {
      action: 'staff.stores_changed',
      noun: 'staff',
      noun_id: staff_id,
      before: { stores: before },
      after: { stores: after },
    },
  ])
}

/** Store ids by code; unknown codes become stores of that kind (a shop unless said), named by their code. */
export async function resolve(
  tx: Tx,
  codes: readonly string[],
  options: { kind?: StoreKind; foreseen?: Foreseen | undefined } = {},
): Promise<Map<string, string>> {
  const wanted = [...new Set(codes)].sort()
  if (wanted.length === 0) return new Map()
  const known = (await options.foreseen?.take(wanted)) ?? (await idsOf(tx, wanted))
  const missing = wanted.filter((code) => !known.has(code))
  if (missing.length === 0) return known
  await tx.run(sql`
    insert into stores (code, name, kind, created_at)
    select code, code, ${options.kind ?? 'shop'}::text, ${tx.now}::timestamptz from unnest(${missing}::text[]) as code
    on conflict (code) do nothing`)
  // asked again, because somebody else may have made one of them meanwhile
  return idsOf(tx, wanted)
}

/** Stores on their way, by code. */
export type Foreseen = Ahead<string, string>

/** Asks for what `resolve` will ask for, before it is known whether it will. */
export function foresee(tx: Tx, codes: ReadonlySet<string>): Foreseen {
  return new Ahead(codes, codes.size > 0 ? idsOf(tx, [...codes].sort()) : Promise.resolve(new Map()))
}

async function idsOf(db: Reader, codes: string[]): Promise<Map<string, string>> {
  const rows = await db.rows<{ code: string; store_id: string }>(sql`
    select code, store_id from stores where code = any (${codes}::text[])`)
  return new Map(rows.map((row) => [row.code, row.store_id]))
}

/** Adds a store. Throws `store.code_taken`. */
export async function create(tx: Tx, input: NewStore): Promise<Store> {
  const made = await tx.row<Store>(sql`
    insert into stores (code, name, kind, time_zone, created_at)
    values (${input.code.trim()}::text, ${(input.name ?? input.code).trim()}::text, ${input.kind ?? 'shop'}::text,
      ${zoneOf(input.time_zone)}::text, ${tx.now}::timestamptz)
    on conflict (code) do nothing
    returning store_id, code, name, kind, time_zone, created_at`)
  if (!made) throw new AppError('store.code_taken', { code: input.code }, { status: 409 })
  const after = { code: made.code, kind: made.kind }
  await audit(tx, [{ action: 'store.created', noun: 'stores', noun_id: made.store_id, after }])
  return made
}

/** Changes a store. Throws `store.not_found`, `store.code_taken`. */
export async function update(tx: Tx, store_id: string, changes: StoreChanges): Promise<Store> {
  const before = await tx.row<Store>(sql`
    select store_id, code, name, kind, time_zone, created_at from stores where store_id = ${store_id}::uuid for update`)
  if (!before) throw new AppError('store.not_found', { store_id })
  const wanted = { ...before, ...changes }
  const after = { ...wanted, code: wanted.code.trim(), name: wanted.name.trim(), time_zone: zoneOf(wanted.time_zone) }
  try {
    await tx.savepoint(() =>
      tx.run(sql`
      update stores set code = ${after.code}::text, name = ${after.name}::text, kind = ${after.kind}::text,
        time_zone = ${after.time_zone}::text
      where store_id = ${store_id}::uuid`),
    )
  } catch (thrown) {
    if (violates(thrown, 'stores_code_key'))
      throw new AppError('store.code_taken', { code: after.code }, { status: 409 })
    throw thrown
  }
  await audit(tx, [{ action: 'store.updated', noun: 'stores', noun_id: store_id, ...differenceOf(before, after) }])
  return after
}

/** Names stores by their code; codes nobody knows are left out. */
export async function rename(tx: Tx, names: readonly { code: string; name: string }[]): Promise<void> {
  if (names.length === 0) return
  const renamed = await tx.rows<{ store_id: string; before: string; after: string }>(sql`
    update stores set name = wanted.name
    from unnest(${names.map((one) => one.code)}::text[], ${names.map((one) => one.name.trim())}::text[])
      as wanted (code, name)
    where stores.code = wanted.code and stores.name <> wanted.name
    returning stores.store_id, old.name as before, new.name as after`)
  await audit(
    tx,
    renamed.map(({ store_id, before, after }) => ({
      action: 'store.updated',
      noun: 'stores',
      noun_id: store_id,
      before: { name: before },
      after: { name: after },
    })),
  )
}

function zoneOf(zone: string | null | undefined): string | null {
  return zone ? parseZone(zone) : null
}

import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { UnnamedStores } from '../types.ts'

/** A store that nobody has named for so long is meant to be called by its code. */
const learntDays = 30
/** Stores told by their codes; the rest is a number. */
const toldMax = 3
/** A new chain's file may bring them all at once; who has more than these reads the list of stores. */
const storesMax = 200
/** Orders counted of each: a mistyped code has few, and a whole history need not be read for the first page. */
const ordersCounted = 1_000

/**
 * Stores that orders or members made by naming their code, which nobody has named, added or saved since: a new store
 * that wants a name, or a mistyped code. Newest first.
 */
export async function unnamedStores(
  db: Reader,
  { day, zone }: { day: string; zone: string },
): Promise<UnnamedStores> {
  const rows = await db.rows<{ store_id: string; code: string; learnt_on: string; orders: number }>(sql`
    select store.store_id, store.code, store.learnt_on, counted.orders
    from (select store_id, code, created_at, (created_at at time zone ${zone}::text)::date as learnt_on from stores
      where name = code
        and created_at >= (${day}::date - ${learntDays - 1}::int)::timestamp at time zone ${zone}::text
        -- whoever adds or saves a store leaves a line there
        and not exists (select from staff_audit told
          where told.noun = 'stores' and told.noun_id = stores.store_id::text)
      order by created_at desc, code limit ${storesMax}::int) store,
    lateral (select count(*) as orders from (select from orders
      where orders.store_id = store.store_id and kind <> 'supplement' limit ${ordersCounted}::int) few) counted
    order by store.created_at desc, store.code`)
  return {
    count: rows.length,
    told: rows.slice(0, toldMax).map(({ store_id, code }) => ({ store_id, code })),
    since: rows.at(-1)?.learnt_on ?? null,
    orders: rows.reduce((sum, row) => sum + row.orders, 0),
    has_more_orders: rows.some((row) => row.orders === ordersCounted),
  }
}

/** Registers that send their receipts by themselves: under which source those of a store come. */
import type { Actor } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import { audit } from '../../../record/staff/staff.ts'
import { storesOf } from '../../../record/stores/stores.ts'

/** Every source that numbers of orders have come from: one step of the index each, however many orders. */
export const sourcesSql = sql`known as (
    (select source from order_keys order by source limit 1)
    union all
    select (select k.source from order_keys k where k.source > known.source order by k.source limit 1)
    from known where known.source is not null
  )`

export interface TillStore {
  store_id: string
  code: string
  name: string
  /** null: receipts that are added by hand go under a source of their own. */
  receipts_source: string | null
}

/** All stores, or those of a person, with where their registers' receipts come from. */
export async function tillStores(db: Reader, actor: Actor | null): Promise<TillStore[]> {
  const theirs = actor?.kind === 'staff' ? await storesOf(db, actor.id!) : []
  const ids = theirs.length > 0 ? theirs.map(({ store_id }) => store_id) : null
  return db.rows<TillStore>(sql`
    select s.store_id, s.code, s.name, t.receipts_source
    from stores s left join till_stores t on t.store_id = s.store_id
    where ${ids}::uuid[] is null or s.store_id = any (${ids}::uuid[]) order by s.name, s.store_id`)
}

/** Sources that orders have come from, such as a register's: to choose from. Those that are our own are left out. */
export async function sourcesOf(db: Reader): Promise<string[]> {
  const rows = await db.rows<{ source: string }>(sql`
    with recursive ${sourcesSql}
    select source from known where source is not null and source not like 'late-%' order by source`)
  return rows.map(({ source }) => source)
}

/** From now on receipts of a store that are added by hand go under this source. Throws `store.not_found`. */
export async function setReceiptsSource(tx: Tx, store_id: string, receipts_source: string | null): Promise<void> {
  const before = (await tillStores(tx, null)).find((one) => one.store_id === store_id)
  if (!before) throw new AppError('store.not_found', { store: store_id }, { status: 404 })
  const wanted = receipts_source?.trim() || null
  if (wanted === null) await tx.run(sql`delete from till_stores where store_id = ${store_id}::uuid`)
  else
    await tx.run(sql`
      insert into till_stores (store_id, receipts_source) values (${store_id}::uuid, ${wanted}::text)
      on conflict (store_id) do update set receipts_source = excluded.receipts_source`)
  const change = { before: { receipts_source: before.receipts_source }, after: { receipts_source: wanted } }
  await audit(tx, [{ action: 'till.receipts_source_set', noun: 'stores', noun_id: store_id, ...change }])
}

/** Lines keep their product's category, so that statistics need no join; when a product moves, its lines follow. */
import type { Tx } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { lock, rewrite } from './statistics.ts'

/** Members recomputed in one go: a chunk of an import. */
const chunk = 10_000

/** Lines that say another category than their product does now. */
const strayed = sql`order_lines l join products p on p.product_id = l.product_id
  and l.category is distinct from p.category`

/** Brings these members' strayed lines home and recomputes them; members first, as everybody who writes orders. */
async function follow(tx: Tx, member_ids: readonly string[], only: Sql): Promise<void> {
  const kinds = await lock(tx, member_ids)
  await tx.run(sql`
    update order_lines l set category = p.category from products p
    where l.member_id = any (${member_ids}::uuid[]) and p.product_id = l.product_id
      and l.category is distinct from p.category and ${only}`)
  await rewrite(
    tx,
    [...kinds].filter(([, kind]) => kind !== 'walk_in').map(([member_id]) => member_id),
  )
}

/**
 * Brings the lines of these products to the category the products have now, and recomputes who bought them; answers
 * how many that were. Reads all lines, and holds all it touches until the end.
 */
export async function recategorise(tx: Tx, product_ids: readonly string[]): Promise<number> {
  if (product_ids.length === 0) return 0
  const only = sql`p.product_id = any (${product_ids}::uuid[])`
  const touched = await tx.rows<{ member_id: string }>(sql`
    select distinct l.member_id from ${strayed} where ${only} order by l.member_id`)
  for (let from = 0; from < touched.length; from += chunk) {
    const ids = touched.slice(from, from + chunk).map((row) => row.member_id)
    await follow(tx, ids, only)
  }
  return touched.length
}

/**
 * The same of every product, for the next `limit` members in the order of their ids; answers the last of them, null
 * when there are no more. All calls together read the lines once.
 */
export async function recategoriseAfter(tx: Tx, after: string | null, limit: number): Promise<string | null> {
  const touched = await tx.rows<{ member_id: string }>(
    sql`
    select distinct l.member_id from ${strayed}
    where ${after}::uuid is null or l.member_id > ${after}::uuid
    order by l.member_id limit ${limit}::int`,
    { prepare: false },
  )
  if (touched.length === 0) return null
  const ids = touched.map((row) => row.member_id)
  await follow(tx, ids, sql`true`)
  return touched.length < limit ? null : ids.at(-1)!
}

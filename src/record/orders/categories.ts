/** Lines keep their product's category, so that statistics need no join; when a product moves, its lines follow. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { lock, rewrite } from './statistics.ts'

/** Members recomputed in one go: a chunk of an import. */
const chunk = 10_000

/**
 * Brings the lines of these products to the category the products have now, and recomputes who bought them. Reads
 * all lines.
 */
export async function recategorise(tx: Tx, product_ids: readonly string[]): Promise<number> {
  if (product_ids.length === 0) return 0
  const touched = await tx.rows<{ member_id: string }>(sql`
    with moved as (
      update order_lines l set category = p.category
      from products p
      where p.product_id = any (${product_ids}::uuid[]) and l.product_id = p.product_id
        and l.category is distinct from p.category
      returning l.member_id
    )
    select distinct member_id from moved order by member_id`)
  for (let from = 0; from < touched.length; from += chunk) {
    const kinds = await lock(
      tx,
      touched.slice(from, from + chunk).map((row) => row.member_id),
    )
    await rewrite(
      tx,
      [...kinds].filter(([, kind]) => kind !== 'walk_in').map(([member_id]) => member_id),
    )
  }
  return touched.length
}

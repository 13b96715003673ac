/** What an order did to its member’s points, as the order's page shows it. */
import type { Actor } from '../../base/actor.ts'
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { insistOnStore } from '../../record/stores/stores.ts'
import type { OrderPoints } from './types.ts'

/**
 * Entries of an order, oldest first: earned, taken back, booked anew. Throws `order.not_found`, `till.not_your_store`.
 */
export async function pointsOfOrder(db: Reader, actor: Actor, order_id: string): Promise<OrderPoints[]> {
  const order = await db.row<{ member_id: string; store_id: string | null }>(sql`
    select member_id, store_id from orders where order_id = ${order_id}::uuid`)
  if (!order) throw new AppError('order.not_found', { order_id })
  await insistOnStore(db, actor, order.store_id)
  return db.rows<OrderPoints>(sql`
    select entry_id, kind as entry_kind, points, occurred_at, why from point_entries
    where member_id = ${order.member_id}::uuid and order_id = ${order_id}::uuid order by occurred_at, entry_id`)
}

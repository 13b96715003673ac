/** What an order did to its member’s points, as the order's page shows it. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import type { OrderPoints } from './types.ts'

/** Entries of an order, oldest first: earned, taken back, booked anew. Throws `order.not_found`. */
export async function pointsOfOrder(db: Reader, order_id: string): Promise<OrderPoints[]> {
  const order = await db.row<{ member_id: string }>(sql`
    select member_id from orders where order_id = ${order_id}::uuid`)
  if (!order) throw new AppError('order.not_found', { order_id })
  return db.rows<OrderPoints>(sql`
    select entry_id, kind as entry_kind, points, occurred_at, why from point_entries
    where member_id = ${order.member_id}::uuid and order_id = ${order_id}::uuid order by occurred_at, entry_id`)
}

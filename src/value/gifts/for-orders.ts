/** The orders that gifts are for, as they stand in the books. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { lock as lockOrders } from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'
import type { Context, Want } from './rules.ts'

/** Behind the lock of orders: none of these is refunded beside us, unseen. */
export async function ordersOf(tx: Tx, wants: readonly Want[]): Promise<Context['orders']> {
  const named = wants.filter((want) => want.order_id)
  if (named.length === 0) return new Map()
  await lockOrders(
    tx,
    named.map((want) => want.member_id),
  )
  const { settings } = await program.current(tx)
  const rows = await tx.rows<{ order_id: string; member_id: string; counts: boolean }>(sql`
    select o.order_id, o.member_id, o.counts
    from unnest(${named.map((want) => want.member_id)}::uuid[], ${named.map((want) => want.order_id)}::uuid[])
      as want (member_id, order_id)
    join orders o on o.member_id = want.member_id and o.order_id = want.order_id`)
  const takes = settings.gifts_on_refund === 'take_back_unused'
  return new Map(rows.map(({ order_id, member_id, counts }) => [order_id, { member_id, is_gone: takes && !counts }]))
}

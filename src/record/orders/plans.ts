/** Orders that have never counted: their lines are what the source says last. */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { Head } from './heads.ts'
import type { OrderInput } from './types.ts'

/**
 * Replaces lines and amounts of plans, and lets those that are paid now count. Nothing was booked of them, so
 * nothing is undone.
 */
export async function replan(tx: Tx, plans: readonly { head: Head; draft: OrderInput }[]): Promise<void> {
  if (plans.length === 0) return
  const lines = plans.flatMap(({ head, draft }) => draft.lines.map((line) => ({ ...line, head })))
  await tx.run(sql`
    delete from order_lines l
    using unnest(${plans.map(({ head }) => head.member_id)}::uuid[], ${plans.map(({ head }) => head.order_id)}::uuid[])
      as plan (member_id, order_id)
    where l.member_id = plan.member_id and l.order_id = plan.order_id`)
  await tx.run(sql`
    insert into order_lines (member_id, order_id, line_no, product_id, sku, category, name, quantity, net_minor,
      gross_minor)
    select * from unnest(
      ${lines.map((line) => line.head.member_id)}::uuid[], ${lines.map((line) => line.head.order_id)}::uuid[],
      ${lines.map((line) => line.line_no)}::int[], ${lines.map((line) => line.product_id)}::uuid[],
      ${lines.map((line) => line.sku)}::text[], ${lines.map((line) => line.category)}::text[],
      ${lines.map((line) => (line.product_id ? null : line.name))}::text[],
      ${lines.map((line) => line.quantity)}::numeric[],
      ${lines.map((line) => line.net_minor)}::bigint[], ${lines.map((line) => line.gross_minor)}::bigint[])`)
  await tx.run(sql`
    update orders o
    set gross_minor = plan.gross_minor, discount_minor = plan.discount_minor, shipping_minor = plan.shipping_minor,
      net_minor = plan.net_minor, counts = plan.counts and o.kind = 'order'
    from unnest(
      ${plans.map(({ head }) => head.member_id)}::uuid[], ${plans.map(({ head }) => head.order_id)}::uuid[],
      ${plans.map(({ draft }) => draft.gross_minor)}::bigint[],
        ${plans.map(({ draft }) => draft.discount_minor)}::bigint[],
      ${plans.map(({ draft }) => draft.shipping_minor)}::bigint[],
        ${plans.map(({ draft }) => draft.net_minor)}::bigint[],
      ${plans.map(({ draft }) => draft.counts)}::boolean[]
    ) as plan (member_id, order_id, gross_minor, discount_minor, shipping_minor, net_minor, counts)
    where o.member_id = plan.member_id and o.order_id = plan.order_id`)
}

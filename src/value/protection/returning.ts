/** Goods that go back are not protected: with each part of a line goes its part of what was given for it. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import * as program from '../../record/program/program.ts'
import * as points from '../points/points.ts'
import { reason } from './protection.ts'
import { dueBack, type Kept } from './rules.ts'

/** What points that go back are called in the ledger. */
export const taken_back_source = 'price_protection_back'

interface Returned extends Kept {
  member_id: string
  order_id: string
  line_no: number
  nth: number
}

/**
 * Follows `order.refunded`; one small read where nothing was given. Points go back as far as they can still be spent,
 * and where the program takes gifts back at all; the rest falls away.
 */
export async function followRefunds(tx: Tx, told: readonly Fact[]): Promise<void> {
  const orders = told.filter(({ data }) => typeof data['order_id'] === 'string')
  if (orders.length === 0) return
  const rows = await tx.rows<Returned>(sql`
    select one.member_id, one.order_id, one.line_no, one.nth, one.points,
      one.taken_points + one.forgiven_points as returned_points, (one.quantity * 10000)::bigint as given_e4,
      ((line.quantity - line.refunded_quantity) * 10000)::bigint as left_e4, one.paid_minor,
      line.net_minor - line.refunded_minor as left_minor
    from (select distinct * from unnest(${orders.map((fact) => fact.member_id)}::uuid[],
      ${orders.map(({ data }) => String(data['order_id']))}::uuid[]) as one (member_id, order_id)) told
    join protections one on one.member_id = told.member_id and one.order_id = told.order_id
    join order_lines line on line.member_id = one.member_id and line.order_id = one.order_id
      and line.line_no = one.line_no
    order by one.member_id, one.order_id, one.line_no, one.nth`)
  const due = rows.map((row) => ({ row, wanted: dueBack(row) })).filter(({ wanted }) => wanted > 0)
  if (due.length === 0) return
  const { settings } = await program.current(tx)
  if (settings.gifts_on_refund === 'keep') return
  await takeBack(tx, due)
}

async function takeBack(tx: Tx, due: readonly { row: Returned; wanted: number }[]): Promise<void> {
  const member_ids = [...new Set(due.map(({ row }) => row.member_id))]
  await points.lock(tx, member_ids)
  const balances = await points.balanceOf(tx, member_ids)
  const left = new Map(balances.map(({ member_id, available }) => [member_id, available]))
  const shares = due.map(({ row, wanted }) => {
    const available = Math.max(0, left.get(row.member_id) ?? 0)
    const taken = Math.min(available, wanted)
    left.set(row.member_id, available - taken)
    return { row, taken, forgiven: wanted - taken }
  })
  const taking = shares.filter(({ taken }) => taken > 0)
  const booked = await points.adjust(
    tx,
    taking.map(({ row, taken }) => ({
      member_id: row.member_id,
      points: -taken,
      reason,
      source: taken_back_source,
      // which of the points: the same part never goes back twice
      source_id: `${row.order_id}:${row.line_no}:${row.nth}:${row.returned_points + taken}`,
    })),
  )
  booked.forEach(points.insist)
  await tx.run(sql`
    update protections one set returned_at = coalesce(one.returned_at, ${tx.now}::timestamptz),
      taken_points = one.taken_points + back.taken, forgiven_points = one.forgiven_points + back.forgiven
    from unnest(${shares.map(({ row }) => row.member_id)}::uuid[], ${shares.map(({ row }) => row.order_id)}::uuid[],
      ${shares.map(({ row }) => row.line_no)}::int[], ${shares.map(({ row }) => row.nth)}::int[],
      ${shares.map(({ taken }) => taken)}::bigint[], ${shares.map(({ forgiven }) => forgiven)}::bigint[]
    ) as back (member_id, order_id, line_no, nth, taken, forgiven)
    where one.member_id = back.member_id and one.order_id = back.order_id and one.line_no = back.line_no
      and one.nth = back.nth`)
}

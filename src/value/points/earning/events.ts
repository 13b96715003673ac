/** Points that wait for what becomes of their order: `order.delivered` and `order.completed` bring them forward. */
import type { Tx } from '../../../base/db.ts'
import type { Fact } from '../../../base/facts.ts'
import { sql } from '../../../base/sql.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { book } from '../ledger.ts'
import type { EventWant } from '../wants.ts'

/** One statement finds the orders whose points wait; of most brands none do. */
export async function followEvents(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const told = facts.filter((fact) => fact.data['member_kind'] === 'member')
  const waiting = await tx.rows<{ nth: number }>(sql`
    select wanted.nth::int as nth
    from unnest(${told.map((fact) => fact.member_id)}::uuid[],
      ${told.map((fact) => String(fact.data['order_id']))}::text[]) with ordinality as wanted (member_id, order_id, nth)
    join point_entries entry on entry.member_id = wanted.member_id and entry.source = 'order'
      and entry.source_id = wanted.order_id
    join point_lots lot on lot.member_id = entry.member_id and lot.lot_id = entry.entry_id
    join point_rules rule on rule.version = lot.rule_version and rule.rule ? 'waiting_for'
    where exists (select from point_lots open where open.member_id = lot.member_id and open.order_id = lot.order_id
      and open.status = 'pending' and open.remaining > 0)
    order by wanted.nth`)
  if (waiting.length === 0) return
  const { time_zone } = await program.current(tx)
  const wants = waiting.map(({ nth }): EventWant => {
    const { name, member_id, occurred_at, data } = told[nth - 1]!
    const order_id = String(data['order_id'])
    const event = name === 'order.completed' ? 'completed' : 'delivered'
    const key = { source: event, source_id: order_id, number: order_id }
    return { kind: 'event', member_id, occurred_at, day: dayOf(occurred_at, time_zone), event, order_id, ...key }
  })
  await book(tx, wants, { is_fresh: true })
}

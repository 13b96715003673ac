import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { monthsBetween } from '../../../base/time.ts'
import type { Cohort, CohortActivity } from '../types.ts'

interface Cell {
  cohort: string
  month: string
  members: number
}

/**
 * Members by the month of their first activity, and how many were active again in each month after it.
 *
 * Two conventions are in use, and they differ. `orders`: activity is a purchase with at least one line of positive
 * quantity and price, whether or not it went back later. `lines`: any line of a member is activity, returns and zero
 * lines included.
 */
export async function cohorts(db: Reader, activity: CohortActivity): Promise<Cohort[]> {
  const bought = sql`
    select o.member_id, date_trunc('month', o.ordered_on)::date as month
    from orders o join members m on m.member_id = o.member_id and m.kind = 'member'
    where o.kind = 'order' and o.status not in ('placed', 'cancelled') and exists (
      select from order_lines l
      where l.member_id = o.member_id and l.order_id = o.order_id and l.quantity > 0 and l.gross_minor > 0)`
  const touched = sql`
    select o.member_id, date_trunc('month', o.ordered_on)::date as month
    from orders o join members m on m.member_id = o.member_id and m.kind = 'member'
    union
    select r.member_id, date_trunc('month', r.ordered_on)::date
    from order_refunds r join members m on m.member_id = r.member_id and m.kind = 'member'`
  const cells = await db.rows<Cell>(sql`
    with active as (select distinct member_id, month from (${activity === 'orders' ? bought : touched}) activity),
      first as (select member_id, min(month) as cohort from active group by member_id)
    select to_char(first.cohort, 'YYYY-MM') as cohort, to_char(active.month, 'YYYY-MM') as month, count(*)::int
      as members
    from active join first using (member_id)
    group by 1, 2 order by 1, 2`)
  return tableOf(cells)
}

/** Cells → one row a cohort, with a zero for every month without anybody, up to the last month of all. */
function tableOf(cells: readonly Cell[]): Cohort[] {
  const last = cells.reduce((latest, cell) => (cell.month > latest ? cell.month : latest), '')
  const rows = new Map<string, Cohort>()
  for (const cell of cells) {
    let row = rows.get(cell.cohort)
    if (!row) {
      row = { cohort: cell.cohort, size: 0, active: Array<number>(monthsBetween(cell.cohort, last)).fill(0) }
      rows.set(cell.cohort, row)
    }
    const months = monthsBetween(cell.cohort, cell.month)
    if (months === 0) row.size = cell.members
    else row.active[months - 1] = cell.members
  }
  return [...rows.values()]
}

import type { Reader } from '../../../base/db.ts'
import { sql, type Sql } from '../../../base/sql.ts'
import { addMonths, monthsBetween } from '../../../base/time.ts'
import type { Cohort, CohortActivity } from '../types.ts'
import { living } from '../../../record/members/members.ts'

interface Cell {
  cohort: string
  month: string
  members: number
}

/** Which rows of activity are looked at: a condition on an order `o` and the same on a refund `r`. */
interface Which {
  orders: Sql
  refunds: Sql
}
const everything: Which = { orders: sql`true`, refunds: sql`true` }

/**
 * Members and the months in which they were active. Two conventions are in use, and they differ. `orders`: activity is
 * a purchase with at least one line of positive quantity and price, whether or not it went back later. `lines`: any
 * line of a member is activity, returns and zero lines included.
 */
function activityOf(convention: CohortActivity, which: Which): Sql {
  if (convention === 'orders') {
    return sql`
      select o.member_id, date_trunc('month', o.ordered_on)::date as month
      from orders o join members m on m.member_id = o.member_id and ${living}
      where o.kind = 'order' and o.status not in ('placed', 'cancelled') and exists (
        select from order_lines l
        where l.member_id = o.member_id and l.order_id = o.order_id and l.quantity > 0 and l.gross_minor > 0)
        and ${which.orders}`
  }
  return sql`
    select o.member_id, date_trunc('month', o.ordered_on)::date as month
    from orders o join members m on m.member_id = o.member_id and ${living} where ${which.orders}
    union
    select r.member_id, date_trunc('month', r.ordered_on)::date
    from order_refunds r join members m on m.member_id = r.member_id and ${living} where ${which.refunds}`
}

/** Members by the month of their first activity, and how many were active again in each month after it. */
export async function cohorts(db: Reader, activity: CohortActivity): Promise<Cohort[]> {
  const cells = await db.rows<Cell>(sql`
    with active as (select distinct member_id, month from (${activityOf(activity, everything)}) activity),
      first as (select member_id, min(month) as cohort from active group by member_id)
    select to_char(first.cohort, 'YYYY-MM') as cohort, to_char(active.month, 'YYYY-MM') as month, count(*)::int
      as members
    from active join first using (member_id)
    group by 1, 2 order by 1, 2`)
  return tableOf(cells)
}

/** The members of one cell: whose first month is `cohort` and who were active in `month`; months are `YYYY-MM`. */
export async function cohortMembers(
  db: Reader,
  cell: { activity: CohortActivity; cohort: string; month: string },
  page: { before: number | null; limit: number },
): Promise<{ member_id: string; number: number }[]> {
  const [from, to] = [`${cell.month}-01`, addMonths(`${cell.month}-01`, 1)]
  // the index is on the instant: a day either side covers every zone
  const inMonth = (row: Sql) => sql`${row}.ordered_on >= ${from}::date and ${row}.ordered_on < ${to}::date
    and ${row}.occurred_at >= ${from}::date - 1 and ${row}.occurred_at < ${to}::date + 1`
  const there = activityOf(cell.activity, { orders: inMonth(sql`o`), refunds: inMonth(sql`r`) })
  const own = activityOf(cell.activity, {
    orders: sql`o.member_id = there.member_id`,
    refunds: sql`r.member_id = there.member_id`,
  })
  return db.rows(sql`
    select there.member_id, who.number
    from (select distinct member_id from (${there}) activity) there
    join members who on who.member_id = there.member_id
    where (${page.before}::bigint is null or who.number < ${page.before}::bigint)
      and (select min(month) from (${own}) activity) = ${`${cell.cohort}-01`}::date
    order by who.number desc limit ${page.limit}::int`)
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

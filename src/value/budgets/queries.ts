/** How budgets are looked at: reads for screens. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { BudgetLine } from './types.ts'

/** Lines of one budget, newest first: what people put in, what members were promised and what it came to. */
export async function linesOf(
  db: Reader,
  page: { budget_id: string; before: { at: string; line_id: string } | null; limit: number },
): Promise<BudgetLine[]> {
  return db.rows<BudgetLine>(sql`
    select line.*, members.display_name from (
      select 'e' || lpad(entry_id::text, 19, '0') as line_id, kind,
        (case kind when 'reserve' then reserved_minor when 'release' then -reserved_minor else spent_minor end)::float8
          as amount_minor,
        member_id, source, null as note, at, actor
      from budget_entries where budget_id = ${page.budget_id}::uuid
      union all
      select 'c' || lpad(change_id::text, 19, '0'), 'change', amount_minor, null, null, note, at, actor
      from budget_changes where budget_id = ${page.budget_id}::uuid
    ) line
    left join members on members.member_id = line.member_id
    where ${page.before === null}::boolean
      or (line.at, line.line_id) < (${page.before?.at ?? null}::timestamptz, ${page.before?.line_id ?? null}::text)
    order by line.at desc, line.line_id desc limit ${page.limit}::int`)
}

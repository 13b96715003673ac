/** Proved over all modules at once, whatever they add later: nothing hangs on a member who was merged into another. */
import type { Reader } from '../base/db.ts'
import { join, raw, sql } from '../base/sql.ts'
import { noRows, type VerifyCheck } from '../base/verify.ts'

/** What was told and reached in a name stays in it, as history. */
const history = ['members', 'facts', 'tier_changes', 'member_merges']

async function heldByMerged(db: Reader): Promise<Record<string, unknown>[]> {
  const tables = await db.rows<{ name: string }>(sql`
    select c.table_name::text as name
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = 'public' and c.column_name = 'member_id' and t.table_type = 'BASE TABLE'
      and c.table_name <> all (${history}::text[])
    order by c.table_name`)
  // a message in a worker's hands is moved when it has been written down
  const isOver = (name: string) => (name === 'messages' ? sql`and one.status <> 'sending'` : sql``)
  return db.rows(
    join(
      tables.map(
        ({ name }) => sql`
    (select ${name}::text as "table", one.member_id, gone.merged_into
    from members gone join ${raw(`"${name}"`)} one on one.member_id = gone.member_id
    where gone.merged_into is not null ${isOver(name)} limit 20)`,
      ),
      ' union all ',
    ),
  )
}

export const checks: VerifyCheck[] = [
  noRows('members.merged_hold_nothing', 'nothing is left in the name of a merged member but history', heldByMerged),
]

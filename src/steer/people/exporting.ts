/** All that is kept of one member, table by table: what a person may ask to be given. Reads only. */
import type { Reader } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { join, raw, sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'

/**
 * Rows that speak of a member without being the member's data: trials of a rule, and texts sent to a colleague with a
 * member's values in them.
 */
const left_out = ['point_rule_preview_members', 'tier_rule_preview_members', 'message_tests']

export interface Exported {
  member_id: string
  exported_at: Date
  /** By table; rows as they are kept. A table in which the member has no row is missing. */
  data: Record<string, Record<string, unknown>[]>
}

/**
 * Everything, of the member and of those merged into them. The tables are those with a `member_id`, asked of the
 * database itself: what a later version adds is exported too. Throws `member.not_found`.
 */
export async function exportOf(db: Reader, member_id: string, now: Date): Promise<Exported> {
  const kept = (await members.survivorIdOf(db, member_id)) ?? member_id
  await members.memberOf(db, kept)
  const family = await db.rows<{ member_id: string }>(sql`
    select member_id from members where member_id = ${kept}::uuid or merged_into = ${kept}::uuid`)
  const tables = await db.rows<{ name: string }>(sql`
    select c.table_name::text as name from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
      and t.table_type = 'BASE TABLE'
    where c.table_schema = 'public' and c.column_name = 'member_id' and c.table_name <> all (${left_out}::text[])
    order by c.table_name`)
  const ids = family.map((row) => row.member_id)
  const parts = tables.map(
    ({ name }) => sql`
    select ${name}::text as name, json_agg(to_jsonb(one) - 'search') as rows from ${raw(`"${name}"`)} one
    where one.member_id = any (${ids}::uuid[])`,
  )
  if (parts.length === 0) throw new AppError('member.not_found', { member_id })
  const found = await db.rows<{ name: string; rows: Record<string, unknown>[] | null }>(join(parts, ' union all '))
  return {
    member_id: kept,
    exported_at: now,
    data: Object.fromEntries(found.flatMap(({ name, rows }) => (rows ? [[name, rows.map(readable)]] : []))),
  }
}

/** The database writes bytes in hexadecimal; a picture becomes an address that any browser shows. */
function readable(row: Record<string, unknown>): Record<string, unknown> {
  const { image, type } = row
  if (typeof image !== 'string' || typeof type !== 'string' || !image.startsWith('\\x')) return row
  return { ...row, image: `data:${type};base64,${Buffer.from(image.slice(2), 'hex').toString('base64')}` }
}

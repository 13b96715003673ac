import { idsOf } from '../../base/conditions/compile.ts'
import type { Db, Reader } from '../../base/db.ts'
import { pageOf, readCursor } from '../../base/routes.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { compile, membersIn } from './segments.ts'
import type { Person } from './types.ts'

/** A page of people must come while somebody waits. */
const peopleTimeoutMs = 10_000

interface PersonRow extends Omit<Person, 'joined_at'> {
  joined_at: Date | null
}

async function peopleIn(
  db: Db,
  members: Sql,
  page: { limit: number; cursor?: string | undefined; signal?: AbortSignal },
): Promise<{ data: PersonRow[]; next_cursor: string | null }> {
  const after = readCursor(page.cursor)
  const rows = await db.timed<PersonRow>(
    sql`
      select m.member_id, m.display_name, m.phone, m.email, s.state, coalesce(s.order_count, 0) as order_count,
        coalesce(s.net_minor, 0) as net_minor, s.last_order_on, m.joined_at
      from members m left join member_statistics s on s.member_id = m.member_id
      where m.member_id in (${members})
        and (${after === null}::bool or m.member_id > ${(after?.[0] as string | undefined) ?? null}::uuid)
      order by m.member_id limit ${page.limit + 1}::int`,
    { timeout_ms: peopleTimeoutMs, ...(page.signal ? { signal: page.signal } : {}) },
  )
  return pageOf(rows, page.limit, (row) => [row.member_id])
}

/** Who is in a segment now. */
export async function peopleOf(
  db: Db,
  segment_id: string,
  now: Date,
  page: { limit: number; cursor?: string | undefined; signal?: AbortSignal },
) {
  return peopleIn(db, await membersIn(db, segment_id, now), page)
}

/** Who fulfils a condition now: the people behind a number. */
export async function peopleFor(
  db: Db,
  condition: unknown,
  now: Date,
  page: { limit: number; cursor?: string | undefined; signal?: AbortSignal },
) {
  return peopleIn(db, idsOf(await compile(db, condition, now)), page)
}

/** How a segment's size went, oldest first; at most a year of days. */
export function sizesOf(
  db: Reader,
  segment_id: string,
): Promise<{ computed_at: Date; version: number; count: number; ms: number }[]> {
  return db.rows(sql`
    select * from (
      select computed_at, version, count, ms from segment_sizes where segment_id = ${segment_id}::uuid
      order by computed_at desc limit 366) newest
    order by computed_at`)
}

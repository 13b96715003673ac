import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { Drifting } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/** The best fifth of the buyers: what is lost with them is lost for long. */
const bestShare = 0.2

/**
 * Members of worth who are drifting away: drowsy by their own rhythm, and among the best fifth of the buyers by net
 * sales of all time (at least `from_minor`).
 */
export async function drifting(db: Reader): Promise<Drifting> {
  const row = await db.row<{ from_minor: number | null; members: number; net_minor: number }>(sql`
    with buyers as (
      select s.state, s.net_minor
      from member_statistics s join members m on m.member_id = s.member_id
      where ${living} and s.net_minor > 0
    ), line as (
      select percentile_disc(${1 - bestShare}::float8) within group (order by net_minor) as from_minor from buyers
    )
    select line.from_minor, count(buyers.state)::int as members, coalesce(sum(buyers.net_minor), 0)::bigint as net_minor
    from line left join buyers on buyers.state = 'drowsy' and buyers.net_minor >= line.from_minor
    group by line.from_minor`)
  return { from_minor: row?.from_minor ?? null, members: row?.members ?? 0, net_minor: row?.net_minor ?? 0 }
}

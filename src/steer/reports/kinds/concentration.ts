import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { Concentration } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/**
 * What the best fifth of the buying members bring: members by net sales, best first; the curve gives the share of
 * sales of each further tenth (Lorenz curve, read from the top).
 */
export async function concentration(db: Reader): Promise<Concentration> {
  const tenths = await db.rows<{ tenth: number; buyers: number; net_minor: number }>(sql`
    with buyers as (
      select s.net_minor, row_number() over (order by s.net_minor desc, s.member_id) as place, count(*) over () as n
      from member_statistics s join members m on m.member_id = s.member_id and ${living}
      where s.net_minor > 0
    )
    select ceil(place * 10.0 / n)::int as tenth, count(*)::int as buyers, sum(net_minor)::bigint as net_minor
    from buyers group by 1 order by 1`)
  const buyers = tenths.reduce((sum, tenth) => sum + tenth.buyers, 0)
  const net = tenths.reduce((sum, tenth) => sum + tenth.net_minor, 0)
  let peopleSoFar = 0
  let salesSoFar = 0
  const curve = tenths.map((tenth) => {
    peopleSoFar += tenth.buyers
    salesSoFar += tenth.net_minor
    return { buyers: peopleSoFar / buyers, sales: salesSoFar / net }
  })
  const top = await db.row<{ buyers: number; net_minor: number | null; from_minor: number | null }>(sql`
    select count(*)::int as buyers, sum(net_minor)::bigint as net_minor, min(net_minor)::bigint as from_minor from (
      select s.net_minor, row_number() over (order by s.net_minor desc, s.member_id) as place, count(*) over () as n
      from member_statistics s join members m on m.member_id = s.member_id and ${living}
      where s.net_minor > 0
    ) ranked where place <= ceil(n * 0.2)`)
  return {
    buyers,
    top_buyers: top?.buyers ?? 0,
    top_from_minor: top?.from_minor ?? null,
    top_share: net > 0 ? (top?.net_minor ?? 0) / net : null,
    curve,
  }
}

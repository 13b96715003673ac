/** What stands on passes now, read for a set of members. */
import type { Db, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import * as points from '../../value/points/points.ts'
import * as tiers from '../../value/tiers/tiers.ts'
import { plainCode } from '../portal/portal.ts'
import type { PassContent } from './types.ts'

interface Asked {
  member_id: string
  changed_at: Date
}

/** In the order asked. */
export async function contentsOf(db: Db | Tx, passes: readonly Asked[]): Promise<PassContent[]> {
  const ids = passes.map(({ member_id }) => member_id)
  const people = await db.rows<{ number: number; display_name: string | null }>(sql`
    select m.number, m.display_name from unnest(${ids}::uuid[]) with ordinality as wanted (member_id, nth)
    join members m on m.member_id = wanted.member_id order by wanted.nth`)
  const balances = await points.balanceOf(db, ids)
  const standings = await tiers.standingOf(db, ids)
  const ladder = await db.rows<{ tier_id: string; names: Record<string, string> }>(sql`
    select tier_id, names from tiers`)
  const ending = await db.rows<{ member_id: string; expires_on: string; points: number }>(sql`
    select distinct on (member_id) member_id, expires_on, points from (
      select member_id, expires_on, sum(remaining)::bigint as points from point_lots
      where member_id = any (${ids}::uuid[]) and remaining > 0 and status = 'active' and expires_on is not null
      group by member_id, expires_on) lots
    order by member_id, expires_on`)
  const endOf = new Map(ending.map((one) => [one.member_id, { points: one.points, on: one.expires_on }]))
  return passes.map(({ member_id, changed_at }, nth) => ({
    ...people[nth]!,
    plain_code: plainCode(people[nth]!.number),
    points: balances[nth]!.available,
    tier_names: ladder.find(({ tier_id }) => tier_id === standings[nth]!.tier_id)?.names ?? {},
    expiring: endOf.get(member_id) ?? null,
    changed_at,
  }))
}

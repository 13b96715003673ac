/** How moments are looked at: one function a statement. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import type { Moment, MomentGiftRow, MomentSums } from './types.ts'

/** A program's moments fit on one page of a list. */
const list_max = 500

/** Every moment, newest first, with what it came to; or one. */
export async function listed(db: Reader, moment_id: string | null = null): Promise<(Moment & MomentSums)[]> {
  return db.rows<Moment & MomentSums>(sql`
    select m.moment_id, m.names, m.version, m.status, v.rule, m.active_since, m.created_at, m.updated_at, sums.*
    from moments m
    join moment_versions v on v.moment_id = m.moment_id and v.version = m.version
    left join lateral (
      select count(past.gift_id) as given, count(past.refused) as refused,
        coalesce(sum(gift.cost_minor) filter (where gift.status <> 'cancelled'), 0)::float8 as cost_minor,
        max(past.recorded_at) filter (where past.gift_id is not null) as last_given_at
      from moment_gifts past
      left join gifts gift on gift.member_id = past.member_id and gift.gift_id = past.gift_id
      where past.moment_id = m.moment_id
    ) sums on true
    where ${moment_id}::uuid is null or m.moment_id = ${moment_id}::uuid
    order by m.moment_id desc limit ${list_max}::int`)
}

export interface GivenWanted {
  moment_id?: string
  member_id?: string
  is_refused?: boolean | undefined
  /** Behind this one: when it was recorded, and of whom. */
  before?: { recorded_at: string; member_id: string } | null
  limit: number
}

/** What a moment gave, or what a member was given, newest first. */
export async function given(db: Reader, wanted: GivenWanted): Promise<MomentGiftRow[]> {
  const { moment_id = null, member_id = null, is_refused = null, before = null, limit } = wanted
  return db.rows<MomentGiftRow>(sql`
    select past.member_id, m.display_name, past.moment_id, moment.names, past.occurrence, past.occurs_on, past.given_on,
      past.gift_id, past.refused, gift.status, gift.taken_back_at,
      gift.cost_minor::float8 as cost_minor, past.why, past.recorded_at
    from moment_gifts past
    join moments moment on moment.moment_id = past.moment_id
    join members m on m.member_id = past.member_id
    left join gifts gift on gift.member_id = past.member_id and gift.gift_id = past.gift_id
    where (${moment_id}::uuid is null or past.moment_id = ${moment_id}::uuid)
      and (${member_id}::uuid is null or past.member_id = ${member_id}::uuid)
      and (${is_refused}::boolean is null or (past.refused is not null) = ${is_refused}::boolean)
      and (${before?.recorded_at ?? null}::timestamptz is null
        or (past.recorded_at, past.member_id) < (${before?.recorded_at ?? null}::timestamptz,
          ${before?.member_id ?? null}::uuid))
    order by past.recorded_at desc, past.member_id desc, past.occurrence desc limit ${limit}::int`)
}

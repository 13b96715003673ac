import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { addDays } from '../../../base/time.ts'
import { states, type Flow } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/** Points on the flow chart: thirteen readings show a year month by month. */
const readings = 13

/**
 * How many members stand in each state, now and over time, and who moved. A state's count at a day is what entered it
 * less what left it until then: one pass over the changes.
 */
export async function flow(db: Reader, range: { from: string; to: string }): Promise<Flow> {
  const days = readingDays(range)
  const [counts, moves] = [await countsAt(db, days), await movesIn(db, range)]
  const points = days.map((day) => ({
    day,
    counts: Object.fromEntries(states.map((state) => [state, counts.get(`${day} ${state}`) ?? 0])),
  }))
  return { from: range.from, to: range.to, points, now: points.at(-1)!.counts, moves }
}

function readingDays({ from, to }: { from: string; to: string }): string[] {
  const total = Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000))
  const steps = Math.min(readings - 1, total)
  return Array.from({ length: steps + 1 }, (_, i) => addDays(from, Math.round((total * i) / steps)))
}

/** Guests have a rhythm too, but this report is about members. */
const changes = sql`
  select c.member_id, m.number, c.changed_on, c.from_state, c.to_state
  from member_state_changes c join members m on m.member_id = c.member_id
  where ${living}`

async function countsAt(db: Reader, days: string[]): Promise<Map<string, number>> {
  const rows = await db.rows<{ day: string; state: string; members: number }>(sql`
    with moves as (
      select changed_on, from_state, to_state, count(*)::int as n from (${changes}) change group by 1, 2, 3
    ), turns as (
      select changed_on, to_state as state, n from moves
      union all
      select changed_on, from_state, -n from moves where from_state is not null
    )
    select day, state, sum(n)::int as members
    from unnest(${days}::date[]) as day join turns on turns.changed_on <= day
    group by day, state`)
  return new Map(rows.map((row) => [`${row.day} ${row.state}`, row.members]))
}

async function movesIn(db: Reader, { from, to }: { from: string; to: string }): Promise<Flow['moves']> {
  return db.rows(sql`
    select from_state as from, to_state as to, count(*)::int as members
    from (${changes}) change where changed_on > ${from}::date and changed_on <= ${to}::date
    group by 1, 2 order by members desc`)
}

/** The members behind one kind of move in the period, newest number first; `was` null: their first purchase. */
export async function movedMembers(
  db: Reader,
  move: { from: string; to: string; was: string | null; became: string },
  page: { before: number | null; limit: number },
): Promise<{ member_id: string; number: number }[]> {
  return db.rows(sql`
    select distinct member_id, number from (${changes}) change
    where changed_on > ${move.from}::date and changed_on <= ${move.to}::date
      and from_state is not distinct from ${move.was}::text and to_state = ${move.became}::text
      and (${page.before}::bigint is null or number < ${page.before}::bigint)
    order by number desc limit ${page.limit}::int`)
}

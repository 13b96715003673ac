import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { addDays } from '../../../base/time.ts'
import type { Today } from '../types.ts'
import { unnamedStores } from './unnamed-stores.ts'

/** The picture on the first page: four weeks show the week's shape and whether it changes. */
const daysShown = 28
/** Ahead enough to act: a message, a visit, a purchase. Today counts, as in the windows of conditions. */
const aheadDays = 30

/** What changed in the last seven days against the seven before, and what is coming. */
export async function today(db: Reader, options: { day: string; as_of: Date; zone: string }): Promise<Today> {
  const { day } = options
  const days = await salesByDay(db, addDays(day, 1 - daysShown), day)
  const [thisWeek, lastWeek] = [addDays(day, -6), addDays(day, -13)]
  const joins = await db.row<{ joined: number; joined_before: number }>(sql`
    select (count(*) filter (where joined_on >= ${thisWeek}::date))::int as joined,
      (count(*) filter (where joined_on < ${thisWeek}::date))::int as joined_before
    from (select (joined_at at time zone ${options.zone}::text)::date as joined_on from members
      where kind = 'member' and joined_at >= (${lastWeek}::date)::timestamp at time zone ${options.zone}::text) recent
    where joined_on >= ${lastWeek}::date and joined_on <= ${day}::date`)
  const coming = await db.row<{ members: number; points: number; near_tier: number; all_members: number }>(sql`
    select count(distinct member_id)::int as members, coalesce(sum(remaining), 0)::bigint as points,
      (select count(*) from member_tiers
        where review_on between ${day}::date and ${addDays(day, aheadDays - 1)}::date)::int
        as near_tier,
      (select count(*) from members where kind = 'member' and merged_into is null)::int as all_members
    from point_lots
    where remaining > 0 and expires_on between ${day}::date and ${addDays(day, aheadDays - 1)}::date`)
  const states = await db.rows<{ state: string; members: number; turned: number }>(sql`
    select s.state, count(*)::int as members,
      (count(*) filter (where s.state_since between ${thisWeek}::date and ${day}::date))::int as turned
    from member_statistics s join members m on m.member_id = s.member_id and m.kind = 'member'
    where s.state is not null and m.merged_into is null and m.erased_at is null group by 1`)
  // who stands in a state since this week, so that each figure opens just them
  const turned = states
    .filter((row) => row.turned > 0)
    .map((row) => ({ to: row.state, members: row.turned }))
    .sort((a, b) => b.members - a.members)
  const sum = (from: string, to: string, of: (row: DayRow) => number) =>
    days.filter((row) => row.day >= from && row.day <= to).reduce((total, row) => total + of(row), 0)
  return {
    as_of: options.as_of.toISOString(),
    week: {
      orders: sum(thisWeek, day, (row) => row.orders),
      net_minor: sum(thisWeek, day, (row) => row.net_minor),
      member_net_minor: sum(thisWeek, day, (row) => row.member_net_minor),
      orders_before: sum(lastWeek, addDays(thisWeek, -1), (row) => row.orders),
      net_minor_before: sum(lastWeek, addDays(thisWeek, -1), (row) => row.net_minor),
      joined: joins?.joined ?? 0,
      joined_before: joins?.joined_before ?? 0,
    },
    days: days.map(({ day: on, orders, net_minor }) => ({ day: on, orders, net_minor })),
    states: Object.fromEntries(states.map((row) => [row.state, row.members])),
    turned,
    expiring_points: { members: coming!.members, points: coming!.points, before: addDays(day, aheadDays - 1) },
    near_tier: coming!.near_tier,
    members: coming!.all_members,
    unnamed_stores: await unnamedStores(db, options),
  }
}

interface DayRow {
  day: string
  orders: number
  net_minor: number
  member_net_minor: number
}

/** Every day of the range, empty ones too. */
function salesByDay(db: Reader, from: string, to: string): Promise<DayRow[]> {
  return db.rows<DayRow>(sql`
    select day::date as day, (count(o.order_id) filter (where o.kind = 'order'))::int as orders,
      coalesce(sum(o.net_minor - o.refunded_minor), 0)::bigint as net_minor,
      coalesce(sum(o.net_minor - o.refunded_minor) filter (where m.kind = 'member'), 0)::bigint as member_net_minor
    from generate_series(${from}::date, ${to}::date, interval '1 day') as day
    left join orders o on o.ordered_on = day::date and o.counts
      -- the index is on the instant: a day either side covers every zone
      and o.occurred_at >= ${from}::date - 1 and o.occurred_at < ${to}::date + 2
    left join members m on m.member_id = o.member_id
    group by 1 order by 1`)
}

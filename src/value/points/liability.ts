/** What is owed in points: by how long ago it was earned, and by when it ends. Each is one statement. */
import type { Reader } from '../../base/db.ts'
import { apportion } from '../../base/money.ts'
import { sql } from '../../base/sql.ts'

/** Days since a lot was earned; what finance asks for: a month, a quarter, half a year, a year. */
const ages = [
  { code: 'days_30', from: 0, to: 30 },
  { code: 'days_90', from: 31, to: 90 },
  { code: 'days_180', from: 91, to: 180 },
  { code: 'days_365', from: 181, to: 365 },
  { code: 'older', from: 366, to: null },
] as const
export const ageCodes = ages.map((age) => age.code)

interface Owed {
  points: number
  members: number
}
export interface OwedByAge extends Owed {
  code: (typeof ages)[number]['code']
  /** Days since the points were earned. */
  from: number
  to: number | null
  owed_minor: number
}
export interface OwedByEnd extends Owed {
  /** The month of the last day; null: they never end. */
  month: string | null
  owed_minor: number
}

/** Money for points, such that the parts sum to the whole (largest remainder). */
function priced<T extends Owed>(rows: readonly T[], point_value_minor: number): (T & { owed_minor: number })[] {
  const total = rows.reduce((sum, row) => sum + row.points, 0)
  const minors = apportion(
    Math.round(total * point_value_minor),
    rows.map((row) => row.points),
  )
  return rows.map((row, i) => ({ ...row, owed_minor: minors[i]! }))
}

/** Lots whose last day is not over, by age in days of the program's zone; every age is there. */
export async function owedByAge(
  db: Reader,
  { today, zone, point_value_minor }: { today: string; zone: string; point_value_minor: number },
): Promise<OwedByAge[]> {
  const rows = await db.rows<Owed & { nth: number }>(sql`
    select age.nth::int as nth, coalesce(sum(lot.remaining), 0)::bigint as points,
      count(distinct lot.member_id) as members
    from unnest(${ages.map((age) => age.from)}::int[], ${ages.map((age) => age.to)}::int[])
      with ordinality as age (from_days, to_days, nth)
    left join (
      select member_id, remaining, ${today}::date - (earned_at at time zone ${zone}::text)::date as days
      from point_lots
      where remaining > 0 and status <> 'expired' and (expires_on is null or expires_on >= ${today}::date)
    ) lot on greatest(lot.days, 0) >= age.from_days and (age.to_days is null or lot.days <= age.to_days)
    group by age.nth order by age.nth`)
  const known = rows.map(({ nth, ...owed }) => ({ ...ages[nth - 1]!, ...owed }))
  return priced(known, point_value_minor)
}

/** The same lots by the month in which they end; those that never end last. */
export async function owedByEnd(
  db: Reader,
  { today, point_value_minor }: { today: string; point_value_minor: number },
): Promise<OwedByEnd[]> {
  const rows = await db.rows<Owed & { month: string | null }>(sql`
    select to_char(expires_on, 'YYYY-MM') as month, sum(remaining)::bigint as points,
      count(distinct member_id) as members
    from point_lots
    where remaining > 0 and status <> 'expired' and (expires_on is null or expires_on >= ${today}::date)
    group by 1 order by 1 nulls last`)
  return priced(rows, point_value_minor)
}

/** Who is due on days of a moment of the calendar: found by the indexes of birthdays, joining and own days. */
import { compileCondition, selectOf } from '../../base/conditions/compile.ts'
import type { Condition } from '../../base/conditions/condition.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import { birthDatesOf, lunarDaysOn } from '../../base/lunar.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addDays, startOfDay } from '../../base/time.ts'
import { dayIn, monthDaysOn, occurrenceOf } from './rules.ts'
import type { MomentRule } from './types.ts'

/** A member and the day that has come round for them. */
export interface Due {
  member_id: string
  day: string
}

export interface DueOf {
  rule: MomentRule
  days: readonly string[]
  zone: string
  now: Date
  /** These members alone. */
  ids?: readonly string[] | undefined
}

/** Members of the program who are somebody still. */
export const isHere = sql`m.kind = 'member' and m.merged_into is null and m.erased_at is null`
export const everybody: Condition = { combinator: 'and', not: false, rules: [] }

/**
 * Rows of those who are meant and had joined long enough before, as `columns` says: `m` is the member, `key.day` the
 * day. Who was given already is among them: that is decided behind their lock.
 */
export function dueSql({ rule, days, zone, now, ids }: DueOf, columns: Sql, more: Sql = sql`true`): Sql {
  const joined = sql`(m.joined_at at time zone ${zone}::text)::date`
  const population = {
    from: keysSql(rule, days, zone),
    key: 'm.member_id',
    where: sql`${isHere} and key.day - ${joined} >= ${rule.joined_days_min}::int and ${more}`,
  }
  const compiled = compileCondition(rule.whom ?? everybody, {
    fields: allFields(),
    population,
    now,
    zone,
    reading: 'now',
    ...(ids ? { ids } : {}),
  })
  return selectOf(compiled, columns)
}

/** That a moment has not given this day's occurrence yet. Asked member by member: no plan of a join may guess wrong. */
export function notGivenSql(moment_id: string, { when }: MomentRule, days: readonly string[]): Sql {
  const occurrences = JSON.stringify(Object.fromEntries(days.map((day) => [day, occurrenceOf(when, day)])))
  return sql`(select g.member_id from moment_gifts g where g.member_id = m.member_id
    and g.moment_id = ${moment_id}::uuid and g.occurrence = ${occurrences}::jsonb->>to_char(key.day, 'YYYY-MM-DD')
    limit 1) is null`
}

/** `key (day …) join members m`: one index probe for each key. */
function keysSql({ when }: MomentRule, days: readonly string[], zone: string): Sql {
  if (when.kind === 'birthday' && when.calendar === 'lunar') {
    const keys = days.flatMap((day) => birthDatesOf(lunarDaysOn(day), day).map((date) => ({ day, date })))
    return sql`unnest(${keys.map((key) => key.day)}::date[], ${keys.map((key) => key.date)}::text[]) as key (day, date)
      join members m on right(m.birth_date, 5) = right(key.date, 5) and m.birth_date = key.date`
  }
  const keys = days.flatMap((day) => monthDaysOn(day).map((md) => ({ day, md })))
  if (when.kind === 'birthday')
    return sql`${monthDayKeys(keys)} join members m on right(m.birth_date, 5) = key.md and m.birth_date is not null`
  if (when.kind === 'own_day') {
    const lunar = days.flatMap((day) => lunarDaysOn(day).map((md) => ({ day, md })))
    return sql`(select day, md, 'solar' as calendar from ${monthDayKeys(keys)}
      union all select day, md, 'lunar' from ${monthDayKeys(lunar)}) key
      join member_days own on own.name = ${when.name}::text and own.calendar = key.calendar
        and right(own.day, 5) = key.md
      join members m on m.member_id = own.member_id`
  }
  if (when.kind === 'join_anniversary') {
    const spans = days.flatMap((day) => joiningDays(day).map((joined) => ({ day, joined })))
    return sql`unnest(${spans.map(({ day }) => day)}::date[],
        ${spans.map(({ joined }) => startOfDay(joined, zone))}::timestamptz[],
        ${spans.map(({ joined }) => startOfDay(addDays(joined, 1), zone))}::timestamptz[]
      ) as key (day, begins, ends)
      join members m on m.joined_at >= key.begins and m.joined_at < key.ends`
  }
  return sql`unnest(${days}::date[]) as key (day) cross join members m`
}

const monthDayKeys = (keys: readonly { day: string; md: string }[]) =>
  sql`unnest(${keys.map((key) => key.day)}::date[], ${keys.map((key) => key.md)}::text[]) as key (day, md)`

/** A program older than this would have been a ledger of paper. */
const program_years_max = 60

/** The days on which those joined whose anniversary is on this day. */
function joiningDays(day: string): string[] {
  const year = Number(day.slice(0, 4))
  const days: string[] = []
  for (let before = year - 1; before >= year - program_years_max; before -= 1)
    for (const md of monthDaysOn(day)) {
      const joined = dayIn(before, md)
      // 29 February of a year without one is nobody's day of joining
      if (joined.endsWith(md)) days.push(joined)
    }
  return days
}

/**
 * What a moment would come to: those of the calendar in the next days, the others as if they had been there in the
 * last, as many of them as the moment has left. Found by the statements and days that giving itself goes by.
 */
import { compileCondition, selectOf } from '../../base/conditions/compile.ts'
import { allFields } from '../../base/conditions/gathered.ts'
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { costMinor } from '../../base/money.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addDays, dayOf, startOfDay } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import * as gifts from '../gifts/gifts.ts'
import { dueSql, everybody, isHere, notGivenSql } from './due.ts'
import { faultsOfRule } from './faults.ts'
import { daysDue, daysLeft, daysOpening, isOfCalendar, windowOf } from './rules.ts'
import type { MomentPreview, MomentRule } from './types.ts'

/** Days looked at: a month with every weekday as often as a month has it. */
export const preview_days = 30
/** Members named; the rest is a number. */
const first_max = 20
/** Somebody waits in front of a form. */
const preview_ms_max = 10_000

interface Asked {
  rule: MomentRule
  /** Of a moment that is there: who has been given is not counted again. */
  moment_id: string | null
  now: Date
  signal?: AbortSignal
}

/** Tries a rule. Throws `moment.rule_invalid`, `query.timed_out`, `query.cancelled`. */
export async function preview(db: Db, { rule, moment_id, now, signal }: Asked): Promise<MomentPreview> {
  const errors = await faultsOfRule(db, rule)
  if (errors.length > 0) throw new AppError('moment.rule_invalid', { places: errors.length }, { errors })
  const { time_zone: zone } = await program.current(db)
  const today = dayOf(now, zone)
  const isAhead = isOfCalendar(rule.when)
  const days = isAhead ? preview_days : daysLeft(rule, today, preview_days)
  const found = isAhead ? aheadSql(rule, { moment_id, today, zone, now }) : pastSql(rule, { today, zone, now, days })
  const limits = { timeout_ms: preview_ms_max, ...(signal ? { signal } : {}) }
  const [row] = await db.timed<Found>(
    sql`
    with found as materialized (${found})
    select count(*) as gifts, count(distinct member_id) as members,
      (select coalesce(json_agg(first), '[]') from (
        select member_id, display_name, to_char(day, 'YYYY-MM-DD') as day from found
        order by day, member_id limit ${first_max}::int
      ) first) as first
    from found`,
    limits,
  )
  const { gifts: count, members, first } = row!
  const opens = (day: string) => (isAhead ? windowOf(rule, day).from : day)
  return {
    looks: isAhead ? 'ahead' : 'back',
    days,
    gifts: count,
    members,
    points: rule.reward.kind === 'points' ? count * rule.reward.points : 0,
    cost_minor: costMinor(await gifts.costOf(db, rule.reward, now), count),
    first: first.map(({ member_id, display_name, day }) => ({
      member_id,
      display_name,
      occurs_on: day,
      given_on: isAhead && opens(day) < today ? today : opens(day),
    })),
  }
}

interface Found {
  gifts: number
  members: number
  first: { member_id: string; display_name: string | null; day: string }[]
}

const columns = (day: Sql) => sql`m.member_id, m.display_name, ${day} as day`

interface Here {
  today: string
  zone: string
  now: Date
}

/** Whom it will be given to. */
function aheadSql(rule: MomentRule, { moment_id, today, zone, now }: Here & { moment_id: string | null }): Sql {
  const days = daysAhead(rule, today)
  const isLeft = moment_id === null ? sql`true` : notGivenSql(moment_id, rule, days)
  return dueSql({ rule, days, zone, now }, columns(sql`key.day`), isLeft)
}

/** Open now, or opening in the next days. */
function daysAhead(rule: MomentRule, today: string): string[] {
  const days = [...daysDue(rule, today, null), ...daysOpening(rule, today, addDays(today, preview_days))]
  return [...new Set(days)].sort()
}

/** Whom what happened in the last days would have been given to. */
function pastSql(rule: MomentRule, { today, zone, now, days }: Here & { days: number }): Sql {
  const from = addDays(today, -days)
  const joined = sql`(m.joined_at at time zone ${zone}::text)::date`
  const isLong = rule.when.kind === 'joining' ? sql`true` : sql`past.day - ${joined} >= ${rule.joined_days_min}::int`
  const population = {
    from: sql`(${happenedSql(rule, { from, until: today, zone })}) past join members m on m.member_id = past.member_id`,
    key: 'm.member_id',
    where: sql`${isHere} and ${isLong}`,
  }
  const compiled = compileCondition(rule.whom ?? everybody, {
    fields: allFields(),
    population,
    now,
    zone,
    reading: 'now',
  })
  return selectOf(compiled, columns(sql`past.day`))
}

/** Rows `member_id, day` of what would have brought a gift, from a day until before another. */
function happenedSql({ when }: MomentRule, span: { from: string; until: string; zone: string }): Sql {
  const [begins, ends] = [startOfDay(span.from, span.zone), startOfDay(span.until, span.zone)]
  const within = (column: Sql) => sql`${column} >= ${begins}::timestamptz and ${column} < ${ends}::timestamptz`
  const day = (column: Sql) => sql`(${column} at time zone ${span.zone}::text)::date`
  if (when.kind === 'joining')
    return sql`select member_id, ${day(sql`joined_at`)} as day from members where ${within(sql`joined_at`)}`
  if (when.kind === 'upgrade')
    return sql`
      select distinct on (change.member_id, tier.tier_id, extract(year from ${day(sql`change.occurred_at`)}))
        change.member_id, ${day(sql`change.occurred_at`)} as day
      from tier_changes change join tiers tier on tier.tier_id = change.to_tier_id
      where ${within(sql`change.occurred_at`)} and change.kind = 'reached' and tier.code = any (${when.tiers}::text[])`
  const numbered = sql`
    select o.member_id, o.ordered_on, o.occurred_at,
      row_number() over (partition by o.member_id order by o.occurred_at, o.order_id) as nth,
      lag(o.ordered_on) over (partition by o.member_id order by o.occurred_at, o.order_id) as before_on
    from orders o
    where o.kind = 'order' and o.counts and o.member_id in (
      select recent.member_id from orders recent where ${within(sql`recent.occurred_at`)})`
  const isIt =
    when.kind === 'waking'
      ? sql`ordered_on - before_on >= ${when.days}::int`
      : when.kind === 'purchase' && when.repeats
        ? sql`nth % ${when.number}::int = 0`
        : sql`nth = ${when.kind === 'purchase' ? when.number : 0}::int`
  return sql`
    select member_id, ordered_on as day from (${numbered}) numbered where ${within(sql`occurred_at`)} and ${isIt}`
}

/** What conditions may ask about points. Now: from balances. At a past moment: from entries and lots until then. */
import type { Field, Measure, Past, Table } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

const balance: Table = { alias: 'point_balance', from: sql`point_balances` }

/**
 * Points held at a past moment, by what could be spent of them then: each lot made until then, with what entries until
 * then took from it. A lot whose last day was over is empty, whether or not clock work had got round to it.
 */
function past({ now, today, only }: Past): Table {
  return {
    alias: 'past_points',
    from: sql`(
      select lot.member_id,
        sum(lot.granted + coalesce(moved.points, 0))
          filter (where lot.activates_on is null or lot.activates_on <= ${today}::date)::bigint as active,
        sum(lot.granted + coalesce(moved.points, 0)) filter (where lot.activates_on > ${today}::date)::bigint as pending
      from point_lots lot
      join point_entries made on made.member_id = lot.member_id and made.entry_id = lot.lot_id
      left join lateral (
        select sum(part.points)::bigint as points
        from point_entry_lots part
        join point_entries entry on entry.member_id = part.member_id and entry.entry_id = part.entry_id
        where part.member_id = lot.member_id and part.lot_id = lot.lot_id and entry.occurred_at <= ${now}::timestamptz
      ) moved on true
      where made.occurred_at <= ${now}::timestamptz and (lot.expires_on is null or lot.expires_on >= ${today}::date)
        ${only('lot.member_id')}
      group by lot.member_id)`,
  }
}

function pastDebt({ now, only }: Past): Table {
  return {
    alias: 'past_debt',
    from: sql`(
      select entry.member_id, sum(entry.debt)::bigint as debt from point_entries entry
      where entry.occurred_at <= ${now}::timestamptz${only('entry.member_id')} group by entry.member_id)`,
  }
}

const count: Measure = { type: 'number', integer: true, sql: sql`count(*)` }
const points = (sum: Measure['sql']): Measure => ({ type: 'number', integer: true, unit: 'points', sql: sum })

const held: Field[] = [
  {
    name: 'points_active',
    group: 'points',
    type: 'number',
    integer: true,
    unit: 'points',
    missing: 0,
    table: balance,
    sql: sql`point_balance.active`,
    at: (moment) => ({ table: past(moment), sql: sql`past_points.active` }),
  },
  {
    name: 'points_pending',
    group: 'points',
    type: 'number',
    integer: true,
    unit: 'points',
    missing: 0,
    table: balance,
    sql: sql`point_balance.pending`,
    at: (moment) => ({ table: past(moment), sql: sql`past_points.pending` }),
  },
  {
    name: 'points_debt',
    group: 'points',
    type: 'number',
    integer: true,
    unit: 'points',
    missing: 0,
    table: balance,
    sql: sql`point_balance.debt`,
    at: (moment) => ({ table: pastDebt(moment), sql: sql`past_debt.debt` }),
  },
]

const moved: Field[] = [
  {
    name: 'points_expiring',
    group: 'points',
    type: 'behaviour',
    rows: sql`point_lots lot`,
    member: 'lot.member_id',
    at: 'lot.expires_on',
    at_type: 'day',
    known_at: 'lot.earned_at',
    counts: sql`lot.remaining > 0`,
    measures: { count, sum: points(sql`sum(lot.remaining)`) },
  },
  {
    name: 'points_earned',
    group: 'points',
    type: 'behaviour',
    rows: sql`point_entries earned`,
    member: 'earned.member_id',
    at: 'earned.occurred_at',
    counts: sql`earned.kind in ('earn', 'open') and earned.points > 0`,
    measures: { count, sum: points(sql`sum(earned.points)`) },
    summaries: [{ table: balance, measures: { sum: sql`point_balance.earned_total` } }],
  },
  {
    name: 'points_spent',
    group: 'points',
    type: 'behaviour',
    rows: sql`point_entries spent`,
    member: 'spent.member_id',
    at: 'spent.occurred_at',
    // what was given back was not spent
    counts: sql`spent.kind = 'spend' and not exists (
      select from point_entries later
      where later.member_id = spent.member_id and later.corrects = spent.entry_id and later.kind = 'restore')`,
    measures: { count, sum: points(sql`-sum(spent.points)`) },
    summaries: [{ table: balance, measures: { sum: sql`point_balance.spent_total` } }],
  },
  {
    name: 'points',
    group: 'points',
    type: 'behaviour',
    rows: sql`point_entries entry`,
    member: 'entry.member_id',
    at: 'entry.occurred_at',
    counts: sql`entry.points <> 0`,
    measures: { count, sum: points(sql`sum(entry.points)`) },
    filters: [
      {
        name: 'kind',
        type: 'choice',
        options: ['earn', 'open', 'spend', 'restore', 'expire', 'reverse', 'adjust'],
        sql: sql`entry.kind`,
      },
    ],
  },
]

export const fields: Field[] = [...held, ...moved]

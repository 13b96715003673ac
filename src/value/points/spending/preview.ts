/** What another spend rule would change: what is owed, and which of last month's spends it would have refused. */
import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { begunAt, lastToCome } from '../../../base/versions.ts'
import type { PointSpendRule } from './types.ts'

export interface SpendPreview {
  from: Date
  points_owed: number
  owed_minor: number
  owed_after_minor: number
  spends: number
  points_spent: number
  /** Spends that the rule would refuse, each by its first reason; a bill is known of those made at a till. */
  refused: number
  refused_points: number
  below_minimum: number
  off_step: number
  over_share: number
}

/**
 * One statement. A spend at a till is written with its order in one transaction: the order recorded at the same moment
 * for the same member is its bill, and what the points paid by the rule of that moment is added to what was paid.
 */
export async function previewSpending(
  db: Reader,
  { rule, from, point_value_minor }: { rule: PointSpendRule; from: Date; point_value_minor: number },
): Promise<SpendPreview> {
  const row = await db.row<Omit<SpendPreview, 'from' | 'owed_minor' | 'owed_after_minor'>>(sql`
    with spent as (
      select -entry.points as points, bill.net_minor,
        -entry.points * (then_rule.rule->>'worth_minor')::numeric / (then_rule.rule->>'points')::numeric as worth_minor
      from point_entries entry
      left join lateral (
        select o.net_minor from orders o
        where o.member_id = entry.member_id and o.recorded_at = entry.recorded_at and entry.source = 'till' limit 1
      ) bill on true
      left join lateral (
        select rule from point_spend_rules where ${begunAt(sql`entry.occurred_at`)}
        order by ${lastToCome} limit 1
      ) then_rule on true
      where entry.kind = 'spend' and entry.occurred_at >= ${from}::timestamptz
        and (entry.source = 'till' or entry.source like 'spend:%')
    ), judged as (
      select points, case
        when points < ${rule.minimum_points}::bigint then 'minimum'
        when points % ${rule.step}::bigint <> 0 then 'step'
        when net_minor is not null and points * ${rule.worth_minor}::numeric / ${rule.points}::numeric
          > (net_minor + worth_minor) * ${rule.share_max_bp}::numeric / 10000 then 'share'
      end as reason from spent
    )
    select (select coalesce(sum(active + pending), 0)::bigint from point_balances) as points_owed,
      count(*)::int as spends, coalesce(sum(points), 0)::bigint as points_spent,
      count(reason)::int as refused,
      coalesce(sum(points) filter (where reason is not null), 0)::bigint as refused_points,
      count(*) filter (where reason = 'minimum')::int as below_minimum,
      count(*) filter (where reason = 'step')::int as off_step,
      count(*) filter (where reason = 'share')::int as over_share
    from judged`)
  const { points_owed } = row!
  return {
    ...row!,
    from,
    owed_minor: Math.round(points_owed * point_value_minor),
    owed_after_minor: Math.round((points_owed * rule.worth_minor) / rule.points),
  }
}

/** What another price rule would have cost: last month's purchases, priced by the function that prices the till. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addDays, addMs, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { priceOf } from './price-rules.ts'
import { ruleAt } from './prices.ts'
import type { PriceRule, PriceRuleVersion } from './types.ts'

/** Days looked back on: a month with every weekday as often as a month has it. */
export const preview_days = 30

/** Lines of one product at one price, bought by members who now hold one tier. */
interface Bought {
  sku: string
  category: string | null
  tier_code: string
  unit_price_minor: number
  cost_minor: number | null
  units: number
}

export interface PricePreview {
  days: number
  /** Members who bought anything in these days. */
  members: number
  /** What the rule in force and the proposed one would have taken off, in minor units. */
  now_minor: number
  then_minor: number
  /** Members who would have paid less than now, and more. */
  members_less: number
  members_more: number
  /** Units that the floor would have kept from being cheaper. */
  units_at_floor: number
}

/**
 * Prices the last days' lines under the rule in force and under another one, each member at the tier held now. Plans
 * and coupons are left out: they are the same under both. Reading costs by what was bought, deciding by distinct
 * products.
 */
export async function preview(db: Reader, proposed: PriceRule, now: Date): Promise<PricePreview> {
  const { time_zone } = await program.current(db)
  const today = dayOf(now, time_zone)
  const days = { from: addDays(today, -preview_days), to: addDays(today, -1) }
  const [version, bought] = await Promise.all([ruleAt(db, now), boughtIn(db, days)])
  const decided = bought.map((line) => ({
    ...line,
    now: savedOn(line, version),
    then: savedOn(line, { version: (version?.version ?? 0) + 1, rule: proposed }),
  }))
  const sum = (amount: (one: (typeof decided)[number]) => number) =>
    Math.round(decided.reduce((total, one) => total + amount(one), 0))
  const changed = decided.filter((one) => one.now.saved !== one.then.saved)
  const people = await peopleOf(db, days, changed)
  return {
    days: preview_days,
    ...people,
    now_minor: sum((one) => one.now.saved * one.units),
    then_minor: sum((one) => one.then.saved * one.units),
    units_at_floor: sum((one) => (one.then.isAtFloor ? one.units : 0)),
  }
}

function savedOn(line: Bought, version: Pick<PriceRuleVersion, 'version' | 'rule'> | null) {
  const { saved_minor, why } = priceOf(line, { version, tier_code: line.tier_code, has_coupon: false })
  return { saved: saved_minor, isAtFloor: why.code === 'floor' }
}

interface Days {
  from: string
  to: string
}

/** Lines of members, of orders that count, at their price on the shelf. */
const linesSql = ({ from, to }: Days) => sql`
  select l.member_id, l.sku, l.category, coalesce(tier.code, lowest.code, '') as tier_code,
    floor(l.gross_minor / l.quantity)::bigint as unit_price_minor, l.quantity - l.refunded_quantity as units
  from orders o
  join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id
  join members m on m.member_id = o.member_id and m.kind = 'member'
  left join member_tiers held on held.member_id = o.member_id
  left join tiers tier on tier.tier_id = held.tier_id
  left join tiers lowest on lowest.rank = 0
  where o.ordered_on between ${from}::date and ${to}::date
    and o.occurred_at >= ${addMs(new Date(from), -86_400_000)}::timestamptz
    and o.counts and l.sku is not null and l.quantity > l.refunded_quantity and l.gross_minor > 0`

async function boughtIn(db: Reader, days: Days): Promise<Bought[]> {
  return db.rows<Bought>(sql`
    select line.sku, line.category, line.tier_code, line.unit_price_minor, product.cost_minor,
      sum(line.units)::float8 as units
    from (${linesSql(days)}) line left join products product on product.sku = line.sku
    group by 1, 2, 3, 4, 5`)
}

/** How many bought at all, and whose lines would have come to less or to more. */
async function peopleOf(
  db: Reader,
  days: Days,
  changed: readonly (Bought & { now: { saved: number }; then: { saved: number } })[],
): Promise<Pick<PricePreview, 'members' | 'members_less' | 'members_more'>> {
  const found = await db.row<{ members: number; members_less: number; members_more: number }>(sql`
    select count(*)::int as members, count(*) filter (where change > 0)::int as members_less,
      count(*) filter (where change < 0)::int as members_more
    from (
      select line.member_id, coalesce(sum(changed.more * line.units), 0) as change
      from (${linesSql(days)}) line
      left join unnest(${changed.map((one) => one.sku)}::text[], ${changed.map((one) => one.category)}::text[],
        ${changed.map((one) => one.tier_code)}::text[], ${changed.map((one) => one.unit_price_minor)}::bigint[],
        ${changed.map((one) => one.then.saved - one.now.saved)}::bigint[]
      ) as changed (sku, category, tier_code, unit_price_minor, more)
        on changed.sku = line.sku and changed.category is not distinct from line.category
          and changed.tier_code = line.tier_code and changed.unit_price_minor = line.unit_price_minor
      group by line.member_id
    ) one`)
  return found!
}

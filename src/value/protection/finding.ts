/**
 * Which purchases of the last days have become cheaper: by a new list price of the product, or by a price rule that
 * took effect. Read member by member; where neither has happened since, nothing is read at all.
 */
import type { Reader } from '../../base/db.ts'
import { uuidv7From } from '../../base/ids.ts'
import { empty, sql } from '../../base/sql.ts'
import { begunAt } from '../../base/versions.ts'
import * as plans from '../plans/plans.ts'
import * as privileges from '../privileges/privileges.ts'
import type { PriceRuleVersion } from '../privileges/types.ts'
import * as tiers from '../tiers/tiers.ts'
import type { Line } from './types.ts'

/** What the finding looks at. */
export interface Span {
  from: Date
  now: Date
  zone: string
}

/** All members with such purchases, in the order of their ids: read once, however many are then looked at in parts. */
export async function membersIn(db: Reader, span: Span): Promise<string[]> {
  const changed = await db.row<{ repriced: boolean; ruled: boolean }>(sql`
    select exists (select from product_prices where until_at > ${span.from}::timestamptz) as repriced,
      exists (select from price_rules where ${begunAt(span.now)}
        and effective_from > ${span.from}::timestamptz) as ruled`)
  if (!changed!.repriced && !changed!.ruled) return []
  // a rule of prices may concern everything; else only what has another list price is looked at
  const fallen = changed!.ruled
    ? empty
    : sql`join (
        select product_id, max(until_at) as until_at from product_prices
        where until_at > ${span.from}::timestamptz group by product_id
      ) repriced on repriced.product_id = l.product_id and repriced.until_at > o.occurred_at`
  // nothing is recorded before it happens: the numbers of the orders lead to the lines of the last days alone
  const rows = await db.rows<{ member_id: string }>(sql`
    select distinct o.member_id
    from order_lines l
    join orders o on o.member_id = l.member_id and o.order_id = l.order_id
    join members m on m.member_id = o.member_id and m.kind = 'member' and m.merged_into is null and m.erased_at is null
    ${fallen}
    where l.order_id >= ${uuidv7From(span.from)}::uuid
      and o.occurred_at >= ${span.from}::timestamptz and o.occurred_at <= ${span.now}::timestamptz and o.counts
      and l.product_id is not null and l.quantity > l.refunded_quantity and l.net_minor > l.refunded_minor
    order by o.member_id`)
  return rows.map((row) => row.member_id)
}

interface Bought extends Omit<Line, 'then_minor' | 'now_minor' | 'price_version' | 'tier_code' | 'plan_ids'> {
  shelf_then_minor: number
  shelf_now_minor: number
  cost_minor: number | null
}

async function boughtBy(db: Reader, span: Span, member_ids: readonly string[]): Promise<Bought[]> {
  return db.rows<Bought>(sql`
    select o.member_id, o.order_id, l.line_no, l.sku, l.category, o.occurred_at as bought_at,
      ((l.quantity - l.refunded_quantity) * 10000)::bigint as left_e4, l.net_minor - l.refunded_minor as paid_minor,
      case when ended.until_at is null then p.price_minor else ended.price_minor end as shelf_then_minor,
      p.price_minor as shelf_now_minor, p.cost_minor,
      coalesce(given.minor, 0)::bigint as given_before_minor, coalesce(given.times, 0)::int as given_times
    from orders o
    join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id
    join products p on p.product_id = l.product_id
    left join lateral (
      select price_minor, until_at from product_prices ended
      where ended.product_id = p.product_id and ended.until_at > o.occurred_at order by ended.until_at limit 1
    ) ended on true
    left join lateral (
      -- what went back with its goods was given for goods that are no longer looked at
      select sum(ceil(one.given_minor * (one.points - one.taken_points - one.forgiven_points) / one.points::numeric))
        as minor, count(*) as times from protections one
      where one.member_id = l.member_id and one.order_id = l.order_id and one.line_no = l.line_no
    ) given on true
    where o.member_id = any (${member_ids}::uuid[]) and o.occurred_at >= ${span.from}::timestamptz
      and o.occurred_at <= ${span.now}::timestamptz and o.counts and l.quantity > l.refunded_quantity
      and l.net_minor > l.refunded_minor and p.price_minor is not null
      and (ended.until_at is null or ended.price_minor is not null)
    order by o.member_id, o.occurred_at, o.order_id, l.line_no`)
}

/** The version in force at a moment, of versions newest first. */
function versionAt(versions: readonly PriceRuleVersion[], at: Date): PriceRuleVersion | null {
  return versions.find((version) => version.effective_from <= at) ?? null
}

/**
 * Lines of these members that cost less now than when they were bought, for the tier and the plans held then: who has
 * climbed since is not owed what only the climb brought.
 */
export async function cheaperNow(db: Reader, span: Span, member_ids: readonly string[]): Promise<Line[]> {
  const bought = await boughtBy(db, span, member_ids)
  if (bought.length === 0) return []
  const versions = await privileges.priceRulesSince(db, span)
  const asked = bought.map(({ member_id, bought_at }) => ({ member_id, at: bought_at }))
  const held = await tiers.heldBefore(db, await tiers.lawOf(db, span.zone), asked)
  const deals = await plans.dealsOf(db, asked)
  return bought.flatMap(({ shelf_then_minor, shelf_now_minor, cost_minor, ...line }, i) => {
    const tier_code = held[i]!.tier_code
    const own = deals[i]!
    const at = (moment: Date, unit_price_minor: number) => {
      const version = versionAt(versions, moment)
      const context = { version, tier_code: tier_code ?? '', has_coupon: false, deals: own }
      const { sku, category } = line
      return privileges.priceOf({ sku, category, unit_price_minor, cost_minor }, context)
    }
    const then = at(line.bought_at, shelf_then_minor).unit_price_minor
    const now = at(span.now, shelf_now_minor)
    if (now.unit_price_minor >= then) return []
    return [
      {
        ...line,
        then_minor: then,
        now_minor: now.unit_price_minor,
        price_version: now.why.rule_version,
        tier_code,
        plan_ids: own.flatMap((deal) => (deal.kind === 'plan' ? [deal.id] : [])),
      },
    ]
  })
}

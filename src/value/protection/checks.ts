/** `regulars verify` for price protection: again in SQL that shares no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('protection.within_what_was_paid', 'no line was given back more than was paid above what it came to', (db) =>
    db.rows(sql`
    select one.member_id, one.order_id, one.line_no, one.nth, one.given_minor, before.minor as before_minor,
      line.net_minor
    from protections one
    left join order_lines line on line.member_id = one.member_id and line.order_id = one.order_id
      and line.line_no = one.line_no
    cross join lateral (
      select coalesce(sum(earlier.given_minor), 0)::bigint as minor, count(*) as times from protections earlier
      where earlier.member_id = one.member_id and earlier.order_id = one.order_id and earlier.line_no = one.line_no
        and earlier.nth < one.nth
    ) before
    where line.line_no is null or one.given_before_minor > before.minor or before.times <> one.nth - 1
      or one.given_before_minor + one.given_minor > least(line.net_minor, one.paid_minor) - one.costs_minor
      or one.costs_minor < one.now_minor * one.quantity`),
  ),
  noRows('protection.is_a_gift', 'what was given back is a gift of as many points', (db) =>
    db.rows(sql`
    select one.member_id, one.order_id, one.line_no, one.points, gift.reward
    from protections one left join gifts gift on gift.member_id = one.member_id and gift.gift_id = one.gift_id
    where gift.gift_id is null or gift.kind <> 'points' or (gift.reward->>'points')::bigint <> one.points`),
  ),
  noRows(
    'protection.counts_are_sums',
    'what a member was given back is what months, years and the whole count',
    (db) =>
      db.rows(sql`
    select coalesce(given.member_id, counted.member_id) as member_id, given.minor, counted.ever, counted.years,
      counted.months
    from (select member_id, sum(given_minor)::bigint as minor from protections group by 1) given
    full join (
      select member_id, sum(given_minor) filter (where period = 'ever')::bigint as ever,
        sum(given_minor) filter (where length(period) = 4 and period <> 'ever')::bigint as years,
        sum(given_minor) filter (where length(period) = 7)::bigint as months
      from protection_counts group by 1
    ) counted on counted.member_id = given.member_id
    where (given.minor, given.minor, given.minor) is distinct from (counted.ever, counted.years, counted.months)`),
  ),
  noRows('protection.returns_are_taken', 'what went back of the points given is booked', (db) =>
    db.rows(sql`
    select one.member_id, one.order_id, one.line_no, one.nth, one.taken_points, booked.points
    from protections one
    cross join lateral (
      select coalesce(-sum(entry.points), 0)::bigint as points from point_entries entry
      where entry.member_id = one.member_id and entry.source = 'price_protection_back'
        and entry.source_id like one.order_id || ':' || one.line_no || ':' || one.nth || ':%'
    ) booked
    where booked.points <> one.taken_points`),
  ),
]

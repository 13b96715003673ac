/** `regulars verify` for tiers: plain recounts that share no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

/** Orders with who climbs by them: whoever has them, unless a row beside the order says otherwise. */
const climbed = sql`(
    select o.*, coalesce(p.climber_id, o.member_id) as climber_id from orders o
    left join order_parties p on p.member_id = o.member_id and p.order_id = coalesce(o.adds_to, o.order_id)
  )`

export const checks: VerifyCheck[] = [
  noRows('tiers.held_is_last_change', 'every member holds the tier of the last change written down', (db) =>
    db.rows(sql`
    with last as (
      select distinct on (member_id) member_id, to_tier_id from tier_changes order by member_id, change_id desc
    )
    select coalesce(held.member_id, last.member_id) as member_id, held.tier_id as held_tier_id, last.to_tier_id
      as changed_to_tier_id
    from member_tiers held full join last using (member_id)
    -- what was reached in a merged name stays there as history: the kept member holds the tier
    where held.tier_id is distinct from last.to_tier_id and not exists (
      select from members m where m.member_id = last.member_id and m.merged_into is not null)`),
  ),
  noRows('tiers.changes_are_a_chain', 'every change of tier begins where the one before ended', (db) =>
    db.rows(sql`
    select member_id, change_id, from_tier_id, expected_tier_id from (
      select member_id, change_id, from_tier_id,
        lag(to_tier_id, 1, (select tier_id from tiers where rank = 0)) over (partition by member_id
          order by change_id) as expected_tier_id
      from tier_changes
    ) step where from_tier_id is distinct from expected_tier_id`),
  ),
  noRows('tiers.progress_equals_orders', 'progress of each order is what its rule counts of it', (db) =>
    db.rows(sql`
    select progress.member_id, progress.source_id as order_id, progress.amount,
      case when orders.order_id is null then null else greatest(0, counted.amount) end as expected
    from tier_progress progress
    join tier_rules on tier_rules.version = progress.rule_version
    left join ${climbed} orders on orders.climber_id = progress.member_id
      and orders.order_id::text = progress.source_id
    cross join lateral (
      select case tier_rules.rule->'measure'->>'base' when 'gross' then orders.gross_minor
          else orders.net_minor - orders.shipping_minor end
        + case when (tier_rules.rule->'measure'->>'include_shipping')::boolean
          then orders.shipping_minor else 0 end as amount
    ) counted
    where progress.source = 'order' and progress.measure = 'spend'
      and progress.amount is distinct from greatest(0, counted.amount)`),
  ),
  noRows(
    'tiers.climbers_are_the_order_s',
    'what an order brought, and what went back, lies with who climbs by it',
    (db) =>
      db.rows(sql`
    select progress.member_id, progress.source, progress.source_id, orders.climber_id as expected
    from tier_progress progress
    join ${climbed} orders on orders.order_id::text = case progress.source when 'order' then progress.source_id
      when 'refund' then split_part(progress.source_id, ':', 2) end
    where progress.member_id <> orders.climber_id`),
  ),
  noRows('tiers.refunds_within_orders', 'no refund takes back more progress than its order brought', (db) =>
    db.rows(sql`
    select refund.member_id, refund.order_id, refund.amount as taken_back, booked.amount as brought
    from (
      select member_id, split_part(source_id, ':', 2) as order_id, -sum(amount) as amount
      from tier_progress where source = 'refund' and measure = 'spend' and source_id not like '%:unmatched'
      group by 1, 2
    ) refund
    left join tier_progress booked
      on booked.measure = 'spend' and booked.member_id = refund.member_id and booked.source = 'order'
        and booked.source_id = refund.order_id
    where refund.amount > coalesce(booked.amount, 0)`),
  ),
  noRows('tiers.reviews_are_due', 'every tier above the lowest has its day of review, the lowest has none', (db) =>
    db.rows(sql`
    select held.member_id, tier.code, held.review_on
    from member_tiers held join tiers tier using (tier_id)
    where (tier.rank = 0) <> (held.review_on is null)`),
  ),
  noRows('tiers.xp_is_its_entries', 'the experience of every member is the sum of what was given and taken', (db) =>
    db.rows(sql`
    with given as (select member_id, sum(amount)::bigint as xp from tier_progress where measure = 'xp' group by 1)
    select member_id, coalesce(cached.xp, 0) as cached_xp, coalesce(given.xp, 0) as given_xp
    from member_xp cached full join given using (member_id)
    where coalesce(cached.xp, 0) <> coalesce(given.xp, 0)`),
  ),
  noRows('tiers.invited_were_invited', 'who holds a tier by invitation accepted an invitation to it', (db) =>
    db.rows(sql`
    select held.member_id, held.invitation_id, held.tier_id
    from member_tiers held left join tier_invitations i
      on i.member_id = held.member_id and i.invitation_id = held.invitation_id
    where held.invitation_id is not null
      and (i.status is distinct from 'accepted' or i.tier_id is distinct from held.tier_id)`),
  ),
]

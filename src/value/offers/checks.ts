/** `regulars verify` for offers: progress and rewards again, in SQL that shares no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('offers.completed_by_own_order', 'every completion has its member’s order, inside the window', (db) =>
    db.rows(sql`
    select i.member_id, i.issue_id, i.completed_order_id, i.completed_at
    from offer_issues i
    left join orders o on o.member_id = i.member_id and o.order_id = i.completed_order_id
    where i.completed_at is not null and (o.order_id is null or o.occurred_at <> i.completed_at
      or i.completed_at < i.opens_at or i.completed_at > i.closes_at)`),
  ),
  noRows('offers.completed_when_reached', 'what has reached its threshold is completed, and nothing else', (db) =>
    db.rows(sql`
    select i.member_id, i.issue_id, i.progress, v.rule->'threshold' as threshold, i.completed_at
    from offer_issues i join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
    where (i.completed_at is not null) is distinct from coalesce(case v.rule->'threshold'->>'reach'
      when 'more_than' then i.progress > (v.rule->'threshold'->>'amount')::bigint
      else (i.progress >= (v.rule->'threshold'->>'amount')::bigint and i.why->'params'->>'orders' > '0') end, false)`),
  ),
  // a scope of goods follows products that move between categories later; here stand the offers without one
  noRows('offers.progress_equals_orders', 'progress is what the orders of the window come to', (db) =>
    db.rows(sql`
    with counted as (
      select i.member_id, i.issue_id, sum(p.net)::bigint as spend, max(p.net) as single_order, count(*) as orders
      from offer_issues i
      join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
      cross join lateral (
        select greatest(0, sum(o.net_minor - o.shipping_minor
          - case when v.rule->>'refunds' = 'undo' then o.refunded_minor - o.refunded_shipping_minor else 0 end))::bigint
            as net
        from orders o
        join orders first on first.member_id = o.member_id and first.order_id = coalesce(o.adds_to, o.order_id)
        where o.member_id = i.member_id and first.kind = 'order' and o.kind <> 'adjustment'
          and first.occurred_at between i.opens_at and coalesce(i.closes_at, 'infinity')
          and (first.counts or (v.rule->>'refunds' = 'ignore' and first.refunded_minor > 0))
          and (v.rule->'scope'->'store_ids' = '[]'::jsonb
            or v.rule->'scope'->'store_ids' ? first.store_id::text)
        group by first.order_id
      ) p
      group by i.member_id, i.issue_id
    )
    select i.member_id, i.issue_id, i.progress, counted.*
    from offer_issues i
    join offer_versions v on v.offer_id = i.offer_id and v.version = i.version
    left join counted on counted.member_id = i.member_id and counted.issue_id = i.issue_id
    where v.rule->'scope' @> '{"skus": [], "categories": [], "excluded_skus": [], "excluded_categories": []}'
      and jsonb_array_length(v.rule->'scope'->'skus') + jsonb_array_length(v.rule->'scope'->'categories')
        + jsonb_array_length(v.rule->'scope'->'excluded_skus')
        + jsonb_array_length(v.rule->'scope'->'excluded_categories') = 0
      and i.progress <> coalesce(case v.rule->'threshold'->>'measure' when 'spend' then counted.spend
        when 'orders' then counted.orders when 'single_order' then counted.single_order end, 0)`),
  ),
  noRows('offers.rewards_in_ledger', 'points that offers gave are in the ledger, and taken back where undone', (db) =>
    db.rows(sql`
    with booked as (
      select member_id, issue_id, sum(points)::bigint as points from (
        select gift.member_id, split_part(gift.occurrence, ':', 1) as issue_id, entry.points
        from gifts gift
        join point_entries entry on entry.member_id = gift.member_id and entry.source = 'gift'
          and entry.source_id = gift.gift_id::text and entry.kind = 'adjust'
        where gift.reason = 'offer' and gift.kind = 'points'
        union all
        select member_id, split_part(source_id, ':', 1), points from point_entries where source = 'offer_undone'
      ) one group by member_id, issue_id
    )
    select coalesce(i.member_id, booked.member_id) as member_id, i.issue_id, i.rewarded_points, booked.points
    from offer_issues i
    full join booked on booked.member_id = i.member_id and booked.issue_id = i.issue_id::text
    where coalesce(i.rewarded_points, 0) <> coalesce(booked.points, 0)`),
  ),
]

/** `regulars verify` for the till: sales against orders and points, in plain SQL that shares nothing with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows(
    'counter.commits_have_orders',
    'every committed hold is one order with its number, for what was quoted',
    (db) =>
      db.rows(sql`
    select h.member_id, h.hold_id, h.source, h.source_id, h.quote->>'to_pay_minor' as quoted, o.net_minor
    from till_holds h left join orders o on o.order_id = h.order_id
    where h.status = 'committed' and (o.order_id is null or o.source <> h.source
      or o.source_id not in (h.source_id, h.source_id || '~' || right(o.order_id::text, 12))
      or (o.revision = 0 and o.net_minor <> (h.quote->>'to_pay_minor')::bigint))`),
  ),
  noRows('counter.holds_and_points_agree', 'points are held, spent or let go as their hold is', (db) =>
    db.rows(sql`
    select h.member_id, h.hold_id, h.status, p.status as points_status, h.quote->'points'->>'used' as quoted, p.points
    from till_holds h left join point_holds p on p.member_id = h.member_id and p.source = 'till'
      and p.source_id = h.hold_id::text
    where coalesce(p.points, 0) <> (h.quote->'points'->>'used')::bigint
        -- what mates set aside joins the hold when it is lent
        - (select coalesce(sum(s.points), 0) from point_pool_shares s where s.member_id = h.member_id
          and s.source = 'till' and s.source_id = h.hold_id::text and s.transfer_id is null)
      or (p.status = 'committed') <> (h.status = 'committed')
      or (h.status = 'released' and p.status = 'held')`),
  ),
  noRows('counter.holds_and_cards_agree', 'stored value is held, spent or let go as its hold is', (db) =>
    db.rows(sql`
    select h.member_id, h.hold_id, h.status, p.status as card_status, paid.amount_minor, p.units
    from till_holds h
    cross join lateral jsonb_to_recordset(coalesce(h.quote->'payments', '[]')) as paid (card_definition_id uuid,
      amount_minor bigint)
    left join card_holds p on p.member_id = h.member_id and p.card_definition_id = paid.card_definition_id
      and p.source = 'till' and p.source_id = h.hold_id::text
    where paid.amount_minor > 0 and (p.units is distinct from paid.amount_minor
      or (p.status = 'committed') <> (h.status = 'committed') or (h.status = 'released' and p.status = 'held'))`),
  ),
  noRows('counter.returns_equal_entries', 'what sales say was returned is what the ledger gave back', (db) =>
    db.rows(sql`
    select s.member_id, s.order_id, s.points, s.points_returned, coalesce(sum(back.points), 0)::bigint as entered
    from till_sales s
    join point_entries spent on spent.member_id = s.member_id and spent.source = 'till'
      and spent.source_id = s.hold_id::text
    left join point_entries back on back.member_id = s.member_id and back.corrects = spent.entry_id
      and back.kind = 'restore'
    group by s.member_id, s.order_id, s.points, s.points_returned
    having s.points_returned <> coalesce(sum(back.points), 0)`),
  ),
  noRows('counter.given_receipts_stand', 'a receipt that was given stands with its member, and nowhere else', (db) =>
    db.rows(sql`
    select given.member_id, given.order_id, given.kind, o.order_id as stands, behind.status as behind_status
    from till_given_receipts given
    left join orders o on o.member_id = given.member_id and o.order_id = given.order_id
    left join orders behind on behind.order_id = given.from_order_id
    where o.order_id is null or (given.from_order_id is not null and behind.status is distinct from 'cancelled')`),
  ),
  noRows('counter.given_points_entered', 'points that clerks gave by hand are entries of the ledger', (db) =>
    db.rows(sql`
    select given.member_id, given.source_id, given.points, e.points as entered
    from till_given_points given
    left join point_entries e on e.member_id = given.member_id and e.entry_id = given.entry_id
    where e.points is distinct from given.points`),
  ),
  noRows('counter.top_ups_entered', 'money that was taken in at tills is on cards', (db) =>
    db.rows(sql`
    select t.member_id, t.entry_id, t.paid_minor, e.paid_minor as entered
    from till_top_ups t left join card_entries e on e.member_id = t.member_id and e.entry_id = t.entry_id
    where e.paid_minor is distinct from t.paid_minor or e.kind is distinct from 'top_up'`),
  ),
  noRows('counter.offline_receipts_sold', 'a receipt of a device that was sold is one order of its number', (db) =>
    db.rows(sql`
    select r.source, r.source_id, r.status, r.order_id
    from till_offline_receipts r
    where r.order_id is not null and not exists (
      select from orders o where o.order_id = r.order_id and o.source = r.source
        and o.source_id in (r.source_id, r.source_id || '~' || right(o.order_id::text, 12)))`),
  ),
]

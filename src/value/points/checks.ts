/** `regulars verify` for points: the books added up again in plain SQL that shares no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'
import { poolChecks } from './pools/checks.ts'

export const checks: VerifyCheck[] = [
  noRows('points.entries_equal_balance', 'the entries of every member sum to what the balance says', (db) =>
    db.rows(sql`
    with entered as (
      select member_id, sum(points)::bigint as points, sum(debt)::bigint as debt,
        coalesce(sum(points) filter (where kind in ('earn', 'open')), 0)::bigint as earned,
        coalesce(-sum(points) filter (where kind in ('spend', 'restore')), 0)::bigint as spent,
        coalesce(-sum(points) filter (where kind = 'expire'), 0)::bigint as expired
      from point_entries group by member_id
    )
    select coalesce(entered.member_id, balance.member_id) as member_id, entered.points as entries,
      balance.active + balance.pending - balance.debt as balance
    from entered full join point_balances balance on balance.member_id = entered.member_id
    where (coalesce(entered.points, 0), coalesce(entered.debt, 0), coalesce(entered.earned, 0),
      coalesce(entered.spent, 0),
        coalesce(entered.expired, 0))
      is distinct from (coalesce(balance.active + balance.pending - balance.debt, 0), coalesce(balance.debt, 0),
        coalesce(balance.earned_total, 0), coalesce(balance.spent_total, 0), coalesce(balance.expired_total, 0))`),
  ),
  noRows('points.lots_equal_balance', 'the lots of every member sum to what the balance says', (db) =>
    db.rows(sql`
    with held as (
      select member_id, sum(case when status = 'active' then remaining else 0 end)::bigint as active,
        sum(case when status = 'pending' then remaining else 0 end)::bigint as pending,
        min(case when remaining > 0 then expires_on end) as next_expiry_on
      from point_lots group by member_id
    )
    select coalesce(held.member_id, balance.member_id) as member_id, held.active as lots_active, balance.active
      as balance_active,
      held.pending as lots_pending, balance.pending as balance_pending, held.next_expiry_on as lots_next,
        balance.next_expiry_on
    from held full join point_balances balance on balance.member_id = held.member_id
    where coalesce(held.active, 0) <> coalesce(balance.active, 0) or coalesce(held.pending,
      0) <> coalesce(balance.pending, 0)
      or held.next_expiry_on is distinct from balance.next_expiry_on`),
  ),
  noRows('points.entries_equal_lots', 'every lot holds what was granted, less what entries took', (db) =>
    db.rows(sql`
    with moved as (
      select member_id, lot_id, sum(points)::bigint as points from (
        select member_id, lot_id, points from point_entry_lots
        union all
        select member_id, lot_id, points from point_entries where kind = 'expire'
      ) one group by member_id, lot_id
    )
    select coalesce(lot.member_id, moved.member_id) as member_id, coalesce(lot.lot_id, moved.lot_id) as lot_id,
      lot.remaining,
      lot.granted + coalesce(moved.points, 0) as expected
    from point_lots lot full join moved on moved.member_id = lot.member_id and moved.lot_id = lot.lot_id
    where lot.remaining is distinct from lot.granted + coalesce(moved.points, 0)`),
  ),
  noRows('points.entries_move_lots', 'every entry moves its lots by its points and its debt', (db) =>
    db.rows(sql`
    select entry.member_id, entry.entry_id, entry.kind, entry.points, entry.debt, moved.points as lots
    from point_entries entry
    cross join lateral (
      select coalesce((select sum(part.points) from point_entry_lots part
          where part.member_id = entry.member_id and part.entry_id = entry.entry_id), 0)
        + coalesce((select lot.granted from point_lots lot
          where lot.member_id = entry.member_id and lot.lot_id = entry.entry_id), 0)
        + case when entry.kind = 'expire' then entry.points else 0 end as points
    ) moved
    where entry.points + entry.debt <> moved.points`),
  ),
  noRows(
    'points.reversals_within_earnings',
    'no order has more taken back than it earned, and all of it is accounted for',
    (db) =>
      db.rows(sql`
    with taken as (
      select member_id, corrects as lot_id, -sum(points)::bigint as taken,
        sum(coalesce((why->'params'->>'claimed')::bigint, 0) + coalesce((why->'params'->>'forgiven')::bigint,
          0))::bigint as fallen_away
      from point_entries where kind in ('reverse', 'adjust') and corrects is not null group by 1, 2
    )
    select lot.member_id, lot.lot_id, lot.granted, lot.corrected, lot.reversed, taken.taken, taken.fallen_away
    from point_lots lot left join taken on taken.member_id = lot.member_id and taken.lot_id = lot.lot_id
    where lot.counted_minor is not null and (lot.reversed > lot.granted + lot.corrected
      or lot.refunded_minor > lot.counted_minor
      or lot.reversed - lot.corrected <> coalesce(taken.taken + taken.fallen_away, 0))`),
  ),
  noRows('points.order_is_earned_once', 'every order earns once, and only orders earn', (db) =>
    db.rows(sql`
    select entry.member_id, entry.order_id, count(*) as times
    from point_entries entry
    left join orders on orders.member_id = entry.member_id and orders.order_id = entry.order_id
    where entry.kind = 'earn'
    group by entry.member_id, entry.order_id, orders.order_id
    having count(*) > 1 or orders.order_id is null`),
  ),
  noRows('points.refunds_are_taken_back', 'every refund of an order that earned has its entry', (db) =>
    db.rows(sql`
    select line.member_id, line.refund_id, line.order_id
    from (select distinct member_id, refund_id, order_id from order_refund_lines where order_id is not null) line
    join point_entries earned on earned.member_id = line.member_id and earned.kind = 'earn'
      and earned.order_id = line.order_id
    left join point_entries reversed on reversed.member_id = line.member_id and reversed.kind = 'reverse'
      and reversed.source = 'refund' and reversed.source_id = line.refund_id || ':' || line.order_id
    where reversed.entry_id is null and not earned.why->'params' ? 'refunded_minor'`),
  ),
  noRows('points.expiry_is_booked', 'nothing expires before its last day is over, and what expired is empty', (db) =>
    db.rows(sql`
    select entry.member_id, entry.entry_id, entry.lot_id, entry.occurred_at, lot.expires_on, lot.remaining, lot.status
    from point_entries entry join point_lots lot on lot.member_id = entry.member_id and lot.lot_id = entry.lot_id
    where entry.kind = 'expire' and (lot.expires_on is null or lot.status <> 'expired' or lot.remaining <> 0
      or entry.occurred_at < lot.expires_on)`),
  ),
  noRows('points.debt_only_when_empty', 'nobody owes points while holding some that nobody has set aside', (db) =>
    db.rows(sql`
    select balance.member_id, balance.debt, lot.lot_id, lot.remaining, claim.points as held
    from point_balances balance
    join point_lots lot on lot.member_id = balance.member_id and lot.remaining > 0
    cross join lateral (
      select coalesce(sum(part.points), 0)::bigint as points
      from point_holds hold cross join lateral jsonb_to_recordset(hold.lots) as part (lot_id bigint, points bigint)
      where hold.member_id = lot.member_id and hold.status = 'held' and part.lot_id = lot.lot_id
    ) claim
    where balance.debt > 0 and lot.remaining > claim.points`),
  ),
  noRows('points.held_is_there', 'what was set aside when a member was last seen to is in its lots', (db) =>
    db.rows(sql`
    select claim.member_id, claim.lot_id, claim.points as held, lot.remaining
    from (
      select hold.member_id, part.lot_id, sum(part.points)::bigint as points
      from point_holds hold join point_balances balance on balance.member_id = hold.member_id
      cross join lateral jsonb_to_recordset(hold.lots) as part (lot_id bigint, points bigint)
      where hold.status = 'held' and hold.expires_at > balance.updated_at
      group by hold.member_id, part.lot_id
    ) claim
    left join point_lots lot on lot.member_id = claim.member_id and lot.lot_id = claim.lot_id
    where lot.remaining is null or lot.status <> 'active' or lot.remaining < claim.points`),
  ),
  noRows('points.restores_within_spends', 'no spend has more given back than was spent', (db) =>
    db.rows(sql`
    select spent.member_id, spent.entry_id, -spent.points as spent, sum(back.points)::bigint as restored
    from point_entries spent join point_entries back on back.member_id = spent.member_id
      and back.corrects = spent.entry_id and back.kind = 'restore'
    where spent.kind = 'spend'
    group by spent.member_id, spent.entry_id, spent.points having sum(back.points) > -spent.points`),
  ),
  noRows('points.holds_have_lots', 'every hold has chosen lots for all its points', (db) =>
    db.rows(sql`
    select hold.member_id, hold.source, hold.source_id, hold.points, chosen.points as chosen
    from point_holds hold cross join lateral (
      select sum(part.points)::bigint as points
      from jsonb_to_recordset(hold.lots) as part (lot_id bigint, points bigint)
      join point_lots lot on lot.member_id = hold.member_id and lot.lot_id = part.lot_id
      where part.points > 0
    ) chosen
    where chosen.points is distinct from hold.points`),
  ),
  noRows(
    'points.holds_are_spent_once',
    'what was committed is one spend of as many points; what was not is none',
    (db) =>
      db.rows(sql`
    select hold.member_id, hold.source, hold.source_id, hold.status, hold.points, spent.points as spent
    from point_holds hold left join point_entries spent on spent.member_id = hold.member_id
      and spent.source = hold.source and spent.source_id = hold.source_id and spent.kind = 'spend'
    -- what a mate lends is spent from another's purse: points.pool_lent_is_received
    where hold.source <> 'pool' and case when hold.status = 'committed' then spent.points is distinct from -hold.points
      else spent.entry_id is not null end`),
  ),
  noRows('points.excluded_lines_are_bought', 'what an order leaves out are lines of it that earned nothing', (db) =>
    db.rows(sql`
    select out.member_id, out.order_id, out.lines, lot.counted_minor
    from point_excluded_lines out
    left join point_entries entry on entry.member_id = out.member_id and entry.source = 'order'
      and entry.source_id = out.order_id::text
    left join point_lots lot on lot.member_id = entry.member_id and lot.lot_id = entry.entry_id
    cross join lateral (
      select sum(line.gross_minor) filter (where line.line_no <> all (out.lines)) as rest_minor,
        count(*) filter (where line.line_no = any (out.lines)) as bought
      from order_lines line where line.member_id = out.member_id and line.order_id = out.order_id
    ) own
    join orders o on o.member_id = out.member_id and o.order_id = out.order_id
    where own.bought <> cardinality(out.lines)
      or lot.counted_minor > greatest(coalesce(own.rest_minor, 0), 0) + o.shipping_minor`),
  ),
  noRows('points.transfers_arrive', 'what one member gave is what another received, less the fee', (db) =>
    db.rows(sql`
    select one.member_id, one.transfer_id, one.points, one.fee, gone.points as taken, come.points as received
    from point_transfers one
    left join point_entries gone on gone.member_id = one.member_id and gone.source = 'transfer'
      and gone.source_id = one.transfer_id::text
    left join lateral (
      select sum(entry.points)::bigint as points from point_entries entry
      where entry.member_id = one.to_member_id and entry.source = 'transfer'
        and entry.source_id like one.transfer_id || ':%'
    ) come on true
    where gone.points is distinct from -one.points or come.points is distinct from one.points - one.fee`),
  ),
  ...poolChecks,
]

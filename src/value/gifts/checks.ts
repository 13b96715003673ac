/** `regulars verify` for gifts: heaps, counts, codes, points and promises held against what was given. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('gifts.stock_is_what_was_given', 'every heap has given what members hold of it', (db) =>
    db.rows(sql`
    select heap.item_id, heap.place, heap.taken, coalesce(had.given, 0) as given
    from gift_stock heap
    full join (select item_id, place, count(*) as given from gifts
      where place is not null and status not in ('cancelled', 'passed_on') group by 1, 2) had
      on had.item_id = heap.item_id and had.place = heap.place
    where coalesce(heap.taken, -1) <> coalesce(had.given, 0)`),
  ),
  noRows(
    'gifts.codes_are_handed_once',
    'every gift of a code pool has one code, and every handed code one gift',
    (db) =>
      db.rows(sql`
    select coalesce(code.item_id, gift.item_id) as item_id, code.number, gift.gift_id
    from (select * from gift_codes where gift_id is not null) code
    full join (select * from gifts where fulfilment = 'code') gift
      on gift.gift_id = code.gift_id and gift.item_id = code.item_id
    where code.number is null or gift.gift_id is null`),
  ),
  noRows('gifts.codes_equal_heap', 'a code pool counts its codes', (db) =>
    db.rows(sql`
    select item.item_id, heap.quantity, counted.codes
    from gift_items item
    left join (select item_id, sum(quantity)::bigint as quantity from gift_stock group by 1) heap using (item_id)
    left join (select item_id, count(*) as codes from gift_codes group by 1) counted using (item_id)
    where item.fulfilment = 'code' and coalesce(heap.quantity, 0) <> coalesce(counted.codes, 0)`),
  ),
  noRows('gifts.counts_equal_gifts', 'limits count what members redeemed', (db) =>
    db.rows(sql`
    select coalesce(counted.member_id, had.member_id) as member_id, counted.item_id, counted.used, had.redeemed
    from gift_counts counted
    full join (select member_id, item_id, period, count(*) as redeemed from gifts
      where period is not null and status <> 'cancelled' group by 1, 2, 3) had
      on had.member_id = counted.member_id and had.item_id = counted.item_id and had.period = counted.period
    where coalesce(counted.used, -1) <> coalesce(had.redeemed, 0)`),
  ),
  noRows('gifts.points_are_in_the_ledger', 'points paid for gifts, given back or given stand in the ledger', (db) =>
    db.rows(sql`
    select gift.member_id, gift.gift_id, gift.paid_points, moved.points, back.points as restored
    from gifts gift
    left join point_entries moved on moved.member_id = gift.member_id and moved.source = 'gift'
      and moved.source_id = gift.gift_id::text
    left join point_entries back on back.member_id = gift.member_id and back.source = 'gift_cancelled'
      and back.source_id = gift.gift_id::text
    where coalesce(moved.points + moved.debt, 0)
        <> case when gift.kind = 'points' then (gift.reward->>'points')::bigint else -gift.paid_points end
      or (gift.paid_points > 0 and gift.status = 'cancelled') <> (back.entry_id is not null)`),
  ),
  noRows('gifts.plan_rewards_are_gifts', 'rewards of plans name their gifts, and these their reward', (db) =>
    db.rows(sql`
    select coalesce(promised.member_id, gift.member_id) as member_id, promised.reward_id, gift.gift_id
    from (select * from plan_rewards where gift_id is not null) promised
    full join (select * from gifts where reason = 'plan') gift
      on gift.member_id = promised.member_id and gift.gift_id = promised.gift_id
    where promised.reward_id is null or gift.gift_id is null or gift.reward <> promised.reward
      and gift.kind <> 'item'`),
  ),
  noRows('gifts.promises_equal_gifts', 'every gift from a budget is promised, spent or released there', (db) =>
    db.rows(sql`
    select gift.member_id, gift.gift_id, gift.status, made.reserved_minor, ended.kind, ended.spent_minor
    from gifts gift
    left join budget_entries made on made.member_id = gift.member_id and made.budget_id = gift.budget_id
      and made.source = 'gift' and made.source_id = gift.gift_id::text and made.kind = 'reserve'
    left join budget_entries ended on ended.member_id = gift.member_id and ended.budget_id = gift.budget_id
      and ended.source = 'gift' and ended.source_id = gift.gift_id::text and ended.kind in ('settle', 'release')
    where gift.budget_id is not null and (made.reserved_minor is distinct from gift.cost_minor
      or ended.kind is distinct from case
        when gift.status in ('done', 'passed_on') then 'settle' when gift.status = 'cancelled' then 'release' end
      or (ended.kind = 'settle' and ended.spent_minor <> gift.cost_minor))`),
  ),
  // costs are kept to four decimals; `div` is exact, so that this rounds down just as `costShare` does
  noRows(
    'gifts.unused_costs_come_back',
    'a gift that was done and taken back unused costs its budget no more',
    (db) =>
      db.rows(sql`
    select gift.member_id, gift.gift_id, gift.cost_minor, gift.taken_back, back.spent_minor
    from gifts gift
    left join budget_entries back on back.member_id = gift.member_id and back.budget_id = gift.budget_id
      and back.source = 'gift' and back.source_id = gift.gift_id::text and back.kind = 'refund'
    where gift.budget_id is not null and coalesce(-back.spent_minor, 0) <> case
      when gift.taken_back_at is null or gift.status <> 'done' then 0
      when gift.kind = 'points' then coalesce((gift.taken_back->>'returned_minor')::numeric,
        div(gift.cost_minor * 10000 * coalesce((gift.taken_back->>'points')::numeric, 0),
          (gift.reward->>'points')::numeric) / 10000)
      else gift.cost_minor end`),
  ),
]

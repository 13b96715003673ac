/** `regulars verify` for plans: money, periods and states again, in SQL that shares no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows(
    'plans.money_equals_entries',
    'what was paid and given back is the sum of its entries and of its periods',
    (db) =>
      db.rows(sql`
    select s.member_id, s.subscription_id, s.paid_minor, s.refunded_minor, e.paid, e.given_back, p.price, p.refunded
    from plan_subscriptions s
    cross join lateral (
      select coalesce(sum(amount_minor) filter (where amount_minor > 0), 0) as paid,
        -coalesce(sum(amount_minor) filter (where amount_minor < 0), 0) as given_back
      from plan_entries e where e.member_id = s.member_id and e.subscription_id = s.subscription_id
    ) e
    cross join lateral (
      select coalesce(sum(price_minor), 0) as price, coalesce(sum(refunded_minor), 0) as refunded
      from plan_periods p where p.member_id = s.member_id and p.subscription_id = s.subscription_id
    ) p
    where s.paid_minor <> e.paid or s.paid_minor <> p.price or s.refunded_minor <> e.given_back
      or s.refunded_minor <> p.refunded`),
  ),
  noRows('plans.periods_adjoin', 'periods adjoin, from the start to the day the next one is due', (db) =>
    db.rows(sql`
    select * from (
      select s.member_id, s.subscription_id, s.started_on, s.due_on, p.number, p.from_on, p.until_on,
        lag(p.until_on, 1, s.started_on) over own as before,
        row_number() over own as place, last_value(p.until_on) over whole as last
      from plan_subscriptions s
      left join plan_periods p on p.member_id = s.member_id and p.subscription_id = s.subscription_id
      window own as (partition by s.member_id, s.subscription_id order by p.number),
        whole as (own rows between unbounded preceding and unbounded following)
    ) one
    where number is distinct from place or from_on is distinct from before or last is distinct from due_on`),
  ),
  noRows('plans.entries_have_periods', 'each period was begun by one entry of its kind and amount', (db) =>
    db.rows(sql`
    select p.member_id, p.subscription_id, p.number, count(e.entry_id) as entries
    from plan_periods p
    left join plan_entries e on e.member_id = p.member_id and e.subscription_id = p.subscription_id
      and e.number = p.number and e.kind = p.kind and e.amount_minor = p.price_minor
    group by p.member_id, p.subscription_id, p.number having count(e.entry_id) <> 1`),
  ),
  noRows('plans.states_follow_days', 'a state and the days it holds follow from its dates', (db) =>
    db.rows(sql`
    select member_id, subscription_id, state, due_on, holds_until, turn_on, ended_on from plan_subscriptions
    where holds_until <> case when ended_on is not null then ended_on
        when auto_renew then due_on + 1 + grace_days else due_on end
      or turn_on is distinct from case state when 'trial' then trial_until when 'active' then due_on
        when 'cancelled_at_end' then due_on when 'due' then due_on + 1 when 'grace' then holds_until end
      or (state in ('active', 'trial', 'due', 'grace') and not auto_renew)
      or (state = 'cancelled_at_end' and auto_renew)`),
  ),
  noRows('plans.trials_are_kept', 'who had a trial is known by it, and nobody else', (db) =>
    db.rows(sql`
    select coalesce(t.member_id, s.member_id) as member_id, coalesce(t.plan_id, s.plan_id) as plan_id
    from plan_trials t
    full join (select distinct s.member_id, s.plan_id from plan_subscriptions s where trial_until is not null) s
      on s.member_id = t.member_id and s.plan_id = t.plan_id
    where t.member_id is null or s.member_id is null`),
  ),
  noRows(
    'plans.agreements_equal_orders',
    'the progress of open agreements is what the orders of their days come to',
    (db) =>
      db.rows(sql`
    select a.member_id, a.agreement_id, a.progress, counted.amount, counted.pieces
    from plan_agreements a
    cross join lateral (
      select coalesce(sum(l.net_minor - l.refunded_minor), 0) as amount,
        coalesce(sum(l.quantity - l.refunded_quantity), 0) * 10000 as pieces
      from orders o
      join orders first on first.member_id = o.member_id and first.order_id = coalesce(o.adds_to, o.order_id)
      join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id
      left join products p on p.product_id = l.product_id
      where o.member_id = a.member_id and first.counts and o.kind <> 'adjustment'
        and first.ordered_on >= a.opens_on and first.ordered_on < a.closes_on and l.quantity > l.refunded_quantity
        and (jsonb_array_length(a.terms->'skus') + jsonb_array_length(a.terms->'categories') = 0
          or a.terms->'skus' ? coalesce(l.sku, p.sku) or a.terms->'categories' ? l.category)
    ) counted
    where a.status = 'open'
      and a.progress <> case a.terms->'promised'->>'measure' when 'amount' then counted.amount
        else counted.pieces end`),
  ),
]

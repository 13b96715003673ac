/** Independent recounts for `regulars verify`: plain SQL that shares no statement with the verbs. */
import type { Reader } from '../../base/db.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'
import * as program from '../program/program.ts'
import { rhythmInUse } from './states.ts'

type Broken = Record<string, unknown>

function finds(name: string, sentence: string, statement: Sql): VerifyCheck {
  return noRows(name, sentence, (db) => db.rows<Broken>(statement))
}

const amounts: VerifyCheck[] = [
  finds(
    'orders.lines_sum',
    'every order is the sum of its lines and its shipping',
    sql`
    select o.order_id, o.source, o.source_id, o.net_minor, sum(l.net_minor) as lines_net_minor
    from orders o left join order_lines l on l.order_id = o.order_id and l.member_id = o.member_id
    group by o.member_id, o.order_id
    having o.net_minor <> coalesce(sum(l.net_minor), 0) + o.shipping_minor
      or o.gross_minor <> coalesce(sum(l.gross_minor), 0)
      or o.discount_minor <> o.gross_minor - coalesce(sum(l.net_minor), 0)`,
  ),
  finds(
    'orders.lines_refunded',
    'what every line gave back is the sum of its refunds, and no more than it had',
    sql`
    with given as (
      select member_id, order_id, order_line_no as line_no, sum(quantity) as quantity, sum(net_minor) as net_minor
      from order_refund_lines where order_line_no is not null
      group by 1, 2, 3
    )
    select order_id, line_no, l.refunded_minor, g.net_minor as given_minor
    from order_lines l full join given g using (member_id, order_id, line_no)
    where l.refunded_minor is distinct from coalesce(g.net_minor, 0)
      or l.refunded_quantity is distinct from coalesce(g.quantity, 0)
      or (g.net_minor > l.net_minor) or (g.quantity > l.quantity)`,
  ),
  finds(
    'orders.orders_refunded',
    'what every order gave back is the sum of its refunds',
    sql`
    with given as (
      select member_id, order_id, sum(net_minor) as net_minor,
        coalesce(sum(net_minor) filter (where order_line_no is null), 0) as shipping_minor
      from order_refund_lines where order_id is not null
      group by 1, 2
    )
    select order_id, o.refunded_minor, g.net_minor as given_minor
    from orders o full join given g using (member_id, order_id)
    where o.refunded_minor is distinct from coalesce(g.net_minor, 0)
      or o.refunded_shipping_minor is distinct from coalesce(g.shipping_minor, 0)`,
  ),
  finds(
    'orders.refund_lines_sum',
    'every refund is the sum of what it took and what was unmatched',
    sql`
    select r.refund_id, r.source, r.source_id, r.net_minor, sum(l.net_minor) as lines_minor
    from order_refunds r left join order_refund_lines l on l.refund_id = r.refund_id and l.member_id = r.member_id
    group by r.member_id, r.refund_id
    having r.net_minor <> coalesce(sum(l.net_minor), 0)
      or r.unmatched_minor <> coalesce(sum(l.net_minor) filter (where l.order_id is null), 0)
      or r.shipping_minor <> coalesce(sum(l.net_minor) filter (where l.order_id is not null
        and l.order_line_no is null), 0)`,
  ),
  finds(
    'orders.counting',
    'orders count exactly when they are paid, not ended, and something of them is left',
    sql`
    with family as (
      select member_id, coalesce(adds_to, order_id) as order_id, sum(net_minor) as net_minor,
        sum(refunded_minor) as refunded_minor
      from orders group by 1, 2
    )
    select o.order_id, o.source, o.source_id, o.kind, o.status, o.counts
    from orders o
    join family f on f.order_id = coalesce(o.adds_to, o.order_id)
    where o.counts <> (o.kind <> 'adjustment' and o.status in ('paid', 'shipped', 'delivered', 'completed')
      and not (f.net_minor > 0 and f.refunded_minor = f.net_minor))`,
  ),
  finds(
    'orders.keys',
    'every order and refund has its one key, and every key its order or refund',
    sql`
    select coalesce(k.source, b.source) as source, coalesce(k.source_id, b.source_id) as source_id,
      coalesce(k.kind, b.kind) as kind
    from order_keys k
    full join (
      select source, source_id, 'order' as kind, member_id, order_id from orders
      union all select source, source_id, 'refund', member_id, refund_id from order_refunds
    ) b on b.source = k.source and b.source_id = k.source_id and b.kind = k.kind
    where (k.member_id, k.order_id) is distinct from (b.member_id, b.order_id)`,
  ),
]

const statistics: VerifyCheck[] = [
  finds(
    'orders.statistics',
    'every member’s statistics equal a recount of their orders',
    sql`
    with days as (
      select member_id, min(ordered_on) as first_on, max(ordered_on) as last_on, count(distinct ordered_on) as days,
        count(*) as orders
      from orders where counts and kind = 'order' group by member_id
    ),
    money as (
      select member_id, sum(amount) as net, sum(amount) filter (where of_orders) as orders_net from (
        select member_id, net_minor as amount, true as of_orders from orders where counts
        union all select o.member_id, -l.net_minor, true
        from order_refund_lines l join orders o on o.member_id = l.member_id and o.order_id = l.order_id where o.counts
        union all select member_id, -net_minor, false from order_refund_lines where order_id is null
      ) amounts group by member_id
    )
    select s.member_id, s.order_count, d.orders, s.net_minor, m.net, s.last_order_on, d.last_on
    from member_statistics s
    left join days d using (member_id)
    left join money m using (member_id)
    where (s.order_count, s.purchase_days) is distinct from (coalesce(d.orders, 0), coalesce(d.days, 0))
      or (s.first_order_on, s.last_order_on) is distinct from (d.first_on, d.last_on)
      or (s.net_minor, s.orders_net_minor) is distinct from (coalesce(m.net, 0), coalesce(m.orders_net, 0))
      or s.usual_interval_days is distinct from
        case when d.days >= 3 then round((d.last_on - d.first_on)::numeric / (d.days - 1), 2) end`,
  ),
  finds(
    'orders.statistics_present',
    'every person who has bought has statistics, and no walk-in has',
    sql`
    select m.member_id, m.kind from members m
    where m.kind <> 'walk_in' and m.member_id in (select member_id from orders where counts)
      and m.member_id not in (select member_id from member_statistics)
    union all
    select m.member_id, m.kind from members m join member_statistics using (member_id) where m.kind = 'walk_in'`,
  ),
  finds(
    'orders.store_statistics',
    'statistics by store equal a recount',
    sql`
    with recounted as (
      select o.member_id, o.store_id, sum((o.kind = 'order')::int) as orders,
        sum(o.net_minor) - sum(o.refunded_minor) as net_minor, min(o.ordered_on) as first_on,
          max(o.ordered_on) as last_on
      from orders o join members m on m.member_id = o.member_id and m.kind <> 'walk_in'
      where o.counts and o.store_id is not null
      group by o.member_id, o.store_id
    )
    select member_id, store_id, s.net_minor, r.net_minor as recounted_minor
    from member_store_statistics s full join recounted r using (member_id, store_id)
    where (s.order_count, s.net_minor, s.first_order_on, s.last_order_on)
      is distinct from (r.orders, r.net_minor, r.first_on, r.last_on)`,
  ),
  finds(
    'orders.category_statistics',
    'statistics by category equal a recount',
    sql`
    with bought as (
      select l.member_id, l.category, coalesce(o.adds_to, o.order_id) as order_id, o.ordered_on,
        l.quantity - l.refunded_quantity as quantity,
        l.net_minor - l.refunded_minor as net_minor
      from order_lines l
      join orders o on o.order_id = l.order_id and o.member_id = l.member_id and o.counts
      join members m on m.member_id = l.member_id and m.kind <> 'walk_in'
      where l.category <> '' and (l.quantity = 0 or l.quantity <> l.refunded_quantity)
    ),
    recounted as (
      select member_id, category, count(distinct order_id) as orders,
        sum(quantity) as quantity, sum(net_minor) as net_minor, min(ordered_on) as first_on, max(ordered_on) as last_on
      from bought group by member_id, category
    )
    select member_id, category, s.net_minor, r.net_minor as recounted_minor
    from member_category_statistics s full join recounted r using (member_id, category)
    where (s.order_count, s.quantity, s.net_minor, s.first_order_on, s.last_order_on)
      is distinct from (r.orders, r.quantity, r.net_minor, r.first_on, r.last_on)`,
  ),
]

/** The state a silence makes: the last day of purchase, the interval, the program's limits. */
function silences(
  db: Reader,
  zone: string,
  limits: { drowsy: number; asleep: number; lost: number },
): Promise<Broken[]> {
  return db.rows<Broken>(sql`
    select member_id, state, state_due_on, last_order_on, rhythm_days
    from (
      select *, (computed_at at time zone ${zone}::text)::date - last_order_on as silent_days,
        rhythm_days * ${String(limits.drowsy)}::numeric as drowsy,
          rhythm_days * ${String(limits.asleep)}::numeric as asleep,
        rhythm_days * ${String(limits.lost)}::numeric as lost
      from member_statistics
    ) s
    where coalesce(state, 'none') <> case
        when last_order_on is null then 'none'
        when silent_days > lost then 'lost'
        when silent_days > asleep then 'asleep'
        when silent_days > drowsy then 'drowsy'
        when state in ('new', 'active', 'back') then state
        else 'not drowsy yet'
      end
      or state_due_on is distinct from last_order_on + floor(case
        when state in ('new', 'active',
          'back') then drowsy when state = 'drowsy' then asleep when state = 'asleep' then lost
      end)::int + 1`)
}

const states: VerifyCheck[] = [
  {
    name: 'orders.states',
    async run(db) {
      const { time_zone } = await program.current(db)
      const { limits } = await rhythmInUse(db)
      return noRows('orders.states', 'every state is what the last purchase and the rhythm make it', () =>
        silences(db, time_zone, limits),
      ).run(db)
    },
  },
  finds(
    'orders.state_moves',
    'every history of states is one chain that ends in the present state',
    sql`
    select member_id, changed_on, from_state, before, to_state, s.state
    from (
      select *, lag(to_state) over w as before, lead(changed_on) over w as next
      from member_state_changes window w as (partition by member_id order by changed_on)
    ) c
    full join member_statistics s using (member_id)
    where c.from_state is distinct from c.before
      or (c.next is null and (s.state, s.state_since) is distinct from (c.to_state, c.changed_on))`,
  ),
]

export const checks: VerifyCheck[] = [...amounts, ...statistics, ...states]

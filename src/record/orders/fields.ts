/**
 * What conditions may ask about purchases. Now: from statistics. At a past moment: from the orders until then; what
 * was refunded or cancelled after it is already taken off, because orders keep what is left of them, not what was
 * left when.
 */
import type { Field, Past, Table } from '../../base/conditions/fields.ts'
import { sql, type Sql } from '../../base/sql.ts'

const kept: Table = { alias: 'order_statistics', from: sql`member_statistics` }

/** Orders until a past moment, as one row a member. */
function past({ now, only }: Past): Table {
  return {
    alias: 'past_orders',
    from: sql`(
      select o.member_id, count(*) filter (where o.kind = 'order') as order_count,
        sum(o.net_minor - o.refunded_minor)::bigint as orders_net_minor,
        min(o.occurred_at) as first_order_at, max(o.occurred_at) as last_order_at, max(o.ordered_on) as last_order_on,
        case when count(distinct o.ordered_on) >= 3
          then round((max(o.ordered_on) - min(o.ordered_on))::numeric / (count(distinct o.ordered_on) - 1), 2)
        end as usual_interval_days
      from orders o
      where o.counts and o.occurred_at <= ${now}::timestamptz${only('o.member_id')}
      group by o.member_id)`,
  }
}

/** Refunds without an original until a past moment. */
function pastUnmatched({ now, only }: Past): Table {
  return {
    alias: 'past_net',
    from: sql`(
      select member_id, sum(net_minor)::bigint as net_minor
      from (
        select o.member_id, o.net_minor - o.refunded_minor as net_minor from orders o
        where o.counts and o.occurred_at <= ${now}::timestamptz${only('o.member_id')}
        union all
        select r.member_id, -r.unmatched_minor from order_refunds r
        where r.unmatched_minor > 0 and r.occurred_at <= ${now}::timestamptz${only('r.member_id')}
      ) amounts
      group by member_id)`,
  }
}

/** The last move of state until a past day. */
function pastState({ today, only }: Past): Table {
  return {
    alias: 'past_state',
    from: sql`(
      select distinct on (c.member_id) c.member_id, c.to_state, c.changed_on from member_state_changes c
      where c.changed_on <= ${today}::date${only('c.member_id')}
      order by c.member_id, c.changed_on desc)`,
  }
}

const until = (column: Sql) => (moment: Past) => ({ table: past(moment), sql: column })
const average = (table: 'order_statistics' | 'past_orders') =>
  table === 'past_orders'
    ? sql`round(past_orders.orders_net_minor::numeric / nullif(past_orders.order_count, 0))`
    : sql`round(order_statistics.orders_net_minor::numeric / nullif(order_statistics.order_count, 0))`

const scalars: Field[] = [
  {
    name: 'order_count',
    group: 'orders',
    type: 'number',
    integer: true,
    missing: 0,
    table: kept,
    sql: sql`order_statistics.order_count`,
    at: until(sql`past_orders.order_count`),
  },
  {
    name: 'net_spent',
    group: 'orders',
    type: 'money',
    missing: 0,
    table: kept,
    sql: sql`order_statistics.net_minor`,
    at: (moment) => ({ table: pastUnmatched(moment), sql: sql`past_net.net_minor` }),
  },
  {
    name: 'average_basket',
    group: 'orders',
    type: 'money',
    table: kept,
    sql: average('order_statistics'),
    at: until(average('past_orders')),
  },
  {
    name: 'first_order_at',
    group: 'orders',
    type: 'instant',
    table: kept,
    sql: sql`order_statistics.first_order_at`,
    at: until(sql`past_orders.first_order_at`),
  },
  {
    name: 'last_order_at',
    group: 'orders',
    type: 'instant',
    table: kept,
    sql: sql`order_statistics.last_order_at`,
    at: until(sql`past_orders.last_order_at`),
  },
  {
    name: 'days_since_last_order',
    group: 'rhythm',
    type: 'number',
    integer: true,
    unit: 'days',
    table: kept,
    sql: ({ today }) => sql`(${today}::date - order_statistics.last_order_on)`,
    at: (moment) => ({ table: past(moment), sql: sql`(${moment.today}::date - past_orders.last_order_on)` }),
  },
  {
    name: 'usual_interval',
    group: 'rhythm',
    type: 'number',
    unit: 'days',
    table: kept,
    sql: sql`order_statistics.usual_interval_days`,
    at: until(sql`past_orders.usual_interval_days`),
  },
  {
    name: 'state',
    group: 'rhythm',
    type: 'choice',
    options: ['new', 'active', 'drowsy', 'asleep', 'lost', 'back'],
    table: kept,
    sql: sql`order_statistics.state`,
    at: (moment) => ({ table: pastState(moment), sql: sql`past_state.to_state` }),
  },
  {
    name: 'state_since',
    group: 'rhythm',
    type: 'day',
    table: kept,
    sql: sql`order_statistics.state_since`,
    at: (moment) => ({ table: pastState(moment), sql: sql`past_state.changed_on` }),
  },
  {
    name: 'next_order_expected',
    group: 'rhythm',
    type: 'day',
    table: kept,
    sql: sql`order_statistics.next_expected_on`,
  },
]

/**
 * An order and its supplements count as one: they share time and store, so without lines the order alone is
 * counted, and with lines the orders that they belong to.
 */
const purchases: Field = {
  name: 'purchases',
  group: 'orders',
  type: 'behaviour',
  rows: sql`orders o`,
  member: 'o.member_id',
  at: 'o.occurred_at',
  counts: sql`o.counts`,
  joins: {
    lines: {
      sql: sql`join order_lines l on l.member_id = o.member_id and l.order_id = o.order_id
        and (l.refunded_quantity < l.quantity or l.quantity = 0)`,
      many: true,
    },
  },
  measures: {
    count: {
      type: 'number',
      integer: true,
      sql: sql`count(*) filter (where o.kind = 'order')`,
      over: { lines: sql`count(distinct coalesce(o.adds_to, o.order_id))` },
    },
    sum: {
      type: 'money',
      sql: sql`sum(o.net_minor - o.refunded_minor)`,
      over: { lines: sql`sum(l.net_minor - l.refunded_minor)` },
    },
    quantity: { type: 'number', sql: sql`sum(l.quantity - l.refunded_quantity)`, needs: ['lines'] },
  },
  filters: [
    { name: 'store', type: 'choice', cast: 'uuid', options: 'stores', sql: sql`o.store_id` },
    { name: 'source', type: 'choice', options: 'sources', sql: sql`o.source` },
    {
      name: 'weekday',
      type: 'choice',
      options: ['1', '2', '3', '4', '5', '6', '7'],
      sql: sql`extract(isodow from o.ordered_on)::text`,
    },
    { name: 'category', type: 'choice', options: 'categories', sql: sql`l.category`, needs: ['lines'] },
    { name: 'product', type: 'choice', cast: 'uuid', options: 'products', sql: sql`l.product_id`, needs: ['lines'] },
    { name: 'sku', type: 'text', sql: sql`l.sku`, needs: ['lines'] },
  ],
  summaries: [
    {
      table: kept,
      measures: { count: sql`order_statistics.order_count`, sum: sql`order_statistics.orders_net_minor` },
      first: sql`order_statistics.first_order_at`,
      last: sql`order_statistics.last_order_at`,
    },
    {
      rows: { from: sql`member_store_statistics s`, member: 's.member_id' },
      measures: { count: sql`s.order_count`, sum: sql`s.net_minor` },
      first: sql`s.first_order_at`,
      last: sql`s.last_order_at`,
      filters: { store: { sql: sql`s.store_id` } },
    },
    {
      rows: { from: sql`member_category_statistics c`, member: 'c.member_id' },
      measures: { count: sql`c.order_count`, sum: sql`c.net_minor`, quantity: sql`c.quantity` },
      first: sql`c.first_order_at`,
      last: sql`c.last_order_at`,
      // an order of two categories lies in two rows: its amounts add up, its count does not
      filters: { category: { sql: sql`c.category`, adds: ['sum', 'quantity'] } },
    },
  ],
}

export const fields: Field[] = [...scalars, purchases]

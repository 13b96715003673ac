/** A million people and what they bought, for benches that ask what size costs. */
import { systemActor } from '../src/base/actor.ts'
import type { Db } from '../src/base/db.ts'
import { sql, type Sql } from '../src/base/sql.ts'
import { dayOf, startOfDay, stopwatch } from '../src/base/time.ts'

/** The member of a number, from 1 on. */
export const crowdId = (n: Sql): Sql => sql`('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`

export interface Crowd {
  members: number
  orders: number
}

/** Rows straight into the tables: how they came there is what other benches measure. */
export async function fillCrowd(db: Db, tell: (line: string) => void, crowd: Crowd): Promise<void> {
  const elapsed = stopwatch()
  const today = dayOf(db.now(), 'Asia/Taipei')
  const midnight = startOfDay(today, 'Asia/Taipei')
  await db.tx({ actor: systemActor('bench') }, async (tx) => {
    await tx.run(sql`
      insert into members (member_id, kind, display_name, phone, email, joined_at, created_at, updated_at)
      select ${crowdId(sql`n`)}, 'member', '會員' || n,
        '+8869' || lpad(n::text, 8, '0'),
        case when n % 5 < 2 then 'm' || n || '@example.com' end,
          ${midnight}::timestamptz - make_interval(days => n % 700),
        ${tx.now}::timestamptz, ${tx.now}::timestamptz
      from generate_series(1, ${crowd.members}::int) n`)
    await tx.run(sql`
      insert into member_consents (member_id, channel, purpose, status, at)
      select member_id, 'email', 'marketing', case when number % 17 = 0 then 'withdrawn' else 'granted' end, created_at
      from members where email is not null`)
    await tx.run(sql`
      insert into orders (member_id, source, source_id, status, occurred_at, ordered_on, gross_minor, net_minor, counts,
        content_hash, recorded_at)
      select ${crowdId(sql`1 + (n::bigint * 7919 + n / 13) % ${crowd.members}::int`)}, 'bench', n::text,
        'completed', ${midnight}::timestamptz - make_interval(days => n % 720) + interval '9 hours',
        ${today}::date - n % 720, 100 + n % 900, 100 + n % 900, true, '', ${tx.now}::timestamptz
      from generate_series(1, ${crowd.orders}::int) n`)
    await tx.run(sql`
      insert into member_statistics (member_id, order_count, net_minor, orders_net_minor, first_order_on,
        last_order_on, first_order_at, last_order_at, purchase_days, computed_at)
      select member_id, count(*), sum(net_minor), sum(net_minor), min(ordered_on), max(ordered_on), min(occurred_at),
        max(occurred_at), count(distinct ordered_on), ${tx.now}::timestamptz
      from orders group by member_id`)
  })
  await db.pool.query('vacuum analyze')
  tell(`${crowd.members} members and ${crowd.orders} orders in ${Math.round(elapsed() / 1000)} s`)
}

import type { Reader } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import type { Summary } from '../types.ts'
import { living } from '../../../record/members/members.ts'

/**
 * The books in one line. Orders include adjustments of the source; a cancellation is any refund that the source sent
 * (not a correction of ours); net is what was paid less what went back: nothing of orders that were never paid or have
 * ended. Members are those who joined, not guests.
 */
export async function summary(db: Reader): Promise<Summary> {
  const row = await db.row<Summary>(sql`
    select (select count(*) from orders where kind <> 'supplement') as orders,
      (select count(*) from order_refunds where kind <> 'correction') as cancellations,
      (select count(*) from members m where ${living}) as members,
      (select coalesce(sum(net_minor - refunded_minor), 0)::bigint from orders
          where status not in ('placed', 'cancelled', 'refunded'))
        - (select coalesce(sum(unmatched_minor), 0)::bigint from order_refunds) as net_minor,
      coalesce((select currency from program), '') as currency`)
  return row!
}

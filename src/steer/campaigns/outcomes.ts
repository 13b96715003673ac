/** What counts as having done something: the report's figures and the lists behind them ask the same. */
import { sql, type Sql } from '../../base/sql.ts'
import type { Did } from './types.ts'

/** What a message (`msg`) has to be to count. */
export const became = {
  sent: sql`msg.status in ('accepted', 'delivered', 'bounced')`,
  delivered: sql`(msg.status = 'delivered' or (msg.status = 'accepted' and msg.bounced_at is null))`,
  opened: sql`msg.opened_at is not null`,
  clicked: sql`msg.clicked_at is not null`,
  unsubscribed: sql`msg.unsubscribed_at is not null`,
  complained: sql`msg.complained_at is not null`,
  waiting: sql`msg.status in ('waiting', 'sending', 'listed')`,
} satisfies Record<Exclude<Did, 'bought'>, Sql>

/** Is this order (`o`) a purchase between the two, as the report counts it? */
export const isPurchase = (from: Date, to: Date): Sql => sql`
  o.occurred_at > ${from}::timestamptz and o.occurred_at <= ${to}::timestamptz
    and o.kind <> 'adjustment' and o.status not in ('placed', 'cancelled')`

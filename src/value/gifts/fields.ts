/** What conditions may ask about gifts: what members were given or redeemed, cancelled ones left out. */
import type { Field } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

export const fields: Field[] = [
  {
    name: 'gifts_received',
    group: 'gifts',
    type: 'behaviour',
    rows: sql`gifts gift`,
    member: 'gift.member_id',
    at: 'gift.given_at',
    counts: sql`gift.status <> 'cancelled'`,
    measures: { count: { type: 'number', integer: true, sql: sql`count(*)` } },
  },
]

/** What conditions may ask about tiers. At a past moment: from the changes written down until then. */
import type { Field, Past, Table } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

const held: Table = {
  alias: 'held_tier',
  from: sql`(
    select held.member_id, tier.code, held.since, held.review_on, held.invitation_id
    from member_tiers held join tiers tier on tier.tier_id = held.tier_id)`,
}

/** Who never moved stands on the lowest; guests and followers stand nowhere. */
const lowest = sql`case when m.kind = 'member' then (select code from tiers where rank = 0) end`

/** The tier that the last change until a past moment led to. */
function past({ now, only }: Past): Table {
  return {
    alias: 'past_tier',
    from: sql`(
      select distinct on (change.member_id) change.member_id, tier.code, change.occurred_at
      from tier_changes change join tiers tier on tier.tier_id = change.to_tier_id
      where change.occurred_at <= ${now}::timestamptz${only('change.member_id')}
      order by change.member_id, change.change_id desc)`,
  }
}

export const fields: Field[] = [
  {
    name: 'tier',
    group: 'tiers',
    type: 'choice',
    options: 'tiers',
    table: held,
    sql: sql`coalesce(held_tier.code, ${lowest})`,
    at: (moment) => ({ table: past(moment), sql: sql`coalesce(past_tier.code, ${lowest})` }),
  },
  {
    name: 'tier_since',
    group: 'tiers',
    type: 'instant',
    table: held,
    sql: sql`held_tier.since`,
  },
  {
    name: 'tier_review_on',
    group: 'tiers',
    type: 'day',
    table: held,
    sql: sql`held_tier.review_on`,
  },
  {
    name: 'tier_invited',
    group: 'tiers',
    type: 'flag',
    table: held,
    sql: sql`coalesce(held_tier.invitation_id is not null, false)`,
  },
  {
    name: 'xp',
    group: 'tiers',
    type: 'number',
    integer: true,
    missing: 0,
    table: { alias: 'experience', from: sql`member_xp` },
    sql: sql`experience.xp`,
  },
  {
    name: 'tier_progress',
    group: 'tiers',
    type: 'behaviour',
    rows: sql`(select * from tier_progress where measure = 'spend') progress`,
    member: 'progress.member_id',
    at: 'progress.counted_on',
    at_type: 'day',
    // a refund counts on the day of its order, and is known only when it happened
    known_at: 'progress.occurred_at',
    measures: {
      count: { type: 'number', integer: true, sql: sql`count(*)` },
      sum: { type: 'money', sql: sql`sum(progress.amount)` },
    },
  },
]

/** What conditions may ask about cards: what is on them now. */
import type { Field, Table } from '../../base/conditions/fields.ts'
import { sql } from '../../base/sql.ts'

const held: Table = {
  alias: 'card_sums',
  from: sql`(
    select c.member_id, sum(case when d.kind = 'value' then c.balance else 0 end)::bigint as value_minor,
      sum(case when d.kind = 'sessions' then c.balance else 0 end)::bigint as uses,
      sum(case when d.kind = 'stamps' then c.rounds else 0 end)::bigint as filled,
      min(case when d.kind = 'stamps' and d.status = 'active' and c.balance > 0 then c.size - c.balance end)
        as stamps_left
    from cards c join card_definitions d on d.card_definition_id = c.card_definition_id
    group by c.member_id)`,
}

export const fields: Field[] = [
  // of the card that is nearest to being full; of those who have begun none it is unknown
  {
    name: 'card_stamps_left',
    group: 'cards',
    type: 'number',
    integer: true,
    table: held,
    sql: sql`card_sums.stamps_left`,
  },
  {
    name: 'card_balance',
    group: 'cards',
    type: 'money',
    missing: 0,
    table: held,
    sql: sql`card_sums.value_minor`,
  } as Field,
  {
    name: 'card_uses_left',
    group: 'cards',
    type: 'number',
    integer: true,
    missing: 0,
    table: held,
    sql: sql`card_sums.uses`,
  },
  {
    name: 'cards_filled',
    group: 'cards',
    type: 'number',
    integer: true,
    missing: 0,
    table: held,
    sql: sql`card_sums.filled`,
  },
]

/**
 * What conditions may ask about messages: what arrived, was opened, was clicked, by campaign and channel, in a window.
 * Only what people did counts; machines leave a touch and no more.
 */
import type { Field, Past, Table } from '../../base/conditions/fields.ts'
import { empty, sql, type Sql } from '../../base/sql.ts'

/** One row a message with the wave that it belongs to. */
const rows = sql`messages msg join sends wave on wave.send_id = msg.send_id`

function behaviour(name: string, at: string, counts: Sql): Field {
  return {
    name,
    group: 'messages',
    type: 'behaviour',
    rows,
    member: 'msg.member_id',
    at,
    counts,
    measures: { count: { type: 'number', integer: true, sql: sql`count(*)` } },
    filters: [
      {
        name: 'campaign',
        type: 'choice',
        options: 'campaigns',
        sql: sql`case when wave.origin = 'campaign' then wave.origin_id end`,
      },
      { name: 'channel', type: 'choice', options: ['email', 'file', 'outbox'], sql: sql`wave.channel` },
    ],
  }
}

/** The last message that left for each member, until a moment if one is given. */
function last(past?: Past): Table {
  const until = past ? sql`and one.sent_at <= ${past.now}::timestamptz${past.only('one.member_id')}` : empty
  return {
    alias: past ? 'past_message' : 'last_message',
    from: sql`(
      select one.member_id, max(one.sent_at) as sent_at from messages one
      where one.sent_at is not null and one.status <> 'bounced' ${until}
      group by one.member_id)`,
  }
}

const unsubscribed = (until: Sql) => sql`exists (
  select from messages left_by where left_by.member_id = m.member_id and left_by.unsubscribed_at is not null ${until})`

export const fields: Field[] = [
  behaviour('messages_received', 'msg.sent_at', sql`msg.status in ('accepted', 'delivered')`),
  behaviour('messages_opened', 'msg.opened_at', sql`msg.opened_at is not null`),
  behaviour('messages_clicked', 'msg.clicked_at', sql`msg.clicked_at is not null`),
  {
    name: 'days_since_last_message',
    group: 'messages',
    type: 'number',
    integer: true,
    unit: 'days',
    table: last(),
    sql: ({ today, zone }) => sql`(${today}::date - (last_message.sent_at at time zone ${zone}::text)::date)`,
    at: (moment) => ({
      table: last(moment),
      sql: sql`(${moment.today}::date - (past_message.sent_at at time zone ${moment.zone}::text)::date)`,
    }),
  },
  {
    name: 'unsubscribed',
    group: 'messages',
    type: 'flag',
    sql: unsubscribed(empty),
    at: ({ now }) => ({ sql: unsubscribed(sql`and left_by.unsubscribed_at <= ${now}::timestamptz`) }),
  },
]

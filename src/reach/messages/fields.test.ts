import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileCondition, idsOf } from '../../base/conditions/compile.ts'
import { gatherFields } from '../../base/conditions/fields.ts'
import { parseCondition } from '../../base/conditions/parse.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addMembers, morning, openSending, type Sending } from '../../../test/sending.ts'
import { fields as own } from './fields.ts'

let sending: Sending
const fields = gatherFields([own])
const spring = '01890000-0000-7000-8000-00000000aaaa'

/** Twenty members, three waves on two channels; what became of each message follows from its numbers. */
beforeAll(async () => {
  sending = await openSending()
  await addMembers(sending.db, 20)
  await sending.db.run(sql`
    with waves as (
      insert into sends (origin, origin_id, step, template_id, template_version, medium, purpose, channel, status, base_url, status_at,
        created_at, actor)
      select origin, origin_id, '', uuidv7(), 1, 'email', 'marketing', channel, 'open', '', ${morning}::timestamptz, ${morning}::timestamptz, 'test'
      from (values ('campaign', ${spring}::text, 'email'), ('campaign', 'autumn', 'outbox'), ('journey', ${spring}::text, 'email'))
        as one (origin, origin_id, channel)
      returning send_id, origin, origin_id, channel
    ),
    numbered as (
      select member_id, send_id, dense_rank() over (order by member_id) as m,
        row_number() over (partition by member_id order by origin, origin_id) as w
      from members cross join waves
    ),
    timed as (
      select *, ${morning}::timestamptz - (m * w || ' days')::interval as sent,
        case when (m + w) % 5 = 0 then 'bounced' when (m + w) % 7 = 0 then 'refused' when m % 2 = 0 then 'delivered' else 'accepted' end as status
      from numbered where (m + w) % 11 <> 0
    )
    insert into messages (member_id, send_id, batch_no, status, reason, queued_at, sent_at, opened_at, clicked_at, unsubscribed_at)
    select member_id, send_id, 1, status, 'x', sent, case when status <> 'refused' then sent end,
      case when status in ('accepted', 'delivered') and m % 3 = 0 then sent + interval '2 hours' end,
      case when status in ('accepted', 'delivered') and m % 6 = 0 then sent + interval '3 hours' end,
      case when status = 'delivered' and m % 9 = 0 then sent + interval '4 hours' end
    from timed where m < 19`)
})
afterAll(() => sending.close())

const zone = 'Asia/Taipei'
const population = { from: sql`members m`, key: 'm.member_id', where: sql`m.kind = 'member'` }

async function answered(json: unknown, reading: 'now' | { at: Date } = 'now'): Promise<string[]> {
  const compiled = compileCondition(parseCondition(json, fields), { fields, population, now: morning, zone, reading })
  const rows = await sending.db.rows<{ member_id: string }>(idsOf(compiled), { prepare: false })
  return rows.map((row) => row.member_id).sort()
}
async function byHand(where: Sql): Promise<string[]> {
  const rows = await sending.db.rows<{ member_id: string }>(
    sql`select m.member_id from members m where ${where} order by 1`,
  )
  return rows.map((row) => row.member_id)
}

const rule = (field: string, operator: string, value: unknown, more: object = {}) => ({
  combinator: 'and',
  rules: [{ field, operator, value, ...more }],
})
const where = (field: string, value: string) => ({ where: [{ field, operator: 'equals', value }] })
const month = { within: { last: 30, unit: 'day' } }
/** Thirty whole days in the program's zone, today included. */
const inMonth = (column: Sql) =>
  sql`(${column} at time zone 'Asia/Taipei')::date > (${morning}::timestamptz at time zone 'Asia/Taipei')::date - 30`
const arrived = sql`x.member_id = m.member_id and x.status in ('accepted', 'delivered')`

test.each<[string, unknown, Sql]>([
  [
    'received twice ever',
    rule('messages_received', 'at_least', 2),
    sql`(select count(*) from messages x where ${arrived}) >= 2`,
  ],
  [
    'received nothing in a month',
    rule('messages_received', 'at_most', 0, month),
    sql`not exists (select from messages x where ${arrived} and ${inMonth(sql`x.sent_at`)})`,
  ],
  [
    'received by one channel',
    rule('messages_received', 'at_least', 1, where('channel', 'outbox')),
    sql`exists (select from messages x join sends s using (send_id) where ${arrived} and s.channel = 'outbox')`,
  ],
  [
    'opened',
    rule('messages_opened', 'at_least', 1, month),
    sql`exists (select from messages x where x.member_id = m.member_id and ${inMonth(sql`x.opened_at`)})`,
  ],
  [
    'never opened',
    rule('messages_opened', 'equals', 0),
    sql`not exists (select from messages x where x.member_id = m.member_id and x.opened_at is not null)`,
  ],
  [
    'clicked in one campaign',
    rule('messages_clicked', 'at_least', 1, where('campaign', spring)),
    sql`exists (select from messages x join sends s using (send_id) where x.member_id = m.member_id and x.clicked_at is not null
      and s.origin = 'campaign' and s.origin_id = ${spring})`,
  ],
  [
    'the last message',
    rule('days_since_last_message', 'at_least', 10),
    sql`(select max(x.sent_at) from messages x where x.member_id = m.member_id and x.status <> 'bounced') <= ${morning}::timestamptz - interval '10 days'`,
  ],
  [
    'never written to',
    rule('days_since_last_message', 'is_not_known', null),
    sql`not exists (select from messages x where x.member_id = m.member_id and x.sent_at is not null and x.status <> 'bounced')`,
  ],
  [
    'unsubscribed',
    rule('unsubscribed', 'is', true),
    sql`exists (select from messages x where x.member_id = m.member_id and x.unsubscribed_at is not null)`,
  ],
])('%s: the members that SQL by hand finds', async (_what, json, hand) => {
  const expected = await byHand(hand)
  expect(await answered(json)).toEqual(expected)
  expect(expected.length).toBeGreaterThan(0)
  expect(expected.length).toBeLessThan(20)
  // the past read at the present says the same
  expect(await answered(json, { at: morning })).toEqual(expected)
})

test('at a past moment only what had happened by then is seen', async () => {
  const then = new Date(morning.getTime() - 8 * 86_400_000)
  const until = sql`x.sent_at <= ${then}::timestamptz`
  const expected = await byHand(sql`(select count(*) from messages x where ${arrived} and ${until}) >= 2`)
  const json = rule('messages_received', 'at_least', 2)
  expect(await answered(json, { at: then })).toEqual(expected)
  expect(expected).not.toEqual(await answered(json))
})

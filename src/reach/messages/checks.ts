/** Proofs for `regulars verify`; none shares a statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('messages.sent_once', 'every message left at most once', (db) =>
    db.rows(sql`
    select member_id, data->>'message_id' as message_id, count(*) as times
    from facts where name = 'message.sent'
    group by member_id, data->>'message_id' having count(*) > 1 limit 100`),
  ),

  noRows('messages.sent_is_told', 'who was sent to has the fact, and every fact its message', (db) =>
    db.rows(sql`
    with told as (
      -- a fact stays in the name of a merged member, the message follows to the kept one
      select coalesce(m.merged_into, f.member_id) as member_id, (f.data->>'message_id')::bigint as message_id
      from facts f left join members m on m.member_id = f.member_id where f.name = 'message.sent'
    )
    select told.member_id, told.message_id, 'no message' as wrong from told
    where not exists (select from messages one
      where one.member_id = told.member_id and one.message_id = told.message_id and one.sent_at is not null)
    union all
    select one.member_id, one.message_id, 'no fact' from messages one
    where one.status = 'accepted' and one.reason is null
      and not exists (select from told where told.member_id = one.member_id and told.message_id = one.message_id)
    limit 100`),
  ),

  noRows('messages.none_stranded', 'whatever waits is in a batch that will be claimed', (db) =>
    db.rows(sql`
    select message.member_id, message.message_id, message.status, batch.status as batch_status
    from messages message
    join sends send on send.send_id = message.send_id
    left join message_batches batch on batch.send_id = message.send_id and batch.batch_no = message.batch_no
    where message.status in ('waiting', 'sending') and send.status <> 'cancelled'
      and coalesce(batch.status, 'done') = 'done'
    limit 100`),
  ),

  noRows('messages.states_have_times', 'every state has its time', (db) =>
    db.rows(sql`
    select member_id, message_id, status from messages
    where (status in ('accepted', 'delivered', 'bounced') and sent_at is null)
      or (status = 'delivered' and delivered_at is null) or (status = 'bounced' and bounced_at is null)
      or (status in ('refused', 'failed') and reason is null)
      or (status in ('waiting', 'listed', 'refused', 'cancelled') and sent_at is not null)
    limit 100`),
  ),

  // pain 16, proved afterwards from the proof of consent itself
  noRows('messages.consent_held', 'nobody was written to after withdrawing', (db) =>
    db.rows(sql`
    select message.member_id, message.message_id, last_word.at as withdrawn_at, message.sent_at
    from messages message
    join sends send on send.send_id = message.send_id and send.purpose = 'marketing'
    cross join lateral (
      select status, at from member_consent_entries entry
      where entry.member_id = message.member_id and entry.channel = send.medium and entry.purpose = send.purpose
        and entry.recorded_at < message.sent_at
      order by entry.at desc, entry.status = 'withdrawn' desc limit 1
    ) last_word
    -- before a merge each of the two names had its own words and its own messages
    where message.sent_at is not null and last_word.status = 'withdrawn' and not exists (
      select from member_merges one where one.member_id = message.member_id and one.at >= message.sent_at)
    limit 100`),
  ),
]

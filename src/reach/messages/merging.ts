/**
 * Messages follow a merged member to the kept one: what was opened, clicked and withdrawn is known of the person. Who
 * was to hear the same in both names hears it once.
 */
import type { Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { pairSql, type MergePair } from '../../record/members/members.ts'

/**
 * A message in a worker's hands stays until it is written down, and follows later (`members.follow_merged`); one that
 * meets the kept member's own of the same wave bears whose it was, and does not leave any more.
 */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from messages one using pair where one.member_id = pair.merged and one.status <> 'sending'
      returning one as row, pair.keep, pair.merged, one.send_id, one.occurrence, one.message_id, one.status
    ),
    placed as (
      select *, exists (select from messages own where own.member_id = keep and own.send_id = gone.send_id
          and own.occurrence = gone.occurrence)
        or row_number() over (partition by keep, send_id, occurrence order by message_id) > 1 as is_second
      from gone
    )
    insert into messages overriding system value
    select moved.* from placed
    cross join lateral jsonb_populate_record(placed.row, jsonb_build_object('member_id', placed.keep)
      || case when is_second then jsonb_build_object('occurrence', concat_ws('/', nullif(placed.occurrence, ''),
        'merged-' || placed.merged)) else '{}' end
      || case when is_second and placed.status in ('waiting', 'listed')
        then '{"status": "refused", "reason": "merged", "retry_at": null}'::jsonb else '{}' end) as moved`)
  await moveSides(tx, pairs)
}

/** Addresses and words, touches and receipts, tests with the member's values. */
async function moveSides(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    ours as (
      select pair.merged, pair.keep, message_id from pair join messages one on one.member_id = pair.keep
    ),
    bodies as (
      delete from message_bodies b using ours where b.member_id = ours.merged and b.message_id = ours.message_id
      returning b as row, ours.keep
    ),
    kept_bodies as (
      insert into message_bodies
      select moved.* from bodies
      cross join lateral jsonb_populate_record(bodies.row, jsonb_build_object('member_id', bodies.keep)) as moved
    ),
    touches as (
      delete from message_touches t using ours where t.member_id = ours.merged and t.message_id = ours.message_id
      returning t as row, ours.keep
    ),
    kept_touches as (
      insert into message_touches overriding system value
      select moved.* from touches
      cross join lateral jsonb_populate_record(touches.row, jsonb_build_object('member_id', touches.keep)) as moved
    ),
    receipts as (
      delete from message_receipts r using ours where r.member_id = ours.merged and r.message_id = ours.message_id
      returning r as row, ours.keep
    ),
    kept_receipts as (
      insert into message_receipts overriding system value
      select moved.* from receipts
      cross join lateral jsonb_populate_record(receipts.row, jsonb_build_object('member_id', receipts.keep)) as moved
    )
    update message_tests t set member_id = pair.keep from pair where t.member_id = pair.merged`)
}

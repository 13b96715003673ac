/** `regulars verify` for joining, in plain SQL that shares nothing with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('joining.answers_are_of_members', 'what was asked was asked of somebody who is there', (db) =>
    db.rows(sql`
    select a.member_id, a.step_id from joining_answers a left join members m on m.member_id = a.member_id
    where m.member_id is null or m.merged_into is not null or m.erased_at is not null`),
  ),
  noRows('joining.rewards_have_answers', 'who was given a reward for a step has answered it', (db) =>
    db.rows(sql`
    select g.member_id, g.gift_id, g.occurrence from gifts g
    join joining_steps s on s.step_id::text = g.occurrence
    join members m on m.member_id = g.member_id and m.erased_at is null
    where g.reason = 'profile_step' and not exists (select from joining_answers a
      where a.member_id = g.member_id and a.step_id = s.step_id and a.state = 'answered')`),
  ),
  noRows('joining.attempts_end_without_a_person', 'an attempt that has ended names nobody', (db) =>
    db.rows(sql`
    select provider, created_at from joining_attempts
    where ended_at is not null and (email is not null or name is not null)`),
  ),
]

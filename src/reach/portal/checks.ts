/** `regulars verify` for the portal, in plain SQL that shares nothing with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows(
    'portal.sessions_are_of_members',
    'nobody is signed in as somebody who is merged, erased or no member',
    (db) =>
      db.rows(sql`
    select s.member_id, s.created_at from member_sessions s left join members m on m.member_id = s.member_id
    where m.member_id is null or m.kind <> 'member' or m.merged_into is not null or m.erased_at is not null`),
  ),
  noRows('portal.codes_within_limits', 'no number was sent more codes in an hour than the limit', (db) =>
    db.rows(sql`
    select kind, date_trunc('hour', created_at) as hour, count(*) as codes from member_sign_in_codes
    group by kind, address, date_trunc('hour', created_at) having count(*) > 5`),
  ),
  noRows(
    'portal.letters_have_codes',
    'every letter kept here belongs to a code that was asked for by its address',
    (db) =>
      db.rows(sql`
    select l.code_id, l.channel from portal_letters l join member_sign_in_codes c on c.code_id = l.code_id
    where c.address <> l.address`),
  ),
  noRows('portal.shown_are_of_members', 'codes shown at tills are of somebody who is there', (db) =>
    db.rows(sql`
    select s.member_id, s.step from portal_shown_codes s left join members m on m.member_id = s.member_id
    where m.member_id is null or m.merged_into is not null`),
  ),
]

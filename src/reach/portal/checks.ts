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
  noRows('portal.passes_moved_one_thing', 'what was accepted left the giver and is the friend’s', (db) =>
    db.rows(sql`
    select p.pass_id, p.member_id, p.accepted_by, p.thing_id, p.received_id from portal_passes p
    where p.state = 'accepted' and not case p.kind
      when 'coupon' then exists (select from coupons c where c.coupon_id = p.thing_id and c.ended = 'passed_on')
        and exists (select from coupons c where c.coupon_id = p.received_id and c.source = 'passed_on')
      when 'pool' then exists (select from point_pool_members m where m.pool_id = p.received_id
        and m.member_id = p.accepted_by)
      else exists (select from gifts g where g.gift_id = p.thing_id and g.status = 'passed_on')
        and exists (select from gifts g where g.gift_id = p.received_id and g.reason = 'passed_on') end`),
  ),
  noRows('portal.shown_are_of_members', 'codes shown at tills are of somebody who is there', (db) =>
    db.rows(sql`
    select s.member_id, s.step from portal_shown_codes s left join members m on m.member_id = s.member_id
    where m.member_id is null or m.merged_into is not null`),
  ),
]

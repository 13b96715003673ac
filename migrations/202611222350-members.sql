-- who brought this member: the one whose link they accepted when they joined
alter table members add column referred_by uuid;
create index members_referred on members (referred_by) where referred_by is not null;
-- a code may also prove a second address of somebody who is signed in
alter table member_sign_in_codes drop constraint member_sign_in_codes_purpose_check;
alter table member_sign_in_codes add constraint member_sign_in_codes_purpose_check
  check (purpose in ('sign_in', 'erase', 'bind'));
alter table member_sign_in_codes drop constraint member_sign_in_codes_check;
alter table member_sign_in_codes add constraint member_sign_in_codes_check
  check ((purpose <> 'sign_in') = (member_id is not null));

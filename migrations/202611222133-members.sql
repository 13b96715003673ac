-- local: the secret that codes are made with. Codes themselves are kept nowhere: whoever must know one makes it again
create table member_sign_in_secret (
  one boolean primary key default true check (one),
  secret bytea not null
);
insert into member_sign_in_secret (secret)
values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
-- local: codes that were asked for; the address may be nobody's yet. Swept a day after their end
create table member_sign_in_codes (
  code_id uuid primary key,
  kind text not null check (kind in ('email', 'phone')),
  address text not null,
  -- erase: spoken by somebody who is signed in, about themselves
  purpose text not null check (purpose in ('sign_in', 'erase')),
  member_id uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- the limit is the database's: tries at once cannot all pass a count
  tries int not null default 0 check (tries <= 5),
  -- who joins fills in a form between the right code and the end
  verified_at timestamptz,
  used_at timestamptz,
  check ((purpose = 'erase') = (member_id is not null))
);
create index member_sign_in_codes_address on member_sign_in_codes (address);
create index member_sign_in_codes_expiry on member_sign_in_codes (expires_at);
-- look-up keyed by the value: how often a number, an address of a caller or a device asked in a window of time.
-- Keys are hashes
create table member_sign_in_counts (
  key bytea not null,
  begins_at timestamptz not null,
  used int not null check (used > 0),
  primary key (key, begins_at)
);
create index member_sign_in_counts_age on member_sign_in_counts (begins_at);
-- look-up keyed by the value: who is signed in by which cookie
create table member_sessions (
  token_hash bytea primary key,
  member_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index member_sessions_member on member_sessions (member_id);
create index member_sessions_expiry on member_sessions (expires_at);

-- local: the secret that signs the code a member shows for spending
create table portal_secret (
  one boolean primary key default true check (one),
  secret bytea not null
);
insert into portal_secret (secret)
values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
-- member-owned: codes that were shown at a till, once for ever each; who showed one again is counted
create table portal_shown_codes (
  member_id uuid not null,
  -- half minutes since 1970
  step bigint not null,
  -- which look of which till: asking again with it changes nothing
  scan_id uuid not null,
  shown_at timestamptz not null,
  actor text not null,
  replays int not null default 0 check (replays >= 0),
  replayed_at timestamptz,
  primary key (member_id, step),
  check ((replays = 0) = (replayed_at is null))
);
create index portal_shown_codes_age on portal_shown_codes (shown_at);
-- local: letters with codes that stayed in the house, for programs that send nothing yet. Swept after an hour
create table portal_letters (
  code_id uuid primary key,
  channel text not null,
  address text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null
);
create index portal_letters_address on portal_letters (address);

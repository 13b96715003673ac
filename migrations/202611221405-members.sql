-- member-owned: a person (or company) the brand may know. A guest bought without joining; a walk_in row stands for
-- anonymous receipts of a store (64 a store) and has no statistics and no points.
create table members (
  member_id uuid primary key default uuidv7(),
  kind text not null check (kind in ('guest', 'follower', 'member', 'walk_in')),
  number bigint generated always as identity,
  external_id text,
  display_name text,
  first_name text,
  last_name text,
  birth_date text check (birth_date ~ '^(\d{4}|-)-\d{2}-\d{2}$'),
  gender text check (gender in ('female', 'male', 'other')),
  locale text,
  time_zone text,
  -- first phone and e-mail, copied from identities so that lists need no join
  phone text,
  email text,
  attributes jsonb not null default '{}',
  tags text[] not null default '{}',
  home_store_id uuid,
  joined_at timestamptz,
  join_channel text,
  join_store_id uuid,
  walk_in_store_id uuid,
  -- what names are searched by: words of the name, its pinyin and initials with all their endings, apart by spaces
  search text not null default '',
  merged_into uuid,
  erased_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- words are searched by their beginning: every ending is a word of its own, so any part of a name is found. A search of
-- one character among a million members takes under 20 ms; trigrams would not help below three characters.
create function member_words(search text) returns tsvector
language plpgsql immutable strict parallel safe
-- dear, so that a search never walks the table however common the planner believes its word to be
cost 10000
as $$ begin return array_to_tsvector(string_to_array(search, ' ')); end $$;
create index members_search on members using gin (member_words(search)) where kind <> 'walk_in';
create index members_number on members (number desc) where kind <> 'walk_in';
create index members_tags on members using gin (tags) where tags <> '{}';

-- look-up keyed by the value: unique over all members. kind is phone (E.164), email (lower case), card or
-- external:<source>. The value comes first and in byte order, so that its beginning finds it whatever its kind.
create table member_identities (
  value text collate "C" not null,
  kind text not null,
  member_id uuid not null,
  -- as it was written, where that differs (an e-mail in capitals)
  display text,
  verified_at timestamptz,
  created_at timestamptz not null,
  primary key (value, kind)
);
create index member_identities_member on member_identities (member_id);
-- "the number ends in 5678" is how people are found at a counter
create index member_identities_phone_end on member_identities (reverse(value)) where kind = 'phone';

-- member-owned: what was said about consent, with its proof; never edited
create table member_consent_entries (
  member_id uuid not null,
  channel text not null,
  purpose text not null,
  status text not null check (status in ('granted', 'withdrawn')),
  at timestamptz not null,
  recorded_at timestamptz not null,
  method text not null,
  text_version text,
  actor text not null,
  ip text,
  -- saying the same twice is saying it once: an import repeated adds nothing
  primary key (member_id, channel, purpose, at, status)
);
-- member-owned: the latest of them by (channel, purpose)
create table member_consents (
  member_id uuid not null,
  channel text not null,
  purpose text not null,
  status text not null check (status in ('granted', 'withdrawn')),
  at timestamptz not null,
  primary key (member_id, channel, purpose)
);
-- member-owned: addresses that must not be written to, whatever the consent: hard bounces, complaints
create table member_suppressions (
  member_id uuid not null,
  channel text not null,
  address text not null,
  reason text not null,
  at timestamptz not null,
  primary key (member_id, channel, address)
);
-- member-owned: what staff wrote down
create table member_notes (
  member_id uuid not null,
  note_id uuid not null default uuidv7(),
  body text not null,
  actor text not null,
  actor_name text not null,
  at timestamptz not null,
  primary key (member_id, note_id)
);

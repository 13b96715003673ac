-- reference: a question about members, saved under a name; or a list of members kept by hand
create table segments (
  segment_id uuid primary key default uuidv7(),
  name text not null,
  note text not null default '',
  kind text not null check (kind in ('condition', 'list')),
  condition jsonb,
  version int not null default 1,
  actor text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  check ((kind = 'condition') = (condition is not null))
);
create unique index segments_name on segments (lower(name)) where archived_at is null;
-- member-owned: who is on a list
create table segment_members (
  member_id uuid not null,
  segment_id uuid not null,
  added_at timestamptz not null,
  primary key (member_id, segment_id)
);
create index segment_members_segment on segment_members (segment_id, member_id);
-- reference: how the size went; every count says when it was computed and how long it took
create table segment_sizes (
  segment_id uuid not null references segments on delete cascade,
  computed_at timestamptz not null,
  version int not null,
  count int not null,
  ms int not null,
  primary key (segment_id, computed_at)
);

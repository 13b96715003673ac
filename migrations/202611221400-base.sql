-- What the ground floor keeps. Kinds of tables, for a later cluster: member-owned (member_id first in every key),
-- reference (small, everywhere), local (one node).

-- member-owned: one immutable thing that happened to one member
create table facts (
  member_id uuid not null,
  fact_id bigint generated always as identity,
  name text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  data jsonb not null default '{}',
  actor text not null,
  -- given after commit by the numbering loop, so that nothing that commits late is missed by a reader of the feed
  position bigint,
  primary key (member_id, fact_id)
);
create index facts_unnumbered on facts (fact_id) where position is null;
create unique index facts_position on facts (position) where position is not null;

-- local: the last position given
create table fact_feed (
  one boolean primary key default true check (one),
  position bigint not null default 0
);
insert into fact_feed default values;

-- local: how far each later hearer has read
create table fact_hearers (
  name text primary key,
  position bigint not null default 0,
  updated_at timestamptz not null
);

-- local: answers kept for 24 hours by the key of the caller
create table idempotency_keys (
  scope text not null,
  key text not null,
  route text not null,
  input_hash text not null,
  answer jsonb,
  created_at timestamptz not null,
  primary key (scope, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

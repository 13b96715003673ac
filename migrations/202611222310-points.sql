-- member-owned: the lines of an order that its rule left out of what counts; without such lines there is no row
create table point_excluded_lines (
  member_id uuid not null,
  order_id uuid not null,
  lines int[] not null check (cardinality(lines) > 0),
  primary key (member_id, order_id)
);
-- reference: whether members may give points to each other; versions, the newest whose time has come is in force
create table point_transfer_rules (
  version int primary key,
  effective_from timestamptz not null,
  rule jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null
);
-- member-owned (by who gave): points given to another member, never edited
create table point_transfers (
  member_id uuid not null,
  transfer_id uuid not null default uuidv7(),
  to_member_id uuid not null,
  points bigint not null check (points > 0),
  -- what of them the program kept
  fee bigint not null check (fee >= 0 and fee < points),
  -- unique for ever: what caused it
  source text not null,
  source_id text not null,
  rule_version int not null,
  note text not null default '',
  given_at timestamptz not null,
  actor text not null,
  primary key (member_id, transfer_id),
  constraint point_transfers_source unique (member_id, source, source_id)
);
create index point_transfers_to on point_transfers (to_member_id);
-- member-owned: what a member has given in a day or month; the row is the lock
create table point_transfer_counts (
  member_id uuid not null,
  -- 2026-11-22 or 2026-11
  period text not null,
  points bigint not null check (points >= 0),
  -- as of the last time; null: no limit
  allowed bigint,
  primary key (member_id, period),
  constraint point_transfer_counts_within_limit check (allowed is null or points <= allowed)
);

-- reference: what of a fallen price is given back; versions, the newest whose time has come is in force
create table protection_rules (
  version int primary key,
  effective_from timestamptz not null,
  rule jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null
);
-- member-owned: what was given back for a line of an order, never edited but for what its goods that went back take
create table protections (
  member_id uuid not null,
  order_id uuid not null,
  line_no int not null,
  -- a price may fall more than once
  nth int not null check (nth > 0),
  rule_version int not null,
  -- the price rule by which it became cheaper; null: by none
  price_version int,
  sku text not null,
  -- how much of the line had not gone back, and what was paid for that
  quantity numeric not null,
  paid_minor bigint not null,
  -- what one cost by list and rule when it was bought, and costs now
  then_minor bigint not null,
  now_minor bigint not null,
  -- what the same came to when it was given, rounded up
  costs_minor bigint not null,
  given_before_minor bigint not null check (given_before_minor >= 0),
  -- what the points given are worth
  given_minor bigint not null check (given_minor > 0),
  points bigint not null check (points > 0),
  gift_id uuid not null,
  why jsonb not null,
  given_at timestamptz not null,
  -- since some of the line went back: how many of the points went with it, and how many were spent by then
  returned_at timestamptz,
  taken_points bigint not null default 0 check (taken_points >= 0),
  forgiven_points bigint not null default 0 check (forgiven_points >= 0),
  primary key (member_id, order_id, line_no, nth),
  constraint protections_returned_within_points check (taken_points + forgiven_points <= points),
  constraint protections_within_difference check (given_before_minor + given_minor <= paid_minor - costs_minor)
);
create index protections_given on protections (given_at desc, gift_id desc);
-- member-owned: what was given back in a month (2026-11), a year (2026) and in all (ever)
create table protection_counts (
  member_id uuid not null,
  period text not null,
  given_minor bigint not null check (given_minor >= 0),
  -- as of the last time; null: no limit
  allowed_minor bigint,
  primary key (member_id, period),
  constraint protection_counts_within_limit check (allowed_minor is null or given_minor <= allowed_minor)
);

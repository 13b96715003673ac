-- reference: when something is given, to whom and what. The rule lives in versions
create table moments (
  moment_id uuid primary key default uuidv7(),
  names jsonb not null,
  version int not null default 1,
  status text not null default 'active' check (status in ('active', 'stopped')),
  -- what happened before gives nothing
  active_since timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- reference
create table moment_versions (
  moment_id uuid not null references moments,
  version int not null,
  rule jsonb not null,
  actor text not null,
  created_at timestamptz not null,
  primary key (moment_id, version)
);
-- local: how far the clock work of a moment has come; a row only for moments of the calendar
create table moment_runs (
  moment_id uuid primary key references moments,
  -- every window that opened until this day was looked at; null: look at all that are open
  done_through date,
  -- a run that was cut off goes on behind this member, if it is still the same day
  running_on date,
  running_day date,
  running_after uuid
);
-- member-owned: what a moment gave, or could not give, once for each occurrence
create table moment_gifts (
  member_id uuid not null,
  moment_id uuid not null,
  -- which time: a year, a number of purchases, a tier and year
  occurrence text not null,
  version int not null,
  -- the day of the moment itself, and the day on which this was decided
  occurs_on date not null,
  given_on date not null,
  gift_id uuid,
  -- the code of why it could not be handed out
  refused text,
  order_id uuid,
  store_id uuid,
  why jsonb not null,
  recorded_at timestamptz not null,
  primary key (member_id, moment_id, occurrence),
  constraint moment_gifts_given_or_refused check ((gift_id is null) = (refused is not null))
);
create index moment_gifts_moment on moment_gifts (moment_id, recorded_at desc, member_id);
create index moment_gifts_refused on moment_gifts (moment_id, member_id) where refused is not null;

-- reference: what the owner allows at the counter: limits of clerks, alarms, receipts without a network
create table till_rules (
  one boolean primary key default true check (one),
  rules jsonb not null
);
-- local: what one person did on one day of all that is limited; the row is the counter and the lock
create table till_clerk_days (
  -- as facts name who acted: staff:<id>
  actor text not null,
  day date not null,
  points_given bigint not null default 0 check (points_given >= 0),
  receipts_given int not null default 0 check (receipts_given >= 0),
  refunded_minor bigint not null default 0 check (refunded_minor >= 0),
  -- approvals that were none, and codes of members that were none
  codes_mistyped int not null default 0 check (codes_mistyped >= 0),
  member_codes_mistyped int not null default 0 check (member_codes_mistyped >= 0),
  primary key (actor, day)
);
-- local: a manager's word for one act beyond a clerk's limit; the code is kept as SHA-256 only
create table till_approvals (
  approval_id uuid primary key default uuidv7(),
  code_hash bytea not null,
  made_by text not null,
  made_by_name text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by_name text,
  used_for text,
  check ((used_at is null) = (used_for is null))
);
create index till_approvals_open on till_approvals (code_hash) where used_at is null;
-- member-owned: receipts that a member was given after the purchase
create table till_given_receipts (
  member_id uuid not null,
  order_id uuid not null,
  -- added: nobody had rung it up here; claimed: it was rung up without a member; moved: another member had it
  kind text not null check (kind in ('added', 'claimed', 'moved')),
  from_member_id uuid,
  from_order_id uuid,
  store_id uuid,
  source_id text not null,
  net_minor bigint not null,
  reason text not null,
  actor text not null,
  actor_name text not null,
  -- the manager whose code allowed it beyond the clerk's limit
  approved_by_name text,
  given_at timestamptz not null,
  -- in the program's zone
  given_on date not null,
  primary key (member_id, order_id),
  check ((kind = 'added') = (from_order_id is null))
);
create unique index till_given_receipts_from on till_given_receipts (member_id, from_order_id);
create index till_given_receipts_day on till_given_receipts (given_on);
create index till_given_receipts_away on till_given_receipts (from_member_id) where kind = 'moved';
-- member-owned: points that clerks gave by hand
create table till_given_points (
  member_id uuid not null,
  source_id text not null,
  entry_id bigint not null,
  points bigint not null check (points > 0),
  store_id uuid,
  reason text not null,
  actor text not null,
  actor_name text not null,
  approved_by_name text,
  given_at timestamptz not null,
  given_on date not null,
  primary key (member_id, source_id)
);
create index till_given_points_day on till_given_points (given_on);
-- local: what a manager should look at; the evidence grows until somebody has
create table till_alarms (
  alarm_id uuid primary key default uuidv7(),
  -- often: one card at one till or clerk; replayed: a code was shown again; mistyped: codes that were none
  kind text not null check (kind in ('often', 'replayed', 'mistyped')),
  occurrence text not null,
  member_id uuid,
  store_id uuid,
  actor text,
  actor_name text,
  day date not null,
  evidence jsonb not null,
  raised_at timestamptz not null,
  settled_at timestamptz,
  settled_by_name text,
  settled_note text,
  unique (kind, occurrence)
);
create index till_alarms_day on till_alarms (day);
create index till_alarms_member on till_alarms (member_id) where member_id is not null;
-- local: one time without a network of one device; its row is the counter and the lock of its limit
create table till_offline_stretches (
  device text not null,
  -- the number of its first receipt
  stretch text not null,
  receipts int not null,
  amount_minor bigint not null,
  primary key (device, stretch)
);
-- local, keyed by the value: receipts that were taken without a network, with what became of them
create table till_offline_receipts (
  source text not null,
  source_id text not null,
  member_id uuid,
  store_id uuid,
  device text not null,
  stretch text not null,
  -- by the device's clock; how far that was off when it was sent; when it came here
  said_at timestamptz not null,
  clock_off_s int not null,
  received_at timestamptz not null,
  received_on date not null,
  amount_minor bigint not null,
  body jsonb not null,
  -- open: refused, and a manager's to settle
  status text not null check (status in ('sold', 'open', 'accepted', 'dismissed')),
  code text,
  params jsonb,
  order_id uuid,
  actor text not null,
  actor_name text not null,
  settled_at timestamptz,
  settled_by_name text,
  settled_note text,
  primary key (source, source_id),
  check ((status in ('sold', 'accepted')) = (order_id is not null)),
  check (status <> 'open' or code is not null)
);
create index till_offline_receipts_open on till_offline_receipts (received_at) where status = 'open';
create index till_offline_receipts_member on till_offline_receipts (member_id) where member_id is not null;
-- the manager's day asks for what was rung up that day
create index till_holds_time on till_holds (created_at);

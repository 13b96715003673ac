-- reference: what a brand promises with a coupon; the design itself is versioned beside
create table coupon_definitions (
  coupon_definition_id uuid primary key default uuidv7(),
  name text not null check (name <> ''),
  note text not null default '',
  status text not null check (status in ('active', 'stopped')),
  version int not null,
  actor text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- reference: designs, written once and never edited; a coupon keeps the one it was issued under
create table coupon_definition_versions (
  coupon_definition_id uuid not null references coupon_definitions,
  version int not null,
  design jsonb not null,
  actor text not null,
  created_at timestamptz not null,
  primary key (coupon_definition_id, version)
);
-- member-owned: one member's right
create table coupons (
  member_id uuid not null,
  coupon_id uuid not null,
  coupon_definition_id uuid not null references coupon_definitions,
  version int not null,
  code text,
  -- how often it may be used, how often it is locked at a till now, how often it was used
  uses_max int not null check (uses_max > 0),
  held int not null default 0 check (held >= 0),
  redeemed int not null default 0 check (redeemed >= 0),
  ended text check (ended in ('expired', 'withdrawn')),
  -- one state and no other, because it is made of what was counted
  state text not null generated always as (case when ended is not null then ended
    when redeemed = uses_max then 'redeemed' when held + redeemed = uses_max then 'held' else 'available' end) stored,
  -- first and last day, in the program's zone; null: no such bound
  starts_on date,
  expires_on date,
  cost_minor bigint not null check (cost_minor >= 0),
  -- unique for ever: what it was given for
  source text not null,
  source_id text not null,
  issued_at timestamptz not null,
  ended_at timestamptz,
  updated_at timestamptz not null,
  actor text not null,
  primary key (member_id, coupon_id),
  check (held + redeemed <= uses_max)
) with (fillfactor = 80);
create unique index coupons_source on coupons (member_id, source, source_id);
create index coupons_definition on coupons (coupon_definition_id, issued_at desc, coupon_id);
create index coupons_due on coupons (expires_on) where ended is null and redeemed < uses_max;
-- member-owned: one use: locked by a till, then redeemed or not; never edited but for its state
create table coupon_uses (
  member_id uuid not null,
  use_id uuid not null,
  coupon_id uuid not null,
  coupon_definition_id uuid not null references coupon_definitions,
  code text,
  -- what it is used for; a repetition finds it here
  source text not null,
  source_id text not null,
  state text not null check (state in ('held', 'redeemed', 'released', 'lapsed', 'returned')),
  -- the day that limits count, in the program's zone
  used_on date not null,
  store_id uuid,
  order_id uuid,
  discount_minor bigint not null check (discount_minor >= 0),
  why jsonb not null,
  held_at timestamptz not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  ended_at timestamptz,
  primary key (member_id, use_id)
);
create unique index coupon_uses_source on coupon_uses (member_id, source, source_id, coupon_id);
create index coupon_uses_coupon on coupon_uses (member_id, coupon_id);
create index coupon_uses_member on coupon_uses (member_id, coupon_definition_id);
create index coupon_uses_order on coupon_uses (member_id, order_id) where order_id is not null;
create index coupon_uses_lapsing on coupon_uses (coupon_definition_id, expires_at) where state = 'held';
create index coupon_uses_redeemed on coupon_uses (coupon_definition_id, redeemed_at) where state = 'redeemed';
-- local: how often a definition may be used in all, on a day, by a code; refused by the database beyond it
create table coupon_counters (
  coupon_definition_id uuid not null references coupon_definitions,
  kind text not null check (kind in ('all', 'day', 'code')),
  key text not null,
  used int not null check (used >= 0),
  used_max int not null,
  primary key (coupon_definition_id, kind, key),
  check (used <= used_max)
) with (fillfactor = 50);
-- member-owned: how often one member may use a definition, in all and on a day
create table coupon_member_counters (
  member_id uuid not null,
  coupon_definition_id uuid not null references coupon_definitions,
  kind text not null check (kind in ('all', 'day')),
  key text not null,
  used int not null check (used >= 0),
  used_max int not null,
  primary key (member_id, coupon_definition_id, kind, key),
  check (used <= used_max)
);
-- look-up: what must be unique over all members; capitals and figures only
create table coupon_codes (
  code text primary key,
  coupon_definition_id uuid not null references coupon_definitions,
  kind text not null check (kind in ('shared', 'unique')),
  -- of a shared one: how often it may be used in all; null: as often as the definition allows
  uses_max int check (uses_max > 0),
  -- of a unique one: whose coupon it is; null while it lies in the pool
  member_id uuid,
  coupon_id uuid,
  origin text not null check (origin in ('made', 'imported')),
  created_at timestamptz not null
);
create index coupon_codes_definition on coupon_codes (coupon_definition_id, code);
create index coupon_codes_pool on coupon_codes (coupon_definition_id, code) where kind = 'unique' and coupon_id is null;
create index coupon_codes_member on coupon_codes (member_id) where member_id is not null;
-- local: coupons handed to many members at once, with its progress
create table coupon_runs (
  run_id uuid primary key default uuidv7(),
  coupon_definition_id uuid not null references coupon_definitions,
  status text not null check (status in ('waiting', 'running', 'done', 'failed')),
  segment_id uuid,
  members_total int,
  issued int not null default 0,
  refused int not null default 0,
  error jsonb,
  actor text not null,
  created_at timestamptz not null,
  finished_at timestamptz
);
-- local: who is still to be given one; rows go as they are done
create table coupon_run_members (
  run_id uuid not null references coupon_runs on delete cascade,
  member_id uuid not null,
  primary key (run_id, member_id)
);
create index coupon_run_members_member on coupon_run_members (member_id);

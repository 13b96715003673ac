-- reference: the ladder; rank 0 is where everybody starts
create table tiers (
  tier_id uuid primary key default uuidv7(),
  code text not null unique,
  -- deferrable, so that a whole ladder is put in a new order by one statement
  rank int not null check (rank >= 0) unique deferrable initially deferred,
  names jsonb not null,
  created_at timestamptz not null
);
-- reference: how members climb, by version; in force at t is the newest version whose effective_from has come
create table tier_rules (
  version int primary key,
  effective_from timestamptz not null,
  rule jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null
);
-- member-owned: what counts towards a tier, one row an order or refund; never edited
create table tier_progress (
  member_id uuid not null,
  source text not null check (source in ('order', 'refund')),
  source_id text not null,
  occurred_at timestamptz not null,
  -- the day on which it counts; a refund counts on the day of its order, so that both leave the window together
  counted_on date not null,
  amount bigint not null,
  rule_version int not null,
  recorded_at timestamptz not null,
  primary key (member_id, source, source_id)
);
create index tier_progress_day on tier_progress (member_id, counted_on) include (amount);
-- member-owned: the tier held now; without a row it is the lowest. Locked by whoever decides about it
create table member_tiers (
  member_id uuid primary key,
  tier_id uuid not null,
  since timestamptz not null,
  -- the first day on which keeping it is decided; null on the lowest
  review_on date,
  -- since when the member keeps it by grace only; review_on is then the day on which grace ends
  grace_from date,
  -- the order that lifted the member here and what was held before it: so that its refund can undo the step
  cause_order_id uuid,
  from_tier_id uuid,
  from_since timestamptz,
  from_review_on date,
  rule_version int not null,
  why jsonb not null
) with (fillfactor = 80);
create index member_tiers_review on member_tiers (review_on) where review_on is not null;
create index member_tiers_tier on member_tiers (tier_id);
-- member-owned: every move with its reason; never edited
create table tier_changes (
  member_id uuid not null,
  change_id bigint not null generated always as identity,
  from_tier_id uuid,
  to_tier_id uuid not null,
  kind text not null check (kind in ('reached', 'lowered', 'undone', 'reclassified')),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  rule_version int not null,
  why jsonb not null,
  primary key (member_id, change_id)
);
create index tier_changes_time on tier_changes (occurred_at);
-- local: what a proposed rule would change, found by the real verbs in transactions that were rolled back
create table tier_rule_previews (
  preview_id uuid primary key default uuidv7(),
  status text not null check (status in ('waiting', 'running', 'done', 'cancelled', 'failed')),
  rule jsonb not null,
  -- whether members above what they qualify for are lowered at once or at their next review
  lower_now boolean not null,
  members_total int,
  members_done int not null default 0,
  totals jsonb not null default '{}',
  error jsonb,
  -- once applied: the version it became, and how far moving the members has come
  applied_version int,
  applied_done int not null default 0,
  actor text not null,
  created_at timestamptz not null,
  finished_at timestamptz
);
-- local: the members looked at; applied_tier_id is filled when the rule is applied
create table tier_rule_preview_members (
  preview_id uuid not null references tier_rule_previews on delete cascade,
  member_id uuid not null,
  from_tier_id uuid,
  to_tier_id uuid,
  applied boolean not null default false,
  applied_tier_id uuid,
  primary key (preview_id, member_id)
);
create index tier_rule_preview_members_moved on tier_rule_preview_members (preview_id, member_id)
  where to_tier_id is distinct from from_tier_id;

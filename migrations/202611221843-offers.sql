-- reference: what is promised for buying. The rule lives in versions; an issue keeps the version it was issued with.
create table offers (
  offer_id uuid primary key default uuidv7(),
  names jsonb not null,
  version int not null default 1,
  status text not null default 'active' check (status in ('active', 'stopped')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- reference
create table offer_versions (
  offer_id uuid not null references offers,
  version int not null,
  rule jsonb not null,
  actor text not null,
  created_at timestamptz not null,
  primary key (offer_id, version)
);

-- member-owned: one offer in one member's hands, with its own window. What was issued and seen is never edited; progress
-- and completion are derived from the member's orders again whenever one of them comes or goes.
create table offer_issues (
  member_id uuid not null,
  issue_id uuid not null default uuidv7(),
  offer_id uuid not null,
  version int not null,
  -- what issued it, once for ever
  source text not null,
  source_id text not null,
  issued_at timestamptz not null,
  viewed_at timestamptz,
  -- the window, both ends included; null: it has not begun (it counts from viewing) / it has no end
  opens_at timestamptz,
  closes_at timestamptz,
  -- minor units or a number of orders, as the rule measures
  progress bigint not null default 0 check (progress >= 0),
  completed_at timestamptz,
  completed_order_id uuid,
  -- how often it was completed: more than once only where a refund undid it in between
  completions int not null default 0 check (completions >= 0),
  -- points handed out and not taken back
  rewarded_points bigint not null default 0 check (rewarded_points >= 0),
  why jsonb not null default '{}',
  -- why the reward of the last completion could not be handed out
  reward_refused text,
  recorded_at timestamptz not null,
  primary key (member_id, issue_id),
  constraint offer_issues_source unique (member_id, source, source_id),
  constraint offer_issues_completed check ((completed_at is null) = (completed_order_id is null)),
  constraint offer_issues_completions check (completed_at is null or completions > 0)
);
create index offer_issues_offer on offer_issues (offer_id, issue_id);
create index offer_issues_open on offer_issues (member_id, closes_at);

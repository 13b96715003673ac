-- reference: paid membership. What a plan costs and gives lives in versions; the newest whose effective_from has come is
-- in force.
create table plans (
  plan_id uuid primary key default uuidv7(),
  names jsonb not null,
  status text not null default 'active' check (status in ('active', 'stopped')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- reference
create table plan_versions (
  plan_id uuid not null references plans,
  version int not null,
  effective_from timestamptz not null,
  design jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null,
  primary key (plan_id, version)
);

-- member-owned: a plan held by a member, from its start to its end. Days are of the program's zone. Everything but the
-- cause is derived from the periods and the clock.
create table plan_subscriptions (
  member_id uuid not null,
  subscription_id uuid not null,
  plan_id uuid not null references plans,
  -- the version of its newest period
  version int not null,
  auto_renew boolean not null,
  started_on date not null,
  -- the first day after a trial; null: there was none
  trial_until date,
  -- the first day that no period covers
  due_on date not null,
  grace_days int not null check (grace_days >= 0),
  ended_on date,
  ended_why text,
  state text not null check (state in ('trial', 'active', 'due', 'grace', 'cancelled_at_end', 'ended')),
  -- the first day on which nothing is held any more, as things stand
  holds_until date not null,
  -- the next day on which the clock changes the state; null: never again
  turn_on date,
  -- what was asked for the next period when it fell due: {price_minor, version, why}
  asked jsonb,
  -- caches of its entries
  paid_minor bigint not null default 0 check (paid_minor >= 0),
  refunded_minor bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (member_id, subscription_id),
  constraint plan_subscriptions_refunded check (refunded_minor between 0 and paid_minor),
  constraint plan_subscriptions_ended check ((ended_on is null) = (state <> 'ended')),
  constraint plan_subscriptions_turns check ((turn_on is null) = (state = 'ended'))
);
-- one running subscription of a plan and member
create unique index plan_subscriptions_running on plan_subscriptions (member_id, plan_id) where state <> 'ended';
-- the clock asks who is due, never everybody
create index plan_subscriptions_turn on plan_subscriptions (turn_on) where turn_on is not null;
create index plan_subscriptions_plan on plan_subscriptions (plan_id, state);

-- member-owned: stretches of days that adjoin; each is paid once
create table plan_periods (
  member_id uuid not null,
  subscription_id uuid not null,
  number int not null,
  kind text not null check (kind in ('trial', 'paid', 'given')),
  version int not null,
  from_on date not null,
  -- the first day after it
  until_on date not null,
  paid_on date not null,
  price_minor bigint not null,
  refunded_minor bigint not null default 0,
  -- why this price: codes with their numbers
  why jsonb not null,
  primary key (member_id, subscription_id, number),
  constraint plan_periods_days check (until_on > from_on),
  constraint plan_periods_price check (price_minor >= 0 and (kind = 'paid' or price_minor = 0)),
  constraint plan_periods_refunded check (refunded_minor between 0 and price_minor)
);

-- member-owned: what was done, never edited; once for ever by (member, source, source_id)
create table plan_entries (
  member_id uuid not null,
  entry_id uuid not null,
  subscription_id uuid not null,
  plan_id uuid not null,
  kind text not null check (kind in ('trial', 'paid', 'given', 'cancelled', 'resumed', 'refunded')),
  -- the period it began
  number int,
  -- paid is above zero, given back below
  amount_minor bigint not null,
  why jsonb not null,
  source text not null,
  source_id text not null,
  note text,
  at timestamptz not null,
  actor text not null,
  actor_name text not null,
  primary key (member_id, entry_id),
  constraint plan_entries_source unique (member_id, source, source_id),
  constraint plan_entries_sign check (case kind when 'paid' then amount_minor >= 0
    when 'refunded' then amount_minor < 0 when 'cancelled' then amount_minor <= 0 else amount_minor = 0 end)
);
create index plan_entries_subscription on plan_entries (member_id, subscription_id);
create index plan_entries_plan on plan_entries (plan_id, at);

-- member-owned: a trial is had once
create table plan_trials (
  member_id uuid not null,
  plan_id uuid not null,
  subscription_id uuid not null,
  primary key (member_id, plan_id)
);

-- member-owned: a promise to buy so much in a period, and the price that is given for it at once. Progress is derived
-- from the member's orders; what came of it is written once.
create table plan_agreements (
  member_id uuid not null,
  agreement_id uuid not null,
  title text not null,
  terms jsonb not null,
  opens_on date not null,
  -- the first day after it
  closes_on date not null,
  -- orders of its days that arrive later are counted until this day
  settles_on date not null,
  status text not null default 'open' check (status in ('open', 'fulfilled', 'shortfall', 'cancelled')),
  -- minor units, or whole pieces times ten thousand
  progress bigint not null default 0,
  -- what its price took off goods that were kept
  received_minor bigint not null default 0,
  orders int not null default 0,
  -- what is to be paid back
  due_minor bigint not null default 0 check (due_minor >= 0),
  why jsonb,
  -- no other agreement before this day
  lost_until date,
  settled_at timestamptz,
  source text not null,
  source_id text not null,
  created_at timestamptz not null,
  actor text not null,
  actor_name text not null,
  primary key (member_id, agreement_id),
  constraint plan_agreements_source unique (member_id, source, source_id),
  constraint plan_agreements_days check (opens_on < closes_on and closes_on <= settles_on),
  constraint plan_agreements_settled check ((status = 'open') = (settled_at is null))
);
create index plan_agreements_settles on plan_agreements (settles_on) where status = 'open';

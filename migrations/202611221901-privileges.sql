-- reference: what members may do or have: a drink on their birthday, the lounge, a free alteration
create table privileges (
  privilege_id uuid primary key default uuidv7(),
  names jsonb not null,
  -- what it means, in languages
  texts jsonb not null default '{}',
  -- {tier_codes, quota}
  rule jsonb not null,
  status text not null default 'active' check (status in ('active', 'stopped')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- member-owned: given to one member by hand or as a gift, beside what their tier brings
create table privilege_grants (
  member_id uuid not null,
  grant_id uuid not null default uuidv7(),
  privilege_id uuid not null,
  -- so many times in all; null: as often as the privilege's own quota says
  uses int check (uses > 0),
  used int not null default 0 check (used >= 0),
  -- the last day
  expires_on date,
  source text not null,
  source_id text not null,
  note text,
  granted_at timestamptz not null,
  actor text not null,
  primary key (member_id, grant_id),
  constraint privilege_grants_source unique (member_id, source, source_id),
  constraint privilege_grants_used check (uses is null or used <= uses)
);

-- member-owned: how often in a period; the row is the lock
create table privilege_counts (
  member_id uuid not null,
  privilege_id uuid not null,
  -- 2026-11-22, 2026-11, 2026 or ever
  period text not null,
  used int not null default 0 check (used >= 0),
  -- as of the last use; null: no limit
  quota int,
  primary key (member_id, privilege_id, period),
  constraint privilege_counts_quota check (quota is null or used <= quota)
);

-- member-owned: never edited but for being undone
create table privilege_uses (
  member_id uuid not null,
  use_id uuid not null default uuidv7(),
  privilege_id uuid not null,
  -- the grant it was taken from; null: from the quota of the period
  grant_id uuid,
  period text not null,
  store_id uuid,
  source text not null,
  source_id text not null,
  used_at timestamptz not null,
  actor text not null,
  actor_name text not null,
  why jsonb not null,
  undone_at timestamptz,
  undone_reason text,
  undone_by text,
  primary key (member_id, use_id),
  constraint privilege_uses_source unique (member_id, source, source_id),
  constraint privilege_uses_undone check ((undone_at is null) = (undone_reason is null))
);
create index privilege_uses_privilege on privilege_uses (privilege_id, used_at);

-- reference: what members pay less: versions, the newest whose effective_from has come is in force
create table price_rules (
  version int primary key,
  effective_from timestamptz not null,
  rule jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null
);

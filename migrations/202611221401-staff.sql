-- reference: people who sign in
create table staff (
  staff_id uuid primary key default uuidv7(),
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'marketer', 'analyst', 'clerk', 'developer')),
  password_hash text,
  locale text not null default 'en',
  created_at timestamptz not null,
  disabled_at timestamptz
);
create unique index staff_email on staff (lower(email));

-- local: opaque tokens, kept as SHA-256 only
create table staff_sessions (
  token_hash bytea primary key,
  staff_id uuid not null references staff on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index staff_sessions_staff on staff_sessions (staff_id);
create table staff_sign_in_links (
  token_hash bytea primary key,
  staff_id uuid not null references staff on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
-- tries whose password did not fit, or is being checked: they lock an e-mail and an address for a while
create table staff_sign_in_failures (
  email text not null,
  at timestamptz not null,
  ip text not null
);
create index staff_sign_in_failures_email on staff_sign_in_failures (email, at);
create index staff_sign_in_failures_ip on staff_sign_in_failures (ip, at);

create table staff_api_keys (
  key_id uuid primary key default uuidv7(),
  name text not null,
  prefix text not null,
  token_hash bytea not null unique,
  scopes text[] not null,
  created_by text not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);

-- local: every administrative write; personal values lie beside, so that erasure can delete them
create table staff_audit (
  audit_id bigint primary key generated always as identity,
  at timestamptz not null,
  actor text not null,
  actor_name text not null,
  action text not null,
  noun text not null,
  noun_id text,
  before jsonb,
  after jsonb
);
create index staff_audit_noun on staff_audit (noun, noun_id, audit_id desc);
create table staff_audit_personal (
  member_id uuid not null,
  audit_id bigint not null,
  before jsonb,
  after jsonb,
  primary key (member_id, audit_id)
);
create index staff_audit_personal_line on staff_audit_personal (audit_id);

-- local: what a person keeps for oneself
create table staff_saved_views (
  view_id uuid primary key default uuidv7(),
  staff_id uuid not null references staff on delete cascade,
  noun text not null,
  name text not null,
  query jsonb not null,
  created_at timestamptz not null,
  unique (staff_id, noun, name)
);
create table staff_last_seen (
  staff_id uuid not null references staff on delete cascade,
  noun text not null,
  noun_id text not null,
  at timestamptz not null,
  primary key (staff_id, noun, noun_id)
);

-- reference: links and posters that invite to join, by the word that stands in them
create table joining_sources (
  source_id uuid primary key,
  code text not null unique check (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  name text not null check (name <> ''),
  kind text not null check (kind in ('counter', 'poster', 'leaflet', 'web', 'other')),
  store_id uuid,
  is_closed boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- reference: accounts elsewhere by which one may join and sign in
create table joining_providers (
  provider text primary key check (provider ~ '^[a-z][a-z0-9_]{1,19}$'),
  preset text not null check (preset in ('line', 'google', 'apple', 'wechat', 'oidc')),
  name text not null check (name <> ''),
  client_id text not null,
  settings jsonb not null,
  -- never read by a screen
  secrets jsonb not null,
  is_on boolean not null,
  position int not null,
  updated_at timestamptz not null,
  actor text not null
);
-- look-up keyed by the value: one way to a provider and back, good once. What is known of the person is swept with it
create table joining_attempts (
  state_hash bytea primary key,
  provider text not null,
  -- of somebody who is signed in and binds an account
  member_id uuid,
  nonce text not null,
  verifier text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  returned_at timestamptz,
  subject text,
  -- only one that the provider has verified
  email text,
  name text,
  ended_at timestamptz
);
create index joining_attempts_expiry on joining_attempts (expires_at);
-- reference: what is asked of members after they joined, one at a time, in this order
create table joining_steps (
  step_id uuid primary key,
  field text not null check (field in ('display_name', 'birth_date', 'gender', 'city', 'preferences', 'attribute')),
  -- the question, by language
  names jsonb not null,
  -- of preferences and own fields: what may be chosen; empty: free words
  choices jsonb not null,
  attribute text check ((field = 'attribute') = (attribute is not null)),
  reward jsonb,
  is_on boolean not null,
  position int not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- local: one row, what who has answered all of them is given
create table joining_completion (
  one boolean primary key default true check (one),
  reward jsonb,
  updated_at timestamptz not null
);
-- member-owned: what was asked of a member and answered or left; the answer itself stands in the profile
create table joining_answers (
  member_id uuid not null,
  step_id uuid not null,
  state text not null check (state in ('answered', 'skipped')),
  at timestamptz not null,
  primary key (member_id, step_id)
);
create index joining_answers_step on joining_answers (step_id);

-- reference: an envelope of money; promised and spent never exceed what was put in
create table budgets (
  budget_id uuid primary key default uuidv7(),
  name text not null,
  amount_minor bigint not null check (amount_minor >= 0),
  reserved_minor bigint not null default 0 check (reserved_minor >= 0),
  spent_minor bigint not null default 0 check (spent_minor >= 0),
  -- days in the program's zone on which it promises; to_on null: without end
  from_on date not null,
  to_on date check (to_on >= from_on),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint budgets_never_below_zero check (reserved_minor + spent_minor <= amount_minor)
);
-- reference: what was put in or taken out by people; never edited
create table budget_changes (
  budget_id uuid not null references budgets,
  change_id bigint not null generated always as identity,
  amount_minor bigint not null check (amount_minor <> 0),
  note text not null,
  at timestamptz not null,
  actor text not null,
  primary key (budget_id, change_id)
);
-- member-owned: what was promised to whom, and what became of it; never edited
create table budget_entries (
  member_id uuid not null,
  entry_id bigint not null generated always as identity,
  budget_id uuid not null,
  kind text not null check (kind in ('reserve', 'settle', 'release')),
  -- signed changes of the envelope
  reserved_minor bigint not null,
  spent_minor bigint not null,
  source text not null,
  source_id text not null,
  at timestamptz not null,
  actor text not null,
  primary key (member_id, entry_id)
);
create unique index budget_entries_reserved on budget_entries (member_id, budget_id, source, source_id)
  where kind = 'reserve';
-- a promise is kept or taken back, once
create unique index budget_entries_closed on budget_entries (member_id, budget_id, source, source_id)
  where kind in ('settle', 'release');
create index budget_entries_budget on budget_entries (budget_id, entry_id);

-- member-owned: money that was taken in for cards at tills, for the manager's day: by whom, where, and how it was paid
create table till_top_ups (
  member_id uuid not null,
  -- of the card's ledger, unique over all
  entry_id bigint not null,
  card_definition_id uuid not null,
  paid_minor bigint not null check (paid_minor >= 0),
  paid_by text,
  store_id uuid,
  actor text not null,
  actor_name text not null,
  approved_by_name text,
  paid_at timestamptz not null,
  paid_on date not null,
  primary key (member_id, entry_id)
);
create index till_top_ups_day on till_top_ups (paid_on);

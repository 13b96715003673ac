-- reference: what points pay at the till; by version; in force at t is the newest version whose effective_from has come
create table point_spend_rules (
  version int primary key,
  effective_from timestamptz not null,
  rule jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null
);
-- member-owned: points set aside for a purchase under way. No entry and nothing cached: what is available is the balance
-- less the holds that are alive. A committed hold is the spend entry of the same source and id.
create table point_holds (
  member_id uuid not null,
  source text not null,
  source_id text not null,
  points bigint not null check (points > 0),
  -- [{lot_id, points}], in the order in which they would be spent
  lots jsonb not null,
  -- held: alive until expires_at; expired: its time was over before anybody ended it
  status text not null check (status in ('held', 'committed', 'released', 'expired')),
  expires_at timestamptz not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  actor text not null,
  primary key (member_id, source, source_id),
  check (status = 'held' or ended_at is not null)
);
-- with the time, so that the few of one member are never looked for among all that are alive
create index point_holds_held on point_holds (member_id, expires_at) where status = 'held';
create index point_holds_expires on point_holds (expires_at) where status = 'held';
-- a spend may come back in parts, as goods come back one by one; `book` sees behind the lock that they stay within it
drop index point_entries_restored;
create index point_entries_restored on point_entries (member_id, corrects) where kind = 'restore';

-- reference: whether members may share what they may spend, and how; versions, the newest whose time has come is in force
create table point_pool_rules (
  version int primary key,
  effective_from timestamptz not null,
  rule jsonb not null,
  note text not null default '',
  actor text not null,
  created_at timestamptz not null
);
-- reference: households and small circles; the points stay in each member's own purse
create table point_pools (
  pool_id uuid primary key,
  -- as its members call it; forgotten with the member who was forgotten
  name text not null check (length(name) <= 60),
  head_id uuid not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  actor text not null
);
-- member-owned: who is in which pool, and who was
create table point_pool_members (
  member_id uuid not null,
  pool_id uuid not null,
  joined_at timestamptz not null,
  left_at timestamptz,
  -- who said so: themselves, the head, or somebody of the staff
  actor text not null,
  primary key (member_id, pool_id, joined_at),
  check (left_at is null or left_at >= joined_at)
);
-- nobody is in two at once
create unique index point_pool_members_one on point_pool_members (member_id) where left_at is null;
create index point_pool_members_pool on point_pool_members (pool_id, joined_at);
-- member-owned (by who borrows): what others of the pool set aside for a purchase, and lent when it happened
create table point_pool_shares (
  member_id uuid not null,
  -- the hold in the lender's purse, of source `pool`, goes by it
  share_id uuid not null,
  -- what it is for, as the spend is called
  source text not null,
  source_id text not null,
  pool_id uuid not null,
  lender_id uuid not null,
  points bigint not null check (points > 0),
  -- of `point_transfers`; null: it has not happened, or never will
  transfer_id uuid,
  -- what went back because the spend was undone whole
  returned bigint not null default 0 check (returned >= 0 and returned <= points),
  created_at timestamptz not null,
  primary key (member_id, share_id),
  check (returned = 0 or transfer_id is not null)
);
create index point_pool_shares_spend on point_pool_shares (member_id, source, source_id);
create index point_pool_shares_lender on point_pool_shares (lender_id);

-- look-up keyed by the value: the newest hold of a sale's number
create table till_keys (
  source text not null,
  source_id text not null,
  hold_id uuid not null,
  member_id uuid not null,
  primary key (source, source_id)
);
-- member-owned: a sale under way, with what it was quoted; a receipt without a member belongs to a walk-in row
create table till_holds (
  member_id uuid not null,
  hold_id uuid not null,
  source text not null,
  source_id text not null,
  store text,
  -- what was asked, without who asked: the same number for something else is refused
  content_hash text not null,
  quote jsonb not null,
  -- held: alive until expires_at
  status text not null check (status in ('held', 'committed', 'released')),
  expires_at timestamptz not null,
  occurred_at timestamptz,
  order_id uuid,
  created_at timestamptz not null,
  ended_at timestamptz,
  actor text not null,
  primary key (member_id, hold_id),
  check (status <> 'committed' or order_id is not null)
);
-- a hold is asked for by its id alone; ids rise with time, so this index grows at its right end only
create index till_holds_id on till_holds (hold_id);
-- member-owned: what an order was paid with besides money, points and coupons, for the day it comes back
create table till_sales (
  member_id uuid not null,
  order_id uuid not null,
  hold_id uuid not null,
  points bigint not null check (points >= 0),
  -- [{line_no, points}], and those for shipping; they sum to points
  lines jsonb not null,
  shipping_points bigint not null check (shipping_points >= 0),
  -- how many coupons
  coupons int not null,
  points_returned bigint not null default 0 check (points_returned between 0 and points),
  primary key (member_id, order_id)
);

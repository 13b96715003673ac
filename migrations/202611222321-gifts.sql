-- reference: what an item costs us and members, and whether it may be redeemed, in versions; the newest whose
-- effective_from has come is in force. What was given keeps its own figures.
create table gift_item_versions (
  item_id uuid not null references gift_items,
  version int not null,
  effective_from timestamptz not null,
  cost_minor bigint not null check (cost_minor >= 0),
  -- what a member pays for it; both null: it is only given
  price_points bigint check (price_points > 0),
  price_minor bigint check (price_minor > 0),
  is_listed boolean not null,
  actor text not null,
  created_at timestamptz not null,
  primary key (item_id, version)
);
insert into gift_item_versions (item_id, version, effective_from, cost_minor, price_points, price_minor, is_listed,
  actor, created_at)
select item_id, 1, created_at, cost_minor, price_points, price_minor, is_listed, 'system', created_at from gift_items;
alter table gift_items drop column cost_minor, drop column price_points, drop column price_minor,
  drop column is_listed;

-- reference: what the catalogue holds
create table gift_items (
  item_id uuid primary key default uuidv7(),
  names jsonb not null,
  descriptions jsonb not null default '{}',
  cost_minor bigint not null check (cost_minor >= 0),
  -- what a member pays for it; both null: it is only given
  price_points bigint check (price_points > 0),
  price_minor bigint check (price_minor > 0),
  fulfilment text not null check (fulfilment in ('pickup', 'delivery', 'code')),
  -- none: never runs out; total: one heap; stores: a heap in each store
  stock text not null check (stock in ('none', 'total', 'stores')),
  -- how many a member may redeem in a period of the program's calendar; null: any number
  limit_count int check (limit_count > 0),
  limit_period text not null default 'ever' check (limit_period in ('ever', 'year', 'month', 'day')),
  budget_id uuid,
  is_listed boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (fulfilment <> 'code' or stock = 'total')
);
-- reference: heaps; of a code pool the heap counts its codes
create table gift_stock (
  item_id uuid not null references gift_items,
  -- the store, or 00000000-0000-0000-0000-000000000000 for all
  place uuid not null,
  quantity bigint not null check (quantity >= 0),
  taken bigint not null default 0 check (taken >= 0),
  primary key (item_id, place),
  constraint gift_stock_never_below_zero check (taken <= quantity)
);
-- reference: codes bought elsewhere, handed out in the order of their numbers; one code is handed out once
create table gift_codes (
  item_id uuid not null references gift_items,
  number bigint not null,
  code text not null,
  gift_id uuid,
  handed_at timestamptz,
  primary key (item_id, number)
);
create unique index gift_codes_code on gift_codes (item_id, code);
create unique index gift_codes_gift on gift_codes (gift_id) where gift_id is not null;
-- member-owned: everything that was ever given or redeemed; never edited but for its state
create table gifts (
  member_id uuid not null,
  gift_id uuid not null default uuidv7(),
  kind text not null check (kind in ('points', 'coupon', 'item', 'privilege')),
  reward jsonb not null,
  item_id uuid,
  place uuid,
  -- why it was given, and which time: once for ever for a member
  reason text not null,
  occurrence text not null,
  -- what the member paid, and what it costs the brand
  paid_points bigint not null default 0 check (paid_points >= 0),
  paid_minor bigint not null default 0 check (paid_minor >= 0),
  cost_minor bigint not null check (cost_minor >= 0),
  budget_id uuid,
  -- the period that the member's limit counts it in
  period text,
  fulfilment text check (fulfilment in ('pickup', 'delivery', 'code')),
  status text not null check (status in ('open', 'done', 'cancelled')),
  given_at timestamptz not null,
  ended_at timestamptz,
  note text,
  why jsonb not null,
  actor text not null,
  ended_by text,
  primary key (member_id, gift_id)
);
create unique index gifts_occurrence on gifts (member_id, reason, occurrence);
create index gifts_open on gifts (given_at, gift_id) where status = 'open';
create index gifts_given on gifts (given_at desc, gift_id desc);
-- member-owned: how many of an item a member redeemed in a period
create table gift_counts (
  member_id uuid not null,
  item_id uuid not null,
  period text not null,
  used bigint not null check (used >= 0),
  allowed bigint not null,
  primary key (member_id, item_id, period),
  constraint gift_counts_within_limit check (used <= allowed)
);
-- member-owned, personal: where a gift is sent
create table gift_deliveries (
  member_id uuid not null,
  gift_id uuid not null,
  name text not null,
  phone text not null,
  address text not null,
  primary key (member_id, gift_id)
);

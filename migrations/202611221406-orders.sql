-- member-owned: a purchase. Amounts are minor units. net_minor is what was paid for goods and shipping after discounts.
-- Amounts, lines and the day are never edited once the order has counted: what goes back is a refund, what is added later
-- is a supplement.
create table orders (
  member_id uuid not null,
  order_id uuid not null default uuidv7(),
  source text not null,
  source_id text not null,
  -- an adjustment keeps the books of its source (fees, write-offs, zero lines) and earns nothing; a supplement books what
  -- its source added to an order later: its money counts, it is no further purchase
  kind text not null default 'order' check (kind in ('order', 'adjustment', 'supplement')),
  -- of a supplement: the order it adds to
  adds_to uuid,
  status text not null check (status in
    ('placed', 'paid', 'shipped', 'delivered', 'completed', 'cancelled', 'refunded')),
  store_id uuid,
  occurred_at timestamptz not null,
  -- the day in the program's zone: cohorts and rhythms count days
  ordered_on date not null,
  gross_minor bigint not null,
  discount_minor bigint not null default 0,
  shipping_minor bigint not null default 0,
  net_minor bigint not null,
  -- caches of what its refunds took back, goods and shipping together, and the shipping in it
  refunded_minor bigint not null default 0,
  refunded_shipping_minor bigint not null default 0,
  -- counted as a purchase: not an adjustment, paid or later, not cancelled, something of it left
  counts boolean not null,
  -- how often its source changed it, and the hash of what the source said last
  revision int not null default 0,
  content_hash text not null,
  source_updated_at timestamptz,
  recorded_at timestamptz not null,
  primary key (member_id, order_id),
  constraint orders_refunded_in_bounds check (refunded_minor = 0 or refunded_minor between 0 and net_minor),
  constraint orders_refunded_shipping_in_bounds
    check (refunded_shipping_minor = 0 or refunded_shipping_minor between 0 and shipping_minor)
);
create index orders_time on orders (occurred_at);
-- an order's page is asked for by its id alone; ids rise with time, so this index grows at its right end only
create index orders_id on orders (order_id);
create index orders_supplements on orders (member_id, adds_to) where adds_to is not null;

-- look-up keyed by the value: one order for ever by (source, source_id); also refunds
create table order_keys (
  source text not null,
  source_id text not null,
  kind text not null check (kind in ('order', 'refund')),
  member_id uuid not null,
  -- or the refund's
  order_id uuid not null,
  primary key (source, source_id, kind)
);

-- member-owned
create table order_lines (
  member_id uuid not null,
  order_id uuid not null,
  line_no int not null,
  product_id uuid,
  sku text,
  -- the product's category when it was bought; `orders.recategorise` follows the product if it moves
  category text,
  -- only of lines without a product
  name text,
  quantity numeric not null,
  -- after this line's and its share of the order's discount
  net_minor bigint not null,
  gross_minor bigint not null,
  refunded_quantity numeric not null default 0,
  refunded_minor bigint not null default 0,
  primary key (member_id, order_id, line_no),
  constraint order_lines_refunded_in_bounds check (refunded_minor = 0 or refunded_minor between 0 and net_minor),
  constraint order_lines_refunded_quantity_in_bounds
    check (refunded_quantity = 0 or refunded_quantity between 0 and quantity)
);

-- member-owned: goods or money that went back; amounts are positive
create table order_refunds (
  member_id uuid not null,
  refund_id uuid not null default uuidv7(),
  -- a cancellation takes back all that is left; a correction is what its source lowered later
  kind text not null check (kind in ('refund', 'cancellation', 'correction')),
  -- the order it names; null: it names none, or one we do not know (then order_source_id still says which)
  order_id uuid,
  order_source_id text,
  source text not null,
  source_id text not null,
  store_id uuid,
  occurred_at timestamptz not null,
  ordered_on date not null,
  -- goods and shipping together
  net_minor bigint not null check (net_minor >= 0),
  shipping_minor bigint not null default 0,
  -- the part that found no line to take back from
  unmatched_minor bigint not null default 0 check (unmatched_minor between 0 and net_minor),
  content_hash text not null,
  recorded_at timestamptz not null,
  primary key (member_id, refund_id)
);
create index order_refunds_time on order_refunds (occurred_at);
-- member-owned
create table order_refund_lines (
  member_id uuid not null,
  refund_id uuid not null,
  line_no int not null,
  -- the line it takes back from; both null: none was found; only the order: its shipping
  order_id uuid,
  order_line_no int,
  product_id uuid,
  sku text,
  quantity numeric not null,
  net_minor bigint not null,
  -- its share of the line's amount before discounts
  gross_minor bigint not null,
  primary key (member_id, refund_id, line_no)
);
create index order_refund_lines_order on order_refund_lines (member_id, order_id) where order_id is not null;

-- reference: by what states are decided now: the brand's median interval, assumed of members with too few purchases to have
-- their own, and the limits of the settings. Both are adopted by a job that then recomputes whom they concern.
create table order_rhythm (
  one boolean primary key default true check (one),
  interval_days numeric not null check (interval_days >= 1),
  limits jsonb not null,
  -- how many members have an interval of their own
  members int not null,
  computed_at timestamptz not null
);

-- member-owned caches, recomputed from orders for the members touched; never plus or minus
create table member_statistics (
  member_id uuid primary key,
  order_count int not null,
  -- of counting orders, after all refunds, those without an original too
  net_minor bigint not null,
  -- the same without refunds that found no original
  orders_net_minor bigint not null,
  first_order_on date,
  last_order_on date,
  first_order_at timestamptz,
  last_order_at timestamptz,
  purchase_days int not null,
  -- mean gap between distinct purchase days; null under three such days
  usual_interval_days numeric,
  -- the interval that the state goes by: the usual one, else the program's median when this was computed
  rhythm_days numeric,
  -- new, active, drowsy, asleep, lost, back; null without orders
  state text check (state in ('new', 'active', 'drowsy', 'asleep', 'lost', 'back')),
  state_since date,
  -- when the next change of state is due if nothing is bought; null when there is none
  state_due_on date,
  next_expected_on date,
  computed_at timestamptz not null
);
create index member_statistics_due on member_statistics (state_due_on) where state_due_on is not null;
create index member_statistics_last on member_statistics (last_order_on);

-- member-owned; of counting orders, net of refunds of these orders
create table member_store_statistics (
  member_id uuid not null,
  store_id uuid not null,
  order_count int not null,
  net_minor bigint not null,
  first_order_on date not null,
  last_order_on date not null,
  first_order_at timestamptz not null,
  last_order_at timestamptz not null,
  primary key (member_id, store_id)
);
-- member-owned; of lines of counting orders of which something is left
create table member_category_statistics (
  member_id uuid not null,
  category text not null,
  order_count int not null,
  quantity numeric not null,
  net_minor bigint not null,
  first_order_on date not null,
  last_order_on date not null,
  first_order_at timestamptz not null,
  last_order_at timestamptz not null,
  primary key (member_id, category)
);
-- member-owned: moves between states, for the flow report; at most one a day. Derived from the purchase days: an order that
-- comes late rewrites its member's rows.
create table member_state_changes (
  member_id uuid not null,
  changed_on date not null,
  from_state text,
  to_state text not null,
  primary key (member_id, changed_on)
);
create index member_state_changes_day on member_state_changes (changed_on);

-- reference: list prices that hold no longer, each with the moment it ended; what holds stands with the product
create table product_prices (
  product_id uuid not null,
  until_at timestamptz not null,
  -- null: it had none
  price_minor bigint,
  primary key (product_id, until_at)
);
create index product_prices_until on product_prices (until_at);

-- reference
create table products (
  product_id uuid primary key default uuidv7(),
  sku text not null unique,
  name text not null,
  category text,
  price_minor bigint,
  cost_minor bigint,
  created_at timestamptz not null
);
create index products_category on products (category);

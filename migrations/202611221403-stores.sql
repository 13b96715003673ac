-- reference
create table stores (
  store_id uuid primary key default uuidv7(),
  code text not null unique,
  name text not null,
  kind text not null check (kind in ('shop', 'web')),
  time_zone text,
  created_at timestamptz not null
);

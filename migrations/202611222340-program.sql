-- how the brand looks: {main_colour, on_colour, pictures, texts}; what is not named is the house's own
alter table program add column brand jsonb not null default '{}';
-- local: the brand's pictures, named by the hash of their bytes; never changed, so browsers keep them for ever
create table brand_pictures (
  hash text primary key check (hash ~ '^[0-9a-f]{32}$'),
  width int not null check (width > 0),
  height int not null check (height > 0),
  png bytea not null,
  created_at timestamptz not null
);

-- reference: the one program of this database
create table program (
  one boolean primary key default true check (one),
  name text not null,
  currency text not null,
  time_zone text not null,
  languages text[] not null,
  default_language text not null,
  default_country text not null,
  settings jsonb not null default '{}',
  -- of a demo brand: {seed, years, from, members}, so that it can live on the same way
  demo jsonb,
  -- a demo lives on by `regulars demo advance`: how far its clock is ahead of the wall's
  clock_offset_ms bigint not null default 0,
  -- since the first order: currency and time zone stay as they are
  frozen_at timestamptz,
  created_at timestamptz not null
);

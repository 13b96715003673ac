-- reference: how each wallet is reached; secrets are never given back
create table wallet_settings (
  wallet text primary key check (wallet in ('apple', 'google')),
  settings jsonb not null,
  secrets jsonb not null,
  updated_at timestamptz not null,
  actor text not null
);
-- local: how the brand looked when the passes were last told of it
create table wallet_look (
  one boolean primary key default true check (one),
  mark text not null
);
insert into wallet_look (mark) values ('');
-- member-owned: cards in wallets; one that changed after it was told is told again
create table wallet_passes (
  member_id uuid not null,
  serial uuid not null,
  wallet text not null check (wallet in ('apple', 'google')),
  -- what a phone proves with that it holds this pass
  token text not null,
  given_at timestamptz not null,
  changed_at timestamptz not null,
  told_at timestamptz not null,
  primary key (member_id, serial)
);
create index wallet_passes_waiting on wallet_passes (changed_at) where changed_at > told_at;
-- look-up: whose pass it is, by its number
create table wallet_serials (
  serial uuid primary key,
  member_id uuid not null
);
-- member-owned: phones that want to hear when a pass changes
create table wallet_devices (
  member_id uuid not null,
  serial uuid not null,
  device text not null,
  push_token text not null,
  registered_at timestamptz not null,
  primary key (member_id, serial, device)
);
create index wallet_devices_device on wallet_devices (device);
create index wallet_devices_push_token on wallet_devices (push_token);

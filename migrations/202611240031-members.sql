-- member-owned: a member's picture of themselves, as their browser drew it; hash tells one from the next
create table member_pictures (
  member_id uuid primary key,
  type text not null check (type in ('image/jpeg', 'image/png', 'image/webp')),
  image bytea not null check (octet_length(image) <= 65536),
  hash text not null check (hash ~ '^[0-9a-f]{32}$'),
  updated_at timestamptz not null
);

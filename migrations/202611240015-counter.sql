-- local: what a clerk asks a manager to allow beyond the day's limit; allowed, it lets that clerk do just that, once
create table till_approval_requests (
  request_id uuid primary key default uuidv7(),
  kind text not null check (kind in ('points', 'receipts', 'refunds', 'top_ups')),
  amount bigint not null check (amount > 0),
  store_id uuid,
  member_id uuid,
  asked_by text not null,
  asked_by_name text not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by_name text,
  is_allowed boolean,
  used_at timestamptz,
  check ((decided_at is null) = (is_allowed is null)),
  check (used_at is null or is_allowed)
);
create index till_approval_requests_open on till_approval_requests (expires_at) where decided_at is null;
create index till_approval_requests_member on till_approval_requests (member_id) where member_id is not null;

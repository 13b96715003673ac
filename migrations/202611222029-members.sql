-- member-owned: a company. Its account is a member of its own, which may hold points and a tier; so the company's id
-- is that member's
create table companies (
  member_id uuid primary key,
  name text,
  notes text not null default '',
  created_at timestamptz not null,
  updated_at timestamptz not null
);
-- look-up keyed by the value: no two companies have one tax id
create table company_tax_ids (
  tax_id text primary key,
  company_id uuid not null,
  created_at timestamptz not null
);
create index company_tax_ids_company on company_tax_ids (company_id);
-- member-owned: who belongs to a company, as what, and from which day to which (both included)
create table company_members (
  member_id uuid not null,
  company_id uuid not null,
  role text not null check (role in ('buyer', 'payer', 'user', 'admin')),
  since date not null,
  until date check (until >= since),
  created_at timestamptz not null,
  primary key (member_id, company_id, role, since)
);
create index company_members_company on company_members (company_id);
-- member-owned, beside the order of whoever was credited: a row only for orders that name a company
create table order_parties (
  member_id uuid not null,
  order_id uuid not null,
  company_id uuid not null,
  buyer_id uuid,
  payer_id uuid,
  user_id uuid,
  -- what was credited, and why that
  credited text not null check (credited in ('buyer', 'payer', 'user', 'company')),
  why jsonb not null,
  recorded_at timestamptz not null,
  primary key (member_id, order_id)
);
create index order_parties_company on order_parties (company_id, recorded_at desc);
create index order_parties_buyer on order_parties (buyer_id) where buyer_id is not null;
create index order_parties_payer on order_parties (payer_id) where payer_id is not null;
create index order_parties_user on order_parties (user_id) where user_id is not null;
-- local: one row, who of a company's order has it; no row: who bought
create table company_credit (
  is_one boolean primary key default true check (is_one),
  credited text not null check (credited in ('buyer', 'payer', 'user', 'company')),
  updated_at timestamptz not null
);

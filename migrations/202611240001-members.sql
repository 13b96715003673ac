-- member-owned, beside the order: whose tier climbs by it. Kept with the order: what the program says later changes
-- nothing of it. No climber_id: whoever has the order. What was moved by hand is nobody's by name.
alter table order_parties
  add column climber text not null default 'same' check (climber in ('same', 'buyer', 'payer', 'user', 'company')),
  add column climber_id uuid,
  add column climber_why jsonb,
  drop constraint order_parties_credited_check,
  add constraint order_parties_credited_check check (credited in ('buyer', 'payer', 'user', 'company', 'moved'));
create index order_parties_climber on order_parties (climber_id) where climber_id is not null;
-- local: beside who has an order, who climbs by it
alter table company_credit
  add column progress text not null default 'same' check (progress in ('same', 'buyer', 'payer', 'user', 'company'));

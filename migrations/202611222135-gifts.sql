-- a gift may be for an order: should that order go back whole, what is unused of the gift goes back too
alter table gifts add column order_id uuid;
alter table gifts add column taken_back_at timestamptz;
-- {points} of points, {} of what went back whole
alter table gifts add column taken_back jsonb;
alter table gifts add constraint gifts_taken_back check ((taken_back_at is null) = (taken_back is null));
create index gifts_order on gifts (member_id, order_id) where order_id is not null;

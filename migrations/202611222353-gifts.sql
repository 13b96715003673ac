-- an item to be picked up may be passed on to a friend while it waits
alter table gift_items add column may_be_passed_on boolean not null default false;
alter table gifts drop constraint gifts_status_check;
alter table gifts add constraint gifts_status_check check (status in ('open', 'done', 'cancelled', 'passed_on'));

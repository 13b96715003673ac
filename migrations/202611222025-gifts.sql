-- days of a paid membership may be given too
alter table gifts drop constraint gifts_kind_check;
alter table gifts add constraint gifts_kind_check
  check (kind in ('points', 'coupon', 'item', 'privilege', 'plan_days'));

-- both clocks of a receipt, and what was taken from a member with the code they showed; null: nothing was
alter table till_offline_receipts
  -- when it was taken by our clock, as far as the device's was known
  add taken_at timestamptz,
  add spend_points bigint check (spend_points > 0),
  add spend_worth_minor bigint check (spend_worth_minor > 0),
  -- the code was theirs, at that minute, for the first time
  add spend_proven boolean not null default false,
  add check ((spend_points is null) = (spend_worth_minor is null)),
  add check (spend_points is not null or not spend_proven);
update till_offline_receipts set taken_at = said_at - make_interval(secs => clock_off_s);
alter table till_offline_receipts alter taken_at set not null;

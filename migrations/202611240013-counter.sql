-- money that one person took in for cards on one day
alter table till_clerk_days add top_ups_minor bigint not null default 0 check (top_ups_minor >= 0);

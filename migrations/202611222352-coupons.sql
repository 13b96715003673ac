-- a coupon may be passed on to a friend: the giver's ends, the friend's is a new one with the same code and last day
alter table coupons drop constraint coupons_ended_check;
alter table coupons add constraint coupons_ended_check check (ended in ('expired', 'withdrawn', 'passed_on'));

-- one thing for each of many members is one mechanism: coupons and offers are given to segments by it
alter table coupon_runs rename to member_runs;
alter table coupon_run_members rename to member_run_members;
alter table member_runs drop constraint coupon_runs_coupon_definition_id_fkey;
alter table member_runs rename column coupon_definition_id to given_id;
alter table member_runs rename column issued to given;
alter table member_runs add column kind text not null default 'coupons' check (kind in ('coupons', 'offers'));
alter table member_runs alter column kind drop default;

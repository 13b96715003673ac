-- a changed design may wait for its time; the one in force is the newest whose time has come
alter table coupon_definition_versions add column effective_from timestamptz;
update coupon_definition_versions set effective_from = created_at;
alter table coupon_definition_versions alter column effective_from set not null;

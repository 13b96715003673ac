-- the head of a pool invites by such a link
alter table portal_passes drop constraint portal_passes_kind_check;
alter table portal_passes add constraint portal_passes_kind_check check (kind in ('coupon', 'gift', 'pool'));

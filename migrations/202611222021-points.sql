-- its end moves on with every purchase of its member, as long as the rule lets points end by inactivity
alter table point_lots add column is_rolling boolean not null default false;

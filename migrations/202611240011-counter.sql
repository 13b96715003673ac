-- a code opens one till alone when whoever took it says which: '' is a person wherever they stand
alter table till_presences add till text not null default '';
alter table till_presences drop constraint till_presences_pkey;
alter table till_presences add primary key (member_id, actor, till);

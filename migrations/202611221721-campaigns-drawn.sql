-- the id a place in the draw was made of, where the member has been merged since: so that it can be proved again
alter table campaign_members add column drawn_as uuid;

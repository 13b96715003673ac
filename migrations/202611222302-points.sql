-- by its own condition: while nothing is known of the table a plan made for one member's holds must not take this index,
-- which would look through all that are alive
drop index point_holds_expires;
create index point_holds_expires on point_holds (expires_at) where ended_at is null;

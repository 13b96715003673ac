-- member-owned: who showed a code for spending lets the person who took it spend for some minutes
create table till_presences (
  member_id uuid not null,
  -- as facts name who acted: staff:<id>
  actor text not null,
  shown_at timestamptz not null,
  primary key (member_id, actor)
);
-- a person’s old ones go when a new one comes
create index till_presences_actor on till_presences (actor, shown_at);

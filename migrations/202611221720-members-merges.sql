-- member-owned by the one that is kept: who was merged into whom. What was said in the other's name is found by it
create table member_merges (
  member_id uuid not null,
  merged_id uuid not null,
  at timestamptz not null,
  actor text not null,
  actor_name text not null,
  primary key (member_id, merged_id)
);
create index member_merges_time on member_merges (at);
create index members_merged on members (merged_into) where merged_into is not null;

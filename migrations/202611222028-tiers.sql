-- What decides about tiers is named; until now it was what members spent.
update tier_rules set rule = (rule - 'base' - 'include_shipping')
  || jsonb_build_object('measure', jsonb_build_object('kind', 'spend', 'base', rule->'base',
    'include_shipping', rule->'include_shipping'))
where not rule ? 'measure';
update tier_rule_previews set rule = (rule - 'base' - 'include_shipping')
  || jsonb_build_object('measure', jsonb_build_object('kind', 'spend', 'base', rule->'base',
    'include_shipping', rule->'include_shipping'))
where not rule ? 'measure';
-- no progress reaches it: its members were invited
alter table tiers add column invitation_only boolean not null default false;
alter table tiers add check (rank > 0 or not invitation_only);
-- what is counted, in the unit of its measure; orders are counted from the rows of what was spent
alter table tier_progress add column measure text not null default 'spend'
  check (measure in ('spend', 'points', 'xp'));
-- what experience was given for
alter table tier_progress add column reason text;
alter table tier_progress drop constraint tier_progress_source_check;
alter table tier_progress add check (measure = 'xp' or source in ('order', 'refund'));
alter table tier_progress drop constraint tier_progress_pkey;
alter table tier_progress add primary key (member_id, source, source_id, measure);
drop index tier_progress_day;
create index tier_progress_day on tier_progress (member_id, counted_on) include (amount, measure);
-- what lifted the member: an order's id, or `xp:` with the source and id of what gave experience
alter table member_tiers alter column cause_order_id type text using cause_order_id::text;
alter table member_tiers rename column cause_order_id to cause;
-- held by this invitation, until progress keeps it or its time is over
alter table member_tiers add column invitation_id uuid;
alter table tier_changes drop constraint tier_changes_kind_check;
alter table tier_changes add check (kind in ('reached', 'lowered', 'undone', 'reclassified', 'invited'));
-- member-owned: all experience there is, cached; the row is the lock of whoever gives or takes some
create table member_xp (
  member_id uuid primary key,
  xp bigint not null default 0 check (xp >= 0),
  updated_at timestamptz not null
) with (fillfactor = 80);
-- member-owned: an invitation to a tier; never edited but for its state
create table tier_invitations (
  member_id uuid not null,
  invitation_id uuid not null default uuidv7(),
  tier_id uuid not null,
  source text not null,
  source_id text not null,
  status text not null check (status in ('open', 'accepted', 'declined', 'withdrawn')),
  -- the last day on which it may be accepted
  answer_by date,
  -- the last day on which the tier is held by it; null: as long as the rule keeps any tier
  until_on date,
  note text,
  invited_by text not null,
  created_at timestamptz not null,
  answered_at timestamptz,
  primary key (member_id, invitation_id),
  unique (member_id, source, source_id)
);

-- look-up keyed by the value: links by which a member passes a coupon or a gift on. What stands in a link is made of
-- its id and the portal's secret, and kept nowhere
create table portal_passes (
  pass_id uuid primary key,
  -- the giver, and what is given
  member_id uuid not null,
  kind text not null check (kind in ('coupon', 'gift')),
  thing_id uuid not null,
  state text not null check (state in ('open', 'accepted', 'taken_back')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- who accepted, and what they hold since
  accepted_by uuid,
  received_id uuid,
  check ((state = 'open') = (ended_at is null)),
  check ((state = 'accepted') = (accepted_by is not null and received_id is not null))
);
-- one link at a time for one thing
create unique index portal_passes_thing on portal_passes (member_id, kind, thing_id) where state = 'open';
create index portal_passes_member on portal_passes (member_id, created_at desc);
create index portal_passes_accepted on portal_passes (accepted_by) where accepted_by is not null;

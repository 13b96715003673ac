-- reference: one planned action for one audience
create table campaigns (
  campaign_id uuid primary key default uuidv7(),
  name text not null,
  status text not null check (status in ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled', 'expired')),
  segment_id uuid,
  template_id uuid,
  -- null: the configured one for the template’s medium
  channel text,
  -- per mille, so that 12.5 % can be said; 0 means nobody is left out and nobody can know
  holdout_per_mille int not null check (holdout_per_mille between 0 and 500),
  -- how long after the send a purchase counts, in days
  attribution_days int not null check (attribution_days between 1 and 90),
  send_at timestamptz,
  -- what has not left by then stays
  not_after timestamptz,
  -- what the brand pays besides messages (design, coupons), in minor units
  fixed_cost_minor bigint not null default 0 check (fixed_cost_minor >= 0),
  send_id uuid,
  started_at timestamptz,
  finished_at timestamptz,
  -- counts of the audience when it was built: {audience, mailed, holdout, refused}
  audience jsonb,
  actor text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (status = 'draft' or (segment_id is not null and template_id is not null and not_after is not null))
);
create index campaigns_due on campaigns (send_at) where status = 'scheduled';

-- member-owned: who was in the audience when it was built, and on which side of the draw
create table campaign_members (
  member_id uuid not null,
  campaign_id uuid not null,
  -- refused members could not have been written to: they are on neither side
  arm text not null check (arm in ('mailed', 'holdout', 'refused')),
  reason text,
  primary key (member_id, campaign_id)
);
create index campaign_members_campaign on campaign_members (campaign_id, arm, member_id);

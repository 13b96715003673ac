-- member-owned: what a paid period promised beside its days: once a period and place, written with the period. Then it
-- says what came of it: the gift, or why it could not be given.
create table plan_rewards (
  member_id uuid not null,
  subscription_id uuid not null,
  -- the period, and which of its rewards
  number int not null,
  place int not null,
  reward_id uuid not null,
  plan_id uuid not null references plans,
  reward jsonb not null,
  gift_id uuid,
  refused text,
  promised_at timestamptz not null,
  primary key (member_id, subscription_id, number, place),
  constraint plan_rewards_end check (gift_id is null or refused is null)
);
create unique index plan_rewards_id on plan_rewards (member_id, reward_id);
-- what waits to be given again is asked of everybody
create index plan_rewards_refused on plan_rewards (promised_at) where refused is not null;

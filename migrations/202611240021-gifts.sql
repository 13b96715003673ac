--! breaking
-- A point may be worth less than the smallest coin: what a gift costs is kept to four decimals of a minor unit.
alter table gifts alter column cost_minor type numeric(20, 4);
-- What budgets got back of points taken back was rounded down to whole units until now: noted, for entries stay.
update gifts gift set taken_back = gift.taken_back || jsonb_build_object('returned_minor', back.returned_minor)
from (
  select one.member_id, one.gift_id, coalesce(-entry.spent_minor, 0)::bigint as returned_minor
  from gifts one
  left join budget_entries entry on entry.member_id = one.member_id and entry.budget_id = one.budget_id
    and entry.source = 'gift' and entry.source_id = one.gift_id::text and entry.kind = 'refund'
  where one.kind = 'points' and one.budget_id is not null and one.taken_back_at is not null
) back
where gift.member_id = back.member_id and gift.gift_id = back.gift_id;

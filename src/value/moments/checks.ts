/** `regulars verify` for moments: what they say they gave held against the gifts, the orders and the members. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('moments.given_are_gifts', 'every gift of a moment is a gift, and every such gift was given by one', (db) =>
    db.rows(sql`
    select coalesce(past.member_id, gift.member_id) as member_id, past.moment_id, past.occurrence, gift.gift_id,
      gift.occurrence as gift_occurrence
    from (select * from moment_gifts where gift_id is not null) past
    full join (select * from gifts where reason = 'moment') gift
      on gift.member_id = past.member_id and gift.gift_id = past.gift_id
    where past.gift_id is null or gift.gift_id is null
      or not starts_with(gift.occurrence, past.moment_id || ':')
      or gift.order_id is distinct from past.order_id`),
  ),
  noRows(
    'moments.occurrence_is_its_day',
    'a gift of the year bears the year of its day, one of a holiday the day',
    (db) =>
      db.rows(sql`
    select past.member_id, past.moment_id, past.occurrence, past.occurs_on
    from moment_gifts past
    join moment_versions v on v.moment_id = past.moment_id and v.version = past.version
    -- of somebody erased the day is forgotten
    join members m on m.member_id = past.member_id and m.erased_at is null
    where split_part(past.occurrence, '/', 1) <> case
      when v.rule->'when'->>'kind' = 'holiday' then to_char(past.occurs_on, 'YYYY-MM-DD')
      when v.rule->'when'->>'kind' in ('join_anniversary', 'brand_anniversary', 'own_day')
        or v.rule->'when' @> '{"kind": "birthday", "calendar": "solar"}' then to_char(past.occurs_on, 'YYYY')
      else split_part(past.occurrence, '/', 1) end`),
  ),
  noRows('moments.purchases_are_own', 'a gift for a purchase names a purchase of the member, made by then', (db) =>
    db.rows(sql`
    select past.member_id, past.moment_id, past.occurrence, past.order_id
    from moment_gifts past
    left join orders o on o.member_id = past.member_id and o.order_id = past.order_id
    where past.order_id is not null and (o.order_id is null or o.recorded_at > past.recorded_at)`),
  ),
  noRows('moments.inside_their_window', 'nothing was given before its window opened or after it closed', (db) =>
    db.rows(sql`
    select past.member_id, past.moment_id, past.occurs_on, past.given_on
    from moment_gifts past
    join moment_versions v on v.moment_id = past.moment_id and v.version = past.version
    where v.rule->'when'->>'kind' in ('birthday', 'join_anniversary', 'brand_anniversary', 'holiday', 'own_day')
      and (past.given_on < past.occurs_on - (v.rule->>'before_days')::int - 31
        or past.given_on > past.occurs_on + (v.rule->>'after_days')::int + 31)`),
  ),
  noRows('moments.inside_their_days', 'nothing was given before a moment began or after it was over', (db) =>
    db.rows(sql`
    select past.member_id, past.moment_id, past.occurs_on, past.given_on
    from moment_gifts past
    join moment_versions v on v.moment_id = past.moment_id and v.version = past.version
    cross join lateral (select case when v.rule->'when'->>'kind' in ('joining', 'purchase', 'upgrade', 'waking')
      then past.occurs_on else past.given_on end as day) one
    where one.day < (v.rule->>'starts_on')::date or one.day > (v.rule->>'ends_on')::date`),
  ),
]

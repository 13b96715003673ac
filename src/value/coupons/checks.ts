/** `regulars verify` for coupons: counted again from the uses, in SQL that shares no statement with the verbs. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('coupons.counts_equal_uses', 'every coupon is held and redeemed as often as its uses say', (db) =>
    db.rows(sql`
    with used as (
      select member_id, coupon_id, count(*) filter (where state = 'held') as held,
        count(*) filter (where state = 'redeemed') as redeemed
      from coupon_uses group by member_id, coupon_id
    )
    select coalesce(c.member_id, used.member_id) as member_id, coalesce(c.coupon_id, used.coupon_id) as coupon_id,
      c.held, c.redeemed, used.held as uses_held, used.redeemed as uses_redeemed
    from coupons c full join used on used.member_id = c.member_id and used.coupon_id = c.coupon_id
    where (c.held, c.redeemed) is distinct from (coalesce(used.held, 0)::int, coalesce(used.redeemed, 0)::int)`),
  ),
  noRows('coupons.counters_equal_uses', 'every limit counts what was used', (db) =>
    db.rows(sql`
    select c.coupon_definition_id, c.kind, c.key, c.used, uses.used as uses
    from coupon_counters c
    cross join lateral (select count(*) as used from coupon_uses u
      where u.coupon_definition_id = c.coupon_definition_id and u.state in ('held', 'redeemed')
        and (c.kind = 'all' or c.kind = 'day' and u.used_on::text = c.key or c.kind = 'code' and u.code = c.key)) uses
    where c.used <> uses.used`),
  ),
  noRows('coupons.member_counters_equal_uses', 'every limit of a member counts what that member used', (db) =>
    db.rows(sql`
    select c.member_id, c.coupon_definition_id, c.kind, c.key, c.used, uses.used as uses
    from coupon_member_counters c
    cross join lateral (select count(*) as used from coupon_uses u
      where u.member_id = c.member_id and u.coupon_definition_id = c.coupon_definition_id
        and u.state in ('held', 'redeemed') and (c.kind = 'all' or u.used_on::text = c.key)) uses
    where c.used <> uses.used`),
  ),
  noRows('coupons.codes_have_one_coupon', 'no unique code is in two hands, and each knows whose it is', (db) =>
    db.rows(sql`
    select c.member_id, c.coupon_id, c.code from coupons c left join coupon_codes k on k.code = c.code
    where c.code is not null and (k.code is null or k.coupon_definition_id <> c.coupon_definition_id
      or k.kind = 'unique' and (k.coupon_id, k.member_id) is distinct from (c.coupon_id, c.member_id))`),
  ),
  noRows('coupons.redeemed_within_dates', 'nothing was used before its first day or after its last', (db) =>
    db.rows(sql`
    select u.member_id, u.use_id, u.used_on, c.starts_on, c.expires_on
    from coupon_uses u join coupons c on c.member_id = u.member_id and c.coupon_id = u.coupon_id
    where u.state = 'redeemed' and (u.used_on < c.starts_on or u.used_on > c.expires_on)`),
  ),
  noRows('coupons.redeemed_once', 'what was redeemed says when, and was not given back', (db) =>
    db.rows(sql`
    select member_id, use_id, state, redeemed_at, ended_at from coupon_uses
    where (state in ('redeemed', 'returned')) <> (redeemed_at is not null)
      or (state in ('released', 'lapsed', 'returned')) <> (ended_at is not null)`),
  ),
]

/** Coupons follow a merged member to the kept one: rights, uses, what was counted, codes. */
import type { Tx } from '../../base/db.ts'
import type { Fact } from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { moveRows, pairSql, type MergePair } from '../../record/members/members.ts'

/** The name of what a coupon was given for stays unique for the kept one: the second bears whose it was. */
export async function follow(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  const moved = await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from coupons c using pair where c.member_id = pair.merged returning c.*, pair.keep, pair.merged),
    named as (
      select *, case when exists (select from coupons own where own.member_id = keep and own.source = gone.source
            and own.source_id = gone.source_id)
          or row_number() over (partition by keep, source, source_id order by coupon_id) > 1
        then source_id || '/' || merged else source_id end as name
      from gone
    )
    insert into coupons (member_id, coupon_id, coupon_definition_id, version, code, uses_max, held, redeemed, ended,
      starts_on, expires_on, cost_minor, source, source_id, issued_at, ended_at, updated_at, actor)
    select keep, coupon_id, coupon_definition_id, version, code, uses_max, held, redeemed, ended, starts_on,
      expires_on, cost_minor, source, name, issued_at, ended_at, ${tx.now}::timestamptz, actor
    from named`)
  if (moved === 0) return
  await moveRows(tx, pairs, [{ table: 'coupon_uses' }])
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (
      delete from coupon_member_counters c using pair where c.member_id = pair.merged returning c.*, pair.keep
    ),
    summed as (
      select keep, coupon_definition_id, kind, key, sum(used)::int as used, max(used_max) as used_max
      from gone group by 1, 2, 3, 4
    )
    insert into coupon_member_counters as own (member_id, coupon_definition_id, kind, key, used, used_max)
    select keep, coupon_definition_id, kind, key, used, greatest(used, used_max) from summed
    on conflict (member_id, coupon_definition_id, kind, key) do update set used = own.used + excluded.used,
      used_max = greatest(own.used_max, excluded.used_max, own.used + excluded.used)`)
  // the kept one may have used what only the merged one's counter counted, or the other way round
  await tx.run(sql`
    with ${pairSql(pairs)}
    update coupon_member_counters c set used = past.used, used_max = greatest(c.used_max, past.used)
    from (
      select own.member_id, own.coupon_definition_id, own.kind, own.key, count(u.use_id)::int as used
      from (select distinct keep from pair) kept
      join coupon_member_counters own on own.member_id = kept.keep
      left join coupon_uses u on u.member_id = own.member_id and u.coupon_definition_id = own.coupon_definition_id
        and u.state in ('held', 'redeemed') and (own.kind = 'all' or u.used_on::text = own.key)
      group by 1, 2, 3, 4
    ) past
    where c.member_id = past.member_id and c.coupon_definition_id = past.coupon_definition_id and c.kind = past.kind
      and c.key = past.key and c.used <> past.used`)
  await tx.run(sql`
    with ${pairSql(pairs)}
    update coupon_codes k set member_id = pair.keep from pair where k.member_id = pair.merged`)
}

/** Nobody is left to use them; that they were given and used stays under an id that leads to nobody. */
export async function endErased(tx: Tx, facts: readonly Fact[]): Promise<void> {
  const gone = facts.map((fact) => fact.member_id)
  await tx.run(sql`
    update coupons set ended = 'withdrawn', ended_at = ${tx.now}::timestamptz, updated_at = ${tx.now}::timestamptz
    where member_id = any (${gone}::uuid[]) and ended is null and redeemed < uses_max`)
}

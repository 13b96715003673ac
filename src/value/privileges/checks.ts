/** `regulars verify` for privileges: counters again from the uses themselves. */
import { sql } from '../../base/sql.ts'
import { noRows, type VerifyCheck } from '../../base/verify.ts'

export const checks: VerifyCheck[] = [
  noRows('privileges.counts_equal_uses', 'the count of a period is the uses of it that stand', (db) =>
    db.rows(sql`
    with made as (
      select member_id, privilege_id, period, count(*) as times from privilege_uses
      where grant_id is null and undone_at is null group by member_id, privilege_id, period
    )
    select coalesce(c.member_id, made.member_id) as member_id, c.privilege_id, c.period, c.used, made.times
    from privilege_counts c
    full join made on made.member_id = c.member_id and made.privilege_id = c.privilege_id and made.period = c.period
    where coalesce(c.used, 0) <> coalesce(made.times, 0)`),
  ),
  noRows('privileges.grants_equal_uses', 'what is used of a grant is the uses of it that stand', (db) =>
    db.rows(sql`
    select g.member_id, g.grant_id, g.used, made.times
    from privilege_grants g
    left join (
      select member_id, grant_id, count(*) as times from privilege_uses
      where grant_id is not null and undone_at is null group by member_id, grant_id
    ) made on made.member_id = g.member_id and made.grant_id = g.grant_id
    where g.used <> coalesce(made.times, 0)`),
  ),
]

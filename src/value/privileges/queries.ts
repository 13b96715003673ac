/** How privileges are looked at. */
import type { Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { startOfDay } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { dealsFor } from './prices.ts'
import { mayOf, periodOf, type Standing } from './rules.ts'
import type { Grant, May, Privilege, UseRow } from './types.ts'

/** A program's privileges fit on one page of a list. */
const list_max = 1_000
/** Uses shown on a member's page. */
const uses_shown = 20

export type Listed = Privilege & { used: number; granted: number }

/** Every privilege, newest first, with how often it was used and given by hand. */
export async function listed(db: Reader, privilege_id: string | null = null): Promise<Listed[]> {
  return db.rows<Listed>(sql`
    select p.privilege_id, p.names, p.texts, p.rule, p.status,
      (select count(*) from privilege_uses u where u.privilege_id = p.privilege_id and u.undone_at is null) as used,
      (select count(*) from privilege_grants g where g.privilege_id = p.privilege_id) as granted
    from privileges p where ${privilege_id}::uuid is null or p.privilege_id = ${privilege_id}::uuid
    order by p.privilege_id desc limit ${list_max}::int`)
}

/** Plans that members hold on a day; asked only where a privilege goes by them. */
async function plansHeld(db: Reader, member_ids: readonly string[], day: string): Promise<Map<string, string[]>> {
  if (member_ids.length === 0) return new Map()
  const { time_zone } = await program.current(db)
  const at = startOfDay(day, time_zone)
  const deals = await dealsFor(
    db,
    member_ids.map((member_id) => ({ member_id, at })),
  )
  return new Map(
    member_ids.map((member_id, i) => [
      member_id,
      deals[i]!.flatMap((deal) => (deal.kind === 'plan' ? [deal.id] : [])),
    ]),
  )
}

export type HeldStanding = Standing & { grants: Grant[] }

/** Where each member stands with each privilege asked about; nobody who is no member. Key: `member privilege`. */
export async function standingsOf(
  db: Reader,
  asked: readonly { member_id: string; privilege_id: string }[],
  day: string,
): Promise<Map<string, HeldStanding>> {
  const rows = await db.rows<{
    member_id: string
    privilege_id: string
    tier_code: string | null
    grants: Grant[] | null
    counts: Record<string, number> | null
    period: 'day' | 'month' | 'year' | 'ever' | null
    by_plan: boolean
  }>(sql`
    select one.member_id, one.privilege_id, p.rule->'quota'->>'period' as period, p.rule ? 'plans' as by_plan,
      coalesce(tier.code, (select code from tiers where rank = 0)) as tier_code,
      (select jsonb_agg(jsonb_build_object('grant_id', g.grant_id, 'uses', g.uses, 'used', g.used,
          'expires_on', g.expires_on))
        from privilege_grants g where g.member_id = one.member_id and g.privilege_id = one.privilege_id) as grants,
      (select jsonb_object_agg(c.period, c.used)
        from privilege_counts c where c.member_id = one.member_id and c.privilege_id = one.privilege_id
          and c.period = any (${[day, day.slice(0, 7), day.slice(0, 4), 'ever']}::text[])) as counts
    from (select distinct * from unnest(${asked.map((row) => row.member_id)}::uuid[],
      ${asked.map((row) => row.privilege_id)}::uuid[]) as one (member_id, privilege_id)) one
    join privileges p on p.privilege_id = one.privilege_id
    join members m on m.member_id = one.member_id and m.kind = 'member' and m.merged_into is null
      and m.erased_at is null
    left join member_tiers held on held.member_id = one.member_id
    left join tiers tier on tier.tier_id = held.tier_id`)
  const plans = await plansHeld(db, [...new Set(rows.filter((row) => row.by_plan).map((row) => row.member_id))], day)
  return new Map(
    rows.map((row) => [
      `${row.member_id} ${row.privilege_id}`,
      {
        tier_code: row.tier_code,
        plan_ids: plans.get(row.member_id) ?? [],
        grants: row.grants ?? [],
        used: row.counts?.[periodOf(row.period, day)] ?? 0,
        day,
      },
    ]),
  )
}

export type Held = Pick<Privilege, 'privilege_id' | 'names' | 'texts'> & May

/** What a member holds: every active privilege that is or was theirs, and whether they may now. */
export async function heldBy(db: Reader, member_id: string, day: string): Promise<Held[]> {
  const all = (await listed(db)).filter((privilege) => privilege.status === 'active')
  const standings = await standingsOf(
    db,
    all.map(({ privilege_id }) => ({ member_id, privilege_id })),
    day,
  )
  return all.flatMap((privilege) => {
    const standing = standings.get(`${member_id} ${privilege.privilege_id}`)
    if (!standing) return []
    const may = mayOf(privilege, standing)
    const { privilege_id, names, texts } = privilege
    return may.why.code === 'not_held' ? [] : [{ privilege_id, names, texts, ...may }]
  })
}

/** A member's newest uses, undone ones too. */
export async function usesOf(db: Reader, member_id: string): Promise<UseRow[]> {
  return db.rows<UseRow>(sql`
    select u.use_id, u.privilege_id, p.names, s.name as store_name, u.used_at, u.actor_name, u.undone_at,
      u.undone_reason
    from privilege_uses u join privileges p on p.privilege_id = u.privilege_id
    left join stores s on s.store_id = u.store_id
    where u.member_id = ${member_id}::uuid order by u.used_at desc, u.use_id desc limit ${uses_shown}::int`)
}

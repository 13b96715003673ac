/** Using privileges, and undoing a use. The count of the period is the lock; rules.ts decides behind it. */
import { actorText } from '../../base/actor.ts'
import type { Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { insistOnStore } from '../../record/stores/stores.ts'
import { byIds, keyOf } from './privileges.ts'
import { standingsOf, type HeldStanding } from './queries.ts'
import { mayOf, mostUses, periodOf } from './rules.ts'
import type { NewUse, Privilege, PrivilegeOutcome, WhyCode, Why } from './types.ts'

const refusals: Partial<Record<WhyCode, string>> = {
  stopped: 'privilege.stopped',
  not_held: 'privilege.not_held',
  used_up: 'privilege.used_up',
}

interface Taken extends NewUse {
  use_id: string
  grant_id: string | null
  period: string
  why: Why
}

/**
 * Uses privileges, once for ever each by (member, source, source id). Refused: `privilege.not_found`,
 * `privilege.stopped`, `privilege.not_held`, `privilege.used_up`, `privilege.changed`, `member.not_found`.
 */
export async function use(tx: Tx, wants: readonly NewUse[]): Promise<PrivilegeOutcome[]> {
  if (wants.length === 0) return []
  const { time_zone } = await program.current(tx)
  const day = dayOf(tx.now, time_zone)
  const known = await byIds(tx, [...new Set(wants.map((want) => want.privilege_id))])
  await lockCounts(tx, wants, known, day)
  const [done, standings] = await Promise.all([usedBefore(tx, wants), standingsOf(tx, wants, day)])
  const taken: Taken[] = []
  const outcomes = wants.map((want, index): PrivilegeOutcome => {
    const refused = (code: string, params = {}): PrivilegeOutcome => ({ index, outcome: 'refused', code, params })
    const before = done.get(keyOf(want))
    if (before) {
      if (before.privilege_id !== want.privilege_id) return refused('privilege.changed')
      return { index, outcome: 'unchanged', id: before.use_id }
    }
    const privilege = known.get(want.privilege_id)
    if (!privilege) return refused('privilege.not_found', { privilege_id: want.privilege_id })
    const standing = standings.get(`${want.member_id} ${want.privilege_id}`)
    if (!standing) return refused('member.not_found', { member_id: want.member_id })
    const { may, grant_id, why } = mayOf(privilege, standing)
    if (!may) return refused(refusals[why.code]!, why.params)
    const use_id = uuidv7(tx.now)
    taken.push({ ...want, use_id, grant_id, why, period: periodOf(privilege.rule.quota?.period ?? null, day) })
    done.set(keyOf(want), { use_id, privilege_id: want.privilege_id })
    count(standing, grant_id)
    return { index, outcome: 'done', id: use_id }
  })
  await write(tx, taken)
  return outcomes
}

/** The next want of the same set sees this one. */
function count(standing: HeldStanding, grant_id: string | null): void {
  const grant = standing.grants.find((one) => one.grant_id === grant_id)
  if (grant) grant.used += 1
  else standing.used += 1
}

async function lockCounts(
  tx: Tx,
  wants: readonly NewUse[],
  known: ReadonlyMap<string, Privilege>,
  day: string,
): Promise<void> {
  const rows = wants.flatMap(({ member_id, privilege_id }) => {
    const rule = known.get(privilege_id)?.rule
    if (rule === undefined) return []
    return [{ member_id, privilege_id, period: periodOf(rule.quota?.period ?? null, day), quota: mostUses(rule) }]
  })
  // a quota that was lowered below what is used already refuses further uses; it does not deny those made
  await tx.run(sql`
    insert into privilege_counts as held (member_id, privilege_id, period, quota)
    select distinct on (one.member_id, one.privilege_id, one.period) one.*
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.privilege_id)}::uuid[],
      ${rows.map((row) => row.period)}::text[], ${rows.map((row) => row.quota)}::int[]
    ) as one (member_id, privilege_id, period, quota)
    join members m on m.member_id = one.member_id and m.kind = 'member' and m.merged_into is null
    order by one.member_id, one.privilege_id, one.period
    on conflict (member_id, privilege_id, period)
      do update set quota = case when excluded.quota is not null then greatest(excluded.quota, held.used) end`)
}

async function usedBefore(
  tx: Tx,
  wants: readonly NewUse[],
): Promise<Map<string, { use_id: string; privilege_id: string }>> {
  const rows = await tx.rows<{
    member_id: string
    source: string
    source_id: string
    use_id: string
    privilege_id: string
  }>(sql`
    select u.member_id, u.source, u.source_id, u.use_id, u.privilege_id
    from unnest(${wants.map((one) => one.member_id)}::uuid[], ${wants.map((one) => one.source)}::text[],
      ${wants.map((one) => one.source_id)}::text[]) as one (member_id, source, source_id)
    join privilege_uses u on u.member_id = one.member_id and u.source = one.source and u.source_id = one.source_id`)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

async function write(tx: Tx, taken: readonly Taken[]): Promise<void> {
  if (taken.length === 0) return
  await tx.run(sql`
    with one as materialized (
      select * from unnest(${taken.map((row) => row.member_id)}::uuid[], ${taken.map((row) => row.use_id)}::uuid[],
        ${taken.map((row) => row.privilege_id)}::uuid[], ${taken.map((row) => row.grant_id)}::uuid[],
        ${taken.map((row) => row.period)}::text[], ${taken.map((row) => row.store_id)}::uuid[],
        ${taken.map((row) => row.source)}::text[], ${taken.map((row) => row.source_id)}::text[],
        ${taken.map((row) => JSON.stringify(row.why))}::jsonb[]
      ) as one (member_id, use_id, privilege_id, grant_id, period, store_id, source, source_id, why)
    ), counted as (
      update privilege_counts c set used = c.used + n.times
      from (select member_id, privilege_id, period, count(*)::int as times from one where grant_id is null
        group by member_id, privilege_id, period) n
      where c.member_id = n.member_id and c.privilege_id = n.privilege_id and c.period = n.period
    ), granted as (
      update privilege_grants g set used = g.used + n.times
      from (select member_id, grant_id, count(*)::int as times from one where grant_id is not null
        group by member_id, grant_id) n
      where g.member_id = n.member_id and g.grant_id = n.grant_id
    )
    insert into privilege_uses (member_id, use_id, privilege_id, grant_id, period, store_id, source, source_id, why,
      used_at, actor, actor_name)
    select one.*, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text, ${tx.actor.name}::text from one`)
  await facts.write(
    tx,
    taken.map(({ member_id, privilege_id, use_id, store_id }) => ({
      name: 'privilege.used',
      member_id,
      occurred_at: tx.now,
      data: { privilege_id, use_id, store_id },
    })),
  )
}

/**
 * Undoes a use: what it took is there again. Throws `privilege_use.not_found`, `privilege_use.undone_already`, and
 * `till.not_your_store` for a person who works elsewhere.
 */
export async function undo(tx: Tx, wanted: { member_id: string; use_id: string; reason: string }): Promise<void> {
  const { member_id, use_id, reason } = wanted
  const undone = await tx.row<{ privilege_id: string; store_id: string | null }>(sql`
    with undone as (
      update privilege_uses set undone_at = ${tx.now}::timestamptz, undone_reason = ${reason}::text,
        undone_by = ${actorText(tx.actor)}::text
      where member_id = ${member_id}::uuid and use_id = ${use_id}::uuid and undone_at is null
      returning member_id, privilege_id, grant_id, period, store_id
    ), counted as (
      update privilege_counts c set used = c.used - 1 from undone u
      where u.grant_id is null and c.member_id = u.member_id and c.privilege_id = u.privilege_id
        and c.period = u.period
    ), granted as (
      update privilege_grants g set used = g.used - 1 from undone u
      where g.member_id = u.member_id and g.grant_id = u.grant_id
    )
    select privilege_id, store_id from undone`)
  if (!undone) {
    const known = await tx.row(sql`
      select from privilege_uses where member_id = ${member_id}::uuid and use_id = ${use_id}::uuid`)
    throw new AppError(known ? 'privilege_use.undone_already' : 'privilege_use.not_found', { use_id })
  }
  const { privilege_id, store_id } = undone
  await insistOnStore(tx, tx.actor, store_id)
  await facts.write(tx, [
    { name: 'privilege.undone', member_id, occurred_at: tx.now, data: { privilege_id, use_id } },
  ])
}

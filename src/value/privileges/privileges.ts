/**
 * What can be done with privileges: make and change them, give them to members, use them and undo a use. Uses are once
 * for ever by (member, source, source id); limits are counters that the database refuses to overrun.
 */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { addDays, dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { audit } from '../../record/staff/staff.ts'
import type { NewGrant, NewPrivilege, Privilege, PrivilegeChanges, PrivilegeOutcome } from './types.ts'

export { checks } from './checks.ts'
export { heldBy } from './queries.ts'
export { addRule as addPriceRule, dealsFor, priceOf, pricesFor, provideDeals, ruleAt, ruleFor } from './prices.ts'
export { rulesSince as priceRulesSince } from './prices.ts'
export { mayOf } from './rules.ts'
export { undo, use } from './using.ts'

/** Makes a privilege. */
export async function create(tx: Tx, { names, texts = {}, rule }: NewPrivilege): Promise<string> {
  const made = await tx.row<{ privilege_id: string }>(sql`
    insert into privileges (names, texts, rule, created_at, updated_at)
    values (${JSON.stringify(names)}::jsonb, ${JSON.stringify(texts)}::jsonb, ${JSON.stringify(rule)}::jsonb,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz)
    returning privilege_id`)
  const { privilege_id } = made!
  await audit(tx, [
    { action: 'privilege.created', noun: 'privileges', noun_id: privilege_id, after: { names, rule } },
  ])
  return privilege_id
}

/** Changes a privilege from now on. Throws `privilege.not_found`. */
export async function change(tx: Tx, privilege_id: string, changes: PrivilegeChanges): Promise<void> {
  const before = await tx.row<Privilege>(sql`
    select privilege_id, names, texts, rule, status from privileges
    where privilege_id = ${privilege_id}::uuid for update`)
  if (!before) throw new AppError('privilege.not_found', { privilege_id })
  const after = { ...before, ...changes }
  await tx.run(sql`
    update privileges set names = ${JSON.stringify(after.names)}::jsonb, texts = ${JSON.stringify(after.texts)}::jsonb,
      rule = ${JSON.stringify(after.rule)}::jsonb, status = ${after.status}::text, updated_at = ${tx.now}::timestamptz
    where privilege_id = ${privilege_id}::uuid`)
  const shown = ({ names, rule, status }: Privilege) => ({ names, rule, status })
  await audit(tx, [
    {
      action: 'privilege.changed',
      noun: 'privileges',
      noun_id: privilege_id,
      before: shown(before),
      after: shown(after),
    },
  ])
}

/** Privileges by id. */
export async function byIds(db: Reader, ids: readonly string[]): Promise<Map<string, Privilege>> {
  const rows = await db.rows<Privilege>(sql`
    select privilege_id, names, texts, rule, status from privileges where privilege_id = any (${ids}::uuid[])`)
  return new Map(rows.map((row) => [row.privilege_id, row]))
}

/**
 * Gives privileges to members, once for ever each by (member, source, source id). Refused: `privilege.not_found`,
 * `privilege.stopped`, `member.not_found`, `privilege.changed`.
 */
export async function grant(tx: Tx, wants: readonly NewGrant[]): Promise<PrivilegeOutcome[]> {
  if (wants.length === 0) return []
  const [known, members] = await Promise.all([
    byIds(tx, [...new Set(wants.map((want) => want.privilege_id))]),
    membersAmong(
      tx,
      wants.map((want) => want.member_id),
    ),
  ])
  const refusals = wants.map(({ member_id, privilege_id }, index): PrivilegeOutcome | null => {
    const found = known.get(privilege_id)
    if (!found) return { index, outcome: 'refused', code: 'privilege.not_found', params: { privilege_id } }
    if (found.status === 'stopped') return { index, outcome: 'refused', code: 'privilege.stopped', params: {} }
    if (!members.has(member_id)) return { index, outcome: 'refused', code: 'member.not_found', params: { member_id } }
    return null
  })
  const good = wants.filter((_want, index) => !refusals[index])
  const written = await writeGrants(tx, good)
  await facts.write(
    tx,
    [...written.values()]
      .filter((row) => row.is_new)
      .map(({ member_id, privilege_id, grant_id }) => ({
        name: 'privilege.granted',
        member_id,
        occurred_at: tx.now,
        data: { privilege_id, grant_id },
      })),
  )
  const told = new Set<string>()
  return wants.map((want, index) => {
    if (refusals[index]) return refusals[index]
    const row = written.get(keyOf(want))!
    if (row.privilege_id !== want.privilege_id)
      return { index, outcome: 'refused', code: 'privilege.changed', params: {} }
    const isFirst = row.is_new && !told.has(keyOf(want))
    told.add(keyOf(want))
    return { index, outcome: isFirst ? 'done' : 'unchanged', id: row.grant_id }
  })
}

/**
 * Moves the last day of grants that one cause gave: of those whose source id is the one named or begins with it and a
 * slash. What was used stays used.
 */
export async function endGrants(
  tx: Tx,
  ends: readonly { member_id: string; source: string; source_id: string; expires_on: string }[],
): Promise<void> {
  if (ends.length === 0) return
  await tx.run(sql`
    update privilege_grants g set expires_on = one.expires_on
    from unnest(${ends.map((one) => one.member_id)}::uuid[], ${ends.map((one) => one.source)}::text[],
      ${ends.map((one) => one.source_id)}::text[], ${ends.map((one) => one.expires_on)}::date[]
    ) as one (member_id, source, source_id, expires_on)
    where g.member_id = one.member_id and g.source = one.source
      and (g.source_id = one.source_id or starts_with(g.source_id, one.source_id || '/'))`)
}

/**
 * Ends grants that one cause gave and nobody has used: yesterday was their last day. Answers the causes whose grants
 * ended, as `member_id source_id`.
 */
export async function endUnused(
  tx: Tx,
  causes: readonly { member_id: string; source: string; source_id: string }[],
): Promise<string[]> {
  if (causes.length === 0) return []
  const { time_zone } = await program.current(tx)
  const rows = await tx.rows<{ member_id: string; source_id: string }>(sql`
    update privilege_grants g set expires_on = ${addDays(dayOf(tx.now, time_zone), -1)}::date
    from unnest(${causes.map((one) => one.member_id)}::uuid[], ${causes.map((one) => one.source)}::text[],
      ${causes.map((one) => one.source_id)}::text[]) as one (member_id, source, source_id)
    where g.member_id = one.member_id and g.source = one.source and g.source_id = one.source_id and g.used = 0
    returning g.member_id, g.source_id`)
  return rows.map(({ member_id, source_id }) => `${member_id} ${source_id}`)
}

/** One name for what came from the same cause. */
export const keyOf = (one: { member_id: string; source: string; source_id: string }) =>
  `${one.member_id} ${one.source} ${one.source_id}`

/** Those of them who are members today. */
export async function membersAmong(db: Reader, member_ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows<{ member_id: string }>(sql`
    select member_id from members where member_id = any (${[...new Set(member_ids)]}::uuid[]) and kind = 'member'
      and merged_into is null and erased_at is null`)
  return new Set(rows.map((row) => row.member_id))
}

interface GrantRow {
  member_id: string
  grant_id: string
  privilege_id: string
  source: string
  source_id: string
  is_new: boolean
}

async function writeGrants(tx: Tx, wants: readonly NewGrant[]): Promise<Map<string, GrantRow>> {
  if (wants.length === 0) return new Map()
  const rows = await tx.rows<GrantRow>(sql`
    with wanted as materialized (
      select distinct on (member_id, source, source_id) *
      from unnest(${wants.map((one) => one.member_id)}::uuid[], ${wants.map((one) => one.privilege_id)}::uuid[],
        ${wants.map((one) => one.uses)}::int[], ${wants.map((one) => one.expires_on)}::date[],
        ${wants.map((one) => one.source)}::text[], ${wants.map((one) => one.source_id)}::text[],
        ${wants.map((one) => one.note ?? null)}::text[]
      ) as one (member_id, privilege_id, uses, expires_on, source, source_id, note)
      order by member_id, source, source_id
    ), made as (
      insert into privilege_grants (member_id, privilege_id, uses, expires_on, source, source_id, note, granted_at,
        actor)
      select wanted.*, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text from wanted
      on conflict (member_id, source, source_id) do nothing
      returning member_id, grant_id, privilege_id, source, source_id
    )
    select *, true as is_new from made
    union all
    select g.member_id, g.grant_id, g.privilege_id, g.source, g.source_id, false
    from wanted join privilege_grants g on g.member_id = wanted.member_id and g.source = wanted.source
      and g.source_id = wanted.source_id`)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** Turns a refused outcome into the error it names: for routes that take one. */
export function insist(outcome: PrivilegeOutcome): string {
  if (outcome.outcome === 'refused') throw new AppError(outcome.code!, outcome.params ?? {})
  return outcome.id!
}

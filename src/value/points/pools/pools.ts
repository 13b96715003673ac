/**
 * Who shares what they may spend: pools are founded, joined and left. Whoever changes who is in a pool locks the purses
 * of all who are in it first, as whoever borrows does.
 */
import { actorText } from '../../../base/actor.ts'
import type { Db, Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import * as facts from '../../../base/facts.ts'
import { uuidv7 } from '../../../base/ids.ts'
import { sql } from '../../../base/sql.ts'
import { calledOff, inForceSql, type ListedVersion } from '../../../base/versions.ts'
import { audit, callOffVersion } from '../../../record/staff/staff.ts'
import { balancesOf } from '../balances.ts'
import { lockWithMates } from '../locking.ts'
import type { Pool, PoolRule, PoolRuleVersion } from './types.ts'

/** Any number: whoever adds a version holds it until the transaction ends. */
const versionsLock = 5_267_118_413

export type PoolRuleRow = PoolRuleVersion & ListedVersion

/** All versions, newest first. */
export async function poolRules(db: Reader, now: Date): Promise<PoolRuleRow[]> {
  return db.rows<PoolRuleRow>(sql`
    select version, effective_from, rule, note, actor, created_at, ${calledOff},
      ${inForceSql('point_pool_rules', now)} as in_force
    from point_pool_rules order by version desc`)
}

/** Adds a version, from now or later on; answers its number. Throws `point_pool_rule.in_past`. */
export async function addPoolRule(
  tx: Tx,
  input: { rule: PoolRule; note?: string | undefined; effective_from?: Date | undefined },
): Promise<number> {
  const effective_from = input.effective_from ?? tx.now
  if (effective_from < tx.now)
    throw new AppError('point_pool_rule.in_past', { effective_from: effective_from.toISOString() })
  await tx.run(sql`select pg_advisory_xact_lock(${versionsLock}::bigint)`)
  const added = await tx.row<{ version: number }>(sql`
    insert into point_pool_rules (version, effective_from, rule, note, actor, created_at)
    select coalesce(max(version), 0) + 1, ${effective_from}::timestamptz, ${JSON.stringify(input.rule)}::jsonb,
      ${input.note ?? ''}::text, ${actorText(tx.actor)}::text, ${tx.now}::timestamptz
    from point_pool_rules returning version`)
  const noun_id = String(added!.version)
  await audit(tx, [{ action: 'point_pool_rule.added', noun: 'point_pool_rules', noun_id, after: { ...input.rule } }])
  return added!.version
}

/** Calls off a version that has not begun. Throws `point_pool_rule.not_found`, `point_pool_rule.already_begun`. */
export function callOffPoolRule(tx: Tx, version: number): Promise<void> {
  return callOffVersion(tx, { table: 'point_pool_rules', code: 'point_pool_rule.already_begun', version })
}

async function ruleInForce(tx: Tx): Promise<PoolRule> {
  const rule = (await poolRules(tx, tx.now)).find((one) => one.in_force)?.rule
  if (!rule?.is_on) throw new AppError('pool.off')
  return rule
}

/** Of these who are members that live, and in which pool each is. */
async function standingOf(tx: Tx, member_ids: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await tx.rows<{ member_id: string; pool_id: string | null }>(sql`
    select m.member_id, p.pool_id from members m
    left join point_pool_members p on p.member_id = m.member_id and p.left_at is null
    where m.member_id = any (${member_ids}::uuid[]) and m.kind = 'member' and m.merged_into is null
      and m.erased_at is null`)
  return new Map(rows.map((row) => [row.member_id, row.pool_id]))
}

function insistFree(standing: ReadonlyMap<string, string | null>, member_id: string): void {
  if (!standing.has(member_id)) throw new AppError('member.not_found', { member_id })
  if (standing.get(member_id) !== null) throw new AppError('pool.in_another', { member_id }, { status: 409 })
}

/**
 * Founds a pool of which the member is the head, alone until others join. Throws `pool.off`, `pool.in_another`,
 * `member.not_found`.
 */
export async function foundPool(tx: Tx, { head_id, name }: { head_id: string; name: string }): Promise<string> {
  const rule = await ruleInForce(tx)
  insistFree(await standingOf(tx, [head_id]), head_id)
  await lockWithMates(tx, [head_id])
  insistFree(await standingOf(tx, [head_id]), head_id)
  const pool_id = uuidv7(tx.now)
  await tx.run(sql`
    insert into point_pools (pool_id, name, head_id, created_at, actor)
    values (${pool_id}::uuid, ${name.trim()}::text, ${head_id}::uuid, ${tx.now}::timestamptz,
      ${actorText(tx.actor)}::text)`)
  await enter(tx, pool_id, head_id)
  await audit(tx, [
    { action: 'pool.founded', noun: 'members', noun_id: head_id, after: { pool_id, members_max: rule.members_max } },
  ])
  return pool_id
}

/**
 * Who joins shares from now on; in it already: nothing. Throws `pool.off`, `pool.not_found`, `pool.full`,
 * `pool.in_another`, `member.not_found`.
 */
export async function joinPool(
  tx: Tx,
  { pool_id, member_id }: { pool_id: string; member_id: string },
): Promise<void> {
  const { members_max } = await ruleInForce(tx)
  const head_id = await headOf(tx, pool_id)
  if (!(await standingOf(tx, [member_id])).has(member_id)) throw new AppError('member.not_found', { member_id })
  await lockWithMates(tx, [head_id, member_id])
  const standing = await standingOf(tx, [member_id])
  if (standing.get(member_id) === pool_id) return
  insistFree(standing, member_id)
  // the pool may have ended, and others joined, while this waited
  await headOf(tx, pool_id)
  if ((await countOf(tx, pool_id)) >= members_max) throw new AppError('pool.full', { members_max })
  await enter(tx, pool_id, member_id)
}

/** The head of a pool that lives. Throws `pool.not_found`. */
async function headOf(db: Reader, pool_id: string): Promise<string> {
  const found = await db.row<{ head_id: string }>(sql`
    select head_id from point_pools where pool_id = ${pool_id}::uuid and ended_at is null`)
  if (!found) throw new AppError('pool.not_found')
  return found.head_id
}

/** May this member invite to the pool? Throws `pool.not_found`, `pool.not_head`, `pool.off`, `pool.full`. */
export async function mayInvite(
  tx: Tx,
  { pool_id, member_id }: { pool_id: string; member_id: string },
): Promise<void> {
  await insistHead(tx, { pool_id, member_id })
  const { members_max } = await ruleInForce(tx)
  if ((await countOf(tx, pool_id)) >= members_max) throw new AppError('pool.full', { members_max })
}

/** Throws `pool.not_head` for who is in the pool without being its head, `pool.not_found` for anybody else. */
export async function insistHead(
  db: Reader,
  { pool_id, member_id }: { pool_id: string; member_id: string },
): Promise<void> {
  if ((await headOf(db, pool_id)) === member_id) return
  const inside = await db.row(sql`
    select from point_pool_members where member_id = ${member_id}::uuid and pool_id = ${pool_id}::uuid
      and left_at is null`)
  throw new AppError(inside ? 'pool.not_head' : 'pool.not_found')
}

async function countOf(tx: Tx, pool_id: string): Promise<number> {
  const found = await tx.row<{ n: number }>(sql`
    select count(*) as n from point_pool_members where pool_id = ${pool_id}::uuid and left_at is null`)
  return found!.n
}

async function enter(tx: Tx, pool_id: string, member_id: string): Promise<void> {
  await tx.run(sql`
    insert into point_pool_members (member_id, pool_id, joined_at, actor)
    values (${member_id}::uuid, ${pool_id}::uuid, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)`)
  await facts.write(tx, [{ name: 'pool.joined', member_id, occurred_at: tx.now, data: { pool_id } }])
}

/**
 * Who leaves shares no more; what was set aside for a purchase under way stays so. When the head leaves, the pool
 * passes to who has been in it longest; it ends when only one is left. Throws `pool.not_found` for a pool that the
 * member is not in.
 */
export async function leavePool(
  tx: Tx,
  { pool_id, member_id }: { pool_id: string; member_id: string },
): Promise<void> {
  await lockWithMates(tx, [member_id])
  const left = await tx.run(sql`
    update point_pool_members set left_at = ${tx.now}::timestamptz
    where member_id = ${member_id}::uuid and pool_id = ${pool_id}::uuid and left_at is null`)
  if (left === 0) throw new AppError('pool.not_found')
  await facts.write(tx, [{ name: 'pool.left', member_id, occurred_at: tx.now, data: { pool_id } }])
  await passOnHeads(tx, [pool_id])
}

/** Pools whose head is gone pass to who has been in them longest, or end where one is left, or none. */
export async function passOnHeads(tx: Tx, pool_ids: readonly string[]): Promise<void> {
  const last = await tx.rows<{ member_id: string; pool_id: string }>(sql`
    with headless as materialized (
      select pool.pool_id, count(mate.member_id) as n,
        (array_agg(mate.member_id order by mate.joined_at, mate.member_id))[1] as eldest
      from point_pools pool
      left join point_pool_members mate on mate.pool_id = pool.pool_id and mate.left_at is null
      where pool.pool_id = any (${pool_ids}::uuid[]) and pool.ended_at is null
      group by pool.pool_id, pool.head_id having bool_or(mate.member_id = pool.head_id) is not true
    ),
    changed as (
      update point_pools pool set
        head_id = case when headless.n > 1 then headless.eldest else pool.head_id end,
        ended_at = case when headless.n > 1 then null else ${tx.now}::timestamptz end
      from headless where pool.pool_id = headless.pool_id
    )
    update point_pool_members mate set left_at = greatest(mate.joined_at, ${tx.now}::timestamptz)
    from headless where mate.pool_id = headless.pool_id and mate.left_at is null and headless.n <= 1
    returning mate.member_id, mate.pool_id`)
  await facts.write(
    tx,
    last.map(({ member_id, pool_id }) => ({ name: 'pool.left', member_id, occurred_at: tx.now, data: { pool_id } })),
  )
}

/** Calls it something else. Throws `pool.not_found`. */
export async function renamePool(tx: Tx, pool_id: string, name: string): Promise<void> {
  const named = await tx.run(sql`
    update point_pools set name = ${name.trim()}::text where pool_id = ${pool_id}::uuid and ended_at is null`)
  if (named === 0) throw new AppError('pool.not_found')
}

/** The pool that a member is in, with all who are in it and what each could spend; undefined: in none. */
export async function poolOf(db: Db | Tx, member_id: string): Promise<Pool | undefined> {
  const rows = await db.rows<Omit<Pool, 'members' | 'available'> & Omit<Pool['members'][number], 'available'>>(sql`
    select pool.pool_id, pool.name, pool.head_id, pool.created_at, mate.member_id, mate.joined_at, m.display_name,
      m.number, mate.member_id = pool.head_id as is_head
    from point_pool_members mine
    join point_pools pool on pool.pool_id = mine.pool_id
    join point_pool_members mate on mate.pool_id = mine.pool_id and mate.left_at is null
    join members m on m.member_id = mate.member_id
    where mine.member_id = ${member_id}::uuid and mine.left_at is null
    order by is_head desc, mate.joined_at, mate.member_id`)
  if (rows.length === 0) return undefined
  const balances = await balancesOf(
    db,
    rows.map((row) => row.member_id),
  )
  const { pool_id, name, head_id, created_at } = rows[0]!
  return {
    ...{ pool_id, name, head_id, created_at },
    available: balances.reduce((sum, { available }) => sum + available, 0),
    members: rows.map(({ member_id: mate_id, display_name, number, joined_at, is_head }, i) => ({
      ...{ member_id: mate_id, display_name, number, joined_at, is_head },
      available: balances[i]!.available,
    })),
  }
}

/** Whether pools are on, and what a member may do with one: for a screen. */
export async function poolRuleNow(db: Db | Tx): Promise<PoolRule | null> {
  const now = typeof db.now === 'function' ? db.now() : db.now
  return (await poolRules(db, now)).find((one) => one.in_force)?.rule ?? null
}

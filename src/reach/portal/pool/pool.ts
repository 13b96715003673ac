/** A member's own pool: who is in it, and what they hold together. Of anybody else's holdings nothing is said alone. */
import type { Db, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import * as points from '../../../value/points/points.ts'
import { openPasses } from '../passing.ts'
import type { OwnPool } from './types.ts'

/** The pool as its own members see it, and whether there may be one. */
export async function ownPool(db: Db, member_id: string): Promise<OwnPool> {
  const now = db.now()
  const [rule, pool, [balance]] = await Promise.all([
    points.poolRuleNow(db),
    points.poolOf(db, member_id),
    points.spendableOf(db, [member_id]),
  ])
  const { available, pooled } = balance!
  const law = rule?.is_on ? { members_max: rule.members_max, spenders: rule.spenders } : null
  if (!pool) return { rule: law, pool: null }
  const { pool_id, name, head_id, members } = pool
  const isHead = head_id === member_id
  const invitation = isHead ? ((await openPasses(db, member_id, now)).get(pool_id) ?? null) : null
  return {
    rule: law,
    pool: {
      ...{ pool_id, name, is_head: isHead, available, pooled, invitation },
      members: members.map(({ member_id: mate_id, display_name, joined_at, is_head }) => ({
        ...{ display_name, joined_at, is_head },
        member_id: mate_id,
        is_me: mate_id === member_id,
      })),
    },
  }
}

/** The pool that a member is in. Throws `pool.not_found`. */
async function poolIdOf(tx: Tx, member_id: string): Promise<string> {
  const pool = await points.poolOf(tx, member_id)
  if (!pool) throw new AppError('pool.not_found')
  return pool.pool_id
}

/** Of the head alone. Throws `pool.not_found`, `pool.not_head`. */
async function headed(tx: Tx, member_id: string): Promise<string> {
  const pool_id = await poolIdOf(tx, member_id)
  await points.insistHead(tx, { pool_id, member_id })
  return pool_id
}

/** The head calls it something else. */
export async function rename(tx: Tx, member_id: string, name: string): Promise<void> {
  await points.renamePool(tx, await headed(tx, member_id), name)
}

/** Leaves the own pool. */
export async function leave(tx: Tx, member_id: string): Promise<void> {
  await points.leavePool(tx, { pool_id: await poolIdOf(tx, member_id), member_id })
}

/** The head removes somebody from the pool. Throws `pool.not_found` for who is not in it. */
export async function remove(tx: Tx, member_id: string, mate_id: string): Promise<void> {
  await points.leavePool(tx, { pool_id: await headed(tx, member_id), member_id: mate_id })
}

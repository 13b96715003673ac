/** A manager's word for one act beyond a clerk's limit: six digits that work once, for ten minutes. */
import { createHash, randomInt } from 'node:crypto'
import { actorText } from '../../../base/actor.ts'
import type { Db, Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { isUuid } from '../../../base/ids.ts'
import { sql } from '../../../base/sql.ts'
import { addMs, dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { audit } from '../../../record/staff/staff.ts'
import { approvals_mistyped_max, noteMistyped } from './alarms.ts'
import { useRequest } from './requests.ts'
import type { Clerk } from './settings.ts'
import type { NewApprovalRequest } from './types.ts'

/** The manager says it across the counter; ten minutes is a queue. */
const approval_minutes = 10
const shown_max = 50

const hashOf = (approval: string) => createHash('sha256').update(approval.replace(/\D/g, '')).digest()

/** Makes a code; answers it this once. */
export async function approve(tx: Tx): Promise<{ approval_id: string; approval: string; expires_at: Date }> {
  const approval = String(randomInt(1_000_000)).padStart(6, '0')
  const expires_at = addMs(tx.now, approval_minutes * 60_000)
  const made = await tx.row<{ approval_id: string }>(sql`
    insert into till_approvals (code_hash, made_by, made_by_name, created_at, expires_at)
    values (${hashOf(approval)}::bytea, ${actorText(tx.actor)}::text, ${tx.actor.name}::text,
      ${tx.now}::timestamptz, ${expires_at}::timestamptz)
    returning approval_id`)
  await audit(tx, [{ action: 'till.approval_made', noun: 'till', noun_id: made!.approval_id }])
  return { approval_id: made!.approval_id, approval, expires_at }
}

/** The newest codes: who made them, and what for they were used. */
export async function approvals(db: Reader) {
  return db.rows<{
    approval_id: string
    made_by_name: string
    created_at: Date
    expires_at: Date
    used_at: Date | null
    used_by_name: string | null
    used_for: string | null
  }>(sql`
    select approval_id, made_by_name, created_at, expires_at, used_at, used_by_name, used_for
    from till_approvals order by approval_id desc limit ${shown_max}::int`)
}

/**
 * Looks at a code before anything is done with it, outside the act's transaction, so that a wrong one stays noted when
 * the act is refused. The row of the person's day is locked first: of any number of tries at once, no more are looked
 * at than a day has. One of their own that is used is no guess; `useApproval` refuses it. Throws
 * `till.approval_unusable`, `till.approval_locked`.
 */
export async function insistOnCode(db: Db, { actor }: Clerk, approval: string | undefined): Promise<void> {
  // the id of a request opens nothing but what was asked, and for who asked: it is no guess
  if (approval === undefined || isUuid(approval)) return
  const now = db.now()
  const isKnown = await db.tx({ actor, now }, async (tx) => {
    const day = dayOf(now, (await program.current(tx)).time_zone)
    const tried = await tx.row<{ codes_mistyped: number }>(sql`
      insert into till_clerk_days as known (actor, day) values (${actorText(actor)}::text, ${day}::date)
      on conflict (actor, day) do update set codes_mistyped = known.codes_mistyped
      returning codes_mistyped`)
    if (tried!.codes_mistyped >= approvals_mistyped_max)
      throw new AppError('till.approval_locked', { tries: approvals_mistyped_max }, { status: 429 })
    const known = await tx.row(sql`
      select approval_id from till_approvals
      where code_hash = ${hashOf(approval)}::bytea and expires_at > ${now}::timestamptz
        and (used_at is null or used_by_name = ${actor.name}::text)`)
    if (!known) await noteMistyped(tx, 'approval')
    return Boolean(known)
  })
  if (!isKnown) throw new AppError('till.approval_unusable', {}, { status: 403 })
}

/**
 * Uses a code, or a request that was allowed, up for one act; answers who allowed it. Throws `till.approval_unusable`.
 */
export async function useApproval(
  tx: Tx,
  approval: string,
  act: Pick<NewApprovalRequest, 'kind' | 'amount'>,
): Promise<string> {
  if (isUuid(approval)) return useRequest(tx, approval, act)
  const used_for = `${act.kind} ${act.amount}`
  const used = await tx.row<{ approval_id: string; made_by_name: string }>(sql`
    update till_approvals set used_at = ${tx.now}::timestamptz, used_by_name = ${tx.actor.name}::text,
      used_for = ${used_for}::text
    where approval_id = (
        select approval_id from till_approvals
        where code_hash = ${hashOf(approval)}::bytea and used_at is null and expires_at > ${tx.now}::timestamptz
        order by approval_id limit 1
      ) and used_at is null
    returning approval_id, made_by_name`)
  if (!used) throw new AppError('till.approval_unusable', {}, { status: 403 })
  const after = { used_for, made_by: used.made_by_name }
  await audit(tx, [{ action: 'till.approval_used', noun: 'till', noun_id: used.approval_id, after }])
  return used.made_by_name
}

/**
 * Asking a manager without a word: the clerk's act beyond the limit stands on the manager's own counter, one tap allows
 * it. What was allowed is that act of that clerk, once.
 */
import { actorText, type Actor } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import { audit } from '../../../record/staff/staff.ts'
import { insistOnStore } from './settings.ts'
import type { ApprovalAsked, NewApprovalRequest } from './types.ts'

/** The customer waits: who has not answered by then was not looking. */
const waits_ms = 3 * 60_000
/** As a code: a queue. */
const allowed_ms = 10 * 60_000
const shown_max = 20

type State = ApprovalAsked['state']

/**
 * Asks; what the same person had asked before and nobody has answered is asked no more. Throws `till.not_your_store`.
 */
export async function askApproval(
  tx: Tx,
  wanted: NewApprovalRequest,
): Promise<{ request_id: string; expires_at: Date }> {
  const { kind, amount, store_id = null, member_id = null } = wanted
  await insistOnStore(tx, tx, store_id)
  const expires_at = addMs(tx.now, waits_ms)
  const asked_by = actorText(tx.actor)
  const made = await tx.row<{ request_id: string }>(sql`
    with before as (
      update till_approval_requests set expires_at = ${tx.now}::timestamptz
      where asked_by = ${asked_by}::text and decided_at is null and expires_at > ${tx.now}::timestamptz
    )
    insert into till_approval_requests (kind, amount, store_id, member_id, asked_by, asked_by_name, asked_at,
      expires_at)
    values (${kind}::text, ${amount}::bigint, ${store_id}::uuid, ${member_id}::uuid, ${asked_by}::text,
      ${tx.actor.name}::text, ${tx.now}::timestamptz, ${expires_at}::timestamptz)
    returning request_id`)
  return { request_id: made!.request_id, expires_at }
}

interface Row {
  is_allowed: boolean | null
  decided_at: Date | null
  decided_by_name: string | null
  used_at: Date | null
  expires_at: Date
}

function stateAt({ is_allowed, decided_at, used_at, expires_at }: Row, now: Date): State {
  if (used_at !== null) return 'used'
  if (decided_at === null) return expires_at > now ? 'waiting' : 'over'
  if (!is_allowed) return 'refused'
  return addMs(decided_at, allowed_ms) > now ? 'allowed' : 'over'
}

/** What became of one's own request. Throws `till.request_not_found`. */
export async function askedOf(
  db: Reader & { now(): Date },
  actor: Actor,
  request_id: string,
): Promise<ApprovalAsked> {
  const row = await db.row<Row>(sql`
    select is_allowed, decided_at, decided_by_name, used_at, expires_at from till_approval_requests
    where request_id = ${request_id}::uuid and asked_by = ${actorText(actor)}::text`)
  if (!row) throw new AppError('till.request_not_found', { request_id }, { status: 404 })
  return { request_id, state: stateAt(row, db.now()), decided_by_name: row.decided_by_name }
}

/** What waits for a manager of these stores (null: every one), the oldest first; never their own. */
export async function openRequests(
  db: Reader,
  { actor, now, store_ids }: { actor: Actor; now: Date; store_ids: readonly string[] | null },
) {
  return db.rows<{
    request_id: string
    kind: NewApprovalRequest['kind']
    amount: number
    display_name: string | null
    store_name: string | null
    asked_by_name: string
    asked_at: Date
    expires_at: Date
  }>(sql`
    select r.request_id, r.kind, r.amount, m.display_name, s.name as store_name, r.asked_by_name, r.asked_at,
      r.expires_at
    from till_approval_requests r left join members m on m.member_id = r.member_id
    left join stores s on s.store_id = r.store_id
    where r.decided_at is null and r.expires_at > ${now}::timestamptz and r.asked_by <> ${actorText(actor)}::text
      and (${store_ids}::uuid[] is null or r.store_id is null or r.store_id = any (${store_ids}::uuid[]))
    order by r.asked_at limit ${shown_max}::int`)
}

/**
 * A manager's yes or no. Again: the same answer. Throws `till.request_not_found`, `till.request_over` (too late, or
 * answered the other way).
 */
export async function decideRequest(tx: Tx, request_id: string, allow: boolean): Promise<ApprovalAsked> {
  const found = await tx.row<Row & { store_id: string | null; asked_by: string; kind: string; amount: number }>(sql`
    select * from till_approval_requests where request_id = ${request_id}::uuid for update`)
  // nobody allows their own
  if (!found || found.asked_by === actorText(tx.actor))
    throw new AppError('till.request_not_found', { request_id }, { status: 404 })
  await insistOnStore(tx, tx, found.store_id)
  const state = stateAt(found, tx.now)
  const { decided_by_name } = found
  if (found.decided_at !== null && found.is_allowed === allow) return { request_id, state, decided_by_name }
  if (state !== 'waiting') throw new AppError('till.request_over', { state }, { status: 409 })
  await tx.run(sql`
    update till_approval_requests set decided_at = ${tx.now}::timestamptz, decided_by_name = ${tx.actor.name}::text,
      is_allowed = ${allow}::boolean
    where request_id = ${request_id}::uuid`)
  const after = { kind: found.kind, amount: found.amount, asked_by: found.asked_by, allowed: allow }
  await audit(tx, [{ action: 'till.request_decided', noun: 'till', noun_id: request_id, after }])
  return { request_id, state: allow ? 'allowed' : 'refused', decided_by_name: tx.actor.name }
}

/** Uses up what was allowed for this act of this person; answers who allowed it. Throws `till.approval_unusable`. */
export async function useRequest(
  tx: Tx,
  request_id: string,
  act: { kind: NewApprovalRequest['kind']; amount: number },
): Promise<string> {
  const used = await tx.row<{ decided_by_name: string }>(sql`
    update till_approval_requests set used_at = ${tx.now}::timestamptz
    where request_id = ${request_id}::uuid and asked_by = ${actorText(tx.actor)}::text and is_allowed
      and used_at is null and kind = ${act.kind}::text and amount >= ${act.amount}::bigint
      and decided_at > ${addMs(tx.now, -allowed_ms)}::timestamptz
    returning decided_by_name`)
  if (!used) throw new AppError('till.approval_unusable', {}, { status: 403 })
  const after = { used_for: `${act.kind} ${act.amount}`, made_by: used.decided_by_name }
  await audit(tx, [{ action: 'till.approval_used', noun: 'till', noun_id: request_id, after }])
  return used.decided_by_name
}

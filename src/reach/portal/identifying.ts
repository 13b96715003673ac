/** Whose code is this? For tills: what is shown by a member standing there. */
import { actorText, type Actor } from '../../base/actor.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { write } from '../../base/facts.ts'
import { namedUuid, uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import * as counter from '../counter/counter.ts'
import { secretOf } from './queries.ts'
import { judge, masked, readCode } from './rules.ts'
import type { Identified, IdentifyInput } from './types.ts'

/** A device knows the time within a second or two of each answer; its own clock may lose as much in a day. */
const offline_slack_steps = 1

interface Shown {
  member_id: string
  number: number
  display_name: string | null
}

/**
 * The member behind a scanned or typed code. A code for spending is taken once: shown again it is refused and the
 * attempt kept, which is why this opens a transaction of its own; the same `scan_id` gets the same answer. Throws
 * `portal_code.refused`, `portal_code.expired`, `portal_code.shown_before` (409).
 */
export async function identify(db: Db, given: IdentifyInput, actor: Actor): Promise<Identified> {
  const now = db.now()
  // forged and old codes are told apart without a look into the database
  const judged = judge(await secretOf(db), readCode(given.code), now)
  if ('refused' in judged) {
    if (judged.refused === 'portal_code.refused')
      await db.tx({ actor, now }, (tx) => counter.noteMistyped(tx, 'member'))
    throw new AppError(judged.refused)
  }
  const member = await memberOf(db, judged.number)
  if (!member) throw new AppError('portal_code.refused')
  if (!judged.may_spend) return { ...member, display_name: masked(member.display_name), may_spend: false }
  const shown = { member_id: member.member_id, step: judged.step, scan_id: given.scan_id ?? uuidv7(now) }
  const isFirst = await db.tx({ actor, now }, async (tx) => {
    const first = await takeCode(tx, shown)
    if (first) await counter.notePresent(tx, { member_id: member.member_id, till: given.till ?? null })
    return first
  })
  if (!isFirst) throw new AppError('portal_code.shown_before', {}, { status: 409 })
  return { ...member, may_spend: true }
}

/** Takes a code once: true for the first look, and for that look again; the attempt of another is kept and told. */
async function takeCode(tx: Tx, shown: { member_id: string; step: number; scan_id: string }): Promise<boolean> {
  const { member_id, step, scan_id } = shown
  const actor = actorText(tx.actor)
  const row = await tx.row<{ scan_id: string }>(sql`
    insert into portal_shown_codes as held (member_id, step, scan_id, shown_at, actor)
    values (${member_id}::uuid, ${step}::bigint, ${scan_id}::uuid, ${tx.now}::timestamptz, ${actor}::text)
    on conflict (member_id, step) do update set
      replays = held.replays + (held.scan_id <> excluded.scan_id)::int,
      replayed_at = case when held.scan_id <> excluded.scan_id then excluded.shown_at else held.replayed_at end
    returning scan_id`)
  if (row!.scan_id === scan_id) return true
  await write(tx, [{ name: 'portal_code.shown_again', member_id, occurred_at: tx.now, data: { actor, step } }])
  return false
}

/**
 * Whose code was shown without a network at a moment; taken once like any other. Answers what is wrong with it, and
 * throws nothing: the customer has left.
 */
export async function proves(tx: Tx, { code, at, of }: counter.ShownCode): Promise<{ member_id: string } | AppError> {
  const judged = judge(await secretOf(tx), readCode(code), at, offline_slack_steps)
  if ('refused' in judged) return new AppError(judged.refused)
  if (!judged.may_spend) return new AppError('till.code_needed', {})
  const member = await memberOf(tx, judged.number)
  if (!member) return new AppError('portal_code.refused')
  const { member_id } = member
  const isFirst = await takeCode(tx, { member_id, step: judged.step, scan_id: namedUuid(of) })
  return isFirst ? { member_id } : new AppError('portal_code.shown_before', {}, { status: 409 })
}

/** Cards printed before a merge lead to the kept member. */
async function memberOf(db: Reader, number: number): Promise<Shown | undefined> {
  return db.row<Shown>(sql`
    select kept.member_id, kept.number, kept.display_name
    from members m join members kept on kept.member_id = coalesce(m.merged_into, m.member_id)
    where m.number = ${number}::bigint and kept.kind = 'member' and kept.erased_at is null`)
}

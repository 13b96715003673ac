/** Whose code is this? For tills: what is shown by a member standing there. */
import { actorText, type Actor } from '../../base/actor.ts'
import type { Db } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { write } from '../../base/facts.ts'
import { uuidv7 } from '../../base/ids.ts'
import { sql } from '../../base/sql.ts'
import * as counter from '../counter/counter.ts'
import { secretOf } from './queries.ts'
import { judge, masked, readCode } from './rules.ts'
import type { Identified } from './types.ts'

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
export async function identify(db: Db, given: { code: string; scan_id?: string }, actor: Actor): Promise<Identified> {
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
  const scan_id = given.scan_id ?? uuidv7(now)
  const taken = await db.tx({ actor, now }, async (tx) => {
    const row = await tx.row<{ scan_id: string }>(sql`
      insert into portal_shown_codes as held (member_id, step, scan_id, shown_at, actor)
      values (${member.member_id}::uuid, ${judged.step}::bigint, ${scan_id}::uuid, ${now}::timestamptz,
        ${actorText(actor)}::text)
      on conflict (member_id, step) do update set
        replays = held.replays + (held.scan_id <> excluded.scan_id)::int,
        replayed_at = case when held.scan_id <> excluded.scan_id then excluded.shown_at else held.replayed_at end
      returning scan_id`)
    if (row!.scan_id !== scan_id) {
      const data = { actor: actorText(actor), step: judged.step }
      await write(tx, [{ name: 'portal_code.shown_again', member_id: member.member_id, occurred_at: now, data }])
    } else await counter.notePresent(tx, member.member_id)
    return row
  })
  if (taken!.scan_id !== scan_id) throw new AppError('portal_code.shown_before', {}, { status: 409 })
  return { ...member, may_spend: true }
}

/** Cards printed before a merge lead to the kept member. */
async function memberOf(db: Db, number: number): Promise<Shown | undefined> {
  return db.row<Shown>(sql`
    select kept.member_id, kept.number, kept.display_name
    from members m join members kept on kept.member_id = coalesce(m.merged_into, m.member_id)
    where m.number = ${number}::bigint and kept.kind = 'member' and kept.erased_at is null`)
}

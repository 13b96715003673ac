/**
 * Whether the member stands at the desk. A phone number said aloud is enough to earn; to spend points or stored value
 * the member shows the code that turns, and whoever took it may spend with them for a while. Keys of shop systems ask
 * their customers themselves.
 */
import { actorText, type Actor } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import { pairSql, type MergePair } from '../../../record/members/members.ts'
import type { Quote } from '../types.ts'
import { rulesOf } from './settings.ts'

/** As long as a hold may live: ringing up, a second attempt at the terminal. */
const present_ms = 15 * 60_000

/** The member has shown a code for spending to whoever acts. */
export async function notePresent(tx: Tx, member_id: string): Promise<void> {
  const actor = actorText(tx.actor)
  await tx.run(sql`
    with old as (
      delete from till_presences where actor = ${actor}::text and member_id <> ${member_id}::uuid
        and shown_at <= ${addMs(tx.now, -present_ms)}::timestamptz
    )
    insert into till_presences as known (member_id, actor, shown_at)
    values (${member_id}::uuid, ${actor}::text, ${tx.now}::timestamptz)
    on conflict (member_id, actor) do update set shown_at = greatest(known.shown_at, excluded.shown_at)`)
}

/** The members of these with whom this person may not spend now; empty for keys and where the owner asks for none. */
export async function absentOf(
  db: Reader,
  { actor, now, member_ids }: { actor: Actor; now: Date; member_ids: readonly string[] },
): Promise<Set<string>> {
  if (actor.kind !== 'staff' || member_ids.length === 0) return new Set()
  if (!(await rulesOf(db)).spending_needs_code) return new Set()
  const rows = await db.rows<{ member_id: string }>(sql`
    select asked.member_id from unnest(${member_ids}::uuid[]) as asked (member_id)
    where not exists (select from till_presences p where p.member_id = asked.member_id
      and p.actor = ${actorText(actor)}::text and p.shown_at > ${addMs(now, -present_ms)}::timestamptz)`)
  return new Set(rows.map(({ member_id }) => member_id))
}

/** Notes on each purchase that spends what its member must be there for, where they are not. */
export async function insistOnPresence(
  tx: Tx,
  wanted: readonly { member_id: string; quote: Quote }[],
): Promise<void> {
  const spending = wanted.filter(({ quote }) => quote.points.used > 0 || quote.payments.length > 0)
  const member_ids = [...new Set(spending.map((one) => one.member_id))]
  const absent = await absentOf(tx, { actor: tx.actor, now: tx.now, member_ids })
  for (const { member_id, quote } of spending)
    if (absent.has(member_id)) quote.refusals.push({ code: 'till.code_needed', params: {} })
}

/** Who was there as either is there as the kept one. */
export async function movePresences(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from till_presences p using pair where p.member_id = pair.merged
      returning pair.keep, p.actor, p.shown_at)
    insert into till_presences as known (member_id, actor, shown_at)
    select keep, actor, max(shown_at) from gone group by keep, actor
    on conflict (member_id, actor) do update set shown_at = greatest(known.shown_at, excluded.shown_at)`)
}

/**
 * Whether the member stands at the desk. A phone number said aloud is enough to earn; to take something of theirs the
 * member shows the code that turns, and whoever took it may go on with them at that till for a while. Keys of shop
 * systems ask their customers themselves.
 */
import { actorText, type Actor } from '../../../base/actor.ts'
import type { Reader, Tx } from '../../../base/db.ts'
import { AppError } from '../../../base/errors.ts'
import { sql } from '../../../base/sql.ts'
import { addMs } from '../../../base/time.ts'
import { pairSql, type MergePair } from '../../../record/members/members.ts'
import type { Quote } from '../types.ts'
import { rulesOf } from './settings.ts'

/** As long as a hold may live: ringing up, a second attempt at the terminal. */
export const present_ms = 15 * 60_000

/** A member at a till; null: a person acts who did not say where. */
interface Place {
  member_id: string
  till: string | null
}
/** Whoever took a code without saying where goes on with it wherever they stand. */
const anywhere = ''

/** The member has shown a code for spending to whoever acts, at that till. */
export async function notePresent(tx: Tx, { member_id, till }: Place): Promise<void> {
  const actor = actorText(tx.actor)
  await tx.run(sql`
    with old as (
      delete from till_presences where actor = ${actor}::text and member_id <> ${member_id}::uuid
        and shown_at <= ${addMs(tx.now, -present_ms)}::timestamptz
    )
    insert into till_presences as known (member_id, actor, till, shown_at)
    values (${member_id}::uuid, ${actor}::text, ${till ?? anywhere}::text, ${tx.now}::timestamptz)
    on conflict (member_id, actor, till) do update set shown_at = greatest(known.shown_at, excluded.shown_at)`)
}

const keyOf = ({ member_id, till }: Place) => `${member_id} ${till ?? anywhere}`

/** Where this person may not take anything of these members now; never for keys, or if the owner asks for no codes. */
export async function absentAt(
  db: Reader,
  { actor, now, places }: { actor: Actor; now: Date; places: readonly Place[] },
): Promise<(place: Place) => boolean> {
  if (actor.kind !== 'staff' || places.length === 0) return () => false
  if (!(await rulesOf(db)).spending_needs_code) return () => false
  const rows = await db.rows<Place>(sql`
    select distinct asked.member_id, asked.till
    from unnest(${places.map((one) => one.member_id)}::uuid[],
      ${places.map((one) => one.till ?? anywhere)}::text[]) as asked (member_id, till)
    where not exists (select from till_presences p where p.member_id = asked.member_id
      and p.actor = ${actorText(actor)}::text and p.till in (${anywhere}::text, asked.till)
      and p.shown_at > ${addMs(now, -present_ms)}::timestamptz)`)
  const absent = new Set(rows.map(keyOf))
  return (place) => absent.has(keyOf(place))
}

/** Points, stored value or a coupon of the member's; a code on paper is whose hand it is in. */
const takes = ({ points, payments, coupons }: Quote) =>
  points.used > 0 || payments.length > 0 || coupons.some(({ coupon_id }) => coupon_id !== null)

/** Notes on each purchase that takes what its member must be there for, where they are not. */
export async function insistOnPresence(
  tx: Tx,
  wanted: readonly { member_id: string; source: string; quote: Quote }[],
): Promise<void> {
  const taking = wanted.filter(({ quote }) => takes(quote))
  const placeOf = ({ member_id, source: till }: { member_id: string; source: string }) => ({ member_id, till })
  const isAbsent = await absentAt(tx, { actor: tx.actor, now: tx.now, places: taking.map(placeOf) })
  for (const one of taking)
    if (isAbsent(placeOf(one))) one.quote.refusals.push({ code: 'till.code_needed', params: {} })
}

/** The same for what is used or handed out without a purchase. Throws `till.code_needed`. */
export async function insistOnPresent(tx: Tx, place: Place): Promise<void> {
  const isAbsent = await absentAt(tx, { actor: tx.actor, now: tx.now, places: [place] })
  if (isAbsent(place)) throw new AppError('till.code_needed', {}, { status: 403 })
}

/** Who was there as either is there as the kept one. */
export async function movePresences(tx: Tx, pairs: readonly MergePair[]): Promise<void> {
  await tx.run(sql`
    with ${pairSql(pairs)},
    gone as (delete from till_presences p using pair where p.member_id = pair.merged
      returning pair.keep, p.actor, p.till, p.shown_at)
    insert into till_presences as known (member_id, actor, till, shown_at)
    select keep, actor, till, max(shown_at) from gone group by keep, actor, till
    on conflict (member_id, actor, till) do update set shown_at = greatest(known.shown_at, excluded.shown_at)`)
}

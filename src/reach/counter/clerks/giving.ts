/** Points that a clerk gives by hand: a small apology, within the day's limit, with its reason. */
import { actorText } from '../../../base/actor.ts'
import type { Tx } from '../../../base/db.ts'
import { sql } from '../../../base/sql.ts'
import { dayOf } from '../../../base/time.ts'
import * as program from '../../../record/program/program.ts'
import { audit } from '../../../record/staff/staff.ts'
import * as points from '../../../value/points/points.ts'
import { countAct } from './limits.ts'
import { insistOnStore, type Clerk } from './settings.ts'

const source = 'till_given'

/** The same `source_id` again answers the same. Throws `till.over_limit`, `till.not_your_store`, `member.not_found`. */
export async function givePoints(
  tx: Tx,
  wanted: { member_id: string; points: number; reason: string; source_id: string; store_id: string | null },
  act: { clerk: Clerk; approval: string | undefined },
): Promise<{ points: number; available: number }> {
  const { member_id, source_id, reason, store_id } = wanted
  await points.memberExists(tx, member_id)
  const before = await tx.row<{ points: number }>(sql`
    select points from till_given_points where member_id = ${member_id}::uuid and source_id = ${source_id}::text`)
  if (!before) {
    await insistOnStore(tx, act.clerk, store_id)
    const approved_by_name = await countAct(tx, { kind: 'points', amount: wanted.points, ...act })
    const [outcome] = await points.adjust(tx, [{ member_id, points: wanted.points, reason, source, source_id }])
    const { entry_id } = points.insist(outcome!)
    const { time_zone } = await program.current(tx)
    await tx.run(sql`
      insert into till_given_points (member_id, source_id, entry_id, points, store_id, reason, actor, actor_name,
        approved_by_name, given_at, given_on)
      values (${member_id}::uuid, ${source_id}::text, ${entry_id}::bigint, ${wanted.points}::bigint, ${store_id}::uuid,
        ${reason}::text, ${actorText(tx.actor)}::text, ${tx.actor.name}::text, ${approved_by_name}::text,
        ${tx.now}::timestamptz, ${dayOf(tx.now, time_zone)}::date)`)
    const after = { points: wanted.points, entry_id, approved_by: approved_by_name }
    await audit(tx, [{ action: 'till.points_given', noun: 'members', noun_id: member_id, after }])
  }
  const [balance] = await points.balanceOf(tx, [member_id])
  return { points: before?.points ?? wanted.points, available: balance!.available }
}

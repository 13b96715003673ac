/** What the clock does for points: lots begin and end, holds end. Costs by who is due. */
import type { Db, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { dayOf } from '../../base/time.ts'
import * as program from '../../record/program/program.ts'
import { endHolds, holdsDue } from './holds.ts'
import { book } from './ledger.ts'
import { lock } from './locking.ts'
import type { Want } from './wants.ts'

/** Lots that clock work looks at in one transaction: some tenths of a second of locks. */
export const settled_lots_max = 10_000

/** Activates lots whose day has come, at most `limit`; answers how many lots it saw. Costs by who is due. */
export async function activateDue(tx: Tx, limit = settled_lots_max): Promise<number> {
  const { time_zone } = await program.current(tx)
  const due = await tx.rows<{ member_id: string }>(sql`
    select member_id from point_lots where status = 'pending' and remaining > 0
      and activates_on <= ${dayOf(tx.now, time_zone)}::date
    order by activates_on limit ${limit}::int`)
  await settleMembers(tx, due, time_zone)
  return due.length
}

/** Lets lots expire whose last day is over, at most `limit`; answers how many lots it saw. Costs by who is due. */
export async function expireDue(tx: Tx, limit = settled_lots_max): Promise<number> {
  const { time_zone } = await program.current(tx)
  const ending = await holdsDue(tx)
  const due = await tx.rows<{ member_id: string }>(sql`
    select member_id from point_lots
    where remaining > 0 and expires_on is not null and expires_on < ${dayOf(tx.now, time_zone)}::date
      -- a lot that is held outlives its last day until the hold ends
      and not exists (select from point_holds hold where hold.member_id = point_lots.member_id
        and hold.status = 'held' and hold.expires_at > ${tx.now}::timestamptz
        and hold.lots @> jsonb_build_array(jsonb_build_object('lot_id', point_lots.lot_id)))
    order by expires_on limit ${limit}::int`)
  // all locked at once, in the order that all share: a refund of this moment has left its debt by then, or waits
  if (ending.length > 0) await lock(tx, [...ending, ...due.map((row) => row.member_id)])
  await settleMembers(tx, [...due, ...(await owing(tx, ending))], time_zone)
  if (ending.length > 0) await endHolds(tx, ending)
  return due.length
}

/** Who of these owes: looked into, a purse pays from what holds leave free. */
async function owing(tx: Tx, member_ids: readonly string[]): Promise<{ member_id: string }[]> {
  if (member_ids.length === 0) return []
  return tx.rows<{ member_id: string }>(sql`
    select member_id from point_balances where member_id = any (${member_ids}::uuid[]) and debt > 0`)
}

async function settleMembers(tx: Tx, due: readonly { member_id: string }[], zone: string): Promise<void> {
  const day = dayOf(tx.now, zone)
  const members = [...new Set(due.map((row) => row.member_id))]
  await book(
    tx,
    members.map((member_id): Want => ({
      kind: 'settle',
      member_id,
      occurred_at: tx.now,
      day,
      number: '',
      source: 'settle',
      source_id: '',
    })),
    { is_fresh: true },
  )
}

/**
 * Does all that is due by now, in one transaction after another: after an import of history, and when a demo's clock
 * jumps.
 */
export async function settleAll(
  db: Db,
  options: { actor: Tx['actor']; now?: Date; signal?: AbortSignal },
): Promise<void> {
  for (const due of [activateDue, expireDue]) {
    while (!options.signal?.aborted && (await db.tx({ ...options }, (tx) => due(tx))) === settled_lots_max);
  }
}

/** Messages of which nobody knows whether they left: only a person decides. */
import type { Tx } from '../../base/db.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { AppError } from '../../base/errors.ts'
import { sql } from '../../base/sql.ts'
import { findSend } from './sends.ts'

/**
 * Says what the uncertain messages of a wave were: `left` (counted as sent) or `again` (they wait once more, in a batch
 * of their own until a day from now, because their own time may have passed). Answers how many.
 */
export async function resolveUncertain(tx: Tx, send_id: string, as: 'left' | 'again'): Promise<number> {
  const send = await findSend(tx, send_id)
  if (!send) throw new AppError('send.not_found', { send_id })
  if (as === 'left') {
    return tx.run(sql`
      update messages set status = 'accepted', reason = 'confirmed_by_staff',
        sent_at = coalesce(sent_at, ${tx.now}::timestamptz)
      where send_id = ${send_id}::uuid and status = 'uncertain'`)
  }
  if (send.status === 'cancelled') throw new AppError('send.wrong_state', { status: send.status })
  const batch = await tx.row<{ batch_no: number }>(sql`
    update sends set last_batch_no = last_batch_no + 1 where send_id = ${send_id}::uuid
    returning last_batch_no as batch_no`)
  const moved = await tx.run(sql`
    update messages set status = 'waiting', reason = null, sent_at = null, attempts = 0,
      batch_no = ${batch!.batch_no}::int
    where send_id = ${send_id}::uuid and status = 'uncertain'`)
  await tx.run(sql`
    insert into message_batches (send_id, batch_no, size, status, run_at, not_after)
    values (${send_id}::uuid, ${batch!.batch_no}::int, ${moved}::int, 'waiting', ${tx.now}::timestamptz,
      ${addMs(tx.now, dayMs)}::timestamptz)`)
  return moved
}

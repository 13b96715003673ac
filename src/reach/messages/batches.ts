/**
 * What workers claim. A batch is a row of a local table (so `skip locked` may be used); its messages change state by
 * conditional updates only, so that whatever two workers believe, a message is taken from `waiting` once.
 */
import type { Db, Reader, Tx } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import { troubleSeconds } from './rules.ts'
import type { SendRow, Trouble } from './types.ts'

/** A worker that has not been heard of for so long is dead: its heart beats every 5 s, and a long pause of the machine
 * or the database must not be taken for death, since what it was sending then becomes uncertain. */
export const heartbeatSecondsMax = 60
export const heartbeatSeconds = 5

export interface Batch {
  send_id: string
  batch_no: number
  not_after: Date
  worker: string
}

/** Claims the batch that is due longest, or says there is none. Batches of paused waves are left lying. */
export async function claimBatch(tx: Tx, worker: string): Promise<{ batch: Batch; send: SendRow } | null> {
  await rescueBatches(tx)
  // a query that locks must run once: as a join's inner side it would run for each row and lock another each time
  const batch = await tx.row<Batch>(sql`
    with next as materialized (
      select due.send_id, due.batch_no
      from message_batches due join sends send on send.send_id = due.send_id
      where due.status = 'waiting' and due.run_at <= ${tx.now}::timestamptz and send.status = 'open'
        and coalesce((send.trouble->>'again_at')::timestamptz <= ${tx.now}::timestamptz, true)
      order by due.run_at, due.send_id, due.batch_no limit 1
      for update of due skip locked
    )
    update message_batches batch
    set status = 'sending', worker = ${worker}::text, heartbeat_at = ${tx.now}::timestamptz
    from next
    where batch.send_id = next.send_id and batch.batch_no = next.batch_no
    returning batch.send_id, batch.batch_no, batch.not_after, batch.worker`)
  if (!batch) return null
  const send = await tx.row<SendRow>(sql`select * from sends where send_id = ${batch.send_id}::uuid`)
  return { batch, send: send! }
}

/** The channels whose sending leaves nothing outside: what their dead workers held simply waits again. */
export const insideChannels = ['outbox', 'file']

/**
 * Gives back the batches of dead workers. What was on its way to a provider is now *uncertain*: it may have left, so
 * nobody sends it again by itself.
 */
async function rescueBatches(tx: Tx): Promise<void> {
  const dead = await tx.rows<{ send_id: string; batch_no: number }>(sql`
    with dead as materialized (
      select send_id, batch_no from message_batches
      where status = 'sending' and heartbeat_at < ${addMs(tx.now, -heartbeatSecondsMax * 1000)}::timestamptz
      for update skip locked
    )
    update message_batches batch set status = 'waiting', worker = null, heartbeat_at = null
    from dead
    where batch.send_id = dead.send_id and batch.batch_no = dead.batch_no
    returning batch.send_id, batch.batch_no`)
  if (dead.length === 0) return
  await tx.run(sql`
    update messages set
      status = case when send.channel = any (${insideChannels}::text[]) then 'waiting' else 'uncertain' end,
      reason = case when send.channel = any (${insideChannels}::text[]) then null else 'worker_lost' end
    from unnest(${dead.map((batch) => batch.send_id)}::uuid[], ${dead.map((batch) => batch.batch_no)}::int[])
      as lost (send_id, batch_no)
    join sends send on send.send_id = lost.send_id
    where messages.send_id = lost.send_id and messages.batch_no = lost.batch_no and messages.status = 'sending'`)
}

/**
 * Is the batch still this worker's, and may it go on? The update is the lock under which a chunk is written: pausing,
 * cancelling and rescuing wait for it or are seen by it.
 */
export async function holdBatch(tx: Tx, batch: Batch): Promise<SendRow['status'] | 'lost'> {
  const held = await tx.row<{ status: SendRow['status'] }>(sql`
    update message_batches batch set heartbeat_at = ${tx.now}::timestamptz
    from sends send
    where batch.send_id = ${batch.send_id}::uuid and batch.batch_no = ${batch.batch_no}::int
      and batch.worker = ${batch.worker}::text and batch.status = 'sending' and send.send_id = batch.send_id
    returning send.status`)
  return held?.status ?? 'lost'
}

/** Between chunks: keeps the claim alive and tells whether the wave still runs. */
export async function beat(db: Db, batch: Batch): Promise<void> {
  await db.run(sql`
    update message_batches set heartbeat_at = ${db.now()}::timestamptz
    where send_id = ${batch.send_id}::uuid and batch_no = ${batch.batch_no}::int and worker = ${batch.worker}::text
      and status = 'sending'`)
}

export async function sendStatusOf(db: Reader, send_id: string): Promise<SendRow['status'] | undefined> {
  return (
    await db.row<{ status: SendRow['status'] }>(sql`
    select status from sends where send_id = ${send_id}::uuid`)
  )?.status
}

/** Lets go of a batch: done when nothing of it waits, else due again when its first message is. */
export async function releaseBatch(tx: Tx, batch: Batch): Promise<void> {
  await tx.run(sql`
    update message_batches batch
    set worker = null, heartbeat_at = null,
      status = case when rest.waiting = 0 then 'done' else 'waiting' end,
      run_at = coalesce(rest.retry_at, batch.run_at)
    from (
      select count(*) filter (where status = 'waiting') as waiting,
        min(coalesce(retry_at, ${tx.now}::timestamptz)) filter (where status = 'waiting') as retry_at
      from messages where send_id = ${batch.send_id}::uuid and batch_no = ${batch.batch_no}::int
    ) rest
    where batch.send_id = ${batch.send_id}::uuid and batch.batch_no = ${batch.batch_no}::int
      and batch.worker = ${batch.worker}::text and batch.status = 'sending'`)
}

/** A batch taken for dead that turns out to hold messages nobody sent: somebody must look at it again. */
export async function reopenBatch(tx: Tx, batch: Batch): Promise<void> {
  await tx.run(sql`
    update message_batches set status = 'waiting'
    where send_id = ${batch.send_id}::uuid and batch_no = ${batch.batch_no}::int and status = 'done'`)
}

/** What has not left by its time stays, and says why (pain 14). */
export async function refuseLate(tx: Tx, batch: Batch): Promise<number> {
  return tx.run(sql`
    update messages set status = 'refused', reason = 'too_late'
    where send_id = ${batch.send_id}::uuid and batch_no = ${batch.batch_no}::int and status = 'waiting'`)
}

/** The whole channel is out of order: the wave rests, longer each time, and says why. */
export async function writeTrouble(tx: Tx, send: SendRow, code: string, detail: string): Promise<void> {
  const row = await tx.row<{ trouble: (Trouble & { times: number }) | null }>(sql`
    select trouble from sends where send_id = ${send.send_id}::uuid`)
  const times = (row?.trouble?.times ?? -1) + 1
  const again_at = addMs(tx.now, troubleSeconds(times) * 1000).toISOString()
  const trouble = { code, detail: detail.slice(0, 500), at: tx.now.toISOString(), again_at, times }
  await tx.run(sql`
    update sends set trouble = ${JSON.stringify(trouble)}::jsonb where send_id = ${send.send_id}::uuid`)
}

export async function clearTrouble(tx: Tx, send_id: string): Promise<void> {
  await tx.run(sql`update sends set trouble = null where send_id = ${send_id}::uuid and trouble is not null`)
}

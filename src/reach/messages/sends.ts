/** Waves of messages: opening one, queueing members into it, pausing, going on, cancelling. */
import { actorText } from '../../base/actor.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { AppError } from '../../base/errors.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { channelFor } from './settings.ts'
import { findTemplate } from './templates.ts'
import type { Medium, Purpose, SendRow, SendStatus } from './types.ts'
import { refusalCase, standingJoins } from './values.ts'

/** Messages a worker claims at once: big enough for few claims, small enough to share between workers. */
export const batchSize = 1_000

/** What `openSend` is told. */
export interface NewSend {
  /** Whose wave: `campaign`, `journey`; with id and step it is unique for ever. */
  origin: string
  origin_id: string
  step?: string
  template_id: string
  /** The newest unless given. */
  template_version?: number
  /** A configured one for the template's medium unless given. */
  channel?: string
  /** Links in the messages start with it; no slash at the end. */
  base_url: string
}

/** What became of an audience. */
export interface Queued {
  send_id: string
  waiting: number
  /** By reason; each of them has a row in `messages` too. */
  refused: Record<string, number>
}

/** The wave of this origin and step; made if it is new, else given back as it is. */
export async function openSend(tx: Tx, wanted: NewSend): Promise<SendRow> {
  const template = await findTemplate(tx, wanted.template_id, wanted.template_version)
  if (!template) throw new AppError('template.not_found', { template_id: wanted.template_id })
  if (template.archived_at) throw new AppError('template.archived', { template_id: wanted.template_id })
  const { channel, cost_per_thousand_minor } = await channelFor(tx, template.medium, wanted.channel)
  await tx.run(sql`
    insert into sends (origin, origin_id, step, template_id, template_version, medium, purpose, channel, status,
      base_url, cost_per_thousand_minor, status_at, created_at, actor)
    values (${wanted.origin}::text, ${wanted.origin_id}::text, ${wanted.step ?? ''}::text,
      ${template.template_id}::uuid, ${template.version}::int, ${template.medium}::text, ${template.purpose}::text,
      ${channel}::text, 'open', ${wanted.base_url}::text, ${cost_per_thousand_minor}::float8,
      ${tx.now}::timestamptz, ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)
    on conflict (origin, origin_id, step) do nothing`)
  return (await tx.row<SendRow>(sql`
    select * from sends where origin = ${wanted.origin}::text and origin_id = ${wanted.origin_id}::text
      and step = ${wanted.step ?? ''}::text`))!
}

export interface Audience {
  /** A query of `member_id uuid, occurrence text`; `''` is the only occurrence of a campaign. */
  members: Sql
  /** Nothing leaves before. Now unless given. */
  starts_at?: Date
  /** Nothing leaves after (pain 14). */
  not_after: Date
}

/** An audience of members by id, for `queue`. */
export function membersById(member_ids: readonly string[]): Sql {
  return sql`select member_id, ''::text as occurrence from unnest(${member_ids}::uuid[]) as one (member_id)`
}

/**
 * Queues an audience: one `insert … select` in which every member gets a row, waiting or refused with the reason. A
 * member already in this wave (same occurrence) is left alone, so the same audience may be queued again after a crash.
 * Throws `send.not_found`, `send.wrong_state`, `send.too_late`.
 */
export async function queue(tx: Tx, send_id: string, audience: Audience): Promise<Queued> {
  const starts_at = audience.starts_at ?? tx.now
  if (audience.not_after <= starts_at || audience.not_after <= tx.now) {
    throw new AppError('send.too_late', { not_after: audience.not_after.toISOString() })
  }
  // the wave's row is the lock: two audiences queued at once number their batches one after the other
  const send = await tx.row<SendRow & { last_batch_no: number }>(sql`
    update sends set last_batch_no = last_batch_no where send_id = ${send_id}::uuid returning *`)
  if (!send) throw new AppError('send.not_found', { send_id })
  if (send.status === 'cancelled') throw new AppError('send.wrong_state', { status: send.status })
  const counts = await insertMessages(tx, send, audience.members)
  const batches = counts.filter((count) => count.batch_no !== null)
  await tx.run(sql`
    with numbered as (
      update sends set last_batch_no = greatest(last_batch_no,
        (select max(batch_no) from unnest(${batches.map((batch) => batch.batch_no)}::int[]) as made (batch_no)))
      where send_id = ${send_id}::uuid
    )
    insert into message_batches (send_id, batch_no, size, status, run_at, not_after)
    select ${send_id}::uuid, batch_no, size, 'waiting', ${starts_at}::timestamptz, ${audience.not_after}::timestamptz
    from unnest(${batches.map((batch) => batch.batch_no)}::int[], ${batches.map((batch) => batch.count)}::int[])
      as made (batch_no, size)`)
  tx.afterCommit(wakeWorkers)
  const refused: Record<string, number> = {}
  for (const count of counts) if (count.reason) refused[count.reason] = count.count
  return { send_id, waiting: batches.reduce((sum, batch) => sum + batch.count, 0), refused }
}

interface QueuedCount {
  batch_no: number | null
  reason: string | null
  count: number
}

/** Sorted by member: batches are read by index in that order, and rows of one batch lie together. */
async function insertMessages(
  tx: Tx,
  send: SendRow & { last_batch_no: number },
  members: Sql,
): Promise<QueuedCount[]> {
  return tx.rows<QueuedCount>(sql`
    with judged as (
      select m.member_id, audience.occurrence, ${refusalCase(send.medium, send.purpose)} as reason
      from (${members}) audience
      join members m on m.member_id = audience.member_id and m.kind <> 'walk_in'
      ${standingJoins(send.medium, send.purpose)}
    ), numbered as (
      -- a running count in the order of the insert: one sort for both
      select *, case when reason is null then ${send.last_batch_no}::int + 1 + ((count(*) filter (where reason is null)
        over (order by member_id rows unbounded preceding) - 1) / ${batchSize}::int)::int end as batch_no
      from judged
    ), made as (
      insert into messages (member_id, send_id, occurrence, batch_no, status, reason, queued_at)
      select member_id, ${send.send_id}::uuid, occurrence, batch_no,
        case when reason is null then 'waiting' else 'refused' end, reason, ${tx.now}::timestamptz
      from numbered order by member_id
      on conflict (member_id, send_id, occurrence) do nothing
      returning batch_no, reason
    )
    select batch_no, reason, count(*) as count from made group by batch_no, reason order by batch_no, reason`)
}

/**
 * How an audience would fare now, without queueing it: a query of `member_id, reason` over a query of `member_id`;
 * reason null for those who may be written to.
 */
export function judged(members: Sql, medium: Medium, purpose: Purpose): Sql {
  return sql`
    select m.member_id, ${refusalCase(medium, purpose)} as reason
    from (${members}) audience
    join members m on m.member_id = audience.member_id and m.kind <> 'walk_in'
    ${standingJoins(medium, purpose)}`
}

/** By which way a template would go out, and what that costs. Throws `template.not_found`, `channel.*`. */
export async function wayOf(
  db: Reader,
  template_id: string,
  channel?: string | null,
): Promise<{ medium: Medium; purpose: Purpose; channel: string; cost_per_thousand_minor: number }> {
  const template = await findTemplate(db, template_id)
  if (!template) throw new AppError('template.not_found', { template_id })
  const way = await channelFor(db, template.medium, channel ?? undefined)
  return { medium: template.medium, purpose: template.purpose, ...way }
}

/** Workers stop within a second; what is queued stays queued. */
export async function pause(tx: Tx, send_id: string): Promise<SendRow> {
  return change(tx, send_id, ['open'], 'paused')
}

/** Goes on from what was sent (pain 13): only rows still waiting are ever claimed. */
export async function resume(tx: Tx, send_id: string): Promise<SendRow> {
  const send = await change(tx, send_id, ['paused'], 'open')
  tx.afterCommit(wakeWorkers)
  return send
}

/** Ends a wave: what still waits, or lies in a list nobody has fetched, will not go out. */
export async function cancel(tx: Tx, send_id: string): Promise<SendRow> {
  const send = await change(tx, send_id, ['open', 'paused'], 'cancelled')
  // waits for workers in the middle of writing a chunk; what they write later, they write as cancelled
  await tx.run(sql`
    update message_batches set status = case when status = 'waiting' then 'done' else status end
    where send_id = ${send_id}::uuid and status <> 'done'`)
  await tx.run(sql`
    update messages set status = 'cancelled', reason = 'send_cancelled'
    where send_id = ${send_id}::uuid and status in ('waiting', 'listed')`)
  return send
}

async function change(tx: Tx, send_id: string, from: SendStatus[], to: SendStatus): Promise<SendRow> {
  const changed = await tx.row<SendRow>(sql`
    update sends set status = ${to}::text, status_at = ${tx.now}::timestamptz, trouble = null
    where send_id = ${send_id}::uuid and status = any (${from}::text[])
    returning *`)
  if (changed) return changed
  const found = await findSend(tx, send_id)
  if (!found) throw new AppError('send.not_found', { send_id })
  if (found.status === to) return found
  throw new AppError('send.wrong_state', { status: found.status, wanted: to })
}

export async function findSend(db: Reader, send_id: string): Promise<SendRow | undefined> {
  return db.row<SendRow>(sql`select * from sends where send_id = ${send_id}::uuid`)
}

/** Workers of this process that want to hear of new work at once; others poll every second. */
const listeners = new Set<() => void>()

export function onNewWork(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

function wakeWorkers(): void {
  for (const listener of listeners) listener()
}

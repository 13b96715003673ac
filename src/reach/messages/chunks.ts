/** Some hundred messages at a time: taken just before they leave, written down just after. */
import type { Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { suppress } from '../../record/members/members.ts'
import { insideChannels, type Batch } from './batches.ts'
import { retryAt } from './rules.ts'
import { addNextTier, speaksOfNextTier, textsOf } from './next-tier.ts'
import type { ContactPolicy, Languages, Refusal, SendRow, Sent } from './types.ts'
import { standingOf, type Standing } from './values.ts'

/**
 * Messages taken at once. All of a chunk becomes uncertain when its process dies, so small is careful; each chunk is a
 * transaction of about eight statements, so big is fast. Measured with 40,000 e-mails on a busy machine of two cores:
 * 100 → 3,060/s, 250 → 3,050/s, 1,000 → 3,550/s.
 */
export const chunkSize = 250

/** A message in a worker's hands. */
export interface Taken {
  member_id: string
  occurrence: string
  message_id: number
  attempts: number
  standing: Standing
}

interface TakenRow {
  member_id: string
  occurrence: string
  message_id: number
  attempts: number
}

/**
 * Takes the next chunk of a batch. Whoever may not be written to *at this moment* is refused here, whatever was true
 * when the audience was queued (pain 16). Answers `null` when nothing of the batch is due.
 */
export async function takeChunk(
  tx: Tx,
  batch: Batch,
  send: SendRow,
  policy: ContactPolicy | undefined,
  languages: Languages,
): Promise<Taken[] | null> {
  if (batch.not_after <= tx.now) return null
  const rows = await tx.rows<TakenRow>(sql`
    with next as materialized (
      select member_id, occurrence from messages
      where send_id = ${batch.send_id}::uuid and batch_no = ${batch.batch_no}::int and status = 'waiting'
        and (retry_at is null or retry_at <= ${tx.now}::timestamptz)
      order by member_id limit ${chunkSize}::int
    )
    update messages set status = 'sending', attempts = attempts + 1, reason = null, retry_at = null
    from next
    where messages.member_id = next.member_id and messages.send_id = ${batch.send_id}::uuid
      and messages.occurrence = next.occurrence and messages.status = 'waiting'
    returning messages.member_id, messages.occurrence, messages.message_id, messages.attempts`)
  if (rows.length === 0) return null
  const standings = await standingOf(
    tx,
    rows.map((row) => row.member_id),
    send.medium,
    send.purpose,
  )
  const taken: Taken[] = []
  const refused: { row: TakenRow; reason: Refusal; merged_into: string | null }[] = []
  for (const row of rows) {
    const standing = standings.get(row.member_id)
    if (standing && !standing.refusal) taken.push({ ...row, standing })
    else refused.push({ row, reason: standing?.refusal ?? 'erased', merged_into: standing?.merged_into ?? null })
  }
  await writeRefusals(
    tx,
    send,
    refused.map(({ row, reason }) => ({ ...row, reason })),
  )
  await followMerged(
    tx,
    batch,
    refused.filter((each) => each.reason === 'merged'),
  )
  const allowed = await askPolicy(tx, send, policy, taken)
  if (speaksOfNextTier(...textsOf(languages)))
    await addNextTier(
      tx,
      allowed.map(({ standing }) => standing),
    )
  return allowed.sort((a, b) => a.message_id - b.message_id)
}

async function writeRefusals(
  tx: Tx,
  send: SendRow,
  refused: (TakenRow & { reason: string; retry_at?: Date })[],
): Promise<void> {
  if (refused.length === 0) return
  await tx.run(sql`
    update messages set status = case when judged.retry_at is null then 'refused' else 'waiting' end,
      reason = judged.reason, retry_at = judged.retry_at, attempts = attempts - 1
    from unnest(${refused.map((row) => row.member_id)}::uuid[], ${refused.map((row) => row.occurrence)}::text[],
      ${refused.map((row) => row.reason)}::text[],
      ${refused.map((row) => row.retry_at?.toISOString() ?? null)}::timestamptz[]
    ) as judged (member_id, occurrence, reason, retry_at)
    where messages.member_id = judged.member_id and messages.send_id = ${send.send_id}::uuid
      and messages.occurrence = judged.occurrence and messages.status = 'sending'`)
}

/**
 * A member who was merged since: the message goes on in the name of the survivor, whose own consent counts. The
 * survivor's row takes the same key; whoever has one already hears once.
 */
async function followMerged(
  tx: Tx,
  batch: Batch,
  merged: { row: TakenRow; merged_into: string | null }[],
): Promise<void> {
  if (merged.length === 0) return
  await tx.run(sql`
    insert into messages (member_id, send_id, occurrence, batch_no, status, queued_at)
    select distinct member_id, ${batch.send_id}::uuid, occurrence, ${batch.batch_no}::int, 'waiting',
      ${tx.now}::timestamptz
    from unnest(${merged.map((each) => each.merged_into)}::uuid[],
      ${merged.map((each) => each.row.occurrence)}::text[]) as survivor (member_id, occurrence)
    where member_id is not null
    on conflict (member_id, send_id, occurrence) do nothing`)
}

async function askPolicy(tx: Tx, send: SendRow, policy: ContactPolicy | undefined, taken: Taken[]): Promise<Taken[]> {
  const judged = await policy?.judge(tx, taken, send)
  if (!judged || judged.size === 0) return taken
  const held = taken.filter((each) => judged.has(each.message_id))
  await writeRefusals(
    tx,
    send,
    held.map((each) => {
      const { reason, wait_until } = judged.get(each.message_id)!
      return { ...each, reason, ...(wait_until ? { retry_at: wait_until } : {}) }
    }),
  )
  return taken.filter((each) => !judged.has(each.message_id))
}

/** A chunk that came back from the channel. */
export interface Returned {
  taken: Taken
  sent: Sent
  language: string | null
  /** What the channel keeps; without a body only address and subject are kept, for bounces and the console. */
  subject: string | null
  html: string | null
  text: string | null
}

interface Written {
  member_id: string
  occurrence: string
  status: string
  reason: string | null
  retry_at: string | null
  provider_id: string | null
  language: string | null
  attempts: number
}

/**
 * Writes down what became of a chunk. Only rows that are still `sending` (or were given up as `uncertain` meanwhile)
 * change: the truth about them is known now. Under the batch's lock, so a cancelled wave stays cancelled.
 */
export async function settleChunk(
  tx: Tx,
  send: SendRow,
  not_after: Date,
  sendStatus: string,
  returned: readonly Returned[],
): Promise<void> {
  if (returned.length === 0) return
  const rows = returned.map((each) => writtenOf(each, tx.now, not_after, sendStatus === 'cancelled'))
  const changed = await tx.rows<{ member_id: string; message_id: number; status: string }>(sql`
    update messages set
      -- a quick provider's receipt may be here before its own answer was written down
      status = case when result.status = 'accepted' and messages.delivered_at is not null then 'delivered'
        else result.status end,
      reason = result.reason, retry_at = result.retry_at,
      attempts = result.attempts, provider_id = coalesce(result.provider_id, messages.provider_id),
      language = result.language,
      sent_at = case when result.status in ('accepted', 'delivered', 'uncertain') then ${tx.now}::timestamptz end,
      delivered_at = coalesce(messages.delivered_at,
        case when result.status = 'delivered' then ${tx.now}::timestamptz end)
    from unnest(${rows.map((row) => row.member_id)}::uuid[], ${rows.map((row) => row.occurrence)}::text[],
      ${rows.map((row) => row.status)}::text[], ${rows.map((row) => row.reason)}::text[],
      ${rows.map((row) => row.retry_at)}::timestamptz[], ${rows.map((row) => row.provider_id)}::text[],
      ${rows.map((row) => row.language)}::text[], ${rows.map((row) => row.attempts)}::int[]
    ) as result (member_id, occurrence, status, reason, retry_at, provider_id, language, attempts)
    where messages.member_id = result.member_id and messages.send_id = ${send.send_id}::uuid
      and messages.occurrence = result.occurrence and messages.status in ('sending', 'uncertain')
    returning messages.member_id, messages.message_id, messages.status`)
  await keepBodies(
    tx,
    returned.filter((each) => each.sent.status !== 'unsent'),
  )
  await suppressDead(tx, send, returned)
  // where a provider reports deliveries, the receipt has written that fact
  const inside = insideChannels.includes(send.channel)
  await facts.write(
    tx,
    changed.flatMap(({ member_id, message_id, status }) => {
      const data = {
        message_id,
        send_id: send.send_id,
        origin: send.origin,
        origin_id: send.origin_id,
        medium: send.medium,
        channel: send.channel,
      }
      const sent = { name: 'message.sent', member_id, occurred_at: tx.now, data }
      if (status !== 'accepted' && status !== 'delivered') return []
      return inside && status === 'delivered' ? [sent, { ...sent, name: 'message.delivered' }] : [sent]
    }),
  )
}

function writtenOf(returned: Returned, now: Date, not_after: Date, cancelled: boolean): Written {
  const { taken, sent } = returned
  const row = {
    member_id: taken.member_id,
    occurrence: taken.occurrence,
    status: sent.status as string,
    reason: sent.reason ?? null,
    retry_at: null as string | null,
    provider_id: sent.provider_id ?? null,
    language: returned.language,
    attempts: taken.attempts,
  }
  if (sent.status !== 'unsent' && sent.status !== 'failed') return row
  if (cancelled) return { ...row, status: 'cancelled', reason: 'send_cancelled' }
  if (sent.status === 'unsent') return { ...row, status: 'waiting', attempts: taken.attempts - 1 }
  // what cannot be rendered now cannot be rendered later
  const again = sent.reason === 'render_failed' ? null : retryAt(taken.attempts, now, not_after)
  return again ? { ...row, status: 'waiting', retry_at: again.toISOString() } : row
}

async function keepBodies(tx: Tx, returned: readonly Returned[]): Promise<void> {
  if (returned.length === 0) return
  await tx.run(sql`
    insert into message_bodies (member_id, message_id, address, subject, html, text)
    select * from unnest(${returned.map((each) => each.taken.member_id)}::uuid[],
      ${returned.map((each) => each.taken.message_id)}::bigint[],
      ${returned.map((each) => each.taken.standing.address ?? '')}::text[],
      ${returned.map((each) => each.subject)}::text[], ${returned.map((each) => each.html)}::text[],
      ${returned.map((each) => each.text)}::text[])
    on conflict (member_id, message_id) do update set address = excluded.address, subject = excluded.subject,
      html = excluded.html, text = excluded.text`)
}

/** The provider said at once that nobody lives there: a hard bounce without the letter. */
async function suppressDead(tx: Tx, send: SendRow, returned: readonly Returned[]): Promise<void> {
  const dead = returned.filter((each) => each.sent.address_dead)
  if (dead.length === 0) return
  await suppress(
    tx,
    dead.map(({ taken }) => ({
      member_id: taken.member_id,
      channel: send.medium,
      address: taken.standing.address!,
      reason: 'bounced',
      at: tx.now,
    })),
  )
}

/** How messages are looked at: counts of a wave, what it waits for, the list and one message with its trail. */
import type { Reader } from '../../base/db.ts'
import { pageOf, readCursor } from '../../base/routes.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import { AppError } from '../../base/errors.ts'
import { heartbeatSecondsMax } from './batches.ts'
import { findSend } from './sends.ts'
import type { Medium, MessageStatus, SendRow } from './types.ts'

/** Figures of a wave. People and machines are counted apart. */
export interface SendCounts {
  by_status: Partial<Record<MessageStatus, number>>
  /** Why messages are refused, failed, bounced, uncertain or wait for another try. */
  by_reason: { status: MessageStatus; reason: string; count: number }[]
  /** The provider took it, whatever became of it later. */
  sent: number
  delivered: number
  bounced: number
  opened: number
  clicked: number
  opened_by_machines: number
  clicked_by_machines: number
  unsubscribed: number
  complained: number
}

/** The figures of one wave, counted now. */
export async function countsOf(db: Reader, send_id: string): Promise<SendCounts> {
  const groups = await db.rows<{
    status: MessageStatus
    reason: string | null
    count: number
    sent: number
    delivered: number
    opened: number
    clicked: number
    unsubscribed: number
    complained: number
  }>(sql`
    select status, reason, count(*) as count,
      count(*) filter (where status in ('accepted', 'delivered', 'bounced')) as sent,
      count(*) filter (where delivered_at is not null and status <> 'bounced') as delivered,
      count(opened_at) as opened, count(clicked_at) as clicked, count(unsubscribed_at) as unsubscribed,
      count(complained_at) as complained
    from messages where send_id = ${send_id}::uuid group by status, reason`)
  const machines = await db.row<{ opened: number; clicked: number }>(sql`
    select count(distinct touch.message_id) filter (where touch.kind = 'open') as opened,
      count(distinct touch.message_id) filter (where touch.kind = 'click') as clicked
    from messages message
    join message_touches touch on touch.member_id = message.member_id and touch.message_id = message.message_id
    where message.send_id = ${send_id}::uuid and touch.verdict = 'machine'`)
  const sum = (of: 'sent' | 'delivered' | 'opened' | 'clicked' | 'unsubscribed' | 'complained') =>
    groups.reduce((total, group) => total + group[of], 0)
  const by_status: SendCounts['by_status'] = {}
  for (const group of groups) by_status[group.status] = (by_status[group.status] ?? 0) + group.count
  return {
    by_status,
    by_reason: groups.flatMap(({ status, reason, count }) => (reason ? [{ status, reason, count }] : [])),
    sent: sum('sent'),
    delivered: sum('delivered'),
    bounced: by_status.bounced ?? 0,
    opened: sum('opened'),
    clicked: sum('clicked'),
    unsubscribed: sum('unsubscribed'),
    complained: sum('complained'),
    opened_by_machines: machines?.opened ?? 0,
    clicked_by_machines: machines?.clicked ?? 0,
  }
}

/** One reason why something of a wave has not left. */
export interface WaitingFor {
  code:
    | 'message.paused'
    | 'message.its_time'
    | 'message.channel_trouble'
    | 'message.retry'
    | 'message.worker'
    | 'message.list'
    | 'message.report'
    | 'message.decision'
  params: Record<string, unknown>
}

/** A vendor's report that has not come after so long never will. */
const report_days_max = 14

/** May the vendor of the list of this wave (`send`) still report? */
const mayReport = (now: Date) =>
  sql`(send.channel = 'file' and send.created_at > ${addMs(now, -report_days_max * dayMs)}::timestamptz)`

/**
 * What a wave waits for (pain 15): every message that has not left is explained by one of these, or is being sent this
 * moment; so is what a vendor has and has not reported. Empty when nothing waits.
 */
export async function waitingFor(db: Reader, send_id: string, now: Date): Promise<WaitingFor[]> {
  const send = await findSend(db, send_id)
  if (!send) throw new AppError('send.not_found', { send_id })
  const facts = await db.row<{
    waiting: number
    retrying: number
    listed: number
    uncertain: number
    unreported: number
    next_at: Date | null
    workers: number
  }>(sql`
    select count(*) filter (where status = 'waiting') as waiting,
      count(*) filter (where status = 'waiting' and retry_at > ${now}::timestamptz) as retrying,
      count(*) filter (where status = 'listed') as listed,
      count(*) filter (where status = 'uncertain') as uncertain,
      count(*) filter (where status = 'accepted' and bounced_at is null
        and exists (select from sends send where send.send_id = ${send_id}::uuid and ${mayReport(now)})) as unreported,
      (select min(run_at) from message_batches where send_id = ${send_id}::uuid and status = 'waiting') as next_at,
      (select count(*) from message_workers
        where seen_at > ${addMs(now, -heartbeatSecondsMax * 1000)}::timestamptz) as workers
    from messages where send_id = ${send_id}::uuid`)
  const { waiting, retrying, listed, unreported, uncertain, next_at, workers } = facts!
  const found: WaitingFor[] = []
  if (waiting > 0 && send.status === 'paused') {
    found.push({ code: 'message.paused', params: { count: waiting, at: send.status_at } })
  } else if (waiting > 0 && send.status === 'open') {
    if (send.trouble) found.push({ code: 'message.channel_trouble', params: { ...send.trouble, count: waiting } })
    if (retrying > 0) found.push({ code: 'message.retry', params: { count: retrying, at: next_at } })
    else if (next_at && next_at > now)
      found.push({ code: 'message.its_time', params: { count: waiting, at: next_at } })
    if (workers === 0)
      found.push({ code: 'message.worker', params: { count: waiting, command: 'npx regulars work' } })
  }
  if (listed > 0) found.push({ code: 'message.list', params: { count: listed } })
  if (unreported > 0) found.push({ code: 'message.report', params: { count: unreported } })
  if (uncertain > 0) found.push({ code: 'message.decision', params: { count: uncertain } })
  return found
}

export interface MessageRow {
  message_id: number
  member_id: string
  display_name: string | null
  send_id: string
  origin: string
  origin_id: string
  template_name: string
  medium: Medium
  channel: string
  status: MessageStatus
  reason: string | null
  language: string | null
  address: string | null
  subject: string | null
  queued_at: Date
  sent_at: Date | null
  delivered_at: Date | null
  bounced_at: Date | null
  opened_at: Date | null
  clicked_at: Date | null
  unsubscribed_at: Date | null
}

const columns = sql`
  message.message_id, message.member_id, m.display_name, message.send_id, send.origin, send.origin_id,
  template.name as template_name, send.medium, send.channel, message.status, message.reason, message.language,
  body.address, body.subject, message.queued_at, message.sent_at, message.delivered_at, message.bounced_at,
  message.opened_at, message.clicked_at, message.unsubscribed_at`
const joins = sql`
  join sends send on send.send_id = message.send_id
  join templates template on template.template_id = send.template_id
  join members m on m.member_id = message.member_id
  left join message_bodies body on body.member_id = message.member_id and body.message_id = message.message_id`

export interface MessagesAsked {
  send_id?: string
  member_id?: string
  channel?: string
  status?: MessageStatus
  limit?: number
  cursor?: string
}

/** Messages, newest first: of a wave, of a member, of a channel (the outbox), in a state. */
export async function messagesOf(
  db: Reader,
  asked: MessagesAsked,
): Promise<{ data: MessageRow[]; next_cursor: string | null }> {
  const limit = asked.limit ?? 50
  const before = Number(readCursor(asked.cursor)?.[0] ?? Number.MAX_SAFE_INTEGER)
  const rows = await db.rows<MessageRow>(
    sql`
    select ${columns} from messages message ${joins}
    where message.message_id < ${before}::bigint
      and (${asked.send_id ?? null}::uuid is null or message.send_id = ${asked.send_id ?? null}::uuid)
      and (${asked.member_id ?? null}::uuid is null or message.member_id = ${asked.member_id ?? null}::uuid)
      and (${asked.channel ?? null}::text is null or send.channel = ${asked.channel ?? null}::text)
      and (${asked.status ?? null}::text is null or message.status = ${asked.status ?? null}::text)
    order by message.message_id desc limit ${limit + 1}::int`,
    { prepare: false },
  )
  return pageOf(rows, limit, (row) => [row.message_id])
}

/** One step of a message's way. */
export interface TrailStep {
  at: Date
  kind: string
  /** Who did it, of opens and clicks: `human` or `machine`, and the rule that decided. */
  verdict: string | null
  reason: string | null
  detail: string | null
  link_url: string | null
}

export interface MessageDetail extends MessageRow {
  html: string | null
  text: string | null
  trail: TrailStep[]
}

/** One message with what it said (if kept) and everything that happened to it. Throws `message.not_found`. */
export async function messageOf(db: Reader, message_id: number): Promise<MessageDetail> {
  const message = await db.row<Omit<MessageDetail, 'trail'>>(sql`
    select ${columns}, body.html, body.text from messages message ${joins}
    where message.message_id = ${message_id}::bigint`)
  if (!message) throw new AppError('message.not_found', { message_id })
  const trail = await db.rows<TrailStep>(sql`
    select * from (
      select at, kind, null as verdict, coalesce(class, code) as reason, detail, null as link_url
      from message_receipts where member_id = ${message.member_id}::uuid and message_id = ${message_id}::bigint
      union all
      select touch.at, touch.kind, touch.verdict, touch.reason, touch.user_agent, link.url
      from message_touches touch
      join sends send on send.send_id = ${message.send_id}::uuid
      left join template_links link on link.template_id = send.template_id and link.version = send.template_version
        and link.link_no = touch.link_no
      where touch.member_id = ${message.member_id}::uuid and touch.message_id = ${message_id}::bigint
    ) step order by at`)
  const step = (at: Date | null, kind: string, reason: string | null = null): TrailStep[] =>
    at ? [{ at, kind, verdict: null, reason, detail: null, link_url: null }] : []
  const own = [...step(message.queued_at, 'queued'), ...step(message.sent_at, 'sent')]
  const refused = message.status === 'refused' || message.status === 'failed'
  const heard = trail.some((each) => each.kind === 'delivered')
  return {
    ...message,
    trail: [
      ...own,
      ...(heard ? [] : step(message.delivered_at, 'delivered')),
      ...trail,
      ...(refused ? step(message.queued_at, message.status, message.reason) : []),
    ].sort((a, b) => a.at.getTime() - b.at.getTime()),
  }
}

export interface SendDetail extends SendRow {
  template_name: string
  /** Nothing of it waits any more. */
  is_done: boolean
  /** Some of it lies in a list, or with a vendor who has not reported it. */
  awaits_report: boolean
}

/** Waves, newest first. */
export async function sendsOf(
  db: Reader,
  asked: { limit?: number; cursor?: string },
  now: Date,
): Promise<{ data: SendDetail[]; next_cursor: string | null }> {
  const limit = asked.limit ?? 50
  const key = readCursor(asked.cursor) as [string, string] | null
  const rows = await db.rows<SendDetail>(sql`
    select send.*, template.name as template_name, not exists (
        select from message_batches batch where batch.send_id = send.send_id and batch.status <> 'done') as is_done,
      ${mayReport(now)} and exists (select from messages message where message.send_id = send.send_id
        and (message.status = 'listed' or message.status = 'accepted' and message.bounced_at is null)) as awaits_report
    from sends send join templates template on template.template_id = send.template_id
    where ${key?.[0] ?? null}::timestamptz is null
      or (send.created_at, send.send_id) < (${key?.[0] ?? null}::timestamptz, ${key?.[1] ?? null}::uuid)
    order by send.created_at desc, send.send_id desc limit ${limit + 1}::int`)
  return pageOf(rows, limit, (row) => [row.created_at, row.send_id])
}

/** Waves whose messages are due for longer than they should be, for no reason we know: the watchdog's list. */
export async function stuckSends(
  db: Reader,
  now: Date,
  minutes: number,
): Promise<{ send_id: string; due_at: Date }[]> {
  return db.rows<{ send_id: string; due_at: Date }>(sql`
    select batch.send_id, min(batch.run_at) as due_at
    from message_batches batch join sends send on send.send_id = batch.send_id
    where batch.status = 'waiting' and send.status = 'open' and send.trouble is null
      and batch.run_at < ${addMs(now, -minutes * 60_000)}::timestamptz
    group by batch.send_id`)
}

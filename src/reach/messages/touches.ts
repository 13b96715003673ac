/** What readers do with a message: open, click, unsubscribe. Each is kept with the verdict who did it. */
import type { Reader, Tx } from '../../base/db.ts'
import * as facts from '../../base/facts.ts'
import { sql } from '../../base/sql.ts'
import { consent } from '../../record/members/members.ts'
import { readCode, secretOf } from './codes.ts'
import { renderUrl } from './rendering.ts'
import type { Medium, Purpose } from './types.ts'
import { addNextTier, speaksOfNextTier, type Present } from './next-tier.ts'
import { programValues, standingOf } from './values.ts'
import { judge, type Seen, type Verdict } from './verdicts.ts'

/** More touches of one message than this teach nothing; a loop somewhere would fill the table. */
export const touchesMax = 200

/** A message as its codes reach it. */
export interface Reached {
  member_id: string
  message_id: number
  send_id: string
  origin: string
  origin_id: string
  template_id: string
  template_version: number
  medium: Medium
  purpose: Purpose
  channel: string
  language: string | null
  sent_at: Date | null
  touches: number
  last_click_at: Date | null
  last_click_link: number | null
}

/** Who comes: what the request tells about its maker. */
export interface Visitor {
  method: string
  user_agent: string
  purpose: string
}

/** The message of a code in a link or pixel (`link`) or of an unsubscribe address (`control`). */
export async function reach(
  db: Reader,
  kind: 'link' | 'control',
  code: string,
): Promise<{ message: Reached; link_no: number | null } | null> {
  const read = readCode(await secretOf(db), kind, code)
  if (!read) return null
  const message = await db.row<Reached>(sql`
    select message.member_id, message.message_id, message.send_id, send.origin, send.origin_id, send.template_id,
      send.template_version, send.medium, send.purpose, send.channel, message.language, message.sent_at,
      seen.touches, seen.last_click_at, seen.last_click_link
    from messages message
    join sends send on send.send_id = message.send_id
    left join lateral (
      select count(*) as touches, max(at) filter (where kind = 'click') as last_click_at,
        (array_agg(link_no order by touch_id desc) filter (where kind = 'click'))[1] as last_click_link
      from message_touches touch
      where touch.member_id = message.member_id and touch.message_id = message.message_id
    ) seen on true
    where message.message_id = ${read.message_id}::bigint`)
  return message ? { message, link_no: read.link_no } : null
}

/** Where a link of a message leads: an address the template's author wrote, never one from the request. */
export async function targetOf(db: Present, message: Reached, link_no: number): Promise<string | null> {
  const link = await db.row<{ url: string }>(sql`
    select url from template_links where template_id = ${message.template_id}::uuid
      and version = ${message.template_version}::int and link_no = ${link_no}::int`)
  if (!link) return null
  if (!link.url.includes('{{')) return link.url
  const [standing, program] = [
    (await standingOf(db, [message.member_id], message.medium, message.purpose)).get(message.member_id),
    await programValues(db),
  ]
  if (standing && speaksOfNextTier(link.url)) await addNextTier(db, [standing])
  return standing ? renderUrl(link.url, standing, program, message.language ?? program.default_language) : null
}

/** Notes an open or a click with its verdict; the first by a person is a fact. */
export async function touch(
  tx: Tx,
  message: Reached,
  what: { kind: 'open' | 'click'; link_no?: number },
  visitor: Visitor,
): Promise<Verdict> {
  const seen: Seen = {
    kind: what.kind,
    method: visitor.method,
    user_agent: visitor.user_agent,
    purpose: visitor.purpose,
    seconds: message.sent_at ? (tx.now.getTime() - message.sent_at.getTime()) / 1000 : null,
    seconds_since_other:
      message.last_click_at && message.last_click_link !== what.link_no
        ? (tx.now.getTime() - message.last_click_at.getTime()) / 1000
        : null,
  }
  const verdict = judge(seen)
  if (message.touches >= touchesMax) return verdict
  await keepTouch(tx, message, what.kind, what.link_no ?? null, verdict, visitor.user_agent)
  if (verdict.verdict === 'human') await noteHuman(tx, message, what)
  return verdict
}

async function keepTouch(
  tx: Tx,
  message: Reached,
  kind: string,
  link_no: number | null,
  verdict: Verdict,
  user_agent: string,
): Promise<void> {
  await tx.run(sql`
    insert into message_touches (member_id, message_id, kind, link_no, at, verdict, reason, user_agent)
    values (${message.member_id}::uuid, ${message.message_id}::bigint, ${kind}::text, ${link_no}::int,
      ${tx.now}::timestamptz, ${verdict.verdict}::text, ${verdict.reason}::text,
      ${user_agent.slice(0, 300)}::text)`)
}

/** A person's touch also proves that an uncertain message arrived. */
async function noteHuman(
  tx: Tx,
  message: Reached,
  what: { kind: 'open' | 'click'; link_no?: number },
): Promise<void> {
  const opened = what.kind === 'open'
  const first = await tx.row<{ first: boolean }>(sql`
    update messages set
      opened_at = case when ${opened}::boolean then coalesce(opened_at, ${tx.now}::timestamptz) else opened_at end,
      clicked_at = case when ${opened}::boolean then clicked_at else coalesce(clicked_at, ${tx.now}::timestamptz) end,
      status = case when status = 'uncertain' then 'delivered' else status end,
      reason = case when status = 'uncertain' then null else reason end,
      sent_at = coalesce(sent_at, ${tx.now}::timestamptz),
      delivered_at = case when status = 'uncertain' then ${tx.now}::timestamptz else delivered_at end
    where member_id = ${message.member_id}::uuid and message_id = ${message.message_id}::bigint
    returning case when ${opened}::boolean then old.opened_at else old.clicked_at end is null as first`)
  if (!first?.first && opened) return
  const { message_id, send_id, origin, origin_id, medium, channel } = message
  await facts.write(tx, [
    {
      name: opened ? 'message.opened' : 'message.clicked',
      member_id: message.member_id,
      occurred_at: tx.now,
      data: { message_id, send_id, origin, origin_id, medium, channel, ...(opened ? {} : { link_no: what.link_no }) },
    },
  ])
}

/**
 * Withdraws the consent a message was sent under; only ever by POST (pain 18). `one_click` is the mail program's own
 * button (RFC 8058), `page` ours.
 */
export async function unsubscribe(tx: Tx, message: Reached, by: 'one_click' | 'page', ip: string): Promise<void> {
  await consent(tx, [
    {
      member_id: message.member_id,
      channel: message.medium,
      purpose: message.purpose,
      status: 'withdrawn',
      method: by === 'one_click' ? 'one_click' : 'unsubscribe_page',
      ip,
    },
  ])
  const first = await tx.row<{ first: boolean }>(sql`
    update messages set unsubscribed_at = coalesce(unsubscribed_at, ${tx.now}::timestamptz)
    where member_id = ${message.member_id}::uuid and message_id = ${message.message_id}::bigint
    returning old.unsubscribed_at is null as first`)
  if (!first?.first) return
  await keepTouch(tx, message, 'unsubscribe', null, { verdict: 'human', reason: by }, '')
  const { message_id, send_id, origin, origin_id, medium, channel } = message
  await facts.write(tx, [
    {
      name: 'message.unsubscribed',
      member_id: message.member_id,
      occurred_at: tx.now,
      data: { message_id, send_id, origin, origin_id, medium, channel },
    },
  ])
}

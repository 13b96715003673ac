/** A small program that may write to people: for tests of messages and campaigns. Members are made in SQL, in sets. */
import { systemActor } from '../src/base/actor.ts'
import { openDb, type Db, type Tx } from '../src/base/db.ts'
import { sql } from '../src/base/sql.ts'
import * as messages from '../src/reach/messages/messages.ts'
import type { EmailSettings, Languages, Medium, Purpose } from '../src/reach/messages/types.ts'
import { createTestDatabase } from './database.ts'

export const base_url = 'http://127.0.0.1:8080'
export const actor = systemActor('test')
/** A November morning; tests move on from here. */
export const morning = new Date('2026-11-20T02:00:00Z')

export interface Sending {
  db: Db
  url: string
  /** Runs verbs at an instant, `morning` unless said. */
  at<T>(now: Date, work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export async function openSending(): Promise<Sending> {
  const { url, drop } = await createTestDatabase()
  const db = openDb(url)
  await foundProgram(db)
  return {
    db,
    url,
    at: (now, work) => db.tx({ actor, now }, work),
    async close() {
      await db.close()
      await drop()
    },
  }
}

export async function foundProgram(db: Db): Promise<void> {
  await db.run(sql`
    insert into program (name, currency, time_zone, languages, default_language, default_country, settings, created_at)
    values ('悟松茶', 'TWD', 'Asia/Taipei', '{zh-TW,en,zh-CN}', 'zh-TW', 'TW',
      '{"postal_address": "台北市大安區悟松路 1 號", "message_cost_minor": {"file": 0.8}}', ${morning}::timestamptz)`)
}

/** `count` members with e-mail, phone and both consents, born in one statement; answers their ids in order. */
export async function addMembers(db: Db, count: number, locale = 'zh-TW'): Promise<string[]> {
  const rows = await db.rows<{ member_id: string }>(sql`
    with made as (
      insert into members (kind, display_name, first_name, locale, email, phone, joined_at, created_at, updated_at)
      select 'member', '會員' || n, '會員' || n, ${locale}::text, 'm' || n || '@example.com',
        '+8869' || lpad(n::text, 8, '0'), ${morning}::timestamptz, ${morning}::timestamptz, ${morning}::timestamptz
      from generate_series(1, ${count}::int) n returning member_id, number
    ), entries as (
      insert into member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, actor)
      select member_id, channel, 'marketing', 'granted', ${morning}::timestamptz, ${morning}::timestamptz, 'form',
        'test'
      from made, unnest('{email,sms}'::text[]) channel
    ), consents as (
      insert into member_consents (member_id, channel, purpose, status, at)
      select member_id, channel, 'marketing', 'granted', ${morning}::timestamptz
      from made, unnest('{email,sms}'::text[]) channel
    )
    select member_id from made order by number`)
  return rows.map((row) => row.member_id)
}

export const words: Languages = {
  'zh-TW': {
    subject: '{{ member.name }}，你有 {{ points }} 點',
    html: '<p>{{ member.name }}您好，<a href="https://shop.example.com/tea?from=mail">看看新茶</a></p>',
  },
  en: {
    subject: '{{ member.name }}, you have {{ points }} points',
    html: '<p>Hello {{ member.name }}, <a href="https://shop.example.com/tea?from=mail">see the new teas</a></p>',
  },
}
export const smsWords: Languages = {
  'zh-TW': { text: '悟松茶：{{ member.name }}，週末買一送一 https://shop.example.com/two' },
}

/** A template, its wave and its audience, queued. */
export async function queueTo(
  sending: Sending,
  member_ids: readonly string[],
  options: {
    languages?: Languages
    medium?: Medium
    purpose?: Purpose
    channel?: string
    now?: Date
    not_after?: Date
    starts_at?: Date
    origin_id?: string
  } = {},
): Promise<messages.Queued & { template_id: string }> {
  const now = options.now ?? morning
  const medium = options.medium ?? 'email'
  return sending.at(now, async (tx) => {
    const { template_id } = await messages.createTemplate(tx, {
      name: 'Tea',
      medium,
      purpose: options.purpose ?? 'marketing',
      languages: options.languages ?? (medium === 'email' ? words : smsWords),
    })
    const send = await messages.openSend(tx, {
      origin: 'campaign',
      origin_id: options.origin_id ?? `c${template_id}`,
      template_id,
      base_url,
      ...(options.channel ? { channel: options.channel } : {}),
    })
    const queued = await messages.queue(tx, send.send_id, {
      members: messages.membersById(member_ids),
      not_after: options.not_after ?? new Date(now.getTime() + 86_400_000),
      ...(options.starts_at ? { starts_at: options.starts_at } : {}),
    })
    return { ...queued, template_id }
  })
}

/** Points the e-mail channel at a server of the test. */
export async function useMail(db: Db, port: number, settings: Partial<EmailSettings> = {}): Promise<void> {
  await db.tx({ actor, now: morning }, (tx) =>
    messages.configure(tx, 'email', {
      settings: {
        host: '127.0.0.1',
        port,
        security: 'none',
        from_email: 'hello@tea.example',
        from_name: '悟松茶',
        bounce_domain: 'bounce.tea.example',
        ...settings,
      },
    }),
  )
}

export interface MessageState {
  member_id: string
  message_id: number
  status: string
  reason: string | null
  attempts: number
}

export async function statesOf(db: Db, send_id: string): Promise<MessageState[]> {
  return db.rows<MessageState>(sql`
    select member_id, message_id, status, reason, attempts from messages where send_id = ${send_id}::uuid
    order by message_id`)
}

/** How many messages of a wave are in each state. */
export async function tally(db: Db, send_id: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { status } of await statesOf(db, send_id)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** Waits for something to become true; tests never sleep for a time they guessed. */
export async function until(what: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  for (let waited = 0; waited < ms; waited += 20) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`still waiting after ${ms} ms: ${what.toString()}`)
}

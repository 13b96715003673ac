/** Codes on their way: by the channel that is configured, or kept where the staff of a trial can read them. */
import { systemActor } from '../../base/actor.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as messages from '../messages/messages.ts'
import type { Channel, Medium } from '../messages/types.ts'
import { codeLetter } from './letter-texts.ts'
import type { Language, Letter } from './types.ts'

/** A code lives ten minutes: three tries in them, then the person asks again. */
const attempts_max = 3
/** Letters that staff are shown: those of the last minutes. */
const letters_max = 50
const minuteMs = 60_000
const mediumOf = { email: 'email', phone: 'sms' } as const

/**
 * Ways in whose channel brings a code to somebody. What stays in the house brings it to nobody, unless nothing is
 * configured at all: then the program is on trial and staff read the letters.
 */
export async function openWays(db: Reader): Promise<('email' | 'phone')[]> {
  const [email, sms] = [await channelOf(db, 'email'), await channelOf(db, 'sms')]
  if (email === 'outbox' && sms === 'outbox') return ['email', 'phone']
  return [...(email !== 'outbox' ? ['email' as const] : []), ...(sms !== 'outbox' ? ['phone' as const] : [])]
}

async function channelOf(db: Reader, medium: Medium): Promise<string> {
  return (await messages.channelFor(db, medium)).channel
}

/** The language of a letter to somebody who has said none. */
export async function languageOf(tx: Tx): Promise<Language> {
  const { default_language } = await program.current(tx)
  return ['en', 'zh-TW', 'zh-CN'].includes(default_language) ? (default_language as Language) : 'en'
}

/** Queues the letter with a code, in the transaction that notes it. */
export async function queueLetter(tx: Tx, code_id: string, language: Language): Promise<void> {
  await addJobs(tx, [{ name: 'portal.send_code', payload: { code_id, language }, attempts_max }])
}

/** Sends a code; a second time brings the same code again, which harms nobody. */
export async function sendLetter(
  db: Db,
  channels: readonly Channel[],
  { code_id, language }: { code_id: string; language: Language },
): Promise<void> {
  const code = await members.codeOf(db, code_id, db.now())
  if (!code) return
  const { name: brand } = await program.current(db)
  const minutes = Math.max(1, Math.round((code.expires_at.getTime() - db.now().getTime()) / minuteMs))
  const { subject, text } = codeLetter(language, brand, code.code, code.purpose, minutes)
  const name = await channelOf(db, mediumOf[code.kind])
  const channel = channels.find((each) => each.name === name)!
  if (channel.stays_inside) {
    await keep(db, { code_id, channel: name, address: code.address, subject, body: text })
    return
  }
  const settings = await messages.settingsOf(db, name)
  const open = channel.open(settings?.settings ?? {})
  try {
    const letter = {
      ref: `code${code_id.replaceAll('-', '')}`,
      message_id: 0,
      address: code.address,
      name: null,
      language,
      purpose: 'service' as const,
      subject,
      html: null,
      text,
      unsubscribe_url: null,
    }
    const [sent] = await open.send([letter], new AbortController().signal)
    if (sent?.status === 'failed') throw new Error(sent.detail ?? 'the code did not leave')
  } finally {
    await open.close()
  }
}

async function keep(db: Db, letter: Omit<Letter, 'created_at'>): Promise<void> {
  const actor = systemActor('portal.send_code')
  await db.tx({ actor }, (tx) =>
    tx.run(sql`
      insert into portal_letters (code_id, channel, address, subject, body, created_at)
      values (${letter.code_id}::uuid, ${letter.channel}::text, ${letter.address}::text, ${letter.subject}::text,
        ${letter.body}::text, ${tx.now}::timestamptz)
      on conflict (code_id) do nothing`),
  )
}

/** Letters that stayed in the house, newest first: how a demo brand's members get their codes. */
export async function lettersOf(db: Reader): Promise<Letter[]> {
  return db.rows<Letter>(sql`
    select code_id, channel, address, subject, body, created_at from portal_letters
    order by created_at desc, code_id desc limit ${letters_max}::int`)
}

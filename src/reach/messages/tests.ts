/** A text sent to a colleague before it goes to members, with one member's values in it. Nobody's history shows it. */
import { actorText, systemActor } from '../../base/actor.ts'
import type { Db, Reader, Tx } from '../../base/db.ts'
import { AppError, coerceError } from '../../base/errors.ts'
import { addJobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { compile, nameOf, render } from './rendering.ts'
import { channelFor, settingsOf } from './settings.ts'
import { findTemplate } from './templates.ts'
import { ChannelTrouble, type Channel, type Sent } from './types.ts'
import { addNextTier, speaksOfNextTier, textsOf } from './next-tier.ts'
import { programValues, standingOf } from './values.ts'

export interface TestRow {
  test_id: string
  template_id: string
  template_version: number
  language: string
  member_id: string
  channel: string
  address: string
  base_url: string
  status: string
  detail: string | null
  created_at: Date
}

export interface NewTest {
  template_id: string
  member_id: string
  language: string
  /** E-mail address or phone of whoever wants to see it. */
  address: string
  channel?: string
  base_url: string
}

/** Notes a test and adds the job that sends it. Throws `template.not_found`, `channel.*`. */
export async function createTest(tx: Tx, wanted: NewTest): Promise<TestRow> {
  const template = await findTemplate(tx, wanted.template_id)
  if (!template) throw new AppError('template.not_found', { template_id: wanted.template_id })
  if (!template.languages[wanted.language]) {
    throw new AppError('template.language_missing', { language: wanted.language })
  }
  const { channel } = await channelFor(tx, template.medium, wanted.channel)
  const made = await tx.row<TestRow>(sql`
    insert into message_tests (template_id, template_version, language, member_id, channel, address, base_url, status,
      created_at, actor)
    values (${template.template_id}::uuid, ${template.version}::int, ${wanted.language}::text,
      ${wanted.member_id}::uuid, ${channel}::text, ${wanted.address}::text, ${wanted.base_url}::text, 'waiting',
      ${tx.now}::timestamptz, ${actorText(tx.actor)}::text)
    returning test_id, template_id, template_version, language, member_id, channel, address, base_url, status, detail,
      created_at`)
  await addJobs(tx, [{ name: 'messages.send_test', payload: { test_id: made!.test_id }, attempts_max: 1 }])
  return made!
}

/** The last twenty tests of a template. */
export async function testsOf(db: Reader, template_id: string): Promise<TestRow[]> {
  return db.rows<TestRow>(sql`
    select test_id, template_id, template_version, language, member_id, channel, address, base_url, status, detail,
      created_at
    from message_tests where template_id = ${template_id}::uuid order by test_id desc limit 20`)
}

const actor = systemActor('messages.send_test')

/** Sends a test once; what became of it is written beside it. */
export async function sendTest(db: Db, channels: readonly Channel[], test_id: string): Promise<void> {
  const test = await db.row<TestRow>(sql`
    update message_tests set status = 'sending' where test_id = ${test_id}::uuid and status = 'waiting' returning *`)
  if (!test) return
  const template = (await findTemplate(db, test.template_id, test.template_version))!
  const standing = (await standingOf(db, [test.member_id], template.medium, template.purpose)).get(test.member_id)
  if (standing && speaksOfNextTier(...textsOf(template.languages))) await addNextTier(db, [standing])
  const channel = channels.find((each) => each.name === test.channel)
  if (!standing || !channel) {
    return write(db, test_id, { message_id: 0, status: 'failed', detail: 'the member or the channel is gone' })
  }
  // links in a test lead to the page that says they are not known: nothing of it is counted
  const words = render(compile(template, test.language), standing, await programValues(db), {
    link: `${test.base_url}/l/test`,
    pixel: '',
    unsubscribe: `${test.base_url}/v1/open/unsubscribe/test`,
  })
  const sent = await sendOne(db, channel, test, {
    ...words,
    name: nameOf(standing) || null,
    purpose: template.purpose,
  })
  await write(db, test_id, sent, channel.keeps_body ? words : { subject: words.subject, html: null, text: null })
}

async function sendOne(
  db: Db,
  channel: Channel,
  test: TestRow,
  words: {
    subject: string
    html: string | null
    text: string
    name: string | null
    purpose: 'marketing' | 'service'
  },
): Promise<Sent> {
  const settings = await settingsOf(db, channel.name)
  if (!settings) return { message_id: 0, status: 'failed', detail: 'channel.not_configured' }
  const open = channel.open(settings.settings)
  try {
    const [sent] = await open.send(
      [
        {
          ref: `test${test.test_id.replaceAll('-', '')}`,
          message_id: 0,
          address: test.address,
          language: test.language,
          unsubscribe_url: null,
          ...words,
        },
      ],
      new AbortController().signal,
    )
    return sent!
  } catch (thrown) {
    const code = thrown instanceof ChannelTrouble ? `${thrown.code}: ` : ''
    return { message_id: 0, status: 'failed', detail: code + coerceError(thrown).message }
  } finally {
    await open.close()
  }
}

const kept: Record<Sent['status'], string> = {
  accepted: 'accepted',
  delivered: 'accepted',
  listed: 'accepted',
  refused: 'refused',
  failed: 'failed',
  uncertain: 'uncertain',
  unsent: 'failed',
}

const nothing: { subject: string | null; html: string | null; text: string | null } = {
  subject: null,
  html: null,
  text: null,
}

async function write(db: Db, test_id: string, sent: Sent, words = nothing): Promise<void> {
  await db.tx({ actor }, (tx) =>
    tx.run(sql`
    update message_tests set status = ${kept[sent.status]}::text, detail = ${sent.detail ?? null}::text,
      subject = ${words.subject}::text, html = ${words.html}::text, text = ${words.text}::text
    where test_id = ${test_id}::uuid`),
  )
}

import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBounceListener } from '../app/bounces.ts'
import { channels } from '../app/channels.ts'
import { sql } from '../base/sql.ts'
import { codesOf, secretOf } from '../reach/messages/codes.ts'
import * as messages from '../reach/messages/messages.ts'
import { openMailSink, type MailSink } from '../../test/mail.ts'
import { addMembers, morning, openSending, queueTo, statesOf, useMail, type Sending } from '../../test/sending.ts'
import { readBounce, type BounceListener } from './bounces.ts'

/** A report as RFC 3464 shows one. */
function dsn(o: { to: string; action?: string; status: string; diagnostic?: string; original?: string }): string {
  return [
    'From: MAILER-DAEMON@mx.example.com',
    `To: ${o.to}`,
    'Subject: Undelivered Mail Returned to Sender',
    'Date: Fri, 20 Nov 2026 03:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    '',
    '--B',
    'Content-Type: text/plain',
    '',
    'I could not deliver your letter.',
    '--B',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    'Final-Recipient: rfc822; m1@example.com',
    `Action: ${o.action ?? 'failed'}`,
    `Status: ${o.status}`,
    ...(o.diagnostic ? [`Diagnostic-Code: smtp; ${o.diagnostic}`] : []),
    '',
    '--B',
    'Content-Type: text/rfc822-headers',
    '',
    ...(o.original ? [`Message-ID: <${o.original}@x.example>`] : []),
    'Subject: tea',
    '',
    '--B--',
    '',
  ].join('\r\n')
}

const ref = '3k9xq2mabcd'
const box = `bounce+${ref}@bounce.tea.example`

describe('reading a returned letter', () => {
  const cases: [string, string, object[]][] = [
    [
      'no such mailbox',
      dsn({ to: box, status: '5.1.1', diagnostic: '550 5.1.1 user unknown' }),
      [{ ref, kind: 'bounced', class: 'hard', code: '5.1.1' }],
    ],
    [
      'a full mailbox',
      dsn({ to: box, status: '5.2.2', diagnostic: '552 5.2.2 over quota' }),
      [{ ref, kind: 'bounced', class: 'soft', code: '5.2.2' }],
    ],
    [
      'refused for its content',
      dsn({ to: box, status: '5.7.1', diagnostic: '550 5.7.1 looks like spam' }),
      [{ ref, kind: 'bounced', class: 'soft' }],
    ],
    [
      'a vague status with a clear word',
      dsn({ to: box, status: '5.0.0', diagnostic: '550 unknown user m1' }),
      [{ ref, kind: 'bounced', class: 'hard' }],
    ],
    [
      'the diagnosis is more precise than the status',
      dsn({ to: box, status: '5.0.0', diagnostic: '550 5.2.2 full' }),
      [{ ref, kind: 'bounced', class: 'soft' }],
    ],
    [
      'gave up after days',
      dsn({ to: box, status: '4.4.1', diagnostic: '421 timeout' }),
      [{ ref, kind: 'bounced', class: 'soft' }],
    ],
    ['still trying', dsn({ to: box, action: 'delayed', status: '4.4.1' }), [{ ref, kind: 'deferred' }]],
    ['delivered after all', dsn({ to: box, action: 'delivered', status: '2.0.0' }), [{ ref, kind: 'delivered' }]],
    [
      'answered to the wrong address',
      dsn({ to: 'hello@tea.example', status: '5.1.1', original: ref }),
      [{ ref, kind: 'bounced', class: 'hard' }],
    ],
    [
      'a complaint (ARF)',
      [
        'From: abuse@isp.example',
        `To: ${box}`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=feedback-report; boundary="B"',
        '',
        '--B',
        'Content-Type: text/plain',
        '',
        'complaint',
        '--B',
        'Content-Type: message/feedback-report',
        '',
        'Feedback-Type: abuse',
        'Version: 1',
        '',
        '--B--',
        '',
      ].join('\r\n'),
      [{ ref, kind: 'complained' }],
    ],
    [
      'an old server’s words',
      [
        'From: MAILER-DAEMON@old.example',
        `To: ${box}`,
        'Subject: failure notice',
        '',
        'Sorry.',
        '<m1@example.com>: 550 5.1.1 no mailbox here',
        '',
      ].join('\r\n'),
      [{ ref, kind: 'bounced', class: 'hard', code: '5.1.1' }],
    ],
    [
      'a letter to the unsubscribe address',
      ['From: m1@example.com', `To: unsubscribe+${ref}@bounce.tea.example`, '', ''].join('\r\n'),
      [{ ref, kind: 'unsubscribed' }],
    ],
    [
      'an absence notice',
      [
        'From: m1@example.com',
        `To: ${box}`,
        'Subject: Out of office',
        'Auto-Submitted: auto-replied',
        '',
        'I am away until 5.1.1 next year.',
        '',
      ].join('\r\n'),
      [],
    ],
    [
      'a diagnosis with what no database keeps',
      dsn({ to: box, status: '5.1.1', diagnostic: '550 5.1.1 user\0unknown \x1b[2J' }),
      [{ ref, kind: 'bounced', class: 'hard', detail: '550 5.1.1 user unknown  [2J' }],
    ],
    [
      'no letter at all',
      Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919) % 256)).toString('latin1'),
      [],
    ],
    [
      'parts within parts without end',
      `To: ${box}\r\n${Array.from({ length: 300 }, (_, i) => `Content-Type: multipart/mixed; boundary="${i}"\r\n\r\n--${i}\r\n`).join('')}`,
      [],
    ],
    ['a letter to nobody', dsn({ to: 'hello@tea.example', status: '5.1.1' }), []],
  ]
  for (const [name, raw, wanted] of cases) {
    it(name, async () => expect(await readBounce(raw)).toMatchObject(wanted))
  }
})

describe('a letter that comes back', () => {
  let world: Sending
  let sink: MailSink
  let listener: BounceListener
  let sent: { member_id: string; message_id: number; code: string }[]
  let send_id: string

  beforeAll(async () => {
    world = await openSending()
    sink = await openMailSink()
    await useMail(world.db, sink.port)
    world.db.setClockOffset(morning.getTime() - Date.now())
    ;({ send_id } = await queueTo(world, await addMembers(world.db, 5)))
    await messages.deliver(world.db, { channels })
    const secret = await secretOf(world.db)
    sent = (await statesOf(world.db, send_id)).map((row) => ({
      ...row,
      code: codesOf(secret, row.message_id).control,
    }))
    listener = await startBounceListener(world.db, { host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await listener.close()
    await sink.close()
    await world.close()
  })

  const post = (to: string, raw: string) =>
    createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true }).sendMail({
      envelope: { from: '', to },
      raw,
    })
  const stateOf = async (place: number) => (await statesOf(world.db, send_id))[place]
  const suppressed = () =>
    world.db.rows(sql`
    select member_id, channel, address, reason from member_suppressions order by at, member_id`)

  it('a dead address: the message bounced, the address is never written to again', async () => {
    const { code, member_id } = sent[0]!
    const to = `bounce+${code}@bounce.tea.example`
    await post(to, dsn({ to, status: '5.1.1', diagnostic: '550 5.1.1 user unknown' }))
    expect(await stateOf(0)).toMatchObject({ status: 'bounced', reason: 'address_unknown' })
    expect(await suppressed()).toEqual([
      { member_id, channel: 'email', address: 'm1@example.com', reason: 'bounced' },
    ])
    const again = await queueTo(world, [member_id], { now: new Date(morning.getTime() + 60_000) })
    expect(again.refused).toEqual({ suppressed: 1 })
  })

  it('the same letter twice is one receipt, also through the pipe', async () => {
    const to = `bounce+${sent[0]!.code}@bounce.tea.example`
    const raw = dsn({ to, status: '5.1.1', diagnostic: '550 5.1.1 user unknown' })
    const receipts = await readBounce(Buffer.from(raw))
    expect(await world.at(morning, (tx) => messages.receive(tx, receipts))).toEqual({ outcomes: ['known'] })
    const facts = await world.db.row<{ count: number }>(
      sql`select count(*) as count from facts where name = 'message.bounced'`,
    )
    expect(facts!.count).toBe(1)
  })

  it('a full mailbox counts and suppresses nothing', async () => {
    const to = `bounce+${sent[1]!.code}@bounce.tea.example`
    await post(to, dsn({ to, status: '5.2.2', diagnostic: '552 5.2.2 over quota' }))
    expect(await stateOf(1)).toMatchObject({ status: 'bounced', reason: 'bounced_soft' })
    expect(await suppressed()).toHaveLength(1)
  })

  it('a letter from the future, or from before ours, is dated by our own clock', async () => {
    const { code, member_id, message_id } = sent[4]!
    const [early, late] = [new Date('0201-01-01T00:00:00Z'), new Date('2099-01-01T00:00:00Z')]
    const later = new Date(morning.getTime() + 60_000)
    await world.at(later, (tx) => messages.receive(tx, [{ ref: code, kind: 'delivered', at: early }]))
    await world.at(later, (tx) => messages.receive(tx, [{ ref: code, kind: 'bounced', class: 'soft', at: late }]))
    const at = await world.db.row<Record<'sent_at' | 'delivered_at' | 'bounced_at', Date>>(sql`
      select sent_at, delivered_at, bounced_at from messages
      where member_id = ${member_id}::uuid and message_id = ${message_id}::bigint`)
    expect(at).toEqual({ sent_at: at!['sent_at'], delivered_at: at!['sent_at'], bounced_at: later })
    const facts = await world.db.rows(sql`
      select name, occurred_at from facts where member_id = ${member_id}::uuid
        and name in ('message.delivered', 'message.bounced') order by fact_id`)
    expect(facts).toEqual([
      { name: 'message.delivered', occurred_at: at!['sent_at'] },
      { name: 'message.bounced', occurred_at: later },
    ])
  })

  it('a complaint withdraws the consent and suppresses the address', async () => {
    const { code, member_id } = sent[2]!
    await world.at(morning, (tx) => messages.receive(tx, [{ ref: code, kind: 'complained' }]))
    expect(
      await world.db.row(sql`
      select status from member_consents where member_id = ${member_id}::uuid and channel = 'email'`),
    ).toEqual({ status: 'withdrawn' })
    expect(await suppressed()).toContainEqual(expect.objectContaining({ member_id, reason: 'complained' }))
  })

  it('a letter to the unsubscribe address withdraws the consent', async () => {
    const { code, member_id } = sent[3]!
    const to = `unsubscribe+${code}@bounce.tea.example`
    await post(to, `From: m4@example.com\r\nTo: ${to}\r\nSubject: unsubscribe\r\n\r\n`)
    expect(
      await world.db.row(sql`
      select status, method from member_consent_entries where member_id = ${member_id}::uuid and status = 'withdrawn'`),
    ).toEqual({ status: 'withdrawn', method: 'unsubscribe_mail' })
  })

  it('a port that cannot be listened on is named', async () => {
    const told: Error[] = []
    const second = startBounceListener(world.db, {
      host: '127.0.0.1',
      port: listener.port,
      onError: (error) => told.push(error),
    })
    await expect(second).rejects.toMatchObject({ code: 'bounces.port_unusable', params: { port: listener.port } })
    expect(told).toEqual([])
  })

  it('a stranger’s code is refused at the door', async () => {
    await expect(
      post('bounce+3k9xq2mabcd@bounce.tea.example', dsn({ to: box, status: '5.1.1' })),
    ).rejects.toMatchObject({ responseCode: 550 })
    await expect(post('hello@tea.example', 'x')).rejects.toThrow(': 550 5.1.1 no such message')
  })
})

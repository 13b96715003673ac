import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channels } from '../../app/channels.ts'
import { openHttp } from '../../base/http.ts'
import { createLog } from '../../base/log.ts'
import type { Principal } from '../../base/routes.ts'
import * as facts from '../../base/facts.ts'
import { openDb } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { consent } from '../../record/members/members.ts'
import { openMailSink } from '../../../test/mail.ts'
import {
  actor,
  addMembers,
  morning,
  openSending,
  queueTo,
  smsWords,
  statesOf,
  tally,
  useMail,
  words,
  type Sending,
} from '../../../test/sending.ts'
import { bound } from './jobs.ts'
import * as messages from './messages.ts'
import { routes } from './routes.ts'

let world: Sending
let server: FastifyInstance
const marketer: Principal = {
  actor: { kind: 'key', id: 'k1', name: 'marketer' },
  permissions: new Set(['*']),
  locale: 'en',
}

beforeAll(async () => {
  world = await openSending()
  server = await openHttp({
    db: world.db,
    tables: [routes],
    log: createLog({ level: 'fatal' }),
    authenticate: async () => marketer,
    check_answers: true,
  })
  world.db.setClockOffset(morning.getTime() - Date.now())
})
afterAll(async () => {
  await server.close()
  await world.close()
})

async function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) {
  const answer = await server.inject({ method, url: `/v1/admin${url}`, ...(payload ? { payload } : {}) })
  return { status: answer.statusCode, body: answer.json() }
}
const deliver = () => messages.deliver(world.db, { channels })

function upload(url: string, csv: string | Buffer) {
  const head =
    '--b\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\nContent-Type: text/csv\r\n\r\n'
  return server.inject({
    method: 'POST',
    url: `/v1/admin${url}`,
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    payload: Buffer.concat([Buffer.from(head), Buffer.from(csv), Buffer.from('\r\n--b--\r\n')]),
  })
}

describe('a list for a vendor', () => {
  let send_id: string
  let ids: string[]
  let lines: string[]

  /** Says the wave that so many wait for the vendor's word? What the list of waves says of it. */
  const awaited = async (count: number) => {
    const { body } = await call('GET', `/sends/${send_id}`)
    expect(body.waiting_for).toEqual(count > 0 ? [{ code: 'message.report', params: { count } }] : [])
    const { data } = (await call('GET', '/sends')).body as { data: { send_id: string; awaits_report: boolean }[] }
    return data.find((one) => one.send_id === send_id)!.awaits_report
  }

  it('waits to be made, and says so', async () => {
    ids = await addMembers(world.db, 6)
    ;({ send_id } = await queueTo(world, ids, { medium: 'sms', channel: 'file' }))
    await deliver()
    expect(await tally(world.db, send_id)).toEqual({ listed: 6 })
    const { body } = await call('GET', `/sends/${send_id}`)
    expect(body.waiting_for).toEqual([{ code: 'message.list', params: { count: 6 } }])
    expect(body.counts.sent).toBe(0)
    expect(body.cost_per_thousand_minor).toBe(800)
  })

  it('leaves out who withdrew since, and counts the others as sent', async () => {
    await world.at(morning, (tx) =>
      consent(tx, [
        {
          member_id: ids[5]!,
          channel: 'sms',
          purpose: 'marketing',
          status: 'withdrawn',
          at: morning,
          method: 'form',
        },
      ]),
    )
    const { status, body } = await call('POST', `/sends/${send_id}/lists`)
    expect([status, body.row_count, body.left_out]).toEqual([201, 5, 1])
    expect(await tally(world.db, send_id)).toEqual({ accepted: 5, refused: 1 })
    // with the vendor, who has not told yet: under way, though nothing of ours waits
    expect(await awaited(5)).toBe(true)
    const file = await server.inject({ method: 'GET', url: `/v1/admin/lists/${body.list_id}/file` })
    lines = file.body.replace('\ufeff', '').trim().split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[0]).toBe('reference,phone,text')
    expect(lines[1]).toMatch(
      /^[0-9a-z]+,\+886900000001,悟松茶：會員1，週末買一送一 http:\/\/127\.0\.0\.1:8080\/l\/[0-9a-z]+-1 退訂 http:\/\/127\.0\.0\.1:8080\/l\/[0-9a-z]+$/,
    )
  })

  it('is made once: nobody is on two lists (pain 12), and downloading again gives the same rows', async () => {
    expect((await call('POST', `/sends/${send_id}/lists`)).body.code).toBe('list.empty')
    const { body } = await call('GET', `/sends/${send_id}`)
    const again = await server.inject({ method: 'GET', url: `/v1/admin/lists/${body.lists[0].list_id}/file` })
    expect(again.body.replace('\ufeff', '').trim().split('\n')).toEqual(lines)
    expect((await server.inject({ method: 'GET', url: `/v1/admin/lists/${ids[0]}/file` })).json().code).toBe(
      'list.not_found',
    )
  })

  it('takes the vendor’s report in, by reference and by phone, with a result for every line', async () => {
    const refs = lines.slice(1).map((line) => line.split(',')[0]!)
    const csv = [
      'reference,phone,status',
      `${refs[0]},,DELIVRD`,
      `,0900000002,已送達`,
      `${refs[2]},,空號`,
      `${refs[3]},,UNDELIV`,
      'zzzzzzzzzzzz,,DELIVRD',
      `${refs[4]},,mystery`,
    ].join('\r\n')
    const first = (await upload(`/sends/${send_id}/reports`, csv)).json()
    expect(first).toEqual({
      rows: 6,
      matched: 4,
      known: 0,
      stray: [6],
      unclear: [{ line: 7, status: 'mystery' }],
      counts: { delivered: 2, bounced: 2 },
    })
    expect(await awaited(1)).toBe(true)
    expect((await statesOf(world.db, send_id)).map((row) => [row.status, row.reason])).toEqual([
      ['delivered', null],
      ['delivered', null],
      ['bounced', 'address_unknown'],
      ['bounced', 'bounced_soft'],
      ['accepted', null],
      ['refused', 'consent_withdrawn'],
    ])
    const suppressed = await world.db.rows(sql`select member_id, channel from member_suppressions`)
    expect(suppressed).toEqual([{ member_id: ids[2], channel: 'sms' }])
    // the same report again changes nothing
    expect((await upload(`/sends/${send_id}/reports`, csv)).json()).toMatchObject({ matched: 0, known: 4 })
    expect((await call('GET', `/sends/${send_id}`)).body.counts).toMatchObject({ sent: 5, delivered: 2, bounced: 2 })
  })

  it('reads a report in Big5, and refuses one without the columns it needs', async () => {
    // 手機,狀態 / 0900000005,成功
    const big5 = Buffer.from([
      0xa4,
      0xe2,
      0xbe,
      0xf7,
      0x2c,
      0xaa,
      0xac,
      0xba,
      0x41,
      0x0a,
      ...Buffer.from('0900000005,'),
      0xa6,
      0xa8,
      0xa5,
      0x5c,
      0x0a,
    ])
    expect((await upload(`/sends/${send_id}/reports`, big5)).json()).toMatchObject({
      matched: 1,
      counts: { delivered: 1 },
    })
    expect((await upload(`/sends/${send_id}/reports`, 'a,b\n1,2')).json().code).toBe('report.columns_missing')
  })
})

describe('templates', () => {
  it('are written, changed by version, previewed on a member in every language, archived', async () => {
    const [member_id] = await addMembers(world.db, 1)
    const made = await call('POST', '/templates', { name: 'Spring', medium: 'email', languages: words })
    expect([made.status, made.body.version, made.body.purpose]).toEqual([201, 1, 'marketing'])
    const { template_id } = made.body
    const changed = await call('PATCH', `/templates/${template_id}`, {
      languages: { en: { subject: 'Hi {{ member.name }}', html: '<p>{{ nobody }}</p>' } },
    })
    expect(changed.body.version).toBe(2)
    expect((await call('GET', `/templates/${template_id}?version=1`)).body.languages).toEqual(words)
    const preview = await call('POST', `/templates/${template_id}/previews`, { member_id })
    expect(preview.body).toMatchObject({
      member_id,
      unknown: ['nobody'],
      previews: [{ language: 'en', subject: 'Hi 會員1', refusal: null, parts: null }],
    })
    const draft = await call('POST', `/templates/${template_id}/previews`, { member_id, languages: words })
    expect(draft.body.previews.map((each: { subject: string }) => each.subject)).toEqual([
      '會員1，你有 0 點',
      '會員1, you have 0 points',
    ])
    const broken = await call('PATCH', `/templates/${template_id}`, {
      languages: { en: { subject: '{{', html: 'x' } },
    })
    expect([broken.status, broken.body.code]).toEqual([422, 'template.liquid_broken'])
    await call('PATCH', `/templates/${template_id}`, { archived: true })
    const listed = await call('GET', '/templates?medium=email')
    expect(listed.body.data.map((row: { template_id: string }) => row.template_id)).not.toContain(template_id)
    await expect(
      world.at(morning, (tx) =>
        messages.openSend(tx, {
          origin: 'x',
          origin_id: '1',
          template_id,
          base_url: 'http://x',
        }),
      ),
    ).rejects.toMatchObject({ code: 'template.archived' })
  })

  it('count the parts of an SMS', async () => {
    const made = await call('POST', '/templates', { name: 'S', medium: 'sms', languages: smsWords })
    const preview = await call('POST', `/templates/${made.body.template_id}/previews`, {})
    expect(preview.body.previews[0].parts).toBe(2)
  })

  it('are sent to a colleague once, and appear in no member’s history', async () => {
    const sink = await openMailSink()
    await useMail(world.db, sink.port)
    const [member_id] = await addMembers(world.db, 1)
    const made = await call('POST', '/templates', { name: 'T', medium: 'email', languages: words })
    const url = `/templates/${made.body.template_id}/tests`
    const test = await call('POST', url, { member_id, language: 'en', address: 'boss@tea.example' })
    expect([test.status, test.body.status, test.body.channel]).toEqual([202, 'waiting', 'email'])
    await messages.sendTest(world.db, channels, test.body.test_id)
    await messages.sendTest(world.db, channels, test.body.test_id)
    expect(sink.letters.map((letter) => letter.to)).toEqual(['boss@tea.example'])
    expect((await sink.parsed(0)).subject).toBe('會員1, you have 0 points')
    expect((await call('GET', url)).body.data[0].status).toBe('accepted')
    expect((await call('GET', `/messages?member_id=${member_id}`)).body.data).toEqual([])
    await sink.close()
  })
})

describe('channels', () => {
  it('give no secret back, and keep one that is not named', async () => {
    const settings = {
      host: 'smtp.example',
      port: 587,
      security: 'starttls',
      user: 'u',
      from_email: 'a@b.example',
      from_name: 'B',
    }
    const set = await call('PUT', '/channels/email', { settings, secrets: { password: 'hush' } })
    expect(set.body).toMatchObject({ channel: 'email', configured: true, secrets_set: ['password'] })
    const kept = await call('PUT', '/channels/email', { settings: { ...settings, port: 465 } })
    expect(kept.body.secrets_set).toEqual(['password'])
    expect(JSON.stringify((await call('GET', '/channels')).body)).not.toContain('hush')
    const audited = await world.db.rows(
      sql`select before, after from staff_audit where action = 'channel.configured'`,
    )
    expect(JSON.stringify(audited)).not.toContain('hush')
    expect(
      (await call('PUT', '/channels/email', { settings, secrets: { password: null } })).body.secrets_set,
    ).toEqual([])
    expect((await call('PUT', '/channels/email', { settings: { host: 'x' } })).body.code).toBe('request.invalid')
    expect((await call('PUT', '/channels/smoke', { settings: {} })).body.code).toBe('channel.not_found')
  })

  it('refuse what they cannot carry', async () => {
    const ids = await addMembers(world.db, 1)
    await expect(queueTo(world, ids, { medium: 'sms', channel: 'email' })).rejects.toMatchObject({
      code: 'channel.medium_foreign',
    })
    await world.db.run(sql`delete from channel_settings`)
    await expect(queueTo(world, ids, { channel: 'email' })).rejects.toMatchObject({ code: 'channel.not_configured' })
    const queued = await queueTo(world, ids)
    expect((await messages.findSend(world.db, queued.send_id))!.channel).toBe('outbox')
  })
})

describe('messages', () => {
  it('are listed by page and shown with their way', async () => {
    const ids = await addMembers(world.db, 5)
    const { send_id } = await queueTo(world, ids, { channel: 'outbox' })
    await deliver()
    const first = await call('GET', `/messages?send_id=${send_id}&limit=3`)
    const rest = await call('GET', `/messages?send_id=${send_id}&limit=3&cursor=${first.body.next_cursor}`)
    expect([first.body.data.length, rest.body.data.length, rest.body.next_cursor]).toEqual([3, 2, null])
    const one = await call('GET', `/messages/${first.body.data[0].message_id}`)
    expect(one.body).toMatchObject({ status: 'delivered', address: 'm5@example.com', channel: 'outbox' })
    expect((await call('GET', '/messages/999999999')).body.code).toBe('message.not_found')
    expect((await call('GET', `/messages?send_id=${send_id}&status=waiting`)).body.data).toEqual([])
  })

  it('are paused, resumed and cancelled by people, and it is written down who', async () => {
    const { send_id } = await queueTo(world, await addMembers(world.db, 1), { channel: 'outbox' })
    expect((await call('POST', `/sends/${send_id}/pause`)).body.status).toBe('paused')
    expect((await call('DELETE', `/sends/${send_id}/pause`)).body.status).toBe('open')
    expect((await call('POST', `/sends/${send_id}/cancellation`)).body.status).toBe('cancelled')
    expect((await call('POST', `/sends/${send_id}/pause`)).status).toBe(409)
    expect(
      await world.db.rows(sql`
      select action, actor from staff_audit where noun = 'sends' and noun_id = ${send_id}::text order by audit_id`),
    ).toEqual([
      { action: 'send.paused', actor: 'key:k1' },
      { action: 'send.resumed', actor: 'key:k1' },
      { action: 'send.cancelled', actor: 'key:k1' },
    ])
  })

  it('keep no address and no word of an erased member', async () => {
    const [member_id] = await addMembers(world.db, 1)
    await queueTo(world, [member_id!], { channel: 'outbox' })
    await deliver()
    const hearing = openDb(world.url, { bound })
    await hearing.tx({ actor, now: morning }, (tx) =>
      facts.write(tx, [{ name: 'member.erased', member_id: member_id!, occurred_at: morning, data: {} }]),
    )
    await hearing.close()
    const { data } = await messages.messagesOf(world.db, { member_id: member_id! })
    expect(data[0]).toMatchObject({ status: 'delivered', address: null, subject: null })
  })
})

import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channels } from '../../../app/channels.ts'
import { openHttp } from '../../../base/http.ts'
import { createLog } from '../../../base/log.ts'
import { sql } from '../../../base/sql.ts'
import { addMembers, morning, openSending, queueTo, statesOf, type Sending } from '../../../../test/sending.ts'
import { codesOf, secretOf } from '../codes.ts'
import * as messages from '../messages.ts'
import { routes } from './routes.ts'

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36'

let world: Sending
let server: FastifyInstance
let sent: { member_id: string; message_id: number; link: string; control: string }[]
let send_id: string

beforeAll(async () => {
  world = await openSending()
  server = await openHttp({
    db: world.db,
    tables: [routes],
    log: createLog({ level: 'fatal' }),
    authenticate: async () => null,
  })
  clockAt(0)
  const languages = {
    'zh-TW': {
      subject: 's',
      html: [
        '<a href="https://shop.example.com/tea?a=1&amp;b=2">one</a>',
        '<a href="https://shop.example.com/{{ member.number }}?n={{ member.name }}">two</a>',
        '<a href="{{ member.attributes.site }}">not ours</a>',
      ].join(''),
    },
  }
  ;({ send_id } = await queueTo(world, await addMembers(world.db, 6), { languages, channel: 'outbox' }))
  await messages.deliver(world.db, { channels })
  const secret = await secretOf(world.db)
  sent = (await statesOf(world.db, send_id)).map((row) => ({ ...row, ...codesOf(secret, row.message_id) }))
})
afterAll(async () => {
  await server.close()
  await world.close()
})

const clockAt = (seconds: number) => world.db.setClockOffset(morning.getTime() + seconds * 1000 - Date.now())
const touchesOf = (message_id: number) =>
  world.db.rows<{ kind: string; verdict: string; reason: string }>(sql`
  select kind, verdict, reason from message_touches where message_id = ${message_id}::bigint order by touch_id`)
const get = (url: string, headers: Record<string, string> = { 'user-agent': chrome }) =>
  server.inject({ method: 'GET', url, headers })
const consentOf = async (member_id: string) =>
  (await world.db.row<{ status: string }>(sql`
  select status from member_consents where member_id = ${member_id}::uuid and channel = 'email'`))!.status

describe('a short link', () => {
  it('leads to where the template points and counts a person', async () => {
    clockAt(60)
    const answer = await get(`/l/${sent[0]!.link}-1`)
    expect([answer.statusCode, answer.headers.location]).toEqual([302, 'https://shop.example.com/tea?a=1&b=2'])
    expect(await touchesOf(sent[0]!.message_id)).toEqual([
      { kind: 'click', verdict: 'human', reason: 'none_against' },
    ])
    const counts = await messages.countsOf(world.db, send_id)
    expect(counts).toMatchObject({ sent: 6, delivered: 6, clicked: 1, clicked_by_machines: 0 })
  })

  it('fills in the member’s values, encoded, behind a host that the author wrote', async () => {
    await world.db.run(sql`
      update members set display_name = '王 &x=1/../' where member_id = ${sent[1]!.member_id}::uuid`)
    const answer = await get(`/l/${sent[1]!.link}-2`)
    const number = await world.db.row<{ number: number }>(sql`
      select number from members where member_id = ${sent[1]!.member_id}::uuid`)
    expect(answer.headers.location).toBe(`https://shop.example.com/${number!.number}?n=%E7%8E%8B%20%26x%3D1%2F..%2F`)
  })

  it('leads nowhere that is not in the template: no open redirect', async () => {
    for (const path of [
      `/l/${sent[0]!.link}-3`,
      `/l/${sent[0]!.link}-99`,
      '/l/zzzzzzzzzzzz-1',
      `/l/${sent[0]!.link}x-1`,
    ]) {
      expect((await get(path)).statusCode).toBe(404)
    }
  })

  it('does not let the holder of a link unsubscribe its reader', async () => {
    expect((await server.inject({ method: 'POST', url: `/v1/open/unsubscribe/${sent[0]!.link}` })).statusCode).toBe(
      404,
    )
  })
})

describe('pain 18: machine opens and scanners counted as people', () => {
  const pixel = (place: number, headers?: Record<string, string>) =>
    get(`/v1/open/messages/pixels/${sent[place]!.link}`, headers)

  it('stores a verdict with each open and click, and its reason', async () => {
    clockAt(2)
    await pixel(2)
    clockAt(60)
    await pixel(2, { 'user-agent': 'Mozilla/5.0' })
    await pixel(2, { 'user-agent': 'curl/8.5' })
    await pixel(2, { 'user-agent': chrome, 'sec-purpose': 'prefetch;prerender' })
    await pixel(2, {
      'user-agent': 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    })
    await server.inject({ method: 'HEAD', url: `/l/${sent[2]!.link}-1`, headers: { 'user-agent': chrome } })
    await get(`/l/${sent[2]!.link}-1`)
    await get(`/l/${sent[2]!.link}-2`)
    // protected by: `judge` in verdicts.ts; only `human` touches reach noteHuman
    expect((await touchesOf(sent[2]!.message_id)).map((touch) => [touch.kind, touch.verdict, touch.reason])).toEqual([
      ['open', 'machine', 'too_fast'],
      ['open', 'machine', 'apple_privacy'],
      ['open', 'machine', 'program'],
      ['open', 'machine', 'prefetch'],
      ['open', 'human', 'image_proxy'],
      ['click', 'machine', 'head'],
      ['click', 'human', 'none_against'],
      ['click', 'machine', 'burst'],
    ])
    const counts = await messages.countsOf(world.db, send_id)
    expect(counts).toMatchObject({ opened: 1, opened_by_machines: 1, clicked_by_machines: 1 })
  })

  it('answers the same picture to anybody', async () => {
    const known = await pixel(3)
    const unknown = await get('/v1/open/messages/pixels/zzzzzzzzzzzz')
    expect([known.headers['content-type'], known.rawPayload]).toEqual([
      unknown.headers['content-type'],
      unknown.rawPayload,
    ])
    expect(known.headers['cache-control']).toContain('no-store')
  })
})

describe('pain 18: unsubscribe by GET', () => {
  it('GET shows a question in the message’s language and changes nothing, however often it is fetched', async () => {
    const { control, member_id } = sent[4]!
    for (let i = 0; i < 3; i += 1) {
      const answer = await get(`/v1/open/unsubscribe/${control}`, { 'user-agent': 'scanner' })
      expect(answer.statusCode).toBe(200)
      expect(answer.body).toContain('不再接收 悟松茶 的電子郵件嗎？')
      expect(answer.body).toContain('<form method="post">')
    }
    // protected by: only the POST route calls `unsubscribe`
    expect(await consentOf(member_id)).toBe('granted')
    expect(await touchesOf(sent[4]!.message_id)).toEqual([])
  })

  it('one POST by the mail program withdraws (RFC 8058), as a form or as multipart', async () => {
    const forms = [
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'List-Unsubscribe=One-Click' },
      {
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        payload: '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
      },
    ]
    for (const [i, form] of forms.entries()) {
      const { control, member_id } = sent[4 + i]!
      const answer = await server.inject({ method: 'POST', url: `/v1/open/unsubscribe/${control}`, ...form })
      expect(answer.statusCode).toBe(200)
      expect(await consentOf(member_id)).toBe('withdrawn')
      expect(
        await world.db.row(sql`
        select method, actor from member_consent_entries where member_id = ${member_id}::uuid and status = 'withdrawn'`),
      ).toEqual({ method: 'one_click', actor: `member:${member_id}` })
    }
    expect((await messages.countsOf(world.db, send_id)).unsubscribed).toBe(2)
  })

  it('the button of the page withdraws, and pressing it twice is once', async () => {
    const { control, member_id } = sent[3]!
    const press = () =>
      server.inject({
        method: 'POST',
        url: `/v1/open/unsubscribe/${control}`,
        payload: 'confirm=yes',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    expect((await press()).body).toContain('已取消訂閱')
    await press()
    const entries = await world.db.rows(sql`
      select method from member_consent_entries where member_id = ${member_id}::uuid and status = 'withdrawn'`)
    expect(entries).toEqual([{ method: 'unsubscribe_page' }])
  })

  it('the short form of the address leads to the question', async () => {
    const answer = await get(`/l/${sent[0]!.control}`)
    expect(answer.headers.location).toMatch(new RegExp(`/v1/open/unsubscribe/${sent[0]!.control}$`))
  })
})

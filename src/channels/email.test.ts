import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { channels } from '../app/channels.ts'
import { sql } from '../base/sql.ts'
import * as messages from '../reach/messages/messages.ts'
import { openMailSink, type MailSink, type SinkManners } from '../../test/mail.ts'
import {
  addMembers,
  morning,
  openSending,
  queueTo,
  statesOf,
  tally,
  until,
  useMail,
  type Sending,
} from '../../test/sending.ts'

let world: Sending
let sink: MailSink
let children: ChildProcess[] = []

beforeEach(async () => (world = await openSending()))
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  await sink?.close()
  await world.close()
})

const after = (minutes: number) => new Date(morning.getTime() + minutes * 60_000)
const setClock = (now: Date) => world.db.setClockOffset(now.getTime() - Date.now())

async function openSink(manners: SinkManners = {}, settings: Parameters<typeof useMail>[2] = {}): Promise<void> {
  sink = await openMailSink(manners)
  await useMail(world.db, sink.port, settings)
}

async function deliverAt(now: Date, errors: Error[] = []) {
  setClock(now)
  return messages.deliver(world.db, { channels, onError: (error) => errors.push(error) })
}

/** A real process that waits at the start line. */
async function startChild(now: Date): Promise<{ child: ChildProcess; go(): void; ended: Promise<string> }> {
  const script = fileURLToPath(new URL('../../test/deliver-child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, world.url, now.toISOString()], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  let out = ''
  child.stdout!.on('data', (part: Buffer) => (out += part.toString()))
  const ended = new Promise<string>((resolve) => child.on('exit', () => resolve(out)))
  await until(() => out.includes('ready'))
  return { child, go: () => void child.stdin!.write('go\n'), ended }
}

describe('an e-mail', () => {
  it('arrives with its words, its links and its way out', async () => {
    await openSink()
    const ids = await addMembers(world.db, 1)
    const queued = await queueTo(world, ids)
    await deliverAt(after(1))
    expect(await tally(world.db, queued.send_id)).toEqual({ accepted: 1 })
    const mail = await sink.parsed(0)
    const header = (key: string) => mail.headers.find((each) => each.key === key)?.value
    expect(mail.subject).toBe('會員1，你有 0 點')
    expect(mail.from).toMatchObject({ name: '悟松茶', address: 'hello@tea.example' })
    expect(mail.to).toMatchObject([{ name: '會員1', address: 'm1@example.com' }])
    expect(mail.html).toContain('會員1您好')
    expect(mail.html).toMatch(/<img src="http:\/\/127\.0\.0\.1:8080\/v1\/open\/messages\/pixels\/[0-9a-z]+"/)
    expect(mail.text).toContain('看看新茶 (http://127.0.0.1:8080/l/')
    const code = /bounce\+([0-9a-z]+)@bounce\.tea\.example/.exec(sink.letters[0]!.from)![1]!
    expect(header('message-id')).toBe(`<${code}@bounce.tea.example>`)
    expect(header('list-unsubscribe')).toBe(
      `<http://127.0.0.1:8080/v1/open/unsubscribe/${code}>, <mailto:unsubscribe+${code}@bounce.tea.example>`,
    )
    expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    expect(await messages.knowsCode(world.db, code)).toBe(true)
    // no line of a letter may be longer than RFC 5322 allows
    expect(Math.max(...sink.letters[0]!.raw.split('\r\n').map((line) => line.length))).toBeLessThan(998)
  })

  it('keeps a name from becoming a header', async () => {
    await openSink()
    const ids = await addMembers(world.db, 1)
    await world.db.run(sql`
      update members set display_name = ${'Eve"\r\nBcc: all@example.com'}::text where member_id = ${ids[0]!}::uuid`)
    await queueTo(world, ids, { languages: { en: { subject: 'Hi {{ member.name }}', text: 'hello' } } })
    await deliverAt(after(1))
    const mail = await sink.parsed(0)
    expect(mail.bcc).toBeUndefined()
    expect(mail.subject).toBe('Hi Eve" Bcc: all@example.com')
    expect(sink.letters).toHaveLength(1)
  })
})

describe('what a server answers', () => {
  it('refuses for good, asks to come back, or takes: each message by its own answer', async () => {
    const answers: Record<string, { code: number; text: string }> = {
      'm1@example.com': { code: 550, text: '5.1.1 no such user' },
      'm2@example.com': { code: 550, text: '5.7.1 not wanted here' },
      'm3@example.com': { code: 450, text: '4.2.0 greylisted' },
    }
    await openSink({ onRecipient: (address) => answers[address] ?? null })
    const ids = await addMembers(world.db, 4)
    const queued = await queueTo(world, ids)
    await deliverAt(after(1))
    const states = await statesOf(world.db, queued.send_id)
    expect(states.map((row) => [row.status, row.reason])).toEqual([
      ['refused', 'address_unknown'],
      ['refused', 'provider_refused'],
      ['waiting', 'deferred'],
      ['accepted', null],
    ])
    const dead = await world.db.rows<{ member_id: string; reason: string }>(sql`
      select member_id, reason from member_suppressions`)
    expect(dead).toEqual([{ member_id: ids[0], reason: 'bounced' }])
    expect(await messages.waitingFor(world.db, queued.send_id, after(1))).toContainEqual({
      code: 'message.retry',
      params: { count: 1, at: expect.any(Date) },
    })
    delete answers['m3@example.com']
    await deliverAt(after(2))
    expect(sink.letters).toHaveLength(1)
    await deliverAt(after(4))
    expect(sink.letters.map((letter) => letter.to)).toEqual(['m4@example.com', 'm3@example.com'])
    expect(await tally(world.db, queued.send_id)).toEqual({ refused: 2, accepted: 2 })
  })

  it('gives up after five tries', async () => {
    await openSink({ onRecipient: () => ({ code: 451, text: '4.3.0 later' }) })
    const queued = await queueTo(world, await addMembers(world.db, 1), { not_after: after(10_000) })
    for (const minute of [1, 10, 60, 200, 1_000]) await deliverAt(after(minute))
    expect(await statesOf(world.db, queued.send_id)).toMatchObject([
      { status: 'failed', reason: 'deferred', attempts: 5 },
    ])
  })

  it('an answer that never comes leaves the message uncertain, and nobody sends it again', async () => {
    await openSink({ onLetter: (letter) => (letter.to === 'm2@example.com' ? 'hang_up_after_taking' : 'take') })
    const queued = await queueTo(world, await addMembers(world.db, 3))
    await deliverAt(after(1))
    const states = await statesOf(world.db, queued.send_id)
    expect(states.map((row) => [row.status, row.reason])).toEqual([
      ['accepted', null],
      ['uncertain', 'connection_lost'],
      ['accepted', null],
    ])
    await deliverAt(after(600))
    expect(sink.letters).toHaveLength(3)
    expect(await messages.waitingFor(world.db, queued.send_id, after(601))).toEqual([
      { code: 'message.decision', params: { count: 1 } },
    ])
    // a person decides
    await world.at(after(601), (tx) => messages.resolveUncertain(tx, queued.send_id, 'again'))
    await deliverAt(after(602))
    expect(sink.letters.filter((letter) => letter.to === 'm2@example.com')).toHaveLength(2)
  })

  it('a server that is away stops nothing but itself: the wave waits and says why (pain 15)', async () => {
    await openSink()
    const port = sink.port
    await sink.close()
    const queued = await queueTo(world, await addMembers(world.db, 300))
    const errors: Error[] = []
    await deliverAt(after(1), errors)
    expect(errors[0]).toMatchObject({ code: 'email.unreachable' })
    expect(await tally(world.db, queued.send_id)).toEqual({ waiting: 300 })
    expect(await messages.waitingFor(world.db, queued.send_id, after(1))).toContainEqual({
      code: 'message.channel_trouble',
      params: expect.objectContaining({
        code: 'email.unreachable',
        count: 300,
        detail: expect.stringContaining('ECONNREFUSED'),
      }),
    })
    expect((await statesOf(world.db, queued.send_id)).every((row) => row.attempts === 0)).toBe(true)
    sink = await openMailSink()
    await useMail(world.db, sink.port)
    expect(port).not.toBe(sink.port)
    await deliverAt(after(2))
    expect(await tally(world.db, queued.send_id)).toEqual({ accepted: 300 })
    expect((await messages.findSend(world.db, queued.send_id))!.trouble).toBeNull()
  })

  it('a wrong password is the channel’s trouble, not the members’', async () => {
    await openSink({}, { user: 'someone' })
    const queued = await queueTo(world, await addMembers(world.db, 2))
    await deliverAt(after(1))
    expect((await messages.findSend(world.db, queued.send_id))!.trouble).toMatchObject({
      code: 'email.sign_in_refused',
    })
    expect(await tally(world.db, queued.send_id)).toEqual({ waiting: 2 })
  })
})

describe('pain 12: the same message twice', () => {
  it('four workers in one process send each message once', async () => {
    await openSink()
    const queued = await queueTo(world, await addMembers(world.db, 2_000))
    setClock(after(1))
    // protected by: `for update … skip locked` on message_batches, and `messages.status = 'waiting'` in takeChunk
    const deliveries = await Promise.all([1, 2].map(() => messages.deliver(world.db, { channels, loops: 2 })))
    expect(deliveries.reduce((sum, each) => sum + each.sent, 0)).toBe(2_000)
    expect(new Set(sink.letters.map((letter) => letter.to)).size).toBe(2_000)
    expect(sink.letters).toHaveLength(2_000)
    expect(await tally(world.db, queued.send_id)).toEqual({ accepted: 2_000 })
  })

  it('two processes send each message once', async () => {
    await openSink()
    const queued = await queueTo(world, await addMembers(world.db, 2_500))
    const [one, other] = await Promise.all([startChild(after(1)), startChild(after(1))])
    one.go()
    other.go()
    const said = await Promise.all([one.ended, other.ended])
    expect(sink.letters).toHaveLength(2_500)
    expect(new Set(sink.letters.map((letter) => letter.to)).size).toBe(2_500)
    expect(await tally(world.db, queued.send_id)).toEqual({ accepted: 2_500 })
    // both worked
    for (const line of said) expect(Number(/sent (\d+)/.exec(line)![1])).toBeGreaterThan(0)
  })

  it('two workers that both believe a batch is theirs take no message twice', async () => {
    await openSink({ slow: 5 })
    const queued = await queueTo(world, await addMembers(world.db, 600))
    setClock(after(1))
    const first = messages.deliver(world.db, { channels, loops: 1 })
    await until(() => sink.letters.length > 20)
    // the first is taken for dead although it lives: its chunk is given up, the rest of the batch is claimed by another
    await world.db.run(sql`update message_batches set heartbeat_at = heartbeat_at - interval '10 minutes'`)
    await messages.deliver(world.db, { channels, loops: 1 })
    await first
    expect(sink.letters).toHaveLength(600)
    expect(new Set(sink.letters.map((letter) => letter.to)).size).toBe(600)
    // and the truth about the first chunk was written when it was known
    expect(await tally(world.db, queued.send_id)).toEqual({ accepted: 600 })
  })

  it('a worker killed in the middle leaves what it held uncertain; the others go on with the rest', async () => {
    await openSink({ slow: 3 })
    const queued = await queueTo(world, await addMembers(world.db, 1_200))
    const { child, go, ended } = await startChild(after(1))
    go()
    await until(() => sink.letters.length > 300)
    child.kill('SIGKILL')
    await ended
    await deliverAt(after(1))
    expect((await tally(world.db, queued.send_id))['sending'] ?? 0).toBeGreaterThan(0)
    // a minute later the worker is missed
    await deliverAt(after(3))
    const states = await tally(world.db, queued.send_id)
    expect(Object.keys(states).sort()).toEqual(['accepted', 'uncertain'])
    expect(states['uncertain']).toBeLessThanOrEqual(2 * 250)
    expect(states['accepted']! + states['uncertain']!).toBe(1_200)
    const times = new Map<string, number>()
    for (const { to } of sink.letters) times.set(to, (times.get(to) ?? 0) + 1)
    expect([...times.values()].every((count) => count === 1)).toBe(true)
    // whoever is not uncertain certainly got it
    expect(times.size).toBeGreaterThanOrEqual(states['accepted']!)
    const sent = await world.db.row<{ count: number }>(
      sql`select count(*) as count from facts where name = 'message.sent'`,
    )
    expect(sent!.count).toBe(states['accepted'])
  })
})

describe('pausing', () => {
  it('stops within a second, and going on sends the rest once (pain 13)', async () => {
    await openSink({ slow: 50 })
    const queued = await queueTo(world, await addMembers(world.db, 600))
    setClock(after(1))
    const running = messages.startDelivery(world.db, { channels })
    try {
      await until(() => sink.letters.length > 50)
      await world.at(after(2), (tx) => messages.pause(tx, queued.send_id))
      const paused = performance.now()
      await until(async () => !(await tally(world.db, queued.send_id))['sending'])
      expect(performance.now() - paused).toBeLessThan(1_000)
      const sent = sink.letters.length
      expect(sent).toBeLessThan(600)
      expect(await tally(world.db, queued.send_id)).toEqual({ accepted: sent, waiting: 600 - sent })
      await world.at(after(3), (tx) => messages.resume(tx, queued.send_id))
      await until(() => sink.letters.length > sent)
    } finally {
      await running.stop()
    }
    // a stopped process leaves nothing in its hands
    expect(Object.keys(await tally(world.db, queued.send_id)).sort()).toEqual(['accepted', 'waiting'])
    await deliverAt(after(4))
    expect(sink.letters).toHaveLength(600)
    expect(new Set(sink.letters.map((letter) => letter.to)).size).toBe(600)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../base/sql.ts'
import { channels } from '../../app/channels.ts'
import { addMembers, morning, openSending, queueTo, statesOf, tally, type Sending } from '../../../test/sending.ts'
import { consent } from '../../record/members/members.ts'
import * as messages from './messages.ts'

let world: Sending
beforeAll(async () => (world = await openSending()))
afterAll(async () => world.close())

const after = (minutes: number) => new Date(morning.getTime() + minutes * 60_000)

async function deliverAt(now: Date) {
  world.db.setClockOffset(now.getTime() - Date.now())
  return messages.deliver(world.db, {
    channels,
    onError: (error) => {
      throw error
    },
  })
}

describe('queueing an audience', () => {
  it('gives every member a row, waiting or refused with the first reason that applies', async () => {
    const ids = await addMembers(world.db, 8)
    const [ok, erased, merged, guest, blank, bounced, withdrew, silent] = ids as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    await world.db.run(sql`update members set erased_at = ${morning}::timestamptz where member_id = ${erased}::uuid`)
    await world.db.run(sql`update members set merged_into = ${ok}::uuid where member_id = ${merged}::uuid`)
    await world.db.run(sql`update members set kind = 'guest' where member_id = ${guest}::uuid`)
    await world.db.run(sql`update members set email = null where member_id = ${blank}::uuid`)
    await world.db.run(sql`
      insert into member_suppressions (member_id, channel, address, reason, at)
      select member_id, 'email', email, 'bounced', ${morning}::timestamptz from members where member_id = ${bounced}::uuid`)
    await world.db.run(sql`
      update member_consents set status = 'withdrawn' where member_id = ${withdrew}::uuid and channel = 'email'`)
    await world.db.run(sql`delete from member_consents where member_id = ${silent}::uuid and channel = 'email'`)
    const queued = await queueTo(world, ids)
    expect(queued.waiting).toBe(1)
    expect(queued.refused).toEqual({
      erased: 1,
      merged: 1,
      guest: 1,
      address_missing: 1,
      suppressed: 1,
      consent_withdrawn: 1,
      consent_missing: 1,
    })
    const states = new Map((await statesOf(world.db, queued.send_id)).map((row) => [row.member_id, row]))
    expect(states.get(guest)).toMatchObject({ status: 'refused', reason: 'guest' })
    expect(states.get(ok)).toMatchObject({ status: 'waiting', reason: null })
    // the same question for an audience that is only being planned
    const judged = await world.db.rows<{ member_id: string; reason: string | null }>(
      messages.judged(sql`select unnest(${ids}::uuid[]) as member_id`, 'email', 'marketing'),
    )
    expect(new Map(judged.map((row) => [row.member_id, row.reason]))).toEqual(
      new Map([...states].map(([id, row]) => [id, row.reason])),
    )
  })

  it('writes service messages to guests too, and stops only at a withdrawn consent', async () => {
    const [guest, withdrew] = await addMembers(world.db, 2)
    await world.db.run(sql`update members set kind = 'guest' where member_id = ${guest!}::uuid`)
    await world.db.run(sql`
      insert into member_consents (member_id, channel, purpose, status, at)
      values (${withdrew!}::uuid, 'email', 'service', 'withdrawn', ${morning}::timestamptz)`)
    const queued = await queueTo(world, [guest!, withdrew!], { purpose: 'service' })
    expect(queued).toMatchObject({ waiting: 1, refused: { consent_withdrawn: 1 } })
  })

  it('leaves members alone who are already in the wave, so that a crash in between can be repeated', async () => {
    const ids = await addMembers(world.db, 3)
    const first = await queueTo(world, ids.slice(0, 2))
    const again = await world.at(morning, (tx) =>
      messages.queue(tx, first.send_id, {
        members: messages.membersById(ids),
        not_after: after(60),
      }),
    )
    expect(again.waiting).toBe(1)
    expect(await tally(world.db, first.send_id)).toEqual({ waiting: 3 })
  })

  it('refuses a wave whose time is over', async () => {
    const ids = await addMembers(world.db, 1)
    await expect(queueTo(world, ids, { not_after: morning })).rejects.toMatchObject({ code: 'send.too_late' })
  })

  it('cuts big audiences into batches of a thousand', async () => {
    const ids = await addMembers(world.db, 2_500)
    const queued = await queueTo(world, ids)
    const batches = await world.db.rows<{ size: number }>(sql`
      select size from message_batches where send_id = ${queued.send_id}::uuid order by batch_no`)
    expect(batches.map((batch) => batch.size)).toEqual([1_000, 1_000, 500])
    await world.at(morning, (tx) => messages.cancel(tx, queued.send_id))
  })
})

describe('the outbox', () => {
  it('keeps what was said, in each member’s language, with the program’s footer', async () => {
    const [wang] = await addMembers(world.db, 1, 'zh-Hant-TW')
    const [mary] = await addMembers(world.db, 1, 'en-GB')
    await world.db.run(sql`
      insert into point_balances (member_id, active, updated_at) values (${wang!}::uuid, 120, ${morning}::timestamptz)`)
    const queued = await queueTo(world, [wang!, mary!], { channel: 'outbox' })
    await deliverAt(after(1))
    expect(await tally(world.db, queued.send_id)).toEqual({ delivered: 2 })
    const { data } = await messages.messagesOf(world.db, { send_id: queued.send_id })
    const [hers, his] = data
    expect([his!.subject, hers!.subject]).toEqual(['會員1，你有 120 點', '會員1, you have 0 points'])
    const detail = await messages.messageOf(world.db, his!.message_id)
    expect(detail.html).toContain('您會收到這封信，是因為您同意接收 悟松茶 的最新消息。')
    expect(detail.html).toContain('台北市大安區悟松路 1 號')
    expect(detail.html).toMatch(/href="http:\/\/127\.0\.0\.1:8080\/l\/[0-9a-z]+-1"/)
    // staff read this text: a pixel would count them
    expect(detail.html).not.toContain('pixels')
    expect(detail.text).toMatch(/看看新茶 \(http:\/\/127\.0\.0\.1:8080\/l\/[0-9a-z]+-1\)/)
    expect(detail.trail.map((step) => step.kind)).toEqual(['queued', 'sent', 'delivered'])
    const facts = await world.db.rows<{ name: string }>(sql`
      select name from facts where member_id = ${wang!}::uuid and name like 'message.%' order by fact_id`)
    expect(facts.map((fact) => fact.name)).toEqual(['message.sent', 'message.delivered'])
  })
})

describe('pain 23: editing what is under way loses people', () => {
  it('a template that is changed while its wave is on the way changes nothing of that wave', async () => {
    const ids = await addMembers(world.db, 3)
    const queued = await queueTo(world, ids, { channel: 'outbox' })
    const languages = { 'zh-TW': { subject: '另一封信', html: '<p>另一封信</p>' } }
    // protected by: sends.template_version, read by delivery.ts
    const changed = await world.at(after(1), (tx) => messages.updateTemplate(tx, queued.template_id, { languages }))
    expect(changed.version).toBe(2)
    await deliverAt(after(2))
    const { data } = await messages.messagesOf(world.db, { send_id: queued.send_id })
    expect(data.map((message) => message.subject).sort()).toEqual([1, 2, 3].map((n) => `會員${n}，你有 0 點`))
  })
})

describe('pain 14: sent hours late after downtime', () => {
  it('refuses what has not left by its time, and says so', async () => {
    const ids = await addMembers(world.db, 3)
    const queued = await queueTo(world, ids, { not_after: after(120), channel: 'outbox' })
    // protected by: `batch.not_after <= tx.now` in takeChunk
    await deliverAt(after(121))
    const states = await statesOf(world.db, queued.send_id)
    expect(states.map((row) => [row.status, row.reason])).toEqual(Array(3).fill(['refused', 'too_late']))
    expect(await messages.waitingFor(world.db, queued.send_id, after(121))).toEqual([])
  })

  it('sends nothing before its time', async () => {
    const ids = await addMembers(world.db, 1)
    const queued = await queueTo(world, ids, { starts_at: after(30), not_after: after(60), channel: 'outbox' })
    await deliverAt(after(29))
    expect(await tally(world.db, queued.send_id)).toEqual({ waiting: 1 })
    expect(await messages.waitingFor(world.db, queued.send_id, after(29))).toContainEqual({
      code: 'message.its_time',
      params: { count: 1, at: after(30) },
    })
    await deliverAt(after(31))
    expect(await tally(world.db, queued.send_id)).toEqual({ delivered: 1 })
  })
})

describe('pain 16: unsubscribed or merged people still get mail', () => {
  it('asks for consent when the message leaves, not when it was queued', async () => {
    const ids = await addMembers(world.db, 2)
    const queued = await queueTo(world, ids, { channel: 'outbox' })
    await world.at(after(1), (tx) =>
      consent(tx, [
        {
          member_id: ids[0]!,
          channel: 'email',
          purpose: 'marketing',
          status: 'withdrawn',
          at: after(1),
          method: 'form',
        },
      ]),
    )
    // protected by: `refusalCase` in the statement of standingOf, read in the transaction that takes the chunk
    await deliverAt(after(2))
    const states = await statesOf(world.db, queued.send_id)
    expect(states.find((row) => row.member_id === ids[0])).toMatchObject({
      status: 'refused',
      reason: 'consent_withdrawn',
    })
    expect(states.find((row) => row.member_id === ids[1])).toMatchObject({ status: 'delivered' })
  })

  it('writes to the surviving member, under the survivor’s own consent', async () => {
    const [gone, survivor, gone2, unwilling] = (await addMembers(world.db, 4)) as [string, string, string, string]
    const queued = await queueTo(world, [gone, gone2], { channel: 'outbox' })
    await world.db.run(sql`update members set merged_into = ${survivor}::uuid where member_id = ${gone}::uuid`)
    await world.db.run(sql`update members set merged_into = ${unwilling}::uuid where member_id = ${gone2}::uuid`)
    await world.db.run(sql`
      update member_consents set status = 'withdrawn' where member_id = ${unwilling}::uuid and channel = 'email'`)
    await deliverAt(after(2))
    const states = new Map((await statesOf(world.db, queued.send_id)).map((row) => [row.member_id, row]))
    expect(states.get(gone)).toMatchObject({ status: 'refused', reason: 'merged' })
    expect(states.get(survivor)).toMatchObject({ status: 'delivered' })
    expect(states.get(unwilling)).toMatchObject({ status: 'refused', reason: 'consent_withdrawn' })
  })

  it('writes once to a survivor who is in the wave too', async () => {
    const [gone, survivor] = (await addMembers(world.db, 2)) as [string, string]
    const queued = await queueTo(world, [gone, survivor], { channel: 'outbox' })
    await world.db.run(sql`update members set merged_into = ${survivor}::uuid where member_id = ${gone}::uuid`)
    // protected by: the primary key of messages (member_id, send_id, occurrence)
    await deliverAt(after(2))
    expect(await tally(world.db, queued.send_id)).toEqual({ refused: 1, delivered: 1 })
  })
})

describe('pausing, going on, cancelling', () => {
  it('pain 13: goes on from what was sent', async () => {
    const ids = await addMembers(world.db, 4)
    const queued = await queueTo(world, ids.slice(0, 2), { channel: 'outbox' })
    await deliverAt(after(1))
    await world.at(after(2), (tx) => messages.pause(tx, queued.send_id))
    await world.at(after(2), (tx) =>
      messages.queue(tx, queued.send_id, {
        members: messages.membersById(ids),
        not_after: after(60),
      }),
    )
    await deliverAt(after(3))
    expect(await tally(world.db, queued.send_id)).toEqual({ delivered: 2, waiting: 2 })
    expect(await messages.waitingFor(world.db, queued.send_id, after(3))).toEqual([
      { code: 'message.paused', params: { count: 2, at: after(2) } },
    ])
    await world.at(after(4), (tx) => messages.resume(tx, queued.send_id))
    // protected by: `status = 'waiting'` in takeChunk; there is no offset to begin again from
    await deliverAt(after(5))
    expect(await tally(world.db, queued.send_id)).toEqual({ delivered: 4 })
    const told = await world.db.row<{ count: number }>(sql`
      select count(*) as count from facts where name = 'message.sent' and data->>'send_id' = ${queued.send_id}::text`)
    expect(told!.count).toBe(4)
  })

  it('a cancelled wave stays where it is', async () => {
    const ids = await addMembers(world.db, 2)
    const queued = await queueTo(world, ids, { channel: 'outbox' })
    await world.at(after(1), (tx) => messages.cancel(tx, queued.send_id))
    await deliverAt(after(2))
    expect(await tally(world.db, queued.send_id)).toEqual({ cancelled: 2 })
    await expect(world.at(after(2), (tx) => messages.resume(tx, queued.send_id))).rejects.toMatchObject({
      code: 'send.wrong_state',
    })
  })
})

describe('pain 15: stuck, no reason shown', () => {
  it('says that no worker runs, and what to do', async () => {
    const ids = await addMembers(world.db, 1)
    const queued = await queueTo(world, ids, { channel: 'outbox' })
    expect(await messages.waitingFor(world.db, queued.send_id, after(1))).toEqual([
      { code: 'message.worker', params: { count: 1, command: 'npx regulars work' } },
    ])
    await deliverAt(after(2))
    expect(await messages.waitingFor(world.db, queued.send_id, after(2))).toEqual([])
  })

  it('says that a message cannot be rendered, and goes on with the others', async () => {
    const ids = await addMembers(world.db, 2)
    await world.db.run(sql`update members set attributes = '{"n": 0}' where member_id = ${ids[0]!}::uuid`)
    const languages = {
      en: { subject: 'x', html: '{% if member.attributes.n == 0 %}{% render "gone" %}{% endif %}ok' },
    }
    const queued = await queueTo(world, ids, { languages, channel: 'outbox' })
    await deliverAt(after(2))
    const states = await statesOf(world.db, queued.send_id)
    expect(states.map((row) => [row.member_id === ids[0], row.status, row.reason]).sort()).toEqual([
      [false, 'delivered', null],
      [true, 'failed', 'render_failed'],
    ])
  })
})

describe('verify', () => {
  it('finds nothing wrong after all of this', async () => {
    for (const check of messages.checks)
      expect([check.name, await check.run(world.db)]).toMatchObject([check.name, { ok: true }])
  })

  it('names what was planted', async () => {
    const planted = await queueTo(world, await addMembers(world.db, 2), { channel: 'outbox' })
    await deliverAt(after(2))
    const [first, second] = await statesOf(world.db, planted.send_id)
    const broken = async (name: string) =>
      (await messages.checks.find((check) => check.name === name)!.run(world.db)).rows
    await world.db.run(sql`
      insert into facts (member_id, name, occurred_at, recorded_at, data, actor)
      select member_id, name, occurred_at, recorded_at, data, actor from facts
      where name = 'message.sent' and member_id = ${first!.member_id}::uuid`)
    expect(await broken('messages.sent_once')).toMatchObject([{ member_id: first!.member_id, times: 2 }])
    await world.db.run(sql`
      update messages set status = 'waiting', sent_at = null where message_id = ${second!.message_id}::bigint`)
    expect(await broken('messages.none_stranded')).toMatchObject([{ message_id: second!.message_id }])
    expect(await broken('messages.sent_is_told')).toMatchObject([
      { message_id: second!.message_id, wrong: 'no message' },
    ])
    await world.db.run(sql`
      update messages set status = 'bounced' where message_id = ${first!.message_id}::bigint`)
    expect(await broken('messages.states_have_times')).toMatchObject([
      { message_id: first!.message_id, status: 'bounced' },
    ])
    await world.db.run(sql`
      insert into member_consent_entries (member_id, channel, purpose, status, at, recorded_at, method, actor)
      values (${first!.member_id}::uuid, 'email', 'marketing', 'withdrawn', ${after(1)}::timestamptz,
        ${after(1)}::timestamptz, 'form', 'test')`)
    expect(await broken('messages.consent_held')).toMatchObject([{ message_id: first!.message_id }])
  })
})

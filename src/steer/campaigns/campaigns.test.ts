import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import '../../app/fields.ts'
import { channels } from '../../app/channels.ts'
import { found } from '../../app/found.ts'
import { bound } from '../../app/hearers.ts'
import { systemActor } from '../../base/actor.ts'
import { openDb, type Db } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import * as messages from '../../reach/messages/messages.ts'
import * as segments from '../../reach/segments/segments.ts'
import { forecast } from './audience.ts'
import * as campaigns from './campaigns.ts'
import { progressOf, recipientsOf } from './queries.ts'
import { reportOf } from './report.ts'
import type { CampaignRow, Did, Schedule } from './types.ts'

const actor = systemActor('test')
const start = new Date('2026-03-01T02:00:00Z')
const memberCount = 400

describe('a campaign', () => {
  let db: Db
  let drop: () => Promise<void>
  let template_id: string
  let segment_id: string

  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = () => database.drop()
    db = openDb(database.url, { bound })
    // the worker reads the program's clock: it stands at the send
    db.setClockOffset(start.getTime() - db.now().getTime())
    await db.tx({ actor, now: addMs(start, -60 * dayMs) }, async (tx) => {
      await found(tx, { name: 'T', currency: 'TWD', time_zone: 'Asia/Taipei' })
      const consent = { channel: 'email', purpose: 'marketing', at: tx.now, method: 'form' }
      await members.upsert(
        tx,
        Array.from({ length: memberCount }, (_, i) => ({
          external_id: `m${i}`,
          display_name: `會員${i}`,
          joined_at: tx.now,
          ...(i % 10 === 0 ? {} : { email: `m${i}@example.com` }),
          consents:
            i % 7 === 0 ? [] : [{ ...consent, status: i % 11 === 0 ? ('withdrawn' as const) : ('granted' as const) }],
        })),
        { source: 'shop' },
      )
      const template = await messages.createTemplate(tx, {
        name: 'Hello',
        medium: 'email',
        purpose: 'marketing',
        languages: {
          'zh-TW': { subject: '{{ member.display_name }}', html: '<a href="https://shop.example/tea">茶</a>' },
        },
      })
      template_id = template.template_id
      segment_id = (await segments.create(tx, { name: 'All', condition: { combinator: 'and', rules: [] } }))
        .segment_id
    })
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  const at = <T>(now: Date, work: (tx: Parameters<Parameters<Db['tx']>[1]>[0]) => Promise<T>) =>
    db.tx({ actor, now }, work)
  let campaign_id: string
  const launched = async (change: { holdout_per_mille?: number; now?: Date } = {}) => {
    const now = change.now ?? start
    return at(now, async (tx) => {
      const made = await campaigns.create(tx, {
        name: 'C',
        template_id,
        segment_id,
        holdout_per_mille: change.holdout_per_mille ?? 250,
        attribution_days: 14,
      })
      campaign_id = made.campaign_id
      await campaigns.schedule(tx, campaign_id, {})
      return campaigns.launch(tx, campaign_id, 'https://shop.example')
    })
  }
  const send = () => messages.deliver(db, { channels })

  describe('draws its audience', () => {
    beforeEach(() => launched())

    it('so that every member of the segment is mailed, left out or refused with a reason', async () => {
      const { audience } = await campaigns.find(db, campaign_id)
      expect(audience!.audience).toBe(memberCount)
      expect(audience!.mailed + audience!.holdout + audience!.refused).toBe(memberCount)
      const recount = await db.row<{ missing_address: number; withdrawn: number; no_consent: number }>(sql`
        select (count(*) filter (where m.email is null))::int as missing_address,
          (count(*) filter (where m.email is not null and c.status = 'withdrawn'))::int as withdrawn,
          (count(*) filter (where m.email is not null and c.status is null))::int as no_consent
        from members m left join member_consents c on c.member_id = m.member_id and c.channel = 'email'
        where m.kind = 'member'`)
      expect(audience!.reasons).toEqual({
        address_missing: recount!.missing_address,
        consent_withdrawn: recount!.withdrawn,
        consent_missing: recount!.no_consent,
      })
    })

    it('by a hash of the two ids that anybody can compute again', async () => {
      const rows = await db.rows<{ member_id: string; arm: string }>(sql`
        select member_id, arm from campaign_members where campaign_id = ${campaign_id} and arm <> 'refused'`)
      const arms = rows.map(({ member_id }) => {
        const head = createHash('md5').update(`${campaign_id}:${member_id}`).digest().readUInt32BE(0)
        return head % 1000 < 250 ? 'holdout' : 'mailed'
      })
      expect(rows.map((row) => row.arm)).toEqual(arms)
      expect(new Set(arms).size).toBe(2)
    })

    it('once: launching again changes nothing, and nobody left out gets a message', async () => {
      const before = await campaigns.find(db, campaign_id)
      await at(start, (tx) => campaigns.launch(tx, campaign_id, 'https://shop.example'))
      await send()
      const { audience, send_id } = await campaigns.find(db, campaign_id)
      expect(audience).toEqual(before.audience)
      const wrong = await db.row<{ n: number }>(sql`
        select count(*)::int as n from messages msg join campaign_members c
          on c.member_id = msg.member_id and c.campaign_id = ${campaign_id} and c.arm <> 'mailed'
        where msg.send_id = ${send_id}`)
      expect(wrong!.n).toBe(0)
    })

    it('and shows who is behind each count', async () => {
      const refused = { arm: 'refused', reason: 'address_missing' }
      const page = await recipientsOf(db, campaign_id, { ...refused, limit: 10 }, start)
      expect(page.data).toHaveLength(10)
      const rest = { ...refused, limit: 200, cursor: page.next_cursor! }
      const next = await recipientsOf(db, campaign_id, rest, start)
      expect(page.data.length + next.data.length).toBe(
        (await campaigns.find(db, campaign_id)).audience!.reasons['address_missing'],
      )
    })
  })

  it('says what is missing before it can be scheduled, and refuses a time that has passed', async () => {
    await at(start, async (tx) => {
      const draft = await campaigns.create(tx, { name: 'Empty' })
      await expect(campaigns.schedule(tx, draft.campaign_id, {})).rejects.toMatchObject({
        code: 'campaign.incomplete',
        params: { missing: ['segment_id', 'template_id'] },
      })
      await campaigns.update(tx, draft.campaign_id, { segment_id, template_id })
      await expect(
        campaigns.schedule(tx, draft.campaign_id, {
          send_at: '2026-02-01T00:00:00Z',
          not_after: '2026-02-02T00:00:00Z',
        }),
      ).rejects.toMatchObject({ code: 'campaign.too_late' })
    })
  })

  it('goes out as it was planned, at another time only when that is said', async () => {
    await at(start, async (tx) => {
      const planned = { send_at: '2026-03-02T03:00:00.000Z', not_after: '2026-03-02T05:00:00.000Z' }
      const made = await campaigns.create(tx, { name: 'Planned', template_id, segment_id, ...planned })
      const timesOf = ({ send_at, not_after }: CampaignRow) => [send_at!.toISOString(), not_after!.toISOString()]
      const scheduled = (when: Schedule) => campaigns.schedule(tx, made.campaign_id, when).then(timesOf)
      expect(await scheduled({})).toEqual([planned.send_at, planned.not_after])
      const sooner = '2026-03-02T02:00:00.000Z'
      expect(await scheduled({ send_at: sooner })).toEqual([sooner, planned.not_after])
      expect(await scheduled({ send_at: null, not_after: null })).toEqual([
        start.toISOString(),
        addMs(start, dayMs).toISOString(),
      ])
    })
  })

  it('pain 14: after a downtime it expires instead of going out hours late (campaigns.not_after)', async () => {
    const scheduled = await at(start, async (tx) => {
      const made = await campaigns.create(tx, { name: 'Late', template_id, segment_id })
      return campaigns.schedule(tx, made.campaign_id, {
        send_at: '2026-03-01T03:00:00Z',
        not_after: '2026-03-01T05:00:00Z',
      })
    })
    const found = await at(new Date('2026-03-01T06:00:00Z'), (tx) =>
      campaigns.launch(tx, scheduled.campaign_id, 'https://shop.example'),
    )
    expect(found).toMatchObject({ status: 'expired', send_id: null })
  })

  it('pain 15: while nothing leaves it says what it waits for', async () => {
    await send() // what earlier tests have left waiting
    await launched()
    const waiting = async (now = start) => (await progressOf(db, campaign_id, now)).waiting_for
    await db.run(sql`delete from message_workers`)
    expect(await waiting()).toMatchObject({ code: 'campaign.worker' })
    await at(start, (tx) => campaigns.pause(tx, campaign_id))
    expect(await waiting()).toMatchObject({ code: 'campaign.resume' })
    expect((await send()).sent).toBe(0)
    await at(start, (tx) => campaigns.resume(tx, campaign_id))
    await send()
    expect(await waiting()).toBeNull()
    await at(start, (tx) => campaigns.finish(tx))
    expect(await campaigns.find(db, campaign_id)).toMatchObject({ status: 'sent' })
    await expect(at(start, (tx) => campaigns.pause(tx, campaign_id))).rejects.toMatchObject({
      code: 'campaign.wrong_state',
    })
  })

  it('cancelled in the middle leaves what was not sent unsent', async () => {
    await send()
    await launched()
    await at(start, (tx) => campaigns.cancel(tx, campaign_id))
    expect((await send()).sent).toBe(0)
    expect((await progressOf(db, campaign_id, start)).by_status).toEqual({
      cancelled: (await campaigns.find(db, campaign_id)).audience!.mailed,
    })
  })

  it('reports figures that equal a recount from the rows themselves', async () => {
    await launched()
    await send()
    const rows = await db.rows<{ id: string; arm: string; n: number }>(sql`
      select m.external_id as id, c.arm, row_number() over (order by m.member_id)::int as n
      from campaign_members c join members m using (member_id) where c.campaign_id = ${campaign_id} and c.arm <> 'refused'`)
    await at(addMs(start, 20 * dayMs), async (tx) => {
      const order = (id: string, nth: number, day: number, amount: number): orders.OrderWire => ({
        source: 'shop',
        source_id: `${campaign_id}-${id}-${nth}`,
        status: 'completed',
        member: { external_id: { source: 'shop', id } },
        lines: [{ sku: 'T', quantity: 1, gross_minor: amount }],
        occurred_at: addMs(start, day * dayMs),
      })
      const wires = rows.flatMap(({ id, arm, n }) => [
        ...(n % 4 === 0 ? [order(id, 1, 3, 100 + (n % 13))] : []),
        ...(arm === 'mailed' ? [order(id, 2, 5, 90)] : []),
        // before the send, and after the window: neither counts
        order(id, 3, -2, 5_000),
        order(id, 4, 15, 5_000),
      ])
      const outcomes = await orders.receive(tx, wires, {})
      expect(outcomes.every((one) => one.outcome === 'placed')).toBe(true)
      const back = wires.find((wire) => wire.source_id.endsWith('-1'))!
      await orders.refund(
        tx,
        [
          {
            source: 'shop',
            source_id: `${campaign_id}-back`,
            order: { source_id: back.source_id },
            amount_minor: 40,
            occurred_at: addMs(start, 6 * dayMs),
          },
        ],
        {},
      )
    })
    const report = await reportOf(db, campaign_id, addMs(start, 20 * dayMs))
    for (const arm of ['mailed', 'holdout'] as const) {
      const recount = await db.row<{ members: number; buyers: number; orders: number; revenue: number }>(sql`
        select (select count(*)::int from campaign_members where campaign_id = ${campaign_id} and arm = ${arm}) as members,
          count(distinct o.member_id)::int as buyers, count(*)::int as orders,
          sum((select sum(l.net_minor) from order_lines l where l.member_id = o.member_id and l.order_id = o.order_id)
            - coalesce((select sum(r.net_minor) from order_refund_lines r where r.member_id = o.member_id and r.order_id = o.order_id), 0))::int as revenue
        from orders o where o.member_id in (select member_id from campaign_members where campaign_id = ${campaign_id} and arm = ${arm})
          and o.occurred_at > ${start} and o.occurred_at <= ${addMs(start, 14 * dayMs)}`)
      expect(report[arm]).toMatchObject({
        members: recount!.members,
        buyers: recount!.buyers,
        orders: recount!.orders,
        revenue_minor: recount!.revenue,
      })
    }
    expect(report.lift.per_member_minor!.estimate).toBeCloseTo(
      report.mailed.revenue_minor / report.mailed.members - report.holdout.revenue_minor / report.holdout.members,
      9,
    )
    expect(report.lift.total_minor!.estimate).toBeCloseTo(
      report.lift.per_member_minor!.estimate * report.mailed.members,
      6,
    )
    expect(report).toMatchObject({ verdict: 'more', window: { over: true } })
    expect(report.messages).toMatchObject({ sent: report.mailed.members, delivered: report.mailed.members })
    const behind = async (asked: { arm?: 'mailed' | 'holdout'; did?: Did; link_no?: number }) =>
      (await recipientsOf(db, campaign_id, { ...asked, limit: memberCount }, addMs(start, 20 * dayMs))).data
    for (const arm of ['mailed', 'holdout'] as const) {
      const bought = await behind({ arm, did: 'bought' })
      const sum = (key: 'orders' | 'revenue_minor') => bought.reduce((total, row) => total + row[key], 0)
      expect(bought.length).toBe(report[arm].buyers)
      expect(sum('orders')).toBe(report[arm].orders)
      expect(sum('revenue_minor')).toBe(report[arm].revenue_minor)
    }
    await db.run(sql`
      update messages set opened_at = ${start}, clicked_at = case when right(member_id::text, 1) < '4' then ${start}::timestamptz end
      where send_id = ${(await campaigns.find(db, campaign_id)).send_id} and right(member_id::text, 1) < '8'`)
    const { messages: later } = await reportOf(db, campaign_id, addMs(start, 20 * dayMs))
    for (const did of ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed', 'complained', 'waiting'] as const)
      expect([did, (await behind({ did })).length]).toEqual([did, later[did]])
    expect(later.opened).toBeGreaterThan(0)
    expect(await behind({ did: 'clicked', link_no: 1 })).toEqual([])
  })

  it('lists whom a draft would reach, leave out and not reach, as its forecast counts them', async () => {
    const drawn = await at(start, async (tx) => {
      const plan = { name: 'D', template_id, segment_id, holdout_per_mille: 250, attribution_days: 14 }
      return (await campaigns.create(tx, plan)).campaign_id
    })
    const way = await messages.wayOf(db, template_id, null)
    const asked = { campaign_id: drawn, segment_id, ...way, window_days: 14, holdout_per_mille: 250 }
    const { audience } = await forecast(db, asked, start)
    for (const arm of ['mailed', 'holdout', 'refused'] as const) {
      const { data } = await recipientsOf(db, drawn, { arm, limit: memberCount }, start)
      expect([arm, data.length]).toEqual([arm, audience[arm]])
      expect(data.every(({ status, orders }) => status === null && orders === 0)).toBe(true)
    }
    const reason = 'consent_missing'
    const { data } = await recipientsOf(db, drawn, { reason, limit: memberCount }, start)
    expect(data.length).toBe(audience.reasons[reason])
  })

  it('without anybody left out says that nobody can know', async () => {
    await launched({ holdout_per_mille: 0 })
    await send()
    const report = await reportOf(db, campaign_id, addMs(start, 20 * dayMs))
    expect(report).toMatchObject({
      verdict: 'unknowable',
      lift: { per_member_minor: null, total_minor: null, buyer_share: null },
      gain_minor: null,
    })
  })

  it('forecasts what leaving members out costs and what it can detect', async () => {
    const way = await messages.wayOf(db, template_id, null)
    const asked = { campaign_id, segment_id, ...way, window_days: 30, holdout_per_mille: 100 }
    const found = await forecast(db, asked, addMs(start, 20 * dayMs))
    expect(found.audience.mailed + found.audience.holdout + found.audience.refused).toBe(memberCount)
    expect(found.holdout_cost_minor).toBeCloseTo(found.detectable_per_member_minor! * found.audience.holdout, 6)
    const none = await forecast(db, { ...asked, holdout_per_mille: 0 }, addMs(start, 20 * dayMs))
    expect(none).toMatchObject({
      detectable_per_member_minor: null,
      holdout_cost_minor: null,
      audience: { holdout: 0 },
    })
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { found } from '../../app/found.ts'
import { bound } from '../../app/hearers.ts'
import { systemActor } from '../../base/actor.ts'
import { openDb, type Db, type Reader } from '../../base/db.ts'
import { sql } from '../../base/sql.ts'
import { addMonths } from '../../base/time.ts'
import * as members from '../../record/members/members.ts'
import * as orders from '../../record/orders/orders.ts'
import * as stores from '../../record/stores/stores.ts'
import * as points from '../../value/points/points.ts'
import { downloadOf, tableNames } from './downloads.ts'
import * as reports from './reports.ts'

const actor = systemActor('test')
const now = new Date('2026-06-30T04:00:00Z')
const zone = 'Asia/Taipei'

/** who · day · NT$ · store */
const bought: [string, string, number, string][] = [
  ['wang', '2026-01-10', 100, 'A'],
  ['wang', '2026-02-11', 300, 'A'],
  ['wang', '2026-06-25', 600, 'B'],
  ['mary', '2026-01-20', 50, 'A'],
  ['chen', '2026-02-02', 1_000, 'B'],
  ['chen', '2026-02-02', 1_000, 'B'],
  ['chen', '2026-04-05', 2_000, 'B'],
  ['li', '2026-04-30', 80, 'A'],
  ['li', '2026-06-29', 70, 'A'],
]

describe('reports', () => {
  let db: Db
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = () => database.drop()
    db = openDb(database.url, { bound })
    await db.tx({ actor, now: new Date('2026-01-01T00:00:00Z') }, (tx) =>
      found(tx, { name: 'T', currency: 'TWD', time_zone: zone }),
    )
    await db.tx({ actor, now }, async (tx) => {
      await members.upsert(
        tx,
        ['wang', 'mary', 'chen', 'li'].map((id) => ({
          external_id: id,
          display_name: id,
          joined_at: new Date('2026-01-05T00:00:00Z'),
          ...(id === 'wang' || id === 'mary' ? { email: `${id}@example.com` } : {}),
          consents: [
            {
              channel: 'email',
              purpose: 'marketing',
              status: 'granted' as const,
              at: new Date('2026-01-05T00:00:00Z'),
              method: 'form',
            },
          ],
        })),
        { source: 'shop' },
      )
      const wire = (
        id: string | null,
        day: string,
        amount: number,
        store: string,
        nth: number,
      ): orders.OrderWire => ({
        source: 'shop',
        source_id: `${id ?? 'guest'}-${day}-${nth}`,
        status: 'completed',
        store,
        member: id ? { external_id: { source: 'shop', id } } : null,
        lines: [{ sku: 'T', quantity: 1, gross_minor: amount }],
        occurred_at: `${day}T04:00:00Z`,
      })
      const wires = bought.map(([id, day, amount, store], nth) => wire(id, day, amount, store, nth))
      const outcomes = await orders.receive(tx, [...wires, wire(null, '2026-06-28', 500, 'A', 99)], {})
      expect(outcomes.filter((one) => one.outcome !== 'placed')).toEqual([])
      await orders.refund(
        tx,
        [
          {
            source: 'shop',
            source_id: 'r1',
            order: { source_id: 'chen-2026-04-05-6' },
            amount_minor: 500,
            occurred_at: '2026-04-06T04:00:00Z',
          },
        ],
        {},
      )
    })
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  it('sum up the books: orders, refunds, members, net of what went back', async () => {
    expect(await reports.summary(db)).toEqual({
      orders: 10,
      cancellations: 1,
      members: 4,
      net_minor: 5_700 - 500,
      currency: 'TWD',
    })
  })

  it('count no money of what was never paid, was cancelled or was sent back', async () => {
    await db.tx({ actor, now, rollback: true }, async (tx) => {
      const { net_minor } = await reports.summary(tx)
      const order = (source_id: string, status: 'placed' | 'cancelled' | 'paid') =>
        orders.receive(
          tx,
          [
            {
              source: 'shop',
              source_id,
              status,
              lines: [{ sku: 'T', quantity: 1, gross_minor: 200 }],
              occurred_at: now.toISOString(),
            },
          ],
          {},
        )
      await order('waiting', 'placed')
      await order('never', 'cancelled')
      expect((await reports.summary(tx)).net_minor).toBe(net_minor)
      await order('waiting', 'paid')
      expect((await reports.summary(tx)).net_minor).toBe(net_minor + 200)
      await order('waiting', 'cancelled')
      expect((await reports.summary(tx)).net_minor).toBe(net_minor)
    })
  })

  it('count nobody who was erased, and keep what was sold', async () => {
    await db.tx({ actor, now, rollback: true }, async (tx) => {
      const before = await reports.summary(tx)
      const ids = await members.idsByExternal(tx, 'shop', ['li', 'chen'])
      await members.erase(
        tx,
        ids.flatMap((id) => (id ? [id] : [])),
      )
      expect(await reports.summary(tx)).toEqual({ ...before, members: before.members - 2 })
      for (const activity of ['orders', 'lines'] as const) {
        expect(await reports.cohorts(tx, activity)).toEqual([{ cohort: '2026-01', size: 2, active: [1, 0, 0, 0, 1] }])
        for (const month of ['2026-02', '2026-04'])
          expect(
            await reports.cohortMembers(tx, { activity, cohort: month, month }, { before: null, limit: 9 }),
          ).toEqual([])
      }
      expect((await reports.rfm(tx, '2026-06-30')).length).toBe(2)
      expect((await reports.concentration(tx)).buyers).toBe(2)
      expect((await reports.repurchase(tx, { within_days: 90, today: '2026-06-30' })).eligible).toBe(2)
    })
  })

  it('list behind every cell of the cohorts just the members it counts, in both conventions, page by page', async () => {
    await db.tx({ actor, now, rollback: true }, async (tx) => {
      const refund = {
        source: 'till',
        source_id: 'back',
        order: { source_id: '0' },
        occurred_at: new Date('2026-03-05'),
      }
      const [order] = await tx.rows<{ source: string; source_id: string }>(sql`
        select source, source_id from orders order by occurred_at limit 1`)
      await orders.refund(tx, [{ ...refund, order: order! }])
      for (const activity of ['orders', 'lines'] as const) {
        for (const { cohort, size, active } of await reports.cohorts(tx, activity)) {
          for (const [i, counted] of [size, ...active].entries()) {
            const month = addMonths(`${cohort}-01`, i).slice(0, 7)
            const cell = { activity, cohort, month }
            const found = await reports.cohortMembers(tx, cell, { before: null, limit: 100 })
            expect({ ...cell, members: found.length }).toEqual({ ...cell, members: counted })
            const rest = await reports.cohortMembers(tx, cell, { before: found[0]?.number ?? 0, limit: 100 })
            expect(rest).toEqual(found.slice(1))
          }
        }
      }
    })
  })

  it('count cohorts by purchases, with zeros for months without anybody', async () => {
    expect(await reports.cohorts(db, 'orders')).toEqual([
      { cohort: '2026-01', size: 2, active: [1, 0, 0, 0, 1] },
      { cohort: '2026-02', size: 1, active: [0, 1, 0, 0] },
      { cohort: '2026-04', size: 1, active: [0, 1] },
    ])
  })

  it('rank recency, frequency and money by quartiles, one is best', async () => {
    const rows = await reports.rfm(db, '2026-06-30')
    const chen = rows.find((row) => row.member === 'chen')!
    expect(chen).toMatchObject({ recency: 86, frequency: 3, monetary: 3_500 })
    expect(chen.class[2]).toBe('1')
    expect(rows.find((row) => row.member === 'li')!.class[0]).toBe('1')
    expect(rows.find((row) => row.member === 'mary')!.class).toBe('444')
  })

  it('measure repurchase only of those who had the time for it', async () => {
    const found = await reports.repurchase(db, { within_days: 40, today: '2026-06-30' })
    // all four had 40 days; wang came back after 32, chen's second order on the same day is the same purchase day
    expect(found).toMatchObject({ eligible: 4, again: 1, rate: 0.25 })
    expect((await reports.repurchase(db, { within_days: 90, today: '2026-06-30' })).eligible).toBe(3)
  })

  it('say what the best fifth brings', async () => {
    const found = await reports.concentration(db)
    expect(found).toMatchObject({ buyers: 4, top_buyers: 1, top_from_minor: 3_500 })
    expect(found.top_share).toBeCloseTo(3_500 / 4_700)
    expect(found.curve.at(-1)).toEqual({ buyers: 1, sales: 1 })
  })

  it('compare members and guests by store', async () => {
    const rows = await reports.storeRows(db, { from: '2026-01-01', to: '2026-06-30' })
    const a = rows.find((row) => row.code === 'A')!
    expect(a).toMatchObject({ orders: 6, net_minor: 1_100, member_net_minor: 600, guest_orders: 1 })
    expect(a.member_share).toBeCloseTo(600 / 1_100)
  })

  it('find the members who are really yours: reachable and within their rhythm', async () => {
    const found = await reports.ours(db, '2026-06-30')
    const states = await db.rows<{ id: string; state: string }>(sql`
      select m.external_id as id, s.state from members m join member_statistics s using (member_id) where m.kind = 'member' order by 1`)
    const within = states.filter((row) => ['new', 'active', 'back'].includes(row.state)).map((row) => row.id)
    expect(found).toMatchObject({ members: 4, reachable: 2, within_rhythm: within.length })
    expect(found.ours).toBe(within.filter((id) => ['wang', 'mary'].includes(id)).length)
    expect(found.sales_minor).toBe(5_200)
  })

  it('follow the flow of states so that every day sums to the members who had bought by then', async () => {
    const found = await reports.flow(db, { from: '2026-01-01', to: '2026-06-30' })
    for (const { day, counts } of found.points) {
      const buyers = new Set(bought.filter(([, on]) => on <= day).map(([id]) => id)).size
      expect([day, Object.values(counts).reduce((sum, n) => sum + n, 0)]).toEqual([day, buyers])
    }
    const now = await db.rows<{ state: string; n: number }>(sql`
      select state, count(*)::int as n from member_statistics s join members m using (member_id)
      where m.kind = 'member' and state is not null group by 1`)
    expect(
      Object.entries(found.now)
        .filter(([, n]) => n > 0)
        .sort(),
    ).toEqual(now.map((row) => [row.state, row.n]).sort())
  })

  it('list the members behind each move, and nobody twice', async () => {
    const range = { from: '2026-01-01', to: '2026-06-30' }
    const { moves } = await reports.flow(db, range)
    expect(moves.length).toBeGreaterThan(1)
    for (const { from: was, to: became } of moves) {
      const behind = await db.rows<{ member_id: string }>(sql`
        select distinct member_id from member_state_changes
        where from_state is not distinct from ${was} and to_state = ${became}`)
      const move = { ...range, was, became }
      const found = await reports.movedMembers(db, move, { before: null, limit: 10 })
      expect(found.map(({ member_id }) => member_id).sort()).toEqual(behind.map(({ member_id }) => member_id).sort())
      const [first, ...others] = found
      expect(await reports.movedMembers(db, move, { before: first!.number, limit: 10 })).toEqual(others)
    }
    const never = { ...range, to: '2026-01-02', was: null, became: 'new' }
    expect(await reports.movedMembers(db, never, { before: null, limit: 10 })).toEqual([])
  })

  it('leave guests out of the flow, though they have a rhythm of their own', async () => {
    const before = await reports.flow(db, { from: '2026-01-01', to: '2026-06-30' })
    await expect(
      db.tx({ actor, now, rollback: true }, async (tx) => {
        const guest: orders.OrderWire = {
          source: 'shop',
          source_id: 'guest-known',
          status: 'completed',
          store: 'A',
          member: { phone: '0911222333' },
          lines: [{ sku: 'T', quantity: 1, gross_minor: 90 }],
          occurred_at: '2026-06-20T04:00:00Z',
        }
        await orders.receive(tx, [guest], { create_as: 'guest' })
        const states = await tx.row<{ n: number }>(sql`
        select count(*)::int as n from member_state_changes join members using (member_id) where kind = 'guest'`)
        return { guests: states!.n, flow: await reports.flow(tx, { from: '2026-01-01', to: '2026-06-30' }) }
      }),
    ).resolves.toEqual({ guests: 1, flow: before })
  })

  it('name the drowsy of the best fifth, and what they have brought', async () => {
    const found = await db.tx({ actor, now, rollback: true }, async (tx) => {
      await tx.run(sql`update member_statistics set state = 'drowsy' where net_minor > 0`)
      return reports.drifting(tx)
    })
    // four buyers: the best fifth is the best one
    expect(found).toEqual({ from_minor: 3_500, members: 1, net_minor: 3_500 })
  })

  it('show points so that what is owed equals what was earned, spent, expired and taken back', async () => {
    const found = await reports.pointsFlow(db, { today: '2026-06-30', zone, point_value_minor: 1 })
    const sum = (of: 'earned' | 'opened' | 'spent' | 'expired' | 'reversed') =>
      found.months.reduce((total, month) => total + month[of], 0)
    expect(sum('earned')).toBeGreaterThan(0)
    expect(found.outstanding).toBe(sum('earned') + sum('opened') - sum('spent') - sum('expired') - sum('reversed'))
    expect(found.by_age.reduce((total, age) => total + age.remaining, 0)).toBe(found.outstanding)
    expect(found.liability_minor).toBe(found.outstanding)
  })

  it('count what members brought along as no earning of ours', async () => {
    const months = await db.tx({ actor, now, rollback: true }, async (tx) => {
      const [member_id] = await members.idsByExternal(tx, 'shop', ['mary'])
      const before = await reports.pointsFlow(tx, { today: '2026-06-30', zone, point_value_minor: 1 })
      await points.openLots(tx, [
        {
          member_id: member_id!,
          points: 900,
          earned_at: now,
          expires_on: '2027-12-31',
          source: 'opening:old',
          source_id: 'mary',
        },
      ])
      const after = await reports.pointsFlow(tx, { today: '2026-06-30', zone, point_value_minor: 1 })
      expect(after.outstanding).toBe(before.outstanding + 900)
      return [before, after].map((found) => found.months.find(({ month }) => month === '2026-06')!)
    })
    expect(months[1]!.earned).toBe(months[0]!.earned)
    expect([months[0]!.opened, months[1]!.opened]).toEqual([0, 900])
  })

  it('give the flow its own fields and no other', async () => {
    const range = await reports.rangeOf(db, { from: '2026-01-01', to: '2026-06-30', now })
    expect(Object.keys(await reports.flow(db, range)).sort()).toEqual(['from', 'moves', 'now', 'points', 'to'])
  })

  it('tell on the first page what changed this week', async () => {
    const found = await reports.today(db, { day: '2026-06-30', as_of: now, zone })
    expect(found.week).toMatchObject({ orders: 3, net_minor: 1_170, member_net_minor: 670, orders_before: 0 })
    expect(found.days).toHaveLength(28)
    expect(found.days.find((day) => day.day === '2026-06-29')).toEqual({
      day: '2026-06-29',
      orders: 1,
      net_minor: 70,
    })
  })

  it('tell on the first page which stores nobody has named, until somebody does', async () => {
    const told = async (reader: Reader, day = '2026-06-30') =>
      (await reports.today(reader, { day, as_of: now, zone })).unnamed_stores
    const known = await stores.all(db)
    const [a, b] = ['A', 'B'].map((code) => known.find((store) => store.code === code)!.store_id)
    const both = [
      { store_id: a, code: 'A' },
      { store_id: b, code: 'B' },
    ]
    const nothing = { count: 0, told: [], since: null, orders: 0, has_more_orders: false }
    // what the books of these tests hold was brought on that day, whenever it was bought
    expect(await told(db)).toEqual({ count: 2, told: both, since: '2026-06-30', orders: 10, has_more_orders: false })
    expect((await told(db, '2026-07-29')).count).toBe(2)
    expect(await told(db, '2026-07-30')).toEqual(nothing)
    await db.tx({ actor, now, rollback: true }, async (tx) => {
      // who adds a store and calls it by its code has named it, and so has who saves one as it is
      await stores.create(tx, { code: 'S8' })
      await stores.update(tx, a!, { name: 'A' })
      expect(await told(tx)).toMatchObject({ count: 1, told: [both[1]] })
      await stores.update(tx, b!, { name: '信義店' })
      expect(await told(tx)).toEqual(nothing)
    })
  })

  it('can be downloaded, every table of them', async () => {
    for (const name of tableNames) {
      const text = await downloadOf(db, name, { now })
      expect(text.startsWith('\ufeff')).toBe(true)
      expect(text.split('\n').length).toBeGreaterThan(1)
    }
    expect(await downloadOf(db, 'cohorts', { now })).toContain('2026-02,1,0,1,0,0')
    await expect(downloadOf(db, 'nothing', { now })).rejects.toMatchObject({ code: 'report.unknown' })
    await expect(reports.rangeOf(db, { from: '2026-02-01', to: '2026-01-01', now })).rejects.toMatchObject({
      code: 'report.day_unreadable',
    })
  })
})

/** Moments through the doors: what is given when somebody joins, buys, rises, wakes, and when a day comes round. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { monday, openWorld, type Caller, type World } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { verify } from '../../base/verify.ts'
import * as members from '../../record/members/members.ts'
import { receive, refund } from '../../record/orders/orders.ts'
import * as program from '../../record/program/program.ts'
import * as gifts from '../gifts/gifts.ts'
import * as points from '../points/points.ts'
import { jobs } from './jobs.ts'
import * as moments from './moments.ts'
import type { MomentRule, When } from './types.ts'

let world: World
let marketer: Caller
beforeAll(async () => {
  world = await openWorld()
  marketer = world.as('marketer')
})
afterAll(() => world.close())
beforeEach(async () => {
  world.at(monday)
  // each test looks at its own moments alone
  const { data } = await marketer.call('GET /v1/admin/moments')
  for (const { moment_id, status } of data)
    if (status === 'active')
      await marketer.call('PATCH /v1/admin/moments/:moment_id', {
        params: { moment_id },
        body: { status: 'stopped' },
      })
})

const plain: Omit<MomentRule, 'when'> = {
  whom: null,
  reward: { kind: 'points', points: 50 },
  budget_id: null,
  before_days: 0,
  after_days: 0,
  joined_days_min: 0,
}
const birthday: When = { kind: 'birthday', span: 'day', calendar: 'solar' }
async function momentOf(when: When, rule: Partial<MomentRule> = {}): Promise<string> {
  const { moment_id } = await marketer.call('POST /v1/admin/moments', {
    body: { names: { en: when.kind }, rule: { ...plain, when, ...rule } },
  })
  return moment_id
}
let made = 0
const numbered = (text: string) => `${text}-${++made}`
const join = (more: object = {}) =>
  marketer.call('POST /v1/admin/members', {
    body: { display_name: '新會員', email: `${numbered('new')}@x.example`, ...more },
  })
async function buy(member_id: string, net = 100, more: { at?: Date; id?: string } = {}) {
  const source_id = more.id ?? numbered('T')
  await world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id,
        occurred_at: more.at ?? tx.now,
        member: { member_id },
        lines: [{ sku: 'oolong', category: 'tea', quantity: 1, net_minor: net }],
      },
    ]),
  )
  return source_id
}
const giveBack = (order: string, net = 100) =>
  world.tx((tx) =>
    refund(tx, [
      {
        source: 'till',
        source_id: numbered('R'),
        order: { source_id: order },
        amount_minor: net,
        occurred_at: tx.now,
      },
    ]),
  )
const given = async (member_id: string, moment_id?: string) => {
  const { data } = await marketer.call('GET /v1/admin/members/:member_id/moments', { params: { member_id } })
  return data.filter((one) => moment_id === undefined || one.moment_id === moment_id)
}
const occurrences = async (member_id: string, moment_id: string) =>
  (await given(member_id, moment_id)).map((one) => one.occurrence).sort()
const tick = () =>
  jobs['moments.give']!({}, {
    db: world.db,
    actor: systemActor('moments.give'),
    now: world.now(),
    signal: new AbortController().signal,
  } as JobContext)
const born = (birth_date: string, more: object = {}) => join({ birth_date, ...more })
const at = (text: string) => world.at(new Date(`${text}T10:00:00+08:00`))
const broken = async () =>
  (await verify(world.db, [...moments.checks, ...gifts.checks])).checks.filter((one) => !one.ok)

test('who joins has the gift at once, and again changes nothing', async () => {
  const moment_id = await momentOf({ kind: 'joining' })
  const { member_id } = await join()
  expect(await given(member_id)).toMatchObject([
    { moment_id, occurrence: 'joined', occurs_on: '2026-11-02', status: 'done', why: { code: 'joined' } },
  ])
  const [balance] = await points.balanceOf(world.db, [member_id])
  expect(balance!.active).toBe(50)
  await marketer.call('PATCH /v1/admin/members/:member_id', {
    params: { member_id },
    body: { birth_date: '1990-11-02' },
  })
  expect(await given(member_id)).toHaveLength(1)
  expect(await broken()).toEqual([])
})

test('a guest who joins with the next purchase gets it; whom an import knew for long does not', async () => {
  const moment_id = await momentOf({ kind: 'joining' })
  const { member_id: guest } = await join({ kind: 'guest', phone: '0955000111' })
  expect(await given(guest)).toEqual([])
  const { member_id } = await join({ phone: '0955000111', email: null })
  expect(member_id).toBe(guest)
  expect(await given(guest, moment_id)).toHaveLength(1)
  const old = await join({ joined_at: '2024-01-01T00:00:00Z' })
  expect(await given(old.member_id)).toEqual([])
})

test('the first purchase, the third and every second are told apart', async () => {
  const first = await momentOf({ kind: 'purchase', number: 1, repeats: false })
  const second = await momentOf({ kind: 'purchase', number: 2, repeats: true })
  const { member_id } = await join()
  await buy(member_id)
  const order = await buy(member_id)
  await buy(member_id, 100, { id: order })
  for (let i = 0; i < 3; i += 1) await buy(member_id)
  expect(await occurrences(member_id, first)).toEqual(['1'])
  expect(await occurrences(member_id, second)).toEqual(['2', '4'])
  expect((await given(member_id, second)).at(-1)).toMatchObject({
    why: { code: 'purchase_number', params: { number: 2 } },
  })
  expect(await broken()).toEqual([])
})

test('orders that come in one set are numbered like those that come one by one', async () => {
  const first = await momentOf({ kind: 'purchase', number: 1, repeats: false })
  const second = await momentOf({ kind: 'purchase', number: 2, repeats: true })
  const { member_id } = await join()
  world.later(1)
  await world.tx((tx) =>
    receive(
      tx,
      [1, 2, 3, 4].map((nth) => ({
        source: 'till',
        source_id: numbered('S'),
        occurred_at: new Date(tx.now.getTime() - nth * 60_000),
        member: { member_id },
        lines: [{ sku: 'oolong', category: 'tea', quantity: 1, net_minor: 100 }],
      })),
    ),
  )
  expect(await occurrences(member_id, first)).toEqual(['1'])
  expect(await occurrences(member_id, second)).toEqual(['2', '4'])
  expect(await broken()).toEqual([])
})

test('the gift goes back with the first purchase, and comes with the one in its place', async () => {
  const moment_id = await momentOf({ kind: 'purchase', number: 1, repeats: false })
  const { member_id } = await join()
  const order = await buy(member_id)
  await giveBack(order)
  expect(await given(member_id)).toMatchObject([{ occurrence: '1', taken_back_at: expect.any(String) }])
  const [balance] = await points.balanceOf(world.db, [member_id])
  expect(balance!.active).toBe(0)
  await buy(member_id)
  expect(await occurrences(member_id, moment_id)).toEqual(['1', '1/2'])
  await buy(member_id)
  expect(await occurrences(member_id, moment_id)).toEqual(['1', '1/2'])
  expect(await broken()).toEqual([])
})

test('who rises by a purchase gets the gift of the tier, booked behind the points of that purchase', async () => {
  const tiers = await marketer.call('GET /v1/admin/tiers')
  const top = tiers.data.filter((one) => !one.invitation_only).at(-1)!
  const moment_id = await momentOf({ kind: 'upgrade', tiers: [top.code] })
  const { member_id } = await join()
  const order = await buy(member_id, 1_000_000)
  expect(await given(member_id, moment_id)).toMatchObject([
    { occurrence: `${top.code} 2026`, why: { code: 'upgraded', params: { tier: top.code } } },
  ])
  expect((await verify(world.db, points.checks)).checks.filter((one) => !one.ok)).toEqual([])
  await giveBack(order, 1_000_000)
  expect(await given(member_id, moment_id)).toMatchObject([{ taken_back_at: expect.any(String) }])
  expect(await broken()).toEqual([])
})

test('a large set that rises at once: some get the last coupons, all keep their points', async () => {
  const { coupon_definition_id } = await marketer.call('POST /v1/admin/coupon-definitions', {
    body: {
      name: 'Few',
      design: {
        benefit: { kind: 'amount', amount_minor: 10 },
        scope: {},
        minimum_minor: 0,
        window: { days_after_issue: 30 },
        limits: { per_coupon: 1 },
        stacking: { group: 'coupon', is_exclusive: false },
        codes: 'pool',
        gives_back: true,
      },
    },
  })
  const codes = Array.from({ length: 40 }, (_, i) => `FEW-${i}`)
  await marketer.call('POST /v1/admin/coupon-definitions/:coupon_definition_id/codes', {
    params: { coupon_definition_id },
    body: { codes },
  })
  const tiers = await marketer.call('GET /v1/admin/tiers')
  const top = tiers.data.filter((one) => !one.invitation_only).at(-1)!
  const reward = { kind: 'coupon' as const, coupon_definition_id }
  const moment_id = await momentOf({ kind: 'upgrade', tiers: [top.code] }, { reward })
  const outcomes = await world.tx((tx) =>
    members.upsert(
      tx,
      Array.from({ length: 300 }, (_, i) => ({ external_id: `rise-${i}` })),
      { source: 'rise' },
    ),
  )
  await world.tx((tx) =>
    receive(
      tx,
      outcomes.map(({ member_id }, i) => ({
        source: 'till',
        source_id: `rise-${i}`,
        occurred_at: tx.now,
        member: { member_id: member_id! },
        lines: [{ sku: 'oolong', category: 'tea', quantity: 1, net_minor: 1_000_000 }],
      })),
    ),
  )
  const shown = await marketer.call('GET /v1/admin/moments/:moment_id', { params: { moment_id } })
  expect(shown).toMatchObject({ given: 40, refused: 260 })
  const earned = await world.db.row<{ n: number }>(sql`
    select count(*) as n from point_entries where kind = 'earn'
      and member_id = any (${outcomes.map((one) => one.member_id!)}::uuid[])`)
  expect(earned!.n).toBe(300)
  expect((await verify(world.db, points.checks)).checks.filter((one) => !one.ok)).toEqual([])
  expect(await broken()).toEqual([])
})

test('the first purchase after a long sleep wakes, the second of that day does not', async () => {
  const moment_id = await momentOf({ kind: 'waking', days: 90 })
  const { member_id } = await join({ joined_at: '2026-01-01T00:00:00Z' })
  await buy(member_id, 100, { at: new Date('2026-05-01T10:00:00+08:00') })
  await buy(member_id)
  await buy(member_id)
  expect(await given(member_id, moment_id)).toMatchObject([
    { occurrence: 'since 2026-05-01', why: { code: 'woke', params: { since: '2026-05-01' } } },
  ])
})

test('birthdays are given on the day, once, to those who are meant', async () => {
  const moment_id = await momentOf(birthday, {
    whom: { combinator: 'and', not: false, rules: [{ field: 'tags', operator: 'has_any', value: ['vip'] }] },
  })
  at('2026-11-09')
  await tick()
  const vip = await born('1990-11-10', { tags: ['vip'] })
  const other = await born('1990-11-10')
  const later = await born('1990-11-11', { tags: ['vip'] })
  at('2026-11-10')
  await tick()
  await tick()
  expect(await given(vip.member_id, moment_id)).toMatchObject([
    { occurrence: '2026', occurs_on: '2026-11-10', given_on: '2026-11-10', why: { code: 'birthday_day' } },
  ])
  expect([...(await given(other.member_id)), ...(await given(later.member_id))]).toEqual([])
  at('2026-11-11')
  await tick()
  expect(await given(later.member_id, moment_id)).toHaveLength(1)
  expect(await broken()).toEqual([])
})

test('born on 29 February, by the moon, in another year: the day comes round', async () => {
  const solar = await momentOf(birthday)
  const moon = await momentOf({ ...birthday, calendar: 'lunar' })
  // 15th of the eighth month: mid-autumn of 1990, and 2027-09-15
  const autumn = await born('1990-10-03')
  const leap = await born('2000-02-29')
  for (const day of ['2027-02-27', '2027-02-28', '2027-03-01', '2027-09-14', '2027-09-15', '2027-10-03']) {
    at(day)
    await tick()
  }
  const days = async (member_id: string, moment_id: string) =>
    (await given(member_id, moment_id)).map((one) => one.given_on)
  expect(await days(leap.member_id, solar)).toEqual(['2027-02-28'])
  expect(await days(autumn.member_id, moon)).toEqual(['2027-09-15'])
  expect(await days(autumn.member_id, solar)).toEqual(['2027-10-03'])
})

test('who joins on the birthday has it at once; who tells it later the same day too; another birthday brings no second', async () => {
  const moment_id = await momentOf(birthday, { before_days: 3, after_days: 3 })
  await tick()
  const today = await born('1990-11-02')
  expect(await given(today.member_id, moment_id)).toHaveLength(1)
  const silent = await join()
  const set = (member_id: string, birth_date: string) =>
    marketer.call('PATCH /v1/admin/members/:member_id', { params: { member_id }, body: { birth_date } })
  await set(silent.member_id, '1988-11-04')
  expect(await given(silent.member_id, moment_id)).toMatchObject([
    { occurs_on: '2026-11-04', given_on: '2026-11-02' },
  ])
  at('2026-12-20')
  await set(silent.member_id, '1988-12-21')
  await tick()
  at('2026-12-30')
  await set(silent.member_id, '1988-01-01')
  await tick()
  expect(await given(silent.member_id, moment_id)).toHaveLength(1)
})

// Protected by: a birthday that comes with an import is told like one that a person writes; its window is of now.
test('a birthday that an import brings, of who is here or comes with it, is given while its window is open, once', async () => {
  const moment_id = await momentOf({ ...birthday, span: 'month' })
  const single = await momentOf(birthday)
  const joining = await momentOf({ kind: 'joining' })
  await tick()
  const email = `${numbered('silent')}@x.example`
  const silent = await join({ email })
  const rows = [
    { email, birth_date: '1988-11-20' },
    { external_id: numbered('old'), birth_date: '1970-11-01', joined_at: new Date('2020-01-01T00:00:00Z') },
    { external_id: numbered('old'), birth_date: '1970-12-01', joined_at: new Date('2020-01-01T00:00:00Z') },
  ]
  const bring = () => world.tx((tx) => members.upsert(tx, rows, { source: 'crm' }))
  const [told, come, december] = (await bring()).map((one) => one.member_id!) as [string, string, string]
  expect(told).toBe(silent.member_id)
  expect(await given(told, moment_id)).toMatchObject([{ occurs_on: '2026-11-20', given_on: '2026-11-02' }])
  expect(await given(come, moment_id)).toMatchObject([{ occurs_on: '2026-11-01', given_on: '2026-11-02' }])
  // who joined years ago is no newcomer, whose day has gone by has none
  expect([...(await given(come, joining)), ...(await given(come, single)), ...(await given(december))]).toEqual([])
  await bring()
  at('2026-11-03')
  await tick()
  at('2026-11-20')
  await tick()
  expect(await given(told, moment_id)).toHaveLength(1)
  expect(await given(told, single)).toHaveLength(1)
  expect(await given(come, moment_id)).toHaveLength(1)
  expect(await broken()).toEqual([])
})

// Protected by: a window is open only while the moment is alive, for whoever asks: clock, fact, preview.
test('a moment with a first and a last day gives on them and between, and a preview says so', async () => {
  const span = { starts_on: '2026-11-10', ends_on: '2026-11-15' }
  const wide = await momentOf(birthday, { before_days: 3, after_days: 3, ...span })
  const welcome = await momentOf({ kind: 'joining' }, span)
  const people = new Map<string, string>()
  for (const day of ['06', '07', '15', '18', '19']) people.set(day, (await born(`1990-11-${day}`)).member_id)
  const rule = { ...plain, when: birthday, before_days: 3, after_days: 3, ...span }
  const preview = (more: Partial<MomentRule> = {}) =>
    marketer.call('POST /v1/admin/moments/previews', { body: { rule: { ...rule, ...more }, moment_id: null } })
  const ahead = (await preview()).first.filter((one) => [...people.values()].includes(one.member_id))
  expect(ahead.map((one) => [one.occurs_on, one.given_on])).toEqual([
    ['2026-11-07', '2026-11-10'],
    ['2026-11-15', '2026-11-12'],
    ['2026-11-18', '2026-11-15'],
  ])
  for (let day = 2; day <= 20; day += 1) {
    at(`2026-11-${String(day).padStart(2, '0')}`)
    await tick()
    const newcomer = await join()
    expect(await given(newcomer.member_id, welcome)).toHaveLength(day >= 10 && day <= 15 ? 1 : 0)
  }
  const found = await Promise.all([...people].map(async ([day, id]) => [day, (await given(id, wide))[0]?.given_on]))
  expect(found).toEqual([
    ['06', undefined],
    ['07', '2026-11-10'],
    ['15', '2026-11-12'],
    ['18', '2026-11-15'],
    ['19', undefined],
  ])
  // what looks back looks as far as the moment has left: nothing of one that is over, six days of one to come
  const joining = { when: { kind: 'joining' } } as const
  expect(await preview({ ...joining })).toMatchObject({ looks: 'back', days: 0, gifts: 0 })
  expect(await preview({ ...joining, starts_on: '2027-01-01', ends_on: '2027-01-06' })).toMatchObject({
    days: 6,
    gifts: 6,
  })
  await expect(preview({ ends_on: '2026-11-01' })).rejects.toMatchObject({
    errors: [{ code: 'moment.ends_before_start', pointer: '/rule/ends_on' }],
  })
  // a longer life is another version; who was given is not given again
  at('2026-11-21')
  await marketer.call('PATCH /v1/admin/moments/:moment_id', {
    params: { moment_id: wide },
    body: { rule: { ...rule, ends_on: '2026-11-30' } },
  })
  // the same rule is no new version, in whatever order its parts are sent
  const turned = Object.fromEntries(
    Object.entries({ ...rule, ends_on: '2026-11-30' }).reverse(),
  ) as unknown as MomentRule
  const renamed = await marketer.call('PATCH /v1/admin/moments/:moment_id', {
    params: { moment_id: wide },
    body: { names: { en: 'Wide' }, rule: turned },
  })
  expect(renamed.version).toBe(2)
  await tick()
  expect(await given(people.get('18')!, wide)).toHaveLength(1)
  expect(await given(people.get('19')!, wide)).toMatchObject([{ given_on: '2026-11-21' }])
  expect(await broken()).toEqual([])
  await world.tx((tx) =>
    tx.run(sql`update moment_gifts set given_on = '2026-11-09' where member_id = ${people.get('07')!}::uuid`),
  )
  expect((await broken()).map((one) => one.name)).toEqual(['moments.inside_their_days'])
  await world.tx((tx) =>
    tx.run(sql`update moment_gifts set given_on = '2026-11-10' where member_id = ${people.get('07')!}::uuid`),
  )
})

test('a server that was down gives late inside the window, and what is over it leaves', async () => {
  const open = await momentOf(birthday, { after_days: 2 })
  const strict = await momentOf(birthday)
  const { member_id } = await born('1990-11-10')
  at('2026-11-08')
  await tick()
  at('2026-11-12')
  await tick()
  expect(await given(member_id, open)).toMatchObject([{ given_on: '2026-11-12', occurs_on: '2026-11-10' }])
  expect(await given(member_id, strict)).toEqual([])
  // made late: what is open now is given now
  const late = await momentOf(birthday, { after_days: 5 })
  await tick()
  expect(await given(member_id, late)).toHaveLength(1)
})

test('anniversaries of joining count their years, founders’ day and holidays are everybody’s', async () => {
  const { member_id } = await join({ joined_at: '2024-11-05T01:00:00+08:00' })
  const anniversary = await momentOf({ kind: 'join_anniversary' })
  const founders = await momentOf({ kind: 'brand_anniversary', month_day: '11-05' })
  const holiday = await momentOf({ kind: 'holiday', yearly: [], dates: ['2026-11-05', '2026-11-06'] })
  for (const day of ['2026-11-04', '2026-11-05', '2026-11-06']) {
    at(day)
    await tick()
  }
  expect(await given(member_id, anniversary)).toMatchObject([
    { given_on: '2026-11-05', why: { params: { years: 2 } } },
  ])
  expect(await occurrences(member_id, founders)).toEqual(['2026'])
  expect(await occurrences(member_id, holiday)).toEqual(['2026-11-05', '2026-11-06'])
  expect(await given(world.cast.guest)).toEqual([])
  expect(await occurrences(world.cast.wang, holiday)).toEqual(['2026-11-05', '2026-11-06'])
})

test('days of the member’s own come round by both calendars', async () => {
  const wedding = await momentOf({ kind: 'own_day', name: '結婚紀念日' })
  const { member_id } = await join()
  const days = (calendar: 'solar' | 'lunar', day: string) =>
    marketer.call('PUT /v1/admin/members/:member_id/days', {
      params: { member_id },
      body: { data: [{ name: '結婚紀念日', calendar, day }] },
    })
  await days('solar', '2015-11-20')
  at('2026-11-20')
  await tick()
  expect(await given(member_id, wedding)).toMatchObject([{ given_on: '2026-11-20', why: { code: 'own_day' } }])
  // another day brings no second gift in the same twelve months
  await days('lunar', '--08-15')
  for (const day of ['2027-09-15', '2028-10-02', '2028-10-03']) {
    at(day)
    await tick()
  }
  expect((await given(member_id, wedding)).map((one) => one.given_on)).toEqual(['2028-10-03', '2026-11-20'])
  await expect(days('lunar', '--13-01')).rejects.toMatchObject({ code: 'member.day_unreadable' })
})

test('what cannot be given says why, and is given when it can', async () => {
  const item = await marketer.call('POST /v1/admin/gift-items', {
    body: { names: { en: 'Tin' }, cost_minor: 30, fulfilment: 'pickup', stock: 'total' },
  })
  const moment_id = await momentOf({ kind: 'joining' }, { reward: { kind: 'item', item_id: item.item_id } })
  const { member_id } = await join()
  expect(await given(member_id)).toMatchObject([{ gift_id: null, refused: 'gift.out_of_stock' }])
  const params = { moment_id }
  expect(await marketer.call('POST /v1/admin/moments/:moment_id/retries', { params })).toEqual({
    given: 0,
    refused: 1,
  })
  await world.tx((tx) => gifts.setStock(tx, item.item_id, { heaps: [{ store_id: null, left: 1 }] }))
  expect(await marketer.call('POST /v1/admin/moments/:moment_id/retries', { params })).toEqual({
    given: 1,
    refused: 0,
  })
  expect(await given(member_id)).toMatchObject([{ refused: null, status: 'open', cost_minor: 30 }])
  const shown = await marketer.call('GET /v1/admin/moments/:moment_id', { params })
  expect(shown).toMatchObject({ given: 1, refused: 0, cost_minor: 30 })
  expect(await broken()).toEqual([])
})

test('a preview names who is due in the next days, or who would have been given', async () => {
  await born('1990-11-20')
  await born('1990-12-24')
  const ahead = await marketer.call('POST /v1/admin/moments/previews', {
    body: { rule: { ...plain, when: birthday } },
  })
  expect(ahead).toMatchObject({ looks: 'ahead', days: 30 })
  const dates = ahead.first.map((one) => one.given_on)
  expect(dates).toContain('2026-11-20')
  expect(dates).not.toContain('2026-12-24')
  expect(ahead).toMatchObject({ points: ahead.gifts * 50, cost_minor: ahead.gifts * 50 })
  for (const when of [
    { kind: 'joining' },
    { kind: 'purchase', number: 1, repeats: false },
    { kind: 'purchase', number: 2, repeats: true },
    { kind: 'upgrade', tiers: ['gold'] },
    { kind: 'waking', days: 90 },
    { kind: 'join_anniversary' },
    { kind: 'own_day', name: 'wedding' },
    { kind: 'holiday', yearly: [{ calendar: 'lunar', month_day: '01-01' }], dates: ['2026-11-11'] },
    { ...birthday, calendar: 'lunar', span: 'month' },
  ] as When[]) {
    const found = await marketer.call('POST /v1/admin/moments/previews', { body: { rule: { ...plain, when } } })
    expect(found.gifts).toBeGreaterThanOrEqual(found.members)
  }
  // a point that is worth less than the smallest coin: half a coin each, given and not given
  const worth = (point_value_minor: number) =>
    world.tx((tx) => program.update(tx, { settings: { point_value_minor } }))
  await worth(0.01)
  const half = await marketer.call('POST /v1/admin/moments/previews', {
    body: { rule: { ...plain, when: birthday } },
  })
  expect([half.gifts, half.cost_minor]).toEqual([ahead.gifts, ahead.gifts / 2])
  const moment_id = await momentOf({ kind: 'joining' })
  const { member_id } = await join()
  expect(await given(member_id, moment_id)).toMatchObject([{ cost_minor: 0.5 }])
  await worth(1)
  const shown = await marketer.call('GET /v1/admin/moments/:moment_id', { params: { moment_id } })
  expect(shown).toMatchObject({ given: 1, cost_minor: 0.5 })
})

test('a rule that cannot be is refused with every place', async () => {
  const refused = (when: When, rule: Partial<MomentRule> = {}) => expect(momentOf(when, rule)).rejects
  await refused({ kind: 'brand_anniversary', month_day: '02-30' }).toMatchObject({
    code: 'moment.rule_invalid',
    errors: [{ code: 'moment.day_unreadable' }],
  })
  await refused({ kind: 'holiday', yearly: [], dates: [] }).toMatchObject({ errors: [{ code: 'moment.no_days' }] })
  await refused({ kind: 'upgrade', tiers: [] }).toMatchObject({ errors: [{ code: 'moment.tiers_missing' }] })
  await refused(birthday, { before_days: 50, after_days: 50 }).toMatchObject({
    errors: [{ code: 'moment.window_too_long' }],
  })
})

test('two accounts of one person keep what both were given; of somebody erased no birthday is left', async () => {
  const moment_id = await momentOf(birthday)
  const keep = await born('1990-11-02')
  const other = await born('1990-11-02')
  await world.tx((tx) => members.merge(tx, [{ keep: keep.member_id, merge: other.member_id }]))
  expect(await occurrences(keep.member_id, moment_id)).toEqual(['2026', `2026/${other.member_id}`])
  at('2027-11-02')
  await tick()
  expect((await occurrences(keep.member_id, moment_id)).at(-1)).toBe('2027')
  expect(await broken()).toEqual([])
  const gone = await born('1985-11-02')
  await world.tx((tx) => members.erase(tx, [gone.member_id]))
  const left = await world.db.rows<{ why: unknown }>(sql`
    select occurs_on, why from moment_gifts where member_id = ${gone.member_id}::uuid`)
  expect(JSON.stringify(left)).not.toContain('1985')
  expect(await broken()).toEqual([])
})

test('a planted gift that no moment gave is found, and one that is no gift', async () => {
  const moment_id = await momentOf({ kind: 'joining' })
  const { member_id } = await join()
  await world.db.run(sql`update moment_gifts set gift_id = uuidv7() where member_id = ${member_id}::uuid`)
  expect((await broken()).map((one) => one.name)).toContain('moments.given_are_gifts')
  await world.db.run(sql`
    update moment_gifts set gift_id = (select gift_id from gifts g where g.member_id = ${member_id}::uuid limit 1)
    where member_id = ${member_id}::uuid`)
  expect(await broken()).toEqual([])
  await world.db.run(sql`
    update moment_gifts set order_id = uuidv7() where moment_id = ${moment_id}::uuid`)
  expect((await broken()).map((one) => one.name)).toContain('moments.purchases_are_own')
  await world.db.run(sql`update moment_gifts set order_id = null where moment_id = ${moment_id}::uuid`)
})

/** Two accounts of one person become one, through all floors. */
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { checks } from '../../src/app/checks.ts'
import { sql } from '../../src/base/sql.ts'
import { dayMs } from '../../src/base/time.ts'
import { verify } from '../../src/base/verify.ts'
import * as messages from '../../src/reach/messages/messages.ts'
import * as members from '../../src/record/members/members.ts'
import * as orders from '../../src/record/orders/orders.ts'
import type { OrderWire, RefundWire } from '../../src/record/orders/types.ts'
import * as points from '../../src/value/points/points.ts'
import * as tiers from '../../src/value/tiers/tiers.ts'
import { openWorld, type Caller } from '../world.ts'

const world = await openWorld()
afterAll(() => world.close())
const { db } = world
const marketer = world.as('marketer')

afterEach(async () => {
  const { checks: found } = await verify(db, checks)
  expect(found.filter((check) => !check.ok)).toEqual([])
})

let made = 0
/** Somebody new with an external id. */
async function somebody(input: Partial<members.MemberInput> = {}): Promise<string> {
  const number = (made += 1)
  const [outcome] = await world.tx((tx) =>
    members.upsert(tx, [{ external_id: `S${number}`, display_name: `Some Body ${number}`, ...input }], {
      source: 'pos',
    }),
  )
  return outcome!.member_id!
}

const daysAgo = (days: number) => new Date(world.now().getTime() - days * dayMs)
let receipts = 0
const orderOf = (member_id: string, days: number, amount: number, more: Partial<OrderWire> = {}): OrderWire => ({
  source: 'pos',
  source_id: `P${(receipts += 1)}`,
  status: 'completed',
  store: 'XINYI',
  member: { member_id },
  occurred_at: daysAgo(days),
  lines: [{ sku: 'TEA', category: 'tea', quantity: 2, net_minor: amount }],
  ...more,
})
const buy = (...wires: OrderWire[]) => world.tx((tx) => orders.receive(tx, wires, {}))
const giveBack = (...wires: RefundWire[]) => world.tx((tx) => orders.refund(tx, wires, {}))
const merge = (keep: string, ...merged: string[]) =>
  marketer.call('POST /v1/admin/members/:member_id/merge', {
    params: { member_id: keep },
    body: { merge: merged },
  })
const profile = (member_id: string, who: Caller = marketer) =>
  who.call('GET /v1/admin/members/:member_id', { params: { member_id } })
const balance = async (member_id: string) => (await points.balanceOf(db, [member_id]))[0]!
const said = (channel: string, status: 'granted' | 'withdrawn', days: number) => ({
  channel,
  purpose: 'marketing',
  status,
  at: daysAgo(days),
  method: 'form',
})

describe('pain 24: bad merges: the anonymous one wins, data lost, consent widened', () => {
  test('the kept one’s words hold, blanks are filled, nothing is lost', async () => {
    const kept = await somebody({
      display_name: '林美玲',
      phone: '0911000001',
      tags: ['a'],
      attributes: { shoe: 38 },
      joined_at: daysAgo(100),
      birth_date: '--03-04',
    })
    const gone = await somebody({
      display_name: 'Lin',
      email: 'lin@example.com',
      card: 'OLD 77',
      tags: ['b'],
      gender: 'female',
      attributes: { shoe: 40, hat: 55 },
      joined_at: daysAgo(300),
      birth_date: '1990-03-04',
    })
    await world.tx((tx) => members.note(tx, [{ member_id: gone, body: 'sits by the window' }]))
    await buy(orderOf(kept, 20, 500), orderOf(gone, 30, 700), orderOf(gone, 10, 300))
    await merge(kept, gone)
    const page = await profile(kept)
    expect(page.member).toMatchObject({
      display_name: '林美玲',
      first_name: null,
      phone: '+886911000001',
      email: 'lin@example.com',
      gender: 'female',
      tags: ['a', 'b'],
      attributes: { shoe: 38, hat: 55 },
      birth_date: '1990-03-04',
      joined_at: daysAgo(300).toISOString(),
    })
    expect(page.statistics).toMatchObject({ order_count: 3, net_minor: 1500, purchase_days: 3 })
    expect(page.notes).toMatchObject([{ body: 'sits by the window' }])
    expect(await members.searchIds(db, 'OLD77')).toEqual([kept])
    expect(await members.searchIds(db, 'lin@example.com')).toEqual([kept])
  })

  test('a guest that is kept becomes the member it is merged with', async () => {
    const [guest] = await world.tx((tx) =>
      members.resolve(tx, [{ phone: '0911000002' }], { create_as: 'guest', channel: 'pos' }),
    )
    const member = await somebody({ joined_at: daysAgo(50) })
    await merge(guest!, member)
    expect((await profile(guest!)).member).toMatchObject({ kind: 'member', joined_at: daysAgo(50).toISOString() })
  })

  test('a no in either name is a no, whenever it was said; silence is none', async () => {
    const kept = await somebody({
      consents: [said('email', 'granted', 5), said('sms', 'withdrawn', 9), said('line', 'granted', 3)],
    })
    const gone = await somebody({
      consents: [said('email', 'withdrawn', 200), said('sms', 'granted', 1), said('push', 'granted', 4)],
    })
    const { consents_withdrawn } = await merge(kept, gone)
    const held = await members.consentsOf(db, kept)
    expect(Object.fromEntries(held.map((one) => [one.channel, one.status]))).toEqual({
      email: 'withdrawn',
      sms: 'withdrawn',
      line: 'granted',
      push: 'granted',
    })
    expect(held.find((one) => one.channel === 'push')).toMatchObject({ method: 'form', at: daysAgo(4) })
    expect(held.find((one) => one.channel === 'email')).toMatchObject({ method: 'merge', at: world.now() })
    expect(consents_withdrawn.map((one) => one.channel)).toEqual(['email', 'sms'])
  })
})

test('an old card, an old id and a till that still uses it find the kept member', async () => {
  const kept = await somebody()
  const gone = await somebody({ card: 'OLD 78' })
  await merge(kept, gone)
  await buy(orderOf(gone, 1, 900), { ...orderOf(kept, 1, 100), member: { card: 'old-78' } })
  expect((await profile(gone)).member.member_id).toBe(kept)
  expect((await profile(kept)).statistics).toMatchObject({ order_count: 2, net_minor: 1000 })
  const { data } = await marketer.call('GET /v1/admin/members/:member_id/timeline', {
    params: { member_id: gone },
    query: { kinds: 'order' },
  })
  expect(data).toHaveLength(2)
  await expect(
    marketer.call('PATCH /v1/admin/members/:member_id', {
      params: { member_id: gone },
      body: { phone: '0911000003' },
    }),
  ).rejects.toMatchObject({ status: 404 })
  await expect(
    marketer.call('POST /v1/admin/members/:member_id/points/adjustments', {
      params: { member_id: gone },
      body: { points: 5, reason: 'x' },
    }),
  ).rejects.toMatchObject({ status: 404 })
})

test('the preview says what would move, and moves nothing', async () => {
  const kept = await somebody()
  const gone = await somebody()
  await buy(orderOf(kept, 4, 1_000), orderOf(gone, 5, 2_000), orderOf(gone, 6, 3_000))
  const before = [await profile(kept), await profile(gone)]
  const tried = await marketer.call('POST /v1/admin/members/:member_id/merge', {
    params: { member_id: kept },
    body: { merge: [gone] },
    query: { dry_run: 'true' },
  })
  expect(tried).toMatchObject({
    moved: { orders: 2, net_minor: 5000, identities: 1 },
    before: { order_count: 1, net_minor: 1000 },
    after: { order_count: 3, net_minor: 6000 },
    merged: [{ member_id: gone }],
  })
  expect([await profile(kept), await profile(gone)]).toEqual(before)
  const done = await merge(kept, gone)
  expect(done).toEqual(tried)
})

test('points keep their lots, dates and reasons; a later refund finds the lot of its order', async () => {
  const kept = await somebody()
  const gone = await somebody()
  const first = orderOf(gone, 40, 10_000)
  await buy(first, orderOf(kept, 30, 4_000))
  const opening = (member_id: string, amount: number) => ({
    member_id,
    points: amount,
    earned_at: daysAgo(60),
    expires_on: '2027-01-31',
    source: 'opening:pos',
    source_id: 'balance',
  })
  await world.tx((tx) => points.openLots(tx, [opening(kept, 7), opening(gone, 11)]))
  const [a, b] = [await balance(kept), await balance(gone)]
  await merge(kept, gone)
  const both = await balance(kept)
  for (const key of ['active', 'pending', 'earned_total'] as const) expect(both[key]).toBe(a[key] + b[key])
  expect(await balance(gone)).toMatchObject({ active: 0, pending: 0, earned_total: 0 })
  const sources = await db.rows<{ source_id: string }>(sql`
    select source_id from point_entries where member_id = ${kept}::uuid and source = 'opening:pos' order by source_id`)
  expect(sources.map((row) => row.source_id)).toEqual(['balance', `balance/${gone}`])
  const held = both.active + both.pending
  await giveBack({
    source: 'pos',
    source_id: `${first.source_id}-R`,
    order: { source_id: first.source_id },
    occurred_at: daysAgo(1),
  })
  const after = await balance(kept)
  expect(held - after.active - after.pending).toBe(b.earned_total - 11)
})

test('who owes points in one name pays from the other', async () => {
  await world.tx(async (tx) => {
    const [rule] = (await points.rulesOf(tx)).slice(-1)
    await points.addRule(tx, { rule: { ...rule!.rule, debt: 'below_zero', waiting_days: 0 }, effective_from: tx.now })
  })
  world.later(1)
  const kept = await somebody()
  const gone = await somebody()
  const order = orderOf(kept, 0, 50_000)
  await buy(order, orderOf(gone, 0, 10_000))
  const { active } = await balance(kept)
  expect(active).toBeGreaterThan(0)
  await world.tx((tx) =>
    points.spend(tx, [{ member_id: kept, points: active, source: 'gift', source_id: `g-${kept}` }]),
  )
  await giveBack({
    source: 'pos',
    source_id: `${order.source_id}-R`,
    order: { source_id: order.source_id },
    occurred_at: world.now(),
  })
  const [owes, has] = [await balance(kept), await balance(gone)]
  expect(owes).toMatchObject({ active: 0, debt: active })
  await merge(kept, gone)
  expect(await balance(kept)).toMatchObject({ active: 0, debt: active - has.active })
  const { data } = await marketer.call('GET /v1/admin/members/:member_id/timeline', {
    params: { member_id: kept },
    query: { kinds: 'points' },
  })
  const why = data
    .map((item) => item.data as unknown as { why: points.Why })
    .map((one) => one.why)
    .find((one) => one.codes[0] === 'points.merged')!
  expect(why).toMatchObject({ codes: ['points.merged', 'points.paid_debt'], params: { paid_debt: has.active } })
  expect(points.recompute(why)).toBe(0)
})

describe('the tier', () => {
  const heldBy = async (member_id: string) => (await tiers.standingOf(db, [member_id]))[0]!
  async function thresholds() {
    const [rule] = (await tiers.rulesOf(db)).slice(-1)
    return Object.values(rule!.rule.thresholds).sort((a, b) => a - b)
  }

  test('is the higher of both, with its date of review', async () => {
    const [, second] = await thresholds()
    const [kept, gone] = [await somebody(), await somebody()]
    await buy(orderOf(kept, 3, 100), orderOf(gone, 5, second!))
    const before = await heldBy(gone)
    expect(before.rank).toBe(2)
    await merge(kept, gone)
    expect(await heldBy(kept)).toMatchObject({ rank: 2, since: before.since, review_on: before.review_on })
    expect((await profile(kept)).tier!.why.codes).toEqual(['tier.merged'])
  })

  test('is what both have bought together, if that is more', async () => {
    const [first] = await thresholds()
    const [kept, gone] = [await somebody(), await somebody()]
    await buy(orderOf(kept, 3, first! - 1), orderOf(gone, 5, first! - 1))
    expect([(await heldBy(kept)).rank, (await heldBy(gone)).rank]).toEqual([0, 0])
    await merge(kept, gone)
    expect(await heldBy(kept)).toMatchObject({ rank: 1, since: world.now() })
    expect((await profile(kept)).tier!.why).toMatchObject({ codes: ['tier.merged_reached'] })
  })

  test('falls back no lower than the other account’s own when its order is refunded', async () => {
    const [first, second] = await thresholds()
    const [kept, gone] = [await somebody(), await somebody()]
    const big = orderOf(gone, 5, second!)
    await buy(orderOf(kept, 3, first!), big)
    await merge(kept, gone)
    await giveBack({
      source: 'pos',
      source_id: `${big.source_id}-R`,
      order: { source_id: big.source_id },
      occurred_at: world.now(),
    })
    expect((await heldBy(kept)).rank).toBe(1)
  })
})

describe('messages and campaigns', () => {
  async function wave(name: string, ...audience: string[]) {
    return world.tx(async (tx) => {
      const template = await messages.createTemplate(tx, {
        name,
        medium: 'email',
        purpose: 'marketing',
        languages: { 'zh-TW': { subject: '茶', html: '<p>{{ name }}</p>' } },
      })
      const send = await messages.openSend(tx, {
        origin: 'campaign',
        origin_id: crypto.randomUUID(),
        template_id: template.template_id,
        base_url: 'http://127.0.0.1',
      })
      await messages.queue(tx, send.send_id, {
        members: messages.membersById(audience),
        not_after: new Date(tx.now.getTime() + dayMs),
      })
      return send.send_id
    })
  }
  const rowsOf = (send_id: string) =>
    db.rows<{ member_id: string; status: string; reason: string | null }>(sql`
    select member_id, status, reason from messages where send_id = ${send_id}::uuid order by status`)

  test('who was to hear the same twice hears it once; what waits goes on under the kept name', async () => {
    const consents = [said('email', 'granted', 10)]
    const kept = await somebody({ email: 'twice-a@example.com', consents })
    const gone = await somebody({ email: 'twice-b@example.com', consents })
    const [both, one] = [await wave('both', kept, gone), await wave('one', gone)]
    await merge(kept, gone)
    expect(await rowsOf(both)).toEqual([
      { member_id: kept, status: 'refused', reason: 'merged' },
      { member_id: kept, status: 'waiting', reason: null },
    ])
    expect(await rowsOf(one)).toEqual([{ member_id: kept, status: 'waiting', reason: null }])
  })

  test('who was mailed in one name and left out in the other is on neither side of the draw', async () => {
    const [kept, gone, other] = [await somebody(), await somebody(), await somebody()]
    const campaign = await db.row<{ campaign_id: string }>(sql`
      insert into campaigns (name, status, holdout_per_mille, attribution_days, actor, created_at, updated_at)
      values ('c', 'draft', 100, 14, 'test', ${world.now()}::timestamptz, ${world.now()}::timestamptz) returning campaign_id`)
    await db.run(sql`
      insert into campaign_members (member_id, campaign_id, arm)
      select member_id, ${campaign!.campaign_id}::uuid, arm
      from unnest(${[kept, gone]}::uuid[], '{mailed,holdout}'::text[]) as one (member_id, arm)`)
    await merge(kept, gone)
    await merge(other, kept)
    expect(
      await db.rows(
        sql`select member_id, arm, reason, drawn_as from campaign_members where campaign_id = ${campaign!.campaign_id}::uuid`,
      ),
    ).toEqual([{ member_id: other, arm: 'refused', reason: 'merged', drawn_as: kept }])
  })
})

test('chains end at the last; circles, oneself and strangers are refused', async () => {
  const [a, b, c, d] = [await somebody(), await somebody(), await somebody(), await somebody()]
  await buy(orderOf(a, 3, 100), orderOf(b, 4, 200), orderOf(c, 5, 300))
  await merge(c, d)
  await world.tx((tx) =>
    members.merge(tx, [
      { keep: b, merge: a },
      { keep: c, merge: b },
    ]),
  )
  expect((await profile(a)).statistics).toMatchObject({ order_count: 3, net_minor: 600 })
  const e = await somebody()
  await merge(e, c)
  // who was merged before leads to the end in one step
  expect((await profile(d)).member.member_id).toBe(e)
  for (const pairs of [
    [{ keep: e, merge: e }],
    [
      { keep: e, merge: world.cast.chen },
      { keep: world.cast.chen, merge: e },
    ],
  ]) {
    await expect(world.tx((tx) => members.merge(tx, pairs))).rejects.toMatchObject({ code: 'member.merge_tangled' })
  }
  await expect(merge(e, a)).rejects.toMatchObject({ status: 404, code: 'member.not_found' })
  await expect(
    world.as('clerk').call('POST /v1/admin/members/:member_id/merge', {
      params: { member_id: e },
      body: { merge: [world.cast.chen] },
    }),
  ).rejects.toMatchObject({ status: 403 })
})

test('what was on its way in the old name follows a minute later', async () => {
  const [kept, gone] = [await somebody(), await somebody()]
  await merge(kept, gone)
  // an order whose buyer had been looked up before the merge was committed
  const occurred_at = world.now()
  await world.tx((tx) =>
    tx.run(sql`
    insert into orders (member_id, source, source_id, status, occurred_at, ordered_on, gross_minor, net_minor, counts, content_hash, recorded_at)
    values (${gone}::uuid, 'pos', 'late', 'paid', ${occurred_at}::timestamptz, ${occurred_at}::timestamptz::date, 0, 0, true, '', ${occurred_at}::timestamptz)`),
  )
  await db.run(sql`
    insert into order_keys (source, source_id, kind, member_id, order_id) select source, source_id, 'order', member_id, order_id
    from orders where source_id = 'late'`)
  const { jobs } = await import('../../src/record/members/jobs.ts')
  await jobs['members.follow_merged']!({}, {
    db,
    actor: { kind: 'system', id: null, name: 'jobs' },
    now: world.now(),
  } as never)
  expect((await profile(kept)).statistics).toMatchObject({ order_count: 1 })
})

test('who may be one person is shown, and no longer once merged', async () => {
  const pair = async (a: Partial<members.MemberInput>, b: Partial<members.MemberInput>) => [
    await somebody(a),
    await somebody(b),
  ]
  const wang = await pair(
    { display_name: '汪小明', birth_date: '1985-07-07' },
    { display_name: '王小明', birth_date: '--07-07' },
  )
  const mail = await pair({ email: 'a.b.c@example.org' }, { email: 'abc+tea@example.org' })
  const phone = await pair({ phone: '+886912345999' }, { phone: '+447912345999' })
  const other = await pair(
    { display_name: '汪大明', birth_date: '1985-07-07' },
    { display_name: '王小明', birth_date: '1985-07-08' },
  )
  const found = async () =>
    (await marketer.call('GET /v1/admin/members/duplicates')).data.map(({ clue, members: some }) => [
      clue,
      ...some.map((one) => one.member_id),
    ])
  const groups = await found()
  expect(groups).toContainEqual(['name_and_birthday', ...wang])
  expect(groups).toContainEqual(['mailbox', ...mail])
  expect(groups).toContainEqual(['phone_end', ...phone])
  expect(groups.flat()).not.toEqual(expect.arrayContaining([other[0]]))
  await merge(wang[0]!, wang[1]!)
  expect((await found()).flat()).not.toContain(wang[1])
})

test('in any order of merging, balances and statistics are as if all had been bought in one name', async () => {
  // points at one rate for all tiers, so that when a tier was reached changes nothing
  await world.tx(async (tx) => {
    const [rule] = (await points.rulesOf(tx)).slice(-1)
    await points.addRule(tx, {
      rule: { ...rule!.rule, waiting_days: 7, debt: 'below_zero', earn: { ...rule!.rule.earn, tier_percent: {} } },
      effective_from: tx.now,
    })
  })
  world.later(90)
  const purchase = fc.record({
    who: fc.integer({ min: 0, max: 3 }),
    days: fc.integer({ min: 0, max: 80 }),
    amount: fc.integer({ min: 1, max: 30_000 }),
    refunded: fc.boolean(),
  })
  const history = fc.array(purchase, { minLength: 1, maxLength: 8 })
  const order = fc.constantFrom(
    [
      [0, 1],
      [2, 3],
      [0, 2],
    ],
    [
      [1, 0],
      [3, 1],
      [3, 2],
    ],
    [
      [3, 2],
      [3, 1],
      [3, 0],
    ],
  )
  await fc.assert(
    fc.asyncProperty(history, order, async (bought, merges) => {
      bought.sort((a, b) => b.days - a.days)
      const people = await Promise.all([0, 1, 2, 3].map(() => somebody()))
      const one = await somebody()
      for (const whose of [(who: number) => people[who]!, () => one]) {
        const wires = bought.map(({ who, days, amount }) => orderOf(whose(who), days, amount))
        await buy(...wires)
        const back = wires.filter((_, i) => bought[i]!.refunded)
        await giveBack(
          ...back.map((wire) => ({
            source: 'pos',
            source_id: `${wire.source_id}-R`,
            order: { source_id: wire.source_id },
            occurred_at: world.now(),
          })),
        )
      }
      for (const [keep, gone] of merges) await merge(people[keep!]!, people[gone!]!)
      const [kept] = merges.at(-1)!
      const facts = async (member_id: string) => {
        const { statistics, lots, points: held, stores, categories } = await profile(member_id)
        const { member_id: _own, ...purse } = held
        return {
          statistics,
          purse,
          stores,
          categories,
          lots: lots
            .map(
              ({ granted, remaining, expires_on, activates_on, status }) =>
                `${granted} ${remaining} ${expires_on} ${activates_on} ${status}`,
            )
            .sort(),
          moves: await db.rows(
            sql`select changed_on, from_state, to_state from member_state_changes where member_id = ${member_id}::uuid order by 1`,
          ),
        }
      }
      expect(await facts(people[kept!]!)).toEqual(await facts(one))
    }),
    { numRuns: 12 },
  )
}, 60_000)

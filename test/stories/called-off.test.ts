/** A rule takes effect at a stated time, and one that has not begun can be called off: then it was never there. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { JobContext } from '../../src/base/jobs.ts'
import { createLog } from '../../src/base/log.ts'
import { sql } from '../../src/base/sql.ts'
import { addMs, dayMs } from '../../src/base/time.ts'
import { jobs as pointJobs } from '../../src/value/points/jobs.ts'
import * as previews from '../../src/value/tiers/previews.ts'
import * as tiers from '../../src/value/tiers/tiers.ts'
import { openWorld, type Caller, type World } from '../world.ts'

let world: World
let owner: Caller
beforeAll(async () => {
  world = await openWorld()
  owner = world.as('owner')
})
afterAll(() => world?.close())
// what a test leaves to come has come, or has been called off, before the next begins
beforeEach(() => world.later(40))

const tomorrow = () => addMs(world.now(), dayMs).toISOString()
const job = (): JobContext => ({
  db: world.db,
  actor: systemActor('test'),
  now: world.now(),
  signal: new AbortController().signal,
  log: createLog({ level: 'silent' }),
})

interface Version {
  version: number
  in_force: boolean
  called_off_at: string | null
  called_off_by: string | null
}
/** A rule in versions, through its own doors; `add` writes the nth variant. */
interface Kind {
  noun: string
  list: () => Promise<Version[]>
  add: (nth: number, effective_from?: string) => Promise<Version>
  callOff: (version: number) => Promise<Version>
}

const ruleOf = async <Rule>(rows: Promise<{ data: { in_force: boolean; rule: Rule }[] }>) =>
  (await rows).data.find((one) => one.in_force)!.rule
const from = (effective_from?: string) => (effective_from ? { effective_from } : {})

const kinds: Kind[] = [
  {
    noun: 'point_rule',
    list: async () => (await owner.call('GET /v1/admin/point-rules')).data,
    add: async (nth, at) => {
      const rule = await ruleOf(owner.call('GET /v1/admin/point-rules'))
      const body = { rule: { ...rule, earn: { ...rule.earn, points: nth } }, ...from(at) }
      return owner.call('POST /v1/admin/point-rules', { body })
    },
    callOff: (version) => owner.call('POST /v1/admin/point-rules/:version/call-off', { params: { version } }),
  },
  {
    noun: 'point_spend_rule',
    list: async () => (await owner.call('GET /v1/admin/point-spend-rules')).data,
    add: async (nth, at) => {
      const rule = await ruleOf(owner.call('GET /v1/admin/point-spend-rules'))
      const body = { rule: { ...rule, minimum_points: nth }, ...from(at) }
      return owner.call('POST /v1/admin/point-spend-rules', { body })
    },
    callOff: (version) => owner.call('POST /v1/admin/point-spend-rules/:version/call-off', { params: { version } }),
  },
  {
    noun: 'tier_rule',
    list: async () => (await owner.call('GET /v1/admin/tier-rules')).data,
    add: async (nth, at) => {
      const rule = await ruleOf(owner.call('GET /v1/admin/tier-rules'))
      const thresholds = { silver: 90_000 + nth, gold: 500_000 }
      return owner.call('POST /v1/admin/tier-rules', { body: { rule: { ...rule, thresholds }, ...from(at) } })
    },
    callOff: (version) => owner.call('POST /v1/admin/tier-rules/:version/call-off', { params: { version } }),
  },
  {
    noun: 'price_rule',
    list: async () => (await owner.call('GET /v1/admin/price-rules')).data,
    add: (nth, at) =>
      owner.call('POST /v1/admin/price-rules', {
        body: {
          rule: {
            member_prices: [],
            tier_discounts: [{ tier_code: 'member', discount_bp: nth }],
            excluded_skus: [],
            excluded_categories: [],
            floor: { cost: true, share_bp: 5_000 },
            with_coupons: 'before',
          },
          ...from(at),
        },
      }),
    callOff: (version) => owner.call('POST /v1/admin/price-rules/:version/call-off', { params: { version } }),
  },
  {
    noun: 'protection_rule',
    list: async () => (await owner.call('GET /v1/admin/protection-rules')).data,
    add: (nth, at) =>
      owner.call('POST /v1/admin/protection-rules', {
        body: {
          rule: {
            is_on: true,
            days: nth,
            tier_codes: [],
            plan_ids: [],
            excluded_categories: [],
            minimum_minor: 0,
            limit: null,
            budget_id: null,
          },
          ...from(at),
        },
      }),
    callOff: (version) => owner.call('POST /v1/admin/protection-rules/:version/call-off', { params: { version } }),
  },
  {
    noun: 'point_transfer_rule',
    list: async () => (await owner.call('GET /v1/admin/point-transfer-rules')).data,
    add: (nth, at) =>
      owner.call('POST /v1/admin/point-transfer-rules', {
        body: { rule: { is_on: true, minimum_points: nth, fee_bp: 0, limits: {} }, ...from(at) },
      }),
    callOff: (version) =>
      owner.call('POST /v1/admin/point-transfer-rules/:version/call-off', { params: { version } }),
  },
  {
    noun: 'point_pool_rule',
    list: async () => (await owner.call('GET /v1/admin/point-pool-rules')).data,
    add: (nth, at) =>
      owner.call('POST /v1/admin/point-pool-rules', {
        body: { rule: { is_on: true, members_max: nth + 1, spenders: 'everyone' }, ...from(at) },
      }),
    callOff: (version) => owner.call('POST /v1/admin/point-pool-rules/:version/call-off', { params: { version } }),
  },
]

describe.each(kinds)('a version of $noun', ({ noun, list, add, callOff }) => {
  const inForce = async () => (await list()).find((one) => one.in_force)?.version

  test('for tomorrow holds from its moment on, not before', async () => {
    const now = await add(1)
    const awaited = await add(2, tomorrow())
    expect([awaited.in_force, await inForce()]).toEqual([false, now.version])
    world.at(addMs(world.now(), dayMs - 1))
    expect(await inForce()).toBe(now.version)
    world.at(addMs(world.now(), 1))
    expect(await inForce()).toBe(awaited.version)
  })

  test('that was called off never holds; again changes nothing, and who did it is read by all', async () => {
    const now = await add(3)
    const awaited = await add(4, tomorrow())
    const at = world.now().toISOString()
    const seen = await callOff(awaited.version)
    expect(seen).toMatchObject({
      in_force: false,
      called_off_at: at,
      called_off_by: expect.stringMatching(/^staff:/),
    })
    world.later(2)
    expect(await inForce()).toBe(now.version)
    expect(await callOff(awaited.version)).toMatchObject({ called_off_at: at })
    const noted = await world.db.rows(sql`select from staff_audit
      where action = ${`${noun}.version_called_off`} and noun_id = ${String(awaited.version)}`)
    expect(noted).toHaveLength(1)
    // the next one counts on, and is not in the way of what was called off
    expect((await add(5)).version).toBe(awaited.version + 1)
  })

  test('that has begun, or begins within seconds, is not called off', async () => {
    const awaited = await add(6, tomorrow())
    const begins = addMs(world.now(), dayMs)
    const refused = { code: `${noun}.already_begun`, status: 409 }
    world.at(addMs(begins, -10_000))
    await expect(callOff(awaited.version)).rejects.toMatchObject(refused)
    world.at(begins)
    await expect(callOff(awaited.version)).rejects.toMatchObject(refused)
    expect(await inForce()).toBe(awaited.version)
    await expect(callOff(9_999)).rejects.toMatchObject({ code: `${noun}.not_found` })
    const past = add(7, addMs(world.now(), -1).toISOString())
    await expect(past).rejects.toMatchObject({ code: `${noun}.in_past` })
  })

  test('to come stays to come while another is applied for now; called off by many at once it is called off once', async () => {
    const awaited = await add(8, tomorrow())
    const now = await add(9)
    expect(await inForce()).toBe(now.version)
    const answers = await Promise.all([1, 2, 3, 4].map(() => callOff(awaited.version)))
    expect(new Set(answers.map((one) => one.called_off_at)).size).toBe(1)
    const kept = await add(10, tomorrow())
    expect(await inForce()).toBe(now.version)
    const newer = await add(11)
    expect(await inForce()).toBe(newer.version)
    world.later(1)
    expect(await inForce()).toBe(kept.version)
    const noted = await world.db.rows(sql`select from staff_audit
      where action = ${`${noun}.version_called_off`} and noun_id = ${String(awaited.version)}`)
    expect(noted).toHaveLength(1)
  })
})

let made = 0
const buy = async (member_id: string, net_minor: number) => {
  made += 1
  await owner.call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: `C${made}`,
      status: 'completed',
      occurred_at: world.now().toISOString(),
      member: { member_id },
      lines: [{ sku: 'TEA', name: 'Tea', quantity: 1, net_minor }],
    },
  })
  const [entry] = await world.db.rows<{ points: number; version: number }>(sql`
    select points, (why->>'rule_version')::int as version from point_entries
    where member_id = ${member_id}::uuid and kind = 'earn' order by entry_id desc limit 1`)
  return entry!
}

test('orders earn by the rule in force to the end, called off or not, also where it was read before', async () => {
  const { version } = await kinds[0]!.add(1)
  expect(await buy(world.cast.wang, 1_000)).toMatchObject({ version })
  const doubled = await kinds[0]!.add(2, tomorrow())
  expect(await buy(world.cast.wang, 1_000)).toMatchObject({ version })
  await kinds[0]!.callOff(doubled.version)
  world.later(1)
  const plain = await buy(world.cast.wang, 1_000)
  expect(plain).toMatchObject({ version })
  const again = await kinds[0]!.add(2, tomorrow())
  world.later(1)
  expect(await buy(world.cast.wang, 1_000)).toEqual({ version: again.version, points: plain.points * 2 })
})

test('orders that come while the version they would have earned by is called off are not booked by it', async () => {
  const { version } = await kinds[0]!.add(1)
  const awaited = await kinds[0]!.add(5, tomorrow())
  world.later(1)
  world.at(addMs(world.now(), -10_001))
  const [, ...booked] = await Promise.all([
    kinds[0]!.callOff(awaited.version),
    ...[world.cast.wang, world.cast.mary, world.cast.chen].map((member_id) => buy(member_id, 500)),
  ])
  world.at(addMs(world.now(), 20_000))
  booked.push(await buy(world.cast.wang, 500))
  expect(booked.map((one) => one.version)).toEqual([version, version, version, version])
})

test('what a point is worth in reports follows the spend rule when it begins, and never one that was called off', async () => {
  const worth = async () => (await owner.call('GET /v1/admin/program')).settings.point_value_minor
  const rule = await ruleOf(owner.call('GET /v1/admin/point-spend-rules'))
  const add = (points: number, at?: string) =>
    owner.call('POST /v1/admin/point-spend-rules', {
      body: { rule: { ...rule, points, worth_minor: 1, step: points }, ...from(at) },
    })
  await add(100)
  expect(await worth()).toBe(0.01)
  const awaited = await add(50, tomorrow())
  expect(await worth()).toBe(0.01)
  const [ordered] = await world.db.rows<{ run_at: Date; payload: Record<string, unknown> }>(sql`
    select job.run_at, job.payload from graphile_worker._private_jobs job
    join graphile_worker._private_tasks task on task.id = job.task_id
    where task.identifier = 'points.worth' order by job.run_at desc limit 1`)
  expect(ordered!.run_at.toISOString()).toBe(tomorrow())
  await owner.call('POST /v1/admin/point-spend-rules/:version/call-off', { params: { version: awaited.version } })
  world.later(1)
  await pointJobs['points.worth']!(ordered!.payload, job())
  expect(await worth()).toBe(0.01)
  await add(50, tomorrow())
  const at = tomorrow()
  world.later(1)
  await pointJobs['points.worth']!({ at }, job())
  expect(await worth()).toBe(0.02)
})

test('an earn rule applied for later takes what a point is worth along, at the same moment', async () => {
  const rule = await ruleOf(owner.call('GET /v1/admin/point-rules'))
  const effective_from = tomorrow()
  await owner.call('POST /v1/admin/point-rules', { body: { rule, effective_from, point_value_minor: 0.05 } })
  const [newest, held] = (await owner.call('GET /v1/admin/point-spend-rules')).data
  expect([newest!.effective_from, newest!.rule.points * 0.05, held!.in_force]).toEqual([
    effective_from,
    newest!.rule.worth_minor,
    true,
  ])
  const { preview_id } = await owner.call('POST /v1/admin/point-rules/previews', { body: { rule } })
  await expect(
    owner.call('POST /v1/admin/point-rules', { body: { preview_id, effective_from } }),
  ).rejects.toMatchObject({
    status: 400,
    errors: [{ pointer: '/effective_from', code: 'point_rule.preview_begins' }],
  })
})

test('a previewed tier rule for later moves members when it begins, also those who came since; called off, nobody', async () => {
  const rule = await ruleOf(owner.call('GET /v1/admin/tier-rules'))
  const harder = { ...rule, thresholds: { silver: 100_000, gold: 900_000 } }
  await owner.call('POST /v1/admin/tier-rules', { body: { rule: harder } })
  const tierOf = async (member_id: string) => (await tiers.standingOf(world.db, [member_id]))[0]!.tier_code
  const easier = { ...harder, thresholds: { silver: 3_000, gold: 900_000 } }
  const apply = async () => {
    const { preview_id } = await owner.call('POST /v1/admin/tier-rules/previews', { body: { rule: easier } })
    await previews.runPreview(preview_id, job())
    const { version } = await owner.call('POST /v1/admin/tier-rules', {
      body: { preview_id, effective_from: tomorrow() },
    })
    return { preview_id, version }
  }
  await buy(world.cast.mary, 5_000)
  const first = await apply()
  await owner.call('POST /v1/admin/tier-rules/:version/call-off', { params: { version: first.version } })
  world.later(2)
  await previews.runApply(first.preview_id, job())
  expect(await tierOf(world.cast.mary)).toBe('member')
  const second = await apply()
  await buy(world.cast.ouyang, 4_000)
  expect(await tierOf(world.cast.ouyang)).toBe('member')
  world.later(1)
  await previews.runApply(second.preview_id, job())
  expect([await tierOf(world.cast.mary), await tierOf(world.cast.ouyang)]).toEqual(['silver', 'silver'])
})

test('a ladder keeps the tiers that a rule to come names, not those of one that was called off', async () => {
  const ladder = (await owner.call('GET /v1/admin/tiers')).data.map(({ tier_id, code, names }) => ({
    tier_id,
    code,
    names,
  }))
  const set = (wanted: { code: string; names: Record<string, string> }[]) =>
    owner.call('PUT /v1/admin/tiers', { body: { tiers: wanted } })
  await set([...ladder, { code: 'black', names: { en: 'Black' } }])
  const rule = await ruleOf(owner.call('GET /v1/admin/tier-rules'))
  const { version } = await owner.call('POST /v1/admin/tier-rules', {
    body: { rule: { ...rule, thresholds: { ...rule.thresholds, black: 9_000_000 } }, effective_from: tomorrow() },
  })
  await owner.call('POST /v1/admin/tier-rules', { body: { rule } })
  await expect(set(ladder)).rejects.toMatchObject({ code: 'tier.in_rule', params: { code: 'black', version } })
  await owner.call('POST /v1/admin/tier-rules/:version/call-off', { params: { version } })
  expect((await set(ladder)).data).toHaveLength(ladder.length)
})

test('prices that were called off take nothing off, and price protection finds nothing cheaper', async () => {
  const { sku } = await owner.call('POST /v1/admin/products', {
    body: { sku: 'POT', name: 'Pot', price_minor: 1_000, cost_minor: 100 },
  })
  await kinds[4]!.add(14)
  await kinds[3]!.add(0)
  const priceOf = async () =>
    (
      await owner.call('POST /v1/till/members/:member_id/prices', {
        params: { member_id: world.cast.chen },
        body: { lines: [{ sku }] },
      })
    ).data[0]!.unit_price_minor
  await owner.call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'POT1',
      status: 'completed',
      occurred_at: world.now().toISOString(),
      member: { member_id: world.cast.chen },
      lines: [{ sku, quantity: 1, net_minor: 1_000 }],
    },
  })
  const awaited = await kinds[3]!.add(5_000, tomorrow())
  await kinds[3]!.callOff(awaited.version)
  world.later(1)
  expect(await priceOf()).toBe(1_000)
  const rule = await ruleOf(owner.call('GET /v1/admin/protection-rules'))
  const lines = async () => (await owner.call('POST /v1/admin/protection-rules/previews', { body: { rule } })).lines
  expect(await lines()).toBe(0)
  await kinds[3]!.add(5_000, tomorrow())
  world.later(1)
  expect([await priceOf(), await lines()]).toEqual([500, 1])
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { jobs as tierJobs } from '../tiers/jobs.ts'
import { jobs } from './jobs.ts'
import { createLog } from '../../base/log.ts'
import { systemActor } from '../../base/actor.ts'
import { sql } from '../../base/sql.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const context = () => ({
  db: world.db,
  actor: systemActor('test'),
  now: world.now(),
  signal: new AbortController().signal,
  log: createLog({ level: 'silent' }),
})

/** A receipt through the door of the tills. */
async function buy(external_id: string, net_minor: number): Promise<string> {
  const source_id = randomUUID()
  await world.as('marketer').call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id,
      store: 'XINYI',
      status: 'paid',
      occurred_at: world.now().toISOString(),
      member: { external_id: { source: 'wusong', id: external_id } },
      lines: [{ sku: 'OOLONG', name: 'Oolong', category: 'tea', quantity: 1, unit_price_minor: net_minor }],
    },
  })
  return source_id
}

describe('a member’s points', () => {
  test('an order through the door earns points and progress, and says why', async () => {
    await buy('M1', 1_280)
    const params = { member_id: world.cast.wang }
    const { balance, lots, entries, worth_minor } = await world
      .as('clerk')
      .call('GET /v1/admin/members/:member_id/points', { params })
    expect(balance).toMatchObject({ active: 0, pending: 12 })
    expect([worth_minor, lots.length]).toEqual([0, 1])
    expect(entries.data[0]).toMatchObject({
      kind: 'earn',
      points: 12,
      why: { codes: ['points.earned'], params: { tier: 'member' } },
    })
    world.later(8)
    expect(
      (await world.as('clerk').call('GET /v1/admin/members/:member_id/points', { params })).balance,
    ).toMatchObject({ active: 12 })
  })

  // Protected by: the amount in the body of POST …/points/spends, refused only beyond what is available.
  test('pain 10: as many points are spent as the clerk says, and no more than there are', async () => {
    const params = { member_id: world.cast.wang }
    const spend = (points: number, source_id: string) =>
      world.as('marketer').call('POST /v1/admin/members/:member_id/points/spends', {
        params,
        body: { points, source_id },
      })
    const spent = await spend(5, 'receipt 1')
    expect(spent).toMatchObject({ points: -5, worth_minor: 5, balance: { active: 7 } })
    expect((await spend(5, 'receipt 1')).entry_id).toBe(spent.entry_id)
    await expect(spend(8, 'receipt 2')).rejects.toMatchObject({
      status: 422,
      code: 'points.insufficient',
      params: { available: 7 },
    })
    await expect(spend(4, 'receipt 1')).rejects.toMatchObject({ code: 'points.source_reused' })
  })

  test('points by hand need a reason and the permission, and are audited', async () => {
    const params = { member_id: world.cast.mary }
    const body = { points: 30, reason: 'Broken cup' }
    await expect(
      world.as('clerk').call('POST /v1/admin/members/:member_id/points/adjustments', { params, body }),
    ).rejects.toMatchObject({ status: 403 })
    await expect(
      world
        .as('marketer')
        .call('POST /v1/admin/members/:member_id/points/adjustments', { params, body: { points: 0, reason: 'x' } }),
    ).rejects.toMatchObject({ status: 400 })
    const given = await world
      .as('marketer')
      .call('POST /v1/admin/members/:member_id/points/adjustments', { params, body })
    expect(given).toMatchObject({ points: 30, balance: { active: 30 } })
    const line = await world.db.row(sql`select action, after from staff_audit where action = 'points.adjusted'`)
    expect(line).toEqual({ action: 'points.adjusted', after: { points: 30, entry_id: given.entry_id } })
  })

  test('entries come page by page, newest first', async () => {
    const params = { member_id: world.cast.wang }
    const first = await world
      .as('clerk')
      .call('GET /v1/admin/members/:member_id/points', { params, query: { limit: 1 } })
    const second = await world.as('clerk').call('GET /v1/admin/members/:member_id/points', {
      params,
      query: { limit: 5, cursor: first.entries.next_cursor! },
    })
    expect([first.entries.data.map((one) => one.kind), second.entries.data.map((one) => one.kind)]).toEqual([
      ['spend'],
      ['activate', 'earn'],
    ])
  })

  test('guests and strangers have no purse', async () => {
    const spend = (member_id: string) =>
      world.as('marketer').call('POST /v1/admin/members/:member_id/points/spends', {
        params: { member_id },
        body: { points: 1 },
      })
    await expect(spend(world.cast.guest)).rejects.toMatchObject({ status: 404, code: 'member.not_found' })
    await expect(
      world.as('clerk').call('GET /v1/admin/members/:member_id/points', { params: { member_id: randomUUID() } }),
    ).rejects.toMatchObject({ status: 404 })
  })
})

describe('point rules', () => {
  test('presets of both schools say the return that members feel', async () => {
    const { data } = await world
      .as('marketer')
      .call('GET /v1/admin/points/presets', { query: { amount_minor: 1_500 } })
    expect(data.map((one) => [one.code, one.return_percent, one.example.points, one.example.worth_minor])).toEqual([
      ['one_per_hundred', 1, 15, 15],
      ['one_for_one_100', 1, 1_500, 15],
      ['one_for_one_150', 0.67, 1_500, 10],
    ])
    expect(data[0]!.example.by_tier.map((one) => [one.tier_code, one.points])).toEqual([
      ['member', 15],
      ['silver', 18],
      ['gold', 22],
    ])
  })

  test('a change is previewed, then applied; the list shows which version is in force', async () => {
    const marketer = world.as('marketer')
    const {
      data: [preset],
    } = await marketer.call('GET /v1/admin/points/presets')
    const rule = { ...preset!.rule, earn: { ...preset!.rule.earn, points: 2 } }
    await expect(
      world.as('clerk').call('POST /v1/admin/point-rules/previews', { body: { rule } }),
    ).rejects.toMatchObject({ status: 403 })
    const ordered = await marketer.call('POST /v1/admin/point-rules/previews', { body: { rule } })
    await jobs['points.preview']!({ preview_id: ordered.preview_id }, context())
    const params = { preview_id: ordered.preview_id }
    const seen = await marketer.call('GET /v1/admin/point-rules/previews/:preview_id', { params })
    expect(seen).toMatchObject({ status: 'done', totals: { points_change: 13, members_changed: 1 } })
    const { data: differences } = await marketer.call('GET /v1/admin/point-rules/previews/:preview_id/differences', {
      params,
    })
    expect(differences).toMatchObject([{ member_id: world.cast.wang, display_name: '王小明', points_change: 13 }])
    const file = await marketer.inject('GET /v1/admin/point-rules/previews/:preview_id/differences.csv', { params })
    expect(file.body.split('\n')[1]).toBe(`${world.cast.wang},王小明,1,12,13`)
    const applied = await marketer.call('POST /v1/admin/point-rules', {
      body: { preview_id: ordered.preview_id, note: 'Double points' },
    })
    expect(applied).toMatchObject({ version: 2, in_force: true, note: 'Double points' })
    await jobs['points.rebook']!({ preview_id: ordered.preview_id }, context())
    const { balance } = await marketer.call('GET /v1/admin/members/:member_id/points', {
      params: { member_id: world.cast.wang },
    })
    expect(balance.active).toBe(7 + 13)
    expect((await marketer.call('GET /v1/admin/point-rules')).data.map((one) => [one.version, one.in_force])).toEqual(
      [
        [2, true],
        [1, false],
      ],
    )
  })

  test('a rule from now on needs no preview; one in the past does', async () => {
    const marketer = world.as('marketer')
    const { rule } = await marketer.call('GET /v1/admin/point-rules/current')
    await expect(
      marketer.call('POST /v1/admin/point-rules', { body: { rule, effective_from: '2026-10-01T00:00:00Z' } }),
    ).rejects.toMatchObject({ code: 'point_rule.in_past' })
    await expect(marketer.call('POST /v1/admin/point-rules', { body: {} })).rejects.toMatchObject({ status: 400 })
    const dry = await marketer.call('POST /v1/admin/point-rules', { body: { rule }, query: { dry_run: 'true' } })
    expect(dry.version).toBe(3)
    expect((await marketer.call('GET /v1/admin/point-rules')).data).toHaveLength(2)
    await marketer.call('POST /v1/admin/point-rules', { body: { rule, point_value_minor: 0.5 } })
    expect((await marketer.call('GET /v1/admin/program')).settings.point_value_minor).toBe(0.5)
  })

  test('a preview can be cancelled; an unknown one is not found', async () => {
    const marketer = world.as('marketer')
    const { rule } = await marketer.call('GET /v1/admin/point-rules/current')
    const { preview_id } = await marketer.call('POST /v1/admin/point-rules/previews', {
      body: { rule, from: '2026-01-01' },
    })
    expect(
      await marketer.call('POST /v1/admin/point-rules/previews/:preview_id/cancel', { params: { preview_id } }),
    ).toMatchObject({ status: 'cancelled' })
    await expect(
      marketer.call('GET /v1/admin/point-rules/previews/:preview_id', { params: { preview_id: randomUUID() } }),
    ).rejects.toMatchObject({ status: 404 })
  })
})

describe('tiers', () => {
  test('the ladder is read and set; a rule is previewed and applied', async () => {
    const marketer = world.as('marketer')
    await buy('M2', 12_000)
    const { data: ladder } = await marketer.call('GET /v1/admin/tiers')
    expect(ladder.map((tier) => [tier.code, tier.members])).toEqual([
      ['member', 3],
      ['silver', 1],
      ['gold', 0],
    ])
    const { rule } = await marketer.call('GET /v1/admin/tier-rules/current')
    const wanted = { ...rule, thresholds: { silver: 1_000, gold: 12_000 } }
    const ordered = await marketer.call('POST /v1/admin/tier-rules/previews', { body: { rule: wanted } })
    const params = { preview_id: ordered.preview_id }
    await tierJobs['tiers.preview']!(params, context())
    const seen = await marketer.call('GET /v1/admin/tier-rules/previews/:preview_id', { params })
    expect(seen.totals).toEqual({
      members_up: 2,
      members_down: 0,
      moves: [
        { from: 'member', to: 'silver', members: 1 },
        { from: 'silver', to: 'gold', members: 1 },
      ],
    })
    const { data: moved } = await marketer.call('GET /v1/admin/tier-rules/previews/:preview_id/members', { params })
    expect(moved.map((one) => [one.member_id, one.from_code, one.to_code]).sort()).toEqual(
      [
        [world.cast.wang, 'member', 'silver'],
        [world.cast.mary, 'silver', 'gold'],
      ].sort(),
    )
    expect((await marketer.call('POST /v1/admin/tier-rules', { body: params })).version).toBe(2)
    await tierJobs['tiers.apply']!(params, context())
    expect((await marketer.call('GET /v1/admin/tiers')).data.map((tier) => tier.members)).toEqual([2, 1, 1])
    await expect(marketer.call('POST /v1/admin/tier-rules', { body: {} })).rejects.toMatchObject({ status: 400 })
    await expect(
      marketer.call('PUT /v1/admin/tiers', {
        body: { tiers: ladder.slice(0, 1).map(({ code, names }) => ({ code, names })) },
      }),
    ).rejects.toMatchObject({ status: 409 })
  })
})

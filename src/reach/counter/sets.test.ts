import { afterAll, beforeAll, expect, test } from 'vitest'
import { counted, waysOf } from '../../../test/statements.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { AppError } from '../../base/errors.ts'
import * as members from '../../record/members/members.ts'
import * as coupons from '../../value/coupons/coupons.ts'
import * as points from '../../value/points/points.ts'
import { checks } from './checks.ts'
import * as counter from './counter.ts'
import type { HoldBody } from './types.ts'

let world: World
let buyers: string[]
beforeAll(async () => {
  world = await openWorld()
  await world.as('marketer').call('POST /v1/admin/point-spend-rules', {
    body: {
      rule: {
        points: 100,
        worth_minor: 1,
        step: 100,
        minimum_points: 100,
        share_max_bp: 5_000,
        pays_goods: true,
        pays_shipping: false,
        excluded_categories: [],
      },
    },
  })
  buyers = await world.tx(
    (tx) =>
      members.resolve(
        tx,
        Array.from({ length: 24 }, (_, i) => ({ phone: `09220000${String(i).padStart(2, '0')}` })),
        { create_as: 'member', channel: 'test' },
      ) as Promise<string[]>,
  )
  await world.tx((tx) =>
    points.openLots(
      tx,
      buyers.map((member_id) => ({
        member_id,
        points: 50_000,
        earned_at: tx.now,
        expires_on: null,
        source: 'test',
        source_id: member_id,
      })),
    ),
  )
})
afterAll(() => world.close())

const receipt = (source_id: string, more: Partial<HoldBody> = {}): HoldBody => ({
  source: 'till-7',
  source_id,
  lines: [{ sku: 'OOLONG', name: 'Oolong', category: 'tea', quantity: 1, unit_price_minor: 1_000 }],
  ...more,
})
const codeOf = (one: object) => (one instanceof AppError ? one.code : 'ok')

test('a hundred baskets need no more statements than three', async () => {
  const bodies = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) =>
      receipt(`${name}-${i}`, { member: { member_id: buyers[i % buyers.length]! }, points_to_use: 1_000 }),
    )
  const used: number[][] = []
  for (const [name, count] of [
    // the first sale of a product makes it
    ['first', 3],
    ['few', 3],
    ['many', 24],
  ] as const) {
    const kinds = await world.tx(async (real) => {
      const held = counted(real)
      const holds = await counter.hold(held.tx, bodies(name, count))
      const committed = counted(real)
      const ids = holds.map((one) => (one as { hold_id: string }).hold_id)
      await counter.commit(committed.tx, ids.slice(1))
      const released = counted(real)
      await counter.release(released.tx, ids.slice(0, 1))
      const quoted = counted(real)
      await counter.quote(quoted.tx, bodies('quote', count))
      const sold = counted(real)
      await counter.sell(sold.tx, bodies(`${name}-sold`, count))
      return [held, committed, released, quoted, sold].map((one) => one.count())
    })
    used.push(kinds)
  }
  expect(used[2]).toEqual(used[1])
})

test('a commit goes three times to the database, and says the same when it is sent again', async () => {
  const ways: number[] = []
  // whatever else goes on meanwhile is counted with one of them
  for (const name of ['a', 'b', 'c']) {
    const bodies = buyers
      .slice(0, 8)
      .map((member_id, i) => receipt(`ways-${name}-${i}`, { member: { member_id }, points_to_use: 1_000 }))
    const holds = await world.tx((tx) => counter.hold(tx, bodies))
    const ids = holds.map((one) => (one as { hold_id: string }).hold_id)
    let sales: unknown
    const committed = () => world.tx((tx) => counter.commit(tx, ids))
    ways.push(await waysOf(async () => void (sales = await committed())))
    expect(sales).toMatchObject(ids.map((hold_id) => ({ hold_id, points_used: 1_000, points_earned: 9 })))
    expect(await committed()).toEqual(sales)
  }
  expect(Math.min(...ways)).toBe(3)
})

test('one that is refused fails none of the others, and each gets its own answer', async () => {
  const [first, second] = [buyers[0]!, buyers[1]!]
  const answers = await world.tx((tx) =>
    counter.hold(tx, [
      receipt('good', { member: { member_id: first } }),
      receipt('strange', { member: { phone: '0999 999 999' } }),
      receipt('good', { member: { member_id: first } }),
      receipt('good', { member: { member_id: second } }),
      receipt('nobody'),
    ]),
  )
  expect(answers.map(codeOf)).toEqual(['ok', 'till.member_unknown', 'ok', 'till.hold_differs', 'ok'])
  const ids = answers.map((one) => (one as { hold_id?: string }).hold_id)
  expect(ids[2]).toBe(ids[0])
  const missing = '01900000-0000-7000-8000-000000000000'
  const ended = await world.tx(async (tx) => {
    const released = await counter.release(tx, [ids[4]!])
    const sales = await counter.commit(tx, [ids[4]!, ids[0]!, missing, ids[0]!])
    return [...released, ...sales].map(codeOf)
  })
  expect(ended).toEqual(['ok', 'hold.released', 'ok', 'hold.not_found', 'ok'])
})

test('two who ask at once for the last of it: one has it, the other hears why', async () => {
  const design = {
    benefit: { kind: 'amount' as const, amount_minor: 100 },
    scope: {},
    minimum_minor: 0,
    window: {},
    stacking: { group: 'main', is_exclusive: false },
    limits: { per_coupon: 1, total: 1 },
    codes: 'shared' as const,
    gives_back: true,
  }
  await world.tx(async (tx) => {
    const [made] = await coupons.define(tx, [{ name: 'Last one', design }])
    await coupons.shareCode(tx, made!.coupon_definition_id, { code: 'LAST1', uses_max: null })
  })
  const [first, second] = [buyers[2]!, buyers[3]!]
  const bodies = [first, second].map((member_id) =>
    receipt(`last-${member_id}`, { member: { member_id }, coupon_codes: ['LAST1'] }),
  )
  // as a set it throws: whoever wrote them together tries each alone
  await expect(world.tx((tx) => counter.hold(tx, bodies))).rejects.toMatchObject({ code: 'coupon.limit_total' })
  const clerk = world.as('clerk')
  const outcomes = await Promise.allSettled(bodies.map((body) => clerk.call('POST /v1/till/holds', { body })))
  expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  // and one member twice in a set with more points than there are
  const greedy = ['a', 'b'].map((name) =>
    receipt(`greedy-${name}`, {
      member: { member_id: buyers[4]! },
      points_to_use: 40_000,
      lines: [{ sku: 'OOLONG', quantity: 1, unit_price_minor: 1_000 }],
    }),
  )
  const both = await Promise.allSettled(greedy.map((body) => clerk.call('POST /v1/till/orders', { body })))
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
  for (const check of [...checks, ...points.checks, ...coupons.checks]) {
    const finding = await check.run(world.db)
    expect([check.name, finding.ok, finding.ok ? '' : finding.detail]).toEqual([check.name, true, ''])
  }
})

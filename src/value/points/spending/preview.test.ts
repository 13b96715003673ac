import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../../base/sql.ts'
import { openWorld, type World } from '../../../../test/world.ts'
import * as points from '../points.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.tx((tx) =>
    points.openLots(tx, [
      {
        member_id: world.cast.wang,
        points: 700,
        earned_at: ago(10),
        source: 'test',
        source_id: 'young',
        expires_on: null,
      },
      {
        member_id: world.cast.mary,
        points: 200,
        earned_at: ago(100),
        source: 'test',
        source_id: 'half',
        expires_on: '2026-12-31',
      },
      {
        member_id: world.cast.mary,
        points: 100,
        earned_at: ago(500),
        source: 'test',
        source_id: 'old',
        expires_on: '2026-11-30',
      },
    ]),
  )
})
afterAll(() => world.close())

const ago = (days: number) => new Date(world.now().getTime() - days * 86_400_000)
const rule = {
  points: 1,
  worth_minor: 1,
  step: 1,
  minimum_points: 1,
  share_max_bp: 10_000,
  pays_goods: true,
  pays_shipping: false,
  excluded_categories: [],
}
const preview = (changes: Partial<typeof rule>) =>
  world.as('marketer').call('POST /v1/admin/point-spend-rules/preview', { body: { rule: { ...rule, ...changes } } })

test('what is owed is told by age and by end, in money that sums to the whole', async () => {
  const { by_age, by_end } = await world.as('marketer').call('GET /v1/admin/points/liability')
  expect(by_age.map((age) => [age.code, age.points, age.members, age.owed_minor])).toEqual([
    ['days_30', 700, 1, 700],
    ['days_90', 0, 0, 0],
    ['days_180', 200, 1, 200],
    ['days_365', 0, 0, 0],
    ['older', 100, 1, 100],
  ])
  expect(by_end.map((end) => [end.month, end.points])).toEqual([
    ['2026-11', 100],
    ['2026-12', 200],
    [null, 700],
  ])
  const file = await world.as('marketer').inject('GET /v1/admin/points/liability.csv')
  expect(file.body.trim().split('\n')).toHaveLength(1 + 5 + 3)
})

test('another rule says what would be owed and which spends of last month it would have refused', async () => {
  const sell = (source_id: string, net_minor: number, points_to_use: number) =>
    world.as('owner').call('POST /v1/till/orders', {
      body: {
        source: 'till',
        source_id,
        store: 'XINYI',
        member: { member_id: world.cast.wang },
        points_to_use,
        lines: [{ sku: 'TEA', name: 'Tea', quantity: 1, net_minor }],
      },
    })
  await sell('P1', 400, 100)
  world.later(1)
  await sell('P2', 100, 90)
  world.later(1)
  await sell('P3', 1_000, 5)
  expect(await preview({})).toMatchObject({ spends: 3, points_spent: 195, refused: 0 })
  expect(await preview({ minimum_points: 10 })).toMatchObject({ refused: 1, refused_points: 5, below_minimum: 1 })
  expect(await preview({ step: 10 })).toMatchObject({ refused: 1, off_step: 1 })
  expect(await preview({ share_max_bp: 5_000 })).toMatchObject({ refused: 1, refused_points: 90, over_share: 1 })
  const owed = await world.db.row<{ points: number }>(
    sql`select sum(active + pending)::bigint as points from point_balances`,
  )
  expect(await preview({ points: 2 })).toMatchObject({
    points_owed: owed!.points,
    owed_minor: owed!.points,
    owed_after_minor: Math.round(owed!.points / 2),
  })
  // an older month is not looked at
  world.later(40)
  expect(await preview({ minimum_points: 10 })).toMatchObject({ spends: 0, refused: 0 })
})

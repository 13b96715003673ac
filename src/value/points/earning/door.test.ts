/** Bonuses as orders meet them that come in by the API, and as they are judged anew. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../../test/world.ts'
import * as points from '../points.ts'
import { rebook } from '../rebooking.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const names = { en: 'Bonus' }
const double = { kind: 'multiply' as const, percent: 200 }

test('what the product, the store, the source and the birthday say is looked at; judged anew it is the same', async () => {
  const owner = world.as('owner')
  await owner.call('POST /v1/admin/products', { body: { sku: 'LEAF', name: 'Leaf', category: 'tea' } })
  const { rule } = await owner.call('GET /v1/admin/point-rules/current')
  const birth_date = `1990-${world.now().toISOString().slice(5, 7)}-20`
  await owner.call('PATCH /v1/admin/members/:member_id', {
    params: { member_id: world.cast.wang },
    body: { birth_date },
  })
  await owner.call('POST /v1/admin/point-rules', {
    body: {
      rule: {
        ...rule,
        earn: {
          ...rule.earn,
          tier_percent: {},
          combine: 'add',
          bonuses: [
            { code: 'tea', names, when: { categories: ['tea'] }, effect: double },
            { code: 'store', names, when: { store_ids: [world.stores.get('XINYI')!] }, effect: double },
            { code: 'web', names, when: { channels: ['web'] }, effect: double },
            { code: 'month', names, when: { birthday: 'month' }, effect: { kind: 'add', points: 9, per: 'order' } },
          ],
        },
      },
    },
  })
  const from = world.now()
  const sell = async (source: string, source_id: string, member_id: string, sku: string, store: string | null) => {
    world.later(0.01)
    await owner.call('POST /v1/admin/orders', {
      body: {
        source,
        source_id,
        store,
        status: 'paid',
        occurred_at: world.now().toISOString(),
        member: { member_id },
        lines: [{ sku, name: sku, quantity: 1, net_minor: 1_000 }],
      },
    })
    const [entry] = await points.entriesOf(world.db, { member_id, before: null, limit: 1 })
    return [entry!.points, (entry!.why.parts ?? []).map((part) => part.bonus)]
  }
  const { wang, mary } = world.cast
  expect(await sell('till', 'B1', wang, 'LEAF', 'XINYI')).toEqual([39, ['tea', 'store', 'month']])
  expect(await sell('web', 'B2', mary, 'CUP', null)).toEqual([20, ['web']])
  expect(await sell('till', 'B3', mary, 'CUP', 'DAAN')).toEqual([10, []])
  const current = (await points.rulesOf(world.db)).at(-1)!
  const again = await world.tx(async (tx) => {
    const { version } = await points.addRule(tx, { rule: current.rule, effective_from: from, is_rebooked: true })
    return rebook(tx, { version, from, member_ids: [wang, mary] })
  })
  expect(again.map(({ orders, points_change }) => [orders, points_change])).toEqual([
    [1, 0],
    [2, 0],
  ])
})

test('a rule that contradicts itself is refused, each place named', async () => {
  const { rule } = await world.as('owner').call('GET /v1/admin/point-rules/current')
  const bonus = { code: 'one', names, when: { tiers: ['platinum'], from_on: '2026-12-02', until_on: '2026-12-01' } }
  const earn = {
    ...rule.earn,
    bonuses: [
      { ...bonus, effect: double },
      { ...bonus, when: {}, effect: double },
    ],
  }
  await expect(
    world.as('owner').call('POST /v1/admin/point-rules', { body: { rule: { ...rule, earn } } }),
  ).rejects.toMatchObject({
    code: 'point_rule.invalid',
    errors: [
      { pointer: '/rule/earn/bonuses/0/when/tiers/0', code: 'point_rule.tier_unknown' },
      { pointer: '/rule/earn/bonuses/0/when/until_on', code: 'point_rule.bonus_ends_before' },
      { pointer: '/rule/earn/bonuses/1/code', code: 'point_rule.bonus_twice' },
    ],
  })
})

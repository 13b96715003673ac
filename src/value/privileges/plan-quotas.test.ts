/** A privilege by plan, with a quota of its own there: through the doors. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { club } from '../../../test/clubs.ts'
import { openWorld, type World } from '../../../test/world.ts'
import { mayOf } from './rules.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.close())

const rule = {
  tier_codes: ['gold'],
  quota: { uses: 1, period: 'month' as const },
  plans: [
    { plan_id: 'black', uses: 3 },
    { plan_id: 'green', uses: null },
  ],
}
const golden: readonly [tier: string | null, plans: string[], used: number, left: number, code: string][] = [
  [null, [], 0, 0, 'not_held'],
  ['gold', [], 0, 1, 'by_tier'],
  [null, ['black'], 0, 3, 'by_plan'],
  [null, ['green'], 0, 1, 'by_plan'],
  ['gold', ['black'], 1, 2, 'by_tier'],
  ['gold', ['green', 'black'], 3, 0, 'used_up'],
  [null, ['silver'], 0, 0, 'not_held'],
]
test.each(golden)('tier %s, plans %j, used %i: %i left (%s)', (tier_code, plan_ids, used, left, code) => {
  const may = mayOf({ rule, status: 'active' }, { tier_code, plan_ids, used, grants: [], day: '2026-11-02' })
  expect([may.left, may.why.code]).toEqual([left, code])
})

test('who holds the plan uses it as often as the plan says, however many tills ask at once', async () => {
  const marketer = world.as('marketer')
  const clerk = world.as('clerk')
  const { mary, chen } = world.cast
  const { plan_id } = await marketer.call('POST /v1/admin/plans', {
    body: { names: { en: 'Black card' }, design: { ...club, trial_days: 0 } } as never,
  })
  const { privilege_id } = await marketer.call('POST /v1/admin/privileges', {
    body: {
      names: { en: 'Lounge' },
      rule: { tier_codes: [], quota: { uses: 1, period: 'month' }, plans: [{ plan_id, uses: 3 }] },
    },
  })
  const use = (member_id: string, source_id: string) =>
    clerk.call('POST /v1/till/members/:member_id/privileges/:privilege_id/uses', {
      params: { member_id, privilege_id },
      body: { store_id: world.stores.get('XINYI')!, source_id },
    })
  await expect(use(mary, 'before')).rejects.toMatchObject({ code: 'privilege.not_held' })
  await clerk.call('POST /v1/admin/members/:member_id/plans', {
    params: { member_id: mary },
    body: { plan_id, amount_minor: 300 },
  })
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => use(mary, `u${i}`)))
  expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(3)
  const { data } = await clerk.call('GET /v1/till/members/:member_id/privileges', { params: { member_id: mary } })
  expect(data.find((one) => one.privilege_id === privilege_id)).toMatchObject({
    may: false,
    why: { code: 'used_up', params: { quota: 3, used: 3 } },
  })
  await expect(use(chen, 'other')).rejects.toMatchObject({ code: 'privilege.not_held' })
})

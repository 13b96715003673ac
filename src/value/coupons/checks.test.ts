import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import { sql, type Sql } from '../../base/sql.ts'
import { addMs } from '../../base/time.ts'
import { verify } from '../../base/verify.ts'
import * as coupons from './coupons.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
  await world.tx(async (tx) => {
    const [definition] = await coupons.define(tx, [
      {
        name: 'x',
        design: {
          benefit: { kind: 'amount', amount_minor: 5 },
          scope: {},
          minimum_minor: 0,
          window: { days_after_issue: 3 },
          stacking: { group: 'main', is_exclusive: false },
          limits: { per_coupon: 2, total: 9, per_member: 9 },
          codes: 'generated',
          gives_back: true,
        },
      },
    ])
    const { coupon_definition_id } = definition!
    const member_id = world.cast.wang
    const [given] = await coupons.issue(tx, [{ member_id, coupon_definition_id, source: 'x', source_id: '1' }])
    const wish = { member_id, coupon_id: given!.coupon_id!, source: 'till', discount_minor: 5 }
    const holds = ['1', '2'].map((source_id) => ({ ...wish, source_id, expires_at: addMs(tx.now, 1_000) }))
    await coupons.hold(tx, holds)
    await coupons.redeem(tx, holds.slice(0, 1))
    await coupons.release(tx, holds.slice(1))
  })
})
afterAll(() => world.close())

test('coupons that nobody touched by hand pass every check', async () => {
  expect((await verify(world.db, coupons.checks)).checks.filter((check) => !check.ok)).toEqual([])
})

const planted: readonly [string, Sql][] = [
  ['coupons.counts_equal_uses', sql`update coupons set redeemed = 2`],
  ['coupons.counts_equal_uses', sql`delete from coupon_uses where state = 'redeemed'`],
  ['coupons.counters_equal_uses', sql`update coupon_counters set used = used + 1`],
  ['coupons.member_counters_equal_uses', sql`update coupon_member_counters set used = used + 1`],
  ['coupons.codes_have_one_coupon', sql`update coupon_codes set coupon_id = uuidv7()`],
  ['coupons.codes_have_one_coupon', sql`delete from coupon_codes`],
  ['coupons.redeemed_within_dates', sql`update coupons set expires_on = '2026-01-01'`],
  ['coupons.redeemed_once', sql`update coupon_uses set redeemed_at = null where state = 'redeemed'`],
  ['coupons.redeemed_once', sql`update coupon_uses set ended_at = null where state = 'released'`],
]
class Undo extends Error {}

test.each(planted)('%s names the row', async (name, wrong) => {
  const check = coupons.checks.find((one) => one.name === name)!
  await world.db
    .tx({ actor: systemActor('test') }, async (tx) => {
      expect(await tx.run(wrong)).toBeGreaterThan(0)
      const finding = await check.run(tx)
      expect([finding.ok, finding.rows?.length]).toEqual([false, 1])
      throw new Undo()
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Undo)) throw thrown
    })
})

test('every check has an error that it finds', () => {
  const found = new Set(planted.map(([name]) => name))
  expect(coupons.checks.map((check) => check.name).filter((name) => !found.has(name))).toEqual([])
})

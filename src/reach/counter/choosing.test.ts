import { afterAll, expect, test } from 'vitest'
import { openWorld } from '../../../test/world.ts'
import * as coupons from '../../value/coupons/coupons.ts'

const world = await openWorld()
afterAll(() => world.close())
const { wang, mary } = world.cast
const clerk = world.as('clerk')

/** Coupons that take so much off, from a minimum on; their ids. */
async function given(designs: { name: string; amount_minor: number; minimum_minor?: number }[]): Promise<string[]> {
  return world.tx(async (tx) => {
    const made = await coupons.define(
      tx,
      designs.map(({ name, amount_minor, minimum_minor = 0 }) => ({
        name,
        design: {
          benefit: { kind: 'amount' as const, amount_minor },
          scope: {},
          minimum_minor,
          window: { days_after_issue: 30 },
          stacking: { group: 'main', is_exclusive: false },
          limits: { per_coupon: 1 },
          codes: 'none' as const,
          gives_back: true,
        },
      })),
    )
    const outcomes = await coupons.issue(
      tx,
      made.map(({ coupon_definition_id }) => ({
        member_id: wang,
        coupon_definition_id,
        source: 'test',
        source_id: coupon_definition_id,
      })),
    )
    return outcomes.map(({ coupon_id }) => coupon_id!)
  })
}

const [small, large, later] = await given([
  { name: 'Small', amount_minor: 20 },
  { name: 'Large', amount_minor: 50 },
  { name: 'From 500 on', amount_minor: 90, minimum_minor: 500 },
])
const quote = (more: object, member_id = wang) =>
  clerk.call('POST /v1/till/quotes', {
    body: { store: 'XINYI', member: { member_id }, lines: [{ quantity: 1, gross_minor: 300 }], ...more },
  })

test('the list says what each coupon saves alone, those that cannot be used last and why; the best are chosen', async () => {
  const { choices, coupons: chosen, to_pay_minor } = await quote({ best: true, list_coupons: true })
  expect(choices.map(({ name, discount_minor, refusals }) => [name, discount_minor, refusals[0]?.code])).toEqual([
    ['Large', 50, undefined],
    ['Small', 20, undefined],
    ['From 500 on', 0, 'coupon.minimum_missed'],
  ])
  expect([chosen.map(({ coupon_id }) => coupon_id), to_pay_minor]).toEqual([[large], 250])
})

test('what a hand picks is taken, though another saves more; nothing is listed that was not asked for', async () => {
  const picked = await quote({ coupon_ids: [small] })
  expect([picked.to_pay_minor, picked.choices, picked.refusals]).toEqual([280, [], []])
})

test('a coupon that cannot be used, two that do not go together, and somebody else’s are refused by name', async () => {
  const codes = async (more: object, member_id?: string) =>
    (await quote(more, member_id)).refusals.map(({ code }) => code)
  expect(await codes({ coupon_ids: [later] })).toEqual(['coupon.minimum_missed'])
  expect(await codes({ coupon_ids: [small, large] })).toEqual(['till.coupons_not_together'])
  expect(await codes({ coupon_ids: [small] }, mary)).toEqual(['coupon.not_found'])
})

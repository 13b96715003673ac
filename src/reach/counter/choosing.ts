/** What each coupon that a member holds would take off this purchase, alone: for a clerk to pick from. Pure. */
import { discounted, totalOf } from './bill.ts'
import type { Stated } from './rules.ts'
import type { Quote, Refusal } from './types.ts'

/** Those that take off most first, then those that cannot be used, with why. */
export function choicesOf(stated: Stated): Quote['choices'] {
  if (stated.listed.length === 0) return []
  const without = totalOf(discounted({ ...stated, named: [], choice: [] }, []).bill)
  return stated.listed
    .map((coupon) => {
      const refusals: Refusal[] = []
      const { bill } = discounted({ ...stated, named: [coupon], choice: [] }, refusals)
      const { coupon_id, code, name } = coupon
      return { coupon_id, code, name, discount_minor: Math.max(0, without - totalOf(bill)), refusals }
    })
    .sort((a, b) => a.refusals.length - b.refusals.length || b.discount_minor - a.discount_minor)
}

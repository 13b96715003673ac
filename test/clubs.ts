/** A paid membership as tests sell it; each says what is different in its own. */
import type { PlanDesign } from '../src/value/plans/types.ts'

/** 300 for 30 days, a week to try, three days of grace, refunds in proportion. */
export const club: PlanDesign = {
  period: { unit: 'day', count: 30 },
  trial_days: 7,
  grace_days: 3,
  prices: [{ when: null, price_minor: 300 }],
  refund: { kind: 'pro_rata' },
  privilege_ids: [],
  discount_bp: 0,
  member_prices: [],
  free_shipping_from_minor: null,
}

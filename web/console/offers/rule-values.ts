/** The rule of an offer as a form holds it, and back. */
import { instantOfWall, wallOf } from '../../kit/wall-clock.ts'
import { rewardOf, rewardValuesOf, type RewardValues } from '../reward-fields.tsx'
import type { Offer, OfferRule } from './words.ts'

export type Measure = 'spend' | 'single_order' | 'orders' | 'none'

export interface OfferValues {
  names: Record<string, string>
  measure: Measure
  reach: 'at_least' | 'more_than'
  amount_minor: number | null
  orders: number | null
  counts_from: 'issue' | 'view'
  days: number | null
  from: string | null
  until: string | null
  categories: string[]
  store_ids: string[]
  refunds: 'undo' | 'ignore'
  reward: RewardValues
}

const hours_a_day = 24

export const beginning: OfferValues = {
  names: {},
  measure: 'spend',
  reach: 'at_least',
  amount_minor: null,
  orders: 2,
  counts_from: 'issue',
  days: 7,
  from: null,
  until: null,
  categories: [],
  store_ids: [],
  refunds: 'undo',
  reward: rewardValuesOf({ kind: 'points', points: 50 }),
}

export function valuesOf({ names, rule }: Offer, zone: string): OfferValues {
  const { window, threshold, reward } = rule
  return {
    ...beginning,
    names,
    measure: threshold?.measure ?? 'none',
    reach: threshold?.reach ?? 'at_least',
    amount_minor: threshold && threshold.measure !== 'orders' ? threshold.amount : null,
    orders: threshold?.measure === 'orders' ? threshold.amount : beginning.orders,
    counts_from: window.counts_from,
    days: window.hours === null ? null : window.hours / hours_a_day,
    from: window.from && wallOf(window.from, zone),
    until: window.until && wallOf(window.until, zone),
    categories: rule.scope.categories,
    store_ids: rule.scope.store_ids,
    refunds: rule.refunds,
    reward: rewardValuesOf(reward),
  }
}

/** What the form cannot show (single products, days of a plan) is kept as it was. */
export function ruleOf(values: OfferValues, before: OfferRule | null, zone: string): OfferRule {
  const { measure, reach } = values
  const isKept = before?.reward.kind === 'plan_days' && values.reward.kind === 'plan_days'
  return {
    window: {
      counts_from: values.counts_from,
      hours: values.days === null ? null : Math.max(1, Math.round(values.days * hours_a_day)),
      from: values.from && instantOfWall(values.from, zone),
      until: values.until && instantOfWall(values.until, zone),
    },
    threshold:
      measure === 'none'
        ? null
        : { measure, reach, amount: (measure === 'orders' ? values.orders : values.amount_minor) ?? 0 },
    scope: {
      skus: before?.scope.skus ?? [],
      excluded_skus: before?.scope.excluded_skus ?? [],
      excluded_categories: before?.scope.excluded_categories ?? [],
      categories: values.categories,
      store_ids: values.store_ids,
    },
    refunds: values.refunds,
    reward: measure === 'none' ? { kind: 'none' } : isKept ? before.reward : rewardOf(values.reward),
  }
}

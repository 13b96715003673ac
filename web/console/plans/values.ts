/** A plan's design as a form holds it, and back. */
import { emptyGroup, isComplete, plain, readCondition, type Catalogue, type Group } from '../segments/condition.ts'
import { rewardOf, rewardValuesOf, type RewardValues } from '../reward-fields.tsx'
import type { Plan, PlanDesign } from './words.ts'

export type Given = NonNullable<PlanDesign['rewards']>[number]

export interface PriceValues {
  when: Group
  price_minor: number | null
}
/** What a payment gives; `id` tells rows apart while they are edited. */
export interface GivenValues {
  id: number
  on: Given['on']
  reward: RewardValues
}
export interface PlanValues {
  names: Record<string, string>
  unit: 'month' | 'day'
  count: number | null
  trial_days: number | null
  grace_days: number | null
  /** For some members, in order. */
  prices: PriceValues[]
  /** Is it sold to everybody else? */
  sells_others: boolean
  others_minor: number | null
  refund: 'none' | 'pro_rata' | 'full_within'
  refund_days: number | null
  privilege_ids: string[]
  discount: number | null
  free_shipping_from_minor: number | null
  rewards: GivenValues[]
  note: string
  effective: string | null
}

export const beginning: PlanValues = {
  names: {},
  unit: 'month',
  count: 1,
  trial_days: 0,
  grace_days: 3,
  prices: [],
  sells_others: true,
  others_minor: null,
  refund: 'pro_rata',
  refund_days: 14,
  privilege_ids: [],
  discount: 0.1,
  free_shipping_from_minor: null,
  rewards: [],
  note: '',
  effective: null,
}

export const newPrice = (): PriceValues => ({ when: emptyGroup(), price_minor: null })

export function valuesOf({ names, design }: Plan): PlanValues {
  const { period, prices, refund } = design
  const others = prices.find((one) => one.when === null)
  return {
    ...beginning,
    names,
    unit: period.unit,
    count: period.count,
    trial_days: design.trial_days,
    grace_days: design.grace_days,
    prices: prices
      .filter((one) => one.when !== null)
      .map(({ when, price_minor }) => ({ when: readCondition(when) ?? emptyGroup(), price_minor })),
    sells_others: others !== undefined,
    others_minor: others?.price_minor ?? null,
    refund: refund.kind,
    refund_days: refund.kind === 'full_within' ? refund.days : beginning.refund_days,
    privilege_ids: design.privilege_ids,
    discount: design.discount_bp / 10_000,
    free_shipping_from_minor: design.free_shipping_from_minor,
    rewards: (design.rewards ?? []).map(({ on, reward }, id) => ({ id, on, reward: rewardValuesOf(reward) })),
  }
}

/** What the form cannot show (prices of single products) is kept as it was. */
export function designOf(values: PlanValues, before: PlanDesign | null): PlanDesign {
  const rewards = values.rewards.flatMap(({ on, reward: said }): Given[] => {
    const reward = rewardOf(said)
    return reward.kind === 'none' ? [] : [{ on, reward }]
  })
  const others = values.sells_others ? [{ when: null, price_minor: values.others_minor ?? 0 }] : []
  return {
    period: { unit: values.unit, count: values.count ?? 1 },
    trial_days: values.trial_days ?? 0,
    grace_days: values.grace_days ?? 0,
    prices: [
      ...values.prices.map(({ when, price_minor }) => ({
        when: plain(when) as never,
        price_minor: price_minor ?? 0,
      })),
      ...others,
    ],
    refund:
      values.refund === 'full_within'
        ? { kind: 'full_within', days: values.refund_days ?? 1 }
        : { kind: values.refund },
    privilege_ids: values.privilege_ids,
    discount_bp: Math.round((values.discount ?? 0) * 10_000),
    member_prices: before?.member_prices ?? [],
    free_shipping_from_minor: values.free_shipping_from_minor,
    ...(rewards.length > 0 ? { rewards } : {}),
  }
}

/** Is this price said whole? */
export function isSaid({ when, price_minor }: PriceValues, catalogue: Catalogue | undefined): boolean {
  return price_minor !== null && when.rules.length > 0 && (!catalogue || isComplete(when, catalogue))
}

/** The values of the editor, and the rule they make. */
import { rewardOf, rewardValuesOf, type RewardValues } from '../reward-fields.tsx'
import type { Card, CardRule, SessionsRule, StampRule, ValueRule } from './words.ts'

export interface CardValues {
  names: Record<string, string>
  /** When another rule takes effect. */
  effective: string | null
  kind: Card['kind']
  size: number | null
  by: StampRule['per']['by']
  minimum_minor: number | null
  per_minor: number | null
  categories: string[]
  store_ids: string[]
  day_max: number | null
  months: number | null
  refunds: StampRule['refunds']
  reward: RewardValues
  least_minor: number | null
  most_minor: number | null
  bonuses: { from_minor: number | null; bonus_minor: number | null }[]
  principal_months: number | null
  bonus_months: number | null
  spend_first: ValueRule['spend_first']
  is_offered: boolean
  less_bonus_used: boolean
  /** A share: 0.05 is 5 %. */
  fee: number | null
  uses: number | null
  price_minor: number | null
  worth_minor: number | null
  basis: SessionsRule['refund']['basis']
}

/** The tenth cup free; a tenth on top; ten for the price of eight. */
export function beginning(unit: number): CardValues {
  return {
    names: {},
    effective: null,
    kind: 'stamps',
    size: 10,
    by: 'units',
    minimum_minor: 0,
    per_minor: 100 * unit,
    categories: [],
    store_ids: [],
    day_max: null,
    months: null,
    refunds: 'carry',
    reward: rewardValuesOf({ kind: 'points', points: 50 }),
    least_minor: 100 * unit,
    most_minor: null,
    bonuses: [{ from_minor: 1_000 * unit, bonus_minor: 100 * unit }],
    principal_months: null,
    bonus_months: null,
    spend_first: 'principal',
    is_offered: true,
    less_bonus_used: true,
    fee: 0,
    uses: 10,
    price_minor: 800 * unit,
    worth_minor: 100 * unit,
    basis: 'pro_rata',
  }
}

const perHundred = 10_000

export function valuesOf({ names, rule }: Pick<Card, 'names' | 'rule'>, unit: number): CardValues {
  const values = { ...beginning(unit), names, kind: rule.kind }
  if (rule.kind === 'stamps') {
    const { per, scope, reward, ...rest } = rule
    return {
      ...values,
      ...rest,
      by: per.by,
      minimum_minor: per.by === 'order' ? per.minimum_minor : values.minimum_minor,
      per_minor: per.by === 'spend' ? per.per_minor : values.per_minor,
      categories: scope.categories,
      store_ids: scope.store_ids,
      reward: rewardValuesOf(reward),
    }
  }
  const { is_offered, fee_bp } = rule.refund
  if (rule.kind === 'value') {
    const { minimum_minor, balance_max_minor, bonuses, principal_months, bonus_months, spend_first, refund } = rule
    const { less_bonus_used } = refund
    return {
      ...values,
      ...{ bonuses, principal_months, bonus_months, spend_first, is_offered, less_bonus_used },
      least_minor: minimum_minor,
      most_minor: balance_max_minor,
      fee: fee_bp / perHundred,
    }
  }
  const { uses, price_minor, worth_minor, months, refund } = rule
  return {
    ...values,
    ...{ uses, price_minor, worth_minor, months, is_offered },
    basis: refund.basis,
    fee: fee_bp / perHundred,
  }
}

/** The rule that the values make; what the editor does not show stays as `before` says. */
export function ruleOf(values: CardValues, before: CardRule | null): CardRule {
  const fee_bp = Math.round((values.fee ?? 0) * perHundred)
  if (values.kind === 'stamps') return stampRuleOf(values, before?.kind === 'stamps' ? before : null)
  if (values.kind === 'sessions') {
    return {
      kind: 'sessions',
      uses: values.uses ?? 1,
      price_minor: values.price_minor ?? 0,
      worth_minor: values.worth_minor ?? 0,
      months: values.months,
      refund: { is_offered: values.is_offered, basis: values.basis, fee_bp },
    }
  }
  return {
    kind: 'value',
    minimum_minor: values.least_minor ?? 0,
    balance_max_minor: values.most_minor,
    bonuses: values.bonuses.flatMap(({ from_minor, bonus_minor }) =>
      from_minor && bonus_minor ? [{ from_minor, bonus_minor }] : [],
    ),
    principal_months: values.principal_months,
    bonus_months: values.bonus_months,
    spend_first: values.spend_first,
    refund: { is_offered: values.is_offered, less_bonus_used: values.less_bonus_used, fee_bp },
  }
}

function stampRuleOf(values: CardValues, before: StampRule | null): StampRule {
  const { by } = values
  const per: StampRule['per'] =
    by === 'units'
      ? { by }
      : by === 'order'
        ? { by, minimum_minor: values.minimum_minor ?? 0 }
        : { by, per_minor: values.per_minor || 1 }
  return {
    kind: 'stamps',
    size: Math.max(2, values.size ?? 2),
    per,
    scope: {
      skus: before?.scope.skus ?? [],
      excluded_skus: before?.scope.excluded_skus ?? [],
      excluded_categories: before?.scope.excluded_categories ?? [],
      categories: values.categories,
      store_ids: values.store_ids,
    },
    day_max: values.day_max,
    months: values.months,
    refunds: values.refunds,
    reward: rewardOf(values.reward),
  }
}

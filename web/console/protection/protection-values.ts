/** The rule of price protection as a form holds it, and back. Money is minor units. */
import type { Row } from '../../kit/call.ts'

export type ProtectionVersion = Row<'GET /v1/admin/protection-rules'>
export type ProtectionRule = ProtectionVersion['rule']
export type Period = NonNullable<ProtectionRule['limit']>['period']

export interface ProtectionValues {
  is_on: boolean
  days: number | null
  tier_codes: string[]
  plan_ids: string[]
  excluded_categories: string[]
  minimum_minor: number | null
  limit_minor: number | null
  limit_period: Period
  budget_id: string | null
  effective_from: string | null
  note: string
}

/** Two weeks, as most shops promise. */
export const beginning: ProtectionRule = {
  is_on: true,
  days: 14,
  tier_codes: [],
  plan_ids: [],
  excluded_categories: [],
  minimum_minor: 0,
  limit: null,
  budget_id: null,
}

export function valuesOf({ limit, ...rule }: ProtectionRule): ProtectionValues {
  return {
    ...rule,
    minimum_minor: rule.minimum_minor || null,
    limit_minor: limit?.amount_minor ?? null,
    limit_period: limit?.period ?? 'year',
    effective_from: null,
    note: '',
  }
}

export function ruleOf({
  note: _note,
  effective_from: _begins,
  limit_minor,
  limit_period,
  ...values
}: ProtectionValues): ProtectionRule {
  return {
    ...values,
    days: values.days ?? 1,
    minimum_minor: values.minimum_minor ?? 0,
    limit: limit_minor ? { amount_minor: limit_minor, period: limit_period } : null,
  }
}

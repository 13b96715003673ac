/** What points pay, as a form holds it, and back. Shares are 1 for 100 %; money is minor units. */
import type { Row } from '../../kit/call.ts'

export type SpendVersion = Row<'GET /v1/admin/point-spend-rules'>
export type SpendRule = SpendVersion['rule']

export interface SpendValues {
  points: number | null
  worth_minor: number | null
  step: number | null
  minimum_points: number | null
  share_max: number | null
  pays_goods: boolean
  pays_shipping: boolean
  excluded_categories: string[]
}

/** Basis points of one. */
const whole_bp = 10_000

export function valuesOf(rule: SpendRule): SpendValues {
  const { share_max_bp, ...rest } = rule
  return { ...rest, share_max: share_max_bp / whole_bp }
}

/** What is empty counts as one or nothing; the form's check has asked for what is needed. */
export function ruleOf(values: SpendValues): SpendRule {
  const { share_max, ...rest } = values
  return {
    ...rest,
    points: values.points ?? 1,
    worth_minor: values.worth_minor ?? 1,
    step: values.step ?? 1,
    minimum_points: values.minimum_points ?? 0,
    share_max_bp: Math.round((share_max ?? 1) * whole_bp),
  }
}

/** What a point is worth when spent, in minor units. */
export function worthOf({ points, worth_minor }: Pick<SpendRule, 'points' | 'worth_minor'>): number {
  return worth_minor / points
}

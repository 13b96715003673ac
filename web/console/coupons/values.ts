/** A design as its form holds it. */
import type { Definition, Design } from './words.ts'

export interface Values {
  name: string
  note: string
  kind: Design['benefit']['kind']
  amount_minor: number | null
  /** A share: 0.1 is 10 %. */
  percent: number | null
  max_minor: number | null
  price_minor: number | null
  units: number | null
  minimum_minor: number | null
  categories: string[]
  excluded_categories: string[]
  product_ids: string[]
  excluded_product_ids: string[]
  store_ids: string[]
  starts_on: string | null
  ends_on: string | null
  days_after_issue: number | null
  group: string
  is_exclusive: boolean
  per_coupon: number | null
  per_member: number | null
  per_day: number | null
  total: number | null
  codes: Design['codes']
  gives_back: boolean
  may_be_passed_on: boolean
  /** Wall clock; null: at once. */
  effective_from: string | null
}

/** Something small to begin with. */
export const beginning: Values = {
  name: '',
  note: '',
  kind: 'amount',
  amount_minor: null,
  percent: 0.1,
  max_minor: null,
  price_minor: 0,
  units: 1,
  minimum_minor: null,
  categories: [],
  excluded_categories: [],
  product_ids: [],
  excluded_product_ids: [],
  store_ids: [],
  starts_on: null,
  ends_on: null,
  days_after_issue: 14,
  group: 'coupon',
  is_exclusive: false,
  per_coupon: 1,
  per_member: null,
  per_day: null,
  total: null,
  codes: 'none',
  gives_back: true,
  may_be_passed_on: false,
  effective_from: null,
}

/** What waits is what somebody goes on changing. */
export function valuesOf({ name, note, design }: Definition): Values {
  const { benefit, scope, window, limits, stacking } = design
  return {
    ...beginning,
    name,
    note,
    kind: benefit.kind,
    amount_minor: benefit.kind === 'amount' ? benefit.amount_minor : null,
    percent: benefit.kind === 'percent' ? benefit.percent_bp / 10_000 : beginning.percent,
    max_minor: 'max_minor' in benefit ? (benefit.max_minor ?? null) : null,
    price_minor: benefit.kind === 'item' ? benefit.price_minor : 0,
    units: benefit.kind === 'item' ? benefit.units : 1,
    minimum_minor: design.minimum_minor || null,
    categories: [...(scope.categories ?? [])],
    excluded_categories: [...(scope.excluded_categories ?? [])],
    product_ids: [...(scope.product_ids ?? [])],
    excluded_product_ids: [...(scope.excluded_product_ids ?? [])],
    store_ids: [...(scope.store_ids ?? [])],
    starts_on: window.starts_on ?? null,
    ends_on: window.ends_on ?? null,
    days_after_issue: window.days_after_issue ?? null,
    group: stacking.group,
    is_exclusive: stacking.is_exclusive,
    per_coupon: limits.per_coupon,
    per_member: limits.per_member ?? null,
    per_day: limits.per_day ?? null,
    total: limits.total ?? null,
    codes: design.codes,
    gives_back: design.gives_back,
    may_be_passed_on: design.may_be_passed_on ?? false,
  }
}

function benefitOf(values: Values): Design['benefit'] {
  const { kind, max_minor } = values
  if (kind === 'amount') return { kind, amount_minor: values.amount_minor ?? 0 }
  if (kind === 'percent') return { kind, percent_bp: Math.round((values.percent ?? 0) * 10_000), max_minor }
  if (kind === 'item') return { kind, price_minor: values.price_minor ?? 0, units: values.units ?? 1 }
  return { kind, max_minor }
}

/** What the form says; what it does not show of `before` stays. */
export function designOf(values: Values, before?: Design): Design {
  return {
    ...before,
    benefit: benefitOf(values),
    scope: {
      ...before?.scope,
      categories: values.kind === 'shipping' ? [] : values.categories,
      excluded_categories: values.excluded_categories,
      product_ids: values.kind === 'shipping' ? [] : values.product_ids,
      excluded_product_ids: values.excluded_product_ids,
      store_ids: values.store_ids,
    },
    minimum_minor: values.minimum_minor ?? 0,
    window: {
      starts_on: values.starts_on,
      ends_on: values.ends_on,
      days_after_issue: values.days_after_issue,
    },
    stacking: { group: values.group.trim() || beginning.group, is_exclusive: values.is_exclusive },
    limits: {
      ...before?.limits,
      per_coupon: values.per_coupon ?? 1,
      per_member: values.per_member,
      per_day: values.per_day,
      total: values.total,
    },
    codes: values.codes,
    gives_back: values.gives_back,
    may_be_passed_on: values.may_be_passed_on,
  }
}

/** Is enough said to try it? */
export function isWhole(values: Values): boolean {
  if (values.kind === 'amount') return (values.amount_minor ?? 0) > 0
  return values.kind !== 'percent' || (values.percent ?? 0) > 0
}

/**
 * Glossary: *price protection* the promise that whoever has just bought is given back the difference when the price
 * falls · *then* and *now* what one costs by the list price and the price rule, for the tier held when it was bought ·
 * *costs* what the goods kept would come to now · *rate* what a point pays, by the spend rule.
 *
 * Facts: `protection.given` `{order_id, line_no, sku, points, given_minor}`.
 *
 * Errors: `protection_rule.invalid` (errors[] names each place: `.tier_unknown`, `.plan_unknown`, `.budget_unknown`)
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { TierCode } from '../tiers/types.ts'

/** A season: nobody promises longer, and the books of that time are looked through. */
const days_max = 180
const strict = { additionalProperties: false }
const Amount = Type.Integer({ minimum: 1, maximum: amount_minor_max })

export const Period = Type.Enum(['month', 'year', 'ever'] as const)
export type Period = Static<typeof Period>

export const ProtectionRule = Type.Object(
  {
    /** Off: nothing is given back, whatever the rest says. */
    is_on: Type.Boolean(),
    /** A purchase is protected on its own day and so many days after. */
    days: Type.Integer({ minimum: 1, maximum: days_max }),
    /** Whose purchases: of these tiers when they bought, or under one of these plans; both empty: of every member. */
    tier_codes: Type.Array(TierCode, { maxItems: 50, uniqueItems: true }),
    plan_ids: Type.Array(Uuid, { maxItems: 50, uniqueItems: true }),
    /** Goods that are not protected. */
    excluded_categories: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1_000 }),
    /** A smaller difference of a line is left alone. */
    minimum_minor: Type.Integer({ minimum: 0, maximum: amount_minor_max }),
    /** The most that one member is given back in a period. */
    limit: Nullable(Type.Object({ amount_minor: Amount, period: Period }, strict)),
    /** What the points given are taken from. */
    budget_id: Nullable(Uuid),
  },
  strict,
)
export type ProtectionRule = Static<typeof ProtectionRule>

export interface ProtectionRuleVersion {
  version: number
  effective_from: Date
  rule: ProtectionRule
}

export const ProtectionRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: ProtectionRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export const NewProtectionRule = Type.Object(
  {
    rule: ProtectionRule,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
  },
  { additionalProperties: false },
)

/** What points pay: so many are worth so much. */
export interface Rate {
  points: number
  worth_minor: number
}

/** A line of an order whose price may have fallen. */
export interface Line {
  member_id: string
  order_id: string
  line_no: number
  sku: string
  category: string | null
  bought_at: Date
  /** Ten-thousandths of a unit that have not gone back, and what was paid for them. */
  left_e4: number
  paid_minor: number
  /** What one cost when it was bought, and now. */
  then_minor: number
  now_minor: number
  price_version: number | null
  given_before_minor: number
  given_times: number
  /** Held when it was bought. */
  tier_code: string | null
  plan_ids: readonly string[]
}

export const whyCodes = [
  'given',
  'limited',
  'nothing',
  'not_protected',
  'below_minimum',
  'limit_reached',
  'below_a_point',
] as const
export type WhyCode = (typeof whyCodes)[number]

export interface Decision {
  given_minor: number
  points: number
  costs_minor: number
  why: { code: WhyCode; params: Record<string, number | string | null> }
}

export const ProtectionShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  order_id: Uuid,
  /** The number of the order in its source. */
  order_number: Type.String(),
  line_no: Type.Integer(),
  sku: Type.String(),
  product_name: Nullable(Type.String()),
  bought_on: Day,
  paid_minor: Minor,
  then_minor: Minor,
  now_minor: Minor,
  given_minor: Minor,
  points: Type.Integer(),
  why: Type.Object({
    code: Type.String(),
    params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
  }),
  rule_version: Type.Integer(),
  gift_id: Uuid,
  given_at: Instant,
  /** Since some of the goods went back, and how many of the points went with them. */
  returned_at: Nullable(Instant),
  taken_points: Type.Integer(),
})
export interface ProtectionRow {
  member_id: string
  display_name: string | null
  order_id: string
  order_number: string
  line_no: number
  sku: string
  product_name: string | null
  bought_on: string
  paid_minor: number
  then_minor: number
  now_minor: number
  given_minor: number
  points: number
  why: Decision['why']
  rule_version: number
  gift_id: string
  given_at: Date
  returned_at: Date | null
  taken_points: number
}

export const ProtectionPreviewShape = Type.Object({
  /** What would be given back at once. */
  members: Type.Integer(),
  lines: Type.Integer(),
  points: Type.Integer(),
  given_minor: Minor,
  /** Lines whose price fell, but for which a limit, the minimum or the rule's own terms leave nothing. */
  left_out: Type.Integer(),
  products: Type.Array(Type.Object({ sku: Type.String(), name: Type.String(), given_minor: Minor })),
})
export type ProtectionPreview = Static<typeof ProtectionPreviewShape>

/** What points pay, as routes and verbs take it. */
import { Type, type Static } from 'typebox'
import { Instant } from '../../../base/routes.ts'
import { CalledOffShape } from '../../../base/versions.ts'

/** No rule names more than this on either side: a point worth a million, or a million points for one. */
const spend_rate_max = 1_000_000
/** Nobody could ever reach a higher minimum. */
const spend_minimum_max = 1_000_000_000_000

/** What points pay at the till. */
export const PointSpendRule = Type.Object(
  {
    /** So many points pay `worth_minor` minor units: 100 points are 1. */
    points: Type.Integer({ minimum: 1, maximum: spend_rate_max }),
    worth_minor: Type.Integer({ minimum: 1, maximum: spend_rate_max }),
    /** Only multiples of so many points are taken; such a step is worth whole minor units. */
    step: Type.Integer({ minimum: 1, maximum: spend_rate_max }),
    minimum_points: Type.Integer({ minimum: 0, maximum: spend_minimum_max }),
    /** Of the bill after discounts, in basis points. */
    share_max_bp: Type.Integer({ minimum: 1, maximum: 10_000 }),
    pays_goods: Type.Boolean(),
    pays_shipping: Type.Boolean(),
    excluded_categories: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200 }),
  },
  { additionalProperties: false },
)
export type PointSpendRule = Static<typeof PointSpendRule>
export interface PointSpendRuleVersion {
  version: number
  effective_from: Date
  rule: PointSpendRule
}

export const PointSpendRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: PointSpendRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export const NewPointSpendRule = Type.Object(
  {
    rule: PointSpendRule,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
  },
  { additionalProperties: false },
)

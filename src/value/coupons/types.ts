/**
 * Glossary: *coupon definition* what the brand promises, in versions · *design* one version of it · *coupon* one
 * member's right · *code* its text · *use* one time a coupon is locked at a till and redeemed · *hold* a use that is
 * not redeemed yet; it is alive until `expires_at` and frees itself then · *stacking group* at most one coupon of a
 * group goes on one purchase.
 *
 * Facts: `coupon.issued` `coupon.redeemed` `coupon.released` (given back, or a hold that lapsed) `coupon.expired`
 * `coupon.withdrawn` `coupon.passed_on` (of the giver) `coupon.received` (of the friend), each with
 * `{coupon_id, coupon_definition_id, …}`.
 *
 * Errors and refusals: the codes of rules.ts and `coupon.not_found` · `coupon.source_reused` · `coupon.pool_empty` ·
 * `coupon.not_passable` · `coupon.passed_on` · `coupon.passed_to_self` · `coupon_hold.not_found` ·
 * `coupon_hold.expired` · `coupon_hold.wrong_state` · `coupon_definition.not_found` · `coupon_definition.in_past` (no
 * design begins before now) · `coupon_definition.invalid` (errors[] names each place) · `coupon_code.taken`
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape, type ListedVersion } from '../../base/versions.ts'

/** As of orders: no amount beyond this. */
export const amount_minor_max = 1_000_000_000_000
/** Products that one design may name: the largest list known of a grocer had 14,477. */
export const scope_products_max = 50_000
/** Uses that one limit may count. */
export const uses_limit_max = 1_000_000_000
/** Uses of one coupon: beyond this it is no coupon but a price. */
export const coupon_uses_max = 1_000_000

const amount = Type.Integer({ minimum: 1, maximum: amount_minor_max })
const Limit = Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: uses_limit_max })))
const strict = { additionalProperties: false }

/** What it takes off. `percent_bp` are basis points: 1,000 are 10 %. */
export const Benefit = Type.Union([
  Type.Object({ kind: Type.Literal('amount'), amount_minor: amount }, strict),
  Type.Object(
    {
      kind: Type.Literal('percent'),
      percent_bp: Type.Integer({ minimum: 1, maximum: 10_000 }),
      max_minor: Type.Optional(Nullable(amount)),
    },
    strict,
  ),
  /** So many units of what is in scope, the dearest first, at this price each; 0 is free. */
  Type.Object(
    {
      kind: Type.Literal('item'),
      price_minor: Type.Integer({ minimum: 0, maximum: amount_minor_max }),
      units: Type.Integer({ minimum: 1, maximum: 1_000 }),
    },
    strict,
  ),
  Type.Object({ kind: Type.Literal('shipping'), max_minor: Type.Optional(Nullable(amount)) }, strict),
])
export type Benefit = Static<typeof Benefit>

const Ids = Type.Optional(Type.Array(Uuid, { maxItems: scope_products_max }))
const Words = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1_000 }))

/** Where it counts: an absent or empty list bounds nothing; products and categories are alternatives. */
export const Scope = Type.Object(
  {
    product_ids: Ids,
    categories: Words,
    excluded_product_ids: Ids,
    excluded_categories: Words,
    store_ids: Type.Optional(Type.Array(Uuid, { maxItems: 10_000 })),
  },
  strict,
)
export type Scope = Static<typeof Scope>

export const CodeMode = Type.Enum(['none', 'generated', 'pool', 'shared'])

export const CouponDesign = Type.Object(
  {
    benefit: Benefit,
    scope: Scope,
    /** What of the cart is in scope must come to this, before any coupon. */
    minimum_minor: Type.Integer({ minimum: 0, maximum: amount_minor_max }),
    window: Type.Object(
      {
        starts_on: Type.Optional(Nullable(Day)),
        ends_on: Type.Optional(Nullable(Day)),
        /** Its last day is so many days after the day of issue, and `ends_on` at the latest. */
        days_after_issue: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 3_660 }))),
      },
      strict,
    ),
    stacking: Type.Object(
      { group: Type.String({ minLength: 1, maxLength: 40 }), is_exclusive: Type.Boolean() },
      strict,
    ),
    limits: Type.Object(
      {
        per_coupon: Type.Integer({ minimum: 1, maximum: coupon_uses_max }),
        per_member: Limit,
        per_member_day: Limit,
        per_day: Limit,
        total: Limit,
      },
      strict,
    ),
    /** none: only on the member's card · generated: one code each · pool: from imported ones · shared: one for all. */
    codes: CodeMode,
    /** A cancelled order gives the coupon back. */
    gives_back: Type.Boolean(),
    /** Its holder may pass it on to a friend, unused and whole; no unless said. */
    may_be_passed_on: Type.Optional(Type.Boolean()),
    /** What one costs if used; taken from the benefit unless said. */
    expected_cost_minor: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: amount_minor_max }))),
  },
  strict,
)
export type CouponDesign = Static<typeof CouponDesign>

/** A design tried on last month's baskets of members, as if each had held one coupon of it. */
export const CouponPreviewShape = Type.Object({
  days: Type.Integer(),
  /** Baskets of members in these days, and those the coupon goes on. */
  baskets: Type.Integer(),
  qualifying: Type.Integer(),
  /** Taken off if every basket it goes on had used it. */
  at_most_minor: Minor,
  /** Within its limits: uses, by how many members, and what they take off. */
  uses: Type.Integer(),
  members: Type.Integer(),
  discount_minor: Minor,
  /** The uses at the expected cost of one, which budgets reserve; without one, what they take off. */
  expected_minor: Minor,
  /** Why the others do not go, most frequent first; each basket by its first reason. */
  refusals: Type.Array(Type.Object({ code: Type.String(), baskets: Type.Integer() })),
})
export type CouponPreview = Static<typeof CouponPreviewShape>

const Name = Type.String({ minLength: 1, maxLength: 120 })
export const NewCouponDefinition = Type.Object(
  { name: Name, note: Type.Optional(Type.String({ maxLength: 500 })), design: CouponDesign },
  strict,
)
export type NewCouponDefinition = Static<typeof NewCouponDefinition>
export const CouponDefinitionChange = Type.Object(
  {
    ...Type.Partial(NewCouponDefinition).properties,
    /** When another design begins to hold; now unless said. */
    effective_from: Type.Optional(Instant),
  },
  strict,
)
export type CouponDefinitionChange = Static<typeof CouponDefinitionChange>

export const DefinitionStatus = Type.Enum(['active', 'stopped'])
export const CouponDefinitionShape = Type.Object({
  coupon_definition_id: Uuid,
  name: Type.String(),
  note: Type.String(),
  status: DefinitionStatus,
  /** In force now. */
  version: Type.Integer(),
  design: CouponDesign,
  /** The next design and when it begins; null: none waits. */
  waiting: Nullable(Type.Object({ version: Type.Integer(), effective_from: Instant, design: CouponDesign })),
  created_at: Instant,
  updated_at: Instant,
})
export const CouponVersionShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  design: CouponDesign,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export interface CouponVersion extends ListedVersion {
  design: CouponDesign
}
export interface CouponDefinition {
  coupon_definition_id: string
  name: string
  note: string
  status: 'active' | 'stopped'
  version: number
  design: CouponDesign
  waiting: { version: number; effective_from: string; design: CouponDesign } | null
  created_at: Date
  updated_at: Date
}

/** How it goes: counted, not estimated. */
export const CouponFigures = Type.Object({
  issued: Type.Integer(),
  available: Type.Integer(),
  uses: Type.Integer(),
  expired: Type.Integer(),
  /** What was taken off, in all. */
  discount_minor: Minor,
})
export type CouponFigures = Static<typeof CouponFigures>
export const CouponDefinitionLine = Type.Object({
  ...CouponDefinitionShape.properties,
  ...CouponFigures.properties,
})

export const CouponState = Type.Enum(['available', 'held', 'redeemed', 'expired', 'withdrawn', 'passed_on'])
export type CouponState = Static<typeof CouponState>

/** One thing on the counter. Amounts are of the line, before coupons. */
export const CartLineShape = Type.Object(
  {
    line_no: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    product_id: Nullable(Uuid),
    sku: Nullable(Type.String({ maxLength: 200 })),
    category: Nullable(Type.String({ maxLength: 200 })),
    quantity: Type.Number({ minimum: 0, maximum: 1_000_000_000 }),
    /** To pay for the line as it stands. */
    net_minor: Type.Integer({ minimum: 0, maximum: amount_minor_max }),
    /** The same at list price. */
    gross_minor: Type.Integer({ minimum: 0, maximum: amount_minor_max }),
  },
  strict,
)
export type CartLine = Static<typeof CartLineShape>

/** What somebody is about to buy; the till hands it over. */
export interface Cart {
  at: Date
  store_id: string | null
  lines: readonly CartLine[]
  shipping_minor: number
}

/** Why not: a code and what belongs to it. */
export const RefusalShape = Type.Object({
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
})
export type Refusal = Static<typeof RefusalShape>

/** What a coupon takes off, by line, with its reason; lines without a discount are not named. */
export const DiscountShape = Type.Object({
  discount_minor: Minor,
  lines: Type.Array(Type.Object({ line_no: Type.Integer(), amount_minor: Minor })),
  /** Of the shipping. */
  shipping_minor: Minor,
  why: Type.Object({
    codes: Type.Array(Type.String()),
    params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
  }),
})
export type Discount = Static<typeof DiscountShape>

/** How often it was used already, where a limit asks. Holds alive count. */
export interface Used {
  coupon: number
  member: number
  member_day: number
  day: number
  total: number
  code: number
}

/** A coupon with all that deciding about it needs. */
export interface HeldCoupon {
  member_id: string | null
  coupon_id: string | null
  coupon_definition_id: string
  name: string
  status: 'active' | 'stopped'
  version: number
  code: string | null
  /** Its own version's: what it takes off, where, when. */
  design: CouponDesign
  /** The present version's: how often. */
  limits: CouponDesign['limits']
  code_uses_max: number | null
  uses_max: number
  ended: 'expired' | 'withdrawn' | 'passed_on' | null
  starts_on: string | null
  expires_on: string | null
  used: Used
}

export interface CouponIssue {
  member_id: string
  coupon_definition_id: string
  /** What for, once for ever: repeating changes nothing and answers the same. */
  source: string
  source_id: string
  /** Its last day; by the design unless said; null: none. */
  expires_on?: string | null
  /** A unique code of the pool that somebody presents. */
  code?: string
}
export interface CouponOutcome {
  index: number
  outcome: 'issued' | 'unchanged' | 'refused'
  coupon_id?: string
  code?: string | null
  cost_minor?: number
  refusal?: Refusal
}

/** A coupon to go from one member to another. */
export interface PassOn {
  member_id: string
  coupon_id: string
  to_member_id: string
}
export interface PassedOn {
  index: number
  outcome: 'passed_on' | 'refused'
  /** The receiver's. */
  coupon_id?: string
  refusal?: Refusal
}

export interface CouponHold {
  member_id: string
  coupon_id: string
  source: string
  source_id: string
  expires_at: Date
  discount_minor: number
  why?: Discount['why']
  store_id?: string | null
  /** When it is used, if not now: its day counts for limits. */
  at?: Date
}
export interface HoldOutcome {
  index: number
  outcome: 'held' | 'unchanged' | 'refused'
  use_id?: string
  refusal?: Refusal
}

/** All coupons locked under this name: by what `hold` was told. */
export interface UseKey {
  member_id: string
  source: string
  source_id: string
}
export interface Redeem extends UseKey {
  order_id?: string | null
  occurred_at?: Date
}
export interface UseOutcome {
  index: number
  outcome: 'redeemed' | 'released' | 'returned' | 'unchanged' | 'refused'
  uses: number
  discount_minor: number
  refusal?: Refusal
}

export const CouponShape = Type.Object({
  member_id: Uuid,
  coupon_id: Uuid,
  coupon_definition_id: Uuid,
  name: Type.String(),
  code: Nullable(Type.String()),
  state: CouponState,
  uses_max: Type.Integer(),
  redeemed: Type.Integer(),
  starts_on: Nullable(Day),
  expires_on: Nullable(Day),
  source: Type.String(),
  issued_at: Instant,
  display_name: Nullable(Type.String()),
  /** What its uses took off. */
  discount_minor: Minor,
})
export interface CouponRow extends Omit<Static<typeof CouponShape>, 'issued_at'> {
  issued_at: Date
}

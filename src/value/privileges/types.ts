/**
 * Glossary: *privilege* something members may do or have, by tier, by hand or as a gift · *quota* how often in a
 * period; none: as often as they like · *grant* given to one member, with a number of uses of its own or by the quota
 * · *use* one time it was used, with who and where; it may be *undone* with a reason · *shelf price* what
 * everybody pays · *member price* a fixed price of one product for members · *tier discount* a share off everything
 * that is not excluded · *floor* below which no price of ours goes.
 *
 * Facts: `privilege.granted`, `privilege.used`, `privilege.undone` `{privilege_id, …}`.
 *
 * Errors: `privilege.not_found` · `privilege_use.not_found` · `privilege_use.undone_already` ·
 * `price_rule.invalid` (errors[] names each place) · `price_rule.in_past`. As outcomes of single
 * inputs: `privilege.stopped`, `privilege.not_held`, `privilege.used_up` ({quota, period}), `privilege.changed` (the
 * same source and id, another privilege), `member.not_found`.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { Names, TierCode } from '../tiers/types.ts'

/** More than once a minute of a year is no limit any more. */
const uses_max = 500_000

export const Period = Type.Union([
  Type.Literal('day'),
  Type.Literal('month'),
  Type.Literal('year'),
  Type.Literal('ever'),
])
export type Period = Static<typeof Period>

export const PrivilegeRule = Type.Object(
  {
    /** Who has it by tier; empty: only who is given it. */
    tier_codes: Type.Array(TierCode, { maxItems: 50 }),
    quota: Nullable(
      Type.Object(
        { uses: Type.Integer({ minimum: 1, maximum: uses_max }), period: Period },
        { additionalProperties: false },
      ),
    ),
    /**
     * Who holds one of these plans has it too. `uses`: how often in the period of the quota, where that is more than
     * the quota's own; null: as often as the quota says.
     */
    plans: Type.Optional(
      Type.Array(
        Type.Object(
          { plan_id: Uuid, uses: Nullable(Type.Integer({ minimum: 1, maximum: uses_max })) },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 50 },
      ),
    ),
  },
  { additionalProperties: false },
)
export type PrivilegeRule = Static<typeof PrivilegeRule>

const Texts = Type.Record(
  Type.String({ pattern: '^[a-z]{2}(-[A-Za-z]{2,4})?$' }),
  Type.String({ minLength: 1, maxLength: 1_000 }),
)
export const NewPrivilege = Type.Object(
  { names: Names, texts: Type.Optional(Texts), rule: PrivilegeRule },
  { additionalProperties: false },
)
export type NewPrivilege = Static<typeof NewPrivilege>
export const PrivilegeChanges = Type.Object(
  {
    names: Type.Optional(Names),
    texts: Type.Optional(Texts),
    rule: Type.Optional(PrivilegeRule),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('stopped')])),
  },
  { additionalProperties: false },
)
export type PrivilegeChanges = Static<typeof PrivilegeChanges>

export interface Privilege {
  privilege_id: string
  names: Record<string, string>
  texts: Record<string, string>
  rule: PrivilegeRule
  status: 'active' | 'stopped'
}
export const PrivilegeShape = Type.Object({
  privilege_id: Uuid,
  names: Names,
  texts: Texts,
  rule: PrivilegeRule,
  status: Type.Union([Type.Literal('active'), Type.Literal('stopped')]),
  /** Uses that were not undone. */
  used: Type.Integer(),
  granted: Type.Integer(),
})

/** Given to one member. `uses` null: as often as the privilege's quota says. */
export interface NewGrant {
  member_id: string
  privilege_id: string
  uses: number | null
  expires_on: string | null
  source: string
  source_id: string
  note?: string | undefined
}
export interface Grant {
  grant_id: string
  uses: number | null
  used: number
  expires_on: string | null
}

export interface NewUse {
  member_id: string
  privilege_id: string
  store_id: string | null
  source: string
  source_id: string
}

export interface PrivilegeOutcome {
  index: number
  outcome: 'done' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
  id?: string
}

/** What decided: codes with their numbers. */
export interface Why {
  code: WhyCode
  params: Record<string, string | number | null>
}
export type WhyCode = 'by_tier' | 'by_grant' | 'by_plan' | 'by_uses' | 'stopped' | 'not_held' | 'used_up'

/** May this member, and why. `left` null: as often as they like. */
export interface May {
  may: boolean
  left: number | null
  grant_id: string | null
  why: Why
}

export const MayShape = Type.Object({
  privilege_id: Uuid,
  names: Names,
  texts: Texts,
  may: Type.Boolean(),
  left: Nullable(Type.Integer()),
  why: Type.Object({
    code: Type.String(),
    params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
  }),
})
export const UseShape = Type.Object({
  use_id: Uuid,
  privilege_id: Uuid,
  names: Names,
  store_name: Nullable(Type.String()),
  used_at: Instant,
  actor_name: Type.String(),
  undone_at: Nullable(Instant),
  undone_reason: Nullable(Type.String()),
})
export interface UseRow {
  use_id: string
  privilege_id: string
  names: Record<string, string>
  store_name: string | null
  used_at: Date
  actor_name: string
  undone_at: Date | null
  undone_reason: string | null
}
export const GrantBody = Type.Object(
  {
    privilege_id: Uuid,
    uses: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: uses_max }))),
    expires_on: Type.Optional(Nullable(Day)),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    /** Names this grant for ever; given by the program unless said. */
    source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
)

/** A rule is read with each quote: so many products are some tenths of a megabyte. */
const member_prices_max = 5_000
/** Lines of one question. */
export const price_lines_max = 500
/** 100 % in basis points. */
export const whole_bp = 10_000

const Sku = Type.String({ minLength: 1, maxLength: 200 })
const Bp = Type.Integer({ minimum: 0, maximum: whole_bp, description: 'basis points: 10,000 is 100 %' })
const Amount = Type.Integer({ minimum: 0, maximum: amount_minor_max })

export const PriceRule = Type.Object(
  {
    member_prices: Type.Array(
      Type.Object(
        {
          sku: Sku,
          /** Empty: every member. */
          tier_codes: Type.Array(TierCode, { maxItems: 50 }),
          price_minor: Amount,
        },
        { additionalProperties: false },
      ),
      { maxItems: member_prices_max },
    ),
    tier_discounts: Type.Array(
      Type.Object({ tier_code: TierCode, discount_bp: Bp }, { additionalProperties: false }),
      { maxItems: 50 },
    ),
    /** What tier discounts leave out; a member price of a product holds all the same. */
    excluded_skus: Type.Array(Sku, { maxItems: member_prices_max }),
    excluded_categories: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1_000 }),
    floor: Type.Object(
      {
        /** Never below what the product costs, where that is known. */
        cost: Type.Boolean(),
        /** Never below this share of the shelf price. */
        share_bp: Bp,
      },
      { additionalProperties: false },
    ),
    /** Coupons reckon with the lowered price (`before`), come first (`after`), or take its place (`never`). */
    with_coupons: Type.Union([Type.Literal('before'), Type.Literal('after'), Type.Literal('never')]),
  },
  { additionalProperties: false },
)
export type PriceRule = Static<typeof PriceRule>

export interface PriceRuleVersion {
  version: number
  effective_from: Date
  rule: PriceRule
}
export const PriceRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: PriceRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export const NewPriceRule = Type.Object(
  {
    rule: PriceRule,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
  },
  { additionalProperties: false },
)

/** One unit of a product at its shelf price. */
export interface PriceLine {
  sku: string
  category: string | null
  unit_price_minor: number
  /** null: not known. */
  cost_minor: number | null
}
/** What a plan held or an agreement signed takes off. */
export interface Deal {
  kind: 'plan' | 'agreement'
  id: string
  /** Of these goods; both empty: of everything. A member price holds for its product in any case. */
  skus: string[]
  categories: string[]
  discount_bp: number
  member_prices: { sku: string; price_minor: number }[]
  /** No shipping for goods of at least so much; null or missing: shipping is paid. */
  free_shipping_from_minor?: number | null
}
export interface PriceContext {
  /** null: no rule in force. */
  version: Pick<PriceRuleVersion, 'version' | 'rule'> | null
  /** null: no member. */
  tier_code: string | null
  has_coupon: boolean
  deals?: readonly Deal[]
}
export type PriceCode =
  | 'no_rule'
  | 'no_member'
  | 'no_price'
  | 'excluded'
  | 'coupon_instead'
  | 'member_price'
  | 'tier_discount'
  | `${Deal['kind']}_price`
  | `${Deal['kind']}_discount`
  | 'plan_shipping'
  | 'floor'
export interface Priced {
  unit_price_minor: number
  saved_minor: number
  why: { code: PriceCode; params: Record<string, string | number | null>; rule_version: number | null }
}

export const PricesBody = Type.Object(
  {
    lines: Type.Array(
      Type.Object(
        {
          sku: Sku,
          /** The product's own price unless said. */
          unit_price_minor: Type.Optional(Amount),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: price_lines_max },
    ),
    has_coupon: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
/** Why a product costs what it costs. */
export const PriceWhyShape = Type.Object({
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
  rule_version: Nullable(Type.Integer()),
})
export const PricedShape = Type.Object({
  sku: Type.String(),
  /** null: no such product, or it has no price. */
  shelf_price_minor: Nullable(Minor),
  unit_price_minor: Nullable(Minor),
  saved_minor: Minor,
  why: Nullable(PriceWhyShape),
})

export const PricePreviewShape = Type.Object({
  days: Type.Integer(),
  /** Members who bought in these days, and those who would have paid less, or more, than under the rule in force. */
  members: Type.Integer(),
  members_less: Type.Integer(),
  members_more: Type.Integer(),
  /** What the rule in force, and the proposed one, would have taken off. */
  now_minor: Minor,
  then_minor: Minor,
  units_at_floor: Type.Integer(),
})

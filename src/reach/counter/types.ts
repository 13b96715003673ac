/**
 * Glossary: *till* the cash desk or checkout of a shop · *quote* what a purchase would come to, with every reason;
 * free, changes nothing · *hold* a quote whose points and coupons are set aside for a few minutes · *commit* the
 * purchase happened · *release* it did not · *sale* an order that points helped to pay.
 *
 * Errors: `hold.not_found` · `hold.expired` · `hold.released` · `hold.committed` · `till.hold_differs` (the number is
 * held for something else) · `till.order_exists` (the number is an order that did not come this way) ·
 * `till.refused` (errors[] names each refusal) · refusals: `till.member_unknown`, `till.member_ambiguous`,
 * `till.points_need_member`, `till.coupons_need_member`, `till.coupons_not_together`, `till.price_unknown`,
 * `till.card_twice`, `till.card_over_bill`, `till.quantity_zero` (a line of nothing), `till.date_too_old` (before any
 * till), and those of orders, points, coupons and cards · of what comes back: these two, `refund.member_differs` (the
 * order is not theirs), `refund.before_order`, and those of refunds.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { LineWire, lines_max, MemberRefShape } from '../../record/orders/types.ts'
import { points_max, WhyShape } from '../../value/points/types.ts'
import { MayShape, PriceWhyShape } from '../../value/privileges/types.ts'
import { Names, ProgressShape } from '../../value/tiers/types.ts'

/** A payment at a card terminal or in an app takes a minute or two; a queue does not wait longer than this. */
export const hold_seconds_max = 900
const hold_seconds_default = 300
/** More coupons than this on one receipt have not been seen; each costs a look-up. */
const coupons_max = 20
/** Cards with stored value on one receipt. */
const card_payments_max = 5

const strict = { additionalProperties: false }
const Amount = Type.Integer({ minimum: -1_000_000_000_000, maximum: 1_000_000_000_000 })

const CardPayment = Type.Object(
  {
    card_definition_id: Uuid,
    amount_minor: Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }), Type.Literal('max')]),
  },
  strict,
)
export type CardPayment = Static<typeof CardPayment>

const basket = {
  /** The store's code. */
  store: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
  /** Who buys: by id, card, phone or e-mail; nobody for a receipt without a member. */
  member: Type.Optional(Nullable(MemberRefShape)),
  lines: Type.Array(LineWire, { minItems: 1, maxItems: lines_max }),
  shipping_minor: Type.Optional(Amount),
  /** Of the whole receipt, given by the shop itself; before coupons and points. */
  discount_minor: Type.Optional(Amount),
  currency: Type.Optional(Type.String({ maxLength: 3 })),
  coupon_codes: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: coupons_max })),
  /** Coupons of the member by their ids, as `choices` names them: picked by hand. */
  coupon_ids: Type.Optional(Type.Array(Uuid, { maxItems: coupons_max })),
  /** Lists the member's coupons with what each would take off alone. */
  list_coupons: Type.Optional(Type.Boolean()),
  /** Takes the member's coupons that take off most, beside or instead of codes. */
  best: Type.Optional(Type.Boolean()),
  points_to_use: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: points_max }), Type.Literal('max')])),
  /** What is paid from stored value, in this order; the rest is paid at the desk. */
  card_payments: Type.Optional(Type.Array(CardPayment, { maxItems: card_payments_max })),
  /** When it was bought, if not now. */
  occurred_at: Type.Optional(Instant),
}
const number = {
  source: Type.String({ minLength: 1, maxLength: 60, description: 'the sales channel, such as till-7' }),
  source_id: Type.String({ minLength: 1, maxLength: 200, description: 'the number of the receipt in its source' }),
}

export { OfflineBody, OfflineOutcome } from './clerks/types.ts'

export const QuoteBody = Type.Object(basket, strict)
export type QuoteBody = Static<typeof QuoteBody>
export const HoldBody = Type.Object(
  {
    ...basket,
    ...number,
    hold_seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: hold_seconds_max, default: hold_seconds_default }),
    ),
  },
  strict,
)
export type HoldBody = Static<typeof HoldBody>
export const SaleBody = Type.Object({ ...basket, ...number }, strict)

/** Why not: a code and what belongs to it. */
export const RefusalShape = Type.Object({
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Unknown()),
})
export interface Refusal {
  code: string
  params: Record<string, unknown>
}

/** One reason why a line costs less. */
const DiscountShape = Type.Object({
  /** given: by the shop itself, before anything of ours. */
  kind: Type.Enum(['given', 'member_price', 'coupon', 'points']),
  amount_minor: Minor,
  coupon_id: Type.Optional(Nullable(Uuid)),
  points: Type.Optional(Type.Integer()),
  /** Of a member's price: which rule gave it. */
  why: Type.Optional(PriceWhyShape),
})
export type LineDiscount = Static<typeof DiscountShape>

const QuoteLine = Type.Object({
  line_no: Type.Integer(),
  sku: Nullable(Type.String()),
  name: Nullable(Type.String()),
  category: Nullable(Type.String()),
  quantity: Type.String(),
  gross_minor: Minor,
  discounts: Type.Array(DiscountShape),
  net_minor: Minor,
})
export type QuoteLine = Static<typeof QuoteLine>

/** Mates of the pool from whom points come, by masked names; known once the points are set aside. */
const Lenders = Type.Array(Type.Object({ name: Nullable(Type.String()), points: Type.Integer() }))

export const QuoteShape = Type.Object({
  member: Nullable(
    Type.Object({
      member_id: Uuid,
      kind: Type.String(),
      tier_code: Nullable(Type.String()),
      points_available: Type.Integer(),
      /** What mates of the pool could lend beside; 0 for who is in none. */
      points_pooled: Type.Integer(),
    }),
  ),
  lines: Type.Array(QuoteLine),
  shipping: Type.Object({ gross_minor: Minor, discounts: Type.Array(DiscountShape), net_minor: Minor }),
  gross_minor: Minor,
  discount_minor: Minor,
  /** You saved: member prices and coupons, without what the shop gave itself or points paid. */
  saved_minor: Minor,
  coupons: Type.Array(
    Type.Object({
      coupon_id: Nullable(Uuid),
      code: Nullable(Type.String()),
      name: Type.String(),
      discount_minor: Minor,
      why: Type.Unknown(),
    }),
  ),
  /** If asked: what the member holds, those that take off most first; each alone, without the others. */
  choices: Type.Array(
    Type.Object({
      coupon_id: Nullable(Uuid),
      code: Nullable(Type.String()),
      name: Type.String(),
      discount_minor: Minor,
      /** Why it cannot be used on this purchase. */
      refusals: Type.Array(RefusalShape),
    }),
  ),
  points: Type.Object({
    used: Type.Integer(),
    worth_minor: Minor,
    /** The most that could be used on this purchase now. */
    usable_max: Type.Integer(),
    /** The same with what mates of the pool could lend; they are asked only for a number beyond the own. */
    usable_pooled_max: Type.Integer(),
    /** Of those used, what mates lend. */
    pooled: Type.Integer(),
    lenders: Lenders,
    why: Nullable(WhyShape),
  }),
  to_pay_minor: Minor,
  /** What of that stored value pays, and what is left to be paid at the desk. */
  payments: Type.Array(
    Type.Object({
      card_definition_id: Uuid,
      names: Names,
      amount_minor: Minor,
      /** Left on the card afterwards. */
      left_minor: Minor,
    }),
  ),
  cash_minor: Minor,
  /** Stamps it would bring: `balance` of `size` are on the card before it. */
  stamps: Type.Array(
    Type.Object({
      card_definition_id: Uuid,
      names: Names,
      stamps: Type.Integer(),
      balance: Type.Integer(),
      size: Type.Integer(),
      why: Type.Unknown(),
    }),
  ),
  /** What the purchase would earn; null for who has no purse. */
  earns: Nullable(Type.Object({ points: Type.Integer(), why: WhyShape })),
  tier: Nullable(
    Type.Object({
      tier_code: Nullable(Type.String()),
      next_tier_code: Nullable(Type.String()),
      /** Still missing to the next tier before this purchase, and what of it counts. */
      missing_minor: Nullable(Minor),
      counts_minor: Minor,
    }),
  ),
  /** All that speaks against it, at once; a hold is only given when this is empty. */
  refusals: Type.Array(RefusalShape),
})
export type Quote = Static<typeof QuoteShape>

export const HoldShape = Type.Object({
  hold_id: Uuid,
  status: Type.Union([
    Type.Literal('held'),
    Type.Literal('expired'),
    Type.Literal('committed'),
    Type.Literal('released'),
  ]),
  source: Type.String(),
  source_id: Type.String(),
  expires_at: Instant,
  order_id: Nullable(Uuid),
  quote: QuoteShape,
})
export interface Hold {
  hold_id: string
  status: 'held' | 'expired' | 'committed' | 'released'
  source: string
  source_id: string
  expires_at: Date
  order_id: string | null
  quote: Quote
}

/** A purchase that happened. */
export const SaleShape = Type.Object({
  hold_id: Uuid,
  order_id: Uuid,
  source: Type.String(),
  source_id: Type.String(),
  paid_minor: Minor,
  saved_minor: Minor,
  points_used: Type.Integer(),
  /** Of those, what mates of the pool lent. */
  lenders: Lenders,
  points_earned: Type.Integer(),
})
export type Sale = Static<typeof SaleShape>

/** What went back. */
export const ReturnShape = Type.Object({
  outcome: Type.Union([Type.Literal('placed'), Type.Literal('unchanged'), Type.Literal('changed')]),
  refund_id: Nullable(Uuid),
  money_minor: Minor,
  /** Given back to cards with stored value that had paid. */
  cards_returned_minor: Minor,
  /** Given back of what had been paid with points. */
  points_returned: Type.Integer(),
  /** Taken back of what the order had earned. */
  points_taken: Type.Integer(),
  /** A note: `refund.unmatched`. */
  code: Type.Optional(Type.String()),
})
export type Return = Static<typeof ReturnShape>

const text = Nullable(Type.String())

/** Who may be meant, as a look-up at the counter shows them. */
export const SeenShape = Type.Object({
  member_id: Uuid,
  kind: Type.String(),
  number: Type.Integer(),
  /** Masked for who may not read members. */
  display_name: text,
  /** Its end alone. */
  phone: text,
  tier_names: Nullable(Names),
  active_points: Type.Integer(),
  last_order_at: Nullable(Instant),
})

/** All that is said and done about a member at the counter. */
export const AtTillShape = Type.Object({
  member_id: Uuid,
  kind: Type.String(),
  number: Type.Integer(),
  display_name: text,
  /** Names their picture of themselves; null: none, or the reader may not read members. */
  picture: text,
  gender: text,
  phone: text,
  joined_at: Nullable(Instant),
  tier: Type.Object({
    tier_code: text,
    tier_names: Nullable(Names),
    next_tier_names: Nullable(Names),
    /** To the next tier, in what the ladder measures: minor units, points, orders … */
    missing: Nullable(Type.Integer()),
    measure: ProgressShape.properties.measure,
    window_to: Nullable(Day),
  }),
  /** If it is at most a week away. */
  birthday: Nullable(Type.Object({ on: Day, in_days: Type.Integer() })),
  last_visit: Nullable(Type.Object({ at: Instant, store_name: text })),
  /** What stands on most of the newest receipts: on `times` of `of`. */
  usual: Nullable(Type.Object({ sku: text, name: Type.String(), times: Type.Integer(), of: Type.Integer() })),
  notes: Type.Array(Type.Object({ note_id: Uuid, body: Type.String(), actor_name: Type.String(), at: Instant })),
  /** `pooled`: what mates of the pool could lend beside. */
  points: Type.Object({ available: Type.Integer(), pooled: Type.Integer(), pending: Type.Integer() }),
  /** What member prices and coupons took off at tills this year. */
  saved_minor: Minor,
  /** The member has shown a code here, or need not: what is theirs may be used. */
  may_spend: Type.Boolean(),
  privileges: Type.Array(MayShape),
  coupons: Type.Array(
    Type.Object({ coupon_id: Nullable(Uuid), code: text, name: Type.String(), expires_on: Nullable(Day) }),
  ),
  cards: Type.Array(
    Type.Object({
      card_definition_id: Uuid,
      kind: Type.String(),
      names: Names,
      available: Type.Integer(),
      size: Nullable(Type.Integer()),
      needed: Nullable(Type.Integer()),
      next_expiry_on: Nullable(Day),
    }),
  ),
  /** Waiting to be handed over. */
  gifts: Type.Array(Type.Object({ gift_id: Uuid, names: Nullable(Names), given_at: Instant, store_name: text })),
  offers: Type.Array(
    Type.Object({
      issue_id: Uuid,
      names: Names,
      closes_at: Nullable(Instant),
      progress: Type.Integer(),
      measure: text,
      amount: Nullable(Type.Integer()),
    }),
  ),
})

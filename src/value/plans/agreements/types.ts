/** Agreements: what is promised, what is given for it at once, and what follows at the end. */
import { Type, type Static } from 'typebox'
import { Day, Minor, Nullable, Uuid } from '../../../base/routes.ts'
import { amount_minor_max } from '../../../record/orders/types.ts'
import {
  Amount,
  Bp,
  member_prices_max,
  MemberPrices,
  oneOf,
  period_days_max,
  Sku,
  WhyShape,
  type Why,
} from '../types.ts'

const Promised = Type.Union([
  Type.Object(
    { measure: Type.Literal('amount'), amount_minor: Type.Integer({ minimum: 1, maximum: amount_minor_max }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { measure: Type.Literal('quantity'), pieces: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }) },
    { additionalProperties: false },
  ),
])
export const AgreementTerms = Type.Object(
  {
    promised: Promised,
    /** Of these goods; both empty: everything. */
    skus: Type.Array(Sku, { maxItems: member_prices_max }),
    categories: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 1_000 }),
    /** Off these goods. */
    discount_bp: Bp,
    member_prices: MemberPrices,
    at_end: Type.Union([
      Type.Object({ kind: Type.Literal('none') }, { additionalProperties: false }),
      Type.Object(
        { kind: Type.Literal('pay_difference'), max_minor: Nullable(Amount) },
        { additionalProperties: false },
      ),
      Type.Object(
        { kind: Type.Literal('lose_price'), days: Type.Integer({ minimum: 1, maximum: period_days_max }) },
        { additionalProperties: false },
      ),
    ]),
    /** Orders of its days that arrive later are counted for so long. */
    closing_days: Type.Integer({ minimum: 0, maximum: 365 }),
  },
  { additionalProperties: false },
)
export type AgreementTerms = Static<typeof AgreementTerms>
export const NewAgreement = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200 }),
    terms: AgreementTerms,
    opens_on: Day,
    /** The first day after it. */
    closes_on: Day,
    source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
)
export interface Sign {
  member_id: string
  title: string
  terms: AgreementTerms
  opens_on: string
  closes_on: string
  source: string
  source_id: string
}
export const agreementStatuses = ['open', 'fulfilled', 'shortfall', 'cancelled'] as const
export type AgreementStatus = (typeof agreementStatuses)[number]
export interface Agreement {
  member_id: string
  agreement_id: string
  title: string
  terms: AgreementTerms
  opens_on: string
  closes_on: string
  settles_on: string
  status: AgreementStatus
  progress: number
  received_minor: number
  orders: number
  due_minor: number
  why: Why | null
  lost_until: string | null
}
export const AgreementShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  agreement_id: Uuid,
  title: Type.String(),
  terms: AgreementTerms,
  opens_on: Day,
  closes_on: Day,
  settles_on: Day,
  status: oneOf(agreementStatuses),
  /** Minor units, or ten-thousandths of pieces. */
  progress: Type.Integer(),
  received_minor: Minor,
  orders: Type.Integer(),
  due_minor: Minor,
  why: Nullable(WhyShape),
  lost_until: Nullable(Day),
})

/**
 * Glossary: *company* somebody in whose name people buy; its *account* is a member of its own · *party* one of the
 * three people of an order: the *buyer* ordered, the *payer* pays, the *user* uses it · *credited* whose the order is:
 * its points, statistics, coupons and offers · *climber* whose tier climbs by it: the same, unless the program says
 * otherwise.
 *
 * Errors: `company.not_found` · `company.tax_id_taken` · `company.person_not_found` ·
 * `company.not_of_company` · `company.itself`. Notes beside a placed order: `company.not_named`,
 * `company.not_of_company`, `company.climber_not_named`, `company.climber_not_of_company`. As an outcome of an order:
 * `company.not_found`.
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Nullable, Uuid } from '../../../base/routes.ts'
import type { MemberRef } from '../types.ts'

const parts = ['buyer', 'payer', 'user'] as const
export type Party = (typeof parts)[number]
export const Credit = Type.Enum(['buyer', 'payer', 'user', 'company'] as const)
export type Credit = Static<typeof Credit>
/** Whose tier climbs: `same` whoever has the order. */
export const Climber = Type.Enum(['same', 'buyer', 'payer', 'user', 'company'] as const)
export type Climber = Static<typeof Climber>
/** What the program says of companies' orders. */
export interface CreditWanted {
  credited: Credit
  progress: Climber
}
export const CompanyRole = Type.Enum(['buyer', 'payer', 'user', 'admin'] as const)
export type CompanyRole = Static<typeof CompanyRole>

const Name = Type.String({ minLength: 1, maxLength: 200 })
const TaxId = Type.String({ minLength: 1, maxLength: 40, description: 'its tax id (統一編號)' })
const Notes = Type.String({ maxLength: 4_000 })
export const NewCompany = Type.Object(
  { name: Name, tax_id: Type.Optional(Nullable(TaxId)), notes: Type.Optional(Notes) },
  { additionalProperties: false },
)
export type NewCompany = Static<typeof NewCompany>
export const CompanyChanges = Type.Partial(NewCompany, { additionalProperties: false })
export type CompanyChanges = Static<typeof CompanyChanges>

/** Which company an order is of. */
export const CompanyRef = Type.Object(
  { company_id: Type.Optional(Uuid), tax_id: Type.Optional(TaxId) },
  { additionalProperties: false },
)
export type CompanyRef = Static<typeof CompanyRef>

export const CompanyShape = Type.Object({
  company_id: Uuid,
  name: Nullable(Type.String()),
  tax_id: Nullable(Type.String()),
  notes: Type.String(),
  people: Type.Integer(),
  orders: Type.Integer(),
  created_at: Instant,
})
export type Company = Omit<Static<typeof CompanyShape>, 'created_at'> & { created_at: Date }
export const CompanyPersonShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  role: CompanyRole,
  since: Day,
  until: Nullable(Day),
})
export type CompanyPerson = Static<typeof CompanyPersonShape>
export const CompanyWhy = Type.Object({
  codes: Type.Array(Type.String()),
  params: Type.Record(Type.String(), Nullable(Type.String())),
})
export const CompanyOrderShape = Type.Object({
  order_id: Uuid,
  member_id: Uuid,
  company_id: Uuid,
  company_name: Nullable(Type.String()),
  source: Type.String(),
  source_id: Type.String(),
  occurred_at: Instant,
  net_minor: Type.Integer(),
  refunded_minor: Type.Integer(),
  buyer_id: Nullable(Uuid),
  buyer_name: Nullable(Type.String()),
  payer_id: Nullable(Uuid),
  payer_name: Nullable(Type.String()),
  user_id: Nullable(Uuid),
  user_name: Nullable(Type.String()),
  /** `moved`: somebody gave the order to another member by hand. */
  credited: Type.Enum(['buyer', 'payer', 'user', 'company', 'moved'] as const),
  why: CompanyWhy,
  climber: Climber,
  /** Whose tier climbed; null: whoever has the order. */
  climber_id: Nullable(Uuid),
  climber_name: Nullable(Type.String()),
  climber_why: Nullable(CompanyWhy),
})
export type CompanyOrder = Omit<Static<typeof CompanyOrderShape>, 'occurred_at'> & { occurred_at: Date }
export const CompanyDetail = Type.Object({
  company: CompanyShape,
  people: Type.Array(CompanyPersonShape),
})

/** A person wanted in a company. */
export const NewCompanyPerson = Type.Object(
  { member_id: Uuid, role: CompanyRole, since: Type.Optional(Day), until: Type.Optional(Nullable(Day)) },
  { additionalProperties: false },
)
export const CompanyPersonGone = Type.Object(
  { role: CompanyRole, until: Type.Optional(Day) },
  { additionalProperties: false },
)

/** Whom an order names. */
export interface PartiesWire {
  company: CompanyRef
  buyer: MemberRef | null
  payer: MemberRef | null
  user: MemberRef | null
  occurred_at: Date
  /** The day in the program's zone. */
  ordered_on: string
}

/** Who they are, and to whom the order counts. */
export interface Parties {
  company_id: string
  buyer_id: string | null
  payer_id: string | null
  user_id: string | null
  credited: Credit
  member_id: string
  why: Static<typeof CompanyWhy>
  climber: Climber
  /** Null: `member_id`. */
  climber_id: string | null
  climber_why: Static<typeof CompanyWhy> | null
}

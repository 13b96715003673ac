/**
 * Glossary: *budget* an envelope of money for what the program gives away · *reserve* to promise from it · *settle* to
 * turn a promise into what it truly cost · *release* to take a promise back · *refund* what was spent on something that
 * came back unused · *left* what may still be promised.
 *
 * Errors: `budget.not_found` · `budget.exhausted` ({left_minor}) · `budget.not_open` (outside its days) ·
 * `budget.amount_invalid` · `budget.days_invalid` · `budget.promised_already` (taking out more than is left) ·
 * `budget.source_reused` (the same source and id, another amount) · `budget.reservation_not_found` ·
 * `budget.reservation_closed` · `budget.refund_too_much` ({spent_minor})
 */
import { Type, type Static } from 'typebox'
import { CostMinor, Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { amount_minor_max } from '../../record/orders/types.ts'

export { amount_minor_max } from '../../record/orders/types.ts'

const Amount = Type.Integer({ minimum: 0, maximum: amount_minor_max, description: 'minor units' })
const Name = Type.String({ minLength: 1, maxLength: 120 })

export const BudgetShape = Type.Object({
  budget_id: Uuid,
  name: Type.String(),
  amount_minor: Minor,
  reserved_minor: CostMinor,
  spent_minor: CostMinor,
  left_minor: CostMinor,
  from_on: Day,
  to_on: Nullable(Day),
  created_at: Instant,
})
export interface Budget {
  budget_id: string
  name: string
  amount_minor: number
  reserved_minor: number
  spent_minor: number
  left_minor: number
  from_on: string
  to_on: string | null
  created_at: Date
}

export const NewBudget = Type.Object(
  {
    name: Name,
    amount_minor: Amount,
    from_on: Type.Optional(Day),
    to_on: Type.Optional(Nullable(Day)),
  },
  { additionalProperties: false },
)
export type NewBudget = Static<typeof NewBudget>

export const BudgetChanges = Type.Object(
  { name: Type.Optional(Name), from_on: Type.Optional(Day), to_on: Type.Optional(Nullable(Day)) },
  { additionalProperties: false },
)
export type BudgetChanges = Static<typeof BudgetChanges>

export const TopUp = Type.Object(
  {
    amount_minor: Type.Integer({
      minimum: -amount_minor_max,
      maximum: amount_minor_max,
      not: { const: 0 },
      description: 'put in, or below zero taken out',
    }),
    note: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
)
export type TopUp = Static<typeof TopUp>

/** Names one promise, once for ever. */
export interface Promised {
  budget_id: string
  member_id: string
  source: string
  source_id: string
}
/** To promise, or to settle with what it truly cost: minor units, as `costMinor` rounds them. */
export interface Reserve extends Promised {
  amount_minor: number
}

export interface BudgetOutcome {
  index: number
  outcome: 'booked' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
}

/** What a decision needs to know of an envelope. */
export interface Envelope {
  left_minor: number
  from_on: string
  to_on: string | null
}

/** One line of a budget: of members' promises, or of what people put in. */
export const BudgetLineShape = Type.Object({
  line_id: Type.String(),
  kind: Type.Enum(['reserve', 'settle', 'release', 'refund', 'change'] as const),
  amount_minor: CostMinor,
  member_id: Nullable(Uuid),
  display_name: Nullable(Type.String()),
  source: Nullable(Type.String()),
  note: Nullable(Type.String()),
  at: Instant,
  actor: Type.String(),
})
export interface BudgetLine {
  line_id: string
  kind: 'reserve' | 'settle' | 'release' | 'refund' | 'change'
  amount_minor: number
  member_id: string | null
  display_name: string | null
  source: string | null
  note: string | null
  at: Date
  actor: string
}

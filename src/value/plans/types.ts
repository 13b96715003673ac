/**
 * Glossary: *plan* paid membership; what it costs and gives is its *design*, in versions · *subscription* a plan held
 * by a member · *period* days that are paid, tried or given; periods of a subscription adjoin · *due* the first day
 * that no period covers: the next payment is waited for, that day and the *grace* days after it · *reward* what a paid
 * period gives beside its days, once · *entry* what was done, with its money · *agreement* a member promises to buy so
 * much in a period and has a price for it at once ·
 * *shortfall* the promise was not kept.
 *
 * Facts: `plan.started`, `plan.renewed`, `plan.extended`, `plan.due`, `plan.cancelled`, `plan.resumed`,
 * `plan.refunded`, `plan.ended` `{plan_id, subscription_id, …}`; with `rewards` where a period promises some, with
 * `undone` where periods went back whole · `agreement.signed`, `agreement.fulfilled`,
 * `agreement.shortfall`, `agreement.cancelled` `{agreement_id, …}`.
 *
 * Errors: `plan.not_found` · `plan.invalid` (errors[] names each place) · `plan.in_past`. As outcomes of single inputs:
 * `member.not_found`, `plan.stopped`, `plan.running`, `plan.no_trial`, `plan.trial_used`, `plan.no_price`,
 * `plan.price_differs` ({price_minor}), `plan.subscription_not_found`, `plan.ended`, `plan.not_due` ({due_on}),
 * `plan.source_used` (the same source and id did something else), `plan.not_cancelled`, `plan.cancelled_already`,
 * `plan.refund_too_much` ({left_minor}), `plan.too_long` · `agreement.not_found`, `agreement.price_lost` ({until}),
 * `agreement.changed`, `agreement.settled`, `agreement.days_invalid`.
 */
import { Type, type Static } from 'typebox'
import { conditionSchema, type Condition } from '../../base/conditions/condition.ts'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { points_max } from '../points/types.ts'
import { Names } from '../tiers/types.ts'

/** Ten years: what is sold for longer is no period. */
const period_months_max = 120
export const period_days_max = 3_660
const trial_days_max = 365
const grace_days_max = 90
/** Each price is a condition asked of every buyer. */
const prices_max = 20
const privileges_max = 50
/** What a payment is thanked with is told in a breath. */
const rewards_max = 10
/** Uses of a privilege that are given at once. */
export const uses_max = 1_000
/** A design is read with each quote of a till. */
export const member_prices_max = 1_000
/** A century: no gift goes further. */
export const days_given_max = 36_500
/** 100 % in basis points. */
export const whole_bp = 10_000
/** Pieces are kept as ten-thousandths, as orders keep quantities. */
export const piece = 10_000

export const Amount = Type.Integer({ minimum: 0, maximum: amount_minor_max })
export const Sku = Type.String({ minLength: 1, maxLength: 200 })
export const Bp = Type.Integer({ minimum: 0, maximum: whole_bp, description: 'basis points: 10,000 is 100 %' })
const MemberPrice = Type.Object({ sku: Sku, price_minor: Amount }, { additionalProperties: false })
export const MemberPrices = Type.Array(MemberPrice, { maxItems: member_prices_max })
export const oneOf = <const T extends string>(words: readonly T[]) => Type.Enum([...words])

export const Refund = Type.Union([
  Type.Object({ kind: Type.Literal('none') }, { additionalProperties: false }),
  /** The days not begun, of those paid. */
  Type.Object({ kind: Type.Literal('pro_rata') }, { additionalProperties: false }),
  /** All of it until so many days after the payment, then nothing. */
  Type.Object(
    { kind: Type.Literal('full_within'), days: Type.Integer({ minimum: 1, maximum: period_days_max }) },
    { additionalProperties: false },
  ),
])
export type Refund = Static<typeof Refund>

const strict = { additionalProperties: false }
/** What is given to a member beside prices and days, as gifts hand it out. */
export const PlanReward = Type.Union([
  Type.Object({ kind: Type.Literal('points'), points: Type.Integer({ minimum: 1, maximum: points_max }) }, strict),
  Type.Object({ kind: Type.Literal('coupon'), coupon_definition_id: Uuid }, strict),
  Type.Object({ kind: Type.Literal('item'), item_id: Uuid }, strict),
  Type.Object(
    { kind: Type.Literal('privilege'), privilege_id: Uuid, uses: Type.Integer({ minimum: 1, maximum: uses_max }) },
    strict,
  ),
])
export type PlanReward = Static<typeof PlanReward>

/** With the first payment of a subscription, with each one after it, or with all. */
export const RewardOn = oneOf(['start', 'renewal', 'every'])
export type RewardOn = Static<typeof RewardOn>

export const PlanDesign = Type.Object(
  {
    period: Type.Union([
      Type.Object(
        { unit: Type.Literal('month'), count: Type.Integer({ minimum: 1, maximum: period_months_max }) },
        { additionalProperties: false },
      ),
      Type.Object(
        { unit: Type.Literal('day'), count: Type.Integer({ minimum: 1, maximum: period_days_max }) },
        { additionalProperties: false },
      ),
    ]),
    /** 0: none. Once a member. */
    trial_days: Type.Integer({ minimum: 0, maximum: trial_days_max }),
    /** After the day it falls due. */
    grace_days: Type.Integer({ minimum: 0, maximum: grace_days_max }),
    /** The first whose condition holds; null holds for everybody. None: not sold to this member. */
    prices: Type.Array(
      Type.Object({ when: Nullable(conditionSchema), price_minor: Amount }, { additionalProperties: false }),
      { minItems: 1, maxItems: prices_max },
    ),
    refund: Refund,
    privilege_ids: Type.Array(Uuid, { maxItems: privileges_max, uniqueItems: true }),
    /** Off everything that the price rule does not leave out. */
    discount_bp: Bp,
    member_prices: MemberPrices,
    /** No shipping for orders of at least so much; null: shipping is paid. */
    free_shipping_from_minor: Nullable(Amount),
    /** What a payment gives at once; days to try and days given for nothing give none. */
    rewards: Type.Optional(
      Type.Array(Type.Object({ on: RewardOn, reward: PlanReward }, strict), { maxItems: rewards_max }),
    ),
  },
  { additionalProperties: false },
)
export type PlanDesign = Omit<Static<typeof PlanDesign>, 'prices'> & { prices: PlanPrice[] }
export interface PlanPrice {
  when: Condition | null
  price_minor: number
}

export const NewPlan = Type.Object({ names: Names, design: PlanDesign }, { additionalProperties: false })
export const PlanStatus = oneOf(['active', 'stopped'])
export const PlanChanges = Type.Object(
  { names: Type.Optional(Names), status: Type.Optional(PlanStatus) },
  { additionalProperties: false },
)
export type PlanChanges = Static<typeof PlanChanges>
export const NewVersion = Type.Object(
  {
    design: PlanDesign,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    /** Now unless said. */
    effective_from: Type.Optional(Instant),
  },
  { additionalProperties: false },
)

export interface Plan {
  plan_id: string
  names: Record<string, string>
  status: 'active' | 'stopped'
  /** In force. */
  version: number
  design: PlanDesign
}
const whyParams = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]))
export const WhyShape = Type.Object({ code: Type.String(), params: whyParams })
export interface Why {
  code: WhyCode
  params: Record<string, string | number | null>
}
export const whyCodes = [
  'price_by_condition',
  'price_for_all',
  'price_none',
  'trial_free',
  'days_given',
  'by_hand',
  'cancelled_at_end',
  'resumed',
  'refund_none',
  'refund_pro_rata',
  'refund_full',
  'refund_too_late',
  'refund_nothing_paid',
  'refund_by_hand',
  'agreement_kept',
  'shortfall_none',
  'shortfall_difference',
  'shortfall_lost',
] as const
export type WhyCode = (typeof whyCodes)[number]

export const states = ['trial', 'active', 'due', 'grace', 'cancelled_at_end', 'ended'] as const
export type PlanState = (typeof states)[number]
export const PlanState = oneOf(states)

export interface Period {
  number: number
  kind: 'trial' | 'paid' | 'given'
  version: number
  from_on: string
  until_on: string
  paid_on: string
  price_minor: number
  refunded_minor: number
  why: Why
  rewards: PeriodReward[]
}
export type PeriodReward = Static<typeof RewardShape>
/** What is asked for the next period. */
export interface Asked {
  price_minor: number
  version: number
  why: Why
}
export interface Subscription {
  member_id: string
  subscription_id: string
  plan_id: string
  version: number
  auto_renew: boolean
  started_on: string
  trial_until: string | null
  due_on: string
  grace_days: number
  ended_on: string | null
  ended_why: string | null
  state: PlanState
  holds_until: string
  turn_on: string | null
  asked: Asked | null
  paid_minor: number
  refunded_minor: number
  periods: Period[]
}

export const entryKinds = ['trial', 'paid', 'given', 'cancelled', 'resumed', 'refunded'] as const
export type EntryKind = (typeof entryKinds)[number]

interface Cause {
  member_id: string
  source: string
  source_id: string
  note?: string | undefined
}
/** Begins a subscription: a trial, or with what was paid outside. */
export interface Start extends Cause {
  verb: 'start'
  plan_id: string
  /** null: a trial. */
  amount_minor: number | null
  auto_renew: boolean
}
/** The payment of the next period. */
export interface Renew extends Cause {
  verb: 'renew'
  subscription_id: string
  amount_minor: number
}
/** Days for nothing, of a running subscription or a new one that ends with them. */
export interface Extend extends Cause {
  verb: 'extend'
  plan_id: string
  days: number
}
export interface Cancel extends Cause {
  verb: 'cancel'
  subscription_id: string
  when: 'at_end' | 'now'
}
export interface Resume extends Cause {
  verb: 'resume'
  subscription_id: string
}
/** By hand: so much of what was paid. */
export interface GiveBack extends Cause {
  verb: 'refund'
  subscription_id: string
  amount_minor: number
}
export type Want = Start | Renew | Extend | Cancel | Resume | GiveBack

export interface PlanOutcome {
  index: number
  outcome: 'done' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
  subscription_id?: string
  /** Paid above zero, given back below. */
  amount_minor?: number
  why?: Why
}

export const PlanShape = Type.Object({
  plan_id: Uuid,
  names: Names,
  status: PlanStatus,
  version: Type.Integer(),
  design: PlanDesign,
  created_at: Instant,
  /** Running subscriptions by state. */
  running: Type.Integer(),
  in_trial: Type.Integer(),
  waiting: Type.Integer({ description: 'due or in grace: their payment is waited for' }),
  leaving: Type.Integer({ description: 'running to their end without another' }),
  ended: Type.Integer(),
  paid_minor: Minor,
  refunded_minor: Minor,
})
export const VersionShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  design: PlanDesign,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
/** What came of a reward: `gift_id` once it was given, `refused` while it could not be. */
const RewardShape = Type.Object({
  reward_id: Uuid,
  reward: PlanReward,
  gift_id: Nullable(Uuid),
  refused: Nullable(Type.String()),
})
const PeriodShape = Type.Object({
  number: Type.Integer(),
  kind: oneOf(['trial', 'paid', 'given']),
  version: Type.Integer(),
  from_on: Day,
  until_on: Day,
  paid_on: Day,
  price_minor: Minor,
  refunded_minor: Minor,
  why: WhyShape,
  rewards: Type.Array(RewardShape),
})
export const SubscriptionShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  subscription_id: Uuid,
  plan_id: Uuid,
  plan_names: Names,
  version: Type.Integer(),
  state: PlanState,
  auto_renew: Type.Boolean(),
  started_on: Day,
  due_on: Day,
  holds_until: Day,
  ended_on: Nullable(Day),
  ended_why: Nullable(Type.String()),
  asked: Nullable(Type.Object({ price_minor: Minor, version: Type.Integer(), why: WhyShape })),
  paid_minor: Minor,
  refunded_minor: Minor,
  periods: Type.Array(PeriodShape),
})
export const EntryShape = Type.Object({
  entry_id: Uuid,
  subscription_id: Uuid,
  plan_id: Uuid,
  kind: oneOf(entryKinds),
  amount_minor: Minor,
  why: WhyShape,
  note: Nullable(Type.String()),
  at: Instant,
  actor_name: Type.String(),
})

/** What the plan's prices take off a member's own orders. */
export const SavingShape = Type.Object({
  saved_minor: Minor,
  goods_minor: Minor,
  shipping_minor: Minor,
  orders: Type.Integer(),
  from_on: Day,
  until_on: Day,
  /** Those that save most. */
  products: Type.Array(
    Type.Object({ sku: Nullable(Type.String()), name: Nullable(Type.String()), saved_minor: Minor }),
  ),
})
export type Saving = Static<typeof SavingShape>
export const QuoteShape = Type.Object({
  plan_id: Uuid,
  names: Names,
  version: Type.Integer(),
  /** null: not sold to this member. */
  price_minor: Nullable(Minor),
  /** Of twelve months. */
  year_minor: Nullable(Minor),
  why: WhyShape,
  /** Days; 0: none, or had already. */
  trial_days: Type.Integer(),
  running: Type.Boolean(),
  would_save: SavingShape,
})

/**
 * Glossary: *item* what the catalogue holds · *heap* the stock of an item in one place · *gift* one thing handed to one
 * member, given or redeemed · *reward* what a gift hands over · *reason* why (`redemption`, `by_hand`, a campaign's
 * name) and *occurrence* which time: together once for ever for a member · *redeem* to pay for an item with points ·
 * *fulfil* to hand an open gift over · *code pool* codes bought elsewhere.
 *
 * Facts: `gift.given`, `gift.fulfilled`, `gift.cancelled`, `gift.taken_back`, `gift.passed_on` (of the giver),
 * `gift.received` (of the friend) with `{gift_id, kind, …}`.
 *
 * Errors: `gift_item.not_found` · `gift_item.name_missing` · `gift_item.in_past` ·
 * `gift_item.wrong_state` (the kind of stock or handing over of an item that was given) · `gift.not_found` ·
 * `gift.not_listed` · `gift.out_of_stock` · `gift.store_missing` · `gift.delivery_missing` ·
 * `gift.other_store` ({store}: whose stock it lies in) ·
 * `gift.limit_reached` ({limit_count, limit_period}) · `gift.wrong_state` ({status}) ·
 * `gift.order_refunded` (the order it is for went back) · `gift.not_passable` · `gift.passed_to_self`;
 * and of what it calls: `points.insufficient` ({available}), `budget.exhausted` ({left_minor}), …
 */
import { Type, type Static } from 'typebox'
import { CostMinor, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape, type CalledOff } from '../../base/versions.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { points_max } from '../points/types.ts'

/** By language; at least one. */
const Texts = Type.Record(
  Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' }),
  Type.String({ maxLength: 200 }),
)
const Amount = Type.Integer({ minimum: 0, maximum: amount_minor_max })
const oneOf = <const T extends string>(words: readonly T[]) => Type.Enum([...words])

export const fulfilments = ['pickup', 'delivery', 'code'] as const
export type Fulfilment = (typeof fulfilments)[number]
export const stocks = ['none', 'total', 'stores'] as const
export type Stock = (typeof stocks)[number]
export const periods = ['ever', 'year', 'month', 'day'] as const
export type Period = (typeof periods)[number]
export const statuses = ['open', 'done', 'cancelled', 'passed_on'] as const
export type GiftStatus = (typeof statuses)[number]
export const kinds = ['points', 'coupon', 'item', 'privilege', 'plan_days'] as const
export type GiftKind = (typeof kinds)[number]

/** The place of a heap that is in no store. */
export const anywhere = '00000000-0000-0000-0000-000000000000'

const itemFields = {
  names: Texts,
  descriptions: Texts,
  cost_minor: Amount,
  price_points: Nullable(Type.Integer({ minimum: 1, maximum: points_max })),
  price_minor: Nullable(Type.Integer({ minimum: 1, maximum: amount_minor_max })),
  fulfilment: oneOf(fulfilments),
  stock: oneOf(stocks),
  limit_count: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  limit_period: oneOf(periods),
  budget_id: Nullable(Uuid),
  is_listed: Type.Boolean(),
  /** While it waits, its holder may pass it on to a friend; only what is picked up. */
  may_be_passed_on: Type.Boolean(),
}
export const ItemChanges = Type.Object(
  {
    ...Type.Partial(Type.Object(itemFields)).properties,
    /** When prices, cost and listing change; now unless said. All else changes at once. */
    effective_from: Type.Optional(Instant),
  },
  { additionalProperties: false },
)
export type ItemChanges = Static<typeof ItemChanges>
export const NewItem = Type.Object(
  {
    ...Type.Partial(Type.Object(itemFields)).properties,
    names: Texts,
    cost_minor: Amount,
    fulfilment: oneOf(fulfilments),
    stock: oneOf(stocks),
  },
  { additionalProperties: false },
)
export type NewItem = Static<typeof NewItem>

/** What changes by versions: what it costs us and members, and whether they may redeem it. */
export interface ItemTerms {
  cost_minor: number
  price_points: number | null
  price_minor: number | null
  is_listed: boolean
}
export const ItemVersionShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  cost_minor: Amount,
  price_points: itemFields.price_points,
  price_minor: itemFields.price_minor,
  is_listed: Type.Boolean(),
  actor: Type.String(),
  created_at: Instant,
  is_coming: Type.Boolean(),
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export type ItemVersion = Omit<Static<typeof ItemVersionShape>, 'effective_from' | 'created_at' | keyof CalledOff> &
  CalledOff & { effective_from: Date; created_at: Date }
const HeapShape = Type.Object({
  store_id: Nullable(Uuid),
  quantity: Type.Integer({ description: 'ever put there' }),
  taken: Type.Integer(),
})
export const ItemShape = Type.Object({
  item_id: Uuid,
  ...itemFields,
  heaps: Type.Array(HeapShape),
  /** What is left over all heaps; null: never runs out. */
  left: Nullable(Type.Integer()),
  given: Type.Integer(),
  created_at: Instant,
})
export interface Heap {
  store_id: string | null
  quantity: number
  taken: number
}
export interface Item {
  item_id: string
  names: Record<string, string>
  descriptions: Record<string, string>
  cost_minor: number
  price_points: number | null
  price_minor: number | null
  fulfilment: Fulfilment
  stock: Stock
  limit_count: number | null
  limit_period: Period
  budget_id: string | null
  is_listed: boolean
  may_be_passed_on: boolean
}
export interface ItemRow extends Item {
  heaps: Heap[]
  left: number | null
  given: number
  created_at: Date
}

/** How much lies where: `left` is what is there now. */
export const StockInput = Type.Object(
  {
    heaps: Type.Array(Type.Object({ store_id: Nullable(Uuid), left: Type.Integer({ minimum: 0, maximum: 1e9 }) }), {
      minItems: 1,
      maxItems: 5_000,
    }),
  },
  { additionalProperties: false },
)
export type StockInput = Static<typeof StockInput>
/** Codes brought at once: a file of an evening's purchase. */
export const CodesInput = Type.Object(
  { codes: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 10_000 }) },
  { additionalProperties: false },
)

export const Reward = Type.Union([
  Type.Object({ kind: Type.Literal('points'), points: Type.Integer({ minimum: 1, maximum: points_max }) }),
  Type.Object({ kind: Type.Literal('coupon'), coupon_definition_id: Uuid }),
  Type.Object({ kind: Type.Literal('item'), item_id: Uuid, store_id: Type.Optional(Nullable(Uuid)) }),
  Type.Object({ kind: Type.Literal('privilege'), privilege_id: Uuid, uses: Type.Integer({ minimum: 1 }) }),
  Type.Object({ kind: Type.Literal('plan_days'), plan_id: Uuid, days: Type.Integer({ minimum: 1, maximum: 3_660 }) }),
])
export type Reward = Static<typeof Reward>

export const Delivery = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    phone: Type.String({ minLength: 1, maxLength: 40 }),
    address: Type.String({ minLength: 1, maxLength: 500 }),
  },
  { additionalProperties: false },
)
export type Delivery = Static<typeof Delivery>

/** Something to give for nothing; (member, reason, occurrence) is its name for ever. */
export interface Give {
  member_id: string
  reward: Reward
  reason: string
  occurrence: string
  budget_id?: string | null | undefined
  note?: string | undefined
  delivery?: Delivery | undefined
  /** The member's order it is for: should that go back whole, what is unused of the gift goes back too. */
  order_id?: string | null | undefined
}
/** An item that a member pays for. */
export interface Redeem {
  member_id: string
  item_id: string
  store_id?: string | null | undefined
  /** Which time, once for ever for a member. */
  source_id: string
  delivery?: Delivery | undefined
}
export interface GiftRef {
  member_id: string
  gift_id: string
}

/** A gift to go from one member to another. */
export interface PassOn extends GiftRef {
  to_member_id: string
}

/** What became of one input. */
export interface GiftOutcome {
  index: number
  outcome: 'given' | 'ended' | 'unchanged' | 'refused'
  gift_id?: string
  code?: string
  params?: Record<string, unknown>
}

/** Why it was handed out: codes with their parameters, as facts and screens keep them. */
export interface GiftWhy {
  codes: string[]
  params: Record<string, string | number | null>
  rule_version: null
}

/** A reward that could not be given. */
export const RefusedShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  /** The round of a card, or the reward of a plan's period. */
  refused_id: Uuid,
  reason: oneOf(['card', 'plan']),
  /** Of the card or the plan. */
  names: Texts,
  reward: Reward,
  refused: Type.String(),
  promised_at: Instant,
})
export type RefusedRow = Omit<Static<typeof RefusedShape>, 'promised_at'> & { promised_at: Date }

export const GiftShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  gift_id: Uuid,
  kind: oneOf(kinds),
  reward: Reward,
  item_id: Nullable(Uuid),
  item_names: Nullable(Texts),
  store_id: Nullable(Uuid),
  reason: Type.String(),
  occurrence: Type.String(),
  paid_points: Type.Integer(),
  paid_minor: Minor,
  cost_minor: CostMinor,
  /** No: nobody has said what one costs, and `cost_minor` is 0 without meaning it. */
  is_cost_known: Type.Boolean(),
  /** Was a piece taken from a stock for it? Cancelling puts that back. */
  is_from_stock: Type.Boolean(),
  budget_id: Nullable(Uuid),
  fulfilment: Nullable(oneOf(fulfilments)),
  status: oneOf(statuses),
  /** Of a code pool: the code that was handed out. */
  code: Nullable(Type.String()),
  delivery: Nullable(Delivery),
  note: Nullable(Type.String()),
  given_at: Instant,
  ended_at: Nullable(Instant),
  /** The order it was given for. */
  order_id: Nullable(Uuid),
  /** Since its order went back, with how many points of it were still there. */
  taken_back_at: Nullable(Instant),
  taken_back: Nullable(
    Type.Object({
      points: Type.Optional(Type.Integer()),
      /** What its budget got back, where that was rounded down to whole units, as it was at first. */
      returned_minor: Type.Optional(Minor),
    }),
  ),
  why: Type.Object({
    codes: Type.Array(Type.String()),
    params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
    rule_version: Type.Null(),
  }),
  actor: Type.String(),
})
export interface GiftRow {
  member_id: string
  display_name: string | null
  gift_id: string
  kind: GiftKind
  reward: Reward
  item_id: string | null
  item_names: Record<string, string> | null
  store_id: string | null
  reason: string
  occurrence: string
  paid_points: number
  paid_minor: number
  cost_minor: number
  is_cost_known: boolean
  is_from_stock: boolean
  budget_id: string | null
  fulfilment: Fulfilment | null
  status: GiftStatus
  code: string | null
  delivery: Delivery | null
  note: string | null
  given_at: Date
  ended_at: Date | null
  order_id: string | null
  taken_back_at: Date | null
  taken_back: { points?: number; returned_minor?: number } | null
  why: GiftWhy
  actor: string
}

/**
 * Glossary: *offer* a window, a threshold and a reward · *issue* one offer in one member's hands, with its own window
 * · *window* the time in which orders count, both ends included · *threshold* what completes it; none: it only
 * informs · *completion* the order with which the threshold was reached · *undo* to lose a completion because the
 * orders that made it were refunded.
 *
 * Facts: `offer.issued`, `offer.viewed`, `offer.completed` `{offer_id, issue_id, version, order_id, reward}`,
 * `offer.undone`.
 *
 * Errors: `offer.not_found` · `offer.rule_invalid` (errors[] names each place) · `offer.reward_unavailable` (a kind of
 * reward that this program cannot hand out) · `offer_issue.not_found`. As outcomes of single inputs: `offer.stopped`,
 * `offer.issue_changed` (the same source and id, another offer or time), `member.not_found`.
 */
import { Type, type Static } from 'typebox'
import { CostMinor, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { amount_minor_max } from '../../record/orders/types.ts'
import { PlanReward } from '../plans/types.ts'
import { Names } from '../tiers/types.ts'

/** Ten years: longer than any promise a shop should make. */
const hours_max = 10 * 366 * 24
/** A scope names shelves, not the whole shop. */
const scope_max = 1_000
/** Issues in one request. */
export const issues_max = 1_000

const Sku = Type.String({ minLength: 1, maxLength: 200 })
const Category = Type.String({ minLength: 1, maxLength: 200 })

/**
 * When orders count. `hours` run from the moment counted from; `from` and `until` are fixed moments. What is given
 * holds together: the window is where all of it agrees. Nothing given: without end.
 */
const Window = Type.Object(
  {
    counts_from: Type.Union([Type.Literal('issue'), Type.Literal('view')]),
    hours: Nullable(Type.Integer({ minimum: 1, maximum: hours_max })),
    from: Nullable(Instant),
    until: Nullable(Instant),
  },
  { additionalProperties: false },
)

/**
 * What completes it: `spend` what all orders of the window come to, `single_order` one order alone, `orders` their
 * number.
 */
const Threshold = Type.Object(
  {
    measure: Type.Union([Type.Literal('spend'), Type.Literal('single_order'), Type.Literal('orders')]),
    reach: Type.Union([Type.Literal('at_least'), Type.Literal('more_than')]),
    /** Minor units, or a number of orders. */
    amount: Type.Integer({ minimum: 0, maximum: amount_minor_max }),
  },
  { additionalProperties: false },
)

/** Which goods and stores count; an empty list names no limit. */
const Scope = Type.Object(
  {
    skus: Type.Array(Sku, { maxItems: scope_max }),
    categories: Type.Array(Category, { maxItems: scope_max }),
    excluded_skus: Type.Array(Sku, { maxItems: scope_max }),
    excluded_categories: Type.Array(Category, { maxItems: scope_max }),
    store_ids: Type.Array(Uuid, { maxItems: scope_max }),
  },
  { additionalProperties: false },
)
export type Scope = Static<typeof Scope>
export const anything: Scope = {
  skus: [],
  categories: [],
  excluded_skus: [],
  excluded_categories: [],
  store_ids: [],
}

export const Reward = Type.Union([
  Type.Object({ kind: Type.Literal('none') }, { additionalProperties: false }),
  ...PlanReward.anyOf,
  Type.Object(
    { kind: Type.Literal('plan_days'), plan_id: Uuid, days: Type.Integer({ minimum: 1, maximum: 3_660 }) },
    { additionalProperties: false },
  ),
])
export type Reward = Static<typeof Reward>

export const OfferRule = Type.Object(
  {
    window: Window,
    /** null: nothing to complete, the offer only informs. */
    threshold: Nullable(Threshold),
    scope: Scope,
    /** `undo`: what was refunded does not count, also afterwards. `ignore`: what was bought counts for good. */
    refunds: Type.Union([Type.Literal('undo'), Type.Literal('ignore')]),
    reward: Reward,
  },
  { additionalProperties: false },
)
export type OfferRule = Static<typeof OfferRule>

/** A rule tried on last month, as if every member who bought had received it when that month began. */
export const OfferPreviewShape = Type.Object({
  days: Type.Integer(),
  /** Who bought anything in these days, and who of them would have completed it. */
  members: Type.Integer(),
  completed: Type.Integer(),
  /** What that would have given and cost. */
  points: Type.Integer(),
  cost_minor: CostMinor,
})
export type OfferPreview = Static<typeof OfferPreviewShape>

export const NewOffer = Type.Object({ names: Names, rule: OfferRule }, { additionalProperties: false })
export type NewOffer = Static<typeof NewOffer>
export const OfferChanges = Type.Object(
  {
    names: Type.Optional(Names),
    /** Makes a new version: for what is issued from now on. */
    rule: Type.Optional(OfferRule),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('stopped')])),
  },
  { additionalProperties: false },
)
export type OfferChanges = Static<typeof OfferChanges>

export interface Offer {
  offer_id: string
  names: Record<string, string>
  version: number
  status: 'active' | 'stopped'
  rule: OfferRule
  created_at: Date
  updated_at: Date
}

/** Issued → viewed → completed, and who is still under way. */
export interface Funnel {
  issued: number
  viewed: number
  completed: number
  open: number
  rewarded_points: number
}
const funnel = {
  issued: Type.Integer(),
  viewed: Type.Integer(),
  completed: Type.Integer(),
  /** The window is open and nothing is completed yet. */
  open: Type.Integer(),
  rewarded_points: Type.Integer(),
}
export const OfferShape = Type.Object({
  offer_id: Uuid,
  names: Names,
  version: Type.Integer(),
  status: Type.Union([Type.Literal('active'), Type.Literal('stopped')]),
  rule: OfferRule,
  created_at: Instant,
  updated_at: Instant,
  ...funnel,
})

/** An offer to be put into a member's hands. `source` and `source_id` name what for, once for ever each member. */
export interface NewIssue {
  member_id: string
  offer_id: string
  source: string
  source_id: string
  issued_at?: Date
}
export interface IssueOutcome {
  index: number
  outcome: 'issued' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
  issue_id?: string
}

/** What decided: `code` is a sentence of the console, `params` its numbers. */
export interface Why {
  code: string
  params: Record<string, string | number>
}
export const WhyShape = Type.Object({
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})

export type IssueState = 'waiting' | 'open' | 'completed' | 'ended'
export const IssueState = Type.Enum(['waiting', 'open', 'completed', 'ended'])
export const IssueShape = Type.Object({
  issue_id: Uuid,
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  offer_id: Uuid,
  names: Names,
  version: Type.Integer(),
  rule: OfferRule,
  source: Type.String(),
  source_id: Type.String(),
  issued_at: Instant,
  viewed_at: Nullable(Instant),
  opens_at: Nullable(Instant),
  closes_at: Nullable(Instant),
  /** waiting: its window has not begun. */
  state: IssueState,
  progress: Minor,
  completed_at: Nullable(Instant),
  completed_order_id: Nullable(Uuid),
  rewarded_points: Type.Integer(),
  /** The code of why the reward of the last completion could not be handed out (out of stock, budget exhausted). */
  reward_refused: Nullable(Type.String()),
  why: Nullable(WhyShape),
})
export interface IssueRow {
  issue_id: string
  member_id: string
  display_name: string | null
  offer_id: string
  names: Record<string, string>
  version: number
  rule: OfferRule
  source: string
  source_id: string
  issued_at: Date
  viewed_at: Date | null
  opens_at: Date | null
  closes_at: Date | null
  state: IssueState
  progress: number
  completed_at: Date | null
  completed_order_id: string | null
  rewarded_points: number
  reward_refused: string | null
  why: Why | null
}

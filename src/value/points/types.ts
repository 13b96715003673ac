/**
 * Glossary: *points* the currency of the program, whole numbers · *lot* points earned together, that expire
 * together; *pending* before its `activates_on`, then *active* · *entry* one immutable line of the ledger ·
 * *counted* what of an order earns, in minor units · *reverse* to take back what a refunded order earned · *debt*
 * what a refund could not take back; whatever comes in pays it first · *forgiven* what neither lots nor debt carry ·
 * *claimed* what had expired before a refund could take it · *rebook* to book the difference that a rule makes for
 * orders already booked · *standing* the tier an order earns at: the one held before it · *hold* points set aside
 * for a purchase under way;
 * *available* what is active less what is held · *spend rule* what points pay.
 *
 * Facts: `points.earned`, `points.reversed`, `points.activated`, `points.spent`, `points.restored`,
 * `points.expired`, `points.adjusted` with `{points, …}`.
 *
 * Errors: `points.insufficient` ({available}) · `points.source_reused` (the same source and id, another amount) ·
 * `points.entry_not_found` · `points.restored_already` · `points.lot_invalid` · `point_rule.not_found` ·
 * `point_rule.invalid` (errors[] names each place: `point_rule.tier_unknown`, `.bonus_twice`, `.bonus_ends_before`) ·
 * `point_rule.in_past` · `point_rule.missing` ·
 * `point_rule_preview.not_found` · `point_rule_preview.wrong_state` · `hold.not_found` · `hold.expired` ·
 * `hold.released` ·
 * `hold.committed` · `point_spend_rule.not_found` · `point_spend_rule.in_past` · `point_spend_rule.step_uneven` ·
 * `points.spend_not_offered` · `points.spend_step` · `points.spend_below_minimum` · `points.spend_over_share`
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Minor, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape } from '../../base/versions.ts'
import { PointSpendRule } from './spending/types.ts'
import { PreviewStatus, type Purchase, type Why as TierWhy } from '../tiers/types.ts'
import { EarnPart, points_max, PointRule, type Basket, type BasketLine } from './earning/types.ts'

export { PointRule, points_max } from './earning/types.ts'
export type { Purchase } from '../tiers/types.ts'
export type { Basket, BasketLine, Bonus, EarnPart, Standing } from './earning/types.ts'
export { PoolName, PoolRule, PoolShape, type Pool } from './pools/types.ts'
export { PointSpendRule, type PointSpendRuleVersion } from './spending/types.ts'

export const Points = Type.Integer({ minimum: 1, maximum: points_max })

/** Why an entry moved its points (docs/api/whys.md); `parts` are the bonuses of an order. */
export interface Why extends TierWhy {
  parts?: EarnPart[]
}

export interface PointRuleVersion {
  version: number
  effective_from: Date
  rule: PointRule
}

export type EntryKind = 'earn' | 'open' | 'activate' | 'spend' | 'restore' | 'expire' | 'reverse' | 'adjust'

interface About {
  member_id: string
  occurred_at: Date
}

/** An order that counts for the first time. */
export interface Paid extends About {
  order_id: string
  /** The order's number in its source: puts orders of one instant in their order. */
  number: string
  /** The day in the program's zone. */
  day: string
  purchase: Purchase
  basket?: Basket | undefined
}

/** What went back of one order; `order_id` null: it named none and found none. */
export interface Refund extends About {
  refund_id: string
  order_id: string | null
  number: string
  day: string
  purchase: Purchase
  lines?: readonly BasketLine[] | undefined
}

/** Points a member pays with. `source` and `source_id` name what for, once for ever. */
export interface Spend {
  member_id: string
  points: number
  source: string
  source_id: string
  occurred_at?: Date
}

/** A spend to be given back: by what it was booked as. */
export interface Restore {
  member_id: string
  spend_source: string
  spend_source_id: string
  /** How many of them; all that is left unless said. */
  points?: number | undefined
  source: string
  source_id: string
  occurred_at?: Date
}

/** Points to be set aside until a moment. The name is that of the spend they may become. */
export interface HoldPoints {
  member_id: string
  points: number
  source: string
  source_id: string
  expires_at: Date
}
/** A hold by its name. */
export type HeldPoints = Pick<HoldPoints, 'member_id' | 'source' | 'source_id'>

/** What gave points, if no person did by hand; its `id` leads there. */
export interface Giver {
  kind: 'gift' | 'campaign' | 'card' | 'plan' | 'member'
  id: string
}

/** Points given or taken by a person, with the reason; or given by a module. */
export interface Adjust {
  member_id: string
  /** Signed. */
  points: number
  reason: string
  /** Who gives: a person unless said. What a module gives names it in its why. */
  given_by?: Giver | undefined
  source: string
  source_id: string
  /** The last day of points given; by the rule in force unless said. */
  expires_on?: string | null
}

/** Points a member brings along from another system, with their dates. */
export interface OpeningLot {
  member_id: string
  points: number
  earned_at: Date
  /** The last day; by the rule of the day they were earned unless said; null: never. */
  expires_on?: string | null
  activates_on?: string | null
  source: string
  source_id: string
}

/** What became of one input. */
export interface PointOutcome {
  index: number
  outcome: 'booked' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
  entry_id?: number
  /** Signed: what the entry moved. */
  points?: number
}

export interface Balance {
  member_id: string
  active: number
  pending: number
  /** Set aside of the active ones, for purchases under way. */
  held: number
  /** What can be spent now: active ones less those held. */
  available: number
  debt: number
  earned_total: number
  spent_total: number
  expired_total: number
  next_expiry_on: string | null
}
export const BalanceShape = Type.Object({
  member_id: Uuid,
  active: Type.Integer(),
  pending: Type.Integer(),
  held: Type.Integer(),
  available: Type.Integer(),
  debt: Type.Integer(),
  earned_total: Type.Integer(),
  spent_total: Type.Integer(),
  expired_total: Type.Integer(),
  next_expiry_on: Nullable(Day),
})

export const WhyShape = Type.Object({
  codes: Type.Array(Type.String()),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  parts: Type.Optional(Type.Array(EarnPart)),
  rule_version: Nullable(Type.Integer()),
})

export const EntryShape = Type.Object({
  entry_id: Type.Integer(),
  kind: Type.String(),
  points: Type.Integer(),
  debt: Type.Integer(),
  lot_id: Nullable(Type.Integer()),
  order_id: Nullable(Uuid),
  source: Type.String(),
  source_id: Type.String(),
  corrects: Nullable(Type.Integer()),
  occurred_at: Instant,
  recorded_at: Instant,
  why: WhyShape,
  actor: Type.String(),
})
export interface Entry {
  entry_id: number
  kind: EntryKind
  points: number
  debt: number
  lot_id: number | null
  order_id: string | null
  source: string
  source_id: string
  corrects: number | null
  occurred_at: Date
  recorded_at: Date
  why: Why
  actor: string
}

export const LotShape = Type.Object({
  lot_id: Type.Integer(),
  granted: Type.Integer(),
  remaining: Type.Integer(),
  status: Type.Union([Type.Literal('pending'), Type.Literal('active'), Type.Literal('expired')]),
  earned_at: Instant,
  activates_on: Nullable(Day),
  expires_on: Nullable(Day),
  order_id: Nullable(Uuid),
})
export interface LotRow {
  lot_id: number
  granted: number
  remaining: number
  status: 'pending' | 'active' | 'expired'
  earned_at: Date
  activates_on: string | null
  expires_on: string | null
  order_id: string | null
}

export const PointRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: PointRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})

export const NewPointRule = Type.Object(
  {
    rule: Type.Optional(PointRule),
    /** Takes the rule of this preview, in force from its window's start, and books the differences it showed. */
    preview_id: Type.Optional(Uuid),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
    /** What a point is worth when spent, in minor units: kept with the program's settings. */
    point_value_minor: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
)

export const NewPointPreview = Type.Object(
  {
    rule: PointRule,
    /** The first day of the window, which ends now; a month ago unless said. */
    from: Type.Optional(Day),
  },
  { additionalProperties: false },
)

/** What a preview found: sums over all members. */
const Totals = Type.Object({
  orders: Type.Optional(Type.Integer()),
  members_changed: Type.Optional(Type.Integer()),
  members_gaining: Type.Optional(Type.Integer()),
  members_losing: Type.Optional(Type.Integer()),
  points_before: Type.Optional(Type.Integer()),
  points_change: Type.Optional(Type.Integer()),
  /** `points_change` at the worth of a point, in minor units. */
  change_minor: Type.Optional(Type.Number()),
})
export type PreviewTotals = Static<typeof Totals>

export const PointPreviewShape = Type.Object({
  preview_id: Uuid,
  status: PreviewStatus,
  rule: PointRule,
  window_from: Instant,
  members_total: Nullable(Type.Integer()),
  members_done: Type.Integer(),
  totals: Totals,
  error: Nullable(Type.Unknown()),
  applied_version: Nullable(Type.Integer()),
  applied_done: Type.Integer(),
  created_at: Instant,
  finished_at: Nullable(Instant),
})
export interface PointPreview {
  preview_id: string
  status: PreviewStatus
  rule: PointRule
  window_from: Date
  members_total: number | null
  members_done: number
  totals: PreviewTotals
  error: unknown
  applied_version: number | null
  applied_done: number
  created_at: Date
  finished_at: Date | null
}

/** A rule to begin with: the return the member feels, and what one purchase would bring. */
export const PresetShape = Type.Object({
  code: Type.String(),
  rule: PointRule,
  spend_rule: PointSpendRule,
  point_value_minor: Type.Number(),
  /** What comes back of every amount spent, in per cent, at the base rate. */
  return_percent: Type.Number(),
  example: Type.Object({
    amount_minor: Minor,
    points: Type.Integer(),
    worth_minor: Type.Number(),
    by_tier: Type.Array(
      Type.Object({ tier_code: Type.String(), points: Type.Integer(), return_percent: Type.Number() }),
    ),
  }),
})

/** Points of all members together. */
export const OverviewShape = Type.Object({
  active: Type.Integer(),
  pending: Type.Integer(),
  debt: Type.Integer(),
  members_active: Type.Integer(),
  members_pending: Type.Integer(),
  members_debt: Type.Integer(),
  point_value_minor: Type.Number(),
  /** Active and pending at what a point is worth. */
  liability_minor: Minor,
  /** By month of the last day: what ends unless it is spent before. */
  next_expiries: Type.Array(
    Type.Object({ first_on: Day, last_on: Day, points: Type.Integer(), members: Type.Integer() }),
  ),
})

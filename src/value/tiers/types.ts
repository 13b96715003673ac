/**
 * Glossary: *tier* a step of the ladder; rank 0 is where everybody starts · *measure* what decides: money spent, the
 * number of orders, points earned or experience (XP) · *progress* what counts towards a tier, in the unit of the
 * measure · *invitation* the way to a tier that no progress reaches · *window* the days whose progress decides ·
 * *reach* to climb, at once, with the order that makes
 * the progress suffice · *keep* what is decided on `review_on`, the first day after the kept period · *grace* days
 * in which what is missing may still be made up · *lower* to lose a tier at a review · *undo* to fall back because
 * the very order that lifted the member was refunded · *climber* whose progress an order is, where that is not whose
 * order it is.
 *
 * Facts: `tier.reached`, `tier.lost` with `{from, to, rule_version, code}`.
 *
 * Errors: `tier.not_found` · `tier.held` (a tier that members hold cannot be removed) · `tier.in_rule` (nor one that
 * the rule in force names) · `tier.code_taken` · `tier_rule.not_found` · `tier_rule.invalid` (errors[] names each
 * place) · `tier_rule.in_past` · `tier_rule.no_ladder` · `tier_rule_preview.not_found` ·
 * `tier_rule_preview.wrong_state` · `tier.lowest_open` (the lowest tier is everybody's) · `tier_invitation.not_found`,
 * `.not_above`, `.wrong_state`, `.too_late`, `.source_reused`, `.no_member`, `.lowest`, `.no_rule` · as outcomes of
 * XP: `xp.no_member`, `xp.source_reused`, `xp.insufficient`, `xp.nothing_to_take_back`
 */
import { Type, type Static } from 'typebox'
import { Day, Instant, Nullable, Uuid } from '../../base/routes.ts'
import { CalledOffShape } from '../../base/versions.ts'

/** A name in each language of the program: `{en: 'Gold', 'zh-TW': '金卡'}`. */
export const Names = Type.Record(
  Type.String({ pattern: '^[a-z]{2}(-[A-Za-z]{2,4})?$' }),
  Type.String({ minLength: 1, maxLength: 60 }),
)
export type Names = Static<typeof Names>

export const TierCode = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })

/**
 * What of an order counts. `net`: after discounts; `gross`: before them. Goods only, unless shipping is included.
 */
export const Counting = {
  base: Type.Union([Type.Literal('net'), Type.Literal('gross')]),
  include_shipping: Type.Boolean(),
}

/**
 * What decides. `orders` counts those of which at least `minimum_minor` of goods is left after refunds; `points`
 * those that orders earned, net of what refunds took back; `xp` what modules and the API gave.
 */
export const Measure = Type.Union([
  Type.Object({ kind: Type.Literal('spend'), ...Counting }, { additionalProperties: false }),
  Type.Object(
    { kind: Type.Literal('orders'), minimum_minor: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }) },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal('points') }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal('xp') }, { additionalProperties: false }),
])
export type Measure = Static<typeof Measure>
export type MeasureKind = Measure['kind']
const MeasureKindShape = Type.Enum(['spend', 'orders', 'points', 'xp'] as const)

/** The days whose progress decides: N days up to today, or the calendar year. */
const Window = Type.Union([
  Type.Object(
    { kind: Type.Literal('rolling'), days: Type.Integer({ minimum: 30, maximum: 1095 }) },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal('calendar_year') }, { additionalProperties: false }),
])

/**
 * How long a tier is held before it is looked at again: N months to the same day, or to the end of the Nth next
 * year.
 */
const Keep = Type.Union([
  Type.Object(
    { kind: Type.Literal('months'), months: Type.Integer({ minimum: 1, maximum: 36 }) },
    { additionalProperties: false },
  ),
  Type.Object(
    { kind: Type.Literal('year_end'), years: Type.Integer({ minimum: 1, maximum: 3 }) },
    { additionalProperties: false },
  ),
])

export const TierRule = Type.Object(
  {
    measure: Measure,
    window: Window,
    /** Tier code → units of the measure; the lowest tier has none, higher tiers need more. */
    thresholds: Type.Record(TierCode, Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
    keep: Keep,
    grace_days: Type.Integer({ minimum: 0, maximum: 180 }),
    /** Who does not qualify at a review falls one step, or to the tier that the progress still earns. */
    downgrade: Type.Union([Type.Literal('one_step'), Type.Literal('to_qualified')]),
    /** A refund of the order that lifted the member undoes the step if it no longer holds. */
    refund_undoes: Type.Boolean(),
  },
  { additionalProperties: false },
)
export type TierRule = Static<typeof TierRule>

/** One step of the ladder. */
export interface Tier {
  tier_id: string
  code: string
  rank: number
  names: Names
  /** No progress reaches it: its members were invited. */
  invitation_only: boolean
}

export interface TierRuleVersion {
  version: number
  effective_from: Date
  rule: TierRule
}

/** Why a tier is held or was lost: codes and parameters (docs/api/whys.md). */
export interface Why {
  codes: string[]
  params: Record<string, string | number | boolean | null>
  rule_version: number | null
}

export const WhyShape = Type.Object({
  codes: Type.Array(Type.String()),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  rule_version: Nullable(Type.Integer()),
})

/** What of one order or refund may count; amounts in minor units, all positive. */
export interface Purchase {
  /** Goods after discounts. */
  goods_minor: number
  /** Goods before discounts. */
  gross_minor: number
  shipping_minor: number
}

/** One step of progress: an order (adds) or a refund (takes back). */
export interface ProgressMove {
  /** Whose order it is: it earns at the tier held there. */
  member_id: string
  /** Who climbs by it, or falls back: nearly always the same. Null: nobody. */
  climber_id: string | null
  occurred_at: Date
  /** The day in the program's zone on which it happened. */
  day: string
  source: 'order' | 'refund'
  source_id: string
  /** The order itself, or the order that was refunded; null for a refund that names none. */
  order_id: string | null
  purchase: Purchase
}

/** The tier held just before a move; null without a ladder. */
export interface HeldBefore {
  tier_code: string | null
}

/** The tier a member holds; `tier_id` null without a ladder. */
export interface Standing {
  member_id: string
  tier_id: string | null
  tier_code: string | null
  rank: number
  since: Date | null
  review_on: string | null
}

/** How far a member is: what screens and conditions show. */
export interface Progress {
  member_id: string
  tier_id: string | null
  tier_code: string | null
  tier_names: Names | null
  since: Date | null
  review_on: string | null
  /** The last day on which what is missing may still be made up, while in grace. */
  grace_until: string | null
  /** Held by invitation. */
  is_invited: boolean
  /** What the rule of today counts; the numbers below are in its unit. */
  measure: MeasureKind
  /** What counts in the window of today. */
  progress: number
  window_from: string | null
  window_to: string | null
  /** Still missing to keep the tier at its review; null on the lowest tier, and where the rule asks nothing. */
  keep_missing: number | null
  next_tier_code: string | null
  next_tier_names: Names | null
  /** Still missing to the next tier; null on the highest that progress can reach. */
  missing: number | null
  why: Why
}

export const ProgressShape = Type.Object({
  member_id: Uuid,
  tier_id: Nullable(Uuid),
  tier_code: Nullable(Type.String()),
  tier_names: Nullable(Names),
  since: Nullable(Instant),
  review_on: Nullable(Day),
  grace_until: Nullable(Day),
  is_invited: Type.Boolean(),
  measure: MeasureKindShape,
  progress: Type.Integer(),
  window_from: Nullable(Day),
  window_to: Nullable(Day),
  keep_missing: Nullable(Type.Integer()),
  next_tier_code: Nullable(Type.String()),
  next_tier_names: Nullable(Names),
  missing: Nullable(Type.Integer()),
  why: WhyShape,
})

/** The ladder as a screen gives it, lowest first; a tier without an id is new. */
export const LadderInput = Type.Array(
  Type.Object(
    {
      tier_id: Type.Optional(Uuid),
      code: TierCode,
      names: Names,
      invitation_only: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 12 },
)
export type LadderInput = Static<typeof LadderInput>

export const TierShape = Type.Object({
  tier_id: Uuid,
  code: Type.String(),
  rank: Type.Integer(),
  names: Names,
  invitation_only: Type.Boolean(),
  members: Type.Integer(),
})

export const TierRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: TierRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})

export const NewTierRule = Type.Object(
  {
    rule: Type.Optional(TierRule),
    /** Takes the rule of this preview, and moves the members when it begins: as it showed, if that is now. */
    preview_id: Type.Optional(Uuid),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
  },
  { additionalProperties: false },
)
export type NewTierRule = Static<typeof NewTierRule>

export const NewTierPreview = Type.Object(
  {
    rule: TierRule,
    lower_now: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

export const PreviewStatus = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('done'),
  Type.Literal('cancelled'),
  Type.Literal('failed'),
])
export type PreviewStatus = Static<typeof PreviewStatus>

/** Members by the tier they hold and would hold. */
export const TierMove = Type.Object({
  from: Nullable(Type.String()),
  to: Nullable(Type.String()),
  members: Type.Integer(),
})

export const TierPreviewShape = Type.Object({
  preview_id: Uuid,
  status: PreviewStatus,
  rule: TierRule,
  lower_now: Type.Boolean(),
  members_total: Nullable(Type.Integer()),
  members_done: Type.Integer(),
  totals: Type.Object({
    members_up: Type.Optional(Type.Integer()),
    members_down: Type.Optional(Type.Integer()),
    moves: Type.Optional(Type.Array(TierMove)),
  }),
  error: Nullable(Type.Unknown()),
  applied_version: Nullable(Type.Integer()),
  applied_done: Type.Integer(),
  created_at: Instant,
  finished_at: Nullable(Instant),
})
export type TierPreview = {
  preview_id: string
  status: PreviewStatus
  rule: TierRule
  lower_now: boolean
  members_total: number | null
  members_done: number
  totals: Static<typeof TierPreviewShape>['totals']
  error: unknown
  applied_version: number | null
  applied_done: number
  created_at: Date
  finished_at: Date | null
}

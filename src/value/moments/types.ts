/**
 * Glossary: *moment* when something is given, to whom and what · *occurrence* which time of a moment for a member: a
 * year, a number of purchases, a tier and year; together once for ever · *day* of a moment: the day itself, such as the
 * birthday · *window* the days in which the gift of a day is given, if it was not before · *moment of the calendar*
 * (a birthday, a holiday), looked at by the clock; the others follow what members do.
 *
 * What is given is a gift (`gifts`) with the reason `moment` and the occurrence `<moment>:<occurrence>`; this module
 * tells no facts of its own.
 *
 * Errors: `moment.not_found` · `moment.rule_invalid` (errors[] names each place: `moment.window_too_long`,
 * `moment.day_unreadable`, `moment.no_days`, `moment.name_missing`, `moment.tiers_missing`,
 * `moment.delivery_impossible`, `moment.ends_before_start`, and faults of the condition)
 */
import { Type, type Static } from 'typebox'
import { conditionSchema, type Condition } from '../../base/conditions/condition.ts'
import { CostMinor, Day, Instant, Nullable, Uuid } from '../../base/routes.ts'
import { Reward } from '../gifts/types.ts'
import { Names } from '../tiers/types.ts'

/** Days before and after: with a month between, still far from the next time. */
export const window_days_max = 60
/** Holidays in one moment: all that a calendar of a brand has. */
const holidays_max = 60

const MonthDay = Type.String({ pattern: '^\\d{2}-\\d{2}$', description: 'MM-DD' })
export const calendars = ['solar', 'lunar'] as const
const Calendar = Type.Enum([...calendars])
export const spans = ['day', 'week', 'month'] as const
const kind = <const K extends string>(name: K) => ({ kind: Type.Literal(name) })
const closed = { additionalProperties: false }

/** When something is given. */
export const When = Type.Union([
  Type.Object(kind('joining'), closed),
  /** The purchase with this number; `repeats`: and every so many after it. */
  Type.Object(
    { ...kind('purchase'), number: Type.Integer({ minimum: 1, maximum: 10_000 }), repeats: Type.Boolean() },
    closed,
  ),
  Type.Object(
    { ...kind('upgrade'), tiers: Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { maxItems: 20 }) },
    closed,
  ),
  /** The first purchase after so many days without one. */
  Type.Object({ ...kind('waking'), days: Type.Integer({ minimum: 1, maximum: 3_660 }) }, closed),
  Type.Object({ ...kind('birthday'), span: Type.Enum([...spans]), calendar: Calendar }, closed),
  Type.Object(kind('join_anniversary'), closed),
  Type.Object({ ...kind('brand_anniversary'), month_day: MonthDay }, closed),
  /** Days that come every year by one of the calendars, and single dates. */
  Type.Object(
    {
      ...kind('holiday'),
      yearly: Type.Array(Type.Object({ calendar: Calendar, month_day: MonthDay }, closed), {
        maxItems: holidays_max,
      }),
      dates: Type.Array(Day, { maxItems: holidays_max }),
    },
    closed,
  ),
  /** A day of the member's own, by its name. */
  Type.Object({ ...kind('own_day'), name: Type.String({ minLength: 1, maxLength: 40 }) }, closed),
])
export type When = Static<typeof When>
export type MomentKind = When['kind']

export const MomentRule = Type.Object(
  {
    when: When,
    /** null: every member. Asked at the moment of giving. */
    whom: Nullable(conditionSchema),
    reward: Reward,
    budget_id: Nullable(Uuid),
    /** Of the calendar: given from so many days before on, and until so many after, if it was not before. */
    before_days: Type.Integer({ minimum: 0, maximum: window_days_max }),
    after_days: Type.Integer({ minimum: 0, maximum: window_days_max }),
    /** Who joined fewer days before the day itself gets nothing. */
    joined_days_min: Type.Integer({ minimum: 0, maximum: 3_660 }),
    /** Nothing is given before the first of these days, nor after the last; without them always. */
    starts_on: Type.Optional(Nullable(Day)),
    ends_on: Type.Optional(Nullable(Day)),
  },
  closed,
)
export interface MomentRule extends Omit<Static<typeof MomentRule>, 'whom'> {
  whom: Condition | null
}

export const NewMoment = Type.Object({ names: Names, rule: MomentRule }, closed)
export interface NewMoment {
  names: Record<string, string>
  rule: MomentRule
}
export const MomentChanges = Type.Object(
  {
    names: Type.Optional(Names),
    /** Makes a new version: for what is given from now on. */
    rule: Type.Optional(MomentRule),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('stopped')])),
  },
  closed,
)
export interface MomentChanges {
  names?: Record<string, string>
  rule?: MomentRule
  status?: 'active' | 'stopped'
}

export interface Moment {
  moment_id: string
  names: Record<string, string>
  version: number
  status: 'active' | 'stopped'
  rule: MomentRule
  active_since: Date
  created_at: Date
  updated_at: Date
}
/** What a moment came to so far. */
export interface MomentSums {
  given: number
  refused: number
  cost_minor: number
  last_given_at: Date | null
}
export const MomentShape = Type.Object({
  moment_id: Uuid,
  names: Names,
  version: Type.Integer(),
  status: Type.Union([Type.Literal('active'), Type.Literal('stopped')]),
  rule: MomentRule,
  active_since: Instant,
  created_at: Instant,
  updated_at: Instant,
  given: Type.Integer(),
  /** Could not be handed out: out of stock, budget exhausted. */
  refused: Type.Integer(),
  cost_minor: CostMinor,
  last_given_at: Nullable(Instant),
})

/** Why it was given: `code` is a sentence of the console, `params` its numbers. */
export interface Why {
  code: string
  params: Record<string, string | number>
  version: number
}
export const WhyShape = Type.Object({
  code: Type.String(),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  version: Type.Integer(),
})

export const MomentGiftShape = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  moment_id: Uuid,
  names: Names,
  occurrence: Type.String(),
  occurs_on: Day,
  given_on: Day,
  gift_id: Nullable(Uuid),
  refused: Nullable(Type.String()),
  /** Of the gift: open until it is handed over; null while refused. */
  status: Nullable(Type.String()),
  taken_back_at: Nullable(Instant),
  cost_minor: Nullable(CostMinor),
  why: WhyShape,
  recorded_at: Instant,
})
export interface MomentGiftRow {
  member_id: string
  display_name: string | null
  moment_id: string
  names: Record<string, string>
  occurrence: string
  occurs_on: string
  given_on: string
  gift_id: string | null
  refused: string | null
  status: string | null
  taken_back_at: Date | null
  cost_minor: number | null
  why: Why
  recorded_at: Date
}

/** What a rule would give in the next days, or would have given in the last. */
export const MomentPreviewShape = Type.Object({
  /** Moments of the calendar look ahead, the others back. */
  looks: Type.Enum(['ahead', 'back']),
  days: Type.Integer(),
  gifts: Type.Integer(),
  members: Type.Integer(),
  points: Type.Integer(),
  cost_minor: CostMinor,
  /** The first of them, by day. */
  first: Type.Array(
    Type.Object({ member_id: Uuid, display_name: Nullable(Type.String()), occurs_on: Day, given_on: Day }),
  ),
})
export type MomentPreview = Static<typeof MomentPreviewShape>

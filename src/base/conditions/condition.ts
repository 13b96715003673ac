/**
 * What a condition is: the grammar of docs/api/conditions.md as types. This is the parsed form; it is the same JSON
 * with defaults filled in, so it may be stored and parsed again.
 */
import { Type } from 'typebox'

export type Combinator = 'and' | 'or'

/** A condition: a group at the root. */
export type Condition = Group

export interface Group {
  combinator: Combinator
  not: boolean
  rules: (Group | Rule)[]
}

export interface Rule {
  field: string
  operator: Operator
  value: RuleValue
  /** Behaviour only: what is measured; `count` by default. */
  measure?: string
  /** Behaviour only: which rows are measured (all of these hold of the row). */
  where?: Rule[]
  /** Behaviour only: when; ever if left out. */
  within?: Window
}

export type RuleValue = null | string | number | boolean | string[] | number[] | RelativeDay | Window

export type Unit = 'day' | 'week' | 'month' | 'year'
export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** `{today: -30}` is the day 30 days before today. */
export interface RelativeDay {
  today: number
  unit: Unit
}
/** A day `YYYY-MM-DD` in the program's zone, or one counted from today. */
export type Day = string | RelativeDay

export type Window =
  | { last: number; unit: Unit; except_last?: number }
  | { next: number; unit: Unit }
  | { from?: Day; to?: Day }
  | { this: Period }
  | { previous: Period }
  | { following: Period }

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'in'
  | 'not_in'
  | 'contains'
  | 'not_contains'
  | 'starts_with'
  | 'at_least'
  | 'more_than'
  | 'at_most'
  | 'less_than'
  | 'between'
  | 'not_between'
  | 'has_any'
  | 'has_all'
  | 'has_none'
  | 'is_empty'
  | 'is_not_empty'
  | 'is'
  | 'on'
  | 'before'
  | 'after'
  | 'within'
  | 'not_within'
  | 'month_in'
  | 'is_known'
  | 'is_not_known'

export const units: readonly Unit[] = ['day', 'week', 'month', 'year']
export const periods: readonly Period[] = ['day', 'week', 'month', 'quarter', 'year']

/** Deeper than this nobody reads a condition any more, and the parser may recurse without fear. */
export const depth_max = 5
/**
 * All rules, those in `where` included. Each behaviour may cost one pass over its rows; 100 is far beyond what people
 * build.
 */
export const rules_max = 100
/** Rules in one `where`. */
export const where_rules_max = 10
/** Values in one list; longer ones are static lists of members, not conditions. */
export const list_values_max = 1000
/** Characters in one text value. */
export const text_characters_max = 200
/**
 * Units in a window or away from today: ten years, in years a long life (ages are asked as `before {today: -60, unit:
 * 'year'}`).
 */
export const units_max: Readonly<Record<Unit, number>> = { day: 3660, week: 520, month: 120, year: 120 }
/** The largest number that JSON and JavaScript carry exactly. */
export const number_max = Number.MAX_SAFE_INTEGER

/** A condition in a request or answer; only `parseCondition` knows whether the rules inside are right. */
export const conditionSchema = Type.Object(
  {
    combinator: Type.Union([Type.Literal('and'), Type.Literal('or')]),
    not: Type.Optional(Type.Boolean()),
    rules: Type.Array(Type.Unknown()),
  },
  { additionalProperties: true, description: 'A condition; its grammar is described in docs/api/conditions.md' },
)

/** Is this member of `rules` a group? */
export function isGroup(node: Group | Rule): node is Group {
  return 'rules' in node
}

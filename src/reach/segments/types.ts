/**
 * Glossary. *Segment*: the members for whom a condition holds, or a list kept by hand. *Condition*: the question
 * (docs/api/conditions.md). *Size*: how many members it had at a moment.
 *
 * Facts written: none; a segment is a question, not something that happens to a member.
 * Errors: `segment.not_found` `segment.name_taken` `segment.not_a_list` `segment.in_use` `condition.invalid`
 * `query.timed_out` `query.cancelled`
 */
import { Type, type Static } from 'typebox'
import { conditionSchema } from '../../base/conditions/condition.ts'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'

export const SegmentKind = Type.Union([Type.Literal('condition'), Type.Literal('list')])

export const Size = Type.Object({
  count: Type.Integer(),
  computed_at: Instant,
  ms: Type.Integer(),
})

export const Segment = Type.Object({
  segment_id: Uuid,
  name: Type.String(),
  note: Type.String(),
  kind: SegmentKind,
  condition: Nullable(conditionSchema),
  version: Type.Integer(),
  created_at: Instant,
  updated_at: Instant,
  /** The newest count; null while none was made. */
  size: Nullable(Size),
})

/** A segment as its row with its newest size. */
export interface SegmentRow {
  segment_id: string
  name: string
  note: string
  kind: 'condition' | 'list'
  condition: { combinator: 'and' | 'or'; not?: boolean; rules: unknown[] } | null
  version: number
  created_at: Date
  updated_at: Date
  size: { count: number; computed_at: Date | string; ms: number } | null
}

export const nameLengthMax = 120
export const noteLengthMax = 2_000
/** A list kept by hand is made by people or by an export; larger audiences are conditions. */
export const listMembersMax = 100_000

export const NewSegment = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: nameLengthMax }),
    note: Type.Optional(Type.String({ maxLength: noteLengthMax })),
    condition: Type.Optional(conditionSchema),
    member_ids: Type.Optional(Type.Array(Uuid, { maxItems: listMembersMax })),
  },
  { additionalProperties: false },
)
export type NewSegment = Static<typeof NewSegment>

export const SegmentChange = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: nameLengthMax })),
    note: Type.Optional(Type.String({ maxLength: noteLengthMax })),
    condition: Type.Optional(conditionSchema),
  },
  { additionalProperties: false },
)
export type SegmentChange = Static<typeof SegmentChange>

/** A member as lists behind a number show them. */
export const Person = Type.Object({
  member_id: Uuid,
  display_name: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  email: Nullable(Type.String()),
  state: Nullable(Type.String()),
  order_count: Type.Integer(),
  net_minor: Type.Integer(),
  last_order_on: Nullable(Type.String()),
  joined_at: Nullable(Instant),
})
export type Person = Static<typeof Person>

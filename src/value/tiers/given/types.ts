/** What is given by name and not by orders: experience and invitations. */
import { Type, type Static } from 'typebox'
import { Day, Instant, Nullable, Uuid } from '../../../base/routes.ts'
import { Names, TierCode } from '../types.ts'

/** Experience wanted for a member: given (positive) or taken (negative). */
export interface XpGrant {
  member_id: string
  xp: number
  /** Who gives it, and its number there. */
  source: string
  source_id: string
  /** The number of what it takes back, of the same source; such a grant is negative. */
  takes_back?: string | undefined
  occurred_at: Date
  reason: string
}
export interface XpOutcome {
  index: number
  outcome: 'booked' | 'unchanged' | 'refused'
  code?: string
  params?: Record<string, unknown>
}

/** More in one grant is a mistake. */
const xp_max = 1_000_000_000
export const XpBody = Type.Object(
  {
    grants: Type.Array(
      Type.Object(
        {
          member_id: Uuid,
          xp: Type.Integer({ minimum: -xp_max, maximum: xp_max }),
          source: Type.String({ minLength: 1, maxLength: 60 }),
          source_id: Type.String({ minLength: 1, maxLength: 200 }),
          takes_back: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
          occurred_at: Type.Optional(Instant),
          reason: Type.String({ maxLength: 200 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 1_000 },
    ),
  },
  { additionalProperties: false },
)
export const XpByHand = Type.Object(
  {
    xp: Type.Integer({ minimum: -xp_max, maximum: xp_max, not: { const: 0 } }),
    reason: Type.String({ minLength: 1, maxLength: 200 }),
    /** Names this for ever; a new one unless said. */
    source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  { additionalProperties: false },
)
export const XpOutcomeShape = Type.Object({
  index: Type.Integer(),
  outcome: Type.Enum(['booked', 'unchanged', 'refused'] as const),
  code: Type.Optional(Type.String()),
  params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

/** An invitation wanted; `until_on` is the last day on which the tier is held by it. */
export interface InvitationWanted {
  member_id: string
  tier_code: string
  source: string
  source_id: string
  until_on?: string | null | undefined
  answer_by?: string | null | undefined
  note?: string | null | undefined
}
export const NewInvitation = Type.Object(
  {
    tier_code: TierCode,
    until_on: Type.Optional(Nullable(Day)),
    answer_by: Type.Optional(Nullable(Day)),
    note: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    source_id: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: false },
)
const invitationStates = ['open', 'accepted', 'declined', 'withdrawn'] as const
export const InvitationShape = Type.Object({
  member_id: Uuid,
  invitation_id: Uuid,
  tier_code: Type.String(),
  tier_names: Names,
  status: Type.Enum([...invitationStates]),
  source: Type.String(),
  source_id: Type.String(),
  answer_by: Nullable(Day),
  until_on: Nullable(Day),
  note: Nullable(Type.String()),
  invited_by: Type.String(),
  created_at: Instant,
  answered_at: Nullable(Instant),
})
export type TierInvitation = Omit<Static<typeof InvitationShape>, 'created_at' | 'answered_at'> & {
  created_at: Date
  answered_at: Date | null
}

/**
 * Glossary: *transfer* points that a member gives to another: they leave the lots that expire first and arrive as lots
 * with the same last days · *fee* what of them the program keeps.
 *
 * Errors: as outcomes of single inputs: `points.transfer_off`, `points.transfer_self`, `points.transfer_unknown`,
 * `points.transfer_below_minimum` ({minimum_points}), `points.transfer_limit` ({limit_points, left_points, period}),
 * and of the ledger `points.insufficient`, `points.source_reused`
 */
import { Type, type Static } from 'typebox'
import { Instant, Uuid } from '../../../base/routes.ts'
import { CalledOffShape } from '../../../base/versions.ts'
import { points_max } from '../earning/types.ts'

const strict = { additionalProperties: false }
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: points_max }))

export const TransferRule = Type.Object(
  {
    /** Off: nobody gives anything. */
    is_on: Type.Boolean(),
    minimum_points: Type.Integer({ minimum: 1, maximum: points_max }),
    /** What of the points the program keeps, in basis points, rounded up to whole points. */
    fee_bp: Type.Integer({ minimum: 0, maximum: 9_999 }),
    /** The most that one member may give away in a day or month of the program's zone. */
    limits: Type.Object({ day: Limit, month: Limit }, strict),
  },
  strict,
)
export type TransferRule = Static<typeof TransferRule>

export interface TransferRuleVersion {
  version: number
  effective_from: Date
  rule: TransferRule
}
export const TransferRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: TransferRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export const NewTransferRule = Type.Object(
  {
    rule: TransferRule,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
  },
  strict,
)

/** Points that a member gives to another; `source` and `source_id` name it once for ever for who gives. */
export interface Transfer {
  from: string
  to: string
  points: number
  source: string
  source_id: string
  note?: string | undefined
}

export interface TransferOutcome {
  index: number
  outcome: 'booked' | 'unchanged' | 'refused'
  transfer_id?: string
  /** What arrived. */
  received?: number
  code?: string
  params?: Record<string, unknown>
}

export const TransferBody = Type.Object(
  {
    to_member_id: Uuid,
    points: Type.Integer({ minimum: 1, maximum: points_max }),
    note: Type.Optional(Type.String({ maxLength: 200 })),
    /** Names this transfer for ever; a new one unless said. */
    source_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  strict,
)

/**
 * Glossary: *pool* a household or small circle of members who share what they may spend: points stay in each member's
 * own purse, and what one lacks at a purchase the others lend · *head* the member who invites to a pool and removes
 * from it · *mates* the other members of one's pool · *share* what one mate set aside for a purchase of another; *lent*
 * when the purchase happened, given back when a redemption is cancelled.
 *
 * Facts: `pool.joined`, `pool.left` with `{pool_id, …}`; `points.transferred` and `points.received` with `pool_id`.
 *
 * Errors: `pool.off` · `pool.not_found` (of no pool, or of another) · `pool.full` ({members_max}) · `pool.in_another` ·
 * `pool.not_head`; as outcomes of single inputs `points.insufficient` ({available, wanted}), `points.source_reused`
 */
import { Type, type Static } from 'typebox'
import { Instant, Uuid } from '../../../base/routes.ts'
import { CalledOffShape } from '../../../base/versions.ts'

const strict = { additionalProperties: false }
/** A household with grandparents; beyond it a circle is a club, and a look at all purses would be slow. */
const pool_members_max = 20

export const PoolRule = Type.Object(
  {
    /** Off: nobody borrows; pools stay as they are. */
    is_on: Type.Boolean(),
    members_max: Type.Integer({ minimum: 2, maximum: pool_members_max }),
    /** Who may spend what the others hold. */
    spenders: Type.Enum(['everyone', 'head']),
  },
  strict,
)
export type PoolRule = Static<typeof PoolRule>

export interface PoolRuleVersion {
  version: number
  effective_from: Date
  rule: PoolRule
}
export const PoolRuleShape = Type.Object({
  version: Type.Integer(),
  effective_from: Instant,
  rule: PoolRule,
  note: Type.String(),
  actor: Type.String(),
  created_at: Instant,
  in_force: Type.Boolean(),
  ...CalledOffShape,
})
export const NewPoolRule = Type.Object(
  {
    rule: PoolRule,
    note: Type.Optional(Type.String({ maxLength: 500 })),
    effective_from: Type.Optional(Instant),
  },
  strict,
)

export const PoolName = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' })

export const PoolShape = Type.Object({
  pool_id: Uuid,
  name: Type.String(),
  head_id: Uuid,
  created_at: Instant,
  /** What all together could spend now. */
  available: Type.Integer(),
  /** Those who are in it now, the head first, then who has been in it longest. */
  members: Type.Array(
    Type.Object({
      member_id: Uuid,
      display_name: Type.Union([Type.String(), Type.Null()]),
      number: Type.Integer(),
      joined_at: Instant,
      is_head: Type.Boolean(),
      available: Type.Integer(),
    }),
  ),
})
export interface Pool {
  pool_id: string
  name: string
  head_id: string
  created_at: Date
  available: number
  members: {
    member_id: string
    display_name: string | null
    number: number
    joined_at: Date
    is_head: boolean
    available: number
  }[]
}

/** What a member may spend with the others of the pool. */
export interface Pooled {
  /** In the mates' purses; 0 where nothing may be borrowed. */
  pooled: number
}

/** Points wanted for a purchase of one member, from the own purse first. Named like the spend they become. */
export interface ShareWant {
  member_id: string
  points: number
  source: string
  source_id: string
  expires_at: Date
}
export type ShareName = Pick<ShareWant, 'member_id' | 'source' | 'source_id'>

export interface ShareOutcome {
  index: number
  outcome: 'booked' | 'unchanged' | 'refused'
  /** From the own purse. */
  own: number
  /** From whom else. */
  lenders: { member_id: string; points: number }[]
  code?: string
  params?: Record<string, unknown>
}

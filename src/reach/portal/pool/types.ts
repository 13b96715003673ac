import { Type, type Static } from 'typebox'
import { Instant, Nullable, Uuid } from '../../../base/routes.ts'
import { PoolName, PoolRule } from '../../../value/points/types.ts'
import { OwnPassShape, type OwnPass } from '../types.ts'

const { members_max, spenders } = PoolRule.properties

export const OwnPoolShape = Type.Object({
  /** null: the program has no pools. */
  rule: Nullable(Type.Object({ members_max, spenders })),
  /** null: in none. */
  pool: Nullable(
    Type.Object({
      pool_id: Uuid,
      name: Type.String(),
      is_head: Type.Boolean(),
      /** What I could spend now of my own, and what the others could lend beside. */
      available: Type.Integer(),
      pooled: Type.Integer(),
      /** Of the head: the link that invites, while it is open. */
      invitation: Nullable(OwnPassShape),
      members: Type.Array(
        Type.Object({
          member_id: Uuid,
          display_name: Nullable(Type.String()),
          joined_at: Instant,
          is_head: Type.Boolean(),
          is_me: Type.Boolean(),
        }),
      ),
    }),
  ),
})

export interface OwnPool extends Pick<Static<typeof OwnPoolShape>, 'rule'> {
  pool: {
    pool_id: string
    name: string
    is_head: boolean
    available: number
    pooled: number
    invitation: OwnPass | null
    members: {
      member_id: string
      display_name: string | null
      joined_at: Date
      is_head: boolean
      is_me: boolean
    }[]
  } | null
}
export const PoolBody = Type.Object({ name: PoolName }, { additionalProperties: false })

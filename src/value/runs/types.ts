/**
 * Glossary: *run* one thing (a coupon, an offer) for each of many members, as a job with its progress · *audience* who
 * a segment means now.
 *
 * Errors: `run.not_found`
 */
import { Type, type Static } from 'typebox'
import { Instant, Nullable, Uuid } from '../../base/routes.ts'

export type RunKind = 'coupons' | 'offers'

/** To everybody in a segment, or to members named one by one. */
export interface Whom {
  segment_id?: string | undefined
  member_ids?: string[] | undefined
}

export const RunShape = Type.Object({
  run_id: Uuid,
  /** What is given: a coupon definition or an offer. */
  given_id: Uuid,
  status: Type.Enum(['waiting', 'running', 'done', 'failed']),
  members_total: Nullable(Type.Integer()),
  /** How many have theirs, and to how many it was refused. */
  given: Type.Integer(),
  refused: Type.Integer(),
  created_at: Instant,
  finished_at: Nullable(Instant),
})
export interface Run extends Omit<Static<typeof RunShape>, 'created_at' | 'finished_at'> {
  created_at: Date
  finished_at: Date | null
}

/** What an invitation makes of a member: pure, as rules.ts. */
import { addDays } from '../../base/time.ts'
import { code, explain, reviewAfter, start, windowOf, type Decision, type Held, type Situation } from './rules.ts'

/** An accepted invitation: held until its last day, or as long as the rule keeps any tier. */
export function decideInvitation(
  held: Held,
  accepted: { at: Date; day: string; rank: number; until_on: string | null; invitation_id: string },
  situation: Situation,
): Decision | null {
  const { law, version, sum } = situation
  const { at, day, rank, until_on, invitation_id } = accepted
  if (rank <= held.rank) return null
  const window = windowOf(version.rule, day)
  const to = code(law, rank)!
  const review_on = until_on === null ? reviewAfter(version.rule, day) : addDays(until_on, 1)
  const params = {
    tier: to,
    from: code(law, held.rank),
    progress: sum(window.from, window.to),
    threshold: version.rule.thresholds[to] ?? null,
    review_on,
  }
  return {
    held: { ...start, rank, since: at, review_on, invitation_id },
    kind: 'invited',
    occurred_at: at,
    why: explain('tier.invited', situation, params, window),
  }
}

/** What happens by itself: states that are due, by what states are decided, and lines of products that moved. */
import type { Jobs } from '../../base/jobs.ts'
import { recategoriseAfter } from './categories.ts'
import { adoptRhythm, recomputeAfter, reviewAssumed, reviewStates } from './states.ts'

/** Members in one transaction: about a second's work, so that a till never waits longer for one of them. */
const atOnce = 5_000

export const jobs: Jobs = {
  /** Ordered by products when a category changes: lines bought before follow, and so do statistics by category. */
  'products.moved': async (_payload, { db, actor, now, signal }) => {
    for (let after: string | null = null; !signal.aborted;) {
      const from: string | null = after
      after = await db.tx({ actor, now }, (tx) => recategoriseAfter(tx, from, atOnce))
      if (after === null) break
    }
  },
  'orders.review_states': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => reviewStates(tx, atOnce))) > 0) continue
  },
  /** Nightly, and at the end of an import. */
  'orders.refresh_usual': async (_payload, { db, actor, now, signal }) => {
    const adopted = await db.tx({ actor, now }, adoptRhythm)
    for (let after: string | null = null; adopted.are_new_limits && !signal.aborted;) {
      const from: string | null = after
      after = await db.tx({ actor, now }, (tx) => recomputeAfter(tx, from, atOnce))
      if (after === null) break
    }
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => reviewAssumed(tx, atOnce))) > 0) continue
  },
}

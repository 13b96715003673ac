import type { Jobs } from '../../base/jobs.ts'
import { addMs } from '../../base/time.ts'
import { followMerged } from './merging.ts'

/** A job that waited for a worker overnight still finds its merges. */
const looked_back_ms = 86_400_000

export const jobs: Jobs = {
  'members.follow_merged': async (_payload, { db, actor, now }) => {
    await db.tx({ actor, now }, (tx) => followMerged(tx, addMs(tx.now, -looked_back_ms)))
  },
}

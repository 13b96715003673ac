/** What happens to tiers by itself: reviews by day, previews and their application by request. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased } from '../../record/members/members.ts'
import { runBackfill } from './backfilling.ts'
import { forget } from './erasing.ts'
import { runApply, runPreview } from './previews.ts'
import { review, reviewedMax } from './tiers.ts'

/** A merge is heard by points, with the members' balances locked, and passed on. */
export const bound: BoundHearer[] = [
  { module: 'tiers', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

export const jobs: Jobs = {
  'tiers.review': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => review(tx))) === reviewedMax);
  },
  'tiers.backfill': (_payload, context) => runBackfill(context),
  'tiers.preview': (payload, context) => runPreview(String(payload['preview_id']), context),
  'tiers.apply': (payload, context) => runApply(String(payload['preview_id']), context),
}

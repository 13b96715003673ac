/** What happens to price protection by itself: prices fall, goods go back, members are merged. */
import type { BoundHearer } from '../../base/facts.ts'
import type { JobContext, Jobs } from '../../base/jobs.ts'
import { memberMerged, mergedPairs } from '../../record/members/members.ts'
import { followMerged } from './merging.ts'
import { affected, look, looked_at_once } from './protection.ts'
import { followRefunds } from './returning.ts'

export const bound: BoundHearer[] = [
  { module: 'protection', names: ['order.refunded'], hear: (tx, facts) => followRefunds(tx, facts) },
  { module: 'protection', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
]

/** Looks at everybody affected, some hundred members at a time; a killed one begins anew, which gives nothing twice. */
async function lookAtAll(_payload: unknown, { db, actor, now, signal }: JobContext): Promise<void> {
  const member_ids = await affected(db, now)
  for (let from = 0; from < member_ids.length && !signal.aborted; from += looked_at_once) {
    const some = member_ids.slice(from, from + looked_at_once)
    await db.tx({ actor, now, signal }, (tx) => look(tx, some))
  }
}

export const jobs: Jobs = {
  'protection.look': lookAtAll,
  // told by those whose prices move
  'products.repriced': lookAtAll,
  'prices.changed': lookAtAll,
}

/** What happens to cards by itself: orders stamp, days pass by clock work, members merge and are erased. */
import { knowing, type BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { endHolds, expireDue } from './cards.ts'
import { follow } from './following.ts'
import { stampLaws } from './law.ts'
import { followMerged, forget } from './merging.ts'

export const bound: BoundHearer[] = [
  knowing({
    module: 'cards',
    names: ['order.paid', 'order.refunded'],
    ahead: stampLaws,
    hear: follow,
  }),
  { module: 'cards', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'cards', names: [memberErased], hear: forget },
]

export const jobs: Jobs = {
  'cards.expire': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => expireDue(tx))) > 0);
  },
  'cards.free_holds': async (_payload, { db, actor, now }) => {
    await db.tx({ actor, now }, endHolds)
  },
}

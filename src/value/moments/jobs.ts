/** What moments do by themselves: follow what members do, give by the clock, follow and forget members. */
import { knowing, type BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { giveDue } from './clock.ts'
import { activeMoments, follow, heard } from './events.ts'
import { followMerged, forget } from './merging.ts'

export const bound: BoundHearer[] = [
  // last: an order's points and tier are booked before a gift for it is
  knowing({ module: 'moments', names: heard, is_last: true, ahead: activeMoments, hear: follow }),
  { module: 'moments', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'moments', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

export const jobs: Jobs = {
  'moments.give': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => giveDue(tx))));
  },
}

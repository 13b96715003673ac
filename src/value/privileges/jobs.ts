/** What happens to privileges by itself: they follow a merged member, and forget whom they named. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { followMerged, forgetNotes } from './merging.ts'

export const bound: BoundHearer[] = [
  { module: 'privileges', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'privileges', names: [memberErased], hear: (tx, facts) => forgetNotes(tx, facts) },
]

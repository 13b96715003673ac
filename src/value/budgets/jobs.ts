/** What budgets do by themselves: promises follow merged members. Entries name nobody, so erasing leaves them. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberMerged, mergedPairs } from '../../record/members/members.ts'
import { follow } from './merging.ts'

export const bound: BoundHearer[] = [
  { module: 'budgets', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
]

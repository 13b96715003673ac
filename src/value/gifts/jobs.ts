/** What gifts do by themselves: they follow merged members and forget erased ones. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { follow, forget } from './merging.ts'

export const bound: BoundHearer[] = [
  { module: 'gifts', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
  { module: 'gifts', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

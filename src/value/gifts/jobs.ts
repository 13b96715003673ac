/** What gifts do by themselves: reward full cards, go back with their orders, follow and forget members. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { rewardFilled } from './for-cards.ts'
import { follow, forget } from './merging.ts'
import { followRefunds } from './taking-back.ts'

export const bound: BoundHearer[] = [
  { module: 'gifts', names: ['card.filled'], hear: (tx, facts) => rewardFilled(tx, facts) },
  { module: 'gifts', names: ['order.refunded'], hear: (tx, facts) => followRefunds(tx, facts) },
  { module: 'gifts', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
  { module: 'gifts', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

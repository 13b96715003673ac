/** What gifts do by themselves: reward full cards and paid plans, go back with orders, follow and forget members. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { follow, forget } from './merging.ts'
import { followPlanRefunds, rewardFilled, rewardPaid } from './promised.ts'
import { followRefunds } from './taking-back.ts'

export const bound: BoundHearer[] = [
  { module: 'gifts', names: ['card.filled'], hear: (tx, facts) => rewardFilled(tx, facts) },
  { module: 'gifts', names: ['plan.started', 'plan.renewed'], hear: (tx, facts) => rewardPaid(tx, facts) },
  { module: 'gifts', names: ['plan.cancelled', 'plan.refunded'], hear: (tx, facts) => followPlanRefunds(tx, facts) },
  { module: 'gifts', names: ['order.refunded'], hear: (tx, facts) => followRefunds(tx, facts) },
  { module: 'gifts', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
  { module: 'gifts', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

/** What the till hears of: refunds of what was paid with points or coupons, and merged members. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberMerged, mergedPairs } from '../../record/members/members.ts'
import { follow } from './merging.ts'
import { giveBack } from './returning.ts'

export const bound: BoundHearer[] = [
  { module: 'counter', names: ['order.refunded'], hear: (tx, facts) => giveBack(tx, facts) },
  { module: 'counter', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
]

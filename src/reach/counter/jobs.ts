/** What the till hears of: refunds of what was paid with points or coupons, merged and erased members, receipts. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { later as alarms } from './clerks/alarms.ts'
import { follow, forget } from './merging.ts'
import { giveBack } from './returning.ts'

export const bound: BoundHearer[] = [
  { module: 'counter', names: ['order.refunded'], hear: (tx, facts) => giveBack(tx, facts) },
  { module: 'counter', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
  { module: 'counter', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

export const later = [alarms]

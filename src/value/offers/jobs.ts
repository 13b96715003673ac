/** What happens to offers by itself: orders are followed inside their own transaction, merges and erasures too. */
import type { BoundHearer } from '../../base/facts.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { follow } from './following.ts'
import { followMerged, forgetSources } from './merging.ts'

export const bound: BoundHearer[] = [
  {
    module: 'offers',
    names: ['order.paid', 'order.refunded'],
    hear: (tx, facts) =>
      follow(
        tx,
        facts.map(({ member_id, data }) => ({ member_id, order_id: data['order_id'] as string | null })),
      ),
  },
  { module: 'offers', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'offers', names: [memberErased], hear: (tx, facts) => forgetSources(tx, facts) },
]

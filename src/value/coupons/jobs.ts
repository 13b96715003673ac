/** What happens to coupons by itself. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { expired_at_once, expireDue } from './coupons.ts'
import { endErased, follow } from './merging.ts'
import { work } from './runs.ts'
import { expireHolds, giveBackOrders, lapsed_at_once } from './uses.ts'

export const bound: BoundHearer[] = [
  {
    module: 'coupons',
    names: ['order.cancelled'],
    hear: (tx, facts) =>
      giveBackOrders(
        tx,
        facts.map(({ member_id, data }) => ({ member_id, order_id: String(data['order_id']) })),
      ),
  },
  { module: 'coupons', names: [memberMerged], hear: (tx, facts) => follow(tx, mergedPairs(facts)) },
  { module: 'coupons', names: [memberErased], hear: (tx, facts) => endErased(tx, facts) },
]

export const jobs: Jobs = {
  'coupons.expire': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => expireDue(tx))) === expired_at_once);
  },
  'coupons.free_holds': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => expireHolds(tx))) === lapsed_at_once);
  },
  'coupons.run': (payload, context) => work(String(payload['run_id']), context),
}

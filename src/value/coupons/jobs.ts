/** What happens to coupons by itself. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { expired_at_once, expireDue, issue } from './coupons.ts'
import { endErased, follow } from './merging.ts'
import * as runs from '../runs/runs.ts'
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

/** A run's coupons bear its name: the same run again changes nothing. */
const giveTo: runs.GiveTo = async (tx, { run_id, given_id }, member_ids) => {
  const outcomes = await issue(
    tx,
    member_ids.map((member_id) => ({
      member_id,
      coupon_definition_id: given_id,
      source: 'run',
      source_id: run_id,
    })),
  )
  return outcomes.filter(({ outcome }) => outcome === 'refused').length
}

export const jobs: Jobs = {
  'coupons.expire': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => expireDue(tx))) === expired_at_once);
  },
  'coupons.free_holds': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => expireHolds(tx))) === lapsed_at_once);
  },
  'coupons.run': (payload, context) => runs.work(String(payload['run_id']), giveTo, context),
}

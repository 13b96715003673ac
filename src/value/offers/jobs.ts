/** What happens to offers by itself: orders are followed inside their own transaction, merges and erasures too. */
import { knowing, type BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { derive, touchedBy } from './following.ts'
import * as runs from '../runs/runs.ts'
import { issue } from './issuing.ts'
import { followMerged, forgetSources } from './merging.ts'

export const bound: BoundHearer[] = [
  knowing({
    module: 'offers',
    names: ['order.paid', 'order.refunded'],
    ahead: touchedBy,
    hear: (tx, _facts, issues) => derive(tx, issues),
  }),
  { module: 'offers', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'offers', names: [memberErased], hear: (tx, facts) => forgetSources(tx, facts) },
]

/** A run's issues bear its name: the same run again changes nothing. */
const giveTo: runs.GiveTo = async (tx, { run_id, given_id }, member_ids) => {
  const outcomes = await issue(
    tx,
    member_ids.map((member_id) => ({ member_id, offer_id: given_id, source: 'run', source_id: run_id })),
  )
  return outcomes.filter(({ outcome }) => outcome === 'refused').length
}

export const jobs: Jobs = {
  'offers.run': (payload, context) => runs.work(String(payload['run_id']), giveTo, context),
}

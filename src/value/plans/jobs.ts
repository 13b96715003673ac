/** What happens to plans by itself: they fall due and end by the clock, agreements follow orders and are settled. */
import { knowing, type BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { unlessEmpty } from '../../base/kept.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { count, openOf, settleDue, settled_at_once } from './agreements/agreements.ts'
import { followMerged, forget } from './merging.ts'
import { turn, turned_at_once } from './subscribing.ts'

export const bound: BoundHearer[] = [
  knowing({
    module: 'plans',
    names: ['order.paid', 'order.refunded'],
    ahead: (tx, facts) =>
      unlessEmpty(tx, 'plan_agreements', () =>
        openOf(
          tx,
          facts.map((fact) => fact.member_id),
        ),
      ),
    hear: async (tx, _facts, open) => void (await count(tx, open)),
  }),
  { module: 'plans', names: [memberMerged], hear: (tx, facts) => followMerged(tx, mergedPairs(facts)) },
  { module: 'plans', names: [memberErased], hear: (tx, facts) => forget(tx, facts) },
]

export const jobs: Jobs = {
  'plans.turn': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => turn(tx))) === turned_at_once);
  },
  'plans.settle': async (_payload, { db, actor, now, signal }) => {
    while (!signal.aborted && (await db.tx({ actor, now }, (tx) => settleDue(tx))) === settled_at_once);
  },
}

/** What the clock does by itself every night (app/schedule.ts), done at once for a moment of the demo's own time. */
import { systemActor } from '../../base/actor.ts'
import type { Db, Tx } from '../../base/db.ts'
import * as orders from '../../record/orders/orders.ts'
import * as moments from '../../value/moments/moments.ts'
import * as points from '../../value/points/points.ts'
import * as tiers from '../../value/tiers/tiers.ts'

/** Members dealt with in one transaction. */
const atOnce = 20_000
const actor = systemActor('demo')

const work: ((tx: Tx, limit: number) => Promise<number>)[] = [
  orders.reviewStates,
  points.activateDue,
  points.expireDue,
  tiers.review,
]

/** States, activations, expiry and tier reviews that are due at `now`, then gifts of the calendar. */
export async function nightly(db: Db, now: Date): Promise<void> {
  for (const verb of work) {
    while ((await db.tx({ actor, now }, (tx) => verb(tx, atOnce))) >= atOnce) continue
  }
  while (await db.tx({ actor, now }, (tx) => moments.giveDue(tx))) continue
}

/** What waits for the manager of a store in the demo: a receipt given later, one taken by a wrong clock, an alarm. */
import type { Tx } from '../../base/db.ts'
import { addDays, addMs, dayOf } from '../../base/time.ts'
import { takeOffline } from '../../reach/counter/clerks/offline.ts'
import { addReceipt } from '../../reach/counter/clerks/receipts.ts'
import * as counter from '../../reach/counter/counter.ts'
import * as portal from '../../reach/portal/portal.ts'
import * as members from '../../record/members/members.ts'
import * as program from '../../record/program/program.ts'
import * as stores from '../../record/stores/stores.ts'

/** A tablet whose clock was set by hand. */
const clock_ahead_ms = 3 * 3_600_000

/** One card, one till, so many receipts at once: from four within an hour on it is an alarm. */
const suspicious = [65, 130, 70, 195]

export async function makeTill(tx: Tx): Promise<void> {
  const [one, other, often] = await members.idsByExternal(tx, 'demo', ['M3', 'M4', 'M7'])
  const store = (await stores.all(tx)).find(({ kind }) => kind === 'shop')
  if (!one || !other || !often || !store) return
  const clerk = { actor: tx.actor, manages: true }
  const { time_zone } = await program.current(tx)
  const late = { store: store.code, number: 'P-1024', amount_minor: 260, member_id: one, reason: '忘了帶手機' }
  const bought_on = addDays(dayOf(tx.now, time_zone), -1)
  await addReceipt(tx, { ...late, bought_on }, { clerk, approval: undefined })
  const source = `till-${store.code}-2`
  await takeOffline(
    tx,
    {
      device: 'K7QX',
      stretch: 'OFF-001',
      said_at: addMs(tx.now, clock_ahead_ms - 1_800_000).toISOString(),
      device_now: addMs(tx.now, clock_ahead_ms).toISOString(),
      sale: {
        source,
        source_id: 'OFF-001',
        store: store.code,
        member: { member_id: other },
        lines: [{ quantity: 1, gross_minor: 130 }],
      },
    },
    { actor: tx.actor, proves: portal.proves },
  )
  await counter.sell(
    tx,
    suspicious.map((gross_minor, i) => ({
      source: `till-${store.code}-1`,
      source_id: `A-${2_001 + i}`,
      store: store.code,
      member: { member_id: often },
      lines: [{ quantity: 1, gross_minor }],
    })),
  )
}

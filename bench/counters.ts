import { systemActor } from '../src/base/actor.ts'
import * as orders from '../src/record/orders/orders.ts'
import { atMost, openBenchDatabase, type Bench } from './bench.ts'
import { serveAll } from './clerks.ts'
import { inputOf, upsertPeople } from './members.ts'
import { known, openTill, range } from './order.ts'
import { orderOf } from './orders.ts'

const memberCount = 1_000_000
/** Of the last year, of those who come: what is usual and when they came last is read from these. */
const orderCount = 60_000
const regulars = 10_000
const counters = 100
const receipts_per_second = 5
/** A minute and a half, of which the first twenty seconds are not counted. */
const receipts = 450
/** What a receipt may take, 99 of 100. */
const receiptMsMax = 50
/** What finding and opening a member may take together: the clerk reads within a second of the last digit. */
const lookUpMsMax = 200

/** A hundred counters at once among a million members: find, open, quote, ring up; against the time that is given. */
export const bench: Bench = {
  name: 'counters',
  async run(tell) {
    const { db, folder, close } = await openBenchDatabase()
    try {
      const seconds = await upsertPeople(db, memberCount)
      tell(`${memberCount} members in ${Math.round(seconds)} s`)
      for (let from = 0; from < orderCount; from += 2_000) {
        const at = db.now()
        await db.tx({ actor: systemActor('bench') }, (tx) =>
          orders.receive(
            tx,
            range(2_000).map((i) => orderOf(from + i, regulars, 'history', at)),
          ),
        )
      }
      await known(db)
      const till = await openTill({ db, folder })
      const phones = range(receipts).map((n) => inputOf((n * 7919) % regulars).phone!)
      const took = await serveAll({ port: till.port, token: till.token, phones, counters, receipts_per_second })
      await till.close()
      const lookUp = took.find_ms + took.open_ms
      const measured = atMost(
        1,
        took.sell_ms,
        receiptMsMax,
        'ms',
        `99 of 100 receipts of ${counters} counters at ${receipts_per_second} a second in all, among ${memberCount} ` +
          `members, against the time given; finding a member by phone ${took.find_ms.toFixed(1)} ms and opening ` +
          `${took.open_ms.toFixed(1)} ms (${lookUpMsMax} together), quotes ${took.quote_ms.toFixed(1)} ms`,
      )
      return { ...measured, ok: measured.ok && lookUp <= lookUpMsMax }
    } finally {
      await close()
    }
  },
}

import { systemActor } from '../src/base/actor.ts'
import { sql } from '../src/base/sql.ts'
import * as points from '../src/value/points/points.ts'
import { atLeast, openBenchDatabase, type Bench } from './bench.ts'
import { checkOut } from './checkouts.ts'
import { bare, fill, openTill } from './order.ts'
import { callers } from './tills.ts'

const memberCount = 20_000
const purchases = 4_000
/** A till's server has been running for a while: before some thousand calls its code is still being compiled. */
const warmPurchases = 1_500
/** More than one member spends in all of the bench. */
const opening_points = 1_000

/**
 * Commits a second: the order with lines, statistics, points earned and spent, tier and facts, durable; against bare
 * ledger transactions. The times of single calls are told beside it.
 */
export const bench: Bench = {
  name: 'till',
  async run(tell) {
    const { db, close } = await openBenchDatabase()
    try {
      await fill(db, memberCount)
      const members = (
        await db.rows<{ member_id: string }>(sql`select member_id from members where kind = 'member'`)
      ).map((row) => row.member_id)
      await db.tx({ actor: systemActor('bench') }, (tx) =>
        points.openLots(
          tx,
          members.map((member_id) => ({
            member_id,
            points: opening_points,
            earned_at: tx.now,
            expires_on: null,
            source: 'bench',
            source_id: member_id,
          })),
        ),
      )
      await db.run(sql`analyze`)
      const limit = 12_000 / (await bare(db))
      tell(`five bare statements a transaction, ${callers} at once: ${Math.round(limit)}/s`)
      const till = await openTill(db)
      const tills = { port: till.port, token: till.token, members }
      await checkOut({ ...tills, count: warmPurchases, source: 'warm' })
      const took = await checkOut({ ...tills, count: purchases, source: 'bench' })
      await till.close()
      for (const [name, { seconds, p99_ms }] of Object.entries(took))
        tell(`${name}: ${Math.round(purchases / seconds)}/s, 99 of 100 within ${p99_ms.toFixed(1)} ms`)
      return atLeast(
        0.1,
        purchases / took.commit.seconds,
        limit,
        'commits/s',
        `held purchases committed over HTTP by ${callers} tills, each an order that points helped to pay, against ` +
          `five bare statements each by as many; 99 of 100 quotes within ${took.quote.p99_ms.toFixed(1)} ms, ` +
          `commits within ${took.commit.p99_ms.toFixed(1)} ms`,
      )
    } finally {
      await close()
    }
  },
}

/**
 * The demo brand on a database of its own, with a real mail server to send to. Its members answer messages with a
 * known probability, so that what a campaign says it caused can be held against the truth.
 */
import { advance, type Advanced } from '../../src/app/demo/advance.ts'
import { makeDemo } from '../../src/app/demo/make.ts'
import { placeThroughApi } from '../../src/app/demo/place.ts'
import { bound } from '../../src/app/hearers.ts'
import { systemActor } from '../../src/base/actor.ts'
import { openDb, type Db } from '../../src/base/db.ts'
import { createLog } from '../../src/base/log.ts'
import * as staff from '../../src/record/staff/staff.ts'
import { createTestDatabase } from '../database.ts'
import { openMailSink, type MailSink } from '../mail.ts'

export const log = createLog({ level: 'silent' })

export interface DemoBrand {
  db: Db
  /** Every letter sent by SMTP arrives here. */
  sink: MailSink
  /** The token of an API key that may do everything. */
  key(): Promise<string>
  /** The brand's clock moves by days; each delivered message causes one more purchase with probability `response`. */
  live(days: number, response: number): Promise<Advanced>
  close(): Promise<void>
}

/** Makes the brand with one year of history; the same seed makes the same brand. */
export async function openDemoBrand(given: { members: number; seed: number }): Promise<DemoBrand> {
  const database = await createTestDatabase()
  const db = openDb(database.url, { bound })
  await makeDemo(db, { ...given, years: 1, tell: () => undefined })
  const sink = await openMailSink()
  return {
    db,
    sink,
    async key() {
      const { token } = await db.tx({ actor: systemActor('story') }, (tx) =>
        staff.createKey(tx, { name: 'story', scopes: staff.permissions, may: new Set(['*']) }),
      )
      return token
    },
    async live(days, response) {
      const till = await placeThroughApi(db, log)
      try {
        return await advance(db, { days, response, place: till.place })
      } finally {
        await till.close()
      }
    },
    async close() {
      await sink.close()
      await db.close()
      await database.drop()
    },
  }
}

export interface Interval {
  low: number
  high: number
}

/** Half an interval is 1.96 standard errors; four of them are missed once in sixteen thousand runs. */
export function fourErrors(interval: Interval): number {
  return ((interval.high - interval.low) / 2 / 1.96) * 4
}

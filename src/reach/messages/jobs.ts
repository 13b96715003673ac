/** What happens by itself: tests are sent, waves that stand still are told, erased members leave nothing behind. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { gauge } from '../../base/metrics.ts'
import { sql } from '../../base/sql.ts'
import { memberErased, memberMerged, mergedPairs } from '../../record/members/members.ts'
import { follow } from './merging.ts'
import { stuckSends } from './queries.ts'
import { sendTest } from './tests.ts'
import type { Channel } from './types.ts'

/** A batch that is due waits for a worker's second look at most; ten minutes are a standstill. */
const stuckMinutes = 10

const stuck = gauge(
  'messages_stuck_sends',
  'Waves whose due messages have not moved for ten minutes, for no known reason',
)

/** Jobs need the channels; `app` knows them. `messages.watch` belongs into the schedule, every five minutes. */
export function jobsWith(channels: readonly Channel[]): Jobs {
  return {
    'messages.send_test': (payload, { db }) => sendTest(db, channels, String(payload['test_id'])),
    'messages.watch': async (_payload, { db, now, log }) => {
      const found = await stuckSends(db, now, stuckMinutes)
      stuck.set(found.length)
      if (found.length > 0) log.warn({ sends: found }, 'messages are due and nobody sends them: is a worker running?')
    },
  }
}

/** Personal side rows go with the member; that a message was sent stays, without address and words. */
export const bound: BoundHearer[] = [
  {
    module: 'messages',
    names: [memberMerged],
    hear: (tx, facts) => follow(tx, mergedPairs(facts)),
  },
  {
    module: 'messages',
    names: [memberErased],
    async hear(tx, facts) {
      const member_ids = facts.map((fact) => fact.member_id)
      await tx.run(sql`delete from message_bodies where member_id = any (${member_ids}::uuid[])`)
      await tx.run(sql`delete from message_tests where member_id = any (${member_ids}::uuid[])`)
      await tx.run(sql`
      update message_touches set user_agent = null
      where member_id = any (${member_ids}::uuid[]) and user_agent is not null`)
      // what servers answer often repeats the address
      await tx.run(sql`
      update message_receipts set detail = null where member_id = any (${member_ids}::uuid[]) and detail is not null`)
    },
  },
]

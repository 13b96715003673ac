/** What the portal does by itself: sends codes, forgets what is over, follows merged and erased members. */
import type { BoundHearer } from '../../base/facts.ts'
import type { Jobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { addMs, dayMs } from '../../base/time.ts'
import {
  memberErased,
  memberMerged,
  mergedPairs,
  pairSql,
  sweepMemberSignIns,
  type ErasedContext,
} from '../../record/members/members.ts'
import type { Channel } from '../messages/types.ts'
import { sendLetter } from './letters.ts'
import { endPasses, movePasses } from './passing.ts'
import type { Language } from './types.ts'

/** Codes in letters are over after ten minutes; an hour leaves time to look what went wrong. */
const letters_kept_ms = 3_600_000
/** A season: who photographs codes does it more than once. */
const shown_kept_days = 90

/** Jobs need the channels; `app` knows them. */
export function jobsWith(channels: readonly Channel[]): Jobs {
  return {
    'portal.send_code': (payload, { db }) =>
      sendLetter(db, channels, { code_id: String(payload['code_id']), language: payload['language'] as Language }),
    'portal.sweep': async (_payload, { db, actor, now }) => {
      await db.tx({ actor, now }, async (tx) => {
        await sweepMemberSignIns(tx)
        await tx.run(sql`
          delete from portal_letters where created_at <= ${addMs(tx.now, -letters_kept_ms)}::timestamptz`)
        await tx.run(sql`
          delete from portal_shown_codes
          where shown_at <= ${addMs(tx.now, -shown_kept_days * dayMs)}::timestamptz`)
      })
    },
  }
}

export const bound: BoundHearer[] = [
  {
    module: 'portal',
    names: [memberMerged],
    hear: async (tx, facts) => {
      await movePasses(tx, mergedPairs(facts))
      // a half minute in which both showed a card: one row of them is enough, with the attempts of both
      await tx.run(sql`
        with ${pairSql(mergedPairs(facts))},
        gone as (
          delete from portal_shown_codes s using pair where s.member_id = pair.merged
          returning pair.keep, s.step, s.scan_id, s.shown_at, s.actor, s.replays, s.replayed_at
        )
        insert into portal_shown_codes as held (member_id, step, scan_id, shown_at, actor, replays, replayed_at)
        select distinct on (keep, step) keep, step, scan_id, shown_at, actor, replays, replayed_at from gone
        order by keep, step, shown_at
        on conflict (member_id, step) do update set replays = held.replays + excluded.replays,
          replayed_at = greatest(held.replayed_at, excluded.replayed_at)`)
    },
  },
  {
    module: 'portal',
    names: [memberErased],
    hear: async (tx, facts) => {
      await endPasses(
        tx,
        facts.map((fact) => fact.member_id),
      )
      const texts = facts.flatMap(({ context }) => (context as ErasedContext | undefined)?.texts ?? [])
      await tx.run(sql`delete from portal_letters where address = any (${[...new Set(texts)]}::text[])`)
    },
  },
]

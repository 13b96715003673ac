/** What passes hear: points and tiers that changed, merged and erased members. */
import type { BoundHearer } from '../../base/facts.ts'
import type { LaterHearer } from '../../base/feed.ts'
import type { Jobs } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import { memberErased, memberMerged, mergedPairs, moveRows, pairSql } from '../../record/members/members.ts'
import { mark, tell } from './telling.ts'
import type { WalletChannels } from './types.ts'

/** The ways out; `app` knows them. */
export function jobsWith(channels: WalletChannels): Jobs {
  return {
    'passes.tell': async (_payload, { db, actor, now }) => {
      await tell(db, channels, { actor, now })
    },
  }
}

const changes = ['earned', 'reversed', 'activated', 'spent', 'restored', 'expired', 'adjusted']

export const later: LaterHearer[] = [
  {
    name: 'passes',
    names: [...changes.map((change) => `points.${change}`), 'tier.reached', 'tier.lost', 'member.updated'],
    hear: async (tx, facts) => {
      await mark(
        tx,
        facts.map(({ member_id }) => member_id),
      )
    },
  },
]

export const bound: BoundHearer[] = [
  {
    module: 'passes',
    names: [memberMerged],
    hear: async (tx, facts) => {
      const pairs = mergedPairs(facts)
      // phones keep the pass they have: it shows the kept member's card from now on
      await moveRows(tx, pairs, [{ table: 'wallet_passes' }, { table: 'wallet_devices' }])
      await tx.run(sql`
        with ${pairSql(pairs)}
        update wallet_serials s set member_id = pair.keep from pair where s.member_id = pair.merged`)
      await mark(
        tx,
        pairs.map(({ keep }) => keep),
      )
    },
  },
  {
    module: 'passes',
    names: [memberErased],
    hear: async (tx, facts) => {
      const ids = facts.map(({ member_id }) => member_id)
      await tx.run(sql`
        with devices as (delete from wallet_devices where member_id = any (${ids}::uuid[])),
        serials as (delete from wallet_serials where member_id = any (${ids}::uuid[]))
        delete from wallet_passes where member_id = any (${ids}::uuid[])`)
    },
  },
]

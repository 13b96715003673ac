import { systemActor } from '../../base/actor.ts'
import { coerceError } from '../../base/errors.ts'
import type { Jobs } from '../../base/jobs.ts'
import { due, finish, launch } from './campaigns.ts'

/** Jobs need the address that links in messages start with; `app` knows it. */
export function jobsWith(base_url: () => string): Jobs {
  return {
    'campaigns.launch': async (_payload, { db, now, log }) => {
      for (const campaign_id of await due(db, now)) {
        await db
          .tx({ actor: systemActor('campaigns.launch'), now }, (tx) => launch(tx, campaign_id, base_url()))
          .catch((thrown: unknown) => log.error({ err: coerceError(thrown), campaign_id }, 'campaign not launched'))
      }
    },
    'campaigns.finish': async (_payload, { db }) => {
      await db.tx({ actor: systemActor('campaigns.finish') }, finish)
    },
  }
}

import { systemActor } from '../../base/actor.ts'
import { coerceError } from '../../base/errors.ts'
import type { Jobs } from '../../base/jobs.ts'
import { list, measure } from './segments.ts'

export const jobs: Jobs = {
  /**
   * Every night: how large each segment is, so that its page can show how it went. One that fails does not stop
   * the others.
   */
  'segments.measure': async (_payload, { db, signal, log }) => {
    for (const segment of await list(db)) {
      if (signal.aborted) return
      await db
        .tx({ actor: systemActor('segments.measure'), signal }, (tx) => measure(tx, segment.segment_id))
        .catch((thrown: unknown) =>
          log.error({ err: coerceError(thrown), segment_id: segment.segment_id }, 'segment not measured'),
        )
    }
  },
}

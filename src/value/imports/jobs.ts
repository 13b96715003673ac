/** What happens to imports by themselves: runs are worked on, orphans found again, old files let go. */
import type { Jobs } from '../../base/jobs.ts'
import { addMs } from '../../base/time.ts'
import { forget, one, removeUpload, stale_ms } from './imports.ts'
import { orphans } from './queries.ts'
import { check, run } from './running.ts'

export const jobs: Jobs = {
  'imports.run': async (payload, { db, signal, actor, log }) => {
    const import_id = String(payload['import_id'])
    const { status, actor: by } = await one(db, import_id)
    const options = { actor: { ...actor, name: `import for ${by}` }, signal }
    try {
      if (status === 'running') await run(db, import_id, options)
      else if (status === 'checking') await check(db, import_id, options)
    } catch (thrown) {
      log.error({ err: thrown, import_id }, 'import')
      throw thrown
    }
  },
  // a process that was killed takes its job along: whoever is there goes on with the import
  'imports.watch': async (_payload, { db, signal, actor, log }) => {
    for (const { import_id, status } of await orphans(db, addMs(db.now(), -stale_ms))) {
      if (signal.aborted) return
      log.info({ import_id }, 'import goes on')
      const go = status === 'running' ? run : check
      await go(db, import_id, { actor, signal }).catch((error: unknown) =>
        log.warn({ err: error, import_id }, 'import'),
      )
    }
  },
  'imports.forget': async (_payload, { db, actor }) => {
    for (const file of await db.tx({ actor }, forget)) await removeUpload(file)
  },
}

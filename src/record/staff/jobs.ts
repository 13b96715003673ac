/** Clock work: forget sessions, links and failures that are over. */
import type { Jobs } from '../../base/jobs.ts'
import { sweepSignIns } from './staff.ts'

export const jobs: Jobs = {
  'sign_ins.sweep': async (_payload, { db, actor, now }) => {
    await db.tx({ actor, now }, (tx) => sweepSignIns(tx))
  },
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { systemActor } from './actor.ts'
import { openDb, type Db } from './db.ts'
import { addJobs, startWorker, type Jobs } from './jobs.ts'
import { createLog } from './log.ts'
import { sql } from './sql.ts'

const actor = systemActor('test')
const log = createLog({ level: 'silent' })

describe('jobs', () => {
  let db: Db
  let drop: () => Promise<void>

  beforeAll(async () => {
    const database = await createTestDatabase()
    drop = () => database.drop()
    db = openDb(database.url)
  })
  afterAll(async () => {
    await db.close()
    await drop()
  })

  /** Runs a worker until every wanted job has called back. */
  async function workUntil(jobs: (done: () => void) => Jobs): Promise<void> {
    let done: () => void = () => undefined
    const finished = new Promise<void>((resolve) => (done = resolve))
    const worker = await startWorker(db, { jobs: jobs(() => done()), clockwork: [], zone: async () => 'UTC', log })
    await finished
    await worker.stop()
  }
  const waiting = async () =>
    (await db.row<{ n: number }>(sql`select count(*)::int as n from graphile_worker.jobs`))!.n

  it('start after the commit that wanted them, and never after a rollback', async () => {
    await db.tx({ actor, rollback: true }, (tx) => addJobs(tx, [{ name: 'test.never' }]))
    expect(await waiting()).toBe(0)
    await db.tx({ actor }, (tx) => addJobs(tx, [{ name: 'test.once', payload: { n: 7 } }]))
    const ran: unknown[] = []
    await workUntil((done) => ({
      'test.once': async (payload) => {
        ran.push(payload)
        done()
      },
      'test.never': async () => void ran.push('never'),
    }))
    expect(ran).toEqual([{ n: 7 }])
    expect(await waiting()).toBe(0)
  })

  it('with one key are queued once', async () => {
    await db.tx({ actor }, (tx) => addJobs(tx, [{ name: 'test.keyed', key: 'k', payload: { n: 1 } }]))
    await db.tx({ actor }, (tx) => addJobs(tx, [{ name: 'test.keyed', key: 'k', payload: { n: 2 } }]))
    expect(await waiting()).toBe(1)
    const ran: unknown[] = []
    await workUntil((done) => ({
      'test.keyed': async (payload) => {
        ran.push(payload)
        done()
      },
    }))
    expect(ran).toEqual([{ n: 2 }])
  })

  it('are told to end when the process stops, and are kept when they fail', async () => {
    await db.tx({ actor }, (tx) => addJobs(tx, [{ name: 'test.long' }]))
    let begun: () => void = () => undefined
    const started = new Promise<void>((resolve) => (begun = resolve))
    const jobs: Jobs = {
      'test.long': (_payload, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')))
          begun()
        }),
    }
    const worker = await startWorker(db, { jobs, clockwork: [], zone: async () => 'UTC', log })
    await started
    await worker.stop()
    expect(await waiting()).toBe(1)
  })
})

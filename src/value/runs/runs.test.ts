import { afterAll, expect, test } from 'vitest'
import { addMembers } from '../../../test/books.ts'
import { openWorld } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import type { JobContext } from '../../base/jobs.ts'
import { sql } from '../../base/sql.ts'
import * as members from '../../record/members/members.ts'
import * as runs from './runs.ts'

const world = await openWorld()
afterAll(() => world.close())
const given_id = '019aa7a0-0000-7000-8000-000000000000'
const context = (signal: AbortSignal = new AbortController().signal) =>
  ({ db: world.db, actor: systemActor('test'), signal }) as JobContext
const start = (member_ids: string[]) => world.tx((tx) => runs.startRun(tx, 'offers', given_id, { member_ids }))

test('each member is given theirs once, however often the job is cut off and begins again', async () => {
  const people = await world.tx((tx) => addMembers(tx, 5))
  const { run_id, members_total } = await start([...people, people[0]!])
  expect(members_total).toBe(5)
  const got: string[] = []
  const failing: runs.GiveTo = () => Promise.reject(new Error('cut off'))
  await expect(runs.work(run_id, failing, context())).rejects.toThrow('cut off')
  expect(await runs.runOf(world.db, 'offers', run_id)).toMatchObject({ status: 'failed', given: 0 })
  await runs.work(run_id, () => Promise.resolve(0), context(AbortSignal.abort()))
  const giving: runs.GiveTo = (_tx, run, ids) => {
    expect(run).toEqual({ run_id, given_id })
    got.push(...ids)
    return Promise.resolve(1)
  }
  for (let nth = 0; nth < 2; nth += 1) await runs.work(run_id, giving, context())
  expect(got.sort()).toEqual([...people].sort())
  expect(await runs.runOf(world.db, 'offers', run_id)).toMatchObject({ status: 'done', given: 4, refused: 1 })
  await expect(runs.runOf(world.db, 'coupons', run_id)).rejects.toMatchObject({ code: 'run.not_found' })
})

test('who is merged while waiting is given theirs as the kept one, once', async () => {
  const [keep, merge, other] = (await world.tx((tx) => addMembers(tx, 3))) as [string, string, string]
  const both = await start([keep, merge, other])
  const one = await start([merge])
  await world.tx((tx) => members.merge(tx, [{ keep, merge }]))
  const waiting = (run_id: string) =>
    world.db.rows<{ member_id: string }>(sql`
      select member_id from member_run_members where run_id = ${run_id}::uuid order by member_id`)
  expect((await waiting(both.run_id)).map((row) => row.member_id)).toEqual([keep, other].sort())
  expect((await waiting(one.run_id)).map((row) => row.member_id)).toEqual([keep])
})

test('a run is for a segment or for members named, not for both and not for nobody', async () => {
  const whom = [{}, { segment_id: given_id, member_ids: [given_id] }]
  for (const one of whom)
    await expect(world.tx((tx) => runs.startRun(tx, 'offers', given_id, one))).rejects.toMatchObject({
      code: 'request.invalid',
    })
})

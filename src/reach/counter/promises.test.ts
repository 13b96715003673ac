import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { systemActor } from '../../base/actor.ts'
import { sql } from '../../base/sql.ts'
import * as counter from './counter.ts'
import { recall, remember, type Promised } from './promises.ts'
import type { Hold, Sale } from './types.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

const hold = async (source_id: string, options: { rollback?: boolean } = {}) => {
  const lines = [{ sku: 'OOLONG', name: 'Oolong', category: 'tea', quantity: 1, unit_price_minor: 1_000 }]
  const [held] = await world.db.tx({ actor: systemActor('test'), ...options }, (tx) =>
    counter.hold(tx, [{ source: 'till-7', source_id, lines }]),
  )
  return (held as Hold).hold_id
}
const commit = async (hold_id: string) => {
  const [sale] = await world.tx((tx) => counter.commit(tx, [hold_id]))
  return sale as Sale
}
/** As if another server had written it since. */
const lower = (hold_id: string) =>
  world.db.run(sql`
    update till_holds set quote = jsonb_set(quote, '{to_pay_minor}', '777') where hold_id = ${hold_id}::uuid`)

test('a hold is committed as its row says, whatever is remembered of it', async () => {
  const [same, changed] = [await hold('R1'), await hold('R2')]
  await lower(changed)
  expect([(await commit(same)).paid_minor, (await commit(changed)).paid_minor]).toEqual([1_000, 777])
  // a second time nothing is remembered, and the answer is the same
  expect([(await commit(same)).paid_minor, (await commit(changed)).paid_minor]).toEqual([1_000, 777])
})

test('a hold is remembered under the mark of its row, and recalled once', async () => {
  const hold_id = await hold('R3')
  const row = await world.db.row<{ mark: string }>(sql`
    select xmin::text as mark from till_holds where hold_id = ${hold_id}::uuid`)
  const [promised] = [...recall([hold_id]).values()]
  expect(promised!.mark).toBe(row!.mark)
  expect(JSON.parse(promised!.quote)).toMatchObject({ to_pay_minor: 1_000 })
  expect(recall([hold_id]).size).toBe(0)
  expect((await commit(hold_id)).paid_minor).toBe(1_000)
})

test('what was never written is not remembered', async () => {
  expect(recall([await hold('R4', { rollback: true })]).size).toBe(0)
})

test('the oldest are forgotten first', () => {
  const promise = (hold_id: string, characters: number) =>
    remember({ hold_id, mark: '1', quote: 'x'.repeat(characters) } as Promised)
  promise('old', 3_000_000)
  promise('young', 3_000_000)
  promise('youngest', 3_000_000)
  expect([...recall(['old', 'young', 'youngest']).keys()]).toEqual(['young', 'youngest'])
  // what was recalled takes no room
  promise('large', 7_999_999)
  expect(recall(['large']).size).toBe(1)
})

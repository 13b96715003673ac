/** Where gifts that wait are handed over. */
import { afterAll, expect, test } from 'vitest'
import { addMembers } from '../../../test/books.ts'
import { openWorld } from '../../../test/world.ts'
import { sql } from '../../base/sql.ts'
import type { Stock } from './types.ts'

const world = await openWorld()
afterAll(() => world.close())
const marketer = world.as('marketer')
const clerk = world.as('clerk')
const [here, there] = [world.stores.get('XINYI')!, world.stores.get('DAAN')!]

/** A new cup with five of it in that store, or in none. */
async function cupIn(store_id: string | null) {
  const stock: Stock = store_id ? 'stores' : 'total'
  const body = { names: { en: 'Cup' }, cost_minor: 80, fulfilment: 'pickup' as const, stock }
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', { body })
  await marketer.call('PUT /v1/admin/gift-items/:item_id/stock', {
    params: { item_id },
    body: { heaps: [{ store_id, left: 5 }] },
  })
  return { kind: 'item' as const, item_id, store_id }
}

test('a piece of one store’s stock is handed over in that store, by people who work there', async () => {
  const [member_id] = (await world.tx((tx) => addMembers(tx, 1))) as [string]
  const given = async (reward: Awaited<ReturnType<typeof cupIn>>) =>
    (await marketer.call('POST /v1/admin/members/:member_id/gifts', { params: { member_id }, body: { reward } }))
      .gift_id
  const handOver = (gift_id: string, query: { store_id?: string } = {}) =>
    clerk.call('POST /v1/admin/members/:member_id/gifts/:gift_id/fulfil', { params: { member_id, gift_id }, query })
  const { staff } = await clerk.call('GET /v1/admin/session')
  const works = (...store_ids: string[]) => {
    const params = { staff_id: staff!.staff_id }
    return world.as('owner').call('PUT /v1/admin/store-staff/:staff_id', { params, body: { store_ids } })
  }
  const store = await world.db.row<{ name: string }>(sql`select name from stores where store_id = ${there}::uuid`)
  const elsewhere = { code: 'gift.other_store', params: { store: store!.name } }

  const cup = await cupIn(there)
  const kept = await given(cup)
  await expect(handOver(kept, { store_id: here })).rejects.toMatchObject(elsewhere)
  await works(here)
  await expect(handOver(kept)).rejects.toMatchObject(elsewhere)
  const anywhere = await given(await cupIn(null))
  expect((await handOver(anywhere, { store_id: here })).status).toBe('done')
  await works(here, there)
  expect((await handOver(kept, { store_id: there })).status).toBe('done')
  // nor does a screen that is behind say at the other store that it was handed over there
  await expect(handOver(kept, { store_id: here })).rejects.toMatchObject(elsewhere)
  await works()
  expect((await handOver(await given(cup))).status).toBe('done')
})

import { afterAll, expect, test } from 'vitest'
import { openWorld } from '../../../test/world.ts'
import * as stores from './stores.ts'

const world = await openWorld({ empty: true })
afterAll(() => world.close())
const marketer = world.as('marketer')

test('codes nobody knows become stores, known ones keep theirs', async () => {
  const first = await world.tx((tx) => stores.resolve(tx, ['XINYI', 'B2', 'B2', 'B1']))
  expect([...first.keys()].sort()).toEqual(['B1', 'B2', 'XINYI'])
  expect(first.get('XINYI')).toBe(world.stores.get('XINYI'))
  const again = await world.tx((tx) => stores.resolve(tx, ['B1', 'WEB2'], { kind: 'web' }))
  expect(again.get('B1')).toBe(first.get('B1'))
  const { data } = await marketer.call('GET /v1/admin/stores')
  expect(data.map(({ code, kind }) => [code, kind])).toEqual([
    ['B1', 'shop'],
    ['B2', 'shop'],
    ['DAAN', 'shop'],
    ['WEB', 'web'],
    ['WEB2', 'web'],
    ['XINYI', 'shop'],
  ])
  expect(await world.tx((tx) => stores.resolve(tx, []))).toEqual(new Map())
})

test('two orders that name the same new store at once make one', async () => {
  const [a, b] = await Promise.all([1, 2].map(() => world.tx((tx) => stores.resolve(tx, ['AT-ONCE']))))
  expect(a).toEqual(b)
})

test('a store is added and changed; a code is used once', async () => {
  const store = await marketer.call('POST /v1/admin/stores', { body: { code: 'TAMSUI', name: '淡水店' } })
  expect(store).toMatchObject({ kind: 'shop', time_zone: null })
  await expect(marketer.call('POST /v1/admin/stores', { body: { code: 'TAMSUI' } })).rejects.toMatchObject({
    status: 409,
    code: 'store.code_taken',
  })
  const params = { store_id: store.store_id }
  const change = (body: object) => marketer.call('PATCH /v1/admin/stores/:store_id', { params, body })
  await expect(change({ name: '淡水老街店', time_zone: 'Asia/Tokyo' })).resolves.toMatchObject({
    name: '淡水老街店',
    time_zone: 'Asia/Tokyo',
  })
  await expect(change({ code: 'XINYI' })).rejects.toMatchObject({ status: 409, code: 'store.code_taken' })
  await expect(change({ time_zone: 'Nowhere' })).rejects.toMatchObject({ code: 'time.zone_unknown' })
  const { data } = await world
    .as('owner')
    .call('GET /v1/admin/audit', { query: { noun: 'stores', noun_id: store.store_id } })
  expect(data[0]).toMatchObject({
    before: { name: '淡水店', time_zone: null },
    after: { name: '淡水老街店', time_zone: 'Asia/Tokyo' },
  })
})

test('somebody else’s id is not found', async () => {
  const params = { store_id: '00000000-0000-7000-8000-000000000000' }
  await expect(marketer.call('PATCH /v1/admin/stores/:store_id', { params, body: {} })).rejects.toMatchObject({
    status: 404,
    code: 'store.not_found',
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWorld, type World } from '../../../test/world.ts'
import { optionLists } from './options.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

test('every list that fields name can be read, and the lists offer what members and stores have', async () => {
  const marketer = world.as('marketer')
  const answers = await Promise.all(
    optionLists.map((list) => marketer.call('GET /v1/admin/segments/options', { query: { list } })),
  )
  const offered = Object.fromEntries(optionLists.map((list, i) => [list, answers[i]!.data]))
  expect(offered['stores']).toContainEqual({ value: world.stores.get('XINYI'), label: '信義店' })
  expect(offered['tags']).toEqual([{ value: 'vip', label: 'vip' }])
  expect(offered['consents']).toEqual([{ value: 'email:marketing', label: null }])
})

test('a search narrows a list, and its signs stand for themselves', async () => {
  const search = (text: string) =>
    world.as('marketer').call('GET /v1/admin/segments/options', { query: { list: 'stores', search: text } })
  expect((await search('信義')).data.map(({ label }) => label)).toEqual(['信義店'])
  expect((await search('%')).data).toEqual([])
})

test('the names of chosen stores and tiers are told in the language asked for; unknown ones are left out', async () => {
  const wanted = { stores: [world.stores.get('DAAN')!, '00000000-0000-0000-0000-000000000000'] }
  const { labels } = await world
    .as('marketer')
    .call('POST /v1/admin/segments/labels', { body: { wanted, language: 'en' } })
  expect(labels).toEqual({ stores: { [world.stores.get('DAAN')!]: '大安店' } })
})

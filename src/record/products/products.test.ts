import { afterAll, expect, test } from 'vitest'
import { openWorld } from '../../../test/world.ts'
import { counted } from '../../../test/statements.ts'
import * as products from './products.ts'

const world = await openWorld({ empty: true })
afterAll(() => world.close())
const marketer = world.as('marketer')
const resolve = (items: products.ProductRef[]) => world.tx((tx) => products.resolve(tx, items))
const named = async (sku: string) =>
  (await marketer.call('GET /v1/admin/products', { query: { search: sku } })).data[0]

test('SKUs nobody knows become products; the first name and category said are theirs', async () => {
  const found = await resolve([
    { sku: 'TEA-1' },
    { sku: 'TEA-1', name: '烏龍茶' },
    { sku: 'TEA-1', name: 'Oolong', category: 'tea' },
    { sku: 'TEA-2', category: ' ' },
  ])
  expect(found.get('TEA-1')).toMatchObject({ category: 'tea' })
  expect(await named('TEA-1')).toMatchObject({ name: '烏龍茶', category: 'tea' })
  expect(await named('TEA-2')).toMatchObject({ name: 'TEA-2', category: null })
})

test('what is missing is filled in later, what somebody corrected is not undone', async () => {
  const { product_id } = (await named('TEA-2'))!
  expect((await resolve([{ sku: 'TEA-2', name: '綠茶', category: 'tea' }])).get('TEA-2')).toMatchObject({
    product_id,
    category: 'tea',
  })
  await marketer.call('PATCH /v1/admin/products/:product_id', { params: { product_id }, body: { category: 'green' } })
  expect((await resolve([{ sku: 'TEA-2', name: 'old name', category: 'tea' }])).get('TEA-2')).toMatchObject({
    category: 'green',
  })
  expect(await named('TEA-2')).toMatchObject({ name: '綠茶' })
})

test('a set of known products is one statement, an unknown set two, whatever its size', async () => {
  const items = Array.from({ length: 3000 }, (_, i) => ({ sku: `S${i}`, name: `Product ${i}`, category: 'c' }))
  await world.tx(async (tx) => {
    const watched = counted(tx)
    const made = await products.resolve(watched.tx, items)
    expect(made.size).toBe(3000)
    expect(watched.count()).toBe(2)
    expect(await products.resolve(watched.tx, items)).toEqual(made)
    expect(watched.count()).toBe(3)
  })
})

test('two orders that name the same new product at once make one', async () => {
  const [a, b] = await Promise.all([1, 2].map(() => resolve([{ sku: 'AT-ONCE', name: 'x' }])))
  expect(a!.get('AT-ONCE')!.product_id).toBe(b!.get('AT-ONCE')!.product_id)
})

test('a product is added, listed in pages and by category; a SKU is used once', async () => {
  await marketer.call('POST /v1/admin/products', {
    body: { sku: 'CUP', name: '茶杯', category: 'ware', price_minor: 320, cost_minor: 90 },
  })
  await expect(marketer.call('POST /v1/admin/products', { body: { sku: 'CUP' } })).rejects.toMatchObject({
    status: 409,
    code: 'product.sku_taken',
  })
  const cup = (await marketer.call('GET /v1/admin/products', { query: { category: 'ware' } })).data
  expect(cup).toMatchObject([{ sku: 'CUP', price_minor: 320, cost_minor: 90 }])
  const one = (await marketer.call('GET /v1/admin/products', { query: { search: 'tea', limit: 1 } })).data[0]!
  const { product_id, sku, name } = one
  for (const body of [{ skus: [sku, 'nothing, of the kind'] }, { product_ids: [product_id] }, { skus: [] }]) {
    const names = await marketer.call('POST /v1/admin/products/names', { body })
    expect(names.data).toEqual(body.skus?.length === 0 ? [] : [{ product_id, sku, name }])
  }
  const first = await marketer.call('GET /v1/admin/products', { query: { search: 'tea', limit: 1 } })
  const second = await marketer.call('GET /v1/admin/products', {
    query: { search: 'tea', limit: 1, cursor: first.next_cursor! },
  })
  expect([first.data[0]!.sku, second.data[0]!.sku]).toEqual(['TEA-1', 'TEA-2'])
  const change = marketer.call('PATCH /v1/admin/products/:product_id', {
    params: { product_id: cup[0]!.product_id },
    body: { sku: 'TEA-1' },
  })
  await expect(change).rejects.toMatchObject({ status: 409, code: 'product.sku_taken' })
  const { data } = await marketer.call('GET /v1/admin/product-categories')
  expect(data).toContainEqual({ category: 'ware', products: 1 })
})

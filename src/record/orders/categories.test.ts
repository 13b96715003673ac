import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { openShop, order, type Shop } from '../../../test/shop.ts'
import { systemActor } from '../../base/actor.ts'
import type { JobContext } from '../../base/jobs.ts'
import { createLog } from '../../base/log.ts'
import { sql } from '../../base/sql.ts'
import * as products from '../products/products.ts'
import { recategoriseAfter } from './categories.ts'
import { jobs } from './jobs.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())
beforeEach(() => shop.empty())

const waiting = async () =>
  (await shop.db.rows<{ name: string }>(sql`select task_identifier as name from graphile_worker.jobs`)).map(
    (job) => job.name,
  )
async function work(): Promise<void> {
  const context: JobContext = {
    db: shop.db,
    actor: systemActor('test'),
    now: shop.now,
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  }
  await jobs['products.moved']!({}, context)
}
const shelves = () =>
  shop.db.rows<{ category: string; quantity: string }>(sql`
    select category, sum(quantity)::text as quantity from member_category_statistics group by 1 order by 1`)
const productOf = async (sku: string) =>
  (await shop.db.row<{ product_id: string }>(sql`select product_id from products where sku = ${sku}::text`))!
    .product_id

it('a product that somebody moves takes what was bought of it along, member by member, and the books hold', async () => {
  await shop.receive([
    ...Array.from({ length: 7 }, (_, i) => order(`${i}`, `m${i}`, '2026-05-01', ['tea 2x100', 'cup 1x50'])),
    order('walk-in', null, '2026-05-02', ['tea 1x100']),
  ])
  expect(await shelves()).toEqual([
    { category: 'category c', quantity: '7' },
    { category: 'category t', quantity: '14' },
  ])
  const tea = await productOf('tea')
  await shop.tx((tx) => products.update(tx, tea, { name: 'Tea' }))
  expect(await waiting()).not.toContain('products.moved')
  await shop.tx((tx) => products.update(tx, tea, { category: 'hot drinks' }))
  expect(await waiting()).toContain('products.moved')
  await work()
  expect(await shelves()).toEqual([
    { category: 'category c', quantity: '7' },
    { category: 'hot drinks', quantity: '14' },
  ])
  expect(await shop.db.rows(sql`select distinct category from order_lines where sku = 'tea'`)).toEqual([
    { category: 'hot drinks' },
  ])
  await shop.verify()
})

it('goes from member to member in pieces that end, wherever it is cut', async () => {
  await shop.receive(Array.from({ length: 5 }, (_, i) => order(`${i}`, `m${i}`, '2026-05-01', ['jug 1x100'])))
  await shop.db.run(sql`update products set category = 'glass' where sku = 'jug'`)
  const cuts: (string | null)[] = [null]
  do cuts.push(await shop.tx((tx) => recategoriseAfter(tx, cuts.at(-1)!, 2)))
  while (cuts.at(-1) !== null && cuts.length < 9)
  // two, two, one
  expect(cuts).toHaveLength(4)
  expect(await shelves()).toEqual([{ category: 'glass', quantity: '5' }])
  await shop.verify()
})

it('a category that a later order fills in reaches what was bought before', async () => {
  const bare = order('1', 'anna', '2026-05-01', ['pan 1x100'])
  await shop.receive([{ ...bare, lines: bare.lines.map(({ category: _category, ...line }) => line) }])
  expect(await shelves()).toEqual([])
  await shop.receive([order('2', 'ben', '2026-05-02', ['pan 1x100'])])
  expect(await waiting()).toContain('products.moved')
  await work()
  expect(await shelves()).toEqual([{ category: 'category p', quantity: '2' }])
  await shop.verify()
})

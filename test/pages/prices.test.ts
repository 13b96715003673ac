import { afterAll, beforeAll, expect, test } from 'vitest'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const marketer = world.as('marketer')
  await marketer.call('POST /v1/admin/products', {
    body: { sku: 'ORCHID', name: '蘭花烏龍茶（高山手採・冬季限定禮盒）', price_minor: 800, cost_minor: 300 },
  })
  await marketer.call('POST /v1/admin/orders/batch', {
    body: {
      orders: [
        {
          source: 'till',
          source_id: 'P-1',
          member: { member_id: world.cast.wang },
          lines: [{ sku: 'ORCHID', quantity: 2, unit_price_minor: 800 }],
          occurred_at: new Date(world.now().getTime() - 3 * 86_400_000).toISOString(),
        },
      ],
    } as never,
  })
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('member prices: what last month would have cost stands beside the form before anything is saved', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/prices')
  await page.getByText('Everybody pays the same: there is no rule yet.').waitFor()
  await page.getByRole('button', { name: 'Add a product' }).click()
  await page.getByRole('combobox', { name: 'Product', exact: true }).fill('orchid')
  await page.getByRole('option', { name: /ORCHID/ }).click()
  await page.getByRole('textbox', { name: 'Price of one' }).fill('600')
  const month = page.locator('section', { has: page.getByRole('heading', { name: 'On last month’s purchases' }) })
  await month.getByText('NT$400 more than the rule in force.').waitFor()
  await month.getByText('Members who bought: 1. Of them 1 would have paid less, 0 more.').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Use this rule' }).click()
  await page.getByText('1 product at its own price').first().waitFor()
  // what was previewed is what the till now gives
  const quote = await world.as('clerk').call('POST /v1/till/quotes', {
    body: { member: { member_id: world.cast.wang }, lines: [{ sku: 'ORCHID', quantity: 2 }] },
  })
  expect(quote).toMatchObject({ to_pay_minor: 1_200, saved_minor: 400 })
  expect(faults).toEqual([])
})

test('a row that is not filled in is asked for at its place', async () => {
  const { page } = await opened.visit({ as: 'marketer', language: 'zh-TW' })
  await page.goto('/prices')
  await page.getByRole('button', { name: '加入商品' }).click()
  await page.getByRole('button', { name: '採用這個規則' }).click()
  await page.getByText('請選商品並填價格，或移除這一列。').waitFor()
})

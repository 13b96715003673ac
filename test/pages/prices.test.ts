import { afterAll, beforeAll, expect, test } from 'vitest'
import * as protection from '../../src/value/protection/protection.ts'
import { offences } from '../browser.ts'
import { club } from '../clubs.ts'
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

async function picture(page: { screenshot(o: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env['REGULARS_PICTURES']
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

test('price protection: what would be given back stands beside the form, and is what is given', async () => {
  const owner = world.as('owner')
  const product = await owner.call('POST /v1/admin/products', {
    body: {
      sku: 'DONGDING',
      name: '凍頂烏龍茶（冬茶・手工揉捻・三百公克伴手禮盒）',
      category: '茶',
      price_minor: 1_000,
    },
  })
  await owner.call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'P-2',
      status: 'completed',
      member: { member_id: world.cast.chen },
      lines: [{ sku: 'DONGDING', quantity: 2, net_minor: 2_000 }],
      occurred_at: world.now().toISOString(),
    },
  })
  world.at(new Date(world.now().getTime() + 3_600_000))
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/protection')
  // the rule of the first story made cheaper what somebody had bought three days before it
  await page.getByText('NT$400').first().waitFor()
  await page.getByText('Nothing was given back yet').waitFor()
  await picture(page, 'protection-empty')
  await owner.call('PATCH /v1/admin/products/:product_id', {
    params: { product_id: product.product_id },
    body: { price_minor: 850 },
  })
  await page.reload()
  await page.getByText('NT$700').first().waitFor()
  await page.getByLabel('At most for one member').fill('250')
  await page.getByText('NT$500').first().waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Use this rule' }).click()
  await page.getByText('at most NT$250 for one member').first().waitFor()
  await world.tx(async (tx) => protection.look(tx, await protection.affected(tx, tx.now)))
  await page.reload()
  await page.getByText('the limit of NT$250 leaves NT$250').first().waitFor()
  expect(await offences(page)).toEqual([])
  await picture(page, 'protection')
  // the member's own page says it too
  await page.goto(`/members/${world.cast.chen}`)
  await page.getByText('Price protection').first().waitFor()
  const phone = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  await phone.page.goto('/protection')
  await phone.page.getByText('應退 NT$300').first().waitFor()
  expect(await offences(phone.page)).toEqual([])
  await picture(phone.page, 'protection-390')
  expect([...faults, ...phone.faults]).toEqual([])
})

test('a privilege goes by a paid membership, with a number of times of its own', async () => {
  const owner = world.as('owner')
  const { plan_id } = await owner.call('POST /v1/admin/plans', {
    body: {
      names: { en: 'Black card', 'zh-TW': '黑卡會員（年度尊榮方案）' },
      design: { ...club, trial_days: 0 },
    } as never,
  })
  const { page, faults } = await opened.visit({ as: 'owner' })
  await page.goto('/privileges?edit=new')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name in English').fill('Skip the queue')
  await dialog.getByRole('combobox', { name: 'For these paid memberships' }).click()
  await page.getByRole('option', { name: 'Black card' }).click()
  await page.keyboard.press('Escape')
  await dialog
    .getByRole('combobox', { name: 'How often' })
    .or(dialog.getByRole('textbox', { name: 'How often' }))
    .first()
    .click()
  await page.getByRole('option', { name: 'a month' }).click()
  await dialog.getByLabel('Black card: times').fill('3')
  await dialog.getByText('for Black card (3×), 1 time a month').waitFor()
  expect(await offences(page)).toEqual([])
  await picture(page, 'privilege-by-plan')
  await dialog.getByRole('button', { name: 'Make a privilege' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { data } = await owner.call('GET /v1/admin/privileges')
  expect(data[0]!.rule).toEqual({
    tier_codes: [],
    quota: { uses: 1, period: 'month' },
    plans: [{ plan_id, uses: 3 }],
  })
  expect(faults).toEqual([])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
const dayMs = 86_400_000

/** So many days before the story's Monday. */
function bought(source_id: string, days: number, more: object = {}) {
  return {
    source: 'till',
    source_id,
    status: 'completed' as const,
    store: 'XINYI',
    member: { external_id: { source: 'wusong', id: 'M1' } },
    lines: [{ sku: 'OOLONG', name: '凍頂烏龍', category: '茶', quantity: 2, gross_minor: 1280 }],
    occurred_at: new Date(world.now().getTime() - days * dayMs).toISOString(),
    ...more,
  }
}

beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('before any order the page says how they come in', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/orders')
  await page.getByText('No orders yet').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('orders are found by number, filtered, and summed up in one sentence', async () => {
  const orders = [
    bought('A-1001', 1),
    // two days and some: the console knows the program's clock to the length of an answer
    bought('A-1002', 2.1, { store: 'DAAN' }),
    bought('A-1003', 3, { status: 'placed' }),
    ...Array.from({ length: 30 }, (_, i) => bought(`OLD-${i}`, 40 + i, { source: 'shop' })),
  ]
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } })
  await world.as('marketer').call('POST /v1/admin/refunds', {
    body: {
      source: 'till',
      source_id: 'BACK-7',
      order: { source_id: 'A-1001' },
      amount_minor: 280,
      occurred_at: world.now().toISOString(),
    } as never,
  })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/orders')
  await page.getByText('33 orders, NT$41,960 after refunds.').waitFor()
  expect(await page.getByRole('row').count()).toBe(26)
  // days ago are counted by the program's clock
  await page
    .getByRole('row', { name: /A-1002/ })
    .getByText('2 days ago')
    .waitFor()
  await page.getByRole('button', { name: 'Next page' }).click()
  await expect.poll(() => page.getByRole('row').count()).toBe(9)

  await page.goto('/orders?status=placed')
  await page.getByText('1 order, NT$1,280 after refunds.').waitFor()
  await page.getByPlaceholder('Number of an order or a refund').fill('back-7')
  await page.getByText('Nothing fits “back-7”').waitFor()
  await page.goto('/orders?search=back-7')
  await page.getByRole('link', { name: 'A-1001' }).waitFor()
  expect(await page.getByRole('row').count()).toBe(2)
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('an order shows its lines, what went back, its buyer, and why it earned its points', async () => {
  const { page, faults } = await opened.visit({ as: 'clerk' })
  await page.goto('/orders?search=A-1001')
  await page.getByRole('link', { name: 'A-1001' }).click()
  await page.getByRole('heading', { level: 1, name: 'Order A-1001' }).waitFor()
  await page.getByText('王小明 paid NT$1,280 at 信義店').waitFor()
  await page.getByText('After refunds NT$1,000 remain.').waitFor()
  await page.getByText('凍頂烏龍').waitFor()
  await page.getByText('Refund BACK-7').waitFor()
  await page.getByText('points earned').waitFor()
  await page.getByText('counts (goods after discounts').first().waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: '王小明' }).click()
  await page.getByRole('heading', { level: 1, name: '王小明' }).waitFor()
  await page.getByRole('link', { name: 'Order A-1002 at 大安店' }).waitFor()
  await page.getByRole('link', { name: '32 orders' }).click()
  await page.getByText('32 orders, NT$40,680 after refunds.').waitFor()
  await page.getByText('Of 王小明').waitFor()
  expect(faults).toEqual([])
})

test('the orders of the week on the first page, and of a store in its report, open just these orders', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/')
  await page.locator('a[href*="/orders?"]').first().click()
  await page.waitForURL('**/orders?**counted=true**')
  await page.getByText('2 orders, NT$2,280 after refunds.').waitFor()
  await page.goto('/reports/stores')
  await page
    .getByRole('row', { name: /信義店/ })
    .locator('a[href*="/orders?"]')
    .first()
    .click()
  await page.getByText('31 orders, NT$39,400 after refunds.').waitFor()
  expect(faults).toEqual([])
})

test('search from anywhere finds members, orders by number, segments, templates and pages', async () => {
  const marketer = world.as('marketer')
  await marketer.call('POST /v1/admin/segments', {
    body: {
      name: 'A-1001 fans',
      condition: { combinator: 'and', rules: [{ field: 'order_count', operator: 'at_least', value: 1 }] },
    } as never,
  })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/orders')
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('/')
  const box = page.getByRole('dialog').getByRole('combobox')
  await box.fill('a-1001')
  await page.getByRole('option', { name: /A-1001 王小明 · 信義店/ }).waitFor()
  await page.getByRole('option', { name: /A-1001 fans/ }).waitFor()
  expect(await offences(page)).toEqual([])
  await box.fill('cohort')
  await page.getByRole('option', { name: /Cohorts/ }).click()
  await page.waitForURL('**/reports/cohorts')
  expect(faults).toEqual([])
})

test('speaks Chinese on a phone', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone', scheme: 'dark' })
  await page.goto('/orders')
  await page.getByText('33 筆訂單').waitFor()
  expect(await offences(page)).toEqual([])
  await page.goto('/orders?search=A-1001')
  await page.getByRole('link', { name: 'A-1001' }).click()
  await page.getByText('王小明在').waitFor()
  expect(await offences(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  expect(faults).toEqual([])
})

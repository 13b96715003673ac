import { afterAll, beforeAll, expect, test } from 'vitest'
import { turn } from '../../src/value/plans/plans.ts'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a marketer makes a plan with two prices, sees who would pay what, and changes it for later', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/plans')
  await page.getByText('There is no plan yet').waitFor()
  await page.goto('/plans/new')
  await page.getByLabel('Name in English').fill('Wusong Club')
  await page.getByRole('textbox', { name: 'Price of a period' }).fill('888')
  await page.getByRole('button', { name: 'Another price, for some' }).click()
  const price = page.getByRole('group', { name: 'Price of a period' })
  await price.getByRole('textbox', { name: 'Price of a period' }).fill('88')
  await price.getByRole('combobox', { name: 'Add a condition' }).click()
  await page.getByRole('option', { name: 'can be written to by e-mail' }).click()
  await page.getByRole('button', { name: 'Show who would pay what' }).click()
  await page.getByRole('cell', { name: 'NT$88', exact: true }).waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await page.getByRole('heading', { name: 'Wusong Club' }).waitFor()
  await page.getByText('NT$88 to NT$888 every month').first().waitFor()
  expect(await offences(page)).toEqual([])

  await page.getByRole('link', { name: 'Change the plan' }).click()
  await page.getByRole('textbox', { name: 'Everybody else pays' }).fill('600')
  await page.getByRole('button', { name: 'Show who would pay what' }).click()
  await page.getByText('NT$888 → NT$600').waitFor()
  await page.getByRole('button', { name: 'Publish the version' }).click()
  await page.getByText('Version 2').waitFor()
  await page.getByText('NT$88 to NT$600 every month').first().waitFor()
  expect(faults).toEqual([])
})

test('the member’s page says what a plan would have saved, starts it, takes the payment and cancels it', async () => {
  const { wang } = world.cast
  const marketer = world.as('marketer')
  const order = {
    source: 'till',
    source_id: 'T-1',
    member: { member_id: wang },
    lines: [{ sku: 'OOLONG', name: '高山烏龍', quantity: 2, gross_minor: 4_120 }],
    occurred_at: world.now().toISOString(),
  }
  await marketer.call('POST /v1/admin/orders/batch', { body: { orders: [order] } as never })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/members/${wang}`)
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Paid membership' }) })
  await part.getByText('Would have saved NT$412 in twelve months, for NT$88 every month.').waitFor()
  await part.getByRole('button', { name: 'Start' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Number of the payment').fill('CHARGE-1')
  expect(await offences(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Start' }).click()
  await part.getByText('next payment on').waitFor()

  const { subscriptions } = await marketer.call('GET /v1/admin/members/:member_id/plans', {
    params: { member_id: wang },
  })
  world.at(`${subscriptions[0]!.due_on}T10:00:00+08:00`)
  await world.tx((tx) => turn(tx))
  await page.reload()
  await part.getByText('NT$88 waited for').waitFor()
  await part.getByRole('button', { name: 'Report the payment' }).click()
  await dialog.getByLabel('Number of the payment').fill('CHARGE-2')
  await dialog.getByRole('button', { name: 'Report the payment' }).click()
  await part.getByText('runs').waitFor()
  await part.getByRole('button', { name: 'Cancel' }).click()
  await dialog.getByText('Goes back: NT$85. Not begun: 30 of 31 days, rounded down.').waitFor()
  expect(await offences(page)).toEqual([])
  await dialog.getByLabel('At once').click()
  await dialog.getByRole('button', { name: 'Keep it' }).waitFor()
  expect(await dialog.getByRole('button', { name: 'Cancel' }).count()).toBe(1)
  await dialog.getByRole('button', { name: 'Cancel the plan' }).click()
  await part.getByText('ended on').waitFor()
  expect(faults).toEqual([])
})

test('an agreement is signed on the member’s page and followed there', async () => {
  const { mary } = world.cast
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/members/${mary}`)
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Agreements' }) })
  await part.getByRole('button', { name: 'Sign an agreement' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('A year of tea')
  await dialog.getByRole('textbox', { name: 'Buys at least' }).fill('10000')
  expect(await offences(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Sign an agreement' }).click()
  await part.getByText('A year of tea').waitFor()
  await part.getByText('NT$0 of NT$10,000').waitFor()
  await page.goto('/plans')
  await page.getByText('Wusong Club').waitFor()
  await page.getByText('Wusong Club').click()
  await page.getByRole('heading', { name: 'Who holds it' }).waitFor()
  await page.getByText('Version 2').waitFor()
  const phone = (await opened.visit({ as: 'marketer', screen: 'phone', language: 'zh-TW' })).page
  await phone.goto(page.url())
  await phone.getByText('第 2 版').waitFor()
  await phone.goto(page.url() + '/edit')
  await phone.getByText('誰會付多少').first().waitFor()
  await phone.goto('/members/' + world.cast.wang)
  await phone.getByRole('heading', { name: '長期約定' }).waitFor()
  await phone.getByRole('heading', { name: '長期約定' }).scrollIntoViewIfNeeded()
  expect(faults).toEqual([])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('a marketer makes an offer, gives it to a member, and sees it completed by an order', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/offers')
  await page.getByText('There is no offer yet').waitFor()
  await page.goto('/offers/new')
  await page.getByLabel('Name in English').fill('A week of tea')
  await page.getByRole('textbox', { name: 'Amount' }).fill('100')
  await page.getByText('Buy for NT$100 in all within 7 days of receiving it, get 50 points.').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Make an offer' }).click()
  await page.getByRole('heading', { name: 'A week of tea' }).waitFor()

  await page.goto(`/members/${world.cast.wang}`)
  const offers = page.locator('section', { has: page.getByRole('heading', { name: 'Offers' }) })
  await offers.getByLabel('Give an offer').click()
  await page.getByRole('option', { name: 'A week of tea' }).click()
  await offers.getByRole('button', { name: 'Give' }).click()
  await offers.getByText('under way').waitFor()
  const order = {
    source: 'till',
    source_id: 'T-1',
    member: { member_id: world.cast.wang },
    lines: [{ sku: 'OOLONG', quantity: 1, gross_minor: 120 }],
    occurred_at: world.now().toISOString(),
  }
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders: [order] } as never })
  await page.reload()
  await offers.getByText('completed').waitFor()
  await offers.getByText('NT$120 of NT$100').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('a privilege is made and given by hand; the member’s page says what is left and why', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/privileges?edit=new')
  await page.getByLabel('Name in English').fill('A free cup')
  expect(await offences(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Make a privilege' }).click()
  await page.getByRole('cell', { name: /A free cup/ }).waitFor()
  await page.getByText('only for whom it is given to, as often as they like').waitFor()

  await page.goto(`/members/${world.cast.mary}`)
  const part = page.locator('section', { has: page.getByRole('heading', { name: 'Privileges' }) })
  await part.getByLabel('Give a privilege once').click()
  await page.getByRole('option', { name: 'A free cup' }).click()
  await part.getByRole('button', { name: 'Give' }).click()
  await part.getByText('Given by hand: 0 of 1 used.').waitFor()
  await part.getByText('1 left').waitFor()
  expect(faults).toEqual([])
})

/** What plans, offers, cards and gifts give and cost, chosen on screen: with a payment, for later, tried on last month. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receive } from '../../src/record/orders/orders.ts'
import { addMs, dayMs } from '../../src/base/time.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const marketer = world.as('marketer')
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', {
    body: {
      names: { en: 'A month of audiobooks', 'zh-TW': '聽書平台一個月會員（夥伴品牌合作限定）' },
      cost_minor: 30,
      fulfilment: 'code',
      stock: 'total',
    },
  })
  await marketer.call('POST /v1/admin/gift-items/:item_id/codes', { params: { item_id }, body: { codes: ['T-1'] } })
  await world.tx((tx) =>
    receive(
      tx,
      [3, 9, 12].map((days, i) => ({
        source: 'till',
        source_id: `L-${i}`,
        occurred_at: addMs(tx.now, -days * dayMs),
        member: { member_id: world.cast.wang },
        lines: [{ sku: 'TEA', category: 'tea', quantity: 5, net_minor: 300 }],
      })),
    ),
  )
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a plan gives points and a partner’s code with its payment; the member’s page and timeline say so', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/plans/new')
  await page.getByLabel('Name in English').fill('Wusong Club')
  await page.getByRole('textbox', { name: 'Price of a period' }).fill('88')
  await page.getByRole('button', { name: 'Give something with a payment' }).click()
  await page.getByRole('button', { name: 'Give something with a payment' }).click()
  const second = page.getByRole('group', { name: 'What is given' }).nth(1)
  await second.getByRole('combobox', { name: 'What is given' }).click()
  await page.getByRole('option', { name: 'A gift of the catalogue' }).click()
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await page.getByText('Choose what is given.').first().waitFor()
  await second.getByRole('combobox', { name: 'Gift' }).click()
  await page.getByRole('option', { name: 'A month of audiobooks' }).click()
  await second.getByText('Codes bought elsewhere').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'plan-rewards', { whole: true })
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await page.getByText('50 points, with the first payment').waitFor()
  await page.getByText('A month of audiobooks (code of a partner), with the first payment').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'plan-detail', { whole: true })

  const marketer = world.as('marketer')
  const plan_id = page.url().split('/').at(-1)!
  for (const who of [world.cast.wang, world.cast.mary])
    await marketer.call('POST /v1/admin/members/:member_id/plans', {
      params: { member_id: who },
      body: { plan_id, amount_minor: 88 },
    })
  await page.goto(`/members/${world.cast.mary}`)
  await page.getByText('Could not be given: A month of audiobooks').waitFor()
  await page.getByText('Joined Wusong Club').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'plan-member', { whole: true })
  await page.goto('/gifts/given')
  const waiting = page.locator('section', { has: page.getByRole('heading', { name: 'Could not be given' }) })
  await waiting.getByText('Paid membership: Wusong Club').waitFor()
  await screenshot(page, 'plan-refused', { whole: true })
  expect(faults).toEqual([])
  const phone = (await opened.visit({ as: 'marketer', screen: 'phone', language: 'zh-TW' })).page
  await phone.goto(`/plans/${plan_id}/edit`)
  await phone.getByText('夥伴品牌的序號').waitFor()
  await screenshot(phone, 'plan-rewards-phone', { whole: true })
})

test('an offer gives a gift of the catalogue; a card says what it would have stamped last month', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/offers/new')
  await page.getByLabel('Name in English').fill('A week of tea')
  await page.getByRole('textbox', { name: 'Amount' }).fill('100')
  await page.getByRole('combobox', { name: 'Reward' }).click()
  await page.getByRole('option', { name: 'A gift of the catalogue' }).click()
  await page.getByRole('combobox', { name: 'Gift' }).click()
  await page.getByRole('option', { name: 'A month of audiobooks' }).click()
  await page.getByText('get A month of audiobooks (code of a partner).').waitFor()
  await page.getByText('That would have cost').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'offer-reward', { whole: true })
  await page.getByRole('button', { name: 'Make an offer' }).click()
  await page.getByRole('heading', { name: 'A week of tea' }).waitFor()

  await page.goto('/cards/new')
  await page.getByLabel('Name in English').fill('Tea card')
  await page.getByLabel('Stamps that fill it').fill('6')
  await page.getByText('3 of 3').waitFor()
  await page.getByText('of 1 member').waitFor()
  await page.getByText('Each gives 50 points. Points in all: 100.').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'card-last-month', { whole: true })
  expect(faults).toEqual([])
  const phone = (await opened.visit({ as: 'marketer', screen: 'phone', language: 'zh-TW' })).page
  await phone.goto('/cards/new')
  await phone.getByText('集滿的卡片').waitFor()
  await screenshot(phone, 'card-last-month-phone', { whole: true })
})

test('a gift’s price changes at a stated time; what is to come is seen and called off', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.setViewportSize({ width: 1280, height: 900 })
  const { item_id } = await world.as('marketer').call('POST /v1/admin/gift-items', {
    body: { names: { en: 'Cup' }, cost_minor: 80, price_points: 300, fulfilment: 'pickup', stock: 'none' },
  })
  await world.as('marketer').call('PATCH /v1/admin/gift-items/:item_id', {
    params: { item_id },
    body: { price_points: 500, effective_from: addMs(world.now(), 40 * 365 * dayMs).toISOString() },
  })
  await page.goto(`/gifts/${item_id}`)
  const versions = page.locator('section', { has: page.getByRole('heading', { name: 'Prices over time' }) })
  await versions.getByText('500 points').waitFor()
  await page.getByLabel('Price and listing from').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'gift-versions', { whole: true })
  await versions.getByRole('button', { name: 'Call off' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Call off version 2' }).click()
  await versions.getByText('Called off on').waitFor()
  expect(await versions.getByRole('button', { name: 'Call off' }).count()).toBe(0)
  expect(faults).toEqual([])
})

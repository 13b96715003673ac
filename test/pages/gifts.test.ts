/** Gifts and budgets: a budget is opened, a gift is made from it, redeemed on a member's page and handed over. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  const lot = { points: 500, earned_at: world.now(), expires_on: null, source: 'test', source_id: '1' }
  await world.tx((tx) => points.openLots(tx, [{ ...lot, member_id: world.cast.wang }]))
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a marketer opens a budget and makes a gift, a member redeems it, a clerk hands it over', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto('/budgets')
  await page.getByRole('button', { name: 'Open a budget' }).first().click()
  await page.getByLabel('Name').fill('Winter')
  await page.getByLabel('Amount').fill('100')
  expect(await offences(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Open a budget' }).click()
  await page.getByRole('link', { name: 'Winter' }).waitFor()
  expect(await offences(page)).toEqual([])

  await page.goto('/gifts')
  await page.getByRole('link', { name: 'Add a gift' }).first().click()
  await page.getByLabel('Name in English').fill('Bottle')
  await page.getByLabel('Price in points').fill('300')
  await page.getByLabel('Cost').fill('60')
  await page.getByRole('combobox', { name: 'Budget' }).click()
  await page.getByRole('option', { name: 'Winter' }).click()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Add a gift' }).click()
  await page.getByLabel('In all').fill('2')
  await page.getByRole('button', { name: 'Keep these numbers' }).click()
  await page.getByRole('button', { name: 'Keep these numbers' }).and(page.locator(':disabled')).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'gift')

  await page.goto(`/members/${world.cast.wang}`)
  await page.getByRole('button', { name: 'Give', exact: true }).click()
  await page.getByRole('combobox', { name: 'Gift' }).click()
  await page.getByRole('option', { name: /Bottle · 300 points/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Redeem' }).click()
  await page.getByText('Waits').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])

  const { page: theirs } = await opened.visit({ as: 'clerk', language: 'zh-TW' })
  theirs.setDefaultTimeout(9_000)
  await theirs.goto('/gifts/given?status=open')
  await theirs.getByRole('button', { name: '交付' }).click()
  expect(await offences(theirs)).toEqual([])
  await theirs.getByRole('dialog').getByRole('button', { name: '交付' }).click()
  await theirs.getByText('沒有符合這些條件的資料').waitFor()
  await theirs.getByRole('button', { name: '清除篩選' }).click()
  await theirs.getByRole('row', { name: /已交付/ }).waitFor()

  await page.goto('/budgets')
  await page.getByRole('link', { name: 'Winter' }).click()
  await page.getByText('NT$40').first().waitFor()
  expect(await offences(page)).toEqual([])
  await page.goto('/reports/given')
  await page.getByText('1 gift: it cost NT$60.').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'given')
})

test('cancelling says only what goes back, and a cost that nobody knows is not called nothing', async () => {
  const marketer = world.as('marketer')
  const { mary, wang } = world.cast
  const cup = async (stock: 'none' | 'total', price_points: number | null) => {
    const body = { names: { en: 'Cup' }, cost_minor: 80, price_points, fulfilment: 'pickup' as const, stock }
    return (await marketer.call('POST /v1/admin/gift-items', { body })).item_id
  }
  const dear = await cup('total', 70)
  const heaps = [{ store_id: null, left: 1 }]
  await marketer.call('PUT /v1/admin/gift-items/:item_id/stock', { params: { item_id: dear }, body: { heaps } })
  const redeemed = { params: { member_id: wang }, body: { item_id: dear } }
  await marketer.call('POST /v1/admin/members/:member_id/redemptions', redeemed)
  const { coupon_definition_id } = await marketer.call('POST /v1/admin/coupon-definitions', {
    body: {
      name: 'A tea',
      design: {
        benefit: { kind: 'item', price_minor: 0, units: 1 },
        scope: {},
        minimum_minor: 0,
        window: {},
        stacking: { group: 'coupon', is_exclusive: false },
        limits: { per_coupon: 1 },
        codes: 'none',
        gives_back: true,
        expected_cost_minor: null,
      },
    },
  })
  for (const reward of [
    { kind: 'item' as const, item_id: await cup('none', null) },
    { kind: 'coupon' as const, coupon_definition_id },
  ])
    await marketer.call('POST /v1/admin/members/:member_id/gifts', { params: { member_id: mary }, body: { reward } })

  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  const said = async (member_id: string) => {
    await page.goto(`/gifts/given?status=open&member_id=${member_id}`)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the gift' }).waitFor()
    expect(await offences(page)).toEqual([])
    return page.getByRole('dialog').innerText()
  }
  const paid = await said(wang)
  expect(paid).toContain('The 70 points that were paid go back.\nThe piece goes back to the stock.')
  expect(paid).not.toContain('budget')
  const free = await said(mary)
  expect(free).toContain('Nothing was paid for it, so nothing goes back.')
  expect(free).not.toMatch(/point|stock|budget/)
  await page.goto(`/gifts/given?member_id=${mary}`)
  const coupon = page.getByRole('row', { name: /A coupon/ })
  await coupon.getByText('not known').waitFor()
  expect(await coupon.innerText()).not.toContain('NT$')
  expect(faults).toEqual([])
})

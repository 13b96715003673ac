/** Cards: a marketer makes a stamp card and stored value; a clerk takes money in, and a purchase stamps. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receive } from '../../src/record/orders/orders.ts'
import * as cards from '../../src/value/cards/cards.ts'
import { offences, screenshot } from '../browser.ts'
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

const buy = (member_id: string, quantity: number, source_id: string) =>
  world.tx((tx) =>
    receive(tx, [
      {
        source: 'till',
        source_id,
        occurred_at: tx.now,
        member: { member_id },
        lines: [{ sku: 'oolong', category: 'tea', quantity, net_minor: 60 * quantity }],
      },
    ]),
  )

test('a card is drawn while it is made, filled by purchases, paid into and paid back', async () => {
  const { page, faults } = await opened.visit({ as: 'owner' })
  page.setDefaultTimeout(9_000)
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/cards')
  await page.getByText('There is no card yet').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'Make a card' }).first().click()
  await page.getByLabel('Name in English').fill('Tenth cup free')
  await page.getByLabel('Stamps that fill it').fill('6')
  await page.getByText('one stamp for each piece; 6 stamps give 50 points').waitFor()
  await page.getByRole('img', { name: '3 of 6 stamps' }).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'card-new', { whole: true })
  await page.getByRole('button', { name: 'Make a card' }).click()
  await page.getByText('Nobody has this card yet').waitFor()

  await page.goto('/cards/new')
  await page.getByRole('button', { name: /Stored value/ }).click()
  await page.getByLabel('Name in English').fill('Tea wallet')
  await page.getByText('Pay NT$1,000, have NT$1,100').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'card-new-value', { whole: true })
  await page.getByRole('button', { name: 'Make a card' }).click()
  await page.getByText('Paid and not used').waitFor()

  const { wang, mary } = world.cast
  await buy(wang, 8, 'T-1')
  await buy(mary, 3, 'T-2')
  await page.goto(`/members/${wang}`)
  await page.getByText('Tenth cup free').waitFor()
  await page.getByRole('img', { name: '2 of 6 stamps' }).waitFor()
  await page.getByRole('button', { name: 'Pay in' }).first().click()
  await page.getByLabel('Amount').fill('1000')
  await page.getByText('The member gets NT$100 on top.').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Pay in' }).click()
  await page.getByText('NT$1,100').first().waitFor()
  await page.getByRole('button', { name: 'Use', exact: true }).click()
  await page.getByLabel('Amount').fill('250')
  await page.getByRole('dialog').getByRole('button', { name: 'Use' }).click()
  await page.getByText('NT$850').first().waitFor()
  await screenshot(page, 'card-member', { whole: true })
  await page.getByRole('button', { name: 'What happened' }).click()
  await page.getByText('6 stamps: the card is full.').waitFor()
  await page.getByText('NT$250 spent.').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'card-history')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More', exact: true }).last().click()
  await page.getByRole('menuitem', { name: 'Pay back what is left' }).click()
  await page.getByText('The member gets NT$750. The card is empty then.').waitFor()
  await screenshot(page, 'card-refund')
  await page.getByRole('button', { name: 'Pay back NT$750' }).click()
  await page.getByText('NT$850').first().waitFor({ state: 'hidden' })

  await page.goto('/cards')
  await page.getByText('3 cards in members’ hands, 1 filled').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'cards')
  await page.getByText('Tenth cup free').click()
  await page.getByText('Filled last').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'card', { whole: true })
  expect(faults).toEqual([])
})

test('on a phone, in Chinese', async () => {
  await world.tx((tx) =>
    cards.define(tx, {
      names: { 'zh-TW': '肩頸放鬆十次' },
      rule: {
        kind: 'sessions',
        uses: 10,
        price_minor: 8_000,
        worth_minor: 1_000,
        months: 12,
        refund: { is_offered: true, basis: 'list_price', fee_bp: 500 },
      },
    }),
  )
  const { page, faults } = await opened.visit({ as: 'owner', screen: 'phone', language: 'zh-TW' })
  page.setDefaultTimeout(9_000)
  await page.goto('/cards')
  await page.getByText('肩頸放鬆十次').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'cards-phone')
  await page.goto('/cards/new')
  await page.getByText('看起來像這樣').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'card-new-phone', { whole: true })
  await page.goto(`/members/${world.cast.wang}`)
  await page.getByText('Tenth cup free').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  await screenshot(page, 'card-member-phone', { whole: true })
  expect(faults).toEqual([])
})

/** Moments: begun from a preset, its preview read, kept; who joins has it, and what could not be given is given later. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as gifts from '../../src/value/gifts/gifts.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  await world.as('marketer').call('PATCH /v1/admin/members/:member_id', {
    params: { member_id: world.cast.ouyang },
    body: { birth_date: '1988-11-20' },
  })
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a marketer begins with a preset, reads what it would come to, and keeps it', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto('/moments')
  await page.getByText('Nothing is given by itself yet').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'moments-empty')
  await page.getByRole('link', { name: /The birthday/ }).click()
  await page.getByText('In the month of the birthday: 50 points').waitFor()
  // who is next stands beside the form, as a door
  await page.getByRole('link', { name: '歐陽菲菲' }).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'moments-new', { whole: true })
  await page.getByRole('button', { name: 'Make a moment' }).click()
  await page.getByText('Rules against abuse').waitFor()
  await page.getByText('Only who joined at least 30 days before.').waitFor()
  expect(await offences(page)).toEqual([])

  await page.getByRole('link', { name: 'Change the moment' }).click()
  await page.getByRole('combobox', { name: 'By which calendar' }).click()
  await page.getByRole('option', { name: 'lunar' }).click()
  await page.getByText('In the lunar month of the birthday: 50 points').waitFor()
  await page.getByLabel('Last day').click()
  await page.getByRole('button', { name: '30 November 2026' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Rules against abuse').waitFor()
  await page.goto('/moments')
  await page.getByText('In the lunar month of the birthday: 50 points, until Nov 30, 2026').waitFor()
  await page.getByRole('cell', { name: 'in force' }).waitFor()
  const { data } = await world.as('marketer').call('GET /v1/admin/moments')
  for (const [starts_on, ends_on, state] of [
    ['2026-11-03', null, 'not yet'],
    [null, '2026-11-01', 'over'],
  ] as const) {
    const { moment_id, rule } = data[0]!
    const body = { rule: { ...rule, starts_on, ends_on } }
    await world.as('marketer').call('PATCH /v1/admin/moments/:moment_id', { params: { moment_id }, body })
    await page.reload()
    await page.getByRole('cell', { name: state, exact: true }).waitFor()
  }
  await screenshot(page, 'moments-list')
  expect(faults).toEqual([])
})

test('a welcome without stock says so and is given once there is some; the member’s page says why', async () => {
  const marketer = world.as('marketer')
  const { item_id } = await marketer.call('POST /v1/admin/gift-items', {
    body: { names: { en: 'Tin', 'zh-TW': '茶罐' }, cost_minor: 30, fulfilment: 'pickup', stock: 'total' },
  })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto('/moments/new?preset=joining')
  await page.getByRole('combobox', { name: 'What', exact: true }).click()
  await page.getByRole('option', { name: 'A gift of the catalogue' }).click()
  await page.getByRole('combobox', { name: /Gift/ }).last().click()
  await page.getByRole('option', { name: 'Tin' }).click()
  await page.getByRole('button', { name: 'Make a moment' }).click()
  await page.getByText('Nothing was given yet').waitFor()
  const { member_id } = await marketer.call('POST /v1/admin/members', {
    body: { display_name: '司徒長名字的新會員小姐', email: 'new@x.example' },
  })
  await page.reload()
  await page.getByText('Could not be given: 1.').waitFor()
  await world.tx((tx) => gifts.setStock(tx, item_id, { heaps: [{ store_id: null, left: 5 }] }))
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Give what could not be given' }).click()
  await page.getByText('Because of joining on').first().waitFor()
  await page.getByText('Waits').first().waitFor()
  await screenshot(page, 'moments-detail', { whole: true })

  await page.goto(`/members/${member_id}`)
  await page.getByText('Given: A welcome').waitFor()
  await page.getByRole('button', { name: 'Change the days' }).click()
  await page.getByRole('button', { name: 'Add a day' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('結婚紀念日')
  await dialog.getByLabel('Month').fill('5')
  await dialog.getByLabel('Day').fill('20')
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'moments-days')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('5/20').waitFor()
  expect(faults).toEqual([])

  const { page: phone } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  phone.setDefaultTimeout(9_000)
  await phone.goto('/moments')
  await phone.getByText('入會禮').first().waitFor()
  expect(await offences(phone)).toEqual([])
  await screenshot(phone, 'moments-phone', { whole: true })
  await phone.goto('/moments/new')
  await phone.getByRole('combobox', { name: '什麼時刻' }).click()
  await phone.getByRole('option', { name: '節日' }).click()
  await phone.getByPlaceholder('選擇節日').click()
  await phone.getByRole('option', { name: '中秋節' }).click()
  await phone.keyboard.press('Escape')
  await phone.getByText('中秋節：').waitFor()
  expect(await offences(phone)).toEqual([])
  await screenshot(phone, 'moments-phone-new', { whole: true })
  const { page: dark } = await opened.visit({ as: 'marketer', language: 'zh-TW', scheme: 'dark' })
  dark.setDefaultTimeout(9_000)
  await dark.goto(`/members/${member_id}`)
  await dark.getByText('送出').first().waitFor()
  expect(await offences(dark)).toEqual([])
  await screenshot(dark, 'moments-member', { whole: true })
})

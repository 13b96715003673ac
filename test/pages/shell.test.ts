import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entryScript, firstLoad, firstLoadBytesMax } from '../../web/build/build-web.ts'
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

test('a one-time link signs in once; used again, it says what to do', async () => {
  const token = await opened.linkToken('owner')
  const { page } = await opened.visit({ as: null })
  await page.goto(`/sign-in#token=${token}`)
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor()
  expect(page.url()).not.toContain(token)

  const { page: second } = await opened.visit({ as: null })
  await second.goto(`/sign-in#token=${token}`)
  await second.getByText('This link does not work any more').waitFor()
  expect(await offences(second)).toEqual([])
})

test('who is not signed in is led to sign in, and then to where they wanted to go', async () => {
  const { page } = await opened.visit({ as: null })
  await page.goto('/members?search=wang')
  await page.getByLabel('E-mail').fill('nobody@wusong.example')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('E-mail or password is not right.').waitFor()
  await world.as('marketer').call('POST /v1/admin/session/password', { body: { wanted: 'oolong-at-dawn-42' } })
  await page.getByLabel('E-mail').fill('marketer@wusong.example')
  await page.getByLabel('Password', { exact: true }).fill('oolong-at-dawn-42')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/members?search=wang')
  await page.getByRole('link', { name: '王小明' }).waitFor()
})

test('members are found by pinyin, from the list and from anywhere', async () => {
  const { page, faults } = await opened.visit({ as: 'clerk', language: 'zh-TW' })
  await page.goto('/members')
  await page.getByRole('link', { name: '陳美麗' }).waitFor()
  await page.getByPlaceholder('姓名、拼音').fill('wxm')
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  expect(page.url()).toContain('search=wxm')
  expect(await offences(page)).toEqual([])

  await page.locator('body').press('Escape')
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('/')
  await page.getByRole('dialog').getByRole('combobox').fill('ouyang')
  await page.getByRole('option', { name: '歐陽菲菲' }).waitFor()
  expect(await offences(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/members/${world.cast.ouyang}`)
  expect(faults).toEqual([])
})

test('the keys are listed by ?, and g m opens the members', async () => {
  const { page } = await opened.visit()
  await page.goto('/nowhere')
  await page.getByText('There is no such page').waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('m')
  await page.waitForURL('**/members')
})

test('a group of the navigation folds and stays folded; the page one is on stands open', async () => {
  const { page } = await opened.visit()
  await page.goto('/stores')
  const group = (name: string) => page.getByRole('button', { name, exact: true })
  const entry = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true })
  await entry('Stores').waitFor()
  expect(await entry('Audit trail').count()).toBe(0)
  await group('Settings').click()
  await entry('Audit trail').waitFor()
  await group('Reach').click()
  await entry('Segments').waitFor({ state: 'detached' })
  await page.reload()
  await entry('Audit trail').waitFor()
  expect(await entry('Segments').count()).toBe(0)
  await page.goto('/program/brand')
  await entry('Brand').waitFor()
  expect(await entry('Brand').getAttribute('aria-current')).toBe('page')
  expect(await entry('Program').getAttribute('aria-current')).toBeNull()
  expect(await offences(page)).toEqual([])
})

test('the language is changed on the spot and stays', async () => {
  const { page } = await opened.visit({ as: 'marketer' })
  await page.goto('/members')
  await page.getByRole('button', { name: /Marketer/ }).click()
  await page.getByRole('menuitem', { name: '繁體中文' }).click()
  await page.getByRole('heading', { name: '會員', level: 1 }).waitFor()
  expect(await page.evaluate('document.documentElement.lang')).toBe('zh-TW')
  await expect
    .poll(async () => (await world.as('marketer').call('GET /v1/admin/session')).staff?.locale)
    .toBe('zh-TW')
})

test('on a phone the list is cards, and the bar lies under the thumb', async () => {
  const { page } = await opened.visit({ screen: 'phone', scheme: 'dark', language: 'zh-CN' })
  await page.goto('/members')
  await page.getByRole('link', { name: '王小明' }).waitFor()
  expect(await page.getByRole('table').count()).toBe(0)
  const bar = await page.getByRole('navigation').boundingBox()
  expect(bar!.y + bar!.height).toBeGreaterThan(800)
  const widest = await page.evaluate('document.documentElement.scrollWidth')
  expect(widest).toBe(390)
  expect(await offences(page)).toEqual([])
})

test('leaving a form with changes asks first, and staying keeps them', async () => {
  const { page } = await opened.visit({ as: 'marketer' })
  await page.goto('/members/new')
  await page.getByLabel('Name').first().fill('林小美')
  await page.getByRole('link', { name: 'Members' }).first().click()
  const asked = page.getByRole('dialog', { name: 'You have changes that are not saved.' })
  await asked.waitFor()
  expect(await offences(page)).toEqual([])
  await asked.getByRole('button', { name: 'Stay' }).click()
  expect(await page.getByLabel('Name').first().inputValue()).toBe('林小美')
  await page.getByRole('link', { name: 'Members' }).first().click()
  await asked.getByRole('button', { name: 'Leave without saving' }).click()
  await page.waitForURL('**/members')
})

test('a clerk does not see what a clerk may not open', async () => {
  const { page } = await opened.visit({ as: 'clerk' })
  await page.goto('/')
  await page.waitForURL('**/members')
  expect(await page.getByRole('link', { name: 'Staff' }).count()).toBe(0)
})

test('the first load stays under its weight, and is built for production', async () => {
  expect(firstLoad().script_bytes).toBeLessThan(firstLoadBytesMax)
  // React's development half alone would be 60 kB of it
  const script = await readFile(path.join(import.meta.dirname, '../../dist/web/console', entryScript()), 'utf8')
  expect(script).not.toContain('Download the React DevTools')
})

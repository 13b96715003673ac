/** The owner gives the brand its look; both apps follow, by day and by night, without a flash of another's colours. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
import * as members from '../../src/record/members/members.ts'
import { plainPng } from '../../src/record/program/program.ts'
import { offences, screenshot } from '../browser.ts'
import { chainOf } from '../certificates.ts'
import { openConsole, type Console } from '../console.ts'
import { phonesOf } from '../phones.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let phones: ReturnType<typeof phonesOf>

beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  await world.tx((tx) => members.update(tx, world.cast.wang, { email: 'wang@example.com' }))
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

const overhang = (page: Page) => page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
const variable = (page: Page, name: string) =>
  page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('--${name}').trim()`)

async function choose(page: Page, kind: string, picture: Buffer): Promise<void> {
  const section = page.locator(`input[type=file]`).nth(['icon', 'logo', 'card'].indexOf(kind))
  await section.setInputFiles({ name: `${kind}.png`, mimeType: 'image/png', buffer: picture })
  await page.locator(`img[alt="${{ icon: 'Icon', logo: 'Logo', card: 'Card picture' }[kind]}"]`).waitFor()
}

test('the owner chooses a colour, is told when it cannot be read, and takes the nearest that can', async () => {
  const { page, faults } = await opened.visit({ as: 'owner' })
  page.setDefaultTimeout(9_000)
  await page.goto('/program/brand')
  const main = page.getByLabel('Main colour')
  await main.fill('#f5d76e')
  await page.getByLabel('Writing on it').fill('#ffffff')
  await page.getByText('Cannot be read').waitFor()
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
  await page.keyboard.press('Escape')
  await screenshot(page, 'brand-unreadable')
  await page.getByRole('button', { name: /^Write with/ }).click()
  await page.getByText('Can be read').waitFor()
  // between the two fills a pair that cannot be read is judged too: what is waited for is the last judgement
  const judged = page.waitForResponse((answer) => {
    if (!answer.url().endsWith('/v1/admin/brand/colours')) return false
    const { main_colour, on_colour } = answer.request().postDataJSON() as Record<string, string | null>
    return main_colour === '#0b6e4f' && on_colour === null
  })
  await main.fill('#0b6e4f')
  await page.getByLabel('Writing on it').fill('')
  await judged
  await page.getByText('Can be read').waitFor()
  await page.getByLabel('Greeting above the card · English').fill('Good to see you')
  await page.getByLabel('Greeting above the card · 繁體中文').fill('又見面了')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').waitFor()
  for (const [kind, width, height] of [
    ['icon', 640, 640],
    ['logo', 900, 200],
    ['card', 1400, 600],
  ] as const)
    await choose(page, kind, plainPng(width, height, kind === 'logo' ? '#ffffff' : '#d9a441'))
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'brand-settings', { whole: true })
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overhang(page)).toBe(0)
  await screenshot(page, 'brand-settings-390', { whole: true })
  expect(faults).toEqual([])
  const sizes = await world.db.rows(sql`select width, height from brand_pictures order by width, height`)
  expect(sizes).toContainEqual({ width: 1125, height: 432 })
  expect(sizes).toContainEqual({ width: 480, height: 106 })
  const bad = page.locator('input[type=file]').first()
  await bad.setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') })
  await page.getByText('This file cannot be read as a picture.').waitFor()
})

test('both apps begin in the brand’s colours, before any script has run', async () => {
  for (const app of ['portal', 'counter']) {
    for (const [scheme, name] of [
      ['light', 'brand'],
      ['dark', 'brand'],
    ] as const) {
      const { page } = await opened.visit({ as: null, screen: 'phone', scheme })
      // the page alone: no script, no style sheet
      await page.route('**/assets/**', (route) => route.abort())
      await page.goto(`/${app}/`)
      const wanted = (await world.as('owner').call('GET /v1/admin/brand')).schemes[scheme].brand
      expect([app, scheme, await variable(page, name)]).toEqual([app, scheme, wanted])
      expect(await page.title()).toBe('悟松茶 Wusong Tea')
    }
  }
})

/** What lies under the logo that is on screen, and whether it is seen on it. */
const grounds = (marks: string) =>
  `[...document.querySelectorAll('${marks}')].map((one) => getComputedStyle(one).backgroundColor.replaceAll(' ', ''))`
const underLogo = (page: Page) => page.evaluate(`${grounds('img.mark')}[0]`)
const nothing = 'rgba(0,0,0,0)'
const green = 'rgb(11,110,79)'

test('a white logo is seen wherever it is shown: on a plate by day, on the card and at night as it is', async () => {
  const offer = '/portal/pass/nothing-of-that-name'
  for (const [scheme, at, under] of [
    ['light', '/portal/', green],
    ['light', offer, green],
    ['light', '/portal/account?code=old&state=old', green],
    ['dark', '/portal/', nothing],
    ['dark', offer, nothing],
  ] as const) {
    const { page, context } = await opened.visit({ as: null, screen: 'phone', scheme, language: 'zh-TW' })
    page.setDefaultTimeout(9_000)
    await page.goto(at)
    await page.locator('img.mark').waitFor()
    expect([scheme, at, await underLogo(page)]).toEqual([scheme, at, under])
    expect(await overhang(page)).toBe(0)
    await screenshot(page, `brand-logo-${scheme}`)
    await context.close()
  }
  const { page } = await opened.visit({ as: 'owner', language: 'zh-TW' })
  page.setDefaultTimeout(9_000)
  await page.goto('/program/brand')
  const preview = page.getByRole('complementary', { name: '預覽' })
  const shown = () => page.evaluate(grounds('aside img[alt="悟松茶 Wusong Tea"]'))
  // the page, the card, the pass
  await expect.poll(shown).toEqual([green, nothing, nothing])
  await screenshot(page, 'brand-preview-light', { whole: true })
  await preview.getByText('深色').click()
  await expect.poll(shown).toEqual([nothing, nothing, nothing])
  await screenshot(page, 'brand-preview-dark', { whole: true })
})

test('the member sees the brand’s card; wallet buttons are there when a wallet is', async () => {
  const { page, faults } = await opened.visit({ as: null, screen: 'phone', language: 'zh-TW' })
  page.setDefaultTimeout(9_000)
  const signIn = async () => {
    world.later(1)
    await page.goto('/portal/')
    await page.locator('input[type=email]').fill('wang@example.com')
    await page.locator('button.main').click()
    await page.locator('input[autocomplete=one-time-code]').waitFor()
    const asked = await world.db.row<{ code_id: string }>(
      sql`select code_id from member_sign_in_codes order by created_at desc, code_id desc limit 1`,
    )
    await page.locator('input[autocomplete=one-time-code]').fill(await phones.codeIn(asked!.code_id))
    await page.locator('button.main').click()
    await page.locator('article.card').waitFor()
  }
  await signIn()
  await page.getByText('又見面了').waitFor()
  await page.locator('article.card img.mark').waitFor()
  expect(await underLogo(page)).toBe(nothing)
  expect(await page.getByText('加入 Google 錢包').count()).toBe(0)
  await screenshot(page, 'brand-card')
  expect(await offences(page)).toEqual([])

  const from = new Date('2024-01-01')
  const chain = chainOf({ pass_type: 'pass.example', team: 'T1', from, until: new Date('2035-01-01') })
  const owner = world.as('owner')
  await owner.call('PUT /v1/admin/wallets/apple', {
    body: { certificate: chain.certificate, wwdr: chain.authority, key: chain.key },
  })
  await owner.call('PUT /v1/admin/wallets/google', {
    body: { issuer_id: '3388000000022', service_email: 'p@example.com', key: chain.key },
  })
  await page.reload()
  await page.getByRole('button', { name: '加入 Google 錢包' }).waitFor()
  for (const width of [360, 390, 820]) {
    await page.setViewportSize({ width, height: 844 })
    expect([width, await overhang(page)]).toEqual([width, 0])
    await screenshot(page, `brand-card-wallets-${width}`, { whole: true })
  }
  // without a network it is the same card: the page is kept with its colours, the pictures beside it
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await page.reload()
  await page.locator('article.card img.mark').waitFor()
  const kept = (expression: string) => expect.poll(() => page.evaluate(expression))
  await kept(`caches.open('portal-pictures').then((own) => own.keys()).then((keys) => keys.length)`).toBe(2)
  await kept(
    `caches.match('/portal/').then((page) => page.text()).then((text) => text.includes('--brand:#0b6e4f'))`,
  ).toBe(true)
  // by keyboard alone: every step is seen, and leads to the pages
  await page.locator('body').press('Tab')
  for (let steps = 0; steps < 20; steps += 1) {
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).not.toBe('none')
    if (await page.evaluate(`document.activeElement.getAttribute('href') === '/portal/history'`)) break
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  expect(new URL(page.url()).pathname).toBe('/portal/history')
  // 200 %: half the width for the same words
  await page.setViewportSize({ width: 195, height: 422 })
  expect(await overhang(page)).toBe(0)
  expect(faults).toEqual([])
})

test('the counter follows the brand at every size, by day and by night, and by keyboard', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    const { page, faults } = await opened.visit({ as: 'clerk', screen: 'phone', scheme, language: 'zh-TW' })
    page.setDefaultTimeout(9_000)
    await page.goto('/counter/')
    await page.locator('#store').selectOption({ label: '信義店' })
    await page.getByRole('button', { name: '記住' }).click()
    const field = page.getByRole('search').locator('input').first()
    await field.waitFor()
    for (const width of [360, 390, 820]) {
      await page.setViewportSize({ width, height: 844 })
      expect([scheme, width, await overhang(page)]).toEqual([scheme, width, 0])
      await screenshot(page, `brand-counter-${scheme}-${width}`)
    }
    expect(await offences(page)).toEqual([])
    await field.focus()
    await page.keyboard.type('王')
    await page.getByRole('link', { name: /王小明/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '王小明' }).waitFor()
    expect(await offences(page)).toEqual([])
    await screenshot(page, `brand-counter-member-${scheme}`)
    await page.setViewportSize({ width: 195, height: 422 })
    expect([scheme, await overhang(page)]).toEqual([scheme, 0])
    expect(faults).toEqual([])
  }
})

test('the wallets’ page names what a certificate lacks, and never shows a key again', async () => {
  const { page } = await opened.visit({ as: 'owner' })
  page.setDefaultTimeout(9_000)
  await page.goto('/program/passes')
  await page.getByText('Pass type pass.example, team T1').waitFor()
  expect(await page.getByLabel('Private key (PEM)').first().inputValue()).toBe('')
  await page.getByLabel('Certificate of the pass type (PEM)').fill('hello')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByText('This is not a certificate in PEM.').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'brand-passes', { whole: true })
})

test('letters that stay in the house can be read, so that a newcomer may sign in', async () => {
  const { page } = await opened.visit({ as: 'owner', screen: 'phone' })
  page.setDefaultTimeout(9_000)
  await page.goto('/program/letters')
  await page.getByText('wang@example.com').first().waitFor()
  expect(await offences(page)).toEqual([])
  expect(await overhang(page)).toBe(0)
  await screenshot(page, 'brand-letters')
})

/** The portal at the sizes people hold it: everything owned, nothing owned, long names, light and dark, no network. */
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openServer } from '../../src/app/server.ts'
import { createLog } from '../../src/base/log.ts'
import { sql } from '../../src/base/sql.ts'
import { phonesOf } from '../phones.ts'
import * as members from '../../src/record/members/members.ts'
import * as cards from '../../src/value/cards/cards.ts'
import * as coupons from '../../src/value/coupons/coupons.ts'
import * as gifts from '../../src/value/gifts/gifts.ts'
import * as points from '../../src/value/points/points.ts'
import { firstLoad, counterBytesMax } from '../../web/build/build-web.ts'
import { offences, screenshot, type Visit } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let phones: ReturnType<typeof phonesOf>

const longName = '歐陽娜娜·亞歷山大·馮·霍恩洛厄-瓦爾登堡 Alexandrina-Wilhelmina'

beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  const { wang } = world.cast
  await world.tx(async (tx) => {
    await members.update(tx, wang, { email: 'wang@example.com' })
    await members.update(tx, world.cast.ouyang, { email: 'ouyang@example.com', display_name: longName })
    const lot = { earned_at: world.now(), source: 'test', member_id: wang }
    await points.openLots(tx, [
      { ...lot, points: 1_280, expires_on: '2027-03-31', source_id: '1' },
      { ...lot, points: 120, expires_on: '2026-12-31', source_id: '2' },
    ])
    const [coupon] = await coupons.define(tx, [{ name: '滿 300 折 50', design: couponDesign }])
    const { coupon_definition_id } = coupon!
    await coupons.issue(tx, [{ member_id: wang, coupon_definition_id, source: 'test', source_id: '1' }])
  })
  await makeGifts(wang)
  const marketer = world.as('marketer')
  const { data: ladder } = await marketer.call('GET /v1/admin/tiers')
  const rule = { tier_codes: [ladder[0]!.code], quota: { uses: 2, period: 'month' as const } }
  const names = { en: 'A free cup of tea', 'zh-TW': '免費茶飲一杯' }
  await marketer.call('POST /v1/admin/privileges', { body: { names, texts: { 'zh-TW': '生日當月限定' }, rule } })
  const { card_definition_id } = await marketer.call('POST /v1/admin/cards', {
    body: { names: { en: 'Ten cups', 'zh-TW': '集十杯' }, rule: stampRule },
  })
  const stamps = { member_id: wang, card_definition_id, source: 'test', source_id: '1' }
  await world.tx((tx) => cards.adjust(tx, [{ ...stamps, units: 7, reason: 'moved from paper' }]))
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

const couponDesign = {
  minimum_minor: 300,
  stacking: { group: 'coupon', is_exclusive: false },
  codes: 'generated' as const,
  gives_back: true,
  benefit: { kind: 'amount' as const, amount_minor: 50 },
  scope: {},
  window: { days_after_issue: 30 },
  limits: { per_coupon: 1 },
}
const stampRule = {
  kind: 'stamps' as const,
  size: 10,
  per: { by: 'units' as const },
  scope: { skus: [], categories: [], excluded_skus: [], excluded_categories: [], store_ids: [] },
  day_max: null,
  months: 12,
  refunds: 'carry' as const,
  reward: { kind: 'points' as const, points: 50 },
}

async function makeGifts(member_id: string): Promise<void> {
  await world.tx(async (tx) => {
    const item = { cost_minor: 60, fulfilment: 'pickup', stock: 'none' } as const
    const cup = {
      names: { en: 'Cup', 'zh-TW': '馬克杯' },
      descriptions: { 'zh-TW': '白瓷，可微波' },
      price_points: 300,
    }
    const { item_id } = await gifts.createItem(tx, { ...item, ...cup })
    const box = { names: { 'zh-TW': '冠軍烏龍禮盒' }, price_points: 5_000, price_minor: 480 }
    await gifts.createItem(tx, { ...item, ...box, fulfilment: 'delivery', stock: 'total' })
    const reward = { kind: 'item' as const, item_id }
    await gifts.give(tx, [{ member_id, reward, reason: 'test', occurrence: '1' }])
  })
}

/** Signs a member in on this page, by the code of the letter. */
async function signIn(page: Page, email: string): Promise<void> {
  world.at(new Date(world.now().getTime() + 3_600_000))
  await page.goto('/portal/')
  await page.locator('input[type=email]').fill(email)
  await page.locator('button.main').click()
  const code = page.locator('input[autocomplete=one-time-code]')
  await code.waitFor()
  await code.fill(await codeFor(email))
  await page.locator('button.main').click()
  await page.locator('article.card').waitFor()
}

async function codeFor(address: string): Promise<string> {
  const asked = await world.db.row<{ code_id: string }>(sql`
    select code_id from member_sign_in_codes where address = ${address}::text order by created_at desc, code_id desc
    limit 1`)
  return phones.codeIn(asked!.code_id)
}

async function visit(options: Visit): Promise<{ page: Page; faults: string[] }> {
  const { page, faults } = await opened.visit({ screen: 'phone', as: null, ...options })
  page.setDefaultTimeout(9_000)
  return { page, faults }
}

/** A server that may go away and come back. */
async function listen(port: number) {
  const pages = path.join(import.meta.dirname, '../../dist/web/console')
  const server = await openServer({ db: world.db, log: createLog({ level: 'error' }), pages })
  await server.listen({ host: '127.0.0.1', port })
  return { server, port: (server.server.address() as AddressInfo).port }
}

/** What the page would need to be scrolled sideways for. */
const overhang = (page: Page) => page.evaluate('document.documentElement.scrollWidth - window.innerWidth')

test('weighs less than a phone on slow 4G waits two seconds for', () => {
  expect(firstLoad('portal').script_bytes).toBeLessThan(counterBytesMax)
})

test('shows all that is owned, in each size and light, without an offence', async () => {
  for (const [language, scheme] of [
    ['zh-TW', 'light'],
    ['en', 'dark'],
  ] as const) {
    const { page, faults } = await visit({ language, scheme })
    await signIn(page, 'wang@example.com')
    await page.getByText(language === 'en' ? '7 of 10 stamps' : '10 格中已集 7 格').waitFor()
    // 320: a phone of 640 at 200 % (WCAG 2.2, 1.4.10)
    for (const width of [320, 360, 390, 820]) {
      await page.setViewportSize({ width, height: 844 })
      expect([width, await overhang(page)]).toEqual([width, 0])
      await screenshot(page, `portal-card-${language}-${width}`, { whole: true })
    }
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await offences(page)).toEqual([])
    await page.getByRole('button', { name: language === 'en' ? 'Pay' : '付款', exact: true }).click()
    await page.locator('svg.qr').waitFor()
    await screenshot(page, `portal-pay-${language}`)
    for (const tab of ['shop', 'history', 'me']) {
      await page.locator(`nav a[href="/portal/${tab}"]`).click()
      await page.locator('main h1').waitFor()
      await page.locator('main .waiting').waitFor({ state: 'detached' })
      if (tab === 'history') await page.locator('summary').first().click()
      expect([tab, await overhang(page)]).toEqual([tab, 0])
      expect([tab, await offences(page)]).toEqual([tab, []])
      await screenshot(page, `portal-${tab}-${language}`, { whole: true })
    }
    expect(faults).toEqual([])
  }
})

test('is kind to who has nothing yet and a name longer than the card', async () => {
  const { page } = await visit({ language: 'zh-TW', scheme: 'dark' })
  await signIn(page, 'ouyang@example.com')
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await overhang(page)).toBe(0)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-empty', { whole: true })
  await page.locator('nav a[href="/portal/history"]').click()
  await page.getByText('還沒有點數').waitFor()
  expect(await offences(page)).toEqual([])
})

test('shows a code that pays on a phone whose clock is hours off, and how long it is good', async () => {
  const { page, faults } = await visit({ language: 'en' })
  await signIn(page, 'wang@example.com')
  await page.context().clock.setFixedTime(new Date(world.now().getTime() + 7 * 3_600_000))
  await page.reload()
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  const spoken = await page.locator('.spoken').textContent()
  const seconds = Number(/\d+/.exec((await page.locator('.codes .hint').textContent())!)![0])
  expect(seconds).toBeGreaterThan(20)
  expect(seconds).toBeLessThanOrEqual(60)
  const shown = await world
    .as('clerk')
    .call('POST /v1/till/members/identify', { body: { code: spoken!.replaceAll(' ', '') } })
  expect(shown.may_spend).toBe(true)
  expect(faults).toEqual([])
})

test('earns without a network, and says that paying needs one', async () => {
  const first = await listen(0)
  const { page } = await visit({ language: 'en', base_url: `http://127.0.0.1:${first.port}` })
  await signIn(page, 'wang@example.com')
  // the worker takes the page over and has kept the card
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await page.waitForFunction('navigator.serviceWorker.controller !== null')
  await page.reload()
  await page.locator('article.card').waitFor()
  await page.waitForFunction(`caches.open('portal-own').then((own) => own.keys()).then((keys) => keys.length >= 2)`)
  // a worker's own calls know nothing of a browser that plays offline: the server is really gone
  await first.server.close()
  await page.reload()
  await page.getByText('No network. This is your card as of').waitFor()
  await page.locator('svg.bars').waitFor()
  await screenshot(page, 'portal-offline')
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await page.getByText('Paying with points needs a network').waitFor()
  expect(await offences(page)).toEqual([])
  // signed out, the device keeps nothing of the card
  const second = await listen(first.port)
  await page.reload()
  await page.locator('nav a[href="/portal/me"]').click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByText('We send you a code').waitFor()
  expect(
    await page.evaluate(
      `caches.match('/v1/portal/home', { cacheName: 'portal-own' }).then((kept) => kept === undefined)`,
    ),
  ).toBe(true)
  await second.server.close()
})

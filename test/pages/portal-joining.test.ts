/**
 * Joining as people meet it: a poster made and scanned, a coupon passed on to a friend who joins by accepting, an
 * account with a real OpenID provider, a second address that makes two cards one, and one question at a time.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
import * as coupons from '../../src/value/coupons/coupons.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openId, type OpenId } from '../oidc.ts'
import { phonesOf } from '../phones.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let there: OpenId
let phones: ReturnType<typeof phonesOf>
const longName = '冬季限定・冠軍烏龍禮盒兌換券（信義、大安、網路商店皆可使用，每人限用一次）'

beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  await world.tx(async (tx) => {
    const design = {
      benefit: { kind: 'amount' as const, amount_minor: 100 },
      scope: {},
      minimum_minor: 0,
      window: { ends_on: '2026-12-31' },
      stacking: { group: 'a', is_exclusive: false },
      limits: { per_coupon: 1 },
      codes: 'generated' as const,
      gives_back: true,
      may_be_passed_on: true,
    }
    const [made] = await coupons.define(tx, [{ name: longName, design }])
    const { coupon_definition_id } = made!
    await coupons.issue(tx, [
      { member_id: world.cast.wang, coupon_definition_id, source: 'test', source_id: '1' },
      { member_id: world.cast.wang, coupon_definition_id, source: 'test', source_id: '2' },
    ])
  })
  opened = await openConsole(world)
  there = await openId([`${opened.url}/portal/account`])
  const owner = world.as('owner')
  await owner.call('PUT /v1/admin/joining/providers/:provider', {
    params: { provider: 'house' },
    body: {
      preset: 'oidc',
      name: 'House ID',
      client_id: there.client_id,
      settings: { issuer: there.issuer },
      secrets: { client_secret: there.client_secret },
      is_on: true,
    },
  })
})
afterAll(async () => {
  await opened?.close()
  await there?.close()
  await world?.close()
})

const overhang = (page: Page) => page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
async function codeFor(address: string, purpose = 'sign_in'): Promise<string> {
  const asked = await world.db.row<{ code_id: string }>(sql`
    select code_id from member_sign_in_codes where address = ${address}::text and purpose = ${purpose}::text
    order by created_at desc limit 1`)
  return phones.codeIn(asked!.code_id)
}
async function enter(page: Page, email: string, way: 'email' | 'tel' = 'email'): Promise<void> {
  world.at(new Date(world.now().getTime() + 3_600_000))
  if (way === 'email') await page.locator('input[type=email]').fill(email)
  await prove(page, email)
}
/** Asks for the code and types it in. */
async function prove(page: Page, email: string): Promise<void> {
  await page.locator('form button.main').click()
  const code = page.locator('input[autocomplete=one-time-code]')
  await code.waitFor()
  await code.fill(await codeFor(email))
  await page.locator('form button.main').click()
}

test('a poster is made, printed with its QR, and says how many it brought', async () => {
  const { page, faults } = await opened.visit({ as: 'owner', language: 'zh-TW' })
  await page.goto('/joining')
  await page.getByRole('button', { name: '新增海報或連結' }).first().click()
  await page.getByLabel('名稱').fill('二樓電梯 Lift')
  await page.getByRole('dialog').getByRole('button', { name: '新增海報或連結' }).click()
  await page.waitForURL(/\/joining\/[0-9a-f-]{36}$/)
  await page.getByText(`${opened.url}/portal?source=lift`).first().waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'joining-poster', { whole: true })
  await page.emulateMedia({ media: 'print' })
  await page.locator('nav').first().waitFor({ state: 'hidden' })
  expect(await page.getByRole('article', { name: '海報' }).isVisible()).toBe(true)
  await screenshot(page, 'joining-poster-paper')
  await page.emulateMedia({ media: 'screen' })
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overhang(page)).toBe(0)
  await screenshot(page, 'joining-poster-390', { whole: true })
  await page.goto('/joining')
  await page.getByText('二樓電梯 Lift').first().waitFor()
  await screenshot(page, 'joining-list-390', { whole: true })
  await page.setViewportSize({ width: 1280, height: 900 })
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'joining-list', { whole: true })
  expect(faults).toEqual([])
})

test('questions and accounts are set up', async () => {
  const { page, faults } = await opened.visit({ as: 'owner', language: 'en' })
  await page.goto('/joining/steps')
  await page.getByRole('button', { name: 'Add a question' }).click()
  await page.getByLabel(/Question · English/).fill('When is your birthday?')
  await page.getByLabel(/Question · 繁體中文/).fill('您的生日是哪一天？')
  await page.getByRole('button', { name: 'Add a question' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').first().waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'joining-steps', { whole: true })
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overhang(page)).toBe(0)
  await screenshot(page, 'joining-steps-390', { whole: true })
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto('/joining/accounts')
  await page.getByRole('button', { name: 'Set up LINE' }).click()
  await page.getByLabel('Client ID').fill('165')
  await screenshot(page, 'joining-account-form')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Something is still missing').waitFor()
  await page.getByLabel('Client secret').fill('s3cret')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('0 members sign in by it.').nth(1).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'joining-accounts', { whole: true })
  // off again: nobody can be sent there from here
  await world.db.run(sql`update joining_providers set is_on = false where provider = 'line'`)
  expect(faults).toEqual([])
})

test('a coupon is passed on, and the friend joins by accepting, at 360 px and in Chinese', async () => {
  const giver = (await opened.visit({ screen: 'phone', as: null, language: 'zh-TW' })).page
  giver.setDefaultTimeout(9_000)
  await giver.goto('/portal/')
  await enter(giver, 'wang@example.com')
  await giver
    .getByRole('button', { name: `轉贈 ${longName}` })
    .first()
    .click()
  const link = await giver.getByRole('dialog').getByLabel('連結').inputValue()
  expect(await offences(giver)).toEqual([])
  await giver.setViewportSize({ width: 360, height: 740 })
  expect(await overhang(giver)).toBe(0)
  await screenshot(giver, 'portal-pass-on')
  const { page, faults } = await opened.visit({ screen: 'phone', as: null, language: 'zh-TW' })
  page.setDefaultTimeout(9_000)
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(link)
  await page.getByText('王○明轉贈給您').waitFor()
  expect(await overhang(page)).toBe(0)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-pass-offered', { whole: true })
  // 320: a phone of 640 at 200 %
  await page.setViewportSize({ width: 320, height: 740 })
  expect(await overhang(page)).toBe(0)
  await page.setViewportSize({ width: 360, height: 740 })
  await page.getByRole('button', { name: '接受' }).click()
  await enter(page, 'friend@example.com')
  await page.getByLabel('怎麼稱呼您？').fill('林朋友')
  await page.getByRole('button', { name: '加入會員', exact: true }).click()
  await page.getByText('現在是您的了').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-pass-accepted')
  await page.getByRole('button', { name: '看我的會員卡' }).click()
  await page.getByText(longName).first().waitFor()
  // one question at a time
  await page.getByText('您的生日是哪一天？').waitFor()
  expect(await overhang(page)).toBe(0)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-step', { whole: true })
  await page.getByLabel('您的生日是哪一天？').fill('1991-04-05')
  await page.getByRole('button', { name: '回答' }).click()
  await page.getByText('好禮已放進您的會員卡').waitFor()
  const kept = await world.db.row(sql`
    select m.birth_date, m.join_channel, giver.display_name as giver from members m
    join members giver on giver.member_id = m.referred_by where m.email = 'friend@example.com'`)
  expect(kept).toEqual({ birth_date: '1991-04-05', join_channel: 'friend', giver: '王小明' })
  // nobody has it twice
  await page.goto(link)
  await page.getByText('這份禮已經有人接受了。').waitFor()
  await screenshot(page, 'portal-pass-over')
  expect(faults).toEqual([])
})

test('an account elsewhere joins, and signs in the next time', async () => {
  there.as({ sub: 'anna', email: 'anna@example.com', email_verified: true, name: 'Anna Lin' })
  const { page, faults, context } = await opened.visit({ screen: 'phone', as: null, language: 'en' })
  page.setDefaultTimeout(9_000)
  await page.goto('/portal?source=lift')
  await page.getByRole('button', { name: 'Go on with House ID' }).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-accounts')
  await page.getByRole('button', { name: 'Go on with House ID' }).click()
  expect(await page.getByLabel('What may we call you?').inputValue()).toBe('Anna Lin')
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-account-join')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.locator('article.card').waitFor()
  const kept = await world.db.row(sql`select join_channel from members where email = 'anna@example.com'`)
  expect(kept).toEqual({ join_channel: 'lift' })
  await context.clearCookies()
  await page.goto('/portal/')
  await page.getByRole('button', { name: 'Go on with House ID' }).click()
  await page.locator('article.card').waitFor()
  // an answer that is heard again says so
  await page.goto('/portal/account?code=old&state=old')
  await page.getByText('This way did not work.').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-account-lost')
  expect(faults).toEqual([])
})

/** What the page said to the doors that an account opens, and what they answered. */
function doorsKnocked(page: Page): string[] {
  const knocked: string[] = []
  page.on('response', (answer) => {
    const door = /\/v1\/(open\/portal\/(?:account-returns|sessions)|portal\/accounts)$/.exec(answer.url())
    if (door) knocked.push(`${door[1]} ${answer.status()}`)
  })
  return knocked
}

test.each([
  { language: 'zh-TW', sub: 'mei', email: 'mei@example.com', who: '這個信箱已有會員卡', isLoadedAgain: false },
  { language: 'zh-CN', sub: 'lan', email: 'lan@example.com', who: '这个邮箱已有会员卡', isLoadedAgain: true },
] as const)(
  'an account whose e-mail has a card leads to it after the code, once; loaded again: $isLoadedAgain, $language',
  async ({ language, sub, email, who, isLoadedAgain }) => {
    const theirs = await world.as('owner').call('POST /v1/admin/members', { body: { email, display_name: sub } })
    there.as({ sub, email, email_verified: true, name: 'X' })
    const { page, faults, context } = await opened.visit({ screen: 'phone', as: null, language })
    page.setDefaultTimeout(9_000)
    const knocked = doorsKnocked(page)
    await page.goto('/portal/')
    await page.getByRole('button', { name: /House ID/ }).click()
    await page.getByText(who).waitFor()
    // the phone forgets the page while its owner looks for the letter
    if (isLoadedAgain) {
      await page.reload()
      await page.getByText(who).waitFor()
    }
    expect(await offences(page)).toEqual([])
    await prove(page, email)
    await page.locator('article.card').waitFor()
    expect(knocked).toEqual(['open/portal/account-returns 200', 'open/portal/sessions 200', 'portal/accounts 200'])
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(email)
    const bound = await world.db.rows(sql`
      select member_id from member_identities where kind = 'account:house' and value = ${sub}::text`)
    expect(bound).toEqual([{ member_id: theirs.member_id }])
    await context.clearCookies()
    await page.goto('/portal/')
    await page.getByRole('button', { name: /House ID/ }).click()
    await page.locator('article.card').waitFor()
    expect(knocked.slice(3)).toEqual(['open/portal/account-returns 200'])
    expect(faults).toEqual([])
  },
)

test('a second address of another card makes the two one, told in plain words', async () => {
  const { page, faults } = await opened.visit({ screen: 'phone', as: null, language: 'en', scheme: 'dark' })
  page.setDefaultTimeout(9_000)
  await page.goto('/portal/')
  await enter(page, 'wang@example.com')
  await page.locator('article.card').waitFor()
  await page.locator('nav a[href="/portal/me"]').click()
  await page.getByRole('button', { name: 'Add an e-mail or phone' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[type=email]').fill('oyff@example.com')
  await dialog.getByRole('button', { name: 'Send me a code' }).click()
  await dialog.getByLabel('Code').waitFor()
  await dialog.getByLabel('Code').fill(await codeFor('oyff@example.com', 'bind'))
  await dialog.getByRole('button', { name: 'Go on' }).click()
  await dialog.getByText('This address belongs to another card').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-merge')
  await dialog.getByRole('button', { name: 'Make them one card' }).click()
  await dialog.getByText('The two cards are one now.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByText('oyff@example.com').waitFor()
  expect(await overhang(page)).toBe(0)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-me-ways', { whole: true })
  await page.setViewportSize({ width: 320, height: 740 })
  expect(await overhang(page)).toBe(0)
  expect(faults).toEqual([])
})

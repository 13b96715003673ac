/** What goes from hand to hand: a gift to a friend, an address let go, a code shown at the desk before points are spent. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rules_default } from '../../src/reach/counter/clerks/types.ts'
import * as members from '../../src/record/members/members.ts'
import * as gifts from '../../src/value/gifts/gifts.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { phonesOf, type Phone } from '../phones.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let phones: ReturnType<typeof phonesOf>
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  const { wang } = world.cast
  await world.tx(async (tx) => {
    const item = { cost_minor: 60, fulfilment: 'pickup', stock: 'none', may_be_passed_on: true } as const
    const { item_id } = await gifts.createItem(tx, { ...item, names: { en: 'Cup', 'zh-TW': '馬克杯' } })
    const reward = { kind: 'item' as const, item_id }
    await gifts.give(tx, [{ member_id: wang, reward, reason: 'test', occurrence: '1' }])
    const lot = { points: 1_000, earned_at: world.now(), expires_on: null, source: 'test', source_id: '1' }
    await points.openLots(tx, [{ ...lot, member_id: wang }])
    await members.bindAddress(tx, wang, { kind: 'email', address: 'old@example.com' })
  })
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** The portal on somebody's phone. */
async function portalOf(phone: Phone): Promise<Page> {
  const { page, context } = await opened.visit({ as: null, screen: 'phone', language: 'en' })
  page.setDefaultTimeout(9_000)
  const value = phone.cookies.get('regulars_member')!
  await context.addCookies([{ name: 'regulars_member', value, url: `${opened.url}/v1/` }])
  return page
}

test('a gift goes to a friend by a link, once; it leaves the one card and is on the other', async () => {
  const [wang, mary] = [await phones.signedIn(world.cast.wang), await phones.signedIn(world.cast.mary)]
  const giving = await portalOf(wang)
  await giving.goto('/portal/shop')
  await giving.getByRole('button', { name: 'Pass on Cup' }).click()
  const link = await giving.getByLabel('Link').inputValue()
  expect(await offences(giving)).toEqual([])
  await screenshot(giving, 'portal-gift-pass')
  // their own link: told so, and not asked again
  const own = await portalOf(wang)
  await own.goto(new URL(link).pathname)
  await own.getByRole('button', { name: 'Accept' }).click()
  await own.getByText('This is your own').waitFor()
  await own.getByRole('button', { name: 'To my card' }).waitFor()
  expect(await own.getByRole('button', { name: 'Accept' }).count()).toBe(0)
  const taking = await portalOf(mary)
  await taking.goto(new URL(link).pathname)
  await taking.getByRole('heading', { name: 'Cup' }).waitFor()
  await screenshot(taking, 'portal-gift-offered')
  await taking.getByRole('button', { name: 'Accept' }).click()
  await taking.getByText('“Cup” is yours now.').waitFor()
  await taking.goto('/portal/shop')
  await taking.getByText('Cup', { exact: true }).waitFor()
  const open = async (phone: Phone) =>
    (await phone.call('GET /v1/portal/gifts')).data.filter(({ status }) => status === 'open').length
  expect([await open(wang), await open(mary)]).toEqual([0, 1])
  // whoever comes later is told
  const late = await portalOf(await phones.signedIn(world.cast.chen))
  await late.goto(new URL(link).pathname)
  await late.getByText('Somebody has accepted this already.').waitFor()
})

test('an old address is let go of after a question, and the only one left has no such button', async () => {
  const page = await portalOf(await phones.signedIn(world.cast.wang))
  await page.goto('/portal/me')
  await page.getByRole('button', { name: 'Remove: old@example.com' }).click()
  await page.getByText('You can no longer sign in by old@example.com').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'portal-part-address')
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove: old@example.com' }).waitFor({ state: 'detached' })
  expect(await members.ownerOf(world.db, { kind: 'email', address: 'old@example.com' })).toBeNull()
})

test('a family shares: founded on a phone, joined by a link, and spent at the desk by a tap of its own', async () => {
  const { page: desk } = await opened.visit({ as: 'marketer', language: 'en' })
  desk.setDefaultTimeout(9_000)
  await desk.goto('/points/pools')
  await desk.getByText('Members share with nobody yet.').waitFor()
  await desk.getByRole('button', { name: 'Use this rule' }).click()
  await desk.getByText('Up to 6 people share · everyone may spend').first().waitFor()
  expect(await offences(desk)).toEqual([])
  await screenshot(desk, 'points-pools')
  const [wang, mary] = [await phones.signedIn(world.cast.wang), await phones.signedIn(world.cast.mary)]
  const founding = await portalOf(mary)
  await founding.goto('/portal/me')
  await founding.getByRole('button', { name: 'Sharing points' }).click()
  await founding.getByLabel('What you call your group').fill('王家與陳家的大家庭')
  await founding.getByRole('button', { name: 'Begin a group' }).click()
  await founding.getByRole('button', { name: /^Invite somebody/ }).click()
  const link = await founding.getByLabel('Link').inputValue()
  await screenshot(founding, 'portal-pool-invite')
  const joining = await portalOf(wang)
  await joining.goto(new URL(link).pathname)
  await joining.getByRole('heading', { name: '王家與陳家的大家庭' }).waitFor()
  expect(await offences(joining)).toEqual([])
  await screenshot(joining, 'portal-pool-offered')
  await joining.getByRole('button', { name: 'Share points', exact: true }).click()
  await joining.getByText('You are in').waitFor()
  await founding.goto('/portal/pool')
  await founding.getByText('Yours 0 points, from the others up to 1,000 points').waitFor()
  expect(await offences(founding)).toEqual([])
  await screenshot(founding, 'portal-pool', { whole: true })
  await founding.goto('/portal')
  await founding.getByRole('button', { name: 'With your group: 1,000 points' }).waitFor()
  await screenshot(founding, 'portal-pool-card')
  await desk.goto(`/members/${world.cast.mary}`)
  await desk.getByRole('heading', { name: 'Sharing group' }).waitFor()
  expect(await offences(desk)).toEqual([])
  await screenshot(desk, 'member-pool', { whole: true })
  const rule = { points: 1, worth_minor: 1, step: 1, minimum_points: 1, share_max_bp: 10_000 }
  const pays = { pays_goods: true, pays_shipping: false, excluded_categories: [] }
  await world.as('marketer').call('POST /v1/admin/point-spend-rules', { body: { rule: { ...rule, ...pays } } })
  const { page: till } = await opened.visit({ as: 'clerk', screen: 'phone', language: 'en' })
  till.setDefaultTimeout(9_000)
  await till.goto('/counter')
  await till.locator('#store').selectOption({ label: '信義店' })
  await till.getByRole('button', { name: 'Keep' }).click()
  await till.getByRole('search').waitFor()
  await till.goto(`/counter/members/${world.cast.mary}/sale`)
  await till.getByLabel('Amount').fill('300')
  await till.getByRole('button', { name: 'Take from the group too: 300' }).click()
  await till.getByText('300 of it from the group').waitFor()
  expect(await offences(till)).toEqual([])
  await screenshot(till, 'counter-pool', { whole: true })
})

test('at the desk points open when the member’s code was taken, and not before', async () => {
  await world.as('owner').call('PUT /v1/admin/till-rules', { body: rules_default })
  const wang = await phones.signedIn(world.cast.wang)
  const { page } = await opened.visit({ as: 'clerk', screen: 'phone', language: 'en' })
  page.setDefaultTimeout(9_000)
  await page.goto('/counter')
  await page.locator('#store').selectOption({ label: '信義店' })
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('search').waitFor()
  await page.goto(`/counter/members/${world.cast.wang}/sale`)
  await page.getByLabel('Amount').fill('500')
  await page.getByText('the member shows the code in their app').waitFor()
  expect(await page.getByLabel('Points to use').count()).toBe(0)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'counter-spend-code', { whole: true })
  const code = page.getByLabel('Code from the member’s app')
  await code.fill('123456789012')
  await page.getByRole('button', { name: 'Take the code' }).click()
  await page.getByRole('alert').waitFor()
  await code.fill((await wang.call('GET /v1/portal/code')).digits)
  await page.getByRole('button', { name: 'Take the code' }).click()
  await page.getByLabel('Points to use').waitFor()
  expect(await page.getByText('the member shows the code in their app').count()).toBe(0)
  // on the phone the code is not offered a second time; the next one comes by itself
  const card = await portalOf(wang)
  await card.goto('/portal')
  await card.getByRole('button', { name: 'Pay', exact: true }).click()
  await card.getByText('This code was just used.').waitFor()
  expect(await card.getByRole('img', { name: /^Code for paying/ }).count()).toBe(0)
  expect(await offences(card)).toEqual([])
  await screenshot(card, 'portal-code-used')
  world.at(new Date((await wang.call('GET /v1/portal/code')).next_at))
  await card.getByRole('img', { name: /^Code for paying/ }).waitFor({ timeout: 15_000 })
})

test('the code for paying cannot be fetched: that is said, and nothing of what was filled in', async () => {
  const card = await portalOf(await phones.signedIn(world.cast.mary))
  await card.goto('/portal')
  await card.getByRole('button', { name: 'Pay', exact: true }).waitFor()
  await card.route('**/v1/portal/code', (route) => route.abort())
  await card.getByRole('button', { name: 'Pay', exact: true }).click()
  const said = await card.getByRole('alert').innerText()
  expect(said).toBe('The program did not answer. Check the connection and try again.')
  await card.unroute('**/v1/portal/code')
  await card.getByRole('button', { name: 'Try again' }).click()
  await card.getByRole('img', { name: /^Code for paying/ }).waitFor()
})

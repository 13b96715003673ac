/**
 * A clerk's day at phone size, in English and in Chinese as Taiwan writes it: somebody joins and earns on the same
 * receipt, has a gift, a privilege and points, brings goods back, remembers a receipt; and the network goes and the
 * browser is killed. The words on screen are the ones of the language's own table.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import en from '../../web/kit/texts/en/counter.ts'
import zhTW from '../../web/kit/texts/zh-TW/counter.ts'
import { checks } from '../../src/app/checks.ts'
import { sql } from '../../src/base/sql.ts'
import { verify } from '../../src/base/verify.ts'
import { rules_default } from '../../src/reach/counter/clerks/types.ts'
import * as gifts from '../../src/value/gifts/gifts.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { phonesOf } from '../phones.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let item_id: string
const names = {
  cup: { en: 'A free cup', 'zh-TW': '免費一杯' },
  bowl: { en: 'Tea bowl', 'zh-TW': '茶碗' },
}
beforeAll(async () => {
  world = await openWorld()
  await world.tx((tx) =>
    tx.run(sql`insert into products (sku, name, category, price_minor, created_at)
      values ('FOUR-HALF', '四季春茶・半糖', 'tea', 60, ${tx.now})`),
  )
  const marketer = world.as('marketer')
  await marketer.call('POST /v1/admin/privileges', {
    body: { names: names.cup, rule: { tier_codes: ['member'], quota: { uses: 1, period: 'month' } } },
  })
  const spend = { points: 10, worth_minor: 1, step: 10, minimum_points: 10, share_max_bp: 5_000 }
  await marketer.call('POST /v1/admin/point-spend-rules', {
    body: { rule: { ...spend, pays_goods: true, pays_shipping: false, excluded_categories: [] } },
  })
  const item = { names: names.bowl, cost_minor: 80, price_points: 100, fulfilment: 'pickup', stock: 'none' } as const
  item_id = (await marketer.call('POST /v1/admin/gift-items', { body: item })).item_id
  await world.as('owner').call('PUT /v1/admin/till-rules', { body: { ...rules_default, spending_needs_code: true } })
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** What somebody who has just joined may be glad of: points to spend, and something to be handed out. */
async function welcome(member_id: string): Promise<void> {
  await world.tx(async (tx) => {
    const lot = { points: 300, earned_at: tx.now, expires_on: null, source: 'test', source_id: member_id }
    await points.openLots(tx, [{ ...lot, member_id }])
    await gifts.give(tx, [{ member_id, reward: { kind: 'item', item_id }, reason: 'joining', occurrence: '1' }])
  })
}

const ordersIn = async (source_like: string) =>
  (await world.db.row<{ orders: number }>(
    sql`select count(*) as orders from orders where source like ${source_like}::text and counts`,
  ))!.orders
const newestOrderOf = async (member_id: string) =>
  (await world.db.row<{ order_id: string }>(
    sql`select order_id from orders where member_id = ${member_id}::uuid order by order_id desc limit 1`,
  ))!.order_id

test.each([
  ['en', en, 'Lin Mei', '0955 000 111', 250],
  ['zh-TW', zhTW, '司徒慕容歐陽諸葛上官美麗', '0955 000 222', 260],
] as const)('a clerk’s day, in %s', async (language, say, name, phone, unsent) => {
  const { page, context, faults } = await opened.visit({ as: 'clerk', screen: 'phone', language })
  page.setDefaultTimeout(9_000)
  const press = (text: string) => page.getByRole('button', { name: text }).click()
  const paid = (money: string) => page.getByRole('button', { name: say.pay.replace('{{money}}', money) })
  await page.goto('/counter')
  await page.locator('#store').selectOption({ label: '信義店' })
  await press(say.setupDo)

  // nobody yet: joined at the counter, and this very receipt counts
  await page.getByLabel(say.find).fill(phone)
  await page.getByText(say.nobody.replace('{{search}}', phone)).waitFor()
  await page.getByRole('link', { name: say.join }).click()
  await page.getByLabel(say.name).fill(name)
  await page.getByLabel(say.consentYes).check()
  await page.getByRole('button', { name: say.joinDo, exact: true }).click()
  await page.getByText(say.joined).waitFor()
  const member_id = /members\/([0-9a-f-]+)/.exec(page.url())![1]!
  await page.getByRole('link', { name: say.ringUp }).click()
  await page.getByLabel(say.item).fill('FOUR-HALF')
  await page.keyboard.press('Enter')
  await page.getByLabel(say.amount, { exact: true }).fill('940')
  await paid('NT$1,000').dblclick()
  await page.getByText(/^\+10 /).waitFor()
  const first = await newestOrderOf(member_id)

  // what is theirs opens with the code on their phone: a gift, a privilege, points
  await welcome(member_id)
  await page.goto(`/counter/members/${member_id}`)
  const phoneOf = await phonesOf(world).signedIn(member_id)
  await page.getByLabel(say.spendCodeField).fill((await phoneOf.call('GET /v1/portal/code')).digits)
  await press(say.spendCodeTake)
  await press(`${say.handOut}: ${names.bowl[language]}`)
  await press(`${say.use}: ${names.cup[language]}`)
  await page.getByText(say.usedUp).waitFor()
  await expect.poll(() => page.getByRole('button', { name: say.handOut }).count()).toBe(0)
  expect(await offences(page)).toEqual([])
  await screenshot(page, `counter-day-${language}`, { whole: true })
  await page.getByRole('link', { name: say.ringUp }).click()
  await page.getByLabel(say.amount, { exact: true }).fill('200')
  await page.getByRole('button', { name: say.max }).click()
  await paid('NT$170').click()
  await page.getByText(say.pointsUsed_other.replace('{{points}}', '300')).waitFor()

  // the tea comes back by line; a receipt of another day is remembered
  await page.goto(`/counter/receipts/${first}`)
  await press(`${say.more}: 四季春茶・半糖`)
  await press(say.refundDo.replace('{{money}}', 'NT$60'))
  await page.getByText(say.refunded.replace('{{money}}', 'NT$60')).waitFor()
  await page.goto(`/counter/members/${member_id}`)
  await page.getByRole('link', { name: say.late, exact: true }).click()
  await page.getByLabel(say.lateNumber).fill(`PAPER-${language}`)
  await page.getByLabel(say.amount, { exact: true }).fill('400')
  await page.getByLabel(say.reason).fill('phone at home')
  await page.getByRole('button', { name: say.lateDo }).dblclick()
  await page.getByText(say.lateGiven).waitFor()
  const held = (await points.balanceOf(world.db, [member_id]))[0]!
  // 10 for 1,000 (of 60 that came back six tenths of a point: none yet), 1 for 170, 4 for the receipt of paper
  expect(held.active + held.pending).toBe(10 + 1 + 4)

  // the network goes, the browser is killed, and the receipt is there once
  const before = await ordersIn('till-%')
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await context.setOffline(true)
  await page.goto('/counter/sale')
  await page.getByLabel(say.amount, { exact: true }).fill(String(unsent))
  await paid(`NT$${unsent}`).click()
  await page.getByText(say.doneWaits).waitFor()
  await page.close()
  await context.setOffline(false)
  const reopened = await context.newPage()
  await reopened.goto('/counter/receipts')
  await expect.poll(() => ordersIn('till-%')).toBe(before + 1)
  await reopened.getByRole('link', { name: `NT$${unsent}` }).waitFor()
  expect(faults).toEqual([])
})

test('the books agree afterwards', async () => {
  const { checks: found } = await verify(world.db, checks)
  expect(found.filter(({ ok }) => !ok)).toEqual([])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { namedUuid } from '../../src/base/ids.ts'
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

/** Lists in which nothing fits, by what they are narrowed down. */
const narrowed: [address: string, chips: string[], of: string][] = [
  [
    '/orders?status=refunded&buyer=guest&source=shop&from=2026-01-01&to=2026-01-31&counted=true&store_id=none',
    ['2026年1月1日 – 2026年1月31日', '已退回', '沒有門市', 'shop', '非會員', '只看算作消費的'],
    '沒有符合篩選條件的訂單',
  ],
  ['/members?state=asleep&kind=guest&tag=茶友', ['沉睡', '非會員', '標籤：茶友'], '沒有人符合這些條件'],
  [
    `/gifts/given?status=open&item_id=${namedUuid('nobody')}&member_id=${namedUuid('nobody')}`,
    ['等待中', '只看一種禮物', '只看一位會員'],
    '沒有符合這些條件的資料',
  ],
  [
    `/messages?channel=email&status=bounced&send_id=${namedUuid('nobody')}&member_id=${namedUuid('nobody')}`,
    ['電子郵件', '退信', '只看某一批發送', '只看發給某位會員的'],
    '沒有符合篩選條件的訊息',
  ],
  ['/messages/templates?archived=yes', ['看收起來的'], '沒有符合這些條件的資料'],
  ['/products?category=茶具', ['茶具'], '這一類沒有商品'],
  ['/audit?noun=coupons&actor=system:none', ['優惠券', 'system:none的變更'], '沒有符合這些條件的資料'],
]

test('on a phone each list says by what it is narrowed down, and offers all where nothing fits', async () => {
  const { page, faults } = await opened.visit({ language: 'zh-TW', screen: 'phone' })
  for (const [address, chips, title] of narrowed) {
    await page.goto(address)
    await page.getByText(title).waitFor()
    const drops = page.getByRole('button', { name: '移除「' })
    const texts = async () => {
      const labels = (await drops.all()).map((button) => button.getAttribute('aria-label'))
      return (await Promise.all(labels)).map((label) => label?.slice('移除「'.length, -1))
    }
    await expect.poll(texts, { message: address }).toEqual(chips)
    expect(await offences(page)).toEqual([])
    if (address.startsWith('/orders')) await screenshot(page, 'orders-none-fit-phone')
    await page.getByRole('button', { name: '清除篩選' }).click()
    await page.waitForURL((url) => url.search === '')
    await expect.poll(texts).toEqual([])
  }
  expect(faults).toEqual([])
})

test('what a door asks for stands beside the fields on a desk, and goes by itself', async () => {
  const { page, faults } = await opened.visit({ language: 'en' })
  await page.goto('/orders?status=paid&counted=false')
  await page.getByRole('button', { name: 'Take away “Only what does not count”' }).click()
  await page.waitForURL('**/orders?status=paid')
  expect(await page.getByRole('button', { name: 'Take away' }).count()).toBe(0)
  await page.getByText('No order fits these filters').waitFor()
  await screenshot(page, 'orders-none-fit')
  await page.goto('/orders?status=paid&search=A-77')
  await page.getByText('Nothing fits “A-77”').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await page.waitForURL('**/orders?search=A-77')
  expect(faults).toEqual([])
})

/** The clerk's story in real Chromium at phone size: find, ring up, join, spend, take back; and a network that goes. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counterBytesMax, firstLoad } from '../../web/build/build-web.ts'
import { sql } from '../../src/base/sql.ts'
import * as coupons from '../../src/value/coupons/coupons.ts'
import * as gifts from '../../src/value/gifts/gifts.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let privilege_id: string
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  await world.tx(async (tx) => {
    await tx.run(sql`insert into products (sku, name, category, price_minor, created_at) values
      ('FOUR-HALF', '四季春茶・半糖', 'tea', 60, ${tx.now}), ('CAKE', '戚風蛋糕', 'cake', 120, ${tx.now})`)
  })
  const made = await world.as('marketer').call('POST /v1/admin/privileges', {
    body: {
      names: { en: 'A free cup', 'zh-TW': '免費一杯', 'zh-CN': '免费一杯' },
      rule: { tier_codes: ['member'], quota: { uses: 1, period: 'month' } },
    },
  })
  privilege_id = made.privilege_id
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

interface Visited {
  page: Page
  faults: string[]
}

/** A clerk at till 1 of Xinyi, on the counter's first screen. */
async function atCounter(
  language: 'en' | 'zh-TW' = 'en',
): Promise<Visited & { context: Awaited<ReturnType<Console['visit']>>['context'] }> {
  const visited = await opened.visit({ as: 'clerk', screen: 'phone', language })
  await visited.page.goto('/counter')
  await visited.page.locator('#store').selectOption({ label: '信義店' })
  await visited.page.getByRole('button', { name: /^(Keep|記住)$/ }).click()
  await visited.page.getByRole('search').waitFor()
  return visited
}

const ordersOf = async (member_id: string) =>
  (await world.db.row<{ orders: number }>(
    sql`select count(*) as orders from orders where member_id = ${member_id}::uuid and counts`,
  ))!.orders

test('the first load of the counter is under 150 kB of script', () => {
  expect(firstLoad('counter').script_bytes).toBeLessThan(counterBytesMax)
})

test('the counter is installable: manifest, icons, and a worker that knows every file of the app', async () => {
  const get = (address: string) => fetch(opened.url + address, { redirect: 'manual' })
  const slashless = await get('/counter')
  expect([slashless.status, slashless.headers.get('location')]).toEqual([302, '/counter/'])
  const page = await get('/counter/members/anybody')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(await page.text()).toContain('/brand/counter.webmanifest')
  const manifest = await get('/brand/counter.webmanifest')
  expect(manifest.headers.get('content-type')).toContain('application/manifest+json')
  const { start_url, icons } = (await manifest.json()) as { start_url: string; icons: { src: string }[] }
  expect(start_url).toBe('/counter/')
  for (const { src } of icons) expect([src, (await get(src)).status]).toEqual([src, 200])
  const worker = await get('/counter/sw.js')
  expect(worker.headers.get('cache-control')).toBe('no-cache')
  const files = [...(await worker.text()).matchAll(/assets\/[\w.-]+/g)].map(([file]) => file)
  expect(files.length).toBeGreaterThanOrEqual(5)
  for (const file of files) {
    const { status, headers } = await get(`/counter/${file}`)
    expect([file, status, headers.get('cache-control')]).toEqual([file, 200, 'public, max-age=31536000, immutable'])
    // three times as much would come over the wire without
    expect([file, headers.get('content-encoding')]).toEqual([file, 'gzip'])
    expect(headers.get('content-type')).toMatch(/javascript|css/)
  }
  expect((await get('/members')).status).toBe(200)
})

test('the app stands without a network as soon as its first screen does, and waits for no clock', async () => {
  const { page, context } = await opened.visit({ as: 'clerk', screen: 'phone' })
  // whoever waits for two seconds waits for ever
  await page.addInitScript(`{
    const soon = window.setTimeout
    window.setTimeout = (act, ms, ...rest) => (ms >= 2000 ? 0 : soon(act, ms, ...rest))
  }`)
  await page.goto('/counter/')
  await page.getByRole('heading', { name: 'Which till is this?' }).waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await context.setOffline(true)
  await page.reload()
  await page.getByRole('heading', { name: 'Which till is this?' }).waitFor()
})

test('nobody is signed in: to the sign-in page, and back to the counter', async () => {
  const { page } = await opened.visit({ as: null, screen: 'phone' })
  await page.goto('/counter/')
  await world.as('clerk').call('POST /v1/admin/session/password', { body: { wanted: 'oolong-at-dawn-42' } })
  await page.getByLabel('E-mail').fill('clerk@wusong.example')
  await page.getByLabel('Password', { exact: true }).fill('oolong-at-dawn-42')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Which till is this?' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/counter/')
})

test('a clerk finds a member by phone, rings up by scan and amount, and sees what it brought', async () => {
  const { page, faults } = await atCounter()
  expect(await offences(page)).toEqual([])
  await page.getByLabel('Phone, name or card').fill('0912 345 678')
  await page.getByRole('link', { name: /王小明/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '王小明' }).waitFor()
  await page.getByText('A free cup is theirs.').waitFor()
  expect(await offences(page)).toEqual([])

  await page.getByRole('button', { name: 'Use: A free cup' }).click()
  await page.getByText('used up for now').waitFor()
  const [use] = await world.db.rows(
    sql`select used_at from privilege_uses where privilege_id = ${privilege_id}::uuid`,
  )
  expect(use).toBeDefined()

  await page.getByRole('link', { name: 'Ring up' }).click()
  const item = page.getByLabel('Add an item')
  await item.fill('FOUR-HALF')
  await item.press('Enter')
  await item.fill('cake')
  await item.press('Enter')
  await page.getByRole('button', { name: 'One more: 四季春茶・半糖' }).click()
  await page.getByLabel('Amount').fill('1000')
  const pay = page.getByRole('button', { name: 'Paid NT$1,240' })
  await pay.waitFor()
  await page.getByText('Earns 12 points').waitFor()
  expect(await offences(page)).toEqual([])
  await pay.dblclick()
  await page.getByText('+12 points').waitFor()
  expect(await ordersOf(world.cast.wang)).toBe(1)
  await page.getByText('Why').click()
  await page.getByText('NT$1,240 counts').waitFor()
  expect(await offences(page)).toEqual([])

  await page.goBack()
  await page.getByRole('heading', { name: '王小明' }).waitFor()
  expect(await ordersOf(world.cast.wang)).toBe(1)
  expect(faults).toEqual([])
})

test('goods come back by line, and a whole receipt is taken back', async () => {
  const sold = await world.as('clerk').call('POST /v1/till/orders', {
    body: {
      source: 'till-XINYI-1',
      source_id: 'refund-me',
      store: 'XINYI',
      member: { member_id: world.cast.mary },
      lines: [
        { sku: 'CAKE', quantity: 3 },
        { quantity: 1, gross_minor: 500 },
      ],
    },
  })
  const { page, faults } = await atCounter()
  await page.goto(`/counter/receipts/${sold.order_id}`)
  await page.getByRole('button', { name: 'One more: 戚風蛋糕' }).click()
  await page.getByRole('button', { name: 'Take back NT$120' }).click()
  await page.getByText('Taken back: NT$120.').waitFor()
  await page.getByText('0 of 2').waitFor()
  expect(await offences(page)).toEqual([])
  // 8 points came of 860, and one goes with the cake
  await page.getByText('Of these 1 point was taken back, 7 are left.').waitFor()
  await page.getByRole('button', { name: 'Take back the whole receipt' }).click()
  await page.getByRole('button', { name: 'Take back NT$740 for good' }).click()
  await page.getByText('taken back whole').waitFor()
  expect(await ordersOf(world.cast.mary)).toBe(0)
  expect(faults).toEqual([])
})

test('加入新會員，好禮交付，這筆消費也算（繁體中文）', async () => {
  const { page, faults } = await atCounter('zh-TW')
  await page.getByLabel('手機、姓名或會員卡').fill('0955 000 111')
  await page.getByText('找不到「0955 000 111」。').waitFor()
  await page.getByRole('link', { name: '加入新會員' }).click()
  expect(await page.getByLabel('手機').inputValue()).toBe('0955 000 111')
  await page.getByLabel('姓名').fill('司徒慕容歐陽諸葛上官美麗')
  await page.getByLabel('對方同意').check()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: '加入' }).click()
  await page.getByText('歡迎加入，這筆消費也算。').waitFor()
  const member_id = page.url().match(/members\/([0-9a-f-]+)/)![1]!
  const [consent] = await world.db.rows(
    sql`select channel, status from member_consents where member_id = ${member_id}::uuid`,
  )
  expect(consent).toEqual({ channel: 'sms', status: 'granted' })

  await page.getByRole('link', { name: '結帳' }).click()
  await page.getByLabel('金額').fill('300')
  await page.getByRole('button', { name: '已收 NT$300' }).click()
  await page.getByText('+3 點').waitFor()
  expect(await ordersOf(member_id)).toBe(1)
  await screenshot(page, 'counter-done-zh')

  // the same number again is led to the member that has it
  await page.goto('/counter/join?phone=0955000111')
  await page.getByLabel('姓名').fill('別人')
  await page.getByRole('button', { name: '加入' }).click()
  await page.getByText('這個號碼已經是會員。').waitFor()
  await page.getByRole('link', { name: '開啟會員' }).click()
  await page.getByRole('heading', { name: '司徒慕容歐陽諸葛上官美麗' }).waitFor()
  expect(faults).toEqual([])
})

test('the page is killed between sending and the answer: one order, and the receipt is found again', async () => {
  const { page, context } = await atCounter()
  await page.goto(`/counter/members/${world.cast.chen}/sale`)
  await page.getByLabel('Amount').fill('700')
  // the server takes it, and the answer is lost with the page
  const taken = new Promise<void>((resolve) => {
    void context.route('**/v1/till/orders', async (route) => {
      await route.fetch()
      resolve()
    })
  })
  await page.getByRole('button', { name: 'Paid NT$700' }).click()
  await page.getByRole('heading', { name: 'Paid' }).waitFor()
  await taken
  const address = page.url()
  await page.close()
  expect(await ordersOf(world.cast.chen)).toBe(1)

  await context.unroute('**/v1/till/orders')
  const reopened = await context.newPage()
  await reopened.goto(address)
  await reopened.getByText('+7 points').waitFor()
  expect(await ordersOf(world.cast.chen)).toBe(1)
})

test('without a network the shell starts, a receipt is written down, and is sent once when the network is back', async () => {
  const { page, context } = await atCounter()
  // the device's clock is right: it stands where the story's does
  await context.clock.setFixedTime(world.now())
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  const before = await world.db.row<{ orders: number }>(sql`select count(*) as orders from orders`)
  await context.setOffline(true)
  await page.goto('/counter/sale')
  await page.getByText('No network.').waitFor()
  await page.getByLabel('Amount').fill('250')
  await page.getByRole('button', { name: 'Paid NT$250' }).click()
  await page.getByText('Taken down on this device.').waitFor()
  await page.getByText('1 receipt waits').waitFor()
  // and a kill on top of it
  await page.close()
  await context.setOffline(false)
  const reopened = await context.newPage()
  await reopened.goto('/counter/receipts')
  await expect
    .poll(async () => (await world.db.row<{ orders: number }>(sql`select count(*) as orders from orders`))!.orders)
    .toBe(before!.orders + 1)
  await reopened.getByRole('link', { name: /without a member.*NT\$250/ }).waitFor()
})

/** A member of whom everything can be said: habit, birthday, note, points to spend, a coupon, a gift. */
async function somebodyRich(): Promise<string> {
  const marketer = world.as('marketer')
  const clerk = world.as('clerk')
  const { member_id } = await clerk.call('POST /v1/admin/members', {
    body: { phone: '0933222111', display_name: 'Ms Wang', birth_date: '1990-11-05' },
  })
  for (const source_id of ['u1', 'u2', 'u3'])
    await clerk.call('POST /v1/till/orders', {
      body: {
        source: 'old',
        source_id,
        store: 'DAAN',
        member: { member_id },
        lines: [{ sku: 'FOUR-HALF', quantity: 1 }],
      },
    })
  const note = { params: { member_id }, body: { body: 'Likes the window seat; brings her dog.' } }
  await clerk.call('POST /v1/admin/members/:member_id/notes', note)
  const spend = { points: 10, worth_minor: 1, step: 10, minimum_points: 10, share_max_bp: 5_000 }
  await marketer.call('POST /v1/admin/point-spend-rules', {
    body: { rule: { ...spend, pays_goods: true, pays_shipping: false, excluded_categories: [] } },
  })
  const names = { en: 'Tea bowl', 'zh-TW': '茶碗' }
  const item = await marketer.call('POST /v1/admin/gift-items', {
    body: { names, cost_minor: 80, price_points: 100, fulfilment: 'pickup', stock: 'none' },
  })
  await world.tx(async (tx) => {
    await points.adjust(tx, [
      { member_id, points: 500, reason: 'test', source: 'adjustment', source_id: 'rich', expires_on: null },
    ])
    const design = {
      benefit: { kind: 'amount' as const, amount_minor: 50 },
      scope: {},
      minimum_minor: 0,
      window: { days_after_issue: 30 },
      stacking: { group: 'main', is_exclusive: false },
      limits: { per_coupon: 1 },
      codes: 'none' as const,
      gives_back: true,
    }
    const { coupon_definition_id } = (await coupons.define(tx, [{ name: 'Winter tea', design }]))[0]!
    await coupons.issue(tx, [{ member_id, coupon_definition_id, source: 'test', source_id: 'rich' }])
    const reward = { kind: 'item' as const, item_id: item.item_id }
    await gifts.give(tx, [{ member_id, reward, reason: 'birthday', occurrence: '2026' }])
  })
  return member_id
}

test('one sentence says it all; the gift is handed out; coupon and points pay, and only with a network', async () => {
  const member_id = await somebodyRich()
  const { page, context, faults } = await atCounter()
  await page.goto(`/counter/members/${member_id}`)
  await page
    .getByText('The usual: 四季春茶・半糖. Birthday Thursday. A free cup is theirs. 1 gift waits to be handed out.')
    .waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'counter-member', { whole: true })
  await page.getByRole('button', { name: 'Hand out: Tea bowl' }).click()
  await expect.poll(() => page.getByText('gift waits').count()).toBe(0)

  await page.getByRole('link', { name: 'Ring up' }).click()
  await page.getByRole('button', { name: 'Add the usual' }).click()
  await page.getByLabel('Amount').fill('200')
  await page.getByText('Winter tea', { exact: true }).waitFor()
  await page.getByRole('button', { name: /All that may be used/ }).click()
  const pay = page.getByRole('button', { name: 'Paid NT$160' })
  await pay.waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'counter-sale', { whole: true })

  // the network goes between the quote and the button: nothing is spent, nothing is promised
  await context.route('**/v1/till/holds', (route) => route.abort())
  await pay.click()
  await page.getByText('Points and coupons need the network.').waitFor()
  expect((await points.balanceOf(world.db, [member_id]))[0]).toMatchObject({ held: 0, available: 500 })
  await context.unroute('**/v1/till/holds')
  await pay.click()
  await page.getByText('500 points used').waitFor()
  await page.getByText('Saved NT$50 today.').waitFor()
  await screenshot(page, 'counter-done')
  expect((await points.balanceOf(world.db, [member_id]))[0]!.available).toBe(0)
  expect(await ordersOf(member_id)).toBe(4)
  expect(faults).toEqual([])
})

test('stored value pays its part, the button says what is left to collect, and it leaves the card once', async () => {
  const clerk = world.as('clerk')
  const { card_definition_id } = await world.as('marketer').call('POST /v1/admin/cards', {
    body: {
      names: { en: 'Tea wallet', 'zh-TW': '茶錢包' },
      rule: {
        kind: 'value',
        minimum_minor: 100,
        balance_max_minor: 5_000,
        bonuses: [],
        principal_months: null,
        bonus_months: null,
        spend_first: 'principal',
        refund: { is_offered: true, less_bonus_used: true, fee_bp: 0 },
      },
    },
  })
  const params = { member_id: world.cast.ouyang, card_definition_id }
  await clerk.call('POST /v1/till/members/:member_id/cards/:card_definition_id/top-ups', {
    params,
    body: { paid_minor: 300, source_id: 'paid-in' } as never,
  })
  const { page, faults } = await atCounter()
  await page.goto(`/counter/members/${world.cast.ouyang}/sale`)
  await page.getByLabel('Amount').fill('500')
  await page.getByLabel('Pay from Tea wallet (NT$300 on it)').check()
  const pay = page.getByRole('button', { name: 'Paid NT$200' })
  await pay.waitFor()
  expect(await offences(page)).toEqual([])
  await pay.dblclick()
  await page.getByText('+5 points').waitFor()
  const { data } = await clerk.call('GET /v1/till/members/:member_id/cards', {
    params: { member_id: world.cast.ouyang },
  })
  expect(data).toMatchObject([{ card_definition_id, available: 0 }])
  expect(await ordersOf(world.cast.ouyang)).toBe(1)
  expect(faults).toEqual([])
})

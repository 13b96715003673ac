/** Beyond ringing up, in real Chromium at phone size: late and moved receipts, limits, undo, picking, no network, camera. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
import { rules_default, type TillRules } from '../../src/reach/counter/clerks/types.ts'
import { addMs } from '../../src/base/time.ts'
import * as coupons from '../../src/value/coupons/coupons.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { cameraShowing } from '../camera.ts'
import { openConsole, type Console } from '../console.ts'
import { phonesOf, type Phone } from '../phones.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let camera: Awaited<ReturnType<typeof cameraShowing>>
beforeAll(async () => {
  world = await openWorld()
  const card = '2900000000017'
  await world.tx((tx) =>
    tx.run(sql`
      insert into products (sku, name, category, price_minor, created_at) values (${card}, '蜂蜜檸檬', 'tea', 90, ${tx.now})`),
  )
  camera = await cameraShowing(card)
  opened = await openConsole(world, camera)
})
afterAll(async () => {
  await opened?.close()
  await camera?.remove()
  await world?.close()
})

const setRules = (changes: Partial<TillRules>) =>
  world
    .as('owner')
    .call('PUT /v1/admin/till-rules', { body: { ...rules_default, spending_needs_code: false, ...changes } })

async function atCounter(language: 'en' | 'zh-TW' = 'en', as: 'clerk' | 'manager' = 'clerk') {
  const visited = await opened.visit({ as, screen: 'phone', language })
  // the device's clock is right: it stands where the story's does
  await visited.context.clock.setFixedTime(world.now())
  await visited.page.goto('/counter')
  await visited.page.locator('#store').selectOption({ label: '信義店' })
  await visited.page.getByRole('button', { name: /^(Keep|記住)$/ }).click()
  await visited.page.getByRole('search').waitFor()
  return visited
}

const api = new Map<string, Phone>()
/** The code that a member's app shows at this moment. */
async function codeOf(member_id: string) {
  if (!api.has(member_id)) api.set(member_id, await phonesOf(world).signedIn(member_id))
  return api.get(member_id)!.call('GET /v1/portal/code')
}

/** Gives somebody 300 points, each worth one. */
const paying = (member_id: string) =>
  world.tx((tx) =>
    points.openLots(tx, [
      { member_id, points: 300, earned_at: world.now(), expires_on: null, source: 'test', source_id: 'paying' },
    ]),
  )

const sell = (member_id: string | null, source_id: string, amount: number) =>
  world.as('clerk').call('POST /v1/till/orders', {
    body: {
      source: 'till-XINYI-1',
      source_id,
      store: 'XINYI',
      ...(member_id ? { member: { member_id } } : {}),
      lines: [{ quantity: 1, gross_minor: amount }],
    },
  })
const ordersOf = async (member_id: string) =>
  (await world.db.row<{ orders: number }>(
    sql`select count(*) as orders from orders where member_id = ${member_id}::uuid and counts`,
  ))!.orders

test('a receipt without a member becomes theirs by its number, and one of nobody’s register is added', async () => {
  await sell(null, 'PAPER-7', 900)
  const { page, faults } = await atCounter()
  await page.goto(`/counter/members/${world.cast.wang}`)
  await page.getByRole('link', { name: 'Add a receipt', exact: true }).click()
  await page.getByLabel('Number of the receipt').fill('PAPER-7')
  await page.getByText('Rung up without a member. It can be theirs.').waitFor()
  await page.getByLabel('Reason').fill('forgot the phone')
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'late', { whole: true })
  await page.getByRole('button', { name: 'Give them this receipt' }).click()
  await page.getByText('+9 points').waitFor()
  expect(await ordersOf(world.cast.wang)).toBe(1)

  await page.goto(`/counter/members/${world.cast.mary}/late`)
  await page.getByLabel('Number of the receipt').fill('PAPER-7')
  await page.getByText('This receipt is 王小明’s.').waitFor()
  expect(await page.getByRole('button', { name: 'Give them this receipt' }).isDisabled()).toBe(true)
  await page.getByLabel('Number of the receipt').fill('PAPER-8')
  await page.getByLabel('Amount').fill('400')
  await page.getByLabel('Reason').fill('the till was down')
  await page.getByRole('button', { name: 'Add the receipt' }).dblclick()
  await page.getByText('+4 points').waitFor()
  expect(await ordersOf(world.cast.mary)).toBe(1)
  // nobody knows at what hour it was
  const added = await world.db.row<{ order_id: string }>(
    sql`select order_id from orders where source_id = 'PAPER-8' and counts`,
  )
  await page.goto(`/counter/receipts/${added!.order_id}`)
  await page.getByText('Receipt PAPER-8').waitFor()
  expect(await page.getByText('Receipt PAPER-8').innerText()).not.toMatch(/\d:\d\d/)
  expect(faults).toEqual([])
})

test('超過額度時，店長的授權碼放行；單據移到對的會員（繁體中文）', async () => {
  await setRules({ receipts_a_day_max: 0, points_a_day_max: 0 })
  const sold = await sell(world.cast.chen, 'WRONG-1', 1_200)
  const { page, faults } = await atCounter('zh-TW')
  await page.goto(`/counter/receipts/${sold.order_id}`)
  await page.getByRole('button', { name: '移到另一位會員' }).click()
  await page.getByLabel('手機、姓名或會員卡').fill('歐陽')
  await page.getByRole('button', { name: /歐陽/ }).click()
  await page.getByLabel('原因').fill('刷錯會員')
  await page.getByRole('button', { name: '移過去' }).click()
  await page.getByText('超過您今天的額度').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByLabel('店長授權碼').fill('000 000')
  await page.getByRole('button', { name: '移過去' }).click()
  await page.getByText('這組授權碼無效').waitFor()
  const { approval } = await world.as('manager').call('POST /v1/admin/till-approvals')
  await page.getByLabel('店長授權碼').fill(approval)
  await screenshot(page, 'move-zh', { whole: true })
  await page.getByRole('button', { name: '移過去' }).click()
  await page.getByRole('heading', { name: '單據已歸給這位會員' }).waitFor()
  await page.getByText('+12 點').waitFor()
  expect(await Promise.all([world.cast.chen, world.cast.ouyang].map(ordersOf))).toEqual([0, 1])

  await page.goto(`/counter/members/${world.cast.ouyang}`)
  await page.getByText('補點數').click()
  await page.getByLabel('點數', { exact: true }).fill('5')
  await page.getByLabel('原因').fill('等太久')
  await page.getByRole('button', { name: '給點數' }).click()
  await page.getByText('超過您今天的額度').waitFor()
  const again = await world.as('manager').call('POST /v1/admin/till-approvals')
  await page.getByLabel('店長授權碼').fill(again.approval)
  await page.getByRole('button', { name: '給點數' }).click()
  await page.getByText('已給 5 點').waitFor()
  await setRules({})
  expect(faults).toEqual([])
})

test('a use of a privilege is undone, and coupons are picked by hand', async () => {
  const member_id = world.cast.wang
  await world.as('marketer').call('POST /v1/admin/privileges', {
    body: { names: { en: 'A free cup' }, rule: { tier_codes: ['member'], quota: { uses: 1, period: 'month' } } },
  })
  await world.tx(async (tx) => {
    const design = (amount_minor: number) => ({
      benefit: { kind: 'amount' as const, amount_minor },
      scope: {},
      minimum_minor: 0,
      window: { days_after_issue: 30 },
      stacking: { group: 'main', is_exclusive: false },
      limits: { per_coupon: 1 },
      codes: 'none' as const,
      gives_back: true,
    })
    const made = await coupons.define(tx, [
      { name: 'Winter tea', design: design(50) },
      { name: 'Small thanks', design: design(20) },
    ])
    await coupons.issue(
      tx,
      made.map(({ coupon_definition_id }, i) => ({
        member_id,
        coupon_definition_id,
        source: 'test',
        source_id: `${i}`,
      })),
    )
  })
  const { page, faults } = await atCounter()
  await page.goto(`/counter/members/${member_id}`)
  await page.getByRole('button', { name: 'Use: A free cup' }).click()
  await page.getByText('used up for now').waitFor()
  await page.getByRole('button', { name: 'Undo: A free cup' }).click()
  await page.getByLabel('Reason').first().fill('tapped the wrong one')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await page.getByText('1 left').waitFor()

  await page.getByRole('link', { name: 'Ring up' }).click()
  await page.getByLabel('Amount').fill('300')
  await page.getByRole('button', { name: 'Paid NT$250' }).waitFor()
  expect(await page.getByLabel('Winter tea').isChecked()).toBe(true)
  await page.getByLabel('Winter tea').uncheck()
  await page.getByRole('button', { name: 'Paid NT$300' }).waitFor()
  await page.getByLabel('Small thanks').check()
  await page.getByText('Saves NT$20').first().waitFor()
  const pay = page.getByRole('button', { name: 'Paid NT$280' })
  await pay.waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'picking', { whole: true })
  await pay.click()
  await page.getByText('Saved NT$20 today.').waitFor()
  expect(faults).toEqual([])
})

/** Rings up an amount without anybody, and waits until it is called done. */
async function ringUp(page: Page, amount: number) {
  await page.goto('/counter/sale')
  await page.getByLabel('Amount').fill(String(amount))
  await page.getByRole('button', { name: `Paid NT$${amount}` }).click()
}

test('without a network the owner’s limit holds; after a kill each receipt is sold once, or with the manager', async () => {
  await setRules({ offline_receipts_max: 2 })
  const { page, context } = await atCounter()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await context.setOffline(true)
  for (const amount of [110, 120]) {
    await ringUp(page, amount)
    await page.getByText('Taken down on this device.').waitFor()
  }
  await ringUp(page, 130)
  await page.getByText(/Without a network 2 receipts are allowed/).waitFor()
  // the owner changes their mind while the device is away
  await setRules({ offline_receipts_max: 1 })
  // the first answer is lost with the page that waits for it
  const taken = new Promise<void>((resolve) => {
    void context.route('**/v1/till/offline-receipts', async (route) => {
      await route.fetch()
      resolve()
    })
  })
  await context.setOffline(false)
  await taken
  await page.close()
  await context.unroute('**/v1/till/offline-receipts')
  const reopened = await context.newPage()
  await reopened.goto('/counter/receipts')
  await reopened.getByText('1 receipt is with the manager').waitFor()
  await reopened.getByText(/with the manager: More was taken without a network/).waitFor()
  const rows = await world.db.rows(sql`select amount_minor, status from till_offline_receipts order by amount_minor`)
  expect(rows).toEqual([
    { amount_minor: 110, status: 'sold' },
    { amount_minor: 120, status: 'open' },
  ])
  await screenshot(reopened, 'offline', { whole: true })
  await setRules({})
})

test('the camera reads a barcode of goods, and its wasm comes from us', async () => {
  const { page, context, faults } = await atCounter()
  await context.grantPermissions(['camera'])
  const policyOf = async (address: string) =>
    (await fetch(opened.url + address)).headers.get('content-security-policy')
  expect(await policyOf('/counter/')).toContain("script-src 'self' 'wasm-unsafe-eval'")
  for (const address of ['/', '/portal/']) expect(await policyOf(address)).not.toContain('wasm')
  const asked: string[] = []
  page.on('request', (request) => void (/\.wasm/.test(request.url()) && asked.push(request.url())))
  await page.goto('/counter/sale')
  await page.getByLabel('Amount').waitFor()
  expect(asked).toEqual([])
  await page.getByRole('button', { name: 'Scan with the camera' }).click()
  await page.getByText('蜂蜜檸檬').waitFor({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Paid NT$90' }).waitFor()
  expect(asked.map((address) => new URL(address).origin)).toEqual([opened.url])
  expect(faults).toEqual([])
})

test('the member shows their code once: coupons, privileges, gifts and points are open from then on', async () => {
  await setRules({ spending_needs_code: true })
  const member_id = world.cast.ouyang
  await paying(member_id)
  const { page, faults } = await atCounter()
  await page.goto(`/counter/members/${member_id}`)
  await page.getByText('the member shows the code in their app').waitFor()
  expect(await page.getByRole('button', { name: 'Use: A free cup' }).isDisabled()).toBe(true)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'code-asked', { whole: true })
  // somebody else’s opens nothing here
  const other = await codeOf(world.cast.chen)
  await page.getByLabel('Code from the member’s app').fill(other.digits)
  await page.getByRole('button', { name: 'Take the code' }).click()
  await page.getByText('This code opens nothing of this member’s').waitFor()
  const own = await codeOf(member_id)
  await page.getByLabel('Code from the member’s app').fill(own.qr)
  await page.getByRole('button', { name: 'Take the code' }).click()
  await page.getByRole('button', { name: 'Use: A free cup' }).click()
  await page.getByText('used up for now').waitFor()
  await page.getByRole('link', { name: 'Ring up' }).click()
  await page.getByLabel('Amount').fill('1000')
  await page.getByRole('button', { name: /All that may be used/ }).click()
  await page.getByRole('button', { name: /^Paid NT\$(6|7)\d\d$/ }).click()
  await page.getByText(/3\d\d points used/).waitFor()
  await setRules({})
  expect(faults).toEqual([])
})

test('a manager’s own counter asks, one tap there, and the clerk’s act goes on by itself', async () => {
  await setRules({ points_a_day_max: 0 })
  const [clerk, boss] = [await atCounter(), await atCounter('en', 'manager')]
  await clerk.page.goto(`/counter/members/${world.cast.mary}`)
  await clerk.page.getByText('Give points').click()
  await clerk.page.getByLabel('Points', { exact: true }).fill('30')
  await clerk.page.getByLabel('Reason').fill('waited long')
  await clerk.page.getByRole('button', { name: 'Give them' }).click()
  await clerk.page.getByRole('button', { name: 'Ask the manager' }).click()
  await boss.page.getByText('小芳 asks: give 30 points').waitFor()
  await boss.page.getByText('Mary Smith · 信義店').waitFor()
  await clerk.page.getByText('It stands on the manager’s counter').waitFor()
  expect([await offences(boss.page), await offences(clerk.page)]).toEqual([[], []])
  await Promise.all([screenshot(boss.page, 'asked'), screenshot(clerk.page, 'asking', { whole: true })])
  const asked_at = Date.now()
  await boss.page.getByRole('button', { name: 'Allow' }).click()
  await clerk.page.getByText('30 points given').waitFor()
  expect(Date.now() - asked_at).toBeLessThan(8_000)
  await expect.poll(() => boss.page.getByText('小芳 asks').count()).toBe(0)
  await setRules({})
  expect([...clerk.faults, ...boss.faults]).toEqual([])
})

test('points without a network: by the code of this minute, of a member who was here; booked when it is back', async () => {
  await setRules({ offline_points_a_receipt_max: 200, offline_points_a_member_max: 300, spending_needs_code: true })
  const member_id = world.cast.chen
  await paying(member_id)
  const { page, context, faults } = await atCounter()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await page.goto(`/counter/members/${member_id}`)
  await page.getByRole('heading', { name: '陳美麗' }).waitFor()
  const [own, other, old] = [await codeOf(member_id), await codeOf(world.cast.wang), await codeOf(member_id)]
  world.at(addMs(world.now(), 10 * 60_000))
  await context.clock.setFixedTime(world.now())
  // the newest code, and the clock, when the network goes
  const late = await api.get(member_id)!.call('GET /v1/portal/code')
  await page.goto('/counter/sale')
  await page.getByLabel('Amount').fill('1000')
  await context.setOffline(true)
  await page.goto('/counter/sale')
  await page.getByText('No network.').waitFor()
  await page.getByLabel('Amount').fill('1000')
  const take = async (code: string) => {
    await page.getByLabel('Code from the member’s app').fill(code)
    await page.getByRole('button', { name: 'Take the code' }).click()
  }
  await take(old.qr)
  await page.getByText('This code is of another minute').waitFor()
  await take(other.digits)
  await page.getByText('This member was not on this screen today').waitFor()
  await take(late.qr)
  await page.getByText('300 points when last seen here').waitFor()
  await page.getByRole('button', { name: 'All that may be used: 200' }).click()
  const pay = page.getByRole('button', { name: 'Paid NT$800' })
  await pay.waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'offline-points', { whole: true })
  await pay.dblclick()
  await page.getByText('Taken down on this device.').waitFor()
  // the same code again is refused here already; and a kill on top of it
  await page.goto('/counter/sale')
  await page.getByLabel('Amount').fill('500')
  await take(late.qr)
  await page.getByText('This code has been used').waitFor()
  await page.close()
  await context.setOffline(false)
  const reopened = await context.newPage()
  await reopened.goto('/counter/receipts')
  await expect
    .poll(() =>
      world.db.rows(sql`select status, spend_points, code from till_offline_receipts where spend_points > 0`),
    )
    .toEqual([{ status: 'sold', spend_points: 200, code: null }])
  expect(own.digits).not.toBe(late.digits)
  await setRules({})
  expect(faults).toEqual([])
})

test('a device whose clock is hours off says so, and its receipts stand at the right time', async () => {
  const visited = await atCounter()
  const { page, context } = visited
  await context.clock.setFixedTime(addMs(world.now(), 5 * 3_600_000))
  await page.goto('/counter/')
  await page.getByText(/The clock of this device is off by/).waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await context.setOffline(true)
  await ringUp(page, 321)
  await page.getByText('Taken down on this device.').waitFor()
  await context.setOffline(false)
  const row = () =>
    world.db.row<{ status: string; off: number }>(sql`
      select status, abs(extract(epoch from taken_at - received_at))::int as off from till_offline_receipts
      where amount_minor = 321`)
  await expect.poll(async () => (await row())?.status, { timeout: 15_000 }).toBe('sold')
  expect((await row())!.off).toBeLessThan(60)
})

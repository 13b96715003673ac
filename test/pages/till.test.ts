/** The store manager's story in real Chromium: the day, what stands behind its numbers, alarms, conflicts, rules. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { catchUp, numberFacts } from '../../src/base/feed.ts'
import { addMs } from '../../src/base/time.ts'
import { later } from '../../src/reach/counter/jobs.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const clerk = world.as('clerk')
  const body = (source_id: string, member_id: string | null) => ({
    source: 'till-XINYI-1',
    source_id,
    store: 'XINYI',
    ...(member_id ? { member: { member_id } } : {}),
    lines: [{ quantity: 1, gross_minor: 500 }],
  })
  for (const number of ['A-1', 'A-2', 'A-3', 'A-4'])
    await clerk.call('POST /v1/till/orders', { body: body(number, world.cast.wang) })
  await clerk.call('POST /v1/till/orders', { body: body('A-5', null) })
  await clerk.call('POST /v1/till/members/:member_id/points', {
    params: { member_id: world.cast.mary },
    body: { points: 15, reason: '等太久，送點表示歉意', source_id: 'x', store_id: world.stores.get('XINYI')! },
  })
  await clerk.call('POST /v1/till/offline-receipts', {
    body: {
      device: 'KX7Q',
      stretch: 'OFF-1',
      said_at: addMs(world.now(), -3_600_000).toISOString(),
      device_now: addMs(world.now(), 5 * 3_600_000).toISOString(),
      sale: body('OFF-1', world.cast.mary),
    },
  })
  while ((await numberFacts(world.db)) > 0);
  for (const hearer of later) await catchUp(world.db, hearer, { kind: 'system', id: null, name: 'test' })
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a manager reads the day, opens what a number counts, makes a code, and settles what is open', async () => {
  const { page, faults } = await opened.visit({ as: 'manager' })
  await page.goto('/till')
  await page.getByText(/NT\$2,500 of sales, 80 ?% of it by members/).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till')
  // beside the navigation of a small laptop all columns are seen at once, and no word of theirs is cut in two
  const wide = page.viewportSize()!
  await page.setViewportSize({ width: 1280, height: 800 })
  const heads = page.getByRole('columnheader')
  expect(await heads.count()).toBe(14)
  const scrolling = `[...document.querySelectorAll('th, :has(> table)')].filter((one) => one.scrollWidth > one.clientWidth)`
  expect(await page.evaluate(`${scrolling}.map((one) => one.textContent)`)).toEqual([])
  // on a tablet the figures by which a manager leads
  await page.setViewportSize({ width: 820, height: 1180 })
  const shown = `[...document.querySelectorAll('th')].filter((one) => one.offsetWidth > 0).map((one) => one.textContent)`
  expect(await page.evaluate(shown)).toEqual([
    ...['Who', 'Day', 'Store', 'Sales', 'By members', 'Joining rate', 'Privileges used'],
  ])
  expect(await page.evaluate(`${scrolling}.map((one) => one.textContent)`)).toEqual([])
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till-820')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByText('Joining rate').first().waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0)
  await page.setViewportSize(wide)
  const row = page.getByRole('row', { name: /小芳/ })
  await row.getByRole('link', { name: '5', exact: false }).first().click()
  await page.getByRole('heading', { name: 'Receipts' }).waitFor()
  await page.getByRole('link', { name: 'A-5' }).waitFor()
  expect(await page.getByRole('row').count()).toBe(6)
  await page.goBack()
  await row.getByRole('link', { name: /15/ }).click()
  await page.getByText('等太久，送點表示歉意').waitFor()

  await page.goto('/till')
  await page.getByRole('button', { name: 'Make an approval code' }).click()
  await page.getByRole('button', { name: 'Make a code' }).click()
  await page.getByText(/^\d{3} \d{3}$/).waitFor()
  await screenshot(page, 'till-code')

  await page.goto('/till/alarms')
  await page.getByText('王小明 earned on 4 receipts in a short time').waitFor()
  await page.getByText(/The clock of the device is off by 300 minutes/).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till-alarms', { whole: true })
  await page.getByRole('button', { name: 'I have looked' }).click()
  await page.getByLabel('What was it?').fill('a party of eight')
  await page.getByRole('dialog').getByRole('button', { name: 'I have looked' }).click()
  await page.getByText('吳店長: a party of eight').waitFor()
  await page.getByRole('button', { name: 'Take it' }).click()
  await page.getByLabel('What was it?').fill('seen the paper')
  await page.getByRole('dialog').getByRole('button', { name: 'Take it' }).click()
  await page.getByText('Open alarms: 0. Receipts that wait for a yes or no: 0.').waitFor()
  expect(faults).toEqual([])
})

test('what a clerk asks for stands in the manager’s console, counted from every page, and is answered there', async () => {
  const clerk = world.as('clerk')
  const ask = (amount: number) =>
    clerk.call('POST /v1/till/approval-requests', {
      body: { kind: 'points', amount, store_id: world.stores.get('XINYI')!, member_id: world.cast.wang },
    })
  const { request_id } = await ask(450)
  const { page, faults } = await opened.visit({ as: 'manager' })
  await page.goto('/members')
  await page.getByRole('button', { name: 'Stores 1 waits for your answer' }).click()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'At the till 1 waits for your answer' }).click()
  await page.getByText('小芳 asks: give 450 points').waitFor()
  await page.getByText('王小明 · 信義店').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till-asked')
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('小芳 asks').waitFor({ state: 'detached' })
  const params = { request_id }
  const asked = await clerk.call('GET /v1/till/approval-requests/:request_id', { params })
  expect(asked).toMatchObject({ state: 'allowed', decided_by_name: '吳店長' })
  // the next one is seen without asking for the page again
  const next = await ask(30)
  await page.getByText('小芳 asks: give 30 points').waitFor()
  await page.getByRole('button', { name: 'No', exact: true }).click()
  await expect
    .poll(
      async () =>
        (await clerk.call('GET /v1/till/approval-requests/:request_id', { params: { request_id: next.request_id } }))
          .state,
    )
    .toBe('refused')
  expect(faults).toEqual([])
})

test('店長在手機上看每天的狀況（繁體中文）；規則只有負責人能改', async () => {
  const { page, faults } = await opened.visit({ as: 'manager', screen: 'phone', language: 'zh-TW' })
  await page.goto('/till')
  await page.getByText(/其中會員占/).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till-phone-zh', { whole: true })
  await page.goto('/till/rules')
  await page.getByText('只有負責人可以修改。').waitFor()
  expect(faults).toEqual([])
})

test('the day is readable in the dark', async () => {
  const { page } = await opened.visit({ as: 'manager', scheme: 'dark' })
  await page.goto('/till')
  await page.getByText(/of sales/).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till-dark')
})

test('the owner sets limits and says who works where', async () => {
  const { page, faults } = await opened.visit({ as: 'owner' })
  await page.goto('/till/rules')
  await page.getByLabel('Points by hand').fill('50')
  await page.keyboard.press('Control+s')
  await expect.poll(async () => (await world.as('owner').call('GET /v1/admin/till-rules')).points_a_day_max).toBe(50)
  await page.getByLabel('小芳').first().click()
  await page.getByRole('option', { name: '大安店' }).click()
  await expect
    .poll(async () => (await world.as('clerk').call('GET /v1/till/work')).stores.map(({ code }) => code))
    .toEqual(['DAAN'])
  await page.keyboard.press('Escape')
  // a register is known by the source of what it sent, or typed
  await page.getByLabel('信義店').first().fill('pos-xinyi')
  await page.keyboard.press('Tab')
  await expect
    .poll(async () => (await world.as('manager').call('GET /v1/admin/till-stores')).data)
    .toContainEqual(expect.objectContaining({ code: 'XINYI', receipts_source: 'pos-xinyi' }))
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'till-rules', { whole: true })
  expect(faults).toEqual([])
})

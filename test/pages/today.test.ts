import { afterAll, beforeAll, expect, test } from 'vitest'
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

/** An order of a cast member so many days before the story's Monday. */
function bought(external: string, days: number, amount: number) {
  return {
    source: 'wusong',
    source_id: `${external}-${days}`,
    status: 'completed' as const,
    store: 'XINYI',
    member: { external_id: { source: 'wusong', id: external } },
    lines: [{ sku: 'TEA', quantity: 1, gross_minor: amount }],
    occurred_at: new Date(world.now().getTime() - days * 86_400_000).toISOString(),
  }
}

test('before any order, the first page says what to bring', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/')
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor()
  await page.getByRole('link', { name: 'Bring orders' }).first().waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('says what changed this week, and every number opens just the people it counts', async () => {
  const orders = [
    bought('M1', 1, 300),
    bought('M1', 31, 300),
    bought('M1', 61, 300),
    bought('M4', 2, 900),
    bought('M3', 9, 600),
  ]
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/')
  await page.getByText('100% more than in the seven days before').waitFor()
  await page.getByText('are really yours').waitFor()
  // the program's clock, not this browser's: the story plays in another month
  await page.getByText('As of now').waitFor()
  expect(await offences(page)).toEqual([])

  const doors: { text: string; href: string }[] = []
  for (const link of await page.locator('a.rg-door[href*="condition="]').all()) {
    doors.push({ text: (await link.textContent()) ?? '', href: (await link.getAttribute('href')) ?? '' })
  }
  const counted = doors.filter(({ text }) => /^\d[\d,]*( members?)?$/.test(text))
  expect(counted.length).toBeGreaterThan(0)
  for (const { text, href } of counted) {
    const condition = JSON.parse(new URL(href, opened.url).searchParams.get('condition')!)
    const { count } = await world.as('marketer').call('POST /v1/admin/segments/counts', { body: { condition } })
    expect({ text, count }).toEqual({ text, count: Number(text.replace(/\D/g, '')) })
  }
  expect(faults).toEqual([])
})

test('speaks traditional Chinese, on a phone too', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone', scheme: 'dark' })
  await page.goto('/')
  await page.getByText('比前七天多 100%').waitFor()
  await page.getByText('是真正的熟客').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('who may not see sales begins with the members', async () => {
  const { page } = await opened.visit({ as: 'clerk' })
  await page.goto('/')
  await page.waitForURL('**/members')
})

test('a manager reads the same numbers, and is offered no page that is not open to managers', async () => {
  const { page, faults } = await opened.visit({ as: 'manager' })
  await page.goto('/')
  await page.getByText('are really yours').waitFor()
  await page.getByRole('heading', { name: 'What needs a decision' }).waitFor()
  const links = page.locator('main a')
  expect(await links.filter({ hasText: 'orders' }).count()).toBe(1)
  const offered = await Promise.all((await links.all()).map((link) => link.getAttribute('href')))
  expect(offered.filter((to) => /^\/(segments|campaigns)/.test(to ?? ''))).toEqual([])
  await page.goto('/segments/new')
  await page.getByText('This is not open to you').waitFor()
  // who may look at campaigns and not plan them stays outside the form
  const analyst = await opened.visit({ as: 'analyst' })
  await analyst.page.goto('/campaigns/new')
  await analyst.page.getByText('This is not open to you').waitFor()
  expect([faults, analyst.faults]).toEqual([[], []])
})

test('tells a store that only orders have named, until somebody names it', async () => {
  const order = { ...bought('M1', 3, 200), store: 'S9' }
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders: [order] } })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/')
  const line = page.getByRole('listitem').filter({ hasText: 'A store that nobody named: “S9”, first seen on' })
  await line.getByText('in 1 order.').waitFor()
  expect(await offences(page)).toEqual([])
  await line.getByRole('link', { name: 'Name it' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Tainan')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: 'Tainan' }).waitFor()
  await page.goto('/')
  await page.getByText('are really yours').waitFor()
  expect(await page.getByText('S9').count()).toBe(0)
  expect(faults).toEqual([])
})

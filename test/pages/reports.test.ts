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

const pages = ['', '/cohorts', '/repurchase', '/concentration', '/points', '/stores']

test('with nothing bought, each report says why it is empty and what to do', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  for (const path of pages) {
    await page.goto(`/reports${path}`)
    await page.getByText('No purchases by members yet').waitFor()
  }
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('each report answers first, defines itself in one line, and gives its table as a file', async () => {
  await buy()
  const { page, faults } = await opened.visit({ as: 'analyst' })
  const says = [
    'A member is drowsy, asleep or lost',
    'Members by the month of their first purchase',
    'Of the members whose first purchase lies at least',
    'Members by net sales of all time',
    'Points by the month',
    'Member share = net sales to members',
  ]
  for (const [i, path] of pages.entries()) {
    await page.goto(`/reports${path}`)
    await page.getByText(says[i]!).waitFor()
    expect(await offences(page)).toEqual([])
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    expect(file.suggestedFilename()).toMatch(/\.csv$/)
  }
  expect(faults).toEqual([])
})

test('a figure of a store opens the members behind it, and cohorts follow the convention chosen', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW' })
  await page.goto('/reports/stores')
  await page
    .getByRole('row', { name: /信義店/ })
    .locator('a[href*="/segments/people"]')
    .first()
    .click()
  await page.waitForURL('**/segments/people?condition=**')
  await page.goto('/reports/cohorts')
  await page.getByText('任何明細').click()
  await page.waitForURL('**/reports/cohorts?activity=lines')
  await page.getByText('退貨與零元明細都算').waitFor()
  const cell = page.locator('a[href*="/reports/cohorts/people"][href*="month="]').first()
  const counted = Number((await cell.locator('xpath=..').getAttribute('title'))!.replace(/\D/g, ''))
  await cell.click()
  await page.waitForURL('**/reports/cohorts/people?**activity=lines**')
  await expect.poll(() => page.getByRole('row').count()).toBe(counted + 1)
  expect(await offences(page)).toEqual([])
  await page.goBack()
  await page.getByText('退貨與零元明細都算').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

/** Four members over half a year, some of them back, one guest. */
async function buy(): Promise<void> {
  const bought: [string | null, number, number][] = [
    ['M1', 200, 300],
    ['M1', 150, 300],
    ['M1', 100, 300],
    ['M1', 5, 500],
    ['M2', 180, 900],
    ['M2', 30, 200],
    ['M3', 170, 60],
    ['M4', 120, 1_500],
    ['M4', 60, 1_200],
    [null, 3, 90],
  ]
  const orders = bought.map(([id, days, amount], nth) => ({
    source: 'wusong',
    source_id: `R${nth}`,
    status: 'completed' as const,
    store: nth % 2 === 0 ? 'XINYI' : 'DAAN',
    member: id === null ? null : { external_id: { source: 'wusong', id } },
    lines: [{ sku: 'TEA', quantity: 1, gross_minor: amount }],
    occurred_at: new Date(world.now().getTime() - days * 86_400_000).toISOString(),
  }))
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } })
}

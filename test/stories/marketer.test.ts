/** A marketer builds a program on screen, changes a rule after seeing what that changes, and gets just that. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { JobContext } from '../../src/base/jobs.ts'
import { createLog } from '../../src/base/log.ts'
import { sql } from '../../src/base/sql.ts'
import { addMs, dayMs } from '../../src/base/time.ts'
import { verify } from '../../src/base/verify.ts'
import * as points from '../../src/value/points/points.ts'
import * as pointPreviews from '../../src/value/points/previews.ts'
import * as tierPreviews from '../../src/value/tiers/previews.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { monday, openWorld, type World } from '../world.ts'

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

let made = 0
/** What the tills send in, so many days before today. */
function buy(member_id: string, days_ago: number, net_minor: number, category = '茶') {
  return world.as('owner').call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: `S-${++made}`,
      status: 'completed',
      occurred_at: addMs(monday, -days_ago * dayMs).toISOString(),
      store: 'XINYI',
      member: { member_id },
      lines: [{ sku: category, category, quantity: 1, net_minor }],
    },
  })
}
const job = () =>
  ({
    db: world.db,
    actor: systemActor('test'),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  }) as unknown as JobContext
const lastOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1)!

/** The table of differences as it stands on screen: name → change. */
async function shownOn(page: Page): Promise<Map<string, number>> {
  const rows = await page.getByRole('table').first().getByRole('row').allInnerTexts()
  return new Map(
    rows.slice(1).map((row) => {
      const cells = row.split(/[\t\n]+/).map((cell) => cell.trim())
      const change = cells.find((cell) => /^[+−-]\d/.test(cell)) ?? '0'
      return [cells[0]!, Number(change.replace('−', '-').replaceAll(',', ''))]
    }),
  )
}
/** What stands in the ledger, by name. */
async function heldBy(): Promise<Map<string, number>> {
  const rows = await world.db.rows<{ display_name: string; points: number }>(sql`
    select coalesce(m.display_name, m.first_name || ' ' || m.last_name) as display_name,
      sum(e.points + e.debt)::bigint as points
    from point_entries e join members m on m.member_id = e.member_id group by m.member_id`)
  return new Map(rows.map((row) => [row.display_name, row.points]))
}

test('the marketer builds a program from a preset: points with a bonus, tiers, a coupon and a gift', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(12_000)
  await page.goto('/points/rule')
  await page.getByRole('button', { name: /Many points, a hundred a unit/ }).click()
  await page.getByRole('button', { name: 'Add a bonus' }).click()
  await page.getByLabel('Name (English)').fill('Mondays')
  await page.getByRole('button', { name: 'Condition', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Weekdays' }).click()
  await page.getByText('Mon', { exact: true }).click()
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/points/previews/*')
  await pointPreviews.runPreview(lastOf(page), job())
  await page.getByRole('button', { name: 'Apply this rule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Apply from now on' }).click()
  await page.waitForURL('**/points')
  expect(await offences(page)).toEqual([])

  await page.goto('/tiers/rule')
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/tiers/previews/*')
  await tierPreviews.runPreview(lastOf(page), job())
  await page.getByRole('button', { name: 'Apply this rule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Apply this rule' }).click()
  await page.getByText('Applied. The members have moved.').waitFor()

  await page.goto('/gifts/new')
  await page.getByLabel('Name in English').fill('Tea tin')
  await page.getByLabel('Price in points').fill('500')
  await page.getByLabel('Cost').fill('60')
  await page.getByRole('button', { name: 'Add a gift' }).click()
  await page.getByLabel('In all').waitFor()

  for (const [who, days, net] of [
    [world.cast.wang, 14, 1_280],
    [world.cast.wang, 3, 640],
    [world.cast.mary, 7, 905],
    [world.cast.chen, 2, 333],
  ] as const)
    await buy(who, days, net)
  await page.goto('/coupons/new')
  await page.getByLabel('Name').fill('Winter')
  await page.getByLabel('Amount').fill('50')
  await page.getByLabel('Minimum spend').fill('600')
  await page.getByText('3 of 4 baskets would have qualified.').waitFor()
  // one coupon each: of the two purchases of one member the first uses it
  await page.getByText('Within its limits: 2 uses, by members: 2.').waitFor()
  await page.getByText('NT$100', { exact: true }).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'story-coupon', { whole: true })
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByText('Nobody has it yet').waitFor()
  expect(faults).toEqual([])
})

test('show 5: a change of the earn rule is previewed, applied, and brings just the differences shown', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(12_000)
  await page.goto('/points/rule')
  await page.getByLabel('Points', { exact: true }).fill('3')
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/points/previews/*')
  await pointPreviews.runPreview(lastOf(page), job())
  await page.getByRole('link', { name: '王小明' }).waitFor()
  const shown = await shownOn(page)
  expect([...shown.keys()].sort()).toEqual(['Mary Smith', '王小明', '陳美麗'].sort())
  expect([...shown.values()].every((change) => change > 0)).toBe(true)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'story-preview', { whole: true })

  const before = await heldBy()
  await page.getByRole('button', { name: 'Apply to last month too' }).click()
  await page.getByRole('button', { name: 'Book for 3 members' }).click()
  await expect
    .poll(async () => (await world.as('marketer').call('GET /v1/admin/point-rules/current')).rule.earn.points)
    .toBe(3)
  expect(await heldBy(), 'nothing moves before the booking').toEqual(before)
  await pointPreviews.runRebooking(lastOf(page), job())
  await page.getByText('Applied. Every difference is booked.').waitFor()
  const after = await heldBy()
  const came = [...after].map(([name, held]) => [name, held - (before.get(name) ?? 0)] as const)
  expect(new Map(came.filter(([, change]) => change !== 0))).toEqual(shown)
  const { checks } = await verify(world.db, points.checks)
  expect(checks.filter((check) => !check.ok)).toEqual([])
  expect(faults).toEqual([])
})

test('the same in Chinese: the preview says who gains, and the coupon what it would have cost', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  page.setDefaultTimeout(12_000)
  await page.goto('/points/rule')
  await page.getByLabel('點數', { exact: true }).fill('1')
  await page.getByRole('button', { name: '看看會改變什麼' }).click()
  await page.waitForURL('**/points/previews/*')
  await pointPreviews.runPreview(lastOf(page), job())
  await page.getByRole('link', { name: '王小明' }).waitFor()
  const shown = await shownOn(page)
  expect([...shown.values()].every((change) => change < 0)).toBe(true)
  expect(await offences(page)).toEqual([])
  await page.goto('/coupons/new')
  await page.getByLabel('金額').fill('50')
  await page.getByText('4 筆消費中有 4 筆符合').waitFor()
  expect(await offences(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  await screenshot(page, 'story-coupon-phone', { whole: true })
  expect(faults).toEqual([])
})

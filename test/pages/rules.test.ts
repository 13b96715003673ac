/** Changing a rule on screen: seen first on last month, then applied, member by member as it was shown. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { JobContext } from '../../src/base/jobs.ts'
import { createLog } from '../../src/base/log.ts'
import * as pointPreviews from '../../src/value/points/previews.ts'
import * as tierPreviews from '../../src/value/tiers/previews.ts'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  for (const [source_id, amount] of [
    ['A1', 1_280],
    ['A2', 640],
  ] as const) {
    await world.as('owner').call('POST /v1/admin/orders', {
      body: {
        source: 'till',
        source_id,
        status: 'completed',
        occurred_at: world.now().toISOString(),
        store: 'XINYI',
        member: { member_id: world.cast.wang },
        lines: [{ sku: 'TEA', name: '高山茶', quantity: 1, net_minor: amount }],
      },
    })
  }
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** What the job runner would give a job that the page has ordered. */
function job(): JobContext {
  return {
    db: world.db,
    actor: systemActor('test'),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  } as unknown as JobContext
}

test('the rule is tried on last month before it holds, and says whom it changes', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/points/rule')
  await page.getByText('An order of NT$').waitFor()
  expect(await offences(page)).toEqual([])
  const points = page.getByLabel('Points', { exact: true })
  await points.fill('3')
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/points/previews/*')
  const preview_id = new URL(page.url()).pathname.split('/').at(-1)!
  await pointPreviews.runPreview(preview_id, job())
  await page.getByRole('link', { name: '王小明' }).waitFor()
  expect(await offences(page)).toEqual([])
  const { data } = await world
    .as('marketer')
    .call('GET /v1/admin/point-rules/previews/:preview_id/differences', { params: { preview_id } })
  expect(data).toHaveLength(1)
  await page.getByText(`+${data[0]!.points_change}`).first().waitFor()
  // each number opens just the members it counts
  await page.locator('a[href$="change=more"]').click()
  await page.getByRole('link', { name: '王小明' }).waitFor()
  await page.goto(`/points/previews/${preview_id}?change=less`)
  await page.getByText('Nothing fits these filters').waitFor()
  await page.getByRole('button', { name: 'Take away “Members who lose”' }).click()
  await page.getByRole('link', { name: '王小明' }).waitFor()
  await page.goto(`/points/previews/${preview_id}?change=less`)
  await page.locator('a.rg-door[href$="/points/previews/' + preview_id + '"]').click()
  await page.getByRole('link', { name: '王小明' }).waitFor()

  await page.getByRole('button', { name: 'Apply to last month too' }).click()
  await page.getByRole('button', { name: 'Book for 1 member' }).click()
  await expect
    .poll(async () => (await world.as('marketer').call('GET /v1/admin/point-rules/current')).rule.earn.points)
    .toBe(3)
  await pointPreviews.runRebooking(preview_id, job())
  await page.getByText('Applied. Every difference is booked.').waitFor()
  await page.goto('/points')
  await page
    .getByRole('link', { name: /show who/ })
    .first()
    .waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('a stopped preview changes nothing and can be gone on from', async () => {
  const { page } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  await page.goto('/points/rule')
  await page.getByRole('button', { name: '看看會改變什麼' }).click()
  await page.waitForURL('**/points/previews/*')
  await page.getByRole('button', { name: '停止' }).click()
  await page.getByText('這次試算已停止').waitFor()
  expect(await offences(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  await page.getByRole('link', { name: '修改後再試' }).click()
  await page.waitForURL('**/points/rule?from=*')
})

test('tiers are named in each language; a new rule says who would rise before anybody does', async () => {
  const { page } = await opened.visit({ as: 'marketer', language: 'zh-TW' })
  await page.goto('/tiers/ladder')
  const names = page.getByLabel('繁體中文')
  await names.nth(1).fill('銀芽卡')
  await page.keyboard.press('Control+s')
  await page.waitForURL('**/tiers')
  await page.getByRole('rowheader', { name: '銀芽卡' }).waitFor()
  expect(await offences(page)).toEqual([])

  await page.goto('/tiers/rule')
  await page.getByLabel('銀芽卡').fill('1000')
  await page.getByRole('button', { name: '看看會改變什麼' }).click()
  await page.waitForURL('**/tiers/previews/*')
  await tierPreviews.runPreview(new URL(page.url()).pathname.split('/').at(-1)!, job())
  await page.getByRole('link', { name: '王小明' }).waitFor()
  expect(await offences(page)).toEqual([])
  await page.locator('a[href*="move=up"]').click()
  await page.waitForURL('**?move=up')
  await page.getByRole('link', { name: '王小明' }).waitFor()
  const { totals } = await world.as('marketer').call('GET /v1/admin/tier-rules/previews/:preview_id', {
    params: { preview_id: new URL(page.url()).pathname.split('/').at(-1)! },
  })
  for (const { from, to, members } of totals.moves ?? []) {
    const { data } = await world.as('marketer').call('GET /v1/admin/tier-rules/previews/:preview_id/members', {
      params: { preview_id: new URL(page.url()).pathname.split('/').at(-1)! },
      query: { from: from ?? '-', to: to ?? '-' },
    })
    expect(data).toHaveLength(from === to ? 0 : members)
  }
  await page.goto(page.url().replace('move=up', 'move=down'))
  await page.getByText('沒有符合這些條件的資料').waitFor()
  await page.getByRole('button', { name: '清除篩選' }).click()
  await page.getByRole('link', { name: '王小明' }).waitFor()
  await page.getByRole('button', { name: '採用這個規則' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '採用這個規則' }).click()
  await expect
    .poll(async () => (await world.as('marketer').call('GET /v1/admin/tier-rules/current')).rule.thresholds['silver'])
    .toBe(1_000)
})

/** Bonuses and caps on screen: built as cards, tried on last month, kept as the server takes them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { JobContext } from '../../src/base/jobs.ts'
import { createLog } from '../../src/base/log.ts'
import * as previews from '../../src/value/points/previews.ts'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const owner = world.as('owner')
  await owner.call('POST /v1/admin/products', { body: { sku: 'TEA', name: '高山茶', category: '茶' } })
  await owner.call('POST /v1/admin/orders', {
    body: {
      source: 'till',
      source_id: 'A1',
      status: 'completed',
      occurred_at: world.now().toISOString(),
      store: 'XINYI',
      member: { member_id: world.cast.wang },
      lines: [{ sku: 'TEA', name: '高山茶', quantity: 2, net_minor: 1_200 }],
    },
  })
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a bonus is built from a card, and what it would have cost is seen before it holds', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/points/rule')
  await page.getByRole('button', { name: 'Add a bonus' }).click()
  await page.getByLabel('Name (English)').fill('Tea week')
  await page.getByRole('button', { name: 'Condition', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Categories' }).click()
  await page.getByRole('region', { name: 'Bonuses' }).getByRole('combobox', { name: 'Categories' }).click()
  await page.getByRole('option', { name: '茶' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Condition', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Weekdays' }).click()
  await page.getByText('Mon', { exact: true }).click()
  await page.getByLabel('In one day').fill('15')
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/points/previews/*')
  const preview_id = new URL(page.url()).pathname.split('/').at(-1)!
  await previews.runPreview(preview_id, {
    db: world.db,
    actor: systemActor('test'),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  } as unknown as JobContext)
  // twelve at the base, doubled on a Monday, and the day's cap leaves fifteen
  await page.getByText('+3').first().waitFor()
  await page.getByText('200% of the points').first().waitFor()
  expect(await offences(page)).toEqual([])
  const { rule } = await world
    .as('marketer')
    .call('GET /v1/admin/point-rules/previews/:preview_id', { params: { preview_id } })
  expect(rule.earn).toMatchObject({
    caps: { day: 15 },
    combine: 'best',
    bonuses: [
      {
        code: 'bonus_1',
        names: { en: 'Tea week' },
        when: { categories: ['茶'], weekdays: [1] },
        effect: { kind: 'multiply', percent: 200 },
      },
    ],
  })
  expect(faults).toEqual([])
})

test('a telephone shows the same cards', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', screen: 'phone', language: 'zh-TW' })
  await page.goto('/points/rule')
  await page.getByRole('button', { name: '新增加贈' }).click()
  await page.getByRole('button', { name: '條件', exact: true }).click()
  await page.getByRole('menuitem', { name: '活動期間' }).click()
  await page.getByRole('button', { name: '新增加贈' }).click()
  await page.getByText('一筆訂單符合多個加贈時').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('what points pay is changed only after seeing what that changes', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/points/spending')
  await page.getByLabel('At least').fill('50')
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.getByText('Owed in points now').waitFor()
  expect(await offences(page)).toEqual([])
  const rule = async () => {
    const { data } = await world.as('marketer').call('GET /v1/admin/point-spend-rules')
    return data.find((version) => version.in_force)!.rule.minimum_points
  }
  expect(await rule()).not.toBe(50)
  await page.getByRole('button', { name: 'Apply this rule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Apply from now on' }).click()
  await expect.poll(rule).toBe(50)
  expect(faults).toEqual([])
})

test.each(['desktop', 'phone'] as const)('what is owed is told by age and by end (%s)', async (screen) => {
  const { page, faults } = await opened.visit({ as: 'owner', screen })
  await page.goto('/reports/points')
  await page.getByRole('table', { name: 'Ends in' }).waitFor()
  const age = page.getByRole('table', { name: 'Earned … ago' })
  expect(await age.getByRole('row').allInnerTexts()).toContainEqual(
    expect.stringMatching(/Up to 30 days\s+12\s+NT\$12/),
  )
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

async function picture(page: { screenshot(o: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env['REGULARS_PICTURES']
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

test('what earns nothing is chosen from the goods there are, and the preview says what it takes', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/points/rule')
  const part = page.getByRole('region', { name: 'What earns nothing' })
  await part.getByRole('combobox', { name: 'Categories' }).click()
  await page.getByRole('option', { name: '茶' }).click()
  await page.keyboard.press('Escape')
  await part.getByRole('combobox', { name: 'Stores' }).click()
  await page.getByRole('option', { name: '大安店' }).click()
  await page.keyboard.press('Escape')
  await part.getByRole('switch', { name: 'Reduced goods too' }).click()
  expect(await offences(page)).toEqual([])
  await picture(page, 'exclusions')
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/points/previews/*')
  const preview_id = new URL(page.url()).pathname.split('/').at(-1)!
  await previews.runPreview(preview_id, {
    db: world.db,
    actor: systemActor('test'),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  } as unknown as JobContext)
  await page.getByText('-12').or(page.getByText('−12')).first().waitFor()
  await page.getByText('purchases at 大安店').first().waitFor()
  await picture(page, 'exclusions-preview')
  const { rule } = await world
    .as('marketer')
    .call('GET /v1/admin/point-rules/previews/:preview_id', { params: { preview_id } })
  expect(rule.earn.excludes).toEqual({
    categories: ['茶'],
    store_ids: [world.stores.get('DAAN')],
    discounted: true,
  })
  const phone = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  await phone.page.goto(`/points/rule?from=${preview_id}`)
  await phone.page.getByText('哪些不累點').waitFor()
  expect(await offences(phone.page)).toEqual([])
  await picture(phone.page, 'exclusions-390')
  expect([...faults, ...phone.faults]).toEqual([])
})

test('points go from one member to another once that is switched on', async () => {
  const { page, faults } = await opened.visit({ as: 'owner' })
  await world.as('owner').call('POST /v1/admin/members/:member_id/points/adjustments', {
    params: { member_id: world.cast.wang },
    body: { points: 40, reason: 'for the story' },
  })
  await page.goto('/points')
  await page.getByText('Members cannot give points to each other.').waitFor()
  await page.getByRole('link', { name: 'Change how points pass on', exact: true }).click()
  await page.getByLabel('At most in one day').fill('10')
  expect(await offences(page)).toEqual([])
  await picture(page, 'transfers')
  await page.getByRole('button', { name: 'Use this rule' }).click()
  await page.getByText('at most 10 in one day').first().waitFor()
  await page.goto(`/members/${world.cast.wang}`)
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Give points to another member' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Points', { exact: true }).fill('11')
  await dialog.getByRole('button', { name: 'Give points to another member' }).click()
  await dialog.getByText('Choose who receives them.').waitFor()
  await dialog.getByLabel('To', { exact: true }).first().fill('Mary')
  await page.getByRole('option', { name: /Mary/ }).click()
  await dialog.getByRole('button', { name: 'Give points to another member' }).click()
  await dialog.getByText('At most 10 points may be given away; 10 are left.').first().waitFor()
  expect(await offences(page)).toEqual([])
  await picture(page, 'transfer')
  await dialog.getByLabel('Points', { exact: true }).fill('9')
  await dialog.getByRole('button', { name: 'Give points to another member' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.goto(`/members/${world.cast.mary}`)
  await page.getByText('9 points from another member').first().waitFor()
  await picture(page, 'transfer-received')
  expect(faults).toEqual([])
})

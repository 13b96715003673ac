import { afterAll, beforeAll, expect, test } from 'vitest'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const day = 86_400_000
  const orders = [1, 11, 21].map((days) => ({
    source: 'wusong',
    source_id: `R-${days}`,
    status: 'completed' as const,
    store: 'XINYI',
    member: { external_id: { source: 'wusong', id: 'M1' } },
    lines: [{ sku: 'OOLONG', name: '凍頂烏龍', quantity: 2, gross_minor: 1280 }],
    occurred_at: new Date(world.now().getTime() - days * day).toISOString(),
  }))
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } })
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

test('a member’s page says how they are doing, what happened, and why each order earned its points', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/members/${world.cast.wang}`)
  await page.getByRole('heading', { level: 1, name: '王小明' }).waitFor()
  await page.getByText('3 orders worth NT$3,840.').waitFor()
  await page.getByText('10 days', { exact: true }).waitFor()
  await page.getByText('Order R-1 at 信義店').waitFor()
  await page.getByText('points earned').first().click()
  await page.getByText('counts (goods after discounts').waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('points are given by hand with a reason, and stand in the timeline', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/members/${world.cast.wang}`)
  await page.getByRole('button', { name: 'Adjust points' }).click()
  const dialog = page.getByRole('dialog')
  const before = Number((await dialog.getByText('can be spent').textContent())!.match(/Now (\d+)/)![1])
  await dialog.getByLabel('Points').fill('50')
  await dialog.getByText(`afterwards ${before + 50}`).waitFor()
  await dialog.getByRole('button', { name: 'Give 50 points' }).click()
  await dialog.getByText('Say why.').waitFor()
  await dialog.getByLabel('Reason').fill('Long wait at the counter')
  expect(await offences(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Give 50 points' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('50 points by hand or by rule').waitFor()
  const { balance } = await world
    .as('marketer')
    .call('GET /v1/admin/members/:member_id/points', { params: { member_id: world.cast.wang } })
  expect(balance.active).toBe(before + 50)
  expect(faults).toEqual([])
})

test('a consent is withdrawn after being asked, and a tag and a note are kept', async () => {
  const { page, faults } = await opened.visit({ as: 'clerk', language: 'zh-TW' })
  await page.goto(`/members/${world.cast.ouyang}`)
  await page.getByRole('button', { name: '更多: 電子郵件' }).click()
  await page.getByRole('menuitem', { name: '記下不同意' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '記下不同意' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('不再收電子郵件').waitFor()
  await page.getByRole('textbox', { name: '加上標籤' }).fill('茶友')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: '茶友' }).waitFor()
  await page.getByRole('textbox', { name: '寫備註' }).fill('喜歡高山茶')
  await page.getByRole('button', { name: '留下備註' }).click()
  await page.getByText('喜歡高山茶').first().waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: '茶友' }).click()
  await page.waitForURL('**/members?tag=**')
  await page.getByRole('link', { name: '歐陽菲菲' }).first().waitFor()
  expect(faults).toEqual([])
})

test('a new member needs something to be recognised by; a phone that somebody has is refused beside its field', async () => {
  const { page, faults } = await opened.visit({ as: 'clerk' })
  await page.goto('/members/new')
  await page.getByLabel('Name').fill('林阿姨')
  await page.keyboard.press('Control+s')
  await page.getByText('A phone, an e-mail or a card is needed').waitFor()
  await page.getByRole('textbox', { name: 'Phone' }).fill('0912-345-678')
  await page.getByRole('button', { name: 'Add member' }).click()
  await page.getByText('Another member already has this').first().waitFor()
  await page.getByRole('textbox', { name: 'Phone' }).fill('0987 654 321')
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Add member' }).click()
  await page.getByRole('heading', { level: 1, name: '林阿姨' }).waitFor()
  await page.getByText('+886987654321').first().waitFor()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Name').fill('林美玉')
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { level: 1, name: '林美玉' }).waitFor()
  expect(faults).toEqual([])
})

test('filters are kept under a name, and members opened last are one click away', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/members?state=active')
  await page.getByRole('link', { name: '王小明' }).first().waitFor()
  await page.getByRole('button', { name: 'Saved views' }).click()
  await page.getByRole('textbox', { name: 'Name of the view' }).fill('Active ones')
  await page.keyboard.press('Enter')
  await page.goto('/members')
  await page.getByRole('navigation', { name: 'Last opened' }).getByRole('link', { name: '王小明' }).waitFor()
  await page.getByRole('button', { name: 'Saved views' }).click()
  await page.getByRole('link', { name: 'Active ones' }).click()
  await page.waitForURL('**/members?state=active')
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

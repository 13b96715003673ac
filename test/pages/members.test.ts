import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
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

test('every place that cannot be kept is told beside its field, also of a member brought with no real language', async () => {
  const member_id = world.cast.mary
  await world.db.run(sql`update members set locale = 'Chinese!' where member_id = ${member_id}::uuid`)
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/members/${member_id}/edit`)
  await page.getByLabel('Phone').fill('12')
  await page.getByLabel('E-mail').fill('not mail')
  await page.keyboard.press('Control+s')
  await page.getByText('This does not look like a phone number.').first().waitFor()
  await page.getByText('This does not look like an e-mail address.').first().waitFor()
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

test('two accounts of one person are merged after saying what moves, and the old address leads on', async () => {
  const marketer = world.as('marketer')
  const add = (display_name: string, email: string) =>
    marketer.call('POST /v1/admin/members', { body: { display_name, email } })
  const [kept, gone] = [await add('吳小華', 'wu@example.com'), await add('Wu Xiaohua', 'wu.old@example.com')]
  await marketer.call('POST /v1/admin/orders', {
    body: {
      source: 'wusong',
      source_id: 'W-1',
      status: 'completed',
      occurred_at: world.now().toISOString(),
      member: { member_id: gone.member_id },
      lines: [{ sku: 'OOLONG', quantity: 1, gross_minor: 700 }],
    },
  })
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/members/${kept.member_id}`)
  await page.getByRole('button', { name: 'More', exact: true }).first().click()
  await page.getByRole('menuitem', { name: 'Merge with another account' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill('wu.old@')
  await dialog.getByRole('button', { name: /Wu Xiaohua/ }).click()
  await dialog.getByText('From Wu Xiaohua to 吳小華: 1 order worth NT$700').waitFor()
  await dialog.getByText('Afterwards 吳小華 has 1 order').waitFor()
  expect(await offences(page)).toEqual([])
  expect((await marketer.call('GET /v1/admin/members/:member_id', { params: gone })).member.member_id).toBe(
    gone.member_id,
  )
  await dialog.getByRole('button', { name: 'Merge the two' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Order W-1').waitFor()
  await page.goto(`/members/${gone.member_id}`)
  await page.waitForURL(`**/members/${kept.member_id}`)
  await page.getByRole('heading', { level: 1, name: '吳小華' }).waitFor()
  expect(faults).toEqual([])
})

test('a person is erased after a clear question, and all that is kept can be downloaded before', async () => {
  const marketer = world.as('marketer')
  const { member_id } = await marketer.call('POST /v1/admin/members', {
    body: { display_name: '忘了我', email: 'forget@example.com' },
  })
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW' })
  await page.goto(`/members/${member_id}`)
  await page.getByRole('button', { name: '更多', exact: true }).first().click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: '下載全部資料' }).click()
  expect((await downloading).suggestedFilename()).toMatch(/^member-\d+\.json$/)
  await page.getByRole('button', { name: '更多', exact: true }).first().click()
  await page.getByRole('menuitem', { name: '刪除這個人的個資' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('這個動作無法復原。').waitFor()
  expect(await offences(page)).toEqual([])
  await dialog.getByRole('button', { name: '永久刪除' }).click()
  await page.waitForURL('**/members')
  await expect(marketer.call('GET /v1/admin/members/:member_id', { params: { member_id } })).rejects.toMatchObject({
    status: 404,
  })
  expect(faults).toEqual([])
  const { page: other } = await opened.visit({ as: 'clerk' })
  await other.goto(`/members/${world.cast.chen}`)
  await other.getByRole('heading', { level: 1, name: '陳美麗' }).waitFor()
  expect(await other.getByRole('button', { name: 'More', exact: true }).count()).toBe(0)
})

test('likely doubles are listed and lead to the merge', async () => {
  const marketer = world.as('marketer')
  for (const email of ['lin.mei@example.com', 'linmei+tea@example.com']) {
    await marketer.call('POST /v1/admin/members', { body: { display_name: `林 ${email.length}`, email } })
  }
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/members')
  await page.getByRole('link', { name: 'Likely doubles' }).click()
  await page.getByText('Same mailbox, written another way').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'See what merging would do' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /linmei\+tea/ })
    .click()
  await page
    .getByRole('dialog')
    .getByText(/^Afterwards/)
    .waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

/** Settings: the program, its stores and products, its people and keys, and the trail they leave. */
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

test('an invited colleague comes in by a link that is shown once, and can be disabled', async () => {
  const { page, faults } = await opened.visit()
  await page.goto('/staff')
  await page.getByRole('button', { name: 'Invite a person' }).click()
  await page.getByLabel('Name').fill('司馬相如與卓文君的店長')
  await page.getByLabel('E-mail').fill('sima@wusong.example')
  await page.getByRole('button', { name: 'Invite and make a link' }).click()
  const address = (await page.locator('[data-once]').textContent())!
  expect(await offences(page)).toEqual([])
  const { page: theirs } = await opened.visit({ as: null })
  await theirs.goto(address.replace(/^https?:\/\/[^/]+/, ''))
  await theirs.getByRole('navigation', { name: 'Main navigation' }).waitFor()

  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: 'More: 司馬相如與卓文君的店長' }).click()
  await page.getByRole('menuitem', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await page.getByText('disabled', { exact: true }).waitFor()
  expect(faults).toEqual([])
})

test('a key shows its token once, does what it may, and is revoked', async () => {
  const { page } = await opened.visit({ as: 'developer' })
  page.setDefaultTimeout(9_000)
  await page.goto('/keys')
  await page.getByRole('button', { name: 'Make a key' }).first().click()
  await page.getByLabel('Name').fill('Till')
  await page.getByRole('radiogroup', { name: 'Members' }).getByText('read', { exact: true }).click()
  expect(await offences(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click()
  const token = await page.locator('[data-once]').textContent()
  const ask = (path: string) => fetch(opened.url + path, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask('/v1/admin/members')).status).toBe(200)
  expect((await ask('/v1/admin/orders')).status).toBe(403)
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByRole('button', { name: 'Revoke: Till' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('revoked', { exact: true }).waitFor()
  expect((await ask('/v1/admin/members')).status).toBe(401)
})

test('a store is renamed, and the trail says who did it and what it was called before', async () => {
  const { page } = await opened.visit({ language: 'zh-TW' })
  await page.goto('/stores')
  await page.getByRole('button', { name: '大安店' }).click()
  await page.getByLabel('名稱').fill('大安旗艦店')
  expect(await offences(page)).toEqual([])
  await page.keyboard.press('Control+s')
  await page.getByRole('button', { name: '大安旗艦店' }).waitFor()
  await page.goto('/audit')
  await page.getByRole('button', { name: '門市：修改' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('大安店', { exact: true }).waitFor()
  await dialog.getByText('大安旗艦店', { exact: true }).waitFor()
  expect(await offences(page)).toEqual([])
})

test('the program keeps what was not changed, and says why its currency is fixed', async () => {
  const { page } = await opened.visit({ as: 'owner', language: 'zh-TW' })
  await page.goto('/program')
  await page.getByLabel('品牌名稱').fill('悟松茶')
  await page.getByLabel('簡訊，每則').fill('0.8')
  await page.keyboard.press('Control+s')
  await expect.poll(async () => (await world.as('owner').call('GET /v1/admin/program')).name).toBe('悟松茶')
  const { settings } = await world.as('owner').call('GET /v1/admin/program')
  expect(settings).toMatchObject({
    message_cost_minor: { sms: 0.8 },
    rhythm: { drowsy: 1.5, asleep: 3, lost: 6 },
    from_name: null,
  })
  expect(await offences(page)).toEqual([])
})

test('the country of phone numbers is chosen by what it makes of one', async () => {
  const { page } = await opened.visit({ as: 'owner', language: 'zh-TW' })
  await page.goto('/program')
  const country = page.getByRole('combobox', { name: '電話的國家／地區' })
  await page.getByText('0912 345 678 會讀成 +886912345678').waitFor()
  await country.click()
  await country.fill('西班牙')
  await page.getByRole('option', { name: '西班牙' }).click()
  await page.getByText('612 34 56 78 會讀成 +34612345678').waitFor()
  expect(await offences(page)).toEqual([])
  await page.keyboard.press('Control+s')
  const program = () => world.as('owner').call('GET /v1/admin/program')
  await expect.poll(async () => (await program()).default_country).toBe('ES')
  const member = await world.as('owner').call('POST /v1/admin/members', { body: { phone: '612 34 56 78' } })
  expect(member.phone).toBe('+34612345678')
  await world.as('owner').call('PATCH /v1/admin/program', { body: { default_country: 'TW' } })
})

test('who may look and not change finds fields at rest, and nothing to press', async () => {
  const { page, faults } = await opened.visit({ as: 'analyst' })
  await page.goto('/program')
  await page.getByText('Your role may look at the settings, not change them.').waitFor()
  expect(await page.getByLabel('Name of the brand').isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0)
  const sent: string[] = []
  page.on('request', (request) => void (request.method() === 'GET' || sent.push(request.url())))
  await page.keyboard.press('Control+s')
  expect(sent).toEqual([])
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('a product is added to a shelf and found on a phone', async () => {
  const { page } = await opened.visit({ as: 'marketer', screen: 'phone', scheme: 'dark', language: 'zh-CN' })
  page.setDefaultTimeout(9_000)
  await page.goto('/products')
  await page.getByRole('button', { name: '新增商品' }).click()
  await page.locator('input[name=name]').fill('阿里山高山乌龙茶')
  await page.getByLabel('货号（SKU）').fill('OOLONG-1')
  await page.locator('input[name=category]').fill('乌龙')
  await page.getByRole('dialog').getByRole('button', { name: '新增商品' }).click()
  await page.getByRole('button', { name: '阿里山高山乌龙茶' }).waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  expect(await offences(page)).toEqual([])
})

test('one sets one’s own name and password', async () => {
  const { page } = await opened.visit({ as: 'analyst' })
  await page.goto('/account')
  await page.getByLabel('New password').fill('short')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('At least 10 characters.', { exact: true }).waitFor()
  await page.getByLabel('New password').fill('mountain-mist-oolong-7')
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('Your password is set.').waitFor()
  expect(await offences(page)).toEqual([])
})

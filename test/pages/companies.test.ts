/** A company on screen: made, peopled, bought for; and to whom its orders count. */
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

async function picture(page: { screenshot(o: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env['REGULARS_PICTURES']
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

test('a company is made and gets people, its order shows the three and to whom it counts, and why', async () => {
  const { page, faults } = await opened.visit({ as: 'owner' })
  await page.goto('/companies')
  await page.getByText('There is no company yet').waitFor()
  await picture(page, 'companies-empty')
  await page.getByRole('button', { name: 'Add a company' }).first().click()
  await page.getByRole('dialog').getByLabel('Name').fill('悟松貿易')
  await page.getByRole('dialog').getByLabel('Tax ID').fill('1234-5678')
  await page.getByRole('dialog').getByRole('button', { name: 'Add a company' }).click()
  await page.getByRole('link', { name: '悟松貿易' }).click()
  await page.getByText('Nobody belongs to it yet').waitFor()
  const company_id = new URL(page.url()).pathname.split('/').at(-1)!
  await page.getByRole('button', { name: 'Add a person' }).click()
  await page.getByRole('dialog').getByPlaceholder('Found by name').fill('王小明')
  await page.getByRole('option', { name: '王小明' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
  await page.getByRole('row', { name: '王小明' }).waitFor()

  const ids = { buyer: { member_id: world.cast.wang }, user: { member_id: world.cast.chen } }
  const send = (source_id: string) =>
    world.as('owner').call('POST /v1/admin/orders', {
      body: {
        source: 'b2b',
        source_id,
        status: 'completed',
        occurred_at: world.now().toISOString(),
        company: { company_id },
        ...ids,
        lines: [{ sku: 'TEA', name: '高山茶', quantity: 2, net_minor: 1_000 }],
      },
    })
  await send('B1')
  await page.goto('/companies')
  await page.getByRole('button', { name: 'To whom do orders of companies count?' }).click()
  const counts = { name: 'Counts to' }
  await page.getByRole('combobox', counts).or(page.getByRole('textbox', counts)).first().click()
  await page.getByRole('option', { name: 'who uses it' }).click()
  const climbs = { name: 'Tier climbs for' }
  await page.getByRole('combobox', climbs).or(page.getByRole('textbox', climbs)).first().click()
  await page.getByRole('option', { name: 'who orders' }).last().click()
  await picture(page, 'companies-credit')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText('their orders count to who uses it and lift the tier of who orders').waitFor()
  expect(await offences(page)).toEqual([])
  await picture(page, 'companies')
  const { order_id } = await send('B2')
  await page.goto(`/companies/${company_id}`)
  await page.getByText('B2').waitFor()
  expect(await offences(page)).toEqual([])
  await picture(page, 'company')
  await page.setViewportSize({ width: 390, height: 844 })
  await picture(page, 'company-390')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(`/orders/${order_id}`)
  await page.getByText('That person was not of the company on that day').waitFor()
  await page.getByText('It lifts the tier of: who orders').waitFor()
  await picture(page, 'company-order')
  await page.goto(`/companies/${company_id}`)
  await page.getByRole('button', { name: 'Mark as left' }).click()
  await page.getByText('left on').waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

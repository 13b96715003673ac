/** Rules take effect at a stated time, chosen on screen; what is to come is seen, and called off. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { JobContext } from '../../src/base/jobs.ts'
import { createLog } from '../../src/base/log.ts'
import * as pointPreviews from '../../src/value/points/previews.ts'
import * as tierPreviews from '../../src/value/tiers/previews.ts'
import { offences, screenshot } from '../browser.ts'
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

const job = (): JobContext =>
  ({
    db: world.db,
    actor: systemActor('test'),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  }) as unknown as JobContext

const marketer = () => world.as('marketer')

async function pointPreview(): Promise<string> {
  const { data } = await marketer().call('GET /v1/admin/point-rules')
  const { rule } = data.find((one) => one.in_force)!
  const { preview_id } = await marketer().call('POST /v1/admin/point-rules/previews', {
    body: { rule: { ...rule, earn: { ...rule.earn, points: rule.earn.points + 1 } } },
  })
  await pointPreviews.runPreview(preview_id, job())
  return preview_id
}

/** Chooses tomorrow's beginning, as the dialog or the form offers it. */
const chooseLater = (page: Page) => page.getByRole('radio', { name: 'At a stated time' }).click()

/** The version to come is called off in the list of versions; it stays there. */
async function callOff(page: Page, version: number): Promise<void> {
  await page.getByText('from Nov 3, 2026').first().waitFor()
  await page.getByRole('button', { name: 'Call off', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('It was to take effect on Nov 3, 2026').waitFor()
  expect(await offences(page)).toEqual([])
  await dialog.getByRole('button', { name: `Call off version ${version}` }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Called off on Nov 2, 2026').waitFor()
  await page.getByText('from Nov 3, 2026').waitFor({ state: 'detached' })
  expect(await page.getByRole('button', { name: 'Call off', exact: true }).count()).toBe(0)
}

test('an earn rule is applied for tomorrow, stands to come, and is called off', async () => {
  const preview_id = await pointPreview()
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto(`/points/previews/${preview_id}`)
  await page.getByRole('button', { name: 'Apply this rule' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Orders from this minute on earn by it.').waitFor()
  await chooseLater(page)
  await dialog.getByText('Orders from Nov 3, 2026').waitFor()
  await dialog.getByText('its figures may differ').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'takes-effect-dialog')
  // this morning has passed: a rule does not change what has happened
  await dialog.getByLabel('Day and time').click()
  await page.getByRole('button', { name: '2 November 2026', exact: true }).click()
  await screenshot(page, 'takes-effect-past')
  await dialog.getByText('This time has passed').waitFor()
  await expect.poll(() => dialog.getByRole('button', { name: /^Apply from Nov 2/ }).isDisabled()).toBe(true)
  await dialog.getByRole('radio', { name: 'Now' }).click()
  await chooseLater(page)
  await dialog.getByRole('button', { name: /^Apply from Nov 3, 2026/ }).click()
  await page.waitForURL('**/points')
  const versions = async () => (await marketer().call('GET /v1/admin/point-rules')).data
  expect((await versions()).map((one) => [one.version, one.effective_from, one.in_force])).toMatchObject([
    [2, '2026-11-02T16:00:00.000Z', false],
    [1, expect.any(String), true],
  ])
  // who tries another is told of it
  await page.goto(`/points/previews/${await pointPreview()}`)
  await page.getByText('Version 2 is to take effect on Nov 3, 2026').waitFor()
  expect(await offences(page)).toEqual([])
  await page.goto('/points')
  await callOff(page, 2)
  await screenshot(page, 'versions-called-off', { whole: true })
  expect((await versions())[0]!.called_off_at).toBe(world.now().toISOString())
  expect(faults).toEqual([])
})

test('a tier rule is applied for tomorrow: members move then, and never if it is called off', async () => {
  const { data } = await marketer().call('GET /v1/admin/tier-rules')
  const { preview_id } = await marketer().call('POST /v1/admin/tier-rules/previews', {
    body: { rule: { ...data[0]!.rule, thresholds: { silver: 1_000, gold: 60_000 } } },
  })
  await tierPreviews.runPreview(preview_id, job())
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto(`/tiers/previews/${preview_id}`)
  await page.getByRole('button', { name: 'Apply this rule' }).click()
  await chooseLater(page)
  await page.getByText('the rule takes effect and members move, by what they have then').waitFor()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Apply from Nov 3, 2026/ })
    .click()
  await page.getByText('Members move then.').waitFor()
  expect(await page.getByText('Moving the members').count()).toBe(0)
  expect(await offences(page)).toEqual([])
  await page.goto('/tiers')
  await callOff(page, 2)
  await page.goto(`/tiers/previews/${preview_id}`)
  await page.getByText('Version 2 was called off: nobody moves.').waitFor()
  expect(faults).toEqual([])
})

test('what points pay changes at a stated time; the form stays with what is in force', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto('/points/spending')
  const least = page.getByLabel('At least', { exact: true })
  const before = await least.inputValue()
  await least.fill('77')
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.getByRole('button', { name: 'Apply this rule' }).click()
  await chooseLater(page)
  await page.getByText('Tills ask this rule from Nov 3, 2026').waitFor()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Apply from Nov 3, 2026/ })
    .click()
  await page.getByText('Version 2 is to take effect on Nov 3, 2026').waitFor()
  expect(await least.inputValue()).toBe(before)
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'spending-coming', { whole: true })
  await callOff(page, 2)
  expect(faults).toEqual([])
  const phone = (await opened.visit({ as: 'marketer', screen: 'phone', language: 'zh-TW' })).page
  await phone.goto('/points/spending')
  await phone.getByText('撤銷', { exact: false }).first().waitFor()
  expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(390)
  await screenshot(phone, 'spending-phone', { whole: true })
})

test('price protection, member prices, transfers and pools begin at a stated time, each by the same field', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  const pages = ['/protection', '/prices', '/points/transfers', '/points/pools']
  for (const path of pages) {
    await page.goto(path)
    await chooseLater(page)
    await page.getByRole('button', { name: 'Use this rule' }).click()
    await page.getByText('Version 1 is to take effect on Nov 3, 2026').waitFor()
    // the form is again as it was: now, and the rule in force
    await expect.poll(() => page.getByRole('radio', { name: 'Now' }).isChecked()).toBe(true)
    expect(await offences(page)).toEqual([])
    await callOff(page, 1)
    await screenshot(page, `takes-effect${path.replaceAll('/', '-')}`, { whole: true })
  }
  expect(faults).toEqual([])
})

/** Coupons: one is built beside what it takes off, given to a segment, seen on a member's page, and stopped. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import { createLog } from '../../src/base/log.ts'
import { sql } from '../../src/base/sql.ts'
import { jobs } from '../../src/value/coupons/jobs.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
beforeAll(async () => {
  world = await openWorld()
  const condition = { combinator: 'and' as const, rules: [{ field: 'tags', operator: 'has_any', value: ['vip'] }] }
  await world.as('marketer').call('POST /v1/admin/segments', { body: { name: 'VIP', condition } })
  opened = await openConsole(world)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** NT$50 off, once. */
const design = {
  benefit: { kind: 'amount' as const, amount_minor: 50 },
  scope: {},
  minimum_minor: 0,
  window: { days_after_issue: 14 },
  stacking: { group: 'coupon', is_exclusive: false },
  limits: { per_coupon: 1 },
  codes: 'none' as const,
  gives_back: true,
}

/** What the job runner does. */
async function work(): Promise<void> {
  const context = {
    db: world.db,
    actor: systemActor('test'),
    now: world.now(),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  }
  const runs = await world.db.rows<{ run_id: string }>(sql`select run_id from member_runs where status <> 'done'`)
  for (const { run_id } of runs) await jobs['coupons.run']!({ run_id }, context)
}

test('a marketer builds a coupon, gives it to a segment, and stops it', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto('/coupons')
  await page.getByText('There is no coupon yet').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'Make a coupon' }).first().click()
  await page.getByLabel('Name').fill('Winter')
  await page.getByLabel('Amount').fill('50')
  await page.getByText('On NT$500 this takes NT$50.').waitFor()
  await page.getByLabel('Minimum spend').fill('600')
  await page.getByText('the minimum is NT$600').waitFor()
  await page.getByLabel('Minimum spend').fill('300')
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'coupon-builder')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByText('Nobody has it yet').waitFor()

  await page.getByRole('button', { name: 'Give to members' }).click()
  await page.getByRole('combobox', { name: 'Everybody in' }).click()
  await page.getByRole('option', { name: 'VIP' }).click()
  expect(await offences(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: 'Give' }).click()
  await page.getByText('Giving coupons').waitFor()
  await work()
  await page.getByText('1 given, 0 refused.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: '歐陽菲菲' }).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'coupon')

  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByText('1 are still open in members’ hands').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Start again' }).waitFor()

  await page.goto(`/members/${world.cast.ouyang}`)
  await page.getByRole('link', { name: 'Winter' }).waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('in Chinese, on a phone: the list and the change of a coupon', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  page.setDefaultTimeout(9_000)
  await page.goto('/coupons')
  await page.getByText('1 種優惠券').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'Winter' }).first().click()
  await page.getByRole('link', { name: '修改' }).click()
  await page.getByText('消費 NT$500，折抵 NT$50。').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByLabel('金額').fill('80')
  await page.getByText('折抵 NT$80').waitFor()
  await page.getByRole('button', { name: '儲存' }).click()
  await page.getByText('第 2 版').waitFor()
  expect(faults).toEqual([])
})

test('a code for everybody stands on the coupon’s page with its limit before anybody has used it', async () => {
  const { coupon_definition_id } = await world.as('marketer').call('POST /v1/admin/coupon-definitions', {
    body: { name: 'Autumn', design: { ...design, codes: 'shared' as const } },
  })
  const params = { coupon_definition_id }
  const share = (shared: string, uses_max: number | null) =>
    world.as('marketer').call('POST /v1/admin/coupon-definitions/:coupon_definition_id/codes', {
      params,
      body: { shared, uses_max },
    })
  await share('AUTUMN26', 100)
  await share('TEA2026', null)
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  await page.goto(`/coupons/${coupon_definition_id}`)
  const codes = page.locator('section', { has: page.getByRole('heading', { name: 'Codes' }) })
  await codes.getByText('AUTUMN26').waitFor()
  await codes.getByText('100 uses in all').waitFor()
  await codes.getByText('no limit of uses').waitFor()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await codes.getByRole('button', { name: 'Copy AUTUMN26' }).click()
  await codes.getByText('Copied').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('AUTUMN26')
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'coupon-shared')
  expect(faults).toEqual([])
})

test('no preview is asked for before the amount is there', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  page.setDefaultTimeout(9_000)
  const refused: string[] = []
  page.on('response', (answer) => {
    if (answer.status() >= 400) refused.push(answer.url())
  })
  await page.goto('/coupons/new')
  await page.getByLabel('Name').fill('Spring')
  await page.getByLabel('Amount').fill('50')
  await page.getByText('On NT$500 this takes NT$50.').waitFor()
  await page.getByText('It would have taken off').waitFor()
  expect(refused).toEqual([])
  expect(faults).toEqual([])
})

/** Tiers by other measures than money, and by invitation, on screen. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemActor } from '../../src/base/actor.ts'
import type { JobContext } from '../../src/base/jobs.ts'
import { createLog } from '../../src/base/log.ts'
import { runApply, runPreview } from '../../src/value/tiers/previews.ts'
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

function job(): JobContext {
  return {
    db: world.db,
    actor: systemActor('test'),
    signal: new AbortController().signal,
    log: createLog({ level: 'error' }),
  } as unknown as JobContext
}

async function picture(page: { screenshot(o: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env['REGULARS_PICTURES']
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

test('a tier for the invited is marked on the ladder, and a member is invited, accepts and holds it', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/tiers/ladder')
  await page.getByLabel('Only by invitation').last().click()
  expect(await offences(page)).toEqual([])
  await picture(page, 'ladder')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL('**/tiers')
  await page.getByText('by invitation; kept by').waitFor()
  await picture(page, 'tiers')

  await page.goto(`/members/${world.cast.wang}`)
  await page.getByRole('button', { name: 'Invite to a tier' }).click()
  await page
    .getByRole('combobox', { name: 'Tier' })
    .or(page.getByRole('textbox', { name: 'Tier' }))
    .first()
    .click()
  await page.getByRole('option').last().click()
  await page.getByLabel('Why').last().fill('opened the second shop with us')
  await picture(page, 'invite')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByRole('button', { name: 'Accepted' }).click()
  await page.getByText('Held by invitation.').waitFor()
  expect(await offences(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await picture(page, 'member-390')
  expect(faults).toEqual([])
  await page.context().close()
})

test('the marketer counts orders instead of money, sees whom it moves, and reads progress in orders', async () => {
  for (const source_id of ['O1', 'O2']) {
    await world.as('owner').call('POST /v1/admin/orders', {
      body: {
        source: 'till',
        source_id,
        status: 'completed',
        occurred_at: world.now().toISOString(),
        member: { member_id: world.cast.chen },
        lines: [{ sku: 'TEA', name: '高山茶', quantity: 1, net_minor: 120 }],
      },
    })
  }
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/tiers/rule')
  await page.getByRole('combobox', { name: 'What decides' }).or(page.getByLabel('What decides')).first().click()
  await page.getByRole('option', { name: 'The number of orders' }).click()
  const codes = (await world.as('marketer').call('GET /v1/admin/tiers')).data.slice(1).map((tier) => tier.code)
  for (const [i, code] of codes.entries())
    await page.locator(`[name="rule/thresholds/${code}"]`).fill(String(2 * (i + 1)))
  expect(await offences(page)).toEqual([])
  await picture(page, 'rule-orders')
  await page.setViewportSize({ width: 390, height: 844 })
  await picture(page, 'rule-orders-390')
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.getByRole('button', { name: 'What would change?' }).click()
  await page.waitForURL('**/tiers/previews/*')
  const preview_id = new URL(page.url()).pathname.split('/').at(-1)!
  await runPreview(preview_id, job())
  await page.getByRole('link', { name: '陳美麗' }).or(page.getByText('would rise')).first().waitFor()
  await picture(page, 'preview')
  await world.as('marketer').call('POST /v1/admin/tier-rules', { body: { preview_id } })
  await runApply(preview_id, job())
  await page.goto(`/members/${world.cast.chen}`)
  await page.getByText('2 orders counted').waitFor()
  await page.getByText('There is no higher tier to climb to').waitFor()
  await picture(page, 'member-orders')
  expect(faults).toEqual([])
  await page.context().close()
})

test('experience is given by hand with its reason, and counts where the rule counts it', async () => {
  const owner = world.as('owner')
  const rule = (await owner.call('GET /v1/admin/tier-rules')).data.find((version) => version.in_force)!.rule
  const { page, faults } = await opened.visit({ as: 'owner' })
  await page.goto(`/members/${world.cast.mary}?do=xp`)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Experience (XP)').fill('40')
  await dialog.getByRole('button', { name: 'Give experience' }).click()
  await dialog.getByText('Say why.').waitFor()
  await dialog.getByLabel('Reason').fill('tasted with us at the spring fair')
  expect(await offences(page)).toEqual([])
  await picture(page, 'xp')
  await dialog.getByRole('button', { name: 'Give experience' }).click()
  await dialog.waitFor({ state: 'detached' })
  await owner.call('POST /v1/admin/tier-rules', { body: { rule: { ...rule, measure: { kind: 'xp' } } } })
  await page.goto(`/members/${world.cast.mary}`)
  await page.getByText('40 XP', { exact: false }).first().waitFor()
  expect(faults).toEqual([])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { channels } from '../../src/app/channels.ts'
import { jobsFor } from '../../src/app/jobs.ts'
import { systemActor } from '../../src/base/actor.ts'
import { createLog } from '../../src/base/log.ts'
import * as messages from '../../src/reach/messages/messages.ts'
import * as members from '../../src/record/members/members.ts'
import { offences, screenshot } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
/** Enough for a draw that may be judged: at least 30 on each side. */
const guests = 120

beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  const consents = [
    { channel: 'email', purpose: 'marketing', status: 'granted' as const, at: world.now(), method: 'form' },
  ]
  await world.tx((tx) =>
    members.upsert(
      tx,
      Array.from({ length: guests }, (_, i) => ({
        external_id: `G${i}`,
        display_name: `茶友${i}`,
        email: `tea${i}@example.com`,
        consents,
      })),
      { source: 'wusong' },
    ),
  )
  const marketer = world.as('marketer')
  await marketer.call('POST /v1/admin/segments', {
    body: { name: '所有會員', condition: { combinator: 'and', rules: [] } },
  })
  await marketer.call('POST /v1/admin/templates', {
    body: {
      name: '新茶上市',
      medium: 'email',
      languages: {
        'zh-TW': {
          subject: '{{ member.name }}，新茶上市',
          html: '<p><a href="https://wusong.example/menu">看看</a></p>',
        },
      },
    },
  })
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** The clock work that a running program does by itself. */
async function run(name: string): Promise<void> {
  const context = {
    db: world.db,
    actor: systemActor(name),
    now: world.now(),
    signal: new AbortController().signal,
    log: createLog({ level: 'silent' }),
  }
  await jobsFor(() => opened.url)[name]!({}, context)
}

/** Everybody written to buys for 1,000, of the others every second one. */
async function buy(campaign_id: string): Promise<void> {
  const { data } = await world
    .as('marketer')
    .call('GET /v1/admin/campaigns/:campaign_id/recipients', { params: { campaign_id }, query: { limit: 200 } })
  const orders = data
    .filter((row, i) => row.arm === 'mailed' || (row.arm === 'holdout' && i % 2 === 0))
    .map((row, i) => ({
      source: 'wusong',
      source_id: `C-${campaign_id}-${i}`,
      status: 'completed' as const,
      store: 'XINYI',
      member: { member_id: row.member_id },
      lines: [{ sku: 'OOLONG', name: '凍頂烏龍', quantity: 1, gross_minor: 1000 }],
      occurred_at: new Date(world.now().getTime() - 3_600_000).toISOString(),
    }))
  await world.as('marketer').call('POST /v1/admin/orders/batch', { body: { orders } as never })
}

test('a campaign is planned beside its forecast, sent after a confirmation in numbers, and tells what it caused', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/campaigns')
  await page.getByText('No campaigns yet').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: 'New campaign' }).first().click()
  await page.getByRole('textbox', { name: 'Name' }).fill('秋茶')
  await page.getByRole('combobox', { name: 'Segment' }).click()
  await page.getByRole('option', { name: '所有會員 (124)' }).click()
  await page.getByRole('combobox', { name: 'Template' }).click()
  await page.getByRole('option', { name: '新茶上市' }).click()
  await page.getByText('1 cannot be written to').waitFor()

  const slider = page.getByRole('slider', { name: 'Leave out' })
  await slider.press('Home')
  await page.getByText('With nobody left out, nobody can know').first().waitFor()
  await slider.press('End')
  await page.getByText('Leave out: 50%').waitFor()
  await page.getByText('At a time', { exact: true }).click()
  await page.getByText('Asia/Taipei').first().waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByText('As soon as you send it').click()
  expect(await offences(page)).toEqual([])
  await page.keyboard.press('Control+s')

  await page.getByText('A draft. Nothing has been sent.').waitFor()
  await page.getByText('no address').getByRole('link', { name: '1, show who' }).click()
  await page.getByText('If it went out now: of 124 members').waitFor()
  await page.getByRole('link', { name: '陳美麗' }).waitFor()
  expect(await page.getByRole('row').count()).toBe(2)
  await page.goBack()
  const send = page.getByRole('button', { name: /Write to \d+ members/ })
  await send.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('are left out as control group; 1 cannot be written to.').waitFor()
  await dialog.getByText('stay in the outbox').waitFor()
  expect(await offences(page)).toEqual([])
  await dialog.getByRole('button', { name: /Write to/ }).click()
  await page.getByText('It goes out at').waitFor()
  const campaign_id = page.url().split('/').at(-1)!

  await run('campaigns.launch')
  await messages.deliver(world.db, { channels })
  await run('campaigns.finish')
  await page.getByText('Too early to tell: nobody on either side has bought since.').waitFor()
  world.later(1)
  await buy(campaign_id)
  world.later(14)
  await page.reload()
  await page.getByText('The message sold more. Extra sales it caused:').waitFor()
  await page.getByText('The whole range lies above zero.').waitFor()
  expect(await offences(page)).toEqual([])
  const { lift } = await world
    .as('marketer')
    .call('GET /v1/admin/campaigns/:campaign_id/report', { params: { campaign_id } })
  const shown = Math.round(lift.per_member_minor!.estimate)
  await page.getByRole('heading', { name: `Written to, a member bought for NT$${shown} more` }).waitFor()
  expect(faults).toEqual([])
})

test('on a phone the report reads well, and who was refused, and why, is one click away', async () => {
  const [sent] = (await world.as('marketer').call('GET /v1/admin/campaigns')).data
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  await page.goto(`/campaigns/${sent!.campaign_id}`)
  await page.getByText('訊息確實多賣了').waitFor()
  expect(await offences(page)).toEqual([])
  const { holdout } = await world.as('marketer').call('GET /v1/admin/campaigns/:campaign_id/report', {
    params: { campaign_id: sent!.campaign_id },
  })
  await page.getByRole('row', { name: '有消費', exact: false }).first().getByRole('link').last().click()
  await page.waitForURL('**/recipients?arm=holdout&did=bought')
  await page.getByRole('link', { name: '茶友' }).first().waitFor()
  const shown = page.getByRole('link', { name: /茶友|王小明|Mary|歐陽/ })
  expect(await shown.count()).toBe(Math.min(25, holdout.buyers))
  expect(await offences(page)).toEqual([])
  await page.goBack()
  await page.getByRole('row', { name: '沒有聯絡方式' }).getByRole('link').click()
  await page.getByRole('link', { name: '陳美麗' }).waitFor()
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('on a phone the people’s filters stand above them and go one by one; an unreadable address shows all', async () => {
  const [sent] = (await world.as('marketer').call('GET /v1/admin/campaigns')).data
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  const people = `/campaigns/${sent!.campaign_id}/recipients`
  await page.goto(`${people}?arm=holdout&did=bought`)
  await page.getByRole('button', { name: '移除「有消費」' }).waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'campaign-recipients-chosen-phone')
  await page.getByRole('button', { name: '移除「有消費」' }).click()
  await page.waitForURL('**/recipients?arm=holdout')
  await page.getByRole('link', { name: '茶友' }).first().waitFor()
  await page.goto(`${people}?arm=everyone&did=danced&link_no=first&reason=${'x'.repeat(99)}`)
  await page.getByRole('link', { name: '茶友' }).first().waitFor()
  expect(await page.getByRole('button', { name: '移除' }).count()).toBe(0)
  expect(faults).toEqual([])
})

test('sending pauses and goes on; what is not finished can be ended after a confirmation in numbers', async () => {
  const marketer = world.as('marketer')
  const [segment] = (await marketer.call('GET /v1/admin/segments')).data
  const [template] = (await marketer.call('GET /v1/admin/templates')).data
  const { campaign_id } = await marketer.call('POST /v1/admin/campaigns', {
    body: { name: '冬茶', segment_id: segment!.segment_id, template_id: template!.template_id, holdout_per_mille: 0 },
  })
  await marketer.call('POST /v1/admin/campaigns/:campaign_id/schedule', { params: { campaign_id }, body: {} })
  await run('campaigns.launch')
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto(`/campaigns/${campaign_id}`)
  await page.getByText('of 123 messages have left.').waitFor()
  await page.getByText('It waits for a process that sends.').waitFor()
  await page.getByText('Nobody can know what this message caused').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused: 0 of 123 messages have left, 123 wait.').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByRole('button', { name: 'Cancel the campaign' }).click()
  await page.getByRole('dialog').getByText('123 messages have not left and never will').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the campaign' }).click()
  await page.getByText('It was cancelled on the way.').waitFor()
  expect(faults).toEqual([])
})

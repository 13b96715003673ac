import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { channels } from '../../src/app/channels.ts'
import * as messages from '../../src/reach/messages/messages.ts'
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

/** Sends a template to some of the cast, as a campaign would. */
async function mail(template_id: string, people: string[], channel: string): Promise<string> {
  const send_id = await world.tx(async (tx) => {
    const send = await messages.openSend(tx, {
      origin: 'campaign',
      origin_id: template_id,
      template_id,
      channel,
      base_url: opened.url,
    })
    const not_after = new Date(tx.now.getTime() + 3_600_000)
    await messages.queue(tx, send.send_id, { members: messages.membersById(people), not_after })
    return send.send_id
  })
  await messages.deliver(world.db, { channels })
  return send_id
}

test('a template is written, read as a member reads it in each language, and kept', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/messages/templates')
  await page.getByText('No templates yet').waitFor()
  await page.getByRole('link', { name: 'New template' }).first().click()
  await page.getByRole('textbox', { name: 'Name' }).fill('好久不見')
  await page.getByRole('textbox', { name: 'Subject' }).fill('Long time no see, ')
  await page.getByRole('button', { name: 'first name' }).click()
  await page.getByText('Long time no see, 小明').or(page.getByText('Long time no see, 王小明')).waitFor()
  await page.getByRole('tab', { name: '繁體中文' }).click()
  await page.getByText('get English while nothing is written here').waitFor()
  await page.getByRole('textbox', { name: 'Subject' }).fill('{{ member.name }}，好久不見')
  await page
    .getByRole('textbox', { name: 'Text (HTML)' })
    .fill('<p>您有 {{ points }} 點。<a href="https://wusong.example/menu">看看新茶</a></p>')
  await page.getByText('王小明，好久不見').waitFor()
  await page.frameLocator('iframe[title="Preview in 繁體中文"]').getByText('您有 0 點。').waitFor()
  await page.getByRole('textbox', { name: 'Text (HTML)' }).fill('<p>{{ points </p>')
  await page.getByText('a place to fill in is written wrongly').waitFor()
  await page
    .getByRole('textbox', { name: 'Text (HTML)' })
    .fill('<p>您有 {{ points }} 點。<a href="https://wusong.example/menu">看看新茶</a></p>')
  expect(await offences(page)).toEqual([])
  await page.keyboard.press('Control+s')
  await page.getByRole('heading', { level: 1, name: '好久不見' }).waitFor()
  const { data } = await world.as('marketer').call('GET /v1/admin/templates')
  expect(Object.keys(data[0]!.languages).sort()).toEqual(['en', 'zh-TW'])
  expect(faults).toEqual([])
})

test('a message shows what it said and what happened to it; looking at it counts no open and no click', async () => {
  const [template] = (await world.as('marketer').call('GET /v1/admin/templates')).data
  const send_id = await mail(template!.template_id, [world.cast.wang, world.cast.ouyang, world.cast.chen], 'outbox')
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW' })
  await page.goto('/messages')
  await page.getByRole('link', { name: '陳美麗' }).waitFor()
  await page.getByText('沒有聯絡方式').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('link', { name: '歐陽菲菲' }).click()
  await page.getByRole('heading', { level: 1, name: '給歐陽菲菲的訊息' }).waitFor()
  const link = page.frameLocator('iframe').getByText('看看新茶')
  await link.waitFor()
  await link.dispatchEvent('click')
  await page.getByText('送達').first().waitFor()
  expect(await offences(page)).toEqual([])
  const { counts } = await world.as('marketer').call('GET /v1/admin/sends/:send_id', { params: { send_id } })
  expect(counts).toMatchObject({ delivered: 2, opened: 0, clicked: 0, opened_by_machines: 0, clicked_by_machines: 0 })
  expect(faults).toEqual([])
})

test('an SMS mailing becomes a list for the vendor, and its delivery report is taken back in', async () => {
  const { template_id } = await world.as('marketer').call('POST /v1/admin/templates', {
    body: {
      name: '簡訊',
      medium: 'sms',
      purpose: 'service',
      languages: { 'zh-TW': { text: '{{ member.name }}，您的茶到店了' } },
    },
  })
  const send_id = await mail(template_id, [world.cast.wang, world.cast.chen], 'file')
  const { page, faults } = await opened.visit({ as: 'marketer', screen: 'phone' })
  await page.goto(`/messages/sends/${send_id}`)
  await page.getByText('2 wait on the list.').waitFor()
  expect(await offences(page)).toEqual([])
  await page.getByRole('button', { name: 'Make the list of 2 messages' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make the list of 2 messages' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ])
  const rows = (await readFile(await download.path(), 'utf8')).trim().split('\n')
  expect(rows).toHaveLength(3)
  const report = [
    'reference,status',
    ...rows.slice(1).map((row) => `${row.split(',')[0]},DELIVRD`),
    'nobody,DELIVRD',
  ].join('\n')
  await page.setInputFiles('input[type=file]', {
    name: 'report.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(report),
  })
  await page.getByText('3 lines: 2 new, 0 known already, 1 that name no message of this mailing.').waitFor()
  await page.getByRole('link', { name: '2, show who' }).first().waitFor()
  expect(faults).toEqual([])
})

test('e-mail is set up; the password goes in and is never shown', async () => {
  const { page, faults } = await opened.visit({ as: 'owner', language: 'zh-CN' })
  await page.goto('/messages/channels')
  await page.getByText('还没设置任何渠道').waitFor()
  await page.getByRole('textbox', { name: '服务器' }).fill('smtp.wusong.example')
  await page.getByRole('textbox', { name: '用户名' }).fill('wusong')
  await page.getByLabel('密码').first().fill('a very secret word')
  await page.getByRole('textbox', { name: '发件地址' }).fill('not an address')
  await page.getByRole('textbox', { name: '发件人名称' }).fill('悟松茶')
  await page.keyboard.press('Control+s')
  await page.getByText('不符合').or(page.getByText('格式')).first().waitFor()
  await page.getByRole('textbox', { name: '发件地址' }).fill('hello@wusong.example')
  expect(await offences(page)).toEqual([])
  await page.keyboard.press('Control+s')
  await page.getByText('邮件经由 smtp.wusong.example 发出。').waitFor()
  await page.getByText('已保存一组密码').waitFor()
  expect(await page.content()).not.toContain('a very secret word')
  expect(faults).toEqual([])
})

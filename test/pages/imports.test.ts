import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobsFor } from '../../src/app/jobs.ts'
import { startWorker, type Worker } from '../../src/base/jobs.ts'
import { readConfig } from '../../src/base/config.ts'
import { createLog } from '../../src/base/log.ts'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let worker: Worker
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'regulars-imports-'))
  readConfig({ data: folder })
  world = await openWorld()
  opened = await openConsole(world)
  worker = await startWorker(world.db, {
    jobs: jobsFor(() => opened.url),
    clockwork: [],
    zone: async () => 'Asia/Taipei',
    log: createLog({ level: 'silent' }),
  })
})
afterAll(async () => {
  await worker?.stop()
  await opened?.close()
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, rows: string[]): string {
  const at = path.join(folder, name)
  writeFileSync(at, rows.join('\n') + '\n')
  return at
}

const rows = [
  '訂單編號,下單時間,會員手機,會員姓名,商品名稱,數量,小計,神秘欄位',
  'A1,2026/10/01 10:00,0912345678,王小明,凍頂烏龍,1,1280,x',
  'A2,115/10/02,922333444,陳美麗,四季春,1,35,y',
  'A3,2026/10/03 11:00,0933555666,歐陽菲菲,鐵觀音,two,abc,z',
]

test('a file is understood, tried, imported; refused and repaired rows are told; one sentence stands at the end', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/imports')
  await page.getByText('Nothing was brought in yet').waitFor()
  await page.getByRole('link', { name: 'Bring a file' }).first().click()
  await page.getByText('Drop the file here').waitFor()
  expect(await offences(page)).toEqual([])
  await page.setInputFiles('input[type=file]', file('orders.csv', rows))
  await page.getByRole('heading', { level: 1, name: 'orders.csv' }).waitFor()
  expect(await page.getByRole('combobox', { name: '訂單編號' }).inputValue()).toBe('Order number')
  expect(await offences(page)).toEqual([])

  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByText('Tried: 2 rows would be taken and 1 refused.').waitFor()
  await page.getByText('The amount cannot be read', { exact: true }).waitFor()
  await page.getByText('A leading zero was put back', { exact: true }).waitFor()
  expect((await world.as('marketer').call('GET /v1/admin/reports/summary')).orders).toBe(0)

  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click()
  await page.getByText('are really yours').or(page.getByText('is really yours')).waitFor()
  await page.getByText('1 of 3 rows were refused.').waitFor()
  expect(await offences(page)).toEqual([])
  expect((await world.as('marketer').call('GET /v1/admin/reports/summary')).orders).toBe(2)
  await page.goto('/imports')
  await page.getByText('Nothing waits for you.').waitFor()
  // the file named no source: its orders say that it was a file, and each which one
  await page.goto('/orders')
  await page.getByText('a file', { exact: true }).first().waitFor()
  await page.getByText('A1', { exact: true }).click()
  await page.getByRole('link', { name: 'orders.csv' }).click()
  await page.getByText('1 of 3 rows were refused.').waitFor()
  // what is downloaded says why in the reader's words, beside the row as it stood
  const download = page.getByRole('link', { name: 'Download with their rows' })
  const csv = await (await page.request.get((await download.getAttribute('href'))!)).text()
  expect(csv).toContain(
    ',4,Refused,"The quantity cannot be read (數量: ""two""); The amount cannot be read (小計: ""abc"")"',
  )
  expect(faults).toEqual([])
})

test('a column is corrected by hand; what is missing is said and cannot be started', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer', language: 'zh-TW', screen: 'phone' })
  await page.goto('/imports/new')
  await page.setInputFiles('input[type=file]', file('更多.csv', ['訂單編號,下單時間,某欄', 'B1,2026/10/01 10:00,50']))
  // an amount by its cells alone is a guess, and says so
  await page.getByText('依內容 · 請確認').waitFor()
  const meaning = async (name: string) => {
    await page.getByRole('combobox', { name: '某欄' }).click()
    await page.getByRole('option', { name }).click()
  }
  await meaning('商品名稱')
  await page.getByText('還缺：').waitFor()
  expect(await page.getByRole('button', { name: '試跑' }).isDisabled()).toBe(true)
  await meaning('明細金額')
  await page.getByText('先確認欄位的意思').waitFor()
  await expect.poll(() => page.getByRole('button', { name: '試跑' }).isEnabled()).toBe(true)
  expect(await offences(page)).toEqual([])
  expect(faults).toEqual([])
})

test('that quantities are without what came back is known of WooCommerce, shown, and can be said otherwise', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  await page.goto('/imports/new')
  const woocommerce = file('woo.csv', [
    'Order Number,Order Status,Order Date,Email (Billing),Order Refund Amount,Order Total Amount,' +
      'SKU,Item #,Item Name,Quantity (- Refund),Item Cost',
    '1003,Completed,2026-05-03 10:00,bob@example.com,100,360,TEA,1,Oolong,2,100',
  ])
  await page.setInputFiles('input[type=file]', woocommerce)
  const kept = page.getByRole('switch', { name: 'Quantities are without what came back' })
  await expect.poll(() => kept.isChecked()).toBe(true)
  expect(await offences(page)).toEqual([])
  await kept.focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Save' }).click()
  const saysSo = async () => {
    const { data } = await world.as('marketer').call('GET /v1/admin/imports')
    const { import_id } = data.find(({ file_name }) => file_name === 'woo.csv')!
    const { mapping } = await world.as('marketer').call('GET /v1/admin/imports/:import_id', { params: { import_id } })
    return mapping.lines_are_kept
  }
  await expect.poll(saysSo).toBe(false)
  expect(faults).toEqual([])
})

test('a single guess of how the letters are written waits for a yes, and the page asks for it', async () => {
  const { page, faults } = await opened.visit({ as: 'marketer' })
  const odd = path.join(folder, 'odd.csv')
  const letters = Buffer.from('fd8d81a0fe90ff8fa09d80fdfe81'.repeat(4), 'hex')
  writeFileSync(
    odd,
    Buffer.concat([Buffer.from('order_id,date,name,total\nO1,2026-10-01,'), letters, Buffer.from(',100\n')]),
  )
  await page.goto('/imports/new')
  await page.setInputFiles('input[type=file]', odd)
  await page.getByRole('heading', { level: 1, name: 'odd.csv' }).waitFor()
  expect(await page.getByRole('button', { name: 'Try it' }).isDisabled()).toBe(true)
  const asked = page.getByRole('button', { name: /gb18030|windows-1252/ })
  expect(await asked.count()).toBe(1)
  await asked.click()
  await expect.poll(() => page.getByRole('button', { name: 'Try it' }).isEnabled()).toBe(true)
  expect(faults).toEqual([])
})

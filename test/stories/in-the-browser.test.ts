/**
 * The main job as a marketer does it: in the console, in a real browser, with letters by real SMTP to readers who open
 * them in browsers of their own. What the messages truly caused is known, and the page's own figures must cover it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channels } from '../../src/app/channels.ts'
import { checks } from '../../src/app/checks.ts'
import { jobsFor } from '../../src/app/jobs.ts'
import { startWorker, type Worker } from '../../src/base/jobs.ts'
import { sql } from '../../src/base/sql.ts'
import { verify } from '../../src/base/verify.ts'
import * as messages from '../../src/reach/messages/messages.ts'
import { createClient } from '../../sdk/client.ts'
import { offences } from '../browser.ts'
import { openConsole, type Console } from '../console.ts'
import { fourErrors, log, openDemoBrand, type DemoBrand } from './demo-brand.ts'
import { readConfig } from '../../src/base/config.ts'
import { followed, writeOrdersFile } from './orders-file.ts'

/** A tenth of those whom e-mail reaches must be well over the 30 that a verdict needs. */
const memberCount = 2_000
/** What a phone says it is: the test browser's own name counts as a machine's. */
const phoneAgent = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36'
/** The share of delivered letters that cause one more purchase. */
const response = 0.9

interface Story {
  brand: DemoBrand
  opened: Console
  worker: Worker
  delivery: messages.RunningDelivery
  /** The brand's own website, where a message's link leads. */
  shop: Server
  menu: string
  folder: string
}

/** The program as it runs: pages, jobs and sending, with what waits for its time looked at every second. */
async function openStory(): Promise<Story> {
  const folder = mkdtempSync(path.join(tmpdir(), 'regulars-story-'))
  readConfig({ data: folder })
  const brand = await openDemoBrand({ members: memberCount, seed: 5 })
  const opened = await openConsole(brand)
  const clockwork = ['campaigns.launch', 'campaigns.finish'].map((name) => ({ name, cron: '* * * * * *' }))
  const worker = await startWorker(brand.db, {
    jobs: jobsFor(() => opened.url),
    clockwork,
    zone: async () => 'Asia/Taipei',
    log,
  })
  const delivery = messages.startDelivery(brand.db, { channels })
  const shop = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html; charset=utf-8')
    answer.end('<title>菜單</title><h1>今年的冬茶</h1>')
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  const menu = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/menu`
  return { brand, opened, worker, delivery, shop, menu, folder }
}

async function closeStory({ brand, opened, worker, delivery, shop, folder }: Story): Promise<void> {
  await delivery.stop()
  await worker.stop()
  await opened.close()
  shop.close()
  await brand.close()
  rmSync(folder, { recursive: true, force: true })
}

/** A sum of money as it stands on the page. */
function amountOf(text: string): number {
  const digits = Number(text.replace(/\D/g, ''))
  return /^[-−]/.test(text) ? -digits : digits
}

describe('a marketer’s month in the console', () => {
  let story: Story
  let page: Page
  let context: BrowserContext
  let faults: string[]
  let call: ReturnType<typeof createClient>['call']
  /** The address of the campaign's page. */
  let campaign: string
  /** Sales that would not have been without the letters: the truth that the report does not know. */
  let caused = 0

  beforeAll(async () => {
    story = await openStory()
    ;({ page, context, faults } = await story.opened.visit({ as: 'owner' }))
    page.setDefaultTimeout(20_000)
    call = createClient({ base_url: story.opened.url, token: await story.brand.key() }).call
  }, 120_000)
  afterAll(() => closeStory(story))

  const report = () =>
    call('GET /v1/admin/campaigns/:campaign_id/report', { params: { campaign_id: path.basename(campaign) } })
  async function live(days: number): Promise<void> {
    caused += (await story.brand.live(days, response)).caused_minor
  }
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const field = (name: string | RegExp) => page.getByRole('textbox', { name })
  const inDialog = (name: string | RegExp) => page.getByRole('dialog').getByRole('button', { name })
  async function choose(box: string, option: string | RegExp): Promise<void> {
    await page.getByRole('combobox', { name: box, exact: true }).click()
    await page.getByRole('option', { name: option }).first().click()
  }
  async function looksWell(): Promise<void> {
    expect(await offences(page)).toEqual([])
    expect(faults).toEqual([])
  }

  it('brings the orders of an old till', async () => {
    const file = path.join(story.folder, 'old-till.csv')
    const { taken, refused } = writeOrdersFile(file, story.brand.db.now())
    const before = (await call('GET /v1/admin/reports/summary')).orders
    await page.goto('/imports/new')
    await page.setInputFiles('input[type=file]', file)
    await page.getByRole('heading', { level: 1, name: 'old-till.csv' }).waitFor()
    await page.getByRole('combobox', { name: '會員手機' }).waitFor()
    expect(await page.getByRole('combobox', { name: '會員手機' }).inputValue()).toBe('Customer’s phone')
    await choose('那一家', 'Store')
    await page.getByText('Nothing is imported yet').waitFor()
    await button('Try it').click()
    const counted = `Tried: ${taken.toLocaleString('en')} rows would be taken and ${refused} refused.`
    await page.getByText(counted).waitFor()
    await page.getByText('The amount cannot be read', { exact: true }).waitFor()
    await page.getByText('The date cannot be read', { exact: true }).waitFor()
    await looksWell()
    expect((await call('GET /v1/admin/reports/summary')).orders).toBe(before)

    await button(`Import ${taken.toLocaleString('en')} rows`).click()
    await inDialog('Import').click()
    // at its beginning the bar has no width
    await page.getByRole('progressbar').first().waitFor({ state: 'attached' })
    await page.getByText('are really yours').waitFor()
    await page.getByText(`${refused} of ${(taken + refused).toLocaleString('en')} rows were refused.`).waitFor()
    expect((await call('GET /v1/admin/reports/summary')).orders).toBe(before + taken)
    const ours = await call('GET /v1/admin/reports/ours')
    await page.getByRole('link', { name: `${ours.ours.toLocaleString('en')}, show who` }).click()
    await page.waitForURL('**/segments/people?*')
    await page.getByText(`${ours.ours.toLocaleString('en')} members:`).waitFor()
  })

  it('finds a member by pinyin and reads why she has her points', async () => {
    await page.goto('/members')
    await page.getByRole('searchbox').fill('wxm')
    const heading = page.getByRole('heading', { level: 1, name: followed.name })
    // the list is drawn anew when the search is answered: a click may meet a row on its way out
    await expect
      .poll(
        async () => {
          if (await heading.isVisible()) return true
          await page
            .getByRole('link', { name: followed.name })
            .click({ timeout: 2_000 })
            .catch(() => undefined)
          return heading.isVisible()
        },
        { timeout: 20_000 },
      )
      .toBe(true)
    await page.getByText(`${followed.orders} orders worth NT$4,200. Usually comes every 9 days`).waitFor()
    await page.getByText('台北信義店').first().waitFor()
    await page.getByText('9 days', { exact: true }).waitFor()
    await page
      .getByRole('button', { name: /points earned/ })
      .first()
      .click()
    await page.getByText(/700 counts/).waitFor()
    await page.getByText(/By version \d+ of the rule\./).waitFor()
    await looksWell()
  })

  it('changes how points are earned after seeing whom it changes, and applies exactly that', async () => {
    await page.goto('/points/rule')
    await page.getByText('An order of NT$').waitFor()
    const { rule } = await call('GET /v1/admin/point-rules/current')
    await page.getByLabel('Points', { exact: true }).fill(String(rule.earn.points * 2))
    await button('What would change?').click()
    await page.waitForURL('**/points/previews/*')
    const preview_id = path.basename(new URL(page.url()).pathname)
    await page.getByText(/Since .+ members would hold other points/).waitFor()
    await looksWell()
    const { totals } = await call('GET /v1/admin/point-rules/previews/:preview_id', { params: { preview_id } })
    const { data } = await call('GET /v1/admin/point-rules/previews/:preview_id/differences', {
      params: { preview_id },
      query: { limit: 1 },
    })
    const most = data[0]!
    const balance = async () =>
      (await call('GET /v1/admin/members/:member_id', { params: { member_id: most.member_id } })).points
    const held = async () => {
      const { active, pending, debt } = await balance()
      return active + pending - debt
    }
    const before = await held()

    await button('Apply to last month too').click()
    await inDialog(`Book for ${totals.members_changed!.toLocaleString('en')} members`).click()
    await page.getByText('Applied. Every difference is booked.').waitFor()
    expect((await call('GET /v1/admin/point-rules/current')).rule.earn.points).toBe(rule.earn.points * 2)
    expect((await held()) - before).toBe(most.points_change)
    await page.getByRole('link', { name: most.display_name! }).first().click()
    await page.getByRole('heading', { level: 1, name: most.display_name! }).waitFor()
    await page.getByRole('button', { name: 'Why these points?' }).first().click()
    await page.getByText('The rule was changed for this order.').waitFor()
  })

  it('says whom she means, and sees how many they are while she says it', async () => {
    await page.goto('/segments/new')
    await choose('Add a condition', 'can be written to by e-mail')
    const shown = page.getByRole('status').getByRole('link', { name: /show who/ })
    await page.getByText('In words').waitFor()
    const counted = async () => Number((await shown.getAttribute('aria-label'))!.replace(/\D/g, ''))
    const reachable = await call('POST /v1/admin/segments/counts', {
      body: {
        condition: { combinator: 'and', rules: [{ field: 'reachable_by_email', operator: 'is', value: true }] },
      },
    })
    await expect.poll(counted).toBe(reachable.count)
    await choose('Add a condition', 'number of orders')
    await field('Value').fill('1')
    await page.getByText('can be written to by e-mail, and number of orders at least 1').waitFor()
    await expect.poll(counted).toBeLessThan(reachable.count)
    await field('Name').fill('收得到信的客人')
    await looksWell()
    const count = await counted()
    await page.keyboard.press('Control+s')
    await page.getByRole('link', { name: `Write to ${count.toLocaleString('en')} members` }).waitFor()
  })

  it('writes a letter, reads it as a member will, and sends herself a test', async () => {
    await page.goto('/messages/channels')
    await field('Server').fill('127.0.0.1')
    await field('Port').fill(String(story.brand.sink.port))
    await choose('Encryption', /None/)
    await field('Sender address').fill('hello@wusong.example')
    await field('Sender name').fill('悟松茶')
    await page.keyboard.press('Control+s')
    await page.getByText('E-mail leaves through 127.0.0.1.').waitFor()

    await page.goto('/messages/templates/new')
    await field('Name').fill('冬茶到了')
    await page.getByRole('tab', { name: '繁體中文' }).click()
    await field('Subject').fill('{{ member.first_name }}，冬茶到了')
    await field('Text (HTML)').fill(`<p>你有 {{ points }} 點。<a href="${story.menu}">看看新茶</a></p>`)
    await page.getByRole('combobox', { name: 'Preview for' }).fill('wxm')
    await page.getByRole('option', { name: followed.name }).click()
    await page.getByText('小滿，冬茶到了').waitFor()
    const { data } = await call('GET /v1/admin/members', { query: { search: 'wxm' } })
    const points = data.find(({ display_name }) => display_name === followed.name)!.active_points
    await page.frameLocator('iframe[title="Preview in 繁體中文"]').getByText(`你有 ${points} 點。`).waitFor()
    await looksWell()
    await page.keyboard.press('Control+s')
    await page.getByRole('heading', { level: 1, name: '冬茶到了' }).waitFor()

    await page.getByRole('combobox', { name: 'Preview for' }).fill('wxm')
    await page.getByRole('option', { name: followed.name }).click()
    await field('To (e-mail address)').fill('lin@wusong.example')
    await choose('Language', '繁體中文')
    await button('Send a test').click()
    await page.getByText(/lin@wusong\.example · .+ · sent/).waitFor()
    expect(story.brand.sink.letters.map(({ to }) => to)).toEqual(['lin@wusong.example'])
    const letter = await story.brand.sink.parsed(0)
    expect(letter.subject).toContain('小滿，冬茶到了')
  })

  it('leaves a tenth out by lot and writes to the others', async () => {
    await page.goto('/campaigns/new')
    await field('Name').fill('冬茶')
    await choose('Segment', /^收得到信的客人/)
    await choose('Template', /^冬茶到了/)
    await page.getByText('Leave out: 10%').waitFor()
    await page.getByText(/\d+ written to/).waitFor()
    await looksWell()
    await page.keyboard.press('Control+s')
    await page.getByText('A draft. Nothing has been sent.').waitFor()
    campaign = new URL(page.url()).pathname
    await button(/Write to \d+ members/).click()
    await inDialog(/Write to/).click()
    await page.getByText(/Too early to tell/).waitFor()
    const { audience } = await report()
    const { sink } = story.brand
    // the page speaks while the last letters are still on their way
    await expect.poll(() => sink.letters.length - 1, { timeout: 20_000 }).toBe(audience.mailed)
    expect(audience.holdout).toBeGreaterThan(30)
    expect(Math.abs(audience.holdout / (audience.mailed + audience.holdout) - 0.1)).toBeLessThan(0.06)
    expect(new Set(sink.letters.map(({ to }) => to)).size).toBe(sink.letters.length)
  })

  it('her readers follow a link, and one leaves by a page that asks first', async () => {
    await live(1)
    const reader = await context.browser()!.newContext({ userAgent: phoneAgent, locale: 'zh-TW' })
    const screen = await reader.newPage()
    // some read English: their letter is the one the form began with, and has no link of hers
    let place = 1
    let letter = await story.brand.sink.parsed(place)
    while (!letter.subject!.includes('冬茶到了')) letter = await story.brand.sink.parsed((place += 1))
    const links = [...letter.html!.matchAll(/href="([^"]+)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'))
    await screen.goto(links[0]!)
    await screen.getByRole('heading', { name: '今年的冬茶' }).waitFor()
    const address = story.brand.sink.letters[place]!.to.toLowerCase()
    const consent = async () =>
      (await story.brand.db.row<{ status: string }>(sql`
        select c.status from member_consents c join member_identities i on i.member_id = c.member_id
        where i.kind = 'email' and i.value = ${address} and c.channel = 'email'`))!.status
    await screen.goto(links.at(-1)!)
    const leave = screen.getByRole('button')
    await leave.waitFor()
    expect(await consent()).toBe('granted')
    await leave.click()
    await expect.poll(consent).toBe('withdrawn')
    await reader.close()
    const { messages: figures, links: counted } = await report()
    expect(figures).toMatchObject({ clicked: 1, clicked_by_machines: 0, unsubscribed: 1 })
    expect(counted).toMatchObject([{ url: story.menu, people: 1, clicks: 1 }])
  })

  it('and the page tells what the letters truly caused, in the language of its reader', async () => {
    await live(14)
    const visit = await story.opened.visit({ as: 'owner', language: 'zh-TW' })
    ;({ page, faults } = visit)
    await page.goto(campaign)
    const verdict = page.getByText(/訊息確實多賣了|看不出效果/)
    await verdict.waitFor()
    const [, low, high] = /落在 (\S+) 到 (\S+) 之間/.exec((await verdict.textContent())!)!
    const shown = { low: amountOf(low!), high: amountOf(high!) }
    const { lift, window } = await report()
    expect(window.over).toBe(true)
    expect(shown).toEqual({ low: Math.round(lift.total_minor!.low), high: Math.round(lift.total_minor!.high) })
    expect(caused).toBeGreaterThan(0)
    const middle = (shown.low + shown.high) / 2
    expect(Math.abs(middle - caused)).toBeLessThanOrEqual(fourErrors(shown))
    // nine of ten answered: among buyers that is far beyond chance
    expect(lift.buyer_share!.low).toBeGreaterThan(0.2)
    await page.getByRole('heading', { name: '真正多賣的' }).waitFor()
    await looksWell()
  })

  it('and the books still prove themselves', async () => {
    expect((await verify(story.brand.db, checks)).checks.filter((check) => !check.ok)).toEqual([])
  })
})

/** A counter that is left, reloaded and killed in the middle of its work: no receipt is lost, doubled or slandered. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/base/sql.ts'
import { walletOf } from '../clerks.ts'
import { openConsole, type Console } from '../console.ts'
import { killableBrowser, type Killable } from '../killable-browser.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let killable: Killable
beforeAll(async () => {
  world = await openWorld()
  opened = await openConsole(world)
  killable = await killableBrowser(opened.url)
})
afterAll(async () => {
  await killable?.close()
  await opened?.close()
  await world?.close()
})

const ordersOf = async (gross_minor: number) =>
  (await world.db.row<{ orders: number }>(
    sql`select count(*) as orders from orders where gross_minor = ${gross_minor}::int`,
  ))!.orders

async function atTill(page: Page): Promise<void> {
  page.setDefaultTimeout(15_000)
  await page.goto('/counter/')
  const choice = page.locator('#store')
  await choice.or(page.getByRole('search')).waitFor()
  // asked once a device, and anew where a kill came before that was written
  if (await choice.count()) {
    await choice.selectOption({ label: '信義店' })
    await page.getByRole('button', { name: 'Keep' }).click()
  }
  await page.getByRole('search').waitFor()
}

interface Written {
  number: string
  state: string
  to_pay_minor: number
}

/** What the device has written down, by number. */
const writtenDown = (page: Page) =>
  page.evaluate<Written[]>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('regulars-counter')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const all = opening.result.transaction('journal').objectStore('journal').getAll()
      all.onsuccess = () => {
        opening.result.close()
        resolve(all.result)
      }
    }
  })`)

/** Types an amount and takes the money; resolves when the counter says that it is paid. */
async function ringUp(page: Page, amount: number): Promise<void> {
  await page.goto('/counter/sale')
  await page.getByLabel('Amount').fill(String(amount))
  await page.getByRole('button', { name: /^Paid NT\$/ }).click()
  await page.getByRole('heading', { name: 'Paid' }).waitFor()
}

test('a page is left while its receipt is being booked: sent again it waits for that, and is never called refused', async () => {
  const { page } = await opened.visit({ as: 'clerk', screen: 'phone' })
  await atTill(page)
  await page.goto('/counter/sale')
  await page.getByLabel('Amount').fill('871')
  const paid = page.getByRole('button', { name: 'Paid NT$871' })
  await paid.waitFor()
  // whoever books now waits: the receipt is on the server, and has no answer yet
  let letGo: () => void = () => undefined
  const until = new Promise<void>((resolve) => (letGo = resolve))
  let holds: () => void = () => undefined
  const isHeld = new Promise<void>((resolve) => (holds = resolve))
  const holding = world.tx(async (tx) => {
    await tx.run(sql`lock table orders in exclusive mode`)
    holds()
    await until
  })
  await isHeld
  const sent = page.waitForRequest('**/v1/till/orders')
  await paid.click()
  await sent
  await expect.poll(async () => (await waitingFor('orders')).length).toBe(1)

  const answers: number[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('/v1/till/orders')) answers.push(response.status())
  })
  try {
    await page.goto('/counter/receipts')
    // each of the client's own tries, and then the counter's, once a second
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4)
    expect(new Set(answers)).toEqual(new Set([409]))
    expect((await writtenDown(page)).map(({ state }) => state)).toEqual(['waiting'])
    await page.getByText('1 receipt waits').waitFor()
    expect(await page.getByText('not taken').count()).toBe(0)
  } finally {
    letGo()
    await holding
  }
  await page.getByRole('link', { name: /without a member.*NT\$871/ }).waitFor()
  await expect.poll(async () => (await writtenDown(page)).map(({ state }) => state)).toEqual(['done'])
  expect(await ordersOf(871)).toBe(1)
})

/** Statements that wait for somebody's lock on a table. */
const waitingFor = (table: string) =>
  world.db.rows(sql`
    select l.pid from pg_locks l join pg_stat_activity a using (pid)
    where not l.granted and l.relation = ${table}::regclass and a.datname = current_database()`)

/** Starts the killable browser with a clerk in it, signed in for the day. */
async function clerkStarts(): Promise<{ page: Page; context: BrowserContext }> {
  const { context: clerk } = await opened.visit({ as: 'clerk', screen: 'phone' })
  const started = await killable.start()
  // Chromium writes cookies as late as everything else
  await started.context.addCookies(await clerk.cookies())
  started.page.setDefaultTimeout(15_000)
  await started.page.addInitScript(`try { localStorage.setItem('regulars.language', 'en') } catch {}`)
  return started
}

test('the browser is killed right after a receipt: the next has a number of its own, as on an older counter', async () => {
  const first = await clerkStarts()
  await atTill(first.page)
  // what an older counter wrote down here
  await first.page.evaluate(`localStorage.setItem('regulars.till-mark', 'AB2C')`)
  await first.page.evaluate(`localStorage.setItem('regulars.till-count', '41')`)
  await killable.quit()

  let { page, context } = await clerkStarts()
  for (const amount of [501, 502]) await ringUp(page, amount)
  await killable.kill()
  ;({ page, context } = await clerkStarts())
  await ringUp(page, 503)
  await killable.kill()
  // and without a network, where nobody else could tell
  ;({ page, context } = await clerkStarts())
  await page.goto('/counter/')
  await page.getByRole('search').waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await context.setOffline(true)
  await ringUp(page, 504)
  await killable.kill()
  ;({ page, context } = await clerkStarts())
  await ringUp(page, 505)
  await expect
    .poll(async () => (await writtenDown(page)).map(({ state }) => state), { timeout: 30_000 })
    .toEqual(['done', 'done', 'done', 'done', 'done'])
  const written = await writtenDown(page)
  expect(written.map(({ number, to_pay_minor }) => [number.slice(-7), to_pay_minor])).toEqual([
    ['AB2C042', 501],
    ['AB2C043', 502],
    ['AB2C044', 503],
    ['AB2C045', 504],
    ['AB2C046', 505],
  ])
  for (const amount of [501, 502, 503, 504, 505]) expect([amount, await ordersOf(amount)]).toEqual([amount, 1])
  await killable.quit()
})

test('the browser is killed before a top-up has its answer: the next day’s clerk is told, and it counts once', async () => {
  await walletOf(world.as('marketer'))
  let { page, context } = await clerkStarts()
  await atTill(page)
  await page.goto(`/counter/members/${world.cast.wang}`)
  await page.locator('summary', { hasText: 'Top up' }).click()
  await page.getByLabel('Amount').fill('600')
  const taken = new Promise<number>((resolve) => {
    void context.route('**/top-ups', async (route) => resolve((await route.fetch()).status()))
  })
  await page.getByRole('button', { name: 'Take in NT$600' }).click()
  expect(await taken).toBe(201)
  await killable.kill()
  ;({ page, context } = await clerkStarts())
  await atTill(page)
  await page.goto(`/counter/members/${world.cast.wang}`)
  await page.getByText('The answer got lost: NT$600').waitFor()
  await page.getByRole('button', { name: 'Send it again' }).click()
  await page.getByText('NT$600 taken in. On the card now: NT$600.').waitFor()
  await killable.kill()
})

const nameOfBrand = async () => (await world.as('owner').call('GET /v1/admin/brand')).name

test('a device that cannot write says so in words, takes nothing down, and works when it can again', async () => {
  const { page, faults } = await opened.visit({ as: 'clerk', screen: 'phone', language: 'zh-TW' })
  page.setDefaultTimeout(15_000)
  await page.goto('/counter/')
  await page.locator('#store').selectOption({ label: '信義店' })
  await page.getByRole('button', { name: '記住' }).click()
  await page.getByRole('search').waitFor()
  await page.goto('/counter/sale')
  await page.getByLabel('金額').fill('611')
  await page.evaluate(`{
    const own = IDBDatabase.prototype.transaction
    window.mend = () => (IDBDatabase.prototype.transaction = own)
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (mode === 'readwrite') throw new DOMException('Key already exists in the object store.', 'ConstraintError')
      return own.call(this, stores, mode, options)
    }
  }`)
  await page.getByRole('button', { name: '已收 NT$611' }).click()
  const said = await page.getByRole('alert').innerText()
  expect(said.trim()).toBe('這台裝置沒能記下這筆，也沒有入帳。請再按一次；如果一直這樣，請關掉櫃檯再重新開啟。')
  expect(await ordersOf(611)).toBe(0)
  expect(await page.title()).toBe(`櫃檯 · ${await nameOfBrand()}`)
  await page.evaluate('window.mend()')
  await page.getByRole('button', { name: '已收 NT$611' }).click()
  await page.getByRole('heading', { name: '已收款' }).waitFor()
  await expect.poll(() => ordersOf(611)).toBe(1)
  expect(faults).toEqual([])
})

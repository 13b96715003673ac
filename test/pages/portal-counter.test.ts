/**
 * One member on two screens and in the API at once: what one does the others show within a second, and the sums agree
 * everywhere, in the ledger too.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../src/app/checks.ts'
import { verify } from '../../src/base/verify.ts'
import { rules_default } from '../../src/reach/counter/clerks/types.ts'
import * as members from '../../src/record/members/members.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
import { walletOf } from '../clerks.ts'
import { openConsole, type Console } from '../console.ts'
import { phonesOf, type Phone } from '../phones.ts'
import { openWorld, type World } from '../world.ts'

let world: World
let opened: Console
let phones: ReturnType<typeof phonesOf>
let api: Phone
beforeAll(async () => {
  world = await openWorld()
  phones = phonesOf(world)
  const lot = { points: 1_000, earned_at: world.now(), expires_on: null, source: 'test', source_id: '1' }
  await world.tx((tx) => points.openLots(tx, [{ ...lot, member_id: world.cast.wang }]))
  opened = await openConsole(world)
  api = await phones.signedIn(world.cast.wang)
})
afterAll(async () => {
  await opened?.close()
  await world?.close()
})

/** The portal of Wang, by the session of his phone. */
async function portalOf(): Promise<Page> {
  const { page, context } = await opened.visit({ as: null, screen: 'phone', language: 'en' })
  const value = api.cookies.get('regulars_member')!
  await context.addCookies([{ name: 'regulars_member', value, url: `${opened.url}/v1/` }])
  await page.goto('/portal/')
  await page.locator('article.card').waitFor()
  return page
}

async function counterOf(): Promise<Page> {
  const { page } = await opened.visit({ as: 'clerk', screen: 'phone', language: 'en' })
  await page.goto('/counter')
  await page.locator('#store').selectOption({ label: '信義店' })
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.getByRole('search').waitFor()
  await page.goto(`/counter/members/${world.cast.wang}`)
  return page
}

const said = (amount: number) => amount.toLocaleString('en-US')
/** From the answer of what changed it to the eye. */
const within_ms = 1_000

/** When words are first shown, by the page's clock, which is this machine's; never, if it takes five seconds. */
const seenAt = (page: Page, words: string) =>
  page.evaluate<number>(`new Promise((seen) => {
    const begun = Date.now()
    const look = () => {
      const isShown = document.querySelector('main').textContent.includes(${JSON.stringify(words)})
      if (isShown || Date.now() - begun > 5_000) seen(isShown ? Date.now() : Infinity)
      else requestAnimationFrame(look)
    }
    look()
  })`)

test('an order, a redemption by the API and points given at a desk are on both screens at once, and agree', async () => {
  const [portal, counter] = await Promise.all([portalOf(), counterOf()])
  const clerk = world.as('clerk')
  const both = async (amount: number) => {
    await Promise.all([
      portal.locator('.balance strong', { hasText: new RegExp(`^${said(amount)}$`) }).waitFor(),
      counter.getByText(said(amount)).first().waitFor(),
    ])
    // the same in the API and in the ledger
    expect((await api.call('GET /v1/portal/home')).points.available).toBe(amount)
    const [balance] = await points.balanceOf(world.db, [world.cast.wang])
    expect(balance!.available).toBe(amount)
  }
  /** Does something elsewhere; both screens show what came of it within a second of its answer. */
  const shown = async (words: string | [string, string], act: () => Promise<unknown>) => {
    const [onCard, atDesk] = typeof words === 'string' ? [words, words] : words
    const watched = [seenAt(portal, onCard), seenAt(counter, atDesk)]
    await act()
    const answered_at = Date.now()
    for (const seen of watched) expect((await seen) - answered_at).toBeLessThanOrEqual(within_ms)
  }
  await both(1_000)
  // a till elsewhere rings up
  await shown(['NT$1,280', '大安店'], () =>
    clerk.call('POST /v1/till/orders', {
      body: {
        source: 'till-9',
        source_id: 'show-2',
        store: 'DAAN',
        member: { member_id: world.cast.wang },
        lines: [{ sku: 'TEA', name: 'Tea', category: 'tea', quantity: 1, unit_price_minor: 1_280 }],
      },
    }),
  )
  // what was earned waits its days; the card says so at once
  const { pending, available } = (await api.call('GET /v1/portal/home')).points
  const earned = available - 1_000
  expect(pending + earned).toBeGreaterThan(0)
  await both(1_000 + earned)
  await portal.locator('details.latest summary').click()
  expect(await offences(portal)).toEqual([])
  await screenshot(portal, 'portal-latest')
  // points by hand, and what the member does on another device
  await shown(said(1_055 + earned), () =>
    world.tx((tx) =>
      points.adjust(tx, [
        { member_id: world.cast.wang, points: 55, reason: 'sorry', source: 'test', source_id: 'by-hand' },
      ]),
    ),
  )
  await both(1_055 + earned)
  // all at once, from three sides
  await shown('王大明', () =>
    Promise.all([
      ...Array.from({ length: 5 }, (_, i) =>
        world.tx((tx) =>
          points.adjust(tx, [
            { member_id: world.cast.wang, points: 10, reason: 'x', source: 'test', source_id: `side-${i}` },
          ]),
        ),
      ),
      api.call('PATCH /v1/portal/profile', { body: { display_name: '王大明' } }),
    ]),
  )
  await both(1_105 + earned)
  await Promise.all([portal.getByText('王大明').waitFor(), counter.getByText('王大明').first().waitFor()])
  expect((await members.memberOf(world.db, world.cast.wang)).display_name).toBe('王大明')
  expect((await verify(world.db, checks)).checks.filter(({ ok }) => !ok)).toEqual([])
})

/** 40 × 20, red on the left and blue on the right, by a camera that was held upright: turned, red is above. */
async function heldUpright(page: Page): Promise<Buffer> {
  const drawn = await page.evaluate<string>(`(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 20 })
    const brush = canvas.getContext('2d')
    for (const [colour, left] of [['#ff0000', 0], ['#0000ff', 20]]) {
      brush.fillStyle = colour
      brush.fillRect(left, 0, 20, 20)
    }
    return canvas.toDataURL('image/jpeg').split(',')[1]
  })()`)
  const jpeg = Buffer.from(drawn, 'base64')
  // Exif 2.3, 4.6.4: one entry, Orientation (0x112) 6: the first column is what stands above
  const entry = '1201' + '0300' + '01000000' + '06000000'
  const exif = Buffer.from('ffe10022' + '457869660000' + '49492a0008000000' + '0100' + entry + '00000000', 'hex')
  return Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)])
}

/** Width, height, and the colours above and below of the picture that a page shows. */
const lookAt = (page: Page, selector: string) =>
  page.evaluate(`(async () => {
    const image = document.querySelector(${JSON.stringify(selector)})
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: 256, height: 256 })
    const brush = canvas.getContext('2d')
    brush.drawImage(image, 0, 0)
    const at = (left, top) => {
      const [red, , blue] = brush.getImageData(left, top, 1, 1).data
      return red > 200 ? 'red' : blue > 200 ? 'blue' : 'neither'
    }
    return [image.naturalWidth, image.naturalHeight, at(200, 40), at(56, 216)]
  })()`)

test('a picture that the member puts is on the counter’s screen, square and turned, until they remove it', async () => {
  const [portal, counter] = await Promise.all([portalOf(), counterOf()])
  await counter.locator('span.face').waitFor()
  await portal.locator('nav a[href="/portal/me"]').click()
  const chosen = portal.locator('input[type=file][aria-label="Choose a picture"]')
  const [name, mimeType] = ['me.jpg', 'image/jpeg']
  await chosen.setInputFiles({ name, mimeType, buffer: Buffer.from('no picture') })
  await portal.getByText('This is no picture that can be read.').waitFor()
  await chosen.setInputFiles({ name, mimeType, buffer: await heldUpright(portal) })
  await portal.locator('.own-picture img').waitFor()
  expect(await lookAt(portal, '.own-picture img')).toEqual([256, 256, 'red', 'blue'])
  await counter.locator('img.face').waitFor()
  expect(await lookAt(counter, 'img.face')).toEqual([256, 256, 'red', 'blue'])
  const { display_name } = await members.memberOf(world.db, world.cast.wang)
  expect(await counter.locator('img.face').getAttribute('alt')).toBe(display_name)
  for (const page of [portal, counter]) expect(await offences(page)).toEqual([])
  await screenshot(portal, 'portal-picture')
  await screenshot(counter, 'counter-picture')
  await portal.getByRole('button', { name: 'Remove the picture' }).click()
  await counter.locator('span.face').waitFor()
  expect(await portal.locator('.own-picture img').count()).toBe(0)
})

test('money for a card is taken in once: a double tap, three lost answers, a browser that was closed', async () => {
  const wallet = await walletOf(world.as('marketer'))
  const page = await counterOf()
  await page.locator('summary', { hasText: 'Top up' }).click()
  const amount = page.getByLabel('Amount')
  await amount.fill('50')
  await page.getByText('From NT$100 on.').waitFor()
  expect(await page.getByRole('button', { name: 'Top up' }).isDisabled()).toBe(true)
  await amount.fill('600')
  await page.getByLabel('Paid by').fill('Cash')
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'top-up', { whole: true })
  // the server hears it, and nobody hears the server: the client's own tries are lost, too
  const doors = '**/top-ups'
  await page.route(doors, async (route) => {
    await route.fetch()
    await route.abort()
  })
  await page.getByRole('button', { name: 'Take in NT$600' }).dblclick()
  await page.getByText('The answer got lost: NT$600').waitFor()
  await page.reload()
  await page.getByText('The answer got lost: NT$600').waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'top-up-lost', { whole: true })
  await page.unroute(doors)
  await page.getByRole('button', { name: 'Send it again' }).dblclick()
  await page.getByText('NT$600 taken in. On the card now: NT$600.').waitFor()
  await page.reload()
  await page.locator('summary', { hasText: 'Top up' }).waitFor()
  expect(await page.getByText('The answer got lost').count()).toBe(0)
  const today = world.now().toISOString().slice(0, 10)
  const query = { from: today, to: today, of: 'top_ups' as const }
  const entries = await world.as('manager').call('GET /v1/admin/till-entries', { query })
  expect(entries.data).toMatchObject([{ member_id: world.cast.wang, amount_minor: 600, note: 'Cash' }])
  const params = { member_id: world.cast.wang }
  const { data: held } = await world.as('clerk').call('GET /v1/till/members/:member_id/cards', { params })
  expect(held.find((one) => one.card_definition_id === wallet)!.available).toBe(600)
})

test('in the console, too, what is a member’s opens with the code that they show: in the dialog that asked', async () => {
  const rules = { ...rules_default, spending_needs_code: true }
  await world.as('owner').call('PUT /v1/admin/till-rules', { body: rules })
  const other = await phones.signedIn(world.cast.mary)
  const { page, faults } = await opened.visit({ as: 'clerk', language: 'en' })
  await page.goto(`/members/${world.cast.wang}`)
  await page.getByRole('button', { name: 'Use', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Amount').fill('150')
  await dialog.getByRole('button', { name: 'Use', exact: true }).click()
  const field = dialog.getByLabel('Code from the member’s app')
  await field.waitFor()
  expect(await offences(page)).toEqual([])
  await screenshot(page, 'console-code')
  const scan = async (code: string) => {
    await field.fill(code)
    await page.keyboard.press('Enter')
  }
  await scan((await other.call('GET /v1/portal/code')).qr)
  await dialog.getByText('This code opens nothing of this member’s').waitFor()
  await scan((await api.call('GET /v1/portal/code')).qr)
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('NT$450').first().waitFor()
  expect(faults).toEqual([])
})

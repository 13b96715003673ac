/**
 * One member on two screens and in the API at once: what one does the others show within a second, and the sums agree
 * everywhere, in the ledger too.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../src/app/checks.ts'
import { verify } from '../../src/base/verify.ts'
import * as members from '../../src/record/members/members.ts'
import * as points from '../../src/value/points/points.ts'
import { offences, screenshot } from '../browser.ts'
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

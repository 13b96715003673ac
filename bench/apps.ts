/** The portal and the counter on a clerk's old phone: a cold start to the first screen that can be used. */
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { openServer } from '../src/app/server.ts'
import { systemActor } from '../src/base/actor.ts'
import { createLog } from '../src/base/log.ts'
import * as members from '../src/record/members/members.ts'
import * as staff from '../src/record/staff/staff.ts'
import * as stores from '../src/record/stores/stores.ts'
import { openBrowser, type OpenedBrowser } from '../test/browser.ts'
import { buildWeb } from '../web/build/build-web.ts'
import { atMost, median, openBenchDatabase, type Bench } from './bench.ts'

/** What is promised: two seconds until it can be used. */
const msMax = 2_000
const runs = 5
/** Slow 4G and a slow processor, as Lighthouse's mobile profile has them. */
const network = { latency: 150, downloadThroughput: (1_600 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 }
const slowdown = 4

interface App {
  name: string
  address: string
  /** There when the first screen can be used. */
  usable: string
  cookie: { name: string; value: string }
  /** Kept on the device from before. */
  kept?: [string, string]
}

export const bench: Bench = {
  name: 'apps',
  async run(tell) {
    await buildWeb({ log: tell })
    const database = await openBenchDatabase()
    const { db } = database
    const pages = path.join(import.meta.dirname, '../dist/web/console')
    const server = await openServer({ db, log: createLog({ level: 'error' }), pages, open_per_minute_max: 100_000 })
    const opened = await openBrowser()
    try {
      await server.listen({ host: '127.0.0.1', port: 0 })
      const base = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
      const measured: { name: string; ms: number }[] = []
      for (const app of await appsOf(db)) {
        const times: number[] = []
        for (let i = 0; i < runs; i += 1) times.push(await coldStart(opened, base, app))
        tell(`${app.name}: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`)
        measured.push({ name: app.name, ms: median(times) })
      }
      const slowest = measured.reduce((worst, one) => (one.ms > worst.ms ? one : worst))
      const others = measured.map(({ name, ms }) => `${name} ${ms.toFixed(0)} ms`).join(', ')
      const note = `cold start on slow 4G with a quarter of the processor until it can be used, against 2 s; ${others}`
      return atMost(1, slowest.ms, msMax, 'ms', note)
    } finally {
      await opened.close()
      await server.close()
      await database.close()
    }
  },
}

/** Somebody signed in to each, so that the first screen is the real one. */
async function appsOf(db: Awaited<ReturnType<typeof openBenchDatabase>>['db']): Promise<App[]> {
  return db.tx({ actor: systemActor('bench') }, async (tx) => {
    const member = await members.create(
      tx,
      { display_name: '王小明', email: 'wang@example.com' },
      { source: 'bench' },
    )
    const session = await members.beginMemberSession(tx, member.member_id, null)
    const store = await stores.create(tx, { code: 'XINYI', name: '信義店' })
    const link = await staff.newSignInLink(tx, 'owner')
    const signed = await staff.signInByLink(tx, link!.token)
    const till = JSON.stringify({
      store_id: store.store_id,
      store_code: store.code,
      store_name: store.name,
      till: '1',
    })
    return [
      {
        name: 'portal',
        address: '/portal/',
        usable: 'article.card svg',
        cookie: { name: 'regulars_member', value: session.token },
      },
      {
        name: 'counter',
        address: '/counter/',
        usable: 'form[role=search] input',
        cookie: { name: 'regulars_session', value: signed.token },
        kept: ['regulars.till', till],
      },
    ]
  })
}

/** Milliseconds from the address to the first screen that can be used, nothing of it known before. */
async function coldStart({ browser }: OpenedBrowser, base: string, app: App): Promise<number> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    locale: 'zh-TW',
    // a worker would fetch the rest of the app beside the page
    serviceWorkers: 'block',
  })
  try {
    await context.addCookies([{ ...app.cookie, url: `${base}/v1/` }])
    return await measure(context, base + app.address, app)
  } finally {
    await context.close()
  }
}

async function measure(context: BrowserContext, address: string, app: App): Promise<number> {
  const page = await context.newPage()
  const [name, value] = app.kept ?? ['', '']
  await page.addInitScript(`
    if (${JSON.stringify(name)}) localStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(value)})
    const look = () => {
      if (document.querySelector(${JSON.stringify(app.usable)})) window.usableAt = performance.now()
      else requestAnimationFrame(look)
    }
    look()`)
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { offline: false, ...network })
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  await page.goto(address, { waitUntil: 'commit' })
  await page.locator(app.usable).first().waitFor({ state: 'attached', timeout: 30_000 })
  // the page's own clock: how fast this process hears of it counts for nothing
  return Number(await page.evaluate('window.usableAt'))
}

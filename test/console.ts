/**
 * The console as people meet it: built pages, the real server on a port, real Chromium, somebody signed in. One for a
 * test file: `const console = await openConsole(world)` in `beforeAll`, `console.close()` in `afterAll`.
 */
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { openServer } from '../src/app/server.ts'
import { createLog } from '../src/base/log.ts'
import { sql } from '../src/base/sql.ts'
import { clock } from '../src/base/time.ts'
import * as staff from '../src/record/staff/staff.ts'
import type { Role } from '../src/record/staff/types.ts'
import { buildWeb } from '../web/build/build-web.ts'
import { openBrowser, type Visit } from './browser.ts'
import type { World } from './world.ts'

export interface Console {
  /** Where it listens, without a trailing slash. */
  url: string
  /** Somebody of this role opens the console in a browser of their own, signed in unless `as` is null. */
  visit(visit?: Visit & { as?: Role | null }): Promise<{ page: Page; context: BrowserContext; faults: string[] }>
  /** The token of a one-time link for somebody of this role. */
  linkToken(role: Role): Promise<string>
  close(): Promise<void>
}

const pages = path.join(import.meta.dirname, '../dist/web/console')

export async function openConsole(
  world: Pick<World, 'db'>,
  options: { args?: readonly string[] } = {},
): Promise<Console> {
  await buildWeb({ log: () => undefined })
  const log = createLog({ level: 'error' })
  const server = await openServer({ db: world.db, log, pages, check_answers: true, open_per_minute_max: 10_000 })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const opened = await openBrowser(options)
  const linkToken = async (role: Role) => {
    const person = await world.db.row<{ staff_id: string }>(
      sql`select staff_id from staff where role = ${role} limit 1`,
    )
    const actor = { kind: 'system' as const, id: null, name: 'console' }
    return (await world.db.tx({ actor, now: clock() }, (tx) => staff.newSignInLink(tx, person!.staff_id)))!.token
  }
  return {
    url,
    linkToken,
    async visit({ as = 'owner', ...visit } = {}) {
      const { page, context } = await opened.visit({ base_url: url, ...visit })
      // what the page complains about by itself: a test that ends with faults has found something
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      if (as) {
        const answer = await context.request.post('/v1/open/sign-in/link', { data: { token: await linkToken(as) } })
        if (!answer.ok()) throw new Error(`nobody of role ${as} could sign in: ${await answer.text()}`)
      }
      // the language of this visit, whatever the account says
      const language = visit.language ?? 'en'
      // frames of messages are sandboxed and have no storage
      const remember = `localStorage.setItem('regulars.language', ${JSON.stringify(language)})`
      await page.addInitScript(`try { ${remember} } catch {}`)
      return { page, context, faults }
    },
    async close() {
      await opened.close()
      await server.close()
    },
  }
}

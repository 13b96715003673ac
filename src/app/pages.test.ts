/** Whoever asks for an app's page gets it: a browser, a link preview, a monitor that takes nothing compressed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../base/log.ts'
import { openWorld, type World } from '../../test/world.ts'
import { openServer } from './server.ts'

let world: World
let server: FastifyInstance
let folder: string
const script = 'console.log("here")'

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'regulars-pages-'))
  for (const app of ['console', 'counter', 'portal']) {
    const assets = path.join(folder, app, 'assets')
    mkdirSync(assets, { recursive: true })
    const page = `<!doctype html><html><head><!-- brand --><!-- /brand --></head><body>${app}</body></html>`
    writeFileSync(path.join(folder, app, 'index.html'), page)
    writeFileSync(path.join(assets, 'app.js'), script)
    writeFileSync(path.join(assets, 'app.js.gz'), gzipSync(script))
  }
  world = await openWorld()
  const log = createLog({ level: 'error' })
  server = await openServer({ db: world.db, log, pages: path.join(folder, 'console') })
})
afterAll(async () => {
  await server?.close()
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What a client may say of compression; undefined: nothing at all. */
const accepted = [undefined, 'identity', '', 'gzip', 'gzip, deflate, br, zstd', 'identity;q=1, *;q=0']
const ask = (method: 'GET' | 'HEAD', url: string, accepts: string | undefined) =>
  server.inject({ method, url, headers: accepts === undefined ? {} : { 'accept-encoding': accepts } })

test.each([
  ['/', 'console'],
  ['/members', 'console'],
  ['/members/', 'console'],
  ['/portal/', 'portal'],
  ['/portal/me', 'portal'],
  ['/portal/me/', 'portal'],
  ['/portal/?source=lift', 'portal'],
  ['/counter/', 'counter'],
  ['/counter/members', 'counter'],
] as const)('%s is the page of the %s, whatever compression is taken', async (url, app) => {
  for (const accepts of accepted) {
    const page = await ask('GET', url, accepts)
    expect([accepts, page.statusCode, page.body.includes(`<body>${app}</body>`)]).toEqual([accepts, 200, true])
    const head = await ask('HEAD', url, accepts)
    const [type] = [head.headers['content-type']]
    expect([accepts, head.statusCode, head.body, type]).toEqual([accepts, 200, '', 'text/html; charset=utf-8'])
  }
})

test.each(['portal', 'counter'])('/%s without the slash leads to it, and keeps where a poster hung', async (app) => {
  for (const accepts of accepted)
    for (const method of ['GET', 'HEAD'] as const) {
      const plain = await ask(method, `/${app}`, accepts)
      expect([accepts, plain.statusCode, plain.headers['location']]).toEqual([accepts, 302, `/${app}/`])
      const hung = await ask(method, `/${app}?source=lift`, accepts)
      expect([accepts, hung.statusCode, hung.headers['location']]).toEqual([accepts, 302, `/${app}/?source=lift`])
    }
})

test('a script comes compressed to who takes it so, plain to others; what is not there is no page', async () => {
  for (const at of ['', '/portal', '/counter']) {
    const small = await ask('GET', `${at}/assets/app.js`, 'gzip')
    expect([at, small.statusCode, small.headers['content-encoding']]).toEqual([at, 200, 'gzip'])
    const plain = await ask('GET', `${at}/assets/app.js`, undefined)
    expect([at, plain.statusCode, plain.headers['content-encoding'], plain.body]).toEqual([
      at,
      200,
      undefined,
      script,
    ])
    for (const accepts of accepted) expect((await ask('GET', `${at}/assets/gone.js`, accepts)).statusCode).toBe(404)
  }
})

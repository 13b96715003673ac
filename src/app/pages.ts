/** The built apps as files: the console at `/`, the counter and the portal below their names, in the brand's look. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../base/db.ts'
import * as messages from '../reach/messages/messages.ts'
import * as passes from '../reach/passes/passes.ts'
import * as program from '../record/program/program.ts'

/** Apps that people hold in their hands, each below its own name. */
const handhelds = ['counter', 'portal'] as const
type Handheld = (typeof handhelds)[number]
const folderOf = (pages: string, app: Handheld) => path.join(pages, '..', app)

/** The console at `/`, the counter at `/counter/`, the portal at `/portal/`: files by name, pages by `sendPage`. */
export async function servePages(server: FastifyInstance, folder: string): Promise<void> {
  // files under assets/ carry a hash in their name: they never change
  const setHeaders = (reply: { setHeader(name: string, value: string): unknown }, file: string) => {
    const hashed = file.includes(`${path.sep}assets${path.sep}`)
    if (hashed) void reply.setHeader('vary', 'accept-encoding')
    void reply.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  }
  // its own word on caching would overwrite ours; scripts lie there compressed too (web/build/build-web.ts)
  const served = { setHeaders, cacheControl: false, preCompressed: true }
  await server.register(fastifyStatic, { root: folder, prefix: '/', ...served })
  for (const app of handhelds) {
    const root = folderOf(folder, app)
    if (!existsSync(root)) continue
    // the page itself carries the brand: it is written by `sendPage`. A folder is no file, and to ask for one is no
    // offence, as it would be to a client that takes nothing compressed
    const allowedPath = (address: string) => !address.endsWith('/')
    const own = { root, prefix: `/${app}/`, decorateReply: false, index: false as const, allowedPath }
    await server.register(fastifyStatic, { ...own, ...served })
  }
}

/** The page of the app that an address belongs to: below `/counter/` and `/portal/` theirs, else the console's. */
export async function sendPage(db: Db, request: FastifyRequest, reply: FastifyReply, pages: string): Promise<void> {
  const [address, query] = request.url.split('?') as [string, string | undefined]
  const app = handhelds.find((one) => address === `/${one}` || address.startsWith(`/${one}/`))
  // its service worker answers for what lies below the slash; a poster's link keeps where it hung
  if (app && address === `/${app}`) await reply.redirect(`/${app}/${query === undefined ? '' : `?${query}`}`)
  else if (app) await sendBranded(db, request, reply, folderOf(pages, app), app)
  else await reply.sendFile('index.html')
}

/** Where the brand's look goes; without it (development) the page shows the house's own. */
const head = /<!-- brand -->[^]*<!-- \/brand -->/

async function sendBranded(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string,
  app: Handheld,
): Promise<void> {
  const [page, look, besides, texts] = await Promise.all([
    readFile(path.join(folder, 'index.html'), 'utf8'),
    program.brandOf(db),
    app === 'portal' ? portalKnows(db) : {},
    textsFor(folder, request.headers['accept-language']),
  ])
  const ahead = texts ? `<link rel="modulepreload" href="/${app}/${texts}" />` : ''
  const html = page.replace(head, () => ahead + program.pageHead(app, look, besides))
  if (app === 'counter') allowWasm(reply)
  await reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html)
}

/** The counter reads codes off the camera with wasm; no other page may compile anything. */
function allowWasm(reply: FastifyReply): void {
  const policy = String(reply.getHeader('content-security-policy'))
  reply.header('content-security-policy', policy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"))
}

/** The texts that the page will ask for, so that they come beside its script and not behind it. */
async function textsFor(folder: string, accepted = ''): Promise<string | undefined> {
  const wanted = accepted.split(',')[0]!.toLowerCase()
  // as the page itself chooses (web/kit/i18n.ts); a wrong guess costs one small file
  const language = /^zh.*\b(tw|hk|mo|hant)\b/.test(wanted) ? 'zh-TW' : wanted.startsWith('zh') ? 'zh-CN' : 'en'
  const manifest = await readFile(path.join(folder, '.vite/manifest.json'), 'utf8').catch(() => '{}')
  return (JSON.parse(manifest) as Record<string, { file: string }>)[`texts/${language}.ts`]?.file
}

/** The wallets that the card may be kept in; in a trial, that letters with codes wait where staff read them. */
async function portalKnows(db: Db): Promise<program.Besides> {
  const [wallets, demo, { channel }] = await Promise.all([
    passes.offered(db, db.now()),
    program.demoOf(db).catch(() => null),
    messages.channelFor(db, 'email'),
  ])
  return { wallets, has_letters: demo !== null && channel === 'outbox' }
}

/** An address that is neither a file nor the API is a page of an app. */
export function wantsPage(request: FastifyRequest): boolean {
  const address = request.url.split('?')[0]!
  return (
    ['GET', 'HEAD'].includes(request.method) &&
    !/^\/(v1|l|docs|brand)\//.test(address) &&
    path.extname(address) === ''
  )
}

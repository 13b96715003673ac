/** One process of the program: server, jobs, feed and sending joined, started and stopped in order. */
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { systemActor } from '../base/actor.ts'
import { readConfig, type Config } from '../base/config.ts'
import type { Db } from '../base/db.ts'
import { coerceError } from '../base/errors.ts'
import { startFeed } from '../base/feed.ts'
import { startWorker } from '../base/jobs.ts'
import { createLog, type Log } from '../base/log.ts'
import * as program from '../record/program/program.ts'
import * as staff from '../record/staff/staff.ts'
import { addressOf, keepAddress } from './address.ts'
import { later } from './hearers.ts'
import * as messages from '../reach/messages/messages.ts'
import { startBounceListener } from './bounces.ts'
import { channels } from './channels.ts'
import { jobsFor } from './jobs.ts'
import { openProgram, readClockOffset } from './open.ts'
import { clockwork } from './schedule.ts'
import { openServer } from './server.ts'

export interface RunOptions {
  data?: string | undefined
  port?: string | undefined
  host?: string | undefined
  http: boolean
  jobs: boolean
  migrate: boolean
  /** Make the data folder's database if there is none. */
  create?: boolean
  /** Build the console if its sources changed. */
  build?: boolean
  /** Fill an empty program with a demo brand of this many members. */
  demo_members?: number
  tell(line: string): void
}

const consoleFolder = path.join(import.meta.dirname, '../../dist/web/console')
/** Ports tried after the wanted one is taken. */
const portsTried = 50
/** How often a moved demo clock is noticed by a process that did not move it. */
const clockPollMs = 1_000

/** Runs until SIGINT or SIGTERM; resolves when everything has stopped cleanly. */
export async function runServer(options: RunOptions): Promise<void> {
  const config = readConfig(options)
  const log = createLog()
  // asked for before the slow steps, so that a Ctrl-C during them ends cleanly too
  const ending = new AbortController()
  const ended = endSignal(ending)
  let wake = () => undefined as void
  // where links in messages lead; a process that serves nothing must be told (BASE_URL)
  let address = addressOf(config)
  const opened = await openProgram(config, {
    command: options.http ? 'serve' : 'work',
    migrate: options.migrate,
    create: options.create ?? false,
    wake: () => wake(),
    tell: (line) => log.debug(line),
  })
  const stops: (() => Promise<void>)[] = [() => opened.close()]
  try {
    await prepare(opened.db, options, ending.signal)
    if (ending.signal.aborted) return
    const clockTimer = setInterval(() => void readClockOffset(opened.db).catch(() => undefined), clockPollMs)
    stops.push(async () => clearInterval(clockTimer))
    if (options.jobs) {
      const feed = startFeed(opened.db, later, (error) => log.error({ err: coerceError(error) }, 'feed'))
      wake = () => feed.wake()
      stops.push(() => feed.stop())
      const zone = async () => (await program.find(opened.db))?.time_zone ?? 'UTC'
      const worker = await startWorker(opened.db, { jobs: jobsFor(() => address), clockwork, zone, log })
      stops.push(() => worker.stop())
      const delivery = messages.startDelivery(opened.db, {
        channels,
        onError: (error) => log.error({ err: error }, 'delivery'),
      })
      stops.push(() => delivery.stop())
      if (config.bounce_port !== null) {
        const { host } = config
        const onError = (error: Error) => log.error({ err: error }, 'returned letters')
        const bounces = await startBounceListener(opened.db, { host, port: config.bounce_port, onError })
        stops.push(() => bounces.close())
      }
    }
    if (options.http) {
      const server = await openServer({ db: opened.db, log, base_url: config.base_url, pages: consoleFolder })
      stops.push(() => server.close())
      address = await listen(server, config, log)
      keepAddress(config.data, address)
      await greet(opened.db, address, options)
      if (!options.build) await warnOfPages(options.tell)
    }
    await ended
    options.tell('Stopping …')
  } finally {
    for (const stop of stops.reverse())
      await stop().catch((error: unknown) => log.error({ err: coerceError(error) }, 'stopping'))
  }
}

async function prepare(db: Db, options: RunOptions, signal: AbortSignal): Promise<void> {
  if (options.build) {
    const { buildWeb } = await import('../../web/build/build-web.ts')
    await buildWeb({ log: options.tell })
  }
  if (!options.demo_members || signal.aborted) return
  const begun = await program.demoOf(db)
  if (begun?.is_complete || (!begun && (await program.find(db)))) return
  const members = begun?.members ?? options.demo_members
  options.tell(`${begun ? 'Going on with' : 'Making'} the demo brand: ${members} members …`)
  const { makeDemo } = await import('./demo/make.ts')
  await makeDemo(db, {
    members,
    years: begun?.years ?? 2,
    seed: begun?.seed ?? 1,
    signal,
    tell: () => undefined,
  }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown
  })
}

/** Pages that lack or are older than the program look broken in a browser: whoever starts it is told why. */
async function warnOfPages(tell: (line: string) => void): Promise<void> {
  const { webState } = await import('../../web/build/build-web.ts')
  const state = webState()
  if (state === 'missing') tell('  The pages are not built: there is the API alone. To build them: npm run build\n')
  if (state === 'stale')
    tell('  The pages were built from other sources than these. To build them anew: npm run build\n')
}

/** Says where the console is, with a link that signs in once. */
async function greet(db: Db, address: string, options: RunOptions): Promise<void> {
  const link = await db.tx({ actor: systemActor('start') }, (tx) => staff.newSignInLink(tx, 'owner'))
  options.tell(`\n  Regulars is open: ${address}`)
  if (link) options.tell(`  Sign in once by this link: ${address}/sign-in#token=${link.token}`)
  options.tell('  Ctrl-C stops it; everything is kept.\n')
}

/** Listens on the wanted port, or on the next free one after it. */
async function listen(server: FastifyInstance, config: Config, log: Log): Promise<string> {
  for (let tried = 0; ; tried += 1) {
    try {
      await server.listen({ host: config.host, port: config.port + tried })
      const { port } = server.server.address() as AddressInfo
      return config.base_url ?? `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${port}`
    } catch (thrown) {
      if ((thrown as { code?: string }).code !== 'EADDRINUSE' || tried >= portsTried) throw thrown
      log.debug({ port: config.port + tried }, 'port taken')
    }
  }
}

/** Aborts and resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function endSignal(ending: AbortController): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      if (ending.signal.aborted) process.exit(130)
      ending.abort()
      resolve()
    }
    process.on('SIGINT', end)
    process.on('SIGTERM', end)
  })
}

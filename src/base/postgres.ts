/**
 * The embedded PostgreSQL: opened by every process that needs it, begun by the first, stopped by the last.
 *
 * Being here is a connection: each process keeps one, named `regulars:<command>:<pid>`, and so a process that dies
 * leaves at that moment, whatever killed it. Whoever leaves looks, under an advisory lock, whether another is here, and
 * stops the server if not. Whoever comes takes the same lock once after connecting: it either is seen by the one
 * who leaves, or finds the server stopping and begins it anew. A server that dies under us is begun again.
 */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { AppError, coerceError } from './errors.ts'
import {
  openFolder,
  readState,
  runningServer,
  socketFolder,
  whileLocked,
  writeState,
  type PostgresFolder,
} from './postgres-folder.ts'
import { serverAccount } from './postgres-binaries.ts'
import { beginServer, stopServer, type ServerOptions } from './postgres-server.ts'
import { stopwatch } from './time.ts'

export interface OpenPostgres {
  /** `postgres://…?application_name=regulars:<command>:<pid>` */
  url: string
  /** Call after all pools have ended; stops the server if nobody else is here. Calling it again does nothing. */
  leave(): Promise<void>
}

export interface OpenOptions {
  /** The data folder; created if missing. */
  data: string
  /** Names this process among those who are here: `start`, `import`. */
  command: string
  /** false: no fsync, for tests only. Counts for the process that begins the server. */
  durable?: boolean
  /** Server settings beside our own, by name. Counts for the process that begins the server. */
  settings?: Record<string, string>
  log?: (line: string) => void
}

/** Any number will do, but it must never change: whoever leaves and whoever comes meet at it. */
const doorLock = 5_267_118_404
/** Longer than the longest crash recovery (postgres-server.ts) and the wait for orphans before it. */
const openMsMax = 400_000
const connectMsMax = 10_000

/** One per process and folder, however many times it is opened here. */
interface Presence {
  folder: PostgresFolder
  options: OpenOptions
  opened: number
  client: pg.Client | undefined
  url: string
  isLeaving: boolean
  /** Opening, or beginning a dead server again. */
  arriving: Promise<void>
}

const presences = new Map<string, Presence>()

/**
 * Joins the folder's server, beginning or initialising it if need be.
 * Errors: `postgres.start_failed`, `.init_failed`, `.version_mismatch`, `.not_owner`, `.no_account`, `.no_port`,
 * `.folder_unreachable`, `.folder_unwritable`, `.binaries_missing`, `.binaries_unusable`, `.unanswered`,
 * `.password_lost`.
 */
export async function openPostgres(options: OpenOptions): Promise<OpenPostgres> {
  const folder = openFolder(options.data)
  let presence = presences.get(folder.data)
  if (!presence || presence.isLeaving) {
    await presence?.arriving.catch(() => undefined)
    presence = {
      folder,
      options,
      opened: 0,
      client: undefined,
      url: '',
      isLeaving: false,
      arriving: Promise.resolve(),
    }
    presences.set(folder.data, presence)
    presence.arriving = arrive(presence)
  }
  const mine = presence
  mine.opened += 1
  try {
    await mine.arriving
  } catch (thrown) {
    if (presences.get(folder.data) === mine) presences.delete(folder.data)
    throw thrown
  }
  let hasLeft = false
  return {
    url: mine.url,
    leave: async () => {
      if (hasLeft) return
      hasLeft = true
      mine.opened -= 1
      if (mine.opened > 0) return
      mine.isLeaving = true
      const left = leave(mine)
      mine.arriving = left
      await left
      if (presences.get(folder.data) === mine) presences.delete(folder.data)
    },
  }
}

/** Ends with our connection in place and the door lock passed once, or throws. */
async function arrive(presence: Presence): Promise<void> {
  const { folder, options } = presence
  const serverOptions: ServerOptions = {
    durable: options.durable ?? true,
    settings: options.settings ?? {},
    log: options.log ?? (() => undefined),
  }
  serverAccount(folder.cluster)
  const wasHere = presence.url !== ''
  const waited = stopwatch()
  let met = await meet(presence)
  while (met !== 'joined') {
    // Someone who was here must not make a new database where there was one.
    if (waited() > openMsMax || (wasHere && !existsSync(folder.cluster))) throw unanswered(folder, met.reason)
    const { hope, reason } = met
    if (hope !== 'wait') await whileLocked(folder, () => beginUnlessRunning(folder, serverOptions, hope, reason))
    await sleep(20)
    met = await meet(presence)
  }
}

function unanswered(folder: PostgresFolder, reason: string): AppError {
  return new AppError(
    'postgres.unanswered',
    { folder: folder.cluster, reason },
    {
      message: `The database in ${folder.cluster} does not answer: ${reason}. Its log is ${folder.log}.`,
    },
  )
}

/** The server may run with us not knowing (its port was rewritten or never written); else it is begun. */
async function beginUnlessRunning(
  folder: PostgresFolder,
  options: ServerOptions,
  hope: Hope,
  reason: string,
): Promise<void> {
  const running = runningServer(folder)
  if (!running) return beginServer(folder, options)
  const state = readState(folder)
  if (state && running.port > 0 && running.port !== state.port) {
    writeState(folder, { ...state, port: running.port }, serverAccount(folder.cluster))
  } else if (!state || hope === 'refused') {
    throw new AppError(
      'postgres.password_lost',
      { folder: folder.cluster, pid: running.pid, reason },
      {
        message:
          `The database of ${folder.data} runs (process ${running.pid}), but ${folder.state} does not hold its ` +
          `password (${reason}). End that process and remove ${folder.state}; the next start sets a new password.`,
      },
    )
  }
}

/** Wait: it will pass by itself. Begin: no server answers there. Refused: one does, and will not have us. */
type Hope = 'wait' | 'begin' | 'refused'
type Meeting = 'joined' | { hope: Hope; reason: string }

/** Tries once to be here. */
async function meet(presence: Presence): Promise<Meeting> {
  const { folder, options } = presence
  const state = readState(folder)
  if (!state) return { hope: 'begin', reason: 'its address is not known' }
  const name = `regulars:${options.command.replace(/[^\w-]/g, '').slice(0, 40)}:${process.pid}`
  const client = new pg.Client({
    host: '127.0.0.1',
    port: state.port,
    user: state.user,
    password: state.password,
    database: 'postgres',
    application_name: name,
    connectionTimeoutMillis: connectMsMax,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(`select pg_advisory_lock(${doorLock})`)
    await client.query(`select pg_advisory_unlock(${doorLock})`)
  } catch (thrown) {
    await client.end().catch(() => undefined)
    const error = coerceError(thrown)
    // 57P: starting, recovering or stopping. 53300: all connections are taken. Both pass by themselves.
    const code = 'code' in error ? String(error.code) : ''
    const hope = /^(57P\d\d|53300)$/.test(code) ? 'wait' : /^(28|3D)/.test(code) ? 'refused' : 'begin'
    return { hope, reason: error.message || code }
  }
  const server = `${state.user}:${encodeURIComponent(state.password)}@127.0.0.1:${state.port}`
  const socket = socketFolder(folder, state.port)
  // the driver takes the host that is named last; other programs read the address
  const host = socket === undefined ? '' : `&host=${encodeURIComponent(socket)}`
  presence.url = `postgres://${server}/${state.user}?application_name=${name}${host}`
  presence.client = client
  client.once('end', () => {
    if (presence.client === client) lost(presence)
  })
  letProcessEnd(client)
  return 'joined'
}

/** The server died, or restarted its backends: come back, and begin it again if nobody did. */
function lost(presence: Presence): void {
  presence.client = undefined
  const { folder, options, url } = presence
  if (presence.isLeaving || !existsSync(folder.cluster)) return
  options.log?.('the database went away; beginning it again')
  presence.arriving = arrive(presence)
  presence.arriving.then(
    () => options.log?.(presence.url === url ? 'the database is back' : 'the database is back, at another port'),
    (thrown) => options.log?.(`the database did not come back: ${coerceError(thrown).message}`),
  )
}

async function leave(presence: Presence): Promise<void> {
  await presence.arriving.catch(() => undefined)
  const { client, folder, options } = presence
  if (!client) return
  presence.client = undefined
  letProcessEnd(client, false)
  try {
    await client.query(`select pg_advisory_lock(${doorLock})`)
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where application_name like 'regulars:%' and application_name not like $1`,
      [`%:${process.pid}`],
    )
    const isLast = rows[0]?.others === 0
    if (isLast && !(await stopServer(folder))) options.log?.(`the database still runs; see ${folder.log}`)
  } catch (thrown) {
    // It went away by itself: there is nothing to stop.
    options.log?.(`left the database without a word: ${coerceError(thrown).message}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Our presence must not keep a process alive that has nothing else to do (`false`: it must, we are speaking). */
function letProcessEnd(client: pg.Client, may = true): void {
  // In pg since 8.0, not in its published types.
  const held = client as pg.Client & { ref(): void; unref(): void }
  if (may) held.unref()
  else held.ref()
}

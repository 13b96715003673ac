/**
 * Initialises, begins and stops the embedded server of one data folder. Everything here runs under the folder's lock
 * (postgres-folder.ts), except stopping, which runs under an advisory lock inside the server (postgres.ts).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from './errors.ts'
import { canEnter, findBinaries, programPath, serverAccount, spawnAs, type Binaries } from './postgres-binaries.ts'
import {
  codeOf,
  disownStale,
  nonce,
  processStart,
  readState,
  readText,
  runningServer,
  syncFolder,
  writeAccess,
  writeState,
  type Account,
  type PostgresFolder,
  type PostgresState,
} from './postgres-folder.ts'
import { stopwatch } from './time.ts'

export interface ServerOptions {
  /** false: no fsync, for tests; a power cut may destroy the cluster. */
  durable: boolean
  settings: Record<string, string>
  log: (line: string) => void
}

const user = 'regulars'
/** Above it lie the ports lent to outgoing connections (on Linux from 32768), below it the well-known ones. */
const portRange = { from: 20_000, to: 32_767 }
const portAttemptsMax = 20
/** Whoever kills a server may do so while it begins; a system without memory does it again and again. */
const killedAttemptsMax = 3
/** Children of a crashed server notice its death within moments; a new server waits for the last of them. */
const orphanWaitMsMax = 30_000
/** Recovery after a crash replays at most `max_wal_size`, a minute or two on a slow disk. */
const startMsMax = 300_000
const stopMsMax = 120_000
const logBytesMax = 10 * 1024 * 1024
const mb = 1024 * 1024
/**
 * glibc gives back what a statement has freed, and the next statement faults it in anew; kept, a till's order costs the
 * server a twentieth less. Other systems do not read these.
 */
const keptMemory = {
  MALLOC_TRIM_THRESHOLD_: String(32 * mb),
  MALLOC_TOP_PAD_: String(mb),
  MALLOC_MMAP_THRESHOLD_: String(16 * mb),
}

/** How the server's account reaches the cluster: a path, and a descriptor it needs for that. */
interface Place {
  path: string
  fd: number | undefined
}

/** Begins the server, initialising the cluster before if there is none. Returns when it accepts connections. */
export async function beginServer(folder: PostgresFolder, options: ServerOptions): Promise<void> {
  const account = serverAccount(folder.cluster)
  const binaries = findBinaries(account)
  if (!existsSync(folder.cluster)) initialise(folder, binaries, account, options)
  checkVersion(folder, binaries)
  if (account && statSync(folder.cluster).uid === 0) chownTree(folder.cluster, account)
  const state = readState(folder) ?? setPassword(folder, binaries, account)
  writeAccess(folder, account)
  const waited = stopwatch()
  let port = (await isFree(state.port)) ? state.port : await freePort()
  let hasSocket = process.platform !== 'win32'
  for (let attempt = 1; ; attempt++) {
    if (port !== state.port) writeState(folder, { ...state, port }, account)
    disownStale(folder)
    const trouble = await launch(folder, binaries, account, { port, hasSocket }, options)
    if (trouble === undefined) return
    // some shared folders of containers keep files but no sockets
    if (hasSocket && /could not create any Unix-domain sockets/.test(trouble)) hasSocket = false
    else if (/pre-existing shared memory block/.test(trouble) && waited() < orphanWaitMsMax) await sleep(200)
    else if (/\(exit SIGKILL\)$/.test(trouble) && attempt < killedAttemptsMax) await sleep(200)
    else if (/could not bind|Address already in use/i.test(trouble) && attempt < portAttemptsMax) {
      port = await freePort()
    }
    // Another server won the race for the folder: whoever called us will find and join it.
    else if (/lock file "postmaster.pid" already exists/.test(trouble) && runningServer(folder)) return
    else throw startFailed(folder, trouble)
  }
}

/** Stops the server as `pg_ctl stop -m fast` would; answers whether it has gone. Not our process: false. */
export async function stopServer(folder: PostgresFolder): Promise<boolean> {
  const running = runningServer(folder)
  if (!running) return true
  const begun = processStart(running.pid)
  try {
    if (process.platform === 'win32') {
      spawnSync(programPath(findBinaries(undefined), 'pg_ctl'), ['stop', '-m', 'fast', '-D', folder.cluster])
    } else process.kill(running.pid, 'SIGINT')
  } catch (thrown) {
    return codeOf(thrown) === 'ESRCH'
  }
  const waited = stopwatch()
  while (waited() < stopMsMax) {
    if (processStart(running.pid) !== begun) return true
    await sleep(10)
  }
  return false
}

/**
 * Makes the cluster in a draft folder and moves it into place when it is complete: a process killed here leaves
 * nothing that could be taken for a cluster.
 */
function initialise(
  folder: PostgresFolder,
  binaries: Binaries,
  account: Account | undefined,
  options: ServerOptions,
): void {
  for (const name of readdirSync(folder.data).filter((entry) => entry.startsWith('postgres.draft-'))) {
    // An initdb orphaned by a killed process may still write there; what cannot be removed now goes the next time.
    try {
      rmSync(join(folder.data, name), { recursive: true, force: true, maxRetries: 2 })
    } catch (thrown) {
      options.log(`could not remove ${name}: ${String(thrown)}`)
    }
  }
  const draft = join(folder.data, `postgres.draft-${nonce().slice(0, 12)}`)
  mkdirSync(draft, { mode: 0o700 })
  if (account) chownSync(draft, account.uid, account.gid)
  options.log('preparing the database')
  const reached = reach(draft, account)
  try {
    runInitdb(binaries, account, reached, options)
    const password = nonce()
    single(binaries, account, reached, [`alter role ${user} password '${password}'`, `create database ${user}`])
    writeState(folder, { port: anyPort(), user, password }, account)
  } finally {
    if (reached.fd !== undefined) closeSync(reached.fd)
  }
  renameSync(draft, folder.cluster)
  syncFolder(folder.data)
}

function runInitdb(binaries: Binaries, account: Account | undefined, reached: Place, options: ServerOptions): void {
  const initdb = (locale: string[]) =>
    spawnSync(
      programPath(binaries, 'initdb'),
      [
        '-D',
        reached.path,
        '-U',
        user,
        '--auth=trust',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        ...locale,
        '--no-instructions',
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { ...spawnAs(account), stdio: stdio('ignore', 'pipe', reached), encoding: 'utf8' },
    )
  let { error, status, stderr } = initdb(['--locale=C.UTF-8'])
  if (status !== 0 && /invalid locale/.test(stderr)) {
    // Older systems do not know C.UTF-8 themselves; PostgreSQL's own provider does.
    ;({ error, status, stderr } = initdb(['--locale=C', '--builtin-locale=C.UTF-8']))
  }
  if (status === 0) return
  const reason = error?.message ?? stderr.trim()
  throw new AppError('postgres.init_failed', { reason }, { message: `Could not prepare the database: ${reason}` })
}

/** Runs statements without a server, as the owner of everything. */
function single(binaries: Binaries, account: Account | undefined, reached: Place, statements: string[]): void {
  const { error, status, stderr, stdout } = spawnSync(
    programPath(binaries, 'postgres'),
    ['--single', '-D', reached.path, '-c', 'log_checkpoints=off', '-c', 'exit_on_error=on', 'postgres'],
    {
      ...spawnAs(account),
      stdio: stdio('pipe', 'pipe', reached),
      encoding: 'utf8',
      input: `${statements.join(';\n')};\n`,
    },
  )
  if (status === 0 && !/ERROR|FATAL/.test(stderr)) return
  const reason = error?.message ?? `${stdout}\n${stderr}`.trim()
  throw new AppError('postgres.init_failed', { reason }, { message: `Could not prepare the database: ${reason}` })
}

/** The folder's state was removed: give the cluster a new password. */
function setPassword(folder: PostgresFolder, binaries: Binaries, account: Account | undefined): PostgresState {
  const state = { port: anyPort(), user, password: nonce() }
  const reached = reach(folder.cluster, account)
  try {
    disownStale(folder)
    single(binaries, account, reached, [`alter role ${user} password '${state.password}'`])
  } finally {
    if (reached.fd !== undefined) closeSync(reached.fd)
  }
  writeState(folder, state, account)
  return state
}

function checkVersion(folder: PostgresFolder, binaries: Binaries): void {
  const found = (readText(join(folder.cluster, 'PG_VERSION')) ?? '').trim()
  const needed = binaries.version.split('.')[0] ?? ''
  if (found === needed) return
  throw new AppError(
    'postgres.version_mismatch',
    { folder: folder.cluster, found, needed },
    {
      message:
        `The database in ${folder.cluster} was made by PostgreSQL ${found || '(unknown)'}, this program brings ` +
        `${needed}. Export it with the version of Regulars that made it and import it into a new folder.`,
    },
  )
}

/**
 * An account that may not pass a folder above (/root is closed to all others) is handed the cluster as an open
 * descriptor: on Linux the path /proc/self/fd/3 leads there without passing anything.
 */
function reach(cluster: string, account: Account | undefined): Place {
  if (!account || canEnter(cluster, account)) return { path: cluster, fd: undefined }
  const fd = openSync(cluster, 'r')
  if (process.platform === 'linux' && canEnter('/proc/self/fd/3', account, fd)) return { path: '/proc/self/fd/3', fd }
  closeSync(fd)
  throw new AppError(
    'postgres.folder_unreachable',
    { folder: cluster, account: account.name },
    {
      message:
        `PostgreSQL does not run as root, and ${account.name}, as whom it would run, cannot enter ${cluster}. ` +
        `Choose a folder that ${account.name} can reach with --data (below /srv or /var/lib), or run as another user.`,
    },
  )
}

function stdio(input: 'ignore' | 'pipe', output: 'pipe' | number, place: Place): ('ignore' | 'pipe' | number)[] {
  return [input, output, output, ...(place.fd === undefined ? [] : [place.fd])]
}

/** Starts the server's process and waits until it is ready; answers its last words if it ended instead. */
async function launch(
  folder: PostgresFolder,
  binaries: Binaries,
  account: Account | undefined,
  { port, hasSocket }: { port: number; hasSocket: boolean },
  options: ServerOptions,
): Promise<string | undefined> {
  if (existsSync(folder.log) && statSync(folder.log).size > logBytesMax) renameSync(folder.log, `${folder.log}.1`)
  const log = openSync(folder.log, 'a', 0o600)
  const said = fstatSync(log).size
  const place = reach(folder.cluster, account)
  const settings = settingsFor(folder, options, hasSocket)
  const args = ['-D', place.path, '-p', String(port), ...settings.flatMap((each) => ['-c', each])]
  let child: ChildProcess
  const how = spawnAs(account)
  try {
    if (account) chownSync(folder.log, account.uid, account.gid)
    child = spawn(programPath(binaries, 'postgres'), args, {
      ...how,
      env: { ...how.env, ...keptMemory },
      detached: true,
      stdio: stdio('ignore', log, place),
    })
  } finally {
    closeSync(log)
    if (place.fd !== undefined) closeSync(place.fd)
  }
  let ended: string | undefined
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', (code, signal) => {
    ended ??= `exit ${signal ?? code}`
  })
  const waited = stopwatch()
  let toldAt = 5_000
  while (ended === undefined && waited() < startMsMax) {
    const running = runningServer(folder)
    if (running && running.pid === child.pid && running.status === 'ready') {
      child.unref()
      return undefined
    }
    if (waited() > toldAt) {
      options.log('the database is recovering from a crash')
      toldAt *= 2
    }
    await sleep(10)
  }
  if (ended === undefined) child.unref()
  const words = readFileSync(folder.log).subarray(said).toString('utf8').trim()
  return `${words}\n(${ended ?? `not ready after ${startMsMax / 1000} s`})`
}

function startFailed(folder: PostgresFolder, words: string): AppError {
  const last = words.split('\n').slice(-12).join('\n')
  return new AppError(
    'postgres.start_failed',
    { folder: folder.cluster, log: last },
    {
      message:
        `The database in ${folder.cluster} did not start. Its last words:\n${last}\n` +
        `The whole log is ${folder.log}. Often the disk is full, or too little memory is free.`,
    },
  )
}

/** What the server is told at each start; given on the command line, so that no old file contradicts. */
function settingsFor(folder: PostgresFolder, options: ServerOptions, hasSocket: boolean): string[] {
  const constrained = process.constrainedMemory?.() ?? 0
  const memory = constrained > 0 ? Math.min(totalmem(), constrained) : totalmem()
  const disk = statfsSync(folder.data)
  const shared = existsSync('/dev/shm') ? statfsSync('/dev/shm') : undefined
  const between = (low: number, value: number, high: number) =>
    `${Math.round(Math.min(high, Math.max(low, value)) / mb)}MB`
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    // In the cluster's own folder, where the server stands: so its path is short, however deep the folder.
    unix_socket_directories: hasSocket ? '.' : '',
    unix_socket_permissions: '0700',
    max_connections: '100',
    // What is bought at random by a million members touches gigabytes: with 256 MB a till's commit asked a quarter
    // more of the server, which kept fetching and writing back pages. Only pages in use take memory.
    shared_buffers: between(32 * mb, memory / 8, 4096 * mb),
    effective_cache_size: between(128 * mb, memory / 2, 16_384 * mb),
    work_mem: memory < 2048 * mb ? '16MB' : '32MB',
    maintenance_work_mem: between(64 * mb, memory / 16, 256 * mb),
    // Bulk imports checkpoint rarely, but never with more WAL than a quarter of the free disk.
    max_wal_size: between(256 * mb, (disk.bavail * disk.bsize) / 4, 4096 * mb),
    checkpoint_timeout: '15min',
    // our builds know pglz alone: it costs more of the processor than it saves the disk (a tenth of a till's commit)
    wal_compression: 'off',
    random_page_cost: '1.1',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    synchronous_commit: 'on',
    fsync: 'on',
  }
  // Containers often give /dev/shm 64 MB, less than one parallel hash join may ask for.
  if (shared && shared.bavail * shared.bsize < 512 * mb) settings.dynamic_shared_memory_type = 'mmap'
  if (!options.durable) {
    Object.assign(settings, { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' })
    Object.assign(settings, { wal_level: 'minimal', max_wal_senders: '0' })
  }
  return Object.entries({ ...settings, ...options.settings }).map(([name, value]) => `${name}=${value}`)
}

/** A cluster copied by root belongs to root, as whom no server runs. */
function chownTree(folder: string, account: Account): void {
  for (const entry of readdirSync(folder, { recursive: true })) {
    chownSync(join(folder, String(entry)), account.uid, account.gid)
  }
  chownSync(folder, account.uid, account.gid)
}

function anyPort(): number {
  return portRange.from + Math.floor(Math.random() * (portRange.to - portRange.from))
}

async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < portAttemptsMax; attempt++) {
    const port = anyPort()
    if (await isFree(port)) return port
  }
  throw new AppError('postgres.no_port', portRange, {
    message: `Found no free port between ${portRange.from} and ${portRange.to} on 127.0.0.1 for the database.`,
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

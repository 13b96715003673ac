/**
 * The data folder of an embedded PostgreSQL: where things lie, who may begin the server, and whether it runs.
 *
 *   <data>/postgres/       the cluster, owned by the account the server runs as
 *   <data>/postgres.json   port, user and password (mode 0600); always true of the cluster beside it
 *   <data>/postgres.lock   held by the one process that initialises or begins the server
 *   <data>/postgres.log    what the server says
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from './errors.ts'
import { clock } from './time.ts'

/** A lock without text belongs to a process killed within the same millisecond: wait so long, then take it. */
const unreadableLockMsMax = 10_000

export interface PostgresFolder {
  data: string
  cluster: string
  state: string
  lock: string
  log: string
}

/** How to reach the cluster. */
export interface PostgresState {
  port: number
  user: string
  password: string
}

/** An account of the operating system. */
export interface Account {
  name: string
  uid: number
  gid: number
}

interface LockHolder {
  pid: number
  /** When the process began, as the system tells it: a number used again by another process does not deceive us. */
  started: string
  nonce: string
}

/** Creates the folder if it is missing and answers the places in it (real paths). */
export function openFolder(data: string): PostgresFolder {
  let real: string
  try {
    mkdirSync(resolve(data), { recursive: true })
    real = realpathSync(resolve(data))
  } catch (thrown) {
    throw new AppError(
      'postgres.folder_unwritable',
      { folder: resolve(data) },
      {
        message: `Cannot open the data folder ${resolve(data)}: ${String(thrown)}. Choose another with --data.`,
        cause: thrown,
      },
    )
  }
  return {
    data: real,
    cluster: join(real, 'postgres'),
    state: join(real, 'postgres.json'),
    lock: join(real, 'postgres.lock'),
    log: join(real, 'postgres.log'),
  }
}

/** The state kept in the folder; undefined before the first initialisation (or if someone removed it). */
export function readState(folder: PostgresFolder): PostgresState | undefined {
  const text = readText(folder.state)
  if (text === undefined) return undefined
  try {
    const { port, user, password } = JSON.parse(text) as Partial<PostgresState>
    return typeof port === 'number' && user && password ? { port, user, password } : undefined
  } catch {
    return undefined
  }
}

/** Who is let in; written at each start, so that a cluster of an older version lets in by its socket, too. */
const access =
  `# Written by the launcher: only this machine, only with the password.\n` +
  `local all all scram-sha-256\n` +
  `host all all 127.0.0.1/32 scram-sha-256\n`

export function writeAccess(folder: PostgresFolder, owner: Account | undefined): void {
  const path = join(folder.cluster, 'pg_hba.conf')
  if (readText(path) === access) return
  writeFileSync(path, access, { mode: 0o600 })
  if (owner) chownSync(path, owner.uid, owner.gid)
}

/** A socket's path as a client names it: 103 bytes on macOS, 107 on Linux. */
const socketPathBytesMax = 103

/**
 * The folder of the server's socket, by which a way there and back takes half the time it takes by the network;
 * undefined where there is none, or where its path is too long for a client.
 */
export function socketFolder(folder: PostgresFolder, port: number): string | undefined {
  const path = join(folder.cluster, `.s.PGSQL.${port}`)
  return Buffer.byteLength(path) <= socketPathBytesMax && existsSync(path) ? folder.cluster : undefined
}

/** Replaces the state as a whole, so that a reader sees the old or the new; readable by the cluster's owner only. */
export function writeState(folder: PostgresFolder, state: PostgresState, owner: Account | undefined): void {
  const draft = `${folder.state}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  if (owner) chownSync(draft, owner.uid, owner.gid)
  renameSync(draft, folder.state)
}

/** Makes renames in a folder survive a power cut; not every system can do it, and then nothing is lost but that. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/**
 * Runs `work` while no other process initialises or begins this folder's server. Answers false at once, without
 * running it, when a living process holds the lock; a dead process's lock is taken over.
 */
export async function whileLocked(folder: PostgresFolder, work: () => Promise<void>): Promise<boolean> {
  const mine: LockHolder = { pid: process.pid, started: processStart(process.pid) ?? '', nonce: nonce() }
  if (!createLock(folder.lock, mine)) {
    dropDeadLock(folder.lock)
    if (!createLock(folder.lock, mine)) return false
  }
  try {
    await work()
  } finally {
    if (readHolder(folder.lock)?.nonce === mine.nonce) unlinkSync(folder.lock)
  }
  return true
}

function createLock(path: string, holder: LockHolder): boolean {
  try {
    const fd = openSync(path, 'wx', 0o644)
    writeSync(fd, JSON.stringify(holder))
    closeSync(fd)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw new AppError(
      'postgres.folder_unwritable',
      { folder: path },
      {
        message: `Cannot write ${path}: ${String(thrown)}. The data folder must belong to whoever runs this command.`,
        cause: thrown,
      },
    )
  }
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readText(path) ?? '') as LockHolder
  } catch {
    return undefined
  }
}

/**
 * Removes a lock whose holder is dead. Two processes may find it dead at once; so that the slower one does not remove
 * the new lock of the faster, looking again and removing happen under a second lock, held for microseconds.
 */
function dropDeadLock(path: string): void {
  const seen = readHolder(path)
  const isDead = seen ? processStart(seen.pid) !== seen.started : ageMs(path) > unreadableLockMsMax
  if (!isDead) return
  const guard = `${path}.takeover`
  if (ageMs(guard) > unreadableLockMsMax) unlinkIfThere(guard)
  if (!createLock(guard, { pid: process.pid, started: '', nonce: '' })) return
  try {
    if (readHolder(path)?.nonce === seen?.nonce) unlinkIfThere(path)
  } finally {
    unlinkIfThere(guard)
  }
}

/** The postmaster of this folder's cluster, if it lives: its process, its port, and what it says of itself. */
export function runningServer(folder: PostgresFolder): { pid: number; port: number; status: string } | undefined {
  const lines = (readText(join(folder.cluster, 'postmaster.pid')) ?? '').split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isPostmaster(pid, folder.cluster)) return undefined
  return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? '').trim() }
}

/**
 * A crash leaves `postmaster.pid` behind. While its number is taken (by a stranger, or by the dead server itself where
 * nobody reaps zombies) the server would refuse to begin. It disregards the number of its own parent, that is ours, and
 * still looks at the rest of the file (shared memory), which would tell it of surviving children of the dead server.
 */
export function disownStale(folder: PostgresFolder): void {
  if (runningServer(folder)) return
  const path = join(folder.cluster, 'postmaster.pid')
  const [pid, ...rest] = (readText(path) ?? '').split('\n')
  if (Number(pid) > 0 && isTaken(Number(pid))) writeFileSync(path, [process.pid, ...rest].join('\n'))
  // the lock of the dead server's socket holds its number, too, and nothing that would tell of its children
  for (const name of readdirSync(folder.cluster))
    if (name.startsWith('.s.PGSQL.')) rmSync(join(folder.cluster, name), { force: true })
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return codeOf(thrown) === 'EPERM'
  }
}

/** When a living process began, in the system's own words; undefined if it does not live (a zombie does not). */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') {
    // proc(5): after the name in brackets come the state and, 19 fields later, the start in ticks since boot.
    const fields = readText(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')
    return fields && !'ZX'.includes(fields[0] ?? 'X') ? fields[19] : undefined
  }
  return isTaken(pid) ? 'alive' : undefined
}

function isPostmaster(pid: number, cluster: string): boolean {
  if (processStart(pid) === undefined) return false
  try {
    // The postmaster works in its cluster, whatever path it was told.
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === cluster
    if (process.platform === 'win32') return true
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes('postgres')
  } catch {
    return false
  }
}

/** The text of a file; undefined if there is none. Throws what else goes wrong. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ESRCH') return undefined
    throw thrown
  }
}

/** A random text for passwords, nonces and names of drafts: 144 bits. */
export function nonce(): string {
  return randomBytes(18).toString('hex')
}

function ageMs(path: string): number {
  try {
    return clock().getTime() - statSync(path).mtimeMs
  } catch {
    return 0
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown
  }
}

/** The operating system's name of an error (`ENOENT`), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
}

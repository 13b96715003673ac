/** Around a whole run of tests: names the folder of its database server and leaves nothing behind, even after ^C. */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { processStart } from '../src/base/postgres-folder.ts'

const prefix = 'regulars-test-'
const memoryDisk = '/dev/shm'
/** The small sizes fill some hundred MB; with this much to spare nobody notices. */
const memoryBytesMin = 4 * 1024 ** 3

/** Called by vitest once before all files; what it answers is called once after them. */
export default async function setup(): Promise<() => Promise<void>> {
  process.env.TZ = 'UTC'
  if (process.env.DATABASE_URL_TEST) return onServerOfOnesOwn(process.env.DATABASE_URL_TEST)
  sweep()
  const folder = mkdtempSync(join(placeForData(), `${prefix}${process.pid}-`))
  chmodSync(folder, 0o755)
  process.env.REGULARS_TEST_DATA = folder
  // A second ^C ends vitest without its teardown.
  const atExit = () => {
    remove(folder)
  }
  process.once('exit', atExit)
  return async () => {
    process.off('exit', atExit)
    if (!remove(folder)) console.error(`could not remove ${folder}`)
  }
}

/** In memory a template is cloned in 11 ms, on a disk in 50 to 500; the full sizes do not fit there. */
function placeForData(): string {
  if (process.env.REGULARS_TEST_SIZE === 'long' || !existsSync(memoryDisk)) return tmpdir()
  const { bavail, bsize } = statfsSync(memoryDisk)
  return Math.min(bavail * bsize, freemem()) > memoryBytesMin ? memoryDisk : tmpdir()
}

async function onServerOfOnesOwn(url: string): Promise<() => Promise<void>> {
  const template = `regulars_template_${process.pid}`
  process.env.REGULARS_TEST_TEMPLATE = template
  return async () => {
    const client = new pg.Client(url)
    await client.connect()
    const known = await client.query('select from pg_database where datname = $1', [template])
    if (known.rowCount) {
      await client.query(`alter database ${template} with is_template false`)
      await client.query(`drop database ${template} with (force)`)
    }
    await client.end()
  }
}

/** Folders of runs that were killed: their process is gone, their server may still run. */
function sweep(): void {
  for (const place of [tmpdir(), memoryDisk].filter((each) => existsSync(each))) {
    for (const name of readdirSync(place).filter((entry) => entry.startsWith(prefix))) {
      const pid = Number(name.slice(prefix.length).split('-')[0])
      try {
        if (processStart(pid) === undefined) remove(join(place, name))
      } catch {
        // Another user's: he will sweep it himself.
      }
    }
  }
}

/** Without a promise, because it also runs while the process exits. */
function remove(folder: string): boolean {
  const { pid, gone } = endServer(folder)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const ended = () => pid === undefined || processStart(pid) === undefined
  for (let attempt = 0; attempt < 200 && !ended(); attempt++) Atomics.wait(pause, 0, 0, 20)
  rmSync(gone, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  return !existsSync(gone)
}

/**
 * Ends the server at once: its data are rubbish. The folder is renamed first, so that a test process that still lives
 * does not begin the server again.
 */
function endServer(folder: string): { pid: number | undefined; gone: string } {
  let gone = folder
  try {
    gone = folder.endsWith('.gone') ? folder : `${folder}.gone`
    if (gone !== folder) renameSync(folder, gone)
    const pid = Number(readFileSync(join(gone, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 'SIGQUIT')
    return { pid, gone }
  } catch {
    // Never begun, ended already, or not ours to touch.
    return { pid: undefined, gone: existsSync(gone) ? gone : folder }
  }
}

/** A Chromium whose profile lies on the disk, killed as a dead battery kills it (SIGKILL) and started again. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { launching, screens } from './browser.ts'

const run = promisify(execFile)

export interface Killable {
  /** Starts it on its profile; one at a time. */
  start(): Promise<{ page: Page; context: BrowserContext }>
  /** Kills all its processes at once. */
  kill(): Promise<void>
  /** Ends it as a person does: what it has not written yet is written. */
  quit(): Promise<void>
  close(): Promise<void>
}

export async function killableBrowser(base_url: string, language = 'en-GB'): Promise<Killable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'regulars-profile-'))
  let running: BrowserContext | null = null
  const quit = async () => {
    await running?.close()
    running = null
  }
  return {
    async start() {
      running = await chromium.launchPersistentContext(folder, {
        ...(await launching()),
        viewport: screens.phone,
        locale: language,
        timezoneId: 'Asia/Taipei',
        reducedMotion: 'reduce',
        baseURL: base_url,
      })
      return { context: running, page: running.pages()[0] ?? (await running.newPage()) }
    },
    async kill() {
      const own = await processesOf(folder)
      const ended = new Promise<void>((resolve) => running!.once('close', () => resolve()))
      for (const pid of own) process.kill(pid, 'SIGKILL')
      await ended
      await quit()
    },
    quit,
    async close() {
      await quit()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Chromium's processes name their profile; those that do not are children that end with their browser. */
async function processesOf(folder: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid,args'])
  return stdout
    .split('\n')
    .filter((line) => line.includes(`--user-data-dir=${folder}`))
    .map((line) => Number.parseInt(line, 10))
}

/**
 * Real Chromium for tests of pages: it comes with the npm packages, so a fresh clone needs no system package, and it
 * can write Chinese. One browser a test file, one context a visitor.
 */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const packages = path.join(import.meta.dirname, '../node_modules')

/** The two sizes every page is looked at. */
export const screens = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const

export interface Visit {
  screen?: keyof typeof screens
  scheme?: 'light' | 'dark'
  /** BCP 47; the language the visitor's browser asks for. */
  language?: string
  /** IANA. */
  time_zone?: string
  /** Relative addresses of `page.goto` start here. */
  base_url?: string
}

export interface OpenedBrowser {
  browser: Browser
  /** A visitor of one's own: no cookie of another, one page open. Motion is off. */
  visit(visit?: Visit): Promise<{ page: Page; context: BrowserContext }>
  close(): Promise<void>
}

/** Starts Chromium in half a second: that of CHROMIUM_PATH, else the one in node_modules, else an installed Chrome. */
export async function openBrowser(options: { args?: readonly string[] } = {}): Promise<OpenedBrowser> {
  const browser = await chromium.launch(await launching(options.args))
  return {
    browser,
    async visit(visit = {}) {
      const context = await browser.newContext({
        viewport: screens[visit.screen ?? 'desktop'],
        hasTouch: visit.screen === 'phone',
        isMobile: visit.screen === 'phone',
        colorScheme: visit.scheme ?? 'light',
        locale: visit.language ?? 'en-GB',
        timezoneId: visit.time_zone ?? 'Asia/Taipei',
        reducedMotion: 'reduce',
        ...(visit.base_url ? { baseURL: visit.base_url } : {}),
      })
      return { context, page: await context.newPage() }
    },
    close: () => browser.close(),
  }
}

/** Which Chromium, and how it is started; also for one with a profile of its own (killable-browser.ts). */
export async function launching(args: readonly string[] = []) {
  const home = await unpacked()
  const executable =
    process.env['CHROMIUM_PATH'] ?? (home?.isRunnable ? path.join(home.folder, 'chromium') : undefined)
  return {
    ...(executable ? { executablePath: executable } : { channel: 'chrome' }),
    headless: true,
    // root may not use the sandbox; the pages are our own
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-dev-shm-usage', ...args],
    env: environment(home),
  }
}

/** What axe calls an offence: which rule, how bad, where. */
export interface Offence {
  rule: string
  impact: string
  help: string
  places: string[]
}

interface AxeResult {
  violations: { id: string; impact: string; help: string; nodes: { target: unknown[]; failureSummary: string }[] }[]
}

/** The serious and critical offences of the page against WCAG 2.2 AA; an empty list is what we promise. */
export async function offences(page: Page): Promise<Offence[]> {
  const source = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8')
  // evaluated, not added as a script: the page's own policy allows no script from elsewhere
  await page.evaluate(`${source};undefined`)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const options = JSON.stringify({ runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
  const result = (await page.evaluate(`axe.run(document, ${options})`)) as AxeResult
  return result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => ({
      rule: id,
      impact,
      help,
      places: nodes.map(
        ({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`,
      ),
    }))
}

/** Writes `<folder>/<name>.png` and answers its path; the folder is REGULARS_SCREENSHOTS, else dist/screenshots. */
export async function screenshot(page: Page, name: string, options: { whole?: boolean } = {}): Promise<string> {
  const folder = process.env['REGULARS_SCREENSHOTS'] ?? path.join(import.meta.dirname, '../dist/screenshots')
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, `${name}.png`)
  await page.screenshot({ path: file, fullPage: options.whole ?? false, animations: 'disabled' })
  return file
}

interface Home {
  folder: string
  /** Holds a Chromium that this machine can run. */
  isRunnable: boolean
}

/** Chromium of the package is built for this machine only. */
const isBuiltFor = process.platform === 'linux' && process.arch === 'x64'

/**
 * The folder with the unpacked browser and fonts: made once a machine, user and version, in 2 s. Whoever comes while
 * another unpacks makes its own and the first rename stays, so nobody ever starts a half-written file.
 */
async function unpacked(): Promise<Home | null> {
  const version = packageVersion('@sparticuz/chromium')
  if (!version) return null
  const fonts = packageVersion('@fontsource-variable/noto-sans-sc')
  const user = process.getuid?.() ?? 0
  const folder = path.join(os.tmpdir(), `regulars-chromium-${version}-${fonts ?? 'latin'}-${user}`)
  const home = { folder, isRunnable: isBuiltFor && !process.env['CHROMIUM_PATH'] }
  if (existsSync(folder)) return home
  const staging = await mkdtemp(`${folder}-`)
  if (home.isRunnable) await unpackChromium(staging)
  if (fonts) await unpackFonts(path.join(staging, 'chinese'))
  await writeFile(path.join(staging, 'fonts.conf'), fontsConf(folder))
  try {
    await rename(staging, folder)
  } catch {
    await rm(staging, { recursive: true, force: true })
    await access(folder)
  }
  return home
}

function packageVersion(name: string): string | null {
  const file = path.join(packages, name, 'package.json')
  return existsSync(file) ? (require(file) as { version: string }).version : null
}

/**
 * In a process of its own: the package unpacks into the temporary folder and changes the environment of whoever imports
 * it. It brings its libraries (NSS) only where it believes to run on Lambda, hence the variable.
 */
async function unpackChromium(folder: string): Promise<void> {
  const script = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())"
  await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: path.join(import.meta.dirname, '..'),
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
  })
}

/** Fontconfig's reader in Chromium knows no WOFF2: each part of the font is written as TrueType (7.7 MB, 0.3 s). */
async function unpackFonts(folder: string): Promise<void> {
  const { decompress } = require('wawoff2') as { decompress(font: Uint8Array): Promise<Uint8Array> }
  const source = path.join(packages, '@fontsource-variable/noto-sans-sc/files')
  await mkdir(folder, { recursive: true })
  for (const file of (await readdir(source)).filter((name) => name.endsWith('.woff2'))) {
    const font = await decompress(await readFile(path.join(source, file)))
    await writeFile(path.join(folder, file.replace(/woff2$/, 'ttf')), font)
  }
}

/** Noto Sans SC also holds the traditional characters, so one font serves both Chinese languages. */
function fontsConf(folder: string): string {
  const folders = ['chinese', 'fonts'].map((name) => `<dir>${path.join(folder, name)}</dir>`).join('')
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>${folders}
    <cachedir>${path.join(folder, 'cache')}</cachedir>
    <alias><family>system-ui</family><prefer><family>Open Sans</family><family>Noto Sans SC</family></prefer></alias>
    <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>Noto Sans SC</family></prefer></alias>
    </fontconfig>`
}

function environment(home: Home | null): Record<string, string> {
  const known = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const own = Object.fromEntries(known)
  // another system's Chromium keeps its own fonts and libraries
  if (!home?.isRunnable) return own
  const libraries = path.join(home.folder, 'al2023', 'lib')
  return {
    ...own,
    FONTCONFIG_FILE: path.join(home.folder, 'fonts.conf'),
    FONTCONFIG_PATH: home.folder,
    LD_LIBRARY_PATH: own['LD_LIBRARY_PATH'] ? `${libraries}:${own['LD_LIBRARY_PATH']}` : libraries,
  }
}

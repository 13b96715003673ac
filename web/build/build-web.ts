/** Builds the apps when their sources changed since the last build; says what the first load of each weighs. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** Two folders up from here, and from dist/app-…, where bin/build.js puts this together with the rest. */
const root = path.join(import.meta.dirname, '../..')
const out = path.join(root, 'dist/web')
const hashFile = path.join(out, '.hash')
const folderOf = (app: App) => path.join(out, app)

/** What people open: the console at `/`, the counter at `/counter/`, the members' portal at `/portal/`. */
export const apps = ['console', 'counter', 'portal'] as const
export type App = (typeof apps)[number]

/** Script (gzip) that must arrive before the console's first page can show: a phone on 3G gets it in about 2 s. */
export const firstLoadBytesMax = 350 * 1024
/** The same for the counter and the portal, which people hold in their hands: 2 s on slow 4G with a slow processor. */
export const counterBytesMax = 150 * 1024

export interface BuildOptions {
  log: (line: string) => void
  /** Build even if nothing changed. */
  force?: boolean
}

/** What one first load brings over the wire. */
export interface FirstLoad {
  /** Scripts, gzip, in bytes: entry, what it imports, one language, the first page. */
  script_bytes: number
  style_bytes: number
  files: number
}

/** What lies in `dist/web`: nothing (or a part), apps of other sources than these, or those of these. */
export type WebState = 'missing' | 'stale' | 'current'

/** Tells whoever serves the apps without building them what they serve. */
export function webState(): WebState {
  return stateOf(sourceHash())
}

function stateOf(hash: string): WebState {
  if (!apps.every((app) => existsSync(path.join(folderOf(app), 'index.html')))) return 'missing'
  const known = existsSync(hashFile) ? readFileSync(hashFile, 'utf8') : ''
  return known === hash ? 'current' : 'stale'
}

/** Builds `dist/web` unless the hash of its sources is the one it was built from. Returns whether it built. */
export async function buildWeb({ log, force = false }: BuildOptions): Promise<boolean> {
  const hash = sourceHash()
  if (!force && stateOf(hash) === 'current') return false
  log('Building the console, the counter and the portal …')
  mkdirSync(out, { recursive: true })
  // built aside and moved in whole: a server that is running never serves half a build, and two builders do not mix
  // theirs
  const staging = mkdtempSync(path.join(out, 'building-'))
  try {
    for (const app of apps) await buildApp(app, path.join(staging, app))
    for (const app of apps) {
      if (existsSync(folderOf(app))) renameSync(folderOf(app), path.join(staging, `old-${app}`))
      renameSync(path.join(staging, app), folderOf(app))
    }
    writeFileSync(hashFile, hash)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  for (const app of apps) {
    const { script_bytes, style_bytes } = firstLoad(app)
    const sizes = `${kilobytes(script_bytes)} kB of script, ${kilobytes(style_bytes)} kB of style (gzip)`
    log(`Built the ${app}. First load: ${sizes}.`)
  }
  return true
}

async function buildApp(app: App, outDir: string): Promise<void> {
  // whoever builds: a test runner's own NODE_ENV would bring React's development half, 60 kB (gzip) more
  const wanted = { NODE_ENV: 'production', REGULARS_APP: app }
  const before = Object.keys(wanted).map((name) => [name, process.env[name]] as const)
  try {
    Object.assign(process.env, wanted)
    const { build } = await import('vite')
    const configFile = path.join(root, 'web/vite.config.ts')
    await build({ configFile, logLevel: 'warn', build: { outDir } })
    writeCompressed(path.join(outDir, 'assets'), app !== 'console')
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/**
 * Each script and style once more, gzip: the server sends it as it lies there, so that a phone waits for a third. For
 * phones Brotli too, a sixth less again; the console's megabytes would take it many seconds.
 */
function writeCompressed(folder: string, isForPhones: boolean): void {
  for (const name of readdirSync(folder)) {
    if (!/\.(js|css)$/.test(name)) continue
    const file = path.join(folder, name)
    const text = readFileSync(file)
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
    if (isForPhones) writeFileSync(`${file}.br`, brotliCompressSync(text))
  }
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(0)
}

/** A hash of everything the build reads: web/, sdk/ and the lockfile. */
function sourceHash(): string {
  const hash = createHash('sha256')
  for (const file of [...filesBelow('web'), ...filesBelow('sdk'), 'package-lock.json']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort()
}

interface Chunk {
  file: string
  css?: string[]
  imports?: string[]
  isEntry?: boolean
}

function readManifest(app: App): Record<string, Chunk> {
  return JSON.parse(readFileSync(path.join(folderOf(app), '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
}

/** The script that index.html names, below the app's folder. */
export function entryScript(app: App = 'console'): string {
  return Object.values(readManifest(app)).find(({ isEntry }) => isEntry)!.file
}

/** The page and language counted in the first load, besides what every page needs. */
const firstParts: Record<App, { pages: string[]; language: string }> = {
  console: { pages: ['today/page.tsx', 'members/list-page.tsx'], language: '../kit/texts/zh-TW.ts' },
  counter: { pages: [], language: 'texts/zh-TW.ts' },
  portal: { pages: [], language: 'texts/zh-TW.ts' },
}

/** Measures a built app by its manifest: all static imports of the entry, one language and the first page. */
export function firstLoad(app: App = 'console'): FirstLoad {
  const manifest = readManifest(app)
  const { pages, language } = firstParts[app]
  const entry = Object.keys(manifest).find((name) => manifest[name]!.isEntry)
  const first = pages.find((name) => manifest[name])
  const wanted = new Set<string>()
  const walk = (name: string | undefined): void => {
    const chunk = name === undefined ? undefined : manifest[name]
    if (!name || !chunk || wanted.has(name)) return
    wanted.add(name)
    for (const one of chunk.imports ?? []) walk(one)
  }
  for (const name of [entry, first, language]) walk(name)
  const chunks = [...wanted].map((name) => manifest[name]!)
  const scripts = chunks.map(({ file }) => file)
  const styles = [...new Set(chunks.flatMap(({ css }) => css ?? []))]
  const gzipOf = (files: string[]) =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(folderOf(app), file))).length, 0)
  return { script_bytes: gzipOf(scripts), style_bytes: gzipOf(styles), files: scripts.length + styles.length }
}

/** Builds the console when its sources changed since the last build; says what the first load weighs. */
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
import { gzipSync } from 'node:zlib'

const root = path.join(import.meta.dirname, '..')
const out = path.join(root, 'dist/web')
const hashFile = path.join(out, '.hash')
const consoleFolder = path.join(out, 'console')

/** Script (gzip) that must arrive before the console's first page can show: a phone on 3G gets it in about 2 s. */
export const firstLoadBytesMax = 350 * 1024

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

/** Builds `dist/web` unless the hash of its sources is the one it was built from. Returns whether it built. */
export async function buildWeb({ log, force = false }: BuildOptions): Promise<boolean> {
  const hash = sourceHash()
  const known = existsSync(hashFile) ? readFileSync(hashFile, 'utf8') : ''
  if (!force && known === hash && existsSync(path.join(consoleFolder, 'index.html'))) return false
  log('Building the console …')
  mkdirSync(out, { recursive: true })
  // built aside and moved in whole: a server that is running never serves half a build, and two builders do not mix
  // theirs
  const staging = mkdtempSync(path.join(out, 'building-'))
  const environment = process.env['NODE_ENV']
  try {
    // whoever builds: a test runner's own NODE_ENV would bring React's development half, 60 kB (gzip) more
    process.env['NODE_ENV'] = 'production'
    const { build } = await import('vite')
    const configFile = path.join(import.meta.dirname, 'vite.config.ts')
    await build({ configFile, logLevel: 'warn', build: { outDir: path.join(staging, 'new') } })
    if (existsSync(consoleFolder)) renameSync(consoleFolder, path.join(staging, 'old'))
    renameSync(path.join(staging, 'new'), consoleFolder)
    writeFileSync(hashFile, hash)
  } finally {
    if (environment === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = environment
    rmSync(staging, { recursive: true, force: true })
  }
  const { script_bytes, style_bytes } = firstLoad()
  log(`Built. First load: ${kilobytes(script_bytes)} kB of script, ${kilobytes(style_bytes)} kB of style (gzip).`)
  return true
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

function readManifest(): Record<string, Chunk> {
  return JSON.parse(readFileSync(path.join(consoleFolder, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
}

/** The script that index.html names, below the console's folder. */
export function entryScript(): string {
  return Object.values(readManifest()).find(({ isEntry }) => isEntry)!.file
}

/** The page counted in the first load, besides what every page needs. */
const firstPages = ['today/page.tsx', 'members/list-page.tsx']
const language = '../kit/texts/zh-TW.ts'

/** Measures the built console by its manifest: all static imports of the entry, one language and the first page. */
export function firstLoad(): FirstLoad {
  const manifest = readManifest()
  const entry = Object.keys(manifest).find((name) => manifest[name]!.isEntry)
  const first = firstPages.find((name) => manifest[name])
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
  return { script_bytes: gzipOf(scripts), style_bytes: gzipOf(styles), files: scripts.length + styles.length }
}

function gzipOf(files: string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(consoleFolder, file))).length, 0)
}

/**
 * Puts the program's TypeScript together into plain modules, once for each state of its sources: a command then starts
 * in a third of the time and holds 80 MB less than one whose files are read and translated one by one.
 */
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const root = path.join(import.meta.dirname, '..')
const out = path.join(root, 'dist')
const prefix = 'app-'
/** A server that has been running since before still reads its own: so many states are kept. */
const kept = 10
/** What is started by its name; all they share lies beside them. Threads find theirs next to their caller. */
const entries = {
  cli: 'src/app/cli.ts',
  'xlsx-thread': 'src/value/imports/files/xlsx-worker.ts',
}
/** What is put together; the apps' own sources are built by web/build. */
const sources = ['src', 'web/build', 'bin']

/**
 * Imports an entry of the program. Where nothing can be written, and nothing was put together before, it is read as it
 * is, through tsx.
 * @param {keyof typeof entries} entry
 */
export async function load(entry) {
  const folder = await built().catch(sayWhy)
  if (folder) {
    process.setSourceMapsEnabled(true)
    return import(pathToFileURL(path.join(folder, `${entry}.js`)).href)
  }
  const { register } = await import('tsx/esm/api')
  register()
  return import(pathToFileURL(path.join(root, entries[entry])).href)
}

/** A folder that may only be read is as it should be; of anything else people hear, for commands start slower then. */
const readOnly = new Set(['EACCES', 'EPERM', 'EROFS'])

/**
 * @param {NodeJS.ErrnoException} thrown
 * @returns {null}
 */
function sayWhy(thrown) {
  if (!readOnly.has(thrown.code ?? '')) {
    process.stderr.write(
      `regulars: read file by file, which takes longer: it could not be built (${thrown.message})\n`,
    )
  }
  return null
}

/** The folder of the sources as they are now, built unless it is there. Two folders below the root, as src/app is. */
async function built() {
  const folder = path.join(out, `${prefix}${stamp()}`)
  if (isReadable(folder)) return folder
  mkdirSync(out, { recursive: true })
  // built aside and moved in whole: commands may start beside each other
  const aside = mkdtempSync(path.join(out, 'building-'))
  try {
    const { build } = await import('esbuild')
    await build({
      absWorkingDir: root,
      entryPoints: entries,
      outdir: aside,
      bundle: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'silent',
    })
    // whoever runs it later may be another than who built it
    chmodSync(aside, 0o755)
    try {
      renameSync(aside, folder)
    } catch (thrown) {
      // another was faster
      if (!isReadable(folder)) throw thrown
    }
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
  forgetOld()
  return folder
}

/**
 * Another user, whose files are nobody else's, may have built it.
 * @param {string} folder
 */
function isReadable(folder) {
  try {
    accessSync(path.join(folder, 'cli.js'), constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** A hash of everything that is put together. */
function stamp() {
  const hash = createHash('sha256')
  for (const file of [...sources.flatMap(filesBelow), 'package-lock.json']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/** @param {string} folder */
function filesBelow(folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.[jt]s$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort()
}

function forgetOld() {
  const known = readdirSync(out)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name, at: statSync(path.join(out, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at)
  for (const { name } of known.slice(kept)) rmSync(path.join(out, name), { recursive: true, force: true })
}

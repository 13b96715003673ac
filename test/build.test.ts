/** The command puts itself together once for each state of its sources (bin/build.js). */
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type * as BuildWeb from '../web/build/build-web.ts'

const root = path.join(import.meta.dirname, '..')
const copy = mkdtempSync(path.join(tmpdir(), 'regulars-build-'))
for (const name of ['bin', 'src', 'web/build', 'sdk', 'migrations', 'package.json', 'package-lock.json'])
  cpSync(path.join(root, name), path.join(copy, name), { recursive: true })
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const run = promisify(execFile)
/** What `regulars --help` of the copy says first. */
async function help(): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(copy, 'bin/regulars.js'), '--help'])
  return stdout
}
const states = () => readdirSync(path.join(copy, 'dist')).sort()

describe('the command', () => {
  it('is put together once, however many start at once', async () => {
    const said = await Promise.all([help(), help(), help()])
    for (const one of said) expect(one).toContain('Membership marketing')
    expect(states()).toEqual([expect.stringMatching(/^app-[0-9a-f]{16}$/)])
    await help()
    expect(states()).toHaveLength(1)
  })

  it('is put together anew when its sources change', async () => {
    const cli = path.join(copy, 'src/app/cli.ts')
    const [before] = states()
    const text = readFileSync(cli, 'utf8')
    writeFileSync(cli, text.replace('Membership marketing: real orders in', 'Other words: real orders in'))
    expect(await help()).toContain('Other words')
    expect(states()).toHaveLength(2)
    expect(states()).toContain(before)
    writeFileSync(cli, text)
    expect(await help()).toContain('Membership marketing')
    expect(states()).toHaveLength(2)
  })

  it('runs from its sources where nothing can be put together, and says why', async () => {
    rmSync(path.join(copy, 'dist'), { recursive: true })
    writeFileSync(path.join(copy, 'dist'), 'no folder')
    const { stdout, stderr } = await run(process.execPath, [path.join(copy, 'bin/regulars.js'), '--help'])
    expect(stdout).toContain('Membership marketing')
    expect(stderr).toMatch(/^regulars: read file by file, which takes longer: it could not be built \(.*EEXIST/)
    rmSync(path.join(copy, 'dist'))
  })
})

describe('the apps', () => {
  it('are all built by npm run build and in the image, so that a shop has its counter and its portal', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts['build']).toBe('node bin/regulars.js build')
    expect(readFileSync(path.join(root, 'Dockerfile'), 'utf8')).toMatch(/^RUN .*&& node bin\/regulars\.js build /m)
  })

  it('that lack, or are older than the sources, are known as such', async () => {
    const { webState } = (await import(path.join(copy, 'web/build/build-web.ts'))) as typeof BuildWeb
    expect(webState()).toBe('missing')
    for (const app of ['console', 'counter']) page(app)
    expect(webState()).toBe('missing')
    page('portal')
    expect(webState()).toBe('stale')
  })
})

function page(app: string): void {
  const folder = path.join(copy, 'dist/web', app)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'index.html'), '')
}

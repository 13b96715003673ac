/** The command puts itself together once for each state of its sources (bin/build.js). */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const root = path.join(import.meta.dirname, '..')
const copy = mkdtempSync(path.join(tmpdir(), 'regulars-build-'))
for (const name of ['bin', 'src', 'web/build', 'migrations', 'package.json', 'package-lock.json'])
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

  it('runs from its sources where nothing can be written', async () => {
    rmSync(path.join(copy, 'dist'), { recursive: true })
    writeFileSync(path.join(copy, 'dist'), 'no folder')
    expect(await help()).toContain('Membership marketing')
  })
})

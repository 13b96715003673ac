import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { size } from '../test/database.ts'

const root = path.join(import.meta.dirname, '..')

/** As docs/guide/api.md tells it. */
const config = {
  compilerOptions: {
    ...{ module: 'nodenext', target: 'es2023', strict: true, noEmit: true },
    ...{ skipLibCheck: true, allowImportingTsExtensions: true, types: ['node'] },
  },
}
const program = `
import { ApiError, createClient } from '@regulars/sdk'
const club = createClient({ token: 'rk_' })
const { data, next_cursor } = await club.call('GET /v1/admin/members', { query: { limit: 2 } })
const names: (string | null)[] = data.map((member) => member.display_name)
export const told: [string | null, typeof names, typeof ApiError] = [next_cursor, names, ApiError]
`

// twenty seconds of the compiler's: the whole server is behind the types
test.skipIf(size !== 'long')(
  'a program of its own folder is checked by the compiler without a fault of ours',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'regulars-consumer-'))
    try {
      mkdirSync(path.join(folder, 'node_modules/@regulars'), { recursive: true })
      symlinkSync(path.join(root, 'sdk'), path.join(folder, 'node_modules/@regulars/sdk'))
      symlinkSync(path.join(root, 'node_modules/@types'), path.join(folder, 'node_modules/@types'))
      writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
      writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config))
      writeFileSync(path.join(folder, 'program.ts'), program)
      const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
      let told = ''
      try {
        execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
      } catch (thrown) {
        told = String((thrown as { stdout?: string }).stdout)
      }
      expect(told).toBe('')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  300_000,
)

import { runCommand } from 'citty'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createTestDatabase } from '../../../test/database.ts'
import { report } from './report.ts'

let drop: () => Promise<void>

beforeAll(async () => {
  const database = await createTestDatabase()
  drop = () => database.drop()
  vi.stubEnv('DATABASE_URL', database.url)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await drop()
})

it.each(['summary', 'ours', 'points'])(
  '%s of no program says what to do first, not that nothing was sold',
  async (name) => {
    await expect(runCommand(report, { rawArgs: [name] })).rejects.toMatchObject({
      code: 'program.missing',
      params: { command: expect.stringContaining('regulars init') },
    })
  },
)

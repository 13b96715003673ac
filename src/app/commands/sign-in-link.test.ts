import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { demoInstead } from './sign-in-link.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'regulars-link-'))
  vi.stubEnv('DATABASE_URL', undefined)
  vi.stubEnv('REGULARS_DATA', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('without a program of one’s own the link is for the demo of npm start, as the sign-in page promises', () => {
  expect(demoInstead(folder)).toBeUndefined()
  mkdirSync(path.join(folder, '.regulars/demo'), { recursive: true })
  expect(demoInstead(folder)).toBe('.regulars/demo')
  mkdirSync(path.join(folder, '.regulars/program'))
  expect(demoInstead(folder)).toBeUndefined()
})

test('a server that is named is meant', () => {
  mkdirSync(path.join(folder, '.regulars/demo'), { recursive: true })
  vi.stubEnv('DATABASE_URL', 'postgres://elsewhere/brand')
  expect(demoInstead(folder)).toBeUndefined()
})

import { expect, test } from 'vitest'
import { uuidv7, uuidv7From } from './ids.ts'

test('keys drawn from a moment on lie behind its first key, those drawn before lie before it', () => {
  const at = new Date('2026-11-02T02:00:00.123Z')
  const first = uuidv7From(at)
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  for (let drawn = 0; drawn < 200; drawn += 1) {
    expect(uuidv7(at) >= first).toBe(true)
    expect(uuidv7(new Date(at.getTime() - 1)) < first).toBe(true)
  }
})
